package ratelimit_test

import (
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

const refused = http.StatusTooManyRequests

// What one answer does: how long it holds the next attempt back, and how far apart
// attempts pass then, of 20 a second.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		status     int
		retryAfter time.Duration
		pause      time.Duration
		spacing    time.Duration
	}{
		"success":                    {200, 0, 0, 50 * time.Millisecond},
		"success with a wait":        {200, time.Minute, 0, 50 * time.Millisecond},
		"redirect":                   {302, 0, 0, 50 * time.Millisecond},
		"not found":                  {404, 0, 0, 50 * time.Millisecond},
		"server error":               {500, 0, 0, 50 * time.Millisecond},
		"server error with a wait":   {502, time.Minute, 0, 50 * time.Millisecond},
		"no status":                  {0, time.Minute, 0, 50 * time.Millisecond},
		"refusal":                    {429, 0, 2 * time.Second, 100 * time.Millisecond},
		"refusal, wait below 0":      {429, -time.Hour, 2 * time.Second, 100 * time.Millisecond},
		"refusal, shortest wait":     {429, math.MinInt64, 2 * time.Second, 100 * time.Millisecond},
		"refusal with a wait":        {429, 7 * time.Second, 7 * time.Second, 50 * time.Millisecond},
		"refusal, as long as may be": {429, 30 * time.Second, 30 * time.Second, 50 * time.Millisecond},
		"refusal for a day":          {429, day, 30 * time.Second, 50 * time.Millisecond},
		"refusal for ever":           {429, math.MaxInt64, 30 * time.Second, 50 * time.Millisecond},
		"unavailable":                {503, 0, 0, 50 * time.Millisecond},
		"unavailable, wait below 0":  {503, -time.Hour, 0, 50 * time.Millisecond},
		"unavailable with a wait":    {503, 7 * time.Second, 7 * time.Second, 50 * time.Millisecond},
		"unavailable for a day":      {503, day, 30 * time.Second, 50 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := newLimiter(t, ratelimit.Config{PerSecond: 20, Pause: 2 * time.Second, LongestPause: 30 * time.Second})
				limiter.Answered(test.status, test.retryAfter)
				assert.Equal(t, test.pause, passes(t, limiter, 1)[0])
				assert.Equal(t, test.spacing, spacing(t, limiter))
			})
		})
	}
}

func TestPausesByDefault(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config  ratelimit.Config
		pause   time.Duration
		longest time.Duration
	}{
		"nothing said":       {ratelimit.Config{}, time.Second, time.Minute},
		"a longer pause":     {ratelimit.Config{Pause: time.Hour}, time.Hour, time.Hour},
		"a shorter longest":  {ratelimit.Config{LongestPause: time.Millisecond}, time.Millisecond, time.Millisecond},
		"both are the same":  {ratelimit.Config{Pause: 5 * time.Second, LongestPause: 5 * time.Second}, 5 * time.Second, 5 * time.Second},
		"both are something": {ratelimit.Config{Pause: 5 * time.Second, LongestPause: 7 * time.Second}, 5 * time.Second, 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.config.PerSecond = 1000
			synctest.Test(t, func(t *testing.T) {
				limiter := newLimiter(t, test.config)
				limiter.Answered(refused, 0)
				assert.Equal(t, test.pause, passes(t, limiter, 1)[0])
				limiter = newLimiter(t, test.config)
				limiter.Answered(refused, math.MaxInt64)
				assert.Equal(t, test.longest, passes(t, limiter, 1)[0])
			})
		})
	}
}

// A pause that is on can become longer, not shorter.
func TestPausesMeet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, second time.Duration // the second 1s after the first; 0 is a refusal that does not say
		pause         time.Duration
	}{
		"longer":             {3 * time.Second, 5 * time.Second, 6 * time.Second},
		"shorter":            {5 * time.Second, 3 * time.Second, 5 * time.Second},
		"much shorter":       {5 * time.Second, time.Millisecond, 5 * time.Second},
		"the second is mute": {1500 * time.Millisecond, 0, 1500 * time.Millisecond},
		"the first is mute":  {0, 5 * time.Second, 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := newLimiter(t, ratelimit.Config{PerSecond: 10, Burst: 10, Pause: 2 * time.Second})
				line := newLine(limiter)
				limiter.Answered(refused, test.first)
				line.join(t.Context())
				<-time.After(time.Second)
				limiter.Answered(refused, test.second)
				line.wait()
				assert.Equal(t, []time.Duration{test.pause}, line.times)
			})
		})
	}
}

