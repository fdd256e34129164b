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
		result := Result{Number: number, Payload: payload}
		number++
		body, room, err := compose(payload)
		// Whoever came before in the room has a slot already, so waiting in one ends.
		await, leave := rooms.enter(room)
		running.Go(func() {
			defer func() { <-slots }()
			defer leave()
			await()
			if result.Err = err; err == nil {
				result.Answer, result.Err = s.post(ctx, body)
			}
			mu.Lock()
			defer mu.Unlock()
			report(result)
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// compose is a payload's body, and what it is ordered by; "" for nothing.
func compose(payload Payload) (body []byte, room string, err error) {
	if event, ok := payload.(*Event); ok {
		return event.compose()
	}
	body, err = payload.Body()
	return body, "", err
}

// lanes keep the order of each room.
type lanes struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed when the last in the room has been delivered
}

// enter puts a delivery behind those of its room. It awaits its turn, and leaves when it
// has ended.
func (l *lanes) enter(room string) (await, leave func()) {
	if room == "" {
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
