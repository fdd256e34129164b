package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// patience is how long a request waits beyond the deadline of its event's callback: to
// claim the event, for the callback to end, and to remember that it did.
const patience = 2 * (answering + grace)

// dispatch has the events handled. Unless it is to answer at once, it waits for what
// comes of them.
func (h *Handler) dispatch(ctx context.Context, readings []reading) *answer {
	var all []*handling
	var jobs []job
	for _, reading := range readings {
		if !h.awaits(reading.event) {
			continue
		}
		for _, event := range split(reading.event) {
			one := h.newHandling(ctx, event)
			all, jobs = append(all, one), append(jobs, one)
		}
	}
	if len(all) == 0 {
		return &answer{}
	}
	if err := h.queue.add(jobs); err != nil {
		for _, refused := range all {
			refused.abandon(err)
			refused.tell(err)
		}
		return refusal(err)
	}
	if !h.atOnce {
		return h.await(ctx, all)
	}
	if slices.ContainsFunc(readings, func(r reading) bool { return h.callbacks.unreadable(r.event) }) {
		return answerTo(Failed) // that much is known at once
	}
	return &answer{}
}

// awaits reports whether anybody waits for the event.
func (h *Handler) awaits(event Event) bool {
	if len(h.around) > 0 {
		return true
	}
	if unknown, ok := event.(*UnknownEvent); ok {
		return h.callbacks.Unknown != nil || h.callbacks.has(unknown.LooksLike)
	}
	return h.callbacks.has(event.Name())
}

// await waits until all events of a request have been handled. If one fails the others
// get their chance all the same, as the body may not come again. It waits for as long as a
// callback and a slow store may take together, so that servers know how long to wait for
// it: what waits for its room even then is handled later.
func (h *Handler) await(ctx context.Context, all []*handling) *answer {
	enough := time.NewTimer(h.deadline + patience)
	defer enough.Stop()
	result := &answer{}
	for _, one := range all {
		var met *answer
		select {
		case <-one.done:
			met = answerTo(one.outcome)
		case <-one.late:
			met = refuse(http.StatusInternalServerError, "the event was not handled in time")
		case <-enough.C:
			return refuse(http.StatusServiceUnavailable, "the event still waits")
		case <-ctx.Done(): // nobody reads the answer
			return refuse(http.StatusServiceUnavailable, "the request ended first")
		}
		if result.status == 0 {
			result = met
		}
	}
	return result
}

// refusal is the answer for what the queue did not take.
func refusal(err error) *answer {
	if errors.Is(err, ErrQueueFull) {
		return refuse(http.StatusServiceUnavailable, "too many events are waiting")
	}
	return answerTo(ShutDown)
}

// answerTo is the answer for what became of an event. The client learns whether it is
// worth to try again.
func answerTo(outcome Outcome) *answer {
	switch outcome {
	case Succeeded, Uncertain, Duplicate:
		return &answer{}
	case ShutDown:
		return refuse(http.StatusServiceUnavailable, "the receiver is being shut down")
	case StoreFailed:
		return refuse(http.StatusServiceUnavailable, "it cannot be told whether the event was handled before")
	case ClaimedElsewhere:
		return refuse(http.StatusServiceUnavailable, "the event is still being handled")
	default:
		return refuse(http.StatusInternalServerError, "the event could not be handled")
	}
}

// Load tells how many events wait, and how many are being handled now.
func (h *Handler) Load() (waiting, handling int) {
	if h.queue == nil {
		return 0, 0
	}
	return h.queue.load()
}

// WaitIdle returns when no event waits and none is being handled, such as in a test of a
// handler that is to [AnswerAtOnce], or else the context's error when that ends first.
// Events go on being accepted. Called by a callback it does not return before its
// context ends.
func (h *Handler) WaitIdle(ctx context.Context) error {
	if h.queue == nil { // a Handler that NewHandler did not make
		return nil
	}
	if err := h.queue.waitIdle(ctx); err != nil {
		return fmt.Errorf("webhook: wait until nothing is handled: %w", err)
	}
	return nil
}

// Shutdown ends the handler's work: from now on events are answered with 503, and those
// that were accepted are handled. It returns when that is done. Call it after the
// server's own Shutdown, which waits for requests: with [AnswerAtOnce] events are
// handled after their requests.
//
// When the context ends first, the contexts of the callbacks that are at work end, with
// [ErrShutdown] as their cause, and [OnError] gets the events that still wait, with the
// same error, those of each room in their order. The callbacks have one more second to
// end, and OnError gets the events of those that do not: nothing that was accepted is
// lost without a word. The error then says how many events there were, and wraps the
// context's.
//
// It waits for callbacks and for OnError: called by one of them it does not return
// before its context ends.
func (h *Handler) Shutdown(ctx context.Context) error {
	if h.queue == nil { // a Handler that NewHandler did not make
		return nil
	}
	unfinished, err := h.queue.close(ctx)
	if err != nil {
		return fmt.Errorf("webhook: shut down while %d events are not handled: %w", unfinished, err)
	}
	return nil
}
