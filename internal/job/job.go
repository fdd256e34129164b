// Package job is how the façades wait for work that a service goes on with after the
// call that began it was answered.
package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qismo-go/qismo/internal/transport"
)

// How often a job is looked at when the caller does not say.
const (
	defaultFirstLook = time.Second
	defaultLookEvery = 30 * time.Second
)

// maxFailedLooks is how many looks in a row may fail before a wait gives up.
const maxFailedLooks = 5

// Job is work that the service goes on with after the call that began it was
// answered. No webhook tells of its end, so whoever wants to know asks. Methods
// that begin such work return one; a job that was begun elsewhere, or before a
// restart, is picked up by its id. It is safe for concurrent use.
type Job[T any] struct {
	owner string
	look  Look[T]
}

// Look looks at a job once. A job that has come to its end by a failure is done, and
// has an error.
type Look[T any] func(ctx context.Context) (state T, done bool, err error)

// New makes a job of what looks at it. The owner is whose errors those of the job are,
// such as "qismo".
func New[T any](owner string, look Look[T]) *Job[T] {
	return &Job[T]{owner: owner, look: look}
}

// WaitParams say how a job is waited for. The zero value serves.
type WaitParams[T any] struct {
	// First is how long to wait before the second look, 1 second when zero. Each
	// wait after that is half as long again.
	First time.Duration
	// Longest bounds each wait, 30 seconds when zero.
	Longest time.Duration
	// Progress, unless it is nil, is told what each look saw, the last one too. It
	// runs in the goroutine of Wait, which goes on when it returns.
	Progress func(state T)
}

// State looks at the job once. The error of a job that is done is that of the job, and
// what was seen of it is told beside the error.
func (j *Job[T]) State(ctx context.Context) (state T, done bool, err error) {
	return j.look(ctx)
}

// Wait looks at the job until it is done, ever more rarely, and returns what it
// saw last, with an error if the job has failed. It ends with ctx, whose error it
// wraps then, and with a look that the service refuses; the job itself goes on either
// way and can be waited for again. Looking does no harm, so a look is made again, up
// to five times in a row, when the service was too busy for it (status 429), failed
// (from 500 on) or did not answer: not before the time that it asked for, if it did.
func (j *Job[T]) Wait(ctx context.Context, params WaitParams[T]) (T, error) {
	wait, longest, err := params.waits(j.owner)
	if err != nil {
		var none T
		return none, err
	}
	var seen T
	failed := 0
	for {
		state, done, err := j.look(ctx)
		pause := wait
		if err != nil && !done {
			failed++
			asked, passes := mayPass(err)
			if !passes || failed > maxFailedLooks || ctx.Err() != nil {
				return seen, err
			}
			pause = max(wait, asked)
		} else {
			seen, failed = state, 0
			if params.Progress != nil {
				params.Progress(state)
			}
			if done {
				return seen, err
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return seen, fmt.Errorf("%s: wait for the job: %w", j.owner, context.Cause(ctx))
		}
		wait = min(wait+wait/2, longest)
	}
}

// mayPass reports whether a failure may be over the next time, and how long the
// service asked to wait for that.
func mayPass(err error) (wait time.Duration, passes bool) {
	var failure *transport.Error
	if !errors.As(err, &failure) {
		return 0, false
	}
	passes = failure.Status == 0 || errors.Is(err, transport.ErrRateLimited) || errors.Is(err, transport.ErrServer)
	return failure.RetryAfter, passes
}

// waits returns the first wait and the longest.
func (p WaitParams[T]) waits(owner string) (first, longest time.Duration, err error) {
	if p.First < 0 || p.Longest < 0 {
		return 0, 0, errors.New(owner + ": wait for the job: a wait is negative")
	}
	first, longest = defaultFirstLook, defaultLookEvery
	if p.Longest > 0 {
		longest = p.Longest
	}
	if p.First > 0 {
		first = p.First
	}
	return min(first, longest), longest, nil
}
