package job

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/transport"
)

// steps is a job that is done after some looks, and that remembers when it was
// looked at.
type steps struct {
	until  int
	errors map[int]error // by the look, counted from 1
	began  time.Time
	looks  []time.Duration
}

func (s *steps) job() *Job[int] {
	s.began = time.Now()
	return New("qismo", func(context.Context) (int, bool, error) {
		s.looks = append(s.looks, time.Since(s.began))
		n := len(s.looks)
		return n, n >= s.until, s.errors[n]
	})
}

func seconds(numbers ...float64) []time.Duration {
	var all []time.Duration
	for _, number := range numbers {
		all = append(all, time.Duration(number*float64(time.Second)))
	}
	return all
}

func TestWaitLooksEverMoreRarely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &steps{until: 6}
		var told []int
		last, err := s.job().Wait(t.Context(), WaitParams[int]{
			First: 2 * time.Second, Longest: 5 * time.Second, Progress: func(n int) { told = append(told, n) },
		})
		require.NoError(t, err)
		assert.Equal(t, 6, last)
		assert.Equal(t, []int{1, 2, 3, 4, 5, 6}, told)
		assert.Equal(t, seconds(0, 2, 5, 9.5, 14.5, 19.5), s.looks)
	})
}

func TestWaitByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &steps{until: 3}
		_, err := s.job().Wait(t.Context(), WaitParams[int]{})
		require.NoError(t, err)
		assert.Equal(t, seconds(0, 1, 2.5), s.looks)
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &steps{until: 1000}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		last, err := s.job().Wait(ctx, WaitParams[int]{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "qismo: wait for the job: ")
		assert.Equal(t, len(s.looks), last, "what was seen last")
		assert.Equal(t, 10*time.Second, time.Since(s.began))
	})
}

func TestWaitEndsWithAFailedLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		s := &steps{until: 9, errors: map[int]error{3: broken}}
		last, err := s.job().Wait(t.Context(), WaitParams[int]{})
		require.ErrorIs(t, err, broken)
		assert.Equal(t, 2, last)
	})
}

func TestWaitMakesARefusedLookAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		busy := &transport.Error{Status: 429, RetryAfter: time.Minute}
		s := &steps{until: 3, errors: map[int]error{2: busy}}
		last, err := s.job().Wait(t.Context(), WaitParams[int]{})
		require.NoError(t, err)
		assert.Equal(t, 3, last)
		assert.Equal(t, seconds(0, 1, 61), s.looks)
	})
}

// A gateway that fails for a moment does not end a wait, one that goes on failing
// does.
func TestWaitOutlastsPassingFailures(t *testing.T) {
	t.Parallel()
	gateway := &transport.Error{Status: 502}
	silence := &transport.Error{}
	synctest.Test(t, func(t *testing.T) {
		s := &steps{until: 9, errors: map[int]error{2: gateway, 3: silence, 4: gateway, 5: gateway, 6: silence, 8: gateway}}
		last, err := s.job().Wait(t.Context(), WaitParams[int]{})
		require.NoError(t, err)
		assert.Equal(t, 9, last)
	})
	synctest.Test(t, func(t *testing.T) {
		s := &steps{until: 99, errors: map[int]error{}}
		for look := 3; look < 99; look++ {
			s.errors[look] = gateway
		}
		last, err := s.job().Wait(t.Context(), WaitParams[int]{})
		require.ErrorIs(t, err, transport.ErrServer)
		assert.Equal(t, 2, last)
		assert.Len(t, s.looks, 2+maxFailedLooks+1)
	})
}

func TestWaitEndsWithARefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &steps{until: 9, errors: map[int]error{2: &transport.Error{Status: 403}}}
		_, err := s.job().Wait(t.Context(), WaitParams[int]{})
		require.ErrorIs(t, err, transport.ErrForbidden)
		assert.Len(t, s.looks, 2)
	})
}

func TestWaitRefusesNegativeWaits(t *testing.T) {
	t.Parallel()
	s := &steps{until: 1}
	_, err := s.job().Wait(t.Context(), WaitParams[int]{First: -1})
	require.EqualError(t, err, "qismo: wait for the job: a wait is negative")
	assert.Empty(t, s.looks)
}

// A job that came to its end by a failure is over, and what was seen of it is told.
func TestWaitEndsWithAJobThatFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("the job failed")
		var told []int
		s := &steps{until: 3, errors: map[int]error{3: failed}}
		last, err := s.job().Wait(t.Context(), WaitParams[int]{Progress: func(n int) { told = append(told, n) }})
		require.ErrorIs(t, err, failed)
		assert.Equal(t, 3, last)
		assert.Equal(t, []int{1, 2, 3}, told)
	})
}
