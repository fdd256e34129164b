package qismotest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// TB is what is needed of a *testing.T or *testing.B. Where it also has their method
// Deadline, no wait of a [Server] goes beyond it.
type TB interface {
	Helper()
	Context() context.Context
	Cleanup(end func())
	Failed() bool
	Logf(format string, arguments ...any)
	Errorf(format string, arguments ...any)
	Fatalf(format string, arguments ...any)
}

// Deliver delivers a payload to a handler, and ends the test if the payload or an
// option is wrong. What the handler answers is for the test to judge.
func Deliver(t TB, handler http.Handler, payload Payload, options ...DeliveryOption) *Answer {
	t.Helper()
	sender, err := NewSender(handler, options...)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	answer, err := sender.Deliver(t.Context(), payload)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return answer
}

// DeliverAll delivers payloads to a handler, up to concurrency of them at once, as
// [Sender.DeliverAll] does. The answers are in the order of the payloads. It ends the
// test if a payload or an option is wrong.
func DeliverAll[P Payload](
	t TB, handler http.Handler, payloads []P, concurrency int, options ...DeliveryOption,
) []*Answer {
	t.Helper()
	sender, err := NewSender(handler, options...)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	all := func(yield func(Payload) bool) {
		for _, payload := range payloads {
			if !yield(payload) {
				return
			}
		}
	}
	answers := make([]*Answer, len(payloads))
	var failed []error
	err = sender.DeliverAll(t.Context(), all, concurrency, func(result Result) {
		answers[result.Number] = result.Answer
		if result.Err != nil {
			failed = append(failed, fmt.Errorf("payload %d: %w", result.Number, result.Err))
		}
	})
	if err := errors.Join(append(failed, err)...); err != nil {
		t.Fatalf("%v", err)
	}
	return answers
}
