package webhook

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// task is a job that a test makes.
type task struct {
	key     string
	run     func()
	aborted func(begun bool)
	left    func()
}

func (t *task) order() string    { return t.key }
func (t *task) do()              { t.run() }
func (t *task) abort(begun bool) { t.aborted(begun) }
func (t *task) leave()           { t.left() }

// finish closes a queue and waits for it.
func finish(t *testing.T, q *queue) {
	t.Helper()
	unfinished, err := q.close(t.Context())
	require.NoError(t, err)
	assert.Zero(t, unfinished)
}

// Whatever the mix, jobs of one order are done one after the other, as they came, and
// never more at once than there are workers.
func TestQueueKeepsOrder(t *testing.T) {
	const workers, orders, jobs = 4, 7, 2000
	q := newQueue(workers, jobs)
	var mutex sync.Mutex
	done := map[string][]int{}
	busy, atOnce := map[string]bool{}, 0
	want := map[string][]int{}
	for i := range jobs {
		key := fmt.Sprint(rand.IntN(orders))
		want[key] = append(want[key], i)
		require.NoError(t, q.add([]job{&task{key: key, run: func() {
			mutex.Lock()
			assert.False(t, busy[key], "two jobs of one order at once")
			busy[key] = true
			atOnce++
			assert.LessOrEqual(t, atOnce, workers)
			mutex.Unlock()
			runtime.Gosched()
			mutex.Lock()
			busy[key] = false
			atOnce--
			done[key] = append(done[key], i)
			mutex.Unlock()
		}}}))
	}
	finish(t, q)
	assert.Equal(t, want, done)
}

// A queue that has nothing to do keeps nothing, of orders and of goroutines.
func TestQueueIsIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(4, 100)
		for i := range 100 {
			require.NoError(t, q.add([]job{&task{key: fmt.Sprint(i % 50), run: func() {}}}))
		}
		synctest.Wait()
		assert.Zero(t, q.active)
		assert.Zero(t, q.begun)
		assert.Empty(t, q.lines)
		assert.Empty(t, q.held)
		assert.Empty(t, q.ready)
	})
}

// Jobs without an order wait for nobody.
func TestQueueWithoutOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(3, 0)
		held := make(chan struct{})
		for range 3 {
			require.NoError(t, q.add([]job{&task{run: func() { <-held }}}))
		}
		synctest.Wait()
		waiting, begun := q.load()
		assert.Equal(t, []int{0, 3}, []int{waiting, begun})
		close(held)
		finish(t, q)
	})
}

// A room in which much is written does not hold up the others.
func TestQueueIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 100)
		var got []string
		held := make(chan struct{})
		add := func(key string) {
			require.NoError(t, q.add([]job{&task{key: key, run: func() { <-held; got = append(got, key) }}}))
		}
		for range 4 {
			add("loud")
		}
		add("quiet")
		add("still")
		close(held)
		finish(t, q)
		assert.Equal(t, []string{"loud", "quiet", "still", "loud", "loud", "loud"}, got)
	})
}

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 2)
		held := make(chan struct{})
		some := func(count int) []job {
			var jobs []job
			for range count {
				jobs = append(jobs, &task{key: "room", run: func() { <-held }})
			}
			return jobs
		}
		require.NoError(t, q.add(some(1)))
		require.ErrorIs(t, q.add(some(3)), ErrQueueFull)
		waiting, begun := q.load()
		assert.Equal(t, 1, waiting+begun, "all or none")
		require.NoError(t, q.add(some(2)))
		require.ErrorIs(t, q.add(some(1)), ErrQueueFull)
		close(held)
		synctest.Wait()
		require.NoError(t, q.add(some(10)), "what is empty takes any number")
		finish(t, q)
		require.ErrorIs(t, q.add(some(1)), ErrShutdown)
	})
}

// A job that ends its goroutine takes no worker with it, and no line.
func TestQueueOutlivesGoexit(t *testing.T) {
	q := newQueue(1, 10)
	var got []int
	for i := range 5 {
		require.NoError(t, q.add([]job{&task{key: "room", run: func() {
			got = append(got, i)
			if i%2 == 0 {
				runtime.Goexit()
			}
		}}}))
	}
	finish(t, q)
	assert.Equal(t, []int{0, 1, 2, 3, 4}, got)
}

func TestQueueGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2, 100)
		held := make(chan struct{})
		var mutex sync.Mutex
		aborted := map[bool]int{}
		done, left := 0, 0
		var gone []int
		for i := range 10 {
			require.NoError(t, q.add([]job{&task{
				key: fmt.Sprint(i % 5), left: func() { left++ },
				run: func() {
					<-held
					mutex.Lock()
					done++
					mutex.Unlock()
				},
				aborted: func(begun bool) {
					mutex.Lock()
					aborted[begun]++
					gone = append(gone, i)
					mutex.Unlock()
				},
			}}))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		unfinished, err := q.close(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 10, unfinished)
		assert.Equal(t, map[bool]int{true: 2, false: 8}, aborted)
		assert.ElementsMatch(t, []int{0, 1}, gone[:2], "those that have begun need time, and are asked first")
		for i := range 5 {
			assert.Less(t, slices.Index(gone, i), slices.Index(gone, i+5), "each order as it came")
		}
		assert.Equal(t, 2, left, "those that have begun and do not end")

		close(held)
		finish(t, q) // those that had begun
		assert.Equal(t, 2, done, "what was aborted is not done")
	})
}

// Many give jobs to the queue while it is closed: each is done or refused.
func TestQueueClosesAmongCallers(t *testing.T) {
	for range 50 {
		q := newQueue(4, 1<<20)
		var mutex sync.Mutex
		var accepted, done []int
		var group sync.WaitGroup
		for caller := range 4 {
			group.Go(func() {
				for i := caller; i < 400; i += 4 {
					err := q.add([]job{&task{key: fmt.Sprint(i % 9), run: func() {
						mutex.Lock()
						done = append(done, i)
						mutex.Unlock()
					}}})
					if errors.Is(err, ErrShutdown) {
						continue
					}
					assert.NoError(t, err) //nolint:testifylint // not the test's goroutine
					mutex.Lock()
					accepted = append(accepted, i)
					mutex.Unlock()
				}
			})
		}
		finish(t, q)
		group.Wait()
		slices.Sort(accepted)
		slices.Sort(done)
		assert.Equal(t, accepted, done)
	}
}

// Time that is over makes no difference when nothing is left to do.
func TestQueueClosesWithoutTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // a select takes either of two that are ready
		unfinished, err := newQueue(1, 0).close(ctx)
		require.NoError(t, err)
		assert.Zero(t, unfinished)
	}
}
