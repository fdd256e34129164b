package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
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
	shutdownSenders = 8
	// shutdownEvents is how many events each sender has.
	shutdownEvents = 24
)

// A handler is shut down at a random moment, its server before or after it, with enough
// time and with none. What was accepted is handled or reported, and what was not is
// handled once when it comes again, to another handler.
func TestSoakShutdown(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	const seed = 10
	random := rand.New(rand.NewPCG(seed, 0))
	var total shutdownCounts
	for number := range soak.Count(2, 100) {
		for variant := range 8 {
			r := newShutdownRound(t, variant, random.IntN(shutdownSenders), random.IntN(shutdownEvents-1))
			r.run(t)
			close(r.strange)
			for err := range r.strange {
				t.Error(err)
			}
			total.add(r.counts)
			if t.Failed() {
				t.Fatalf("with the seed %d, in round %d: %s", seed, number, r)
			}
		}
	}
	t.Logf("%+v", total)
	assert.Positive(t, total.accepted)
	assert.Positive(t, total.refused)
	assert.Positive(t, total.abandoned, "some were given up while they were handled")
	assert.Positive(t, total.dropped, "some were given up while they waited")
}

// shutdownCounts tell what the rounds met: a test that never meets it proves nothing.
type shutdownCounts struct {
	accepted, refused, failed, unanswered int // deliveries to the handler that was shut down
	abandoned, dropped                    int // events that it had accepted, and reported
}

func (c *shutdownCounts) add(more shutdownCounts) {
	c.accepted += more.accepted
	c.refused += more.refused
	c.failed += more.failed
	c.unanswered += more.unanswered
	c.abandoned += more.abandoned
	c.dropped += more.dropped
}

// shutdownRound is a receiver that is shut down while events come.
type shutdownRound struct {
	atOnce, serverFirst, enough bool
	longest                     int // the number of the event that is at work when it begins

	store    webhook.Store
	template template
	events   []shutdownEvent // by number
	begun    chan struct{}   // closed when the longest event is at work
	waiting  chan struct{}   // closed when another waits behind it: only one that is answered at once
	shutting chan struct{}   // closed when the shutdown begins
	strange  chan error      // what must not be reported
	counts   shutdownCounts
}

// shutdownEvent is what is known of an event.
type shutdownEvent struct {
	status   int // of its delivery; 0 when it is not known
	handled  atomic.Int32
	reported atomic.Int32
	dropped  atomic.Bool // what was reported is that the handler was shut down
}

func newShutdownRound(t *testing.T, variant, sender, event int) *shutdownRound {
	t.Helper()
	store, err := webhook.NewMemoryStore(webhook.DefaultMemory)
	require.NoError(t, err)
	return &shutdownRound{
		atOnce: variant&1 != 0, serverFirst: variant&2 != 0, enough: variant&4 != 0,
		longest: sender*shutdownEvents + event,
		store:   store, template: newTemplates(t)[0],
		events: make([]shutdownEvent, shutdownSenders*shutdownEvents),
		begun:  make(chan struct{}), waiting: make(chan struct{}), shutting: make(chan struct{}),
		strange: make(chan error, shutdownSenders*shutdownEvents),
	}
}

func (r *shutdownRound) String() string {
	return fmt.Sprintf("at once %t, the server first %t, enough time %t, while %d is handled",
		r.atOnce, r.serverFirst, r.enough, r.longest)
}

func (r *shutdownRound) run(t *testing.T) {
	t.Helper()
	first := r.newReceiver(t)
	senders := r.send(t, first, func(number, status int) {
		r.events[number].status = status
		if number == r.longest+1 && r.atOnce {
			close(r.waiting)
		}
	})
	<-r.begun
	if r.atOnce {
		<-r.waiting
	}
	close(r.shutting)
	r.shutDown(t, first)
	senders.Wait()
	first.stop(t) // what had begun may still be at work
	for number := range r.events {
		r.checkFirst(t, number)
	}

	second := r.newReceiver(t)
	r.send(t, second, func(number, status int) {
		if status != http.StatusOK {
			t.Errorf("event %d was answered %d by the second handler", number, status)
		}
	}).Wait()
	second.stop(t)
	for number := range r.events {
		if handled := r.events[number].handled.Load(); handled != 1 {
			t.Errorf("event %d was handled %d times; the first handler answered %d", number, handled, r.events[number].status)
		}
	}
}

