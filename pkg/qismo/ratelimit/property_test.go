package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

// Whatever callers and the service do, no window of time lets more pass than the
// burst and what the rate gives in it.
func TestNoWindowHoldsMoreThanBurstAndRate(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 7))
				config := ratelimit.Config{
					PerSecond: 0.5 + 50*random.Float64(), Burst: 1 + random.IntN(10),
					Pause: time.Duration(1 + random.Int64N(int64(time.Second))),
				}
				line := newLine(newLimiter(t, config))
				for range 400 {
					impatient(t, line, random)
					<-time.After(time.Duration(random.ExpFloat64() * float64(time.Second) / config.PerSecond))
					answer(line.limiter, random)
				}
				line.wait()
				require.Greater(t, len(line.passed), 50)
				requireWithin(t, line.times, config)
			})
		})
	}
}

// impatient joins the line with one to three attempts, some of which leave it.
func impatient(t *testing.T, line *line, random *rand.Rand) {
	t.Helper()
	for range 1 + random.IntN(3) {
		ctx := t.Context()
		switch random.IntN(4) {
		case 0:
			limited, cancel := context.WithTimeout(ctx, time.Duration(random.Int64N(int64(time.Second))))
			t.Cleanup(cancel)
			ctx = limited
		case 1:
			cancelled, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Duration(random.Int64N(int64(time.Second))), cancel)
			ctx = cancelled
		}
		line.join(ctx)
	}
}

func answer(limiter *ratelimit.Limiter, random *rand.Rand) {
	switch n := random.IntN(40); n {
	case 0:
		limiter.Answered(http.StatusTooManyRequests, 0)
	case 1:
		limiter.Answered(http.StatusTooManyRequests, time.Duration(random.Int64N(int64(3*time.Second))))
	case 2:
		limiter.Answered(http.StatusServiceUnavailable, time.Duration(random.Int64N(int64(3*time.Second))))
	default:
		limiter.Answered(http.StatusOK, 0)
	}
}

// requireWithin looks at all windows that begin and end with an attempt.
func requireWithin(t *testing.T, times []time.Duration, config ratelimit.Config) {
	t.Helper()
	const rounding = 1e-3 // of an attempt
	for first := range times {
		for last := first; last < len(times); last++ {
			window := (times[last] - times[first]).Seconds()
			if float64(last-first+1) > float64(config.Burst)+config.PerSecond*window+rounding {
				t.Fatalf("%d passed from %s to %s", last-first+1, times[first], times[last])
			}
		}
	}
}

// Many goroutines at real time: nothing is lost, nobody is left behind, and the
// race detector sees it all.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	limiter := newLimiter(t, ratelimit.Config{
		PerSecond: 1e6, Burst: 8, SlowestPerSecond: 1e5, Pause: time.Microsecond, LongestPause: time.Millisecond,
	})
	var all sync.WaitGroup
	for worker := range 64 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 7))
			for range 100 {
				ctx, cancel := context.WithCancel(t.Context())
				leaves := random.IntN(4) == 0
				if leaves {
					time.AfterFunc(time.Duration(random.Int64N(int64(time.Millisecond))), cancel)
				}
				if err := limiter.Wait(ctx); err != nil {
					assert.True(t, leaves && errors.Is(err, context.Canceled), err)
				}
				answer(limiter, random)
				cancel()
			}
		})
	}
	all.Wait()
}
