package sandbox

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// callbackGrace is how long what was given up may still take. It ends by itself
// unless a function of the caller's does not return.
const callbackGrace = time.Second

// queues hand on items: those of one room one after the other, those of
// different rooms side by side. A room has a goroutine while something waits in
// it, so that an idle Sandbox has none.
type queues[T any] struct {
	take     func(roomID string, item T)
	running  sync.WaitGroup // the rooms' goroutines, and what is done aside
	mu       sync.Mutex
	isClosed bool
	waiting  map[string][]T // by room
	settling settling
}

func newQueues[T any](take func(roomID string, item T)) *queues[T] {
	return &queues[T]{take: take, waiting: map[string][]T{}}
}

// add queues an item. Once closed, it drops it.
func (q *queues[T]) add(roomID string, item T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.isClosed {
		return
	}
	_, isRunning := q.waiting[roomID]
	q.waiting[roomID] = append(q.waiting[roomID], item)
	if !isRunning {
		q.start(func() { q.drain(roomID) })
	}
}

// aside does something beside the rooms, which wait waits for as well. Once closed, it
// refuses to.
func (q *queues[T]) aside(do func()) (accepted bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.isClosed {
		q.start(do)
	}
	return !q.isClosed
}

// drain hands on what waits for a room until nothing does.
func (q *queues[T]) drain(roomID string) {
	for {
		item, ok := q.next(roomID)
		if !ok {
			return
		}
		q.take(roomID, item)
	}
}

// next takes the oldest item of a room. When there is none, the room's entry
// goes, and with it the right of its goroutine to run on.
func (q *queues[T]) next(roomID string) (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.waiting[roomID]
	if len(waiting) == 0 {
		delete(q.waiting, roomID)
		return item, false
	}
	q.waiting[roomID] = waiting[1:]
	return waiting[0], true
}

// drop forgets what waits.
func (q *queues[T]) drop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for roomID := range q.waiting {
		q.waiting[roomID] = nil
	}
}

func (q *queues[T]) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.isClosed = true
}

func (q *queues[T]) closed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.isClosed
}

// wait returns when all goroutines have ended. When ctx ends first, it calls
// giveUp, and waits a moment at most.
func (q *queues[T]) wait(ctx context.Context, giveUp func()) error {
	ended := make(chan struct{})
	go func() {
		q.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	giveUp()
	grace := time.NewTimer(callbackGrace)
	defer grace.Stop()
	select {
	case <-ended:
	case <-grace.C:
	}
	return fmt.Errorf("sandbox: shut down: %w", ctx.Err())
}
