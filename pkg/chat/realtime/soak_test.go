package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	// soakPatience is how long nobody need get anything before something is lost.
	soakPatience = 2 * time.Minute
	// soakTokenLife is how long tokens work. They are renewed a minute before their end, as
	// far as the clocks agree.
	soakTokenLife = 90 * time.Second
	// soakGrowth is by how many bytes what a connection holds may have grown when all is
	// said, compared with a tenth of it.
	soakGrowth = 512 << 10
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
		if (i+1)%5==0 {s.t.Logf("held %d KiB",s.heldByConnections()>>10)}
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
	t        *testing.T
	rounds   int
	interval time.Duration

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

// soakRoom is a room. Its messages are numbered, and posted one after the other.
type soakRoom struct {
	id       flex.ID
	members  []string
	byServer bool  // the server posts, in the name of the members
	share    int64 // messages of a round
	posted   int64 // the last number
	lastID   int64 // the id of that message
}

// round is a share of the messages.
type round struct {
	total   int64 // messages that the server posts
	mu      sync.Mutex
	posted  int64
	quarter chan struct{} // closed when a quarter of them were posted, and so on
	late    chan struct{}
}

func newSoak(t *testing.T) *soakTest {
	t.Helper()
	s := &soakTest{
		t: t, trouble: &trouble.Maker{}, byName: map[string]*program{}, byID: map[flex.ID]*soakRoom{}, progress: make(chan struct{}, 1),
		rounds: soak.Count(10, 50), interval: time.Second,
	}
	if soak.Full() {
		s.interval = 5 * time.Second
	}
	var err error
	s.platform, err = sandbox.New(sandbox.Config{
		ChatTokenLife: soakTokenLife, Trouble: s.trouble, RefuseAnonymous: true, Remember: -1,
	})
	require.NoError(t, err)
	service := httptest.NewServer(s.platform)
	t.Cleanup(func() {
		service.Close()
		assert.NoError(t, s.platform.Shutdown(context.WithoutCancel(t.Context())))
	})
	s.url = service.URL
	s.startBroker("127.0.0.1:0")
	t.Cleanup(s.killBroker)
	s.api = faults.NewProxy(t, service.Listener.Addr().String())
	s.web = faults.NewProxy(t, service.Listener.Addr().String())
	s.tcp = faults.NewProxy(t, s.address)
	config := s.platform.Config()
	s.server, err = chat.NewServer(config.AppCode, config.SecretKey, chat.WithBaseURL(s.url), chat.WithoutProxy())
	require.NoError(t, err)
	t.Cleanup(s.server.CloseIdleConnections)
	s.populate(soak.Count(16, 50))
	return s
}

// populate makes users and their rooms: one of all, groups in which each of them is, and
// rooms of two. These have three fifths of the messages, and the groups a third.
func (s *soakTest) populate(users int) {
	s.t.Helper()
	var names []string
	for number := range users {
		name := fmt.Sprintf("pegawai-%02d", number+1)
		names = append(names, name)
		p := newProgram(s, name, number)
		s.programs, s.byName[name] = append(s.programs, p), p
		s.t.Cleanup(p.forget)
		_, err := p.user().ID(s.t.Context()) // which makes the user
		require.NoError(s.t, err)
	}
	s.addGroup(names, soak.Count(30, 200))
	size := users / 5
	for g := range size {
		var members []string
		for m := range size {
			members = append(members, names[(g*size+m)%users])
		}
		s.addGroup(members, soak.Count(30, 60))
	}
	for pair := range slices.Chunk(names, 2) {
		room, err := s.server.Rooms.GetOrCreateWithTarget(s.t.Context(), chat.ServerRoomWithTargetParams{UserIDs: pair})
		require.NoError(s.t, err)
		s.addRoom(&soakRoom{id: room.RoomID, members: pair, share: int64(soak.Count(23, 48))})
	}
}

func (s *soakTest) addGroup(members []string, share int) {
	s.t.Helper()
	room, err := s.server.Rooms.CreateGroup(s.t.Context(), chat.ServerCreateGroupParams{
		RoomName: fmt.Sprintf("Regu %d", len(s.rooms)+1), Creator: members[0], Participants: members,
	})
	require.NoError(s.t, err)
	s.addRoom(&soakRoom{id: room.RoomID, members: members, share: int64(share), byServer: true})
}

func (s *soakTest) addRoom(room *soakRoom) {
	s.rooms, s.byID[room.id] = append(s.rooms, room), room
	for _, member := range room.members {
		s.byName[member].rooms[room.id] = struct{}{}
	}
}

// startBroker begins to listen, over TCP at an address.
func (s *soakTest) startBroker(address string) {
	s.t.Helper()
	made, err := broker.New(s.platform.RealtimeRules())
	if !assert.NoError(s.t, err) {
		return
	}
	listens, err := made.Listen(s.t.Context(), address)
	if !assert.NoError(s.t, err) {
		return
	}
	s.platform.SetRealtime(made, "")
	s.broker, s.address = made, listens.String()
}

// killBroker breaks all connections, and lets nobody connect any more.
func (s *soakTest) killBroker() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	assert.NoError(s.t, s.broker.Close(ctx))
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

