package webhook_test

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const (
	// loadSenders send, each over a connection of its own; over loadRepeaters more they
	// repeat a body at the same time.
	loadSenders   = 60
	loadRepeaters = 4
	// roomsOfSender are rooms in which only this sender's events happen. It waits for
	// each answer, so that their order is known.
	roomsOfSender = 8
	// eventsOfRound is how many events a sender sends in a round. All are handled before
	// the next round begins.
	eventsOfRound = 40
	// loadWorkers are all who handle what is answered at once, loadWaiting what may wait for
	// them; loadHolds is how many of them wait for their senders, at most.
	loadWorkers, loadWaiting, loadHolds = 8, 24, 4
	// loadMemory is how many events the store remembers: those of one round, so that it
	// knows every repetition, and forgets from the second round on.
	loadMemory = loadSenders * eventsOfRound
	// loadGrowth is by how many bytes the live heap may differ. With a store that forgets
	// nothing it would grow by 200 MiB.
	loadGrowth = 2 << 20
	// loadPatience is how long it may take until a round is handled that was accepted.
	loadPatience = time.Minute
)

// A million deliveries over 64 connections: each event is handled once or reported as
// failed, in the order of its room, and nothing piles up.
func TestSoakLoad(t *testing.T) {
	t.Run("work, then answer", func(t *testing.T) {
		l := newLoad(t, false)
		l.run(t)
		assert.Zero(t, l.busy.Load())
	})
	t.Run("answer at once", func(t *testing.T) {
		l := newLoad(t, true, webhook.AnswerAtOnce(), webhook.Workers(loadWorkers), webhook.Waiting(loadWaiting))
		l.run(t)
		if soak.Full() { // in a short run there may be none
			assert.Positive(t, l.busy.Load(), "so few may wait that some are refused")
		}
	})
}

// load is a receiver and those who send to it.
type load struct {
	handler   *webhook.Handler
	ledger    *ledger
	templates []template
	senders   []*sender
	repeaters []*connection
	atOnce    bool
	holds     chan struct{} // holds as many as events are held

	sent atomic.Int64 // deliveries
	busy atomic.Int64 // of them, those that were answered with 503, and sent again
}

func newLoad(t *testing.T, atOnce bool, options ...webhook.Option) *load {
	t.Helper()
	running := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, running) })

	l := &load{
		ledger:    newLedger(loadSenders*roomsOfSender+1, loadSenders*eventsOfRound),
		templates: newTemplates(t), atOnce: atOnce, holds: make(chan struct{}, loadHolds),
	}
	store, err := webhook.NewMemoryStore(loadMemory)
	require.NoError(t, err)
	l.handler = newHandler(t, l.ledger.callbacks(), append(options,
		webhook.Validation(webhook.Strict), webhook.Deduplicate(store),
		webhook.OnError(l.ledger.onError), webhook.WithHooks(l.ledger.hooks()))...)
	server := httptest.NewServer(l.handler)
	t.Cleanup(server.Close)

	const seed = 9
	t.Logf("the seed is %d", seed)
	misfit := fixture(t, "invalid/botMessage-options-array.json")
	for number := range loadSenders {
		l.senders = append(l.senders, &sender{
			load: l, number: number, connection: l.dial(t, server), misfit: misfit,
			random: rand.New(rand.NewPCG(seed, uint64(number))),
		})
	}
	for range loadRepeaters {
		l.repeaters = append(l.repeaters, l.dial(t, server))
	}
	return l
}

func (l *load) dial(t *testing.T, server *httptest.Server) *connection {
	t.Helper()
	opened := dial(t, server.Listener.Addr().String())
	t.Cleanup(opened.close)
	return opened
}

// run sends round after round.
func (l *load) run(t *testing.T) {
	t.Helper()
	count := int64(soak.Count(6_000, 1_000_000))
	var before int64
	began := time.Now()
	for first := 1; l.sent.Load() < count; first += len(l.ledger.entries) {
		l.round(t, first)
		if t.Failed() {
			return
		}
		if before == 0 && l.sent.Load() >= count/10 {
			before = liveHeap()
		}
	}
	took := time.Since(began)
	growth := liveHeap() - before
	t.Logf("%d deliveries in %s, %.0f a second; %d were refused as the queue was full; outcomes %v; "+
		"the live heap went from %d KiB by %+d KiB", l.sent.Load(), took.Round(time.Millisecond),
		float64(l.sent.Load())/took.Seconds(), l.busy.Load(), l.ledger.come.counts(), before>>10, growth>>10)
	assert.InDelta(t, 0, growth, loadGrowth)
	assert.Equal(t, l.busy.Load(), l.ledger.refused.Load())
	assert.Positive(t, l.ledger.strays.Load())
	require.NoError(t, l.handler.Shutdown(context.WithoutCancel(t.Context())))
}

// round has all senders send, and waits until everything is handled.
func (l *load) round(t *testing.T, first int) {
	t.Helper()
	l.ledger.begin(first)
	var senders sync.WaitGroup
	for _, sender := range l.senders {
		senders.Go(func() { sender.round(first + sender.number*eventsOfRound) })
	}
	senders.Wait()
	handled := make(chan struct{})
	go func() {
		l.ledger.pending.Wait()
		close(handled)
	}()
	select {
	case <-handled:
	case <-time.After(loadPatience):
		require.Fail(t, "events are missing", "%v of %v", l.ledger.come.counts(), l.ledger.planned.counts())
	}
	l.ledger.check(t)
}

// liveHeap is how many bytes are in use that something still refers to.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what pools hold survives one collection
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}
