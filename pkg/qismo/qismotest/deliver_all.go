package qismotest

import (
	"context"
	"errors"
	"iter"
	"sync"
)

// Result is how one of many deliveries ended: with an answer or an error.
type Result struct {
	Number  int // its place among the payloads, from 0
	Payload Payload
	Answer  *Answer
	Err     error
}

// DeliverAll delivers payloads, up to concurrency of them at once. Events of one room,
// or of one customer where there is no room, are delivered one after the other, as they
// come. A [Raw] has no room: the same delivery twice at one moment is two Raws of it.
//
// Report is told how each ended, one at a time, in the order in which they end. When
// the context ends no more are begun, those under way end with its error, and that
// error is returned.
func (s *Sender) DeliverAll(
	ctx context.Context, payloads iter.Seq[Payload], concurrency int, report func(Result),
) error {
	if concurrency < 1 {
		return errors.New("qismotest: DeliverAll: the concurrency is less than 1")
	}
	var (
		running sync.WaitGroup
		mu      sync.Mutex // report is not called twice at once
		slots   = make(chan struct{}, concurrency)
		rooms   = lanes{last: map[string]chan struct{}{}}
	)
	defer running.Wait()
	number := 0
	for payload := range payloads {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		// Whoever came before in the room has a slot already, so waiting in one ends.
		await, leave := rooms.enter(payload)
		result := Result{Number: number, Payload: payload}
		number++
		running.Go(func() {
			defer func() { <-slots }()
			defer leave()
			await()
			result.Answer, result.Err = s.Deliver(ctx, payload)
			mu.Lock()
			defer mu.Unlock()
			report(result)
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// lanes keep the order of each room.
type lanes struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed when the last in the room has been delivered
}

// enter puts a payload behind those of its room. It awaits its turn, and leaves when
// it has been delivered.
func (l *lanes) enter(payload Payload) (await, leave func()) {
	event, _ := payload.(*Event)
	if event == nil {
		return func() {}, func() {}
	}
	room, err := event.orderedBy()
	if err != nil || room == "" { // delivering it tells the error
		return func() {}, func() {}
	}
	done := make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.last[room]
	l.last[room] = done
	return func() {
			if before != nil {
				<-before
			}
		}, func() {
			close(done)
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.last[room] == done {
				delete(l.last, room)
			}
		}
}
