package sandbox

import "context"

// This file is for those who watch the Sandbox from the same process, such as tests.

// SetWebhooks sends events to other addresses from now on, as the API's setters do.
// An event whose address is empty keeps the one that it has.
func (s *Sandbox) SetWebhooks(addresses Webhooks) {
	_ = s.change(func() error { // which returns the function's error, and there is none
		s.state.settings.setWebhooks(addresses)
		return nil
	})
}

// Settle returns when no webhook waits and none is on its way, or with the context's
// error when that ends first. What somebody does afterwards may set off further ones.
func (s *Sandbox) Settle(ctx context.Context) error { return s.deliveries.settle(ctx) }

// settle returns when nothing waits and nothing is being handed on, or with the
// context's error.
func (q *queues[T]) settle(ctx context.Context) error {
	for {
		emptied := q.untilEmpty()
		if emptied == nil {
			return nil
		}
		select {
		case <-emptied:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// untilEmpty returns what is closed when nothing waits any more; nil when nothing does.
func (q *queues[T]) untilEmpty() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return nil
	}
	if q.emptied == nil {
		q.emptied = make(chan struct{})
	}
	return q.emptied
}

// tellEmpty wakes whoever waits until the queues are empty, which they are now. It is
// called with the lock held.
func (q *queues[T]) tellEmpty() {
	if q.emptied != nil {
		close(q.emptied)
		q.emptied = nil
	}
}