// A service that has just refused does not meet a burst.
func TestAPauseEndsWithOneAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 20, Burst: 5})
		limiter.Answered(refused, 3*time.Second)
		assert.Equal(t, milliseconds(3000, 3050, 3100, 3150), passes(t, limiter, 4))
		<-time.After(time.Second)
		assert.Equal(t, milliseconds(0, 0, 0, 0, 0, 50), passes(t, limiter, 6), "the burst is there again")
	})
}

// A pause that is shorter than the space between attempts gives nothing away.
func TestAShortPauseDoesNotHurry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 1, Burst: 1})
		require.NoError(t, limiter.Wait(t.Context()))
		limiter.Answered(http.StatusServiceUnavailable, 10*time.Millisecond)
		assert.Equal(t, milliseconds(1000, 2000), passes(t, limiter, 2))
	})
}

func TestRefusalsLowerTheRateToAFloor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		slowest float64
		want    []time.Duration // the spacing after each refusal
	}{
		"by default":   {0, milliseconds(100, 200, 400, 800, 1000, 1000)},
		"as was given": {4, milliseconds(100, 200, 250, 250)},
		"not at all":   {20, milliseconds(50, 50)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limiter := newLimiter(t, ratelimit.Config{PerSecond: 20, SlowestPerSecond: test.slowest})
				for _, want := range test.want {
					limiter.Answered(refused, 0)
					assert.Equal(t, want, spacing(t, limiter))
				}
			})
		})
	}
}

// Attempts that are under way together are refused together, over a while. The
// refusals that come before anything else was tried tell nothing new.
func TestRefusalsTogetherCountOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 20, Burst: 64})
		require.Equal(t, make([]time.Duration, 64), passes(t, limiter, 64))
		for range 64 {
			limiter.Answered(refused, 0)
			<-time.After(30 * time.Millisecond) // the last come after the pause
		}
		assert.Equal(t, 100*time.Millisecond, spacing(t, limiter))
		limiter.Answered(refused, 0)
		assert.Equal(t, 200*time.Millisecond, spacing(t, limiter), "what was tried since then counts")
	})
}

// A pause that the service asked for covers the refusals beside it that do not say.
func TestAToldRefusalCoversMuteOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 20})
		limiter.Answered(refused, 5*time.Second)
		limiter.Answered(refused, 0)
		assert.Equal(t, 5*time.Second, passes(t, limiter, 1)[0])
		assert.Equal(t, 50*time.Millisecond, spacing(t, limiter))
	})
}

func TestSuccessesRaiseTheRateAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 20})
		limiter.Answered(refused, 0)
		for range 1000 {
			limiter.Answered(http.StatusOK, 0) // of attempts from before the pause
		}
		require.Equal(t, 100*time.Millisecond, spacing(t, limiter))
		for _, step := range []struct {
			status, answers int
			perSecond       float64
		}{{200, 50, 15}, {404, 50, 15}, {500, 50, 15}, {0, 50, 15}, {201, 49, 19.9}, {200, 1, 20}, {200, 10_000, 20}} {
			for range step.answers {
				limiter.Answered(step.status, 0)
			}
			assert.InDelta(t, 1/step.perSecond, spacing(t, limiter).Seconds(), 1e-6, "after %v", step)
		}
	})
}

// The last step up is cut where it would lead above the configured rate.
func TestTheRateDoesNotRiseAboveTheConfiguredOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 20, SlowestPerSecond: 19.95})
		limiter.Answered(refused, 0)
		require.Greater(t, spacing(t, limiter), 50*time.Millisecond)
		limiter.Answered(http.StatusOK, 0)
		assert.Equal(t, 50*time.Millisecond, spacing(t, limiter))
	})
}

// Whoever waits while the rate rises has their turn sooner by that.
func TestARisingRateReachesWhoWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(t, ratelimit.Config{PerSecond: 1, SlowestPerSecond: 0.01})
		for range 7 {
			limiter.Answered(refused, 0)
			require.NoError(t, limiter.Wait(t.Context()))
		}
		line := newLine(limiter)
		line.join(t.Context())
		for range 200 {
			limiter.Answered(http.StatusOK, 0)
		}
		line.wait()
		assert.Equal(t, milliseconds(1000), line.times, "100 seconds at the lowered rate")
	})
}
