package sandbox

import (
	"context"
	"time"
)

// This file tells who has the Sandbox in the same process, such as tests, when the
// webhooks have been delivered.

// Settle returns when no webhook waits and none is on its way, or with the context's
// error when that ends first. Webhooks that are to be sent later, by the Clock, are not
// waited for before their time has come. What somebody does afterwards may set off
// further ones.
func (s *Sandbox) Settle(ctx context.Context) error {
	for {
		changed := s.UnderWay()
		if changed == nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// UnderWay returns nil when [Sandbox.Settle] would return at once, and otherwise what is
// closed when that may have changed.
func (s *Sandbox) UnderWay() <-chan struct{} {
	s.look(func() {}) // what is due by now happens, and may send webhooks
	return s.deliveries.untilSettled(s.config.Now())
}

// settling tells when goroutines have ended or wait for a later time. Its methods are
// called with the lock of the queues held.
type settling struct {
	active  int                     // how many goroutines there are
	pauses  map[*time.Time]struct{} // until when some of them wait
	changed chan struct{}           // closed when one has ended or waits; nil when nobody asked
}

func (s *settling) tell() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// start runs a goroutine of the queues. It is called with the lock held.
func (q *queues[T]) start(do func()) {
	q.settling.active++
	q.running.Go(func() {
		defer func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.settling.active--
			q.settling.tell()
		}()
		do()
	})
}

// pausing notes that a goroutine waits until a time, which is over at the latest when it
// says so.
func (q *queues[T]) pausing(until time.Time) (over func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.settling.pauses == nil {
		q.settling.pauses = map[*time.Time]struct{}{}
	}
	q.settling.pauses[&until] = struct{}{}
	q.settling.tell()
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.settling.pauses, &until)
	}
}

// untilSettled returns nil when there are no goroutines but those that wait for a time
// after now, and otherwise what is closed when that may have changed.
func (q *queues[T]) untilSettled(now time.Time) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	busy := q.settling.active
	for until := range q.settling.pauses {
		if until.After(now) {
			busy--
		}
	}
	if busy == 0 {
		return nil
	}
	if q.settling.changed == nil {
		q.settling.changed = make(chan struct{})
	}
	return q.settling.changed
}
