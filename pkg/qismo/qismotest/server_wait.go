package qismotest

import (
	"context"
	"time"
)

// Settle returns when no webhook waits, none is being answered, and no call of the API
// is under way. It ends the test when that takes longer than [WithPatience] says. A
// program that answers webhooks first and works later may have more to do: wait for what
// it does, as with [Customer.Hears].
func (s *Server) Settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), s.patience())
	defer cancel()
	if err := s.settle(ctx); err != nil {
		s.t.Fatalf("qismotest: after %s there were still webhooks or calls under way", s.patience())
	}
}

func (s *Server) settle(ctx context.Context) error {
	for ended := s.underWay(); ended != nil; ended = s.underWay() {
		select {
		case <-ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// underWay returns what is closed when some of what is under way has ended; nil when
// nothing is. A webhook's receiver calls the API, and a call may set off a webhook: so
// the webhooks are looked at before the calls and after them.
func (s *Server) underWay() <-chan struct{} {
	webhooks, calls := s.sandbox.UnderWay, s.api.under.untilNone
	for _, look := range []func() <-chan struct{}{webhooks, calls, webhooks} {
		if ended := look(); ended != nil {
			return ended
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
	if !s.await(holds) {
		s.t.Fatalf("qismotest: waited %s in vain until %s", s.patience(), what)
	}
}

// await watches until something holds, and tells whether it came to that.
func (s *Server) await(holds func() bool) bool {
	changed, end := s.sandbox.Watch()
	defer end()
	added, endAdded := s.sandbox.Timeline().Watch()
	defer endAdded()
	patience := time.NewTimer(s.patience())
	defer patience.Stop()
	for !holds() {
		select {
		case <-changed:
		case <-added:
		case <-patience.C:
			return holds()
		case <-s.t.Context().Done():
			return false
		}
	}
	return true
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
