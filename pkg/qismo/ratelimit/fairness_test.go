package ratelimit_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

func TestTwoHundredKeepTheirOrderOverPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 20, Burst: 5})
		line := newLine(limiter)
		var want []int
		for who := range 200 {
			line.join(t.Context())
			want = append(want, who)
		}
		for pause := range 12 {
			limiter.Answered(http.StatusTooManyRequests, time.Duration(pause%3)*700*time.Millisecond)
			<-time.After(1900 * time.Millisecond)
			limiter.Answered(http.StatusOK, 0)
		}
		line.wait()
		assert.Empty(t, line.errs)
		assert.Equal(t, want, line.passed)
	})
}

// However many come, an attempt passes as soon as it would with nobody behind it.
func TestNewcomersDoNotStarveWhoWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 10, Burst: 2})
		passes(t, limiter, 2)
		line := newLine(limiter)
		for range 3 {
			line.join(t.Context()) // the third has its turn at 300ms
		}
		crowd, disperse := context.WithCancel(t.Context())
		for range 450 {
			line.join(crowd)
			<-time.After(time.Millisecond)
		}
		disperse()
		line.wait()
		assert.Equal(t, []int{0, 1, 2, 3}, line.passed)
		assert.Equal(t, milliseconds(100, 200, 300, 400), line.times)
	})
}

// Whoever leaves the queue takes nothing with them: those behind move up, those
// ahead do not notice.
func TestWhoeverLeavesHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		leave []int
		at    time.Duration
		want  []int // who passes, at 1s, 2s …
	}{
		"head":               {[]int{0}, 500 * time.Millisecond, []int{1, 2, 3, 4}},
		"middle":             {[]int{2}, 500 * time.Millisecond, []int{0, 1, 3, 4}},
		"tail":               {[]int{4}, 500 * time.Millisecond, []int{0, 1, 2, 3}},
		"head that was next": {[]int{1}, 1500 * time.Millisecond, []int{0, 2, 3, 4}},
		"head and second":    {[]int{0, 1}, 999 * time.Millisecond, []int{2, 3, 4}},
		"second and head":    {[]int{1, 0}, 999 * time.Millisecond, []int{2, 3, 4}},
		"all but one":        {[]int{3, 1, 4, 0}, time.Millisecond, []int{2}},
		"all":                {[]int{0, 1, 2, 3, 4}, time.Millisecond, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := newLimiter(t, ratelimit.Config{PerSecond: 1})
				require.NoError(t, limiter.Wait(t.Context()))
				line := newLine(limiter)
				var leave []context.CancelFunc
				for range 5 {
					ctx, cancel := context.WithCancel(t.Context())
					t.Cleanup(cancel)
					leave = append(leave, cancel)
					line.join(ctx)
				}
				<-time.After(test.at)
				for _, who := range test.leave {
					leave[who]()
				}
				synctest.Wait() // no time passes
				for _, who := range test.leave {
					require.ErrorIs(t, line.errs[who], context.Canceled)
				}
				line.wait()
				assert.Equal(t, test.want, line.passed)
				for n, at := range line.times {
					assert.Equal(t, time.Duration(n+1)*time.Second, at)
				}
				require.NoError(t, limiter.Wait(t.Context()))
				assert.Equal(t, time.Duration(len(test.want)+1)*time.Second, since(line.began),
					"the queue is empty, and only what passed was counted")
			})
		})
	}
}

// Whoever leaves during a pause does not end it.
func TestLeavingDuringAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 1})
		limiter.Answered(http.StatusTooManyRequests, 10*time.Second)
		line := newLine(limiter)
		ctx, cancel := context.WithCancel(t.Context())
		line.join(ctx)
		line.join(t.Context())
		<-time.After(3 * time.Second)
		cancel()
		line.wait()
		assert.Equal(t, []int{1}, line.passed)
		assert.Equal(t, milliseconds(10_000), line.times)
	})
}
