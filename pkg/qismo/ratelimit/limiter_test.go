package ratelimit_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

// What a client's transport asks of a limiter.
var _ interface {
	Wait(ctx context.Context) error
	Answered(status int, retryAfter time.Duration)
} = (*ratelimit.Limiter)(nil)

func newLimiter(t testing.TB, config ratelimit.Config) *ratelimit.Limiter {
	t.Helper()
	limiter, err := ratelimit.New(config)
	require.NoError(t, err)
	return limiter
}

// since tells how long ago something was. Rates are fractions, so the last
// nanoseconds of a turn mean nothing.
func since(began time.Time) time.Duration { return time.Since(began).Round(time.Microsecond) }

// passes lets so many attempts pass, one after the other, and tells when each did,
// counted from the call.
func passes(t *testing.T, limiter *ratelimit.Limiter, attempts int) []time.Duration {
	t.Helper()
	began := time.Now()
	var all []time.Duration
	for range attempts {
		require.NoError(t, limiter.Wait(t.Context()))
		all = append(all, since(began))
	}
	return all
}

// spacing tells how far apart attempts pass at last: after a pause, the burst, and
// what had been gathered of the next attempt.
func spacing(t *testing.T, limiter *ratelimit.Limiter) time.Duration {
	t.Helper()
	for waits := 0; ; {
		wait := passes(t, limiter, 1)[0]
		if wait > 0 {
			waits++
		}
		if waits == 3 {
			return wait
		}
	}
}

func milliseconds(numbers ...int) []time.Duration {
	var all []time.Duration
	for _, number := range numbers {
		all = append(all, time.Duration(number)*time.Millisecond)
	}
	return all
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config ratelimit.Config
		says   string
	}{
		"nothing":                 {ratelimit.Config{}, "PerSecond"},
		"negative rate":           {ratelimit.Config{PerSecond: -1}, "PerSecond"},
		"rate without end":        {ratelimit.Config{PerSecond: math.Inf(1)}, "PerSecond"},
		"rate that is none":       {ratelimit.Config{PerSecond: math.NaN()}, "PerSecond"},
		"negative burst":          {ratelimit.Config{PerSecond: 1, Burst: -1}, "Burst"},
		"negative slowest":        {ratelimit.Config{PerSecond: 1, SlowestPerSecond: -1}, "SlowestPerSecond"},
		"slowest that is none":    {ratelimit.Config{PerSecond: 1, SlowestPerSecond: math.NaN()}, "SlowestPerSecond"},
		"slowest above the rate":  {ratelimit.Config{PerSecond: 1, SlowestPerSecond: 2}, "SlowestPerSecond"},
		"negative pause":          {ratelimit.Config{PerSecond: 1, Pause: -1}, "negative"},
		"negative longest pause":  {ratelimit.Config{PerSecond: 1, LongestPause: -1}, "negative"},
		"pause above the longest": {ratelimit.Config{PerSecond: 1, Pause: 3, LongestPause: 2}, "LongestPause"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limiter, err := ratelimit.New(test.config)
			require.ErrorContains(t, err, test.says)
			assert.Nil(t, limiter)
		})
	}
}

func TestRateAndBurst(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config ratelimit.Config
		want   []time.Duration
	}{
		"burst":             {ratelimit.Config{PerSecond: 20, Burst: 3}, milliseconds(0, 0, 0, 50, 100, 150)},
		"evenly by default": {ratelimit.Config{PerSecond: 20}, milliseconds(0, 50, 100, 150, 200, 250)},
		"less than one":     {ratelimit.Config{PerSecond: 0.5, Burst: 2}, milliseconds(0, 0, 2000, 4000, 6000, 8000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := newLimiter(t, test.config)
				assert.Equal(t, test.want, passes(t, limiter, len(test.want)))
				<-time.After(time.Hour)
				assert.Equal(t, test.want, passes(t, limiter, len(test.want)), "after an hour of quiet")
			})
		})
	}
}

// A rate so low that a turn is further away than a Duration can tell.
func TestLowestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 1e-100})
		require.NoError(t, limiter.Wait(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), 100*365*24*time.Hour)
		defer cancel()
		require.ErrorIs(t, limiter.Wait(ctx), ratelimit.ErrTooLate)
	})
}

