package qismotest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Settle returns when no webhook waits, none is being answered or handled, and no call of
// the API is under way. It ends the test when that takes longer than [WithPatience] says.
//
// A [webhook.Handler] that was given to [Server.SendTo] is also waited for after it has
// answered, as it does with [webhook.AnswerAtOnce]. Any other program that answers
// webhooks first and works later may have more to do: wait for what it does, as with
// [Customer.Hears].
func (s *Server) Settle() {
	s.t.Helper()
	ctx, cancel := s.patient()
	defer cancel()
	if s.settle(ctx) != nil {
		s.t.Fatalf("qismotest: webhooks or calls did not end %s", bound(ctx))
	}
}

// settle waits until nothing is under way. A handler calls the API, and a call may set off
// a webhook: so all are looked at until nothing has happened in between.
func (s *Server) settle(ctx context.Context) error {
	happened, end := s.sandbox.Timeline().Watch()
	defer end()
	for {
		for _, wait := range []func(context.Context) error{
			s.sandbox.Settle, s.untilHandled, s.untilAnswered, s.sandbox.Settle, s.untilHandled,
		} {
			if err := wait(ctx); err != nil {
				return err
			}
		}
		select {
		case <-happened:
		default:
			return nil
		}
	}
}

// untilHandled returns when no handler that is known has anything to do.
func (s *Server) untilHandled(ctx context.Context) error {
	s.mu.Lock()
	handlers := slices.Clone(s.handlers)
	s.mu.Unlock()
	for _, handler := range handlers {
		if err := handler.WaitIdle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// untilAnswered returns when no call of the API is under way.
func (s *Server) untilAnswered(ctx context.Context) error {
	for ended := s.api.under.untilNone(); ended != nil; ended = s.api.under.untilNone() {
		select {
		case <-ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// WaitFor returns when a condition holds, and ends the test when that takes longer than
// [WithPatience] says. The condition is looked at whenever something happens on the
// platform: a call, a webhook, or a change of a room or an agent. What is for the
// failure, such as "both rooms are served".
func (s *Server) WaitFor(what string, holds func() bool) {
	s.t.Helper()
	if late := s.await(holds); late != "" {
		s.t.Fatalf("qismotest: wanted %q %s, it did not come to that", what, late)
	}
}

// await watches until something holds. It returns "" then, or else within which bound it
// did not come to that, for failures.
func (s *Server) await(holds func() bool) (late string) {
	changed, end := s.sandbox.Watch()
	defer end()
	added, endAdded := s.sandbox.Timeline().Watch()
	defer endAdded()
	ctx, cancel := s.patient()
	defer cancel()
	for !holds() {
		select {
		case <-changed:
		case <-added:
		case <-ctx.Done():
			return bound(ctx)
		}
	}
	return ""
}

// patient makes a context that ends when a wait has taken long enough.
func (s *Server) patient() (context.Context, context.CancelFunc) {
	patience := s.patience()
	return context.WithTimeoutCause(s.t.Context(), patience, lateError{patience})
}

// lateError says that a wait took as long as it may.
type lateError struct{ patience time.Duration }

func (e lateError) Error() string { return fmt.Sprintf("within %s", e.patience) }

// bound tells which bound of a wait was reached.
func bound(ctx context.Context) string {
	var late lateError
	if errors.As(context.Cause(ctx), &late) {
		return late.Error()
	}
	return "before the test ended"
}

// patience is how long to wait at most: not beyond the deadline of the test, before
// which there must be time to tell what happened.
func (s *Server) patience() time.Duration {
	limited, ok := s.t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return s.settings.patience
	}
	deadline, ok := limited.Deadline()
	if !ok {
		return s.settings.patience
	}
	return max(min(s.settings.patience, time.Until(deadline)-timeToTell), 0)
}

// timeToTell is left of a test's time after the last wait.
const timeToTell = 2 * time.Second
