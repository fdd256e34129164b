package webhook

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Hooks watch deliveries and the handling of their events, for metrics, spans and logs;
// package otelwebhook has some for OpenTelemetry. Either may be nil. They must be safe
// for concurrent use and return at once. What they are told holds no secret, no id and
// no word of a customer, but for the errors of callbacks, of which only the program
// knows what they hold.
//
// One that panics at the end of something is told to [OnError] where there is an event,
// and else left to net/http; what became of the event is not changed by it.
type Hooks struct {
	// Delivery is told of the beginning of a request. The request goes on with the
	// context that it returns, which must be made of the one it got; the function that
	// it returns, unless it is nil, is told the answer.
	Delivery func(ctx context.Context, start DeliveryStart) (context.Context, func(DeliveryEnd))
	// Event is told of an event whose turn has come, in the same way, or of one that a
	// shutdown gave up before. Events that have no callback, and no function of [Use], are
	// not told of. The end is told when all is over, after [OnError].
	Event func(ctx context.Context, start EventStart) (context.Context, func(EventEnd))
}

// DeliveryStart is the beginning of a request.
type DeliveryStart struct {
	// Only is the event that [Only] says all bodies are; "" when their content tells.
	Only Name
}

// DeliveryEnd is the answer to a request.
type DeliveryEnd struct {
	// Status is the HTTP status of the answer.
	Status int
	// Reason is why it is not 200, in words of this package that can be counted by; ""
	// when it is.
	Reason string
	// Events are what the body was read as, [Unknown] among them; none when it was not
	// read.
	Events []Name
	// Ignored are those of Events that have no callback, and no function of [Use]. Where
	// [Unknown] is among them something was dropped that nobody knows.
	Ignored []Name
	// Bytes is the size of the body that was read.
	Bytes int
	// Duration is the time from the request to the answer.
	Duration time.Duration
}

// EventStart is an event whose turn has come.
type EventStart struct {
	// Event is its name.
	Event Name
	// Waited is the time since it was accepted.
	Waited time.Duration
}

// EventEnd is what became of an event.
type EventEnd struct {
	// Outcome is that in a word.
	Outcome Outcome
	// Err is why it was not handled, or why that is [Uncertain]; nil when it was handled,
	// and for a repetition.
	Err error
	// Duration is how long it took, without the time that it waited.
	Duration time.Duration
}

// WithHooks lets hooks watch. Given several times, all of them do: the first begins
// first and ends last.
func WithHooks(hooks Hooks) Option {
	return func(s *settings) error {
		if hooks.Delivery == nil && hooks.Event == nil {
			return errors.New("WithHooks: the hooks are empty")
		}
		s.hooks = append(s.hooks, hooks)
		return nil
	}
}

// startDelivery tells the hooks of a request, and returns what tells them its end.
func (s *settings) startDelivery(ctx context.Context, start DeliveryStart) (context.Context, func(DeliveryEnd) error) {
	var ends ends[DeliveryEnd]
	for _, hooks := range s.hooks {
		if hooks.Delivery != nil {
			changed, end := hooks.Delivery(ctx, start)
			ctx, ends = ends.add(ctx, changed, end) //nolint:fatcontext // each hook adds to it
		}
	}
	return ctx, ends.tell
}

// startEvent does the same for an event.
func (s *settings) startEvent(ctx context.Context, start EventStart) (context.Context, func(EventEnd) error) {
	var ends ends[EventEnd]
	for _, hooks := range s.hooks {
		if hooks.Event != nil {
			changed, end := hooks.Event(ctx, start)
			ctx, ends = ends.add(ctx, changed, end) //nolint:fatcontext // each hook adds to it
		}
	}
	return ctx, ends.tell
}

// ends are the functions that hooks returned.
type ends[E any] []func(E)

// add takes what one hook returned.
func (all ends[E]) add(ctx, changed context.Context, end func(E)) (context.Context, ends[E]) {
	if changed != nil {
		ctx = changed
	}
	if end != nil {
		all = append(all, end)
	}
	return ctx, all
}

// tell tells all of them. One that panics keeps the others from nothing; the error is
// that of the first that did.
func (all ends[E]) tell(done E) error {
	var first error
	for _, end := range slices.Backward(all) {
		if err := survive(func() { end(done) }); err != nil && first == nil {
			first = err
		}
	}
	return first
}