func TestWaitTellsAtOnceThatItIsTooLate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		queued   int // attempts that wait already, 100ms apart
		answer   func(*ratelimit.Limiter)
		deadline time.Duration
		tooLate  bool
	}{
		"next turn":                   {deadline: 101 * time.Millisecond},
		"before the next turn":        {deadline: 99 * time.Millisecond, tooLate: true},
		"behind others":               {queued: 7, deadline: 801 * time.Millisecond},
		"behind others, before":       {queued: 7, deadline: 799 * time.Millisecond, tooLate: true},
		"pause":                       {answer: refusal(3 * time.Second), deadline: 3001 * time.Millisecond},
		"before the pause's end":      {answer: refusal(3 * time.Second), deadline: 2999 * time.Millisecond, tooLate: true},
		"pause and others":            {queued: 2, answer: refusal(3 * time.Second), deadline: 3201 * time.Millisecond},
		"pause and others, before":    {queued: 2, answer: refusal(3 * time.Second), deadline: 3199 * time.Millisecond, tooLate: true},
		"no time for what has passed": {deadline: -time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := newLimiter(t, ratelimit.Config{PerSecond: 10})
				require.NoError(t, limiter.Wait(t.Context()))
				line := newLine(limiter)
				for range test.queued {
					line.join(t.Context())
				}
				if test.answer != nil {
					test.answer(limiter)
				}
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				err := limiter.Wait(ctx)
				switch {
				case test.tooLate:
					require.ErrorIs(t, err, ratelimit.ErrTooLate)
					assert.Zero(t, since(began))
				case test.deadline < 0:
					require.ErrorIs(t, err, context.DeadlineExceeded)
				default:
					require.NoError(t, err)
					assert.Equal(t, test.deadline-time.Millisecond, since(began))
				}
			})
		})
	}
}

func refusal(retryAfter time.Duration) func(*ratelimit.Limiter) {
	return func(limiter *ratelimit.Limiter) { limiter.Answered(http.StatusTooManyRequests, retryAfter) }
}

// A rate that refusals have lowered may rise before the turn comes, so it does not
// make a deadline hopeless.
func TestALoweredRateIsNotTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 10})
		limiter.Answered(http.StatusTooManyRequests, 0)
		require.Equal(t, time.Second, passes(t, limiter, 1)[0])
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, limiter.Wait(ctx), context.DeadlineExceeded)
		assert.Equal(t, 150*time.Millisecond, since(began))
	})
}

// A pause that begins while others wait is told to those who cannot outwait it,
// and to nobody else.
func TestAPauseEndsWaitsThatItMakesHopeless(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 1})
		require.NoError(t, limiter.Wait(t.Context()))
		line := newLine(limiter)
		for _, deadline := range []time.Duration{time.Minute, 5 * time.Second, time.Minute, 6 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), deadline)
			t.Cleanup(cancel)
			line.join(ctx)
		}
		limiter.Answered(http.StatusTooManyRequests, 10*time.Second)
		synctest.Wait()
		require.ErrorIs(t, line.errs[1], ratelimit.ErrTooLate)
		require.ErrorIs(t, line.errs[3], ratelimit.ErrTooLate)
		line.wait()
		assert.Equal(t, []int{0, 2}, line.passed)
		assert.Equal(t, milliseconds(10_000, 11_000), line.times)
	})
}

func TestWaitWrapsTheCause(t *testing.T) {
	t.Parallel()
	why := errors.New("the program ends")
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 1})
		ended, end := context.WithCancelCause(t.Context())
		end(why)
		require.ErrorIs(t, limiter.Wait(ended), why, "before it waits")
		require.Zero(t, passes(t, limiter, 1)[0], "which took nothing from the rate")

		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
		began := time.Now()
		err := limiter.Wait(ctx)
		require.ErrorIs(t, err, why, "while it waits")
		require.NotErrorIs(t, err, ratelimit.ErrTooLate)
		assert.Equal(t, 100*time.Millisecond, since(began))
	})
}
