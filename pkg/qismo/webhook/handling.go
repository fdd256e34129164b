package webhook

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// grace is how long after its deadline, or after it was asked to end, a callback may
// still end by itself, before somebody is told that it does not.
const grace = time.Second

// handling is one event on its way through its callback: a job of the queue.
type handling struct {
	handler  *Handler
	values   context.Context // has the values of the request's, and does not end
	ctx      context.Context // the same, until the event is given up
	abandon  context.CancelCauseFunc
	event    Event
	accepted time.Time
	key      string // "" when repetitions are not looked for
	owner    string // of the claim; "" when there is none

	late chan struct{} // closed when the callback does not end in spite of its deadline
	done chan struct{} // closed when the result is there
	result
}

// result is what became of an event.
type result struct {
	outcome Outcome
	err     error
}

func (h *Handler) newHandling(ctx context.Context, event Event) *handling {
	// What has begun is carried out, even when the platform hangs up: half of it, such
	// as a message that may have gone out, is worse than all of it.
	values := context.WithoutCancel(ctx)
	ctx, abandon := context.WithCancelCause(values)
	return &handling{
		handler: h, values: values, ctx: ctx, abandon: abandon, event: event, accepted: time.Now(), key: h.keyOf(event),
		late: make(chan struct{}), done: make(chan struct{}),
	}
}

func (h *handling) order() string { return h.event.OrderingKey() }

// do handles the event. Whatever it meets, there is a result in the end: also when
// the callback ends its goroutine, as a test's does that fails.
func (h *handling) do() {
	h.result = result{Failed, errEnded}
	defer close(h.done)
	defer h.abandon(nil)
	defer h.catch()

	began := time.Now()
	ctx, end := h.handler.startEvent(h.ctx, EventStart{Event: h.event.Name(), Waited: began.Sub(h.accepted)})
	defer func() {
		h.settle()
		h.tell(h.err)
		h.tell(beside(end(EventEnd{Outcome: h.outcome, Err: h.err, Duration: time.Since(began)})))
	}()
	h.result = h.attempt(ctx)
}

// attempt calls the callback, with all that is around it, unless the event was handled
// before.
func (h *handling) attempt(ctx context.Context) (met result) {
	defer func() {
		if value := recover(); value != nil {
			met = result{Panicked, newPanicError(value)}
		}
	}()
	repeated, err := h.claim(ctx)
	switch {
	case repeated:
		return result{Duplicate, nil}
	case errors.Is(context.Cause(ctx), ErrShutdown):
		return result{ShutDown, ErrShutdown}
	case err != nil:
		return result{unclaimed(err), err}
	}
	// Whatever its error says, the callback has failed: it may wrap one of this package.
	switch err := h.call(ctx); {
	case err == nil:
		return result{Succeeded, nil}
	case isUncertain(err):
		return result{Uncertain, beside(err)}
	default:
		return result{Failed, err}
	}
}

// call calls the callback. Its time begins here, and is over for nobody but it: what the
// store and OnError take is theirs.
func (h *handling) call(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.handler.deadline)
	defer cancel()
	returned := make(chan struct{})
	var overdue sync.WaitGroup
	overdue.Add(1)
	timer := time.AfterFunc(h.handler.deadline+grace, func() {
		defer overdue.Done()
		h.overdue(returned)
	})
	defer func() {
		if !timer.Stop() {
			close(returned)
			overdue.Wait()
		}
	}()
	return h.handler.callback(ctx, h.event)
}

// catch is for panics of what comes before and after: of the store, and of hooks.
func (h *handling) catch() {
	if value := recover(); value != nil {
		h.result = result{Panicked, newPanicError(value)}
		h.tell(h.err)
	}
}

// overdue tells of a callback that does not honour its context. It still runs, and
// what comes of it counts: until it has returned nobody else is to handle the event, and
// the room's next events wait. Other rooms get a worker in its place.
func (h *handling) overdue(returned <-chan struct{}) {
	close(h.late)
	h.handler.queue.replace(h)
	h.tell(beside(fmt.Errorf("%w: %s have passed", ErrOverdue, h.handler.deadline)))
	if h.owner != "" {
		h.tell(beside(h.keepClaim(returned)))
	}
}

// abort is how the queue gives up.
func (h *handling) abort(begun bool) {
	if begun {
		h.abandon(ErrShutdown)
		return
	}
	h.result = result{ShutDown, ErrShutdown}
	defer close(h.done)
	defer h.abandon(nil)
	defer h.catch()
	_, end := h.handler.startEvent(h.values, EventStart{Event: h.event.Name(), Waited: time.Since(h.accepted)})
	h.tell(h.err)
	h.tell(beside(end(EventEnd{Outcome: h.outcome, Err: h.err})))
}

// leave is how the queue gives up what was asked to end and does not.
func (h *handling) leave() { h.tell(fmt.Errorf("%w, and the callback does not end", ErrShutdown)) }

// tell tells OnError, which may have to store the event: its context does not end, also
// when the callback's has.
func (h *handling) tell(err error) { h.handler.tell(h.values, h.event, err) }

// tell tells OnError. If it panics there is nobody left to be told.
func (s *settings) tell(ctx context.Context, event Event, err error) {
	if err == nil || s.onError == nil {
		return
	}
	defer func() { _ = recover() }()
	s.onError(ctx, event, err)
}
