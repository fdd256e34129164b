package transport

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reasons are all there are.
func reasons() []Reason {
	return []Reason{
		ReasonNotConnected, ReasonUntrusted, ReasonTimeout, ReasonBroken, ReasonCancelled, ReasonRateLimited,
		ReasonHeldBack, ReasonServerError, ReasonRefused, ReasonUnusable, ReasonCredential,
	}
}

// Which failures are followed by another attempt, of every kind.
func TestWhatIsTriedAgain(t *testing.T) {
	t.Parallel()
	type answer struct{ read, write, repeatedWrite bool }
	always, ifHarmless, never := answer{true, true, true}, answer{true, false, true}, answer{}
	wanted := map[Reason]answer{
		ReasonNotConnected: always, ReasonRateLimited: always,
		ReasonServerError: ifHarmless, ReasonTimeout: ifHarmless, ReasonBroken: ifHarmless,
		ReasonUntrusted: never, ReasonCancelled: never, ReasonHeldBack: never, ReasonRefused: never,
		ReasonUnusable: never, ReasonCredential: never,
	}
	require.Len(t, wanted, len(reasons()))
	retryAfters := map[time.Duration]bool{ // and whether the wait is too long
		0: false, time.Second: false, 30 * time.Second: false, 30*time.Second + 1: true, 24 * time.Hour: true,
	}
	for _, reason := range reasons() {
		for retryAfter, tooLong := range retryAfters {
			for number := 1; number <= 4; number++ {
				name := fmt.Sprintf("%s, %s, %d", reason, retryAfter, number)
				mayBe := number < 3 && !tooLong
				failed := FailedAttempt{Number: number, Reason: reason, RetryAfter: retryAfter}
				_, again := Backoff{}.Next(failed)
				assert.Equal(t, mayBe && wanted[reason].write, again, "%s, a write", name)
				_, again = Backoff{RepeatWrites: true}.Next(failed)
				assert.Equal(t, mayBe && wanted[reason].repeatedWrite, again, "%s, a write that may be repeated", name)
				failed.Idempotent = true
				_, again = Backoff{}.Next(failed)
				assert.Equal(t, mayBe && wanted[reason].read, again, "%s, a read", name)
			}
		}
	}
}

// What is known of an attempt by its reason. A read that is not carried out twice by
// a repeat is harmless whatever became of it.
func TestWhatMayHaveBeenCarriedOut(t *testing.T) {
	t.Parallel()
	uncertain := map[Reason]bool{
		ReasonTimeout: true, ReasonBroken: true, ReasonCancelled: true, ReasonServerError: true, ReasonUnusable: true,
	}
	for _, reason := range reasons() {
		failed := FailedAttempt{Reason: reason}
		assert.Equal(t, uncertain[reason], failed.Uncertain(), reason)
		assert.Equal(t, !uncertain[reason], failed.Harmless(), reason)
		failed.Idempotent = true
		assert.True(t, failed.Harmless(), reason)
		failed = FailedAttempt{Reason: reason, settled: true}
		assert.False(t, failed.Uncertain(), reason)
		assert.True(t, failed.Harmless(), reason)
	}
}

func TestBackoffAttempts(t *testing.T) {
	t.Parallel()
	for attempts, last := range map[int]int{0: 3, 1: 1, 2: 2, 7: 7, -1: 3} {
		for number := 1; number <= 8; number++ {
			_, again := Backoff{Attempts: attempts}.Next(FailedAttempt{Number: number, Reason: ReasonNotConnected})
			assert.Equal(t, number < last, again, "%d of %d", number, attempts)
		}
	}
}

// Waits are spread over all of their bound, which doubles up to the longest.
func TestBackoffJitter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		backoff    Backoff
		number     int
		retryAfter time.Duration
		bound      time.Duration
	}{
		"first":                   {Backoff{}, 1, 0, 500 * time.Millisecond},
		"second":                  {Backoff{}, 2, 0, time.Second},
		"fourth":                  {Backoff{Attempts: 9}, 4, 0, 4 * time.Second},
		"sixth, as long as it is": {Backoff{Attempts: 9}, 6, 0, 10 * time.Second},
		"a hundredth":             {Backoff{Attempts: 1000}, 100, 0, 10 * time.Second},
		"after what is asked":     {Backoff{}, 1, 7 * time.Second, 500 * time.Millisecond},
		"other values":            {Backoff{First: time.Minute, Longest: 3 * time.Minute}, 2, 0, 2 * time.Minute},
		"other values, bounded":   {Backoff{Attempts: 9, First: time.Minute, Longest: 3 * time.Minute}, 3, 0, 3 * time.Minute},
		"first beyond longest":    {Backoff{First: time.Hour, Longest: time.Second}, 1, 0, time.Second},
		"as long as there is":     {Backoff{Attempts: 99, Longest: math.MaxInt64}, 90, 0, math.MaxInt64},
		"from there on":           {Backoff{Attempts: 99, First: math.MaxInt64, Longest: math.MaxInt64}, 90, 0, math.MaxInt64},
		"values below zero":       {Backoff{First: -1, Longest: -1, LongestRetryAfter: -1}, 1, 0, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const samples = 4000
			failed := FailedAttempt{Number: test.number, Reason: ReasonRateLimited, RetryAfter: test.retryAfter}
			sum, lowest, highest := 0.0, time.Duration(math.MaxInt64), time.Duration(0)
			for range samples {
				wait, again := test.backoff.Next(failed)
				require.True(t, again)
				jitter := wait - test.retryAfter
				sum += float64(jitter) / samples
				lowest, highest = min(lowest, jitter), max(highest, jitter)
			}
			bound := float64(test.bound)
			assert.GreaterOrEqual(t, lowest, time.Duration(0))
			assert.LessOrEqual(t, highest, test.bound)
			// Of a uniform spread the mean is off by 0.0046 of the bound, as a rule: a test
			// that fails once in many billions.
			assert.InDelta(t, bound/2, sum, bound*0.03)
			assert.Less(t, float64(lowest), bound*0.02)
			assert.Greater(t, float64(highest), bound*0.98)
		})
	}
}

func TestBackoffCheck(t *testing.T) {
	t.Parallel()
	require.NoError(t, Backoff{}.Check())
	require.NoError(t, Backoff{Attempts: 1, First: 1, Longest: 1, LongestRetryAfter: 1, RepeatWrites: true}.Check())
	for _, wrong := range []Backoff{{Attempts: -1}, {First: -1}, {Longest: -1}, {LongestRetryAfter: -1}} {
		require.ErrorContains(t, wrong.Check(), "negative", "%+v", wrong)
	}
}

func TestFailedAttemptsAreNamed(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "status 503", FailedAttempt{Reason: ReasonServerError, Status: 503}.String())
	assert.Equal(t, "status 429", FailedAttempt{Reason: ReasonRateLimited, Status: 429}.String())
	assert.Equal(t, "unusable answer", FailedAttempt{Reason: ReasonUnusable, Status: 200}.String())
	assert.Equal(t, "connection broken", FailedAttempt{Reason: ReasonBroken}.String())
}
