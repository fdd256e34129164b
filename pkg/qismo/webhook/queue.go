package webhook

import (
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"
)

// job is something for a worker to do.
type job interface {
	// order is the key of the jobs that are done one after the other, in the order in
	// which they came; "" for a job that goes with no other.
	order() string
	// do does the job.
	do()
	// abort asks a job that is being done to end soon, and fails one that is not.
	abort(begun bool)
	// leave tells that nobody waits any longer for a job that was asked to end.
	leave()
}

// queue hands jobs to workers: those of one order one after the other, those of
// different ones side by side. A worker is a goroutine that ends when nothing is
// ready, so that an idle queue has none.
type queue struct {
	workers  int // at most
	capacity int // for jobs that wait or are done
	maxLine  int // jobs that may wait in one line; one that has fewer may still take several

	mutex  sync.Mutex
	lines  map[string]*line // those with an order, while they have a job
	ready  []*line          // with a job that waits, and none that is done
	active int              // workers
	begun  int              // jobs that are being done
	slow   map[job]bool     // those of them whose workers were replaced
	held   map[job]bool     // all jobs; whether they have begun
	closed bool
	empty  chan struct{} // closed when the queue is closed and all jobs are done
	idle   chan struct{} // closed when all jobs are done; nil while nobody waits for it
}

// line is the jobs of one order.
type line struct {
	order string
	jobs  []job // that wait
}

func newQueue(workers, waiting int) *queue {
	capacity := workers + min(waiting, math.MaxInt-workers)
	return &queue{
		workers: workers, capacity: capacity, maxLine: max(leastMaxLine, capacity/lineShare),
		lines: map[string]*line{}, held: map[job]bool{}, slow: map[job]bool{}, empty: make(chan struct{}),
	}
}

// One line takes a quarter of the capacity at most, unless that is very few: a room whose
// callbacks hang, or a bot that talks to itself, is not to keep out all others.
const (
	lineShare    = 4
	leastMaxLine = 16
)

// add takes all jobs or none. A queue that holds nothing takes any number, so that
// no delivery is too large for good.
func (q *queue) add(jobs []job) error {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	switch {
	case q.closed:
		return ErrShutdown
	case len(q.held) > 0 && len(q.held)+len(jobs) > q.capacity:
		return ErrQueueFull
	case slices.ContainsFunc(jobs, q.lineIsFull):
		return ErrQueueFull
	}
	for _, added := range jobs {
		q.held[added] = false
		q.enqueue(added)
	}
	return nil
}

func (q *queue) lineIsFull(next job) bool {
	waiting := q.lines[next.order()]
	return waiting != nil && len(waiting.jobs) >= q.maxLine
}

func (q *queue) enqueue(added job) {
	order := added.order()
	if waiting := q.lines[order]; waiting != nil {
		waiting.jobs = append(waiting.jobs, added)
		// It is in ready already if it has a job that waits and none that is done.
		return
	}
	opened := &line{order: order, jobs: []job{added}}
	if order != "" {
		q.lines[order] = opened
	}
	q.makeReady(opened)
}

// makeReady puts a line at the end, and sees that somebody comes to it.
func (q *queue) makeReady(opened *line) {
	q.ready = append(q.ready, opened)
	q.hire()
}

// hire makes a worker if there is work for one. It is called with the lock.
func (q *queue) hire() {
	if q.active < q.workers && len(q.ready) > 0 {
		q.active++
		go q.work()
	}
}

// replace lets another worker do the work of the one that a job keeps for too long.
func (q *queue) replace(slow job) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.held[slow] && !q.slow[slow] {
		q.slow[slow] = true
		q.active--
		q.hire()
	}
}

// work does jobs until none is ready, or the worker was replaced.
func (q *queue) work() {
	for next, at := q.next(); next != nil; next, at = q.next() {
		if !q.carryOut(next, at) {
			return
		}
	}
}