// checkFirst checks what became of an event at the handler that was shut down.
func (r *shutdownRound) checkFirst(t *testing.T, number int) {
	t.Helper()
	event := &r.events[number]
	handled, reported, dropped := event.handled.Load(), event.reported.Load(), event.dropped.Load()
	fits := handled+reported <= 1
	switch event.status {
	case http.StatusOK:
		r.counts.accepted++
		fits = fits && handled+reported == 1 && (handled == 1 || r.atOnce && !r.enough)
		if dropped {
			r.counts.dropped++
		}
	case http.StatusServiceUnavailable:
		r.counts.refused++
		fits = fits && handled == 0 && reported == 1 && dropped
	case http.StatusInternalServerError:
		r.counts.failed++
		fits = fits && handled == 0 && reported == 1 && !dropped && !r.enough && !r.atOnce
	default:
		r.counts.unanswered++
	}
	if reported == 1 && !dropped {
		r.counts.abandoned++
	}
	if !fits {
		t.Errorf("event %d was answered %d, handled %d times and reported %d times (dropped: %t)",
			number, event.status, handled, reported, dropped)
	}
}

// shutDown does what a program does that ends.
func (r *shutdownRound) shutDown(t *testing.T, first *receiver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	if !r.enough {
		cancel()
	}
	if r.serverFirst {
		_ = first.server.Shutdown(ctx)
	}
	err := first.handler.Shutdown(ctx)
	waiting, handled := first.handler.Load()
	if r.enough {
		require.NoError(t, err)
		assert.Zero(t, waiting+handled)
	} else if err != nil {
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, waiting)
	}
	if !r.serverFirst {
		_ = first.server.Shutdown(ctx)
	}
}

// send has all senders send all events, each in a room of its own, until the connection
// breaks. They tell of each answer.
func (r *shutdownRound) send(t *testing.T, to *receiver, answered func(number, status int)) *sync.WaitGroup {
	t.Helper()
	var senders sync.WaitGroup
	for sender := range shutdownSenders {
		over := dial(t, to.address)
		senders.Go(func() {
			defer over.close()
			for i := range shutdownEvents {
				number := sender*shutdownEvents + i
				status, err := over.post(secret, r.template.fill(1+sender, 1+number))
				if err != nil {
					return
				}
				answered(number, status)
			}
		})
	}
	return &senders
}

// receiver is a program that receives events.
type receiver struct {
	handler *webhook.Handler
	server  *http.Server
	address string
	served  chan error
}

func (r *shutdownRound) newReceiver(t *testing.T) *receiver {
	t.Helper()
	// So few workers that events wait.
	options := []webhook.Option{webhook.Deduplicate(r.store), webhook.OnError(r.report), webhook.Workers(4)}
	if r.atOnce {
		options = append(options, webhook.AnswerAtOnce())
	}
	handler := newHandler(t, webhook.Callbacks{BotMessage: r.handle}, options...)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	made := &receiver{
		handler: handler, server: &http.Server{Handler: handler}, address: listener.Addr().String(), served: make(chan error, 1),
	}
	go func() { made.served <- made.server.Serve(listener) }()
	return made
}

// stop waits until the handler and the server have ended.
func (r *receiver) stop(t *testing.T) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, r.handler.Shutdown(ctx))
	require.NoError(t, r.server.Shutdown(ctx))
	require.ErrorIs(t, <-r.served, http.ErrServerClosed)
}

// handle takes a moment, as work does, unless it is told to end.
func (r *shutdownRound) handle(ctx context.Context, event *webhook.BotMessageEvent) error {
	_, number, err := holesOf(event)
	if err != nil {
		return err
	}
	number-- // a template's begin with 1
	if err := r.work(ctx, number); err != nil {
		return fmt.Errorf("given up: %w", err)
	}
	r.events[number].handled.Add(1)
	return nil
}

// work takes a moment, unless it is told to end. For the longest event it takes until
// then, or until the shutdown begins.
func (r *shutdownRound) work(ctx context.Context, number int) error {
	over := make(<-chan struct{})
	moment := time.NewTimer(time.Duration(number%7) * 50 * time.Microsecond)
	defer moment.Stop()
	if number == r.longest && r.begins() {
		moment.Stop()
		if r.enough {
			over = r.shutting
		}
	}
	select {
	case <-moment.C:
	case <-over:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// begins tells that the longest event is at work. It is false when it has come again.
func (r *shutdownRound) begins() bool {
	select {
	case <-r.begun:
		return false
	default:
		close(r.begun)
		return true
	}
}

func (r *shutdownRound) report(_ context.Context, event webhook.Event, err error) {
	_, number, unreadable := holesOf(event)
	if unreadable != nil || !errors.Is(err, webhook.ErrShutdown) {
		r.strange <- fmt.Errorf("reported of %d: %w", number, err)
		return
	}
	r.events[number-1].reported.Add(1)
	r.events[number-1].dropped.Store(err == webhook.ErrShutdown) //nolint:errorlint // a callback's error wraps it
}
