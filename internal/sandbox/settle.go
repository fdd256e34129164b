package sandbox

import "context"

// This file is for who has the Sandbox in the same process, such as tests.

// SetWebhooks sends events to other addresses from now on, as the API's setters do.
// An event whose address is empty keeps the one that it has.
func (s *Sandbox) SetWebhooks(addresses Webhooks) {
	_ = s.change(func() error { // which returns the function's error, and there is none
		s.state.settings.setWebhooks(addresses)
		s.deliveries.targets.nameAll(addresses)
		return nil
	})
}

// Settle returns when no webhook waits and none is on its way, or with the context's
// error when that ends first. What somebody does afterwards may set off further ones.
func (s *Sandbox) Settle(ctx context.Context) error {
	for {
		ended := s.UnderWay()
		if ended == nil {
			return nil
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// UnderWay returns what is closed when no webhook waits any more and none is on its way;
// nil when that is so now.
func (s *Sandbox) UnderWay() <-chan struct{} { return s.deliveries.untilSettled() }

// start runs a goroutine of the queues. It is called with the lock held.
func (q *queues[T]) start(do func()) {
	q.active++
	q.running.Go(func() {
		defer q.ended()
		do()
	})
}

// ended tells who waits for it that there are no goroutines any more.
func (q *queues[T]) ended() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.active--
	if q.active == 0 && q.settled != nil {
		close(q.settled)
		q.settled = nil
	}
}

// untilSettled returns what is closed when the goroutines have ended; nil when there
// are none.
func (q *queues[T]) untilSettled() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.active == 0 {
		return nil
	}
	if q.settled == nil {
		q.settled = make(chan struct{})
	}
	return q.settled
}
