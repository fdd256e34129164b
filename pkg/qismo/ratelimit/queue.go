package ratelimit

import (
	"context"
	"time"
)

// queue holds the places of those who wait, in the order in which they asked. It
// is guarded by the mutex of its [Limiter].
type queue struct {
	first, last *place
	length      int
}

// place is where one attempt stands in the queue.
type place struct {
	ahead, behind *place
	// woken holds a signal when something has changed: the place is the first now,
	// the rate is another, or a pause began. One signal is enough, since whoever is
	// woken looks at everything again.
	woken chan struct{}
}

// join takes the place at the end.
func (q *queue) join() *place {
	p := &place{ahead: q.last, woken: make(chan struct{}, 1)}
	if q.last == nil {
		q.first = p
	} else {
		q.last.behind = p
	}
	q.last = p
	q.length++
	return p
}

// leave gives a place up, wherever it is, and wakes whoever is the first by that.
func (q *queue) leave(p *place) {
	if p.behind == nil {
		q.last = p.ahead
	} else {
		p.behind.ahead = p.ahead
	}
	q.length--
	if p.ahead != nil {
		p.ahead.behind = p.behind
		return
	}
	q.first = p.behind
	q.wakeFirst()
}

func (q *queue) wakeFirst() {
	if q.first != nil {
		q.first.wake()
	}
}

func (q *queue) wakeAll() {
	for p := q.first; p != nil; p = p.behind {
		p.wake()
	}
}

func (p *place) wake() {
	select {
	case p.woken <- struct{}{}:
	default: // it has a signal already
	}
}

// sleep returns when the place is woken, when ctx ends, or when the time is over; a
// time of 0 never is.
func (p *place) sleep(ctx context.Context, during time.Duration) {
	var over <-chan time.Time
	if during > 0 {
		timer := time.NewTimer(during)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-p.woken:
	case <-ctx.Done():
	}
}