// carryOut does a job. It is false if the worker is no longer needed.
func (q *queue) carryOut(next job, at *line) (goOn bool) {
	returned := false
	defer func() {
		goOn = q.finish(next, at)
		if !returned && goOn { // the job ends the goroutine, as tests do that have failed
			go q.work()
		}
	}()
	next.do()
	returned = true
	return // as finish says
}

// next takes the job that has been ready for longest; nil when there is none, and
// then the worker is gone.
func (q *queue) next() (job, *line) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if len(q.ready) == 0 {
		q.active--
		return nil, nil
	}
	at := q.ready[0]
	q.ready[0], q.ready = nil, q.ready[1:]
	next := at.jobs[0]
	at.jobs[0], at.jobs = nil, at.jobs[1:]
	q.held[next] = true
	q.begun++
	return next, at
}

// finish forgets a job. Its line goes to the end, so that a room in which much is
// written does not hold up the others. It is false if the job's worker was replaced.
func (q *queue) finish(done job, at *line) (goOn bool) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	goOn = !q.slow[done]
	delete(q.slow, done)
	delete(q.held, done)
	q.begun--
	if len(at.jobs) > 0 {
		q.ready = append(q.ready, at)
	} else if at.order != "" {
		delete(q.lines, at.order)
	}
	if !goOn {
		q.hire()
	}
	q.signal()
	return goOn
}

// signal tells who waits for the queue to be idle or empty. It is called with the lock.
func (q *queue) signal() {
	if q.idle != nil && len(q.held) == 0 {
		close(q.idle)
		q.idle = nil
	}
	if q.closed && len(q.held) == 0 {
		select {
		case <-q.empty:
		default:
			close(q.empty)
		}
	}
}

// load tells how many jobs wait, and how many are being done.
func (q *queue) load() (waiting, begun int) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return len(q.held) - q.begun, q.begun
}

// close takes no more jobs, and waits for those that are there. When the context ends
// first, jobs that have begun are asked to end, for which they have the grace, and the
// others fail; it tells how many they were.
func (q *queue) close(ctx context.Context) (unfinished int, err error) {
	q.mutex.Lock()
	q.closed = true
	q.signal()
	q.mutex.Unlock()
	select {
	case <-q.empty:
		return 0, nil
	case <-ctx.Done():
	}
	begun, waiting := q.giveUp()
	if len(begun)+len(waiting) == 0 {
		return 0, nil // the last one has just ended
	}
	for _, one := range begun { // first, as they need time to end
		one.abort(true)
	}
	for _, one := range waiting {
		one.abort(false)
	}
	q.leave(begun)
	return len(begun) + len(waiting), context.Cause(ctx)
}

// giveUp drops the jobs that wait, and tells which these are, those of each order as
// they came, and which have begun.
func (q *queue) giveUp() (begun, waiting []job) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for _, at := range q.ready {
		if at.order == "" {
			waiting = append(waiting, at.jobs...)
		}
	}
	for _, at := range q.lines {
		waiting = append(waiting, at.jobs...)
		at.jobs = nil
	}
	for _, dropped := range waiting {
		delete(q.held, dropped)
	}
	q.ready = nil
	q.signal()
	return slices.Collect(maps.Keys(q.held)), waiting
}

// leave waits for jobs that were asked to end, and tells those that do not.
func (q *queue) leave(begun []job) {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-q.empty:
		return
	case <-timer.C:
	}
	for _, one := range begun {
		if q.holds(one) {
			one.leave()
		}
	}
}

func (q *queue) holds(one job) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	_, held := q.held[one]
	return held
}

// waitIdle returns when there is no job, or with the context's error.
func (q *queue) waitIdle(ctx context.Context) error {
	idle := q.untilIdle()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// untilIdle returns what is closed when there is no job; nil when there is none now.
func (q *queue) untilIdle() <-chan struct{} {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if len(q.held) == 0 {
		return nil
	}
	if q.idle == nil {
		q.idle = make(chan struct{})
	}
	return q.idle
}
