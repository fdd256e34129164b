// Package clock is the time of a simulated world. It goes as the real time does, and
// can be moved ahead: then what was to happen until that moment happens.
package clock

import (
	"context"
	"errors"
	"sync"
	"time"
)

var (
	// ErrBackwards is returned for an attempt to move a Clock into the past, where
	// tokens would come alive again and messages would be older than their answers.
	ErrBackwards = errors.New("a clock is moved ahead only")
	// ErrTooFar is returned for an attempt to move a Clock further than [Furthest].
	ErrTooFar = errors.New("a clock is not moved further ahead than 100 years")
)

// Furthest is how far ahead of the real time a Clock can be. It is less than a
// [time.Duration] can hold and a time can be written with.
const Furthest = 100 * 365 * 24 * time.Hour

// Clock tells the time of a world. It is safe for concurrent use.
type Clock struct {
	real func() time.Time

	mu    sync.Mutex
	ahead time.Duration
	moved chan struct{} // closed, and replaced, each time that the clock is moved
	told  func() error  // nil while nobody wants to know
}

// New makes a Clock that goes as the given time does; nil stands for [time.Now]. A
// time that stands still makes one that goes on only when it is moved.
func New(realTime func() time.Time) *Clock {
	if realTime == nil {
		realTime = time.Now
	}
	return &Clock{real: realTime, moved: make(chan struct{})}
}

// OnMove has a function called after each move, one at most. Its error is the move's,
// which is done all the same.
func (c *Clock) OnMove(tell func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = tell
}

// Now tells what time it is in the world.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return c.real().Add(c.ahead) }

// Ahead tells how far the Clock was moved.
func (c *Clock) Ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// Move moves the Clock ahead and wakes whoever sleeps until a time that has come.
// It returns [ErrBackwards] for a negative duration and [ErrTooFar] for too long a
// one; the Clock is then where it was.
func (c *Clock) Move(by time.Duration) error {
	return c.move(func() time.Duration { return by })
}

// MoveTo moves the Clock ahead to a time. It returns [ErrBackwards] for one that
// has passed, and [ErrTooFar] for one that is too far ahead.
func (c *Clock) MoveTo(at time.Time) error {
	return c.move(func() time.Duration { return at.Sub(c.now()) })
}

// move moves the Clock and tells of it, without the lock: who is told may ask for the
// time.
func (c *Clock) move(by func() time.Duration) error {
	tell, err := c.goAhead(by)
	if err != nil || tell == nil {
		return err
	}
	return tell()
}

// goAhead moves the Clock and returns who is to be told.
func (c *Clock) goAhead(by func() time.Duration) (tell func() error, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	distance := by()
	switch {
	case distance < 0:
		return nil, ErrBackwards
	case distance > Furthest-c.ahead:
		return nil, ErrTooFar
	}
	c.ahead += distance
	close(c.moved)
	c.moved = make(chan struct{})
	return c.told, nil
}

// Moved returns a channel that is closed when the Clock is moved the next time.
func (c *Clock) Moved() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}

// Sleep returns when so much time has passed in the world, by itself or because
// the Clock was moved, or with the context's error when that ends first. Where the
// time stands still it waits for whoever moves it.
func (c *Clock) Sleep(ctx context.Context, duration time.Duration) error {
	until := c.Now().Add(duration)
	for {
		moved, left := c.until(until)
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-moved:
		case <-ctx.Done():
		}
		timer.Stop()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// until tells how long it is until a time, and when that changes.
func (c *Clock) until(at time.Time) (moved <-chan struct{}, left time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved, at.Sub(c.now())
}
