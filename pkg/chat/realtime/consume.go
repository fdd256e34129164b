package realtime

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// ErrConsumed is a second consumer beside another: there is one at a time.
var ErrConsumed = errors.New("realtime: somebody else takes the events")

// Events are what happens, for a loop that takes them one after the other. It ends with
// an error when the context ends, and when the service refuses the user for good: then
// the error is [ErrRefused]. When the connection is closed, it ends without. There is one
// consumer at a time; after a loop that was left, another one goes on behind it.
//
// An event was taken when the loop has got it, see [Connection.Position].
func (c *Connection) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if err := c.consume(ctx, func(event Event) bool { return yield(event, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

// consume hands out events until there are no more, or nobody wants more.
func (c *Connection) consume(ctx context.Context, hand func(Event) bool) error {
	if err := c.beginConsuming(); err != nil {
		return err
	}
	defer c.endConsuming()
	for {
		event, err := c.next(ctx, false)
		if errors.Is(err, ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if !hand(event) {
			return nil
		}
	}
}

// Handle calls the handlers, one after the other, until one of them returns an error,
// which Handle returns, or until what ends [Connection.Events].
//
// An event was taken when its handler has returned without an error, see
// [Connection.Position]. Otherwise the next consumer gets it again.
func (c *Connection) Handle(ctx context.Context, handlers Handlers) error {
	if err := c.beginConsuming(); err != nil {
		return err
	}
	defer c.endConsuming()
	for {
		event, err := c.next(ctx, true)
		if errors.Is(err, ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.handle(ctx, handlers, event); err != nil {
			return err
		}
	}
}

// handle calls the handler of one event, which counts as taken unless that fails or
// panics.
func (c *Connection) handle(ctx context.Context, handlers Handlers, event Event) error {
	isHandled := false
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sequence.queue.release(isHandled)
		if isHandled {
			c.noteTaken(event)
		}
	}()
	err := handlers.call(ctx, event)
	isHandled = err == nil
	return err
}

// next waits for the next event.
func (c *Connection) next(ctx context.Context, hold bool) (Event, error) {
	for {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("realtime: wait for an event: %w", context.Cause(ctx))
		}
		event, err := c.take(hold)
		if event != nil || err != nil {
			return event, err
		}
		select {
		case <-c.news:
		case <-c.over:
		case <-ctx.Done():
		}
	}
}

// take gives out an event if there is one.
func (c *Connection) take(hold bool) (Event, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isClosed {
		return nil, ErrClosed
	}
	event, ok := c.sequence.take(hold)
	if !ok {
		return nil, c.end
	}
	if !hold {
		c.noteTaken(event)
	}
	if c.sequence.wantsSync() {
		signal(c.syncNow) // there is room now
	}
	return event, nil
}

func (c *Connection) beginConsuming() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isConsumed {
		return ErrConsumed
	}
	c.isConsumed = true
	return nil
}

func (c *Connection) endConsuming() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isConsumed = false
}
