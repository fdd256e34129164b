package clock_test

import (
	"context"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/clock"
)

func TestClockGoesAsTheRealTimeDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		world := clock.New(nil)
		began := world.Now()
		assert.Equal(t, time.Now(), began)
		<-time.After(time.Minute)
		assert.Equal(t, time.Minute, world.Now().Sub(began))
		assert.Zero(t, world.Ahead())
	})
}

func TestMove(t *testing.T) {
	still := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for name, test := range map[string]struct {
		move  func(*clock.Clock) error
		ahead time.Duration
		err   error
	}{
		"ahead":               {func(c *clock.Clock) error { return c.Move(time.Hour) }, time.Hour, nil},
		"not at all":          {func(c *clock.Clock) error { return c.Move(0) }, 0, nil},
		"to a time":           {func(c *clock.Clock) error { return c.MoveTo(still.AddDate(0, 0, 1)) }, 24 * time.Hour, nil},
		"to now":              {func(c *clock.Clock) error { return c.MoveTo(still) }, 0, nil},
		"back":                {func(c *clock.Clock) error { return c.Move(-1) }, 0, clock.ErrBackwards},
		"to a time before":    {func(c *clock.Clock) error { return c.MoveTo(still.Add(-1)) }, 0, clock.ErrBackwards},
		"as far as it goes":   {func(c *clock.Clock) error { return c.Move(clock.Furthest) }, clock.Furthest, nil},
		"too far":             {func(c *clock.Clock) error { return c.Move(clock.Furthest + 1) }, 0, clock.ErrTooFar},
		"the longest":         {func(c *clock.Clock) error { return c.Move(math.MaxInt64) }, 0, clock.ErrTooFar},
		"beyond all duration": {func(c *clock.Clock) error { return c.MoveTo(still.AddDate(5000, 0, 0)) }, 0, clock.ErrTooFar},
	} {
		t.Run(name, func(t *testing.T) {
			world := clock.New(func() time.Time { return still })
			require.ErrorIs(t, test.move(world), test.err)
			assert.Equal(t, test.ahead, world.Ahead())
			assert.Equal(t, still.Add(test.ahead), world.Now())
		})
	}
}

func TestMovesAddUp(t *testing.T) {
	still := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	world := clock.New(func() time.Time { return still })
	require.NoError(t, world.Move(clock.Furthest-time.Hour))
	require.ErrorIs(t, world.Move(2*time.Hour), clock.ErrTooFar)
	require.NoError(t, world.Move(time.Hour))
	assert.Equal(t, clock.Furthest, world.Ahead())
}

// Whoever moves to the same time at once moves there once.
func TestMoveToAtOnce(t *testing.T) {
	still := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	world := clock.New(func() time.Time { return still })
	var movers sync.WaitGroup
	for range 50 {
		movers.Go(func() { assert.NoError(t, world.MoveTo(still.Add(time.Hour))) })
	}
	movers.Wait()
	assert.Equal(t, time.Hour, world.Ahead())
}

func TestSleep(t *testing.T) {
	for name, test := range map[string]struct {
		move  time.Duration // made after a second
		slept time.Duration // in real time
	}{
		"no move":            {0, time.Hour},
		"a move on the way":  {30 * time.Minute, 30 * time.Minute},
		"a move to the end":  {time.Hour - time.Second, time.Second},
		"a move far further": {24 * time.Hour, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				world, began := clock.New(nil), time.Now()
				var woken time.Duration
				var err error
				var sleeper sync.WaitGroup
				sleeper.Go(func() {
					err = world.Sleep(t.Context(), time.Hour)
					woken = time.Since(began)
				})
				<-time.After(time.Second)
				require.NoError(t, world.Move(test.move))
				sleeper.Wait() // the bubble would find a goroutine that is left
				require.NoError(t, err)
				assert.Equal(t, test.slept, woken)
			})
		})
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		world, began := clock.New(nil), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, world.Sleep(ctx, time.Hour), context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(began))
		require.ErrorIs(t, world.Sleep(ctx, 0), context.DeadlineExceeded, "what has ended before")
		require.NoError(t, world.Sleep(t.Context(), 0))
		require.NoError(t, world.Sleep(t.Context(), -time.Hour))
		assert.Equal(t, time.Minute, time.Since(began))
	})
}

// Where the time stands still, only a move ends a sleep, or its context.
func TestSleepWhereTheTimeStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		still := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
		world, woken := clock.New(func() time.Time { return still }), make(chan error, 1)
		go func() { woken <- world.Sleep(t.Context(), time.Minute) }()
		<-time.After(24 * time.Hour)
		assert.Empty(t, woken)
		require.NoError(t, world.Move(59*time.Second))
		synctest.Wait()
		assert.Empty(t, woken, "a second is left")
		require.NoError(t, world.Move(time.Second))
		require.NoError(t, <-woken)
	})
}

func TestMoved(t *testing.T) {
	world := clock.New(nil)
	moved := world.Moved()
	select {
	case <-moved:
		assert.Fail(t, "nobody has moved it")
	default:
	}
	require.ErrorIs(t, world.Move(-1), clock.ErrBackwards)
	assert.Equal(t, moved, world.Moved(), "a refused move is none")
	require.NoError(t, world.Move(time.Second))
	<-moved
	assert.NotEqual(t, moved, world.Moved())
}
