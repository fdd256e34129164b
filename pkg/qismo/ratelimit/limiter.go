package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrTooLate ends a wait whose turn comes after the deadline of its context. The
// attempt was not made.
var ErrTooLate = errors.New("ratelimit: the turn comes after the context's deadline")

// Limiter lets attempts pass at a rate, one after the other, and learns from the
// answers. It has no goroutine and needs no closing. It is safe for concurrent use.
type Limiter struct {
	config Config

	// The first in the queue waits for the clock, all others for those ahead of them,
	// and the bucket is asked when the turn has come. So whoever gives up has taken
	// nothing, and a pause or another rate holds for everybody at once. Reserving
	// turns ahead of time could do neither.
	mu     sync.Mutex
	queue  queue
	bucket *rate.Limiter

	pauseEnd time.Time // of the pause, which may be over
	untried  bool      // nothing has passed since the pause began
}

// New makes a Limiter. It refuses a Config with values that cannot work.
func New(config Config) (*Limiter, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Limiter{
		config: config,
		bucket: rate.NewLimiter(rate.Limit(config.PerSecond), config.Burst),
	}, nil
}

// Wait returns nil when the next attempt may be made, in the order in which
// attempts asked. It ends with ctx, the cause of which it wraps then. It is
// [ErrTooLate], at once, when ctx has a deadline that comes before the pause ends
// or before those ahead can have passed at the configured rate; also when such a
// pause begins while it waits. A wait that fails costs no attempt of the rate.
func (l *Limiter) Wait(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() == nil && l.queue.length == 0 && l.take(time.Now()) {
		return nil
	}
	if err := l.refuse(ctx, l.queue.length); err != nil {
		return err
	}
	place := l.queue.join()
	defer l.queue.leave(place)
	for {
		var untilTurn time.Duration // which those behind do not know
		if l.queue.first == place {
			now := time.Now()
			if l.take(now) {
				return nil
			}
			untilTurn = l.turn(now, 0, l.bucket.Limit()).Sub(now)
		}
		l.mu.Unlock()
		place.sleep(ctx, untilTurn)
		l.mu.Lock()
		if err := l.refuse(ctx, 0); err != nil {
			return err
		}
	}
}

// take lets an attempt pass if one may now.
func (l *Limiter) take(now time.Time) bool {
	if now.Before(l.pauseEnd) || !l.bucket.AllowN(now, 1) {
		return false
	}
	l.untried = false
	return true
}

// refuse tells why an attempt with so many ahead of it need not wait, if so. A
// lowered rate may rise meanwhile, so the configured one counts.
func (l *Limiter) refuse(ctx context.Context, ahead int) error {
	if ctx.Err() != nil {
		return fmt.Errorf("ratelimit: wait for a turn: %w", context.Cause(ctx))
	}
	now := time.Now()
	turn := l.turn(now, ahead, rate.Limit(l.config.PerSecond))
	if deadline, limited := ctx.Deadline(); limited && deadline.Before(turn) {
		return fmt.Errorf("%w: it is %s away", ErrTooLate, turn.Sub(now).Round(time.Millisecond))
	}
	return nil
}

// turn tells when an attempt with so many ahead of it may pass at a rate. That is
// not rounded down: whoever sleeps until then need not do so again.
func (l *Limiter) turn(now time.Time, ahead int, perSecond rate.Limit) time.Time {
	const never = float64(math.MaxInt64 / 2) // 146 years; what a Duration can hold is bounded
	start := later(now, l.pauseEnd)
	missing := float64(ahead+1) - l.bucket.TokensAt(start)
	if missing <= 0 {
		return start
	}
	wait := math.Ceil(missing / float64(perSecond) * float64(time.Second))
	return start.Add(time.Duration(min(wait, never)))
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