// round posts messages in each room while there is trouble, and waits until everybody has
// got them.
func (s *soakTest) round(trouble disturbance, messages func(*soakRoom) int64) {
	s.t.Helper()
	r := &round{quarter: make(chan struct{}), late: make(chan struct{})}
	for _, room := range s.rooms {
		if room.byServer {
			r.total += messages(room)
		}
	}
	s.begin(r)
	began := time.Now()
	var working sync.WaitGroup
	working.Go(func() { trouble.happen(s, r) })
	for _, room := range s.rooms {
		working.Go(func() { s.post(r, room, messages(room)) })
	}
	working.Wait()
	posted := time.Since(began)
	s.awaitAll(trouble.name)
	s.t.Logf("%s: posted in %v, delivered %v later", trouble.name, posted.Round(time.Millisecond), (time.Since(began) - posted).Round(time.Millisecond))
}

// begin lets a round be the present one, and orders some programs to stop within it.
func (s *soakTest) begin(r *round) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = r
	s.begun++
	for _, p := range s.programs {
		if (p.number+s.begun)%restartEvery == 0 {
			p.orders <- order{after: 1 + 3*p.number, crash: (p.number+s.begun)/restartEvery%2 == 0}
		}
	}
}

func (s *soakTest) present() *round {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// post posts the next messages of a room.
func (s *soakTest) post(r *round, room *soakRoom, count int64) {
	for range count {
		number := room.posted + 1
		author := room.author(number)
		id, err := s.send(room, author, number)
		if err != nil {
			s.note("message %d of room %s was not posted: %v", number, room.id, err)
			return
		}
		if id <= room.lastID {
			s.note("message %d of room %s has the id %d, after %d", number, room.id, id, room.lastID)
		}
		room.posted, room.lastID = number, id
		if room.byServer {
			r.wasPosted()
		}
	}
}

// author is whose turn it is.
func (r *soakRoom) author(number int64) string { return r.members[number%int64(len(r.members))] }

// textOf is what the message with a number says.
func textOf(number int64) string { return fmt.Sprintf("pesanan %d", number) }

// send posts one message, and returns its id. The server does so on a path without
// faults. Users do on one with them, again and again: the service knows the message by its
// unique id, whatever came of the last time.
func (s *soakTest) send(room *soakRoom, author string, number int64) (id int64, err error) {
	message := chat.NewText(textOf(number))
	if room.byServer {
		sent, err := s.server.Messages.Send(s.t.Context(), chat.ServerSendParams{RoomID: room.id, UserID: author, Message: message})
		if err != nil {
			return 0, err
		}
		return sent.ID.Int64()
	}
	message = message.WithUniqueID(fmt.Sprintf("%s-%d", room.id, number))
	for {
		sent, err := s.byName[author].user().Messages.Send(s.t.Context(), room.id, message)
		if err == nil {
			return sent.ID.Int64()
		}
		if s.t.Context().Err() != nil {
			return 0, err
		}
		s.sendFailed(err)
		pause(s.t.Context(), 5*time.Millisecond)
	}
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

func (s *soakTest) sendFailed(err error) {
	var failure *chat.Error
	if errors.As(err, &failure) && failure.Uncertain() {
		s.mu.Lock()
		s.uncertain++
		s.mu.Unlock()
	}
}

// pause waits, as long as the context lasts.
func pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// wasPosted counts what the server posts.
func (r *round) wasPosted() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posted++
	if r.posted == max(1, r.total/4) {
		close(r.quarter)
	}
	if r.posted == max(1, r.total*3/4) {
		close(r.late)
	}
}

// awaitAll waits until everybody has got everything that was posted.
func (s *soakTest) awaitAll(during string) {
	s.t.Helper()
	patience := time.NewTimer(soakPatience)
	defer patience.Stop()
	for {
		s.requireNothingWrong(during)
		if !slices.ContainsFunc(s.programs, (*program).isMissingSome) {
			return
		}
		select {
		case <-s.progress:
			patience.Reset(soakPatience)
		case <-patience.C:
			for _, p := range s.programs {
				p.reportMissing()
			}
			require.Fail(s.t, "messages are missing", "in the round with %s", during)
		}
	}
}

// note notes something that must not happen.
func (s *soakTest) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const enough = 10
	if s.mistakes++; s.mistakes <= enough {
		s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
	}
	signal(s.progress)
}

func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default: // they know
	}
}

func (s *soakTest) requireNothingWrong(during string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mistakes > 0 {
		require.Fail(s.t, "messages came wrong", "%d in the round with %s: %q", s.mistakes, during, s.wrong)
	}
}

// heldByConnections is how many bytes less there are of what something refers to when all
// programs stop, for each of them. They go on then.
func (s *soakTest) heldByConnections() int64 {
	s.t.Helper()
	open := liveHeap()
	if f, err := os.Create(fmt.Sprintf("/tmp/q/soak-heap-%d.prof", len(s.heaps))); err == nil {
		_ = pprof.WriteHeapProfile(f)
		_ = f.Close()
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
