package realtime_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	// soakPatience is how long nobody need get anything before something is lost.
	soakPatience = time.Minute
	// soakTokenLife is how long tokens work. They are renewed a minute before their end, as
	// far as the clocks agree.
	soakTokenLife = 90 * time.Second
	// soakGrowth is by how many bytes what a connection holds may have grown when all is
	// said, compared with a tenth of it.
	soakGrowth = 2 << 20 // a buffer that is full, as some are when it is measured, and not one that grows with what was told
	// soakSeed is that of what happens at random.
	soakSeed = 11
	// restartEvery is how many rounds there are for each in which a program stops.
	restartEvery = 7
)

// Everybody who takes part in a room gets each of its messages once, and in order, while
// brokers die, networks break, tokens expire, programs stop and go on, and some are slow.
//
// Each round has a share of the messages of each room, and one kind of trouble, which goes
// on while they are posted. When all have got everything, the next one begins.
func TestSoakEachMessageOnceAndInOrder(t *testing.T) {
	s := newSoak(t)
	s.startPrograms()
	began, first := time.Now(), int64(0)
	all := s.troubles()
	for i := range s.rounds {
		s.round(all[i%len(all)], func(room *soakRoom) int64 { return room.share })
		if i+1 == max(1, s.rounds/10) {
			first = s.heldByConnections()
		}
	}
	last := s.heldByConnections()
	s.round(calm(), func(*soakRoom) int64 { return 1 }) // whatever would come twice has come before these
	s.stopPrograms()
	s.requireTrouble()
	assert.Less(t, last-first, int64(soakGrowth), "what a connection holds grows")
	t.Logf("in %v; a connection held %d KiB after a tenth of the rounds, and %d KiB in the end\n%s",
		time.Since(began).Round(time.Millisecond), first>>10, last>>10, s.report())
}

// soakTest is a platform, what stands before it, and all who use it.
type soakTest struct {
	t      *testing.T
	rounds int

	platform *sandbox.Sandbox
	url      string // of the API, on a path without faults
	server   *chat.Server
	trouble  *trouble.Maker
	address  string // of the broker
	broker   *broker.Broker
	// The networks, to the API and to the broker over TCP and over WebSocket.
	api, tcp, web *faults.Proxy

	programs []*program
	byName   map[string]*program
	rooms    []*soakRoom
	byID     map[flex.ID]*soakRoom
	running  sync.WaitGroup
	stop     context.CancelFunc // of the programs
	progress chan struct{}      // holds something when somebody has taken something

	renewed atomic.Int64 // tokens
	heaps   []int64      // without connections

	mu sync.Mutex
	// What follows is guarded by mu.
	current   *round
	begun     int // rounds
	wrong     []string
	mistakes  int
	uncertain int // posts that failed, of which nobody knew
	restarts  int
	crashes   int
	counted   realtime.Stats // of connections that have ended
}

// startPrograms lets all programs run, and returns when each is connected or has tried.
func (s *soakTest) startPrograms() {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	s.stop = stop
	s.t.Cleanup(s.stopPrograms)
	var starting sync.WaitGroup
	for _, p := range s.programs {
		starting.Add(1)
		s.running.Go(func() { p.run(ctx, starting.Done) })
	}
	starting.Wait()
}

// stopPrograms ends all programs, each of which knows how far it was.
func (s *soakTest) stopPrograms() {
	s.stop()
	s.running.Wait()
}

// count notes what a connection did that has ended, and why the program has, if it has.
func (s *soakTest) count(stats realtime.Stats, restarts, crashes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restarts += restarts
	s.crashes += crashes
	c := &s.counted
	c.Connections += stats.Connections
	c.Received += stats.Received
	c.Messages += stats.Messages
	c.Duplicates += stats.Duplicates
	c.Gaps += stats.Gaps
	c.LetGo += stats.LetGo
	c.Syncs += stats.Syncs
	c.SyncFailures += stats.SyncFailures
}

// heldByConnections is how many bytes less there are of what something refers to when all
// programs stop, for each of them. They go on then.
func (s *soakTest) heldByConnections() int64 {
	s.t.Helper()
	open := liveHeap()
	for range 4 { // calls that are under way hold more, for a moment
		pause(s.t.Context(), 100*time.Millisecond)
		open = min(open, liveHeap())
	}
	s.stopPrograms()
	closed := liveHeap()
	s.heaps = append(s.heaps, closed)
	s.startPrograms()
	return (open - closed) / int64(len(s.programs))
}

// liveHeap is how many bytes are in use that something still refers to.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what pools hold survives one collection
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}

// requireTrouble sees that there was some of each kind.
func (s *soakTest) requireTrouble() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	counted := s.counted
	assert.Greater(s.t, counted.Connections, int64(3*len(s.programs)), "connections are made again")
	assert.Positive(s.t, counted.Gaps, "messages are lost")
	assert.Positive(s.t, counted.Duplicates, "messages come twice")
	assert.Positive(s.t, counted.LetGo, "some are slow")
	assert.Positive(s.t, counted.SyncFailures, "sync fails")
	assert.Positive(s.t, s.renewed.Load(), "tokens are renewed")
	assert.Positive(s.t, s.restarts, "programs stop")
	assert.Positive(s.t, s.crashes, "programs crash")
	for name, network := range map[string]*faults.Proxy{"API": s.api, "TCP": s.tcp, "WebSocket": s.web} {
		assert.Positive(s.t, network.Counts().Broken, "the network of %s breaks", name)
	}
	for _, kind := range []trouble.Kind{trouble.DropRealtime, trouble.RepeatRealtime, trouble.LateRealtime, trouble.BreakRealtime} {
		assert.Positive(s.t, s.trouble.Struck()[kind], kind)
	}
}

// countRenewals counts how often a user has another token.
func (s *soakTest) countRenewals(ctx context.Context, changed <-chan struct{}) {
	for {
		select {
		case <-changed:
			s.renewed.Add(1)
		case <-ctx.Done():
			return
		}
	}
}

func (s *soakTest) report() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	posted := int64(0)
	for _, room := range s.rooms {
		posted += room.posted
	}
	c := s.counted
	return fmt.Sprintf("%d messages in %d rooms, %d were delivered; %d users\n"+
		"%d connections, %d programs stopped and %d crashed, %d tokens were renewed\n"+
		"%d syncs, %d failures of them; the broker brought %d, of which %d duplicates; %d gaps, %d let go\n"+
		"%d posts of which nobody knew; connections broken: API %d, TCP %d, WebSocket %d; the broker's trouble: %v\n"+
		"without connections, %d KiB were held after a tenth, and %d KiB in the end",
		posted, len(s.rooms), c.Messages, len(s.programs),
		c.Connections, s.restarts, s.crashes, s.renewed.Load(),
		c.Syncs, c.SyncFailures, c.Received, c.Duplicates, c.Gaps, c.LetGo,
		s.uncertain, s.api.Counts().Broken, s.tcp.Counts().Broken, s.web.Counts().Broken, s.trouble.Struck(),
		s.heaps[0]>>10, s.heaps[1]>>10)
}
