package ratelimit_test

import (
	"context"
	"sync"
	"testing/synctest"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

// line is attempts that wait at a limiter at the same time. It belongs into a
// bubble of synctest, where their order is known.
type line struct {
	limiter *ratelimit.Limiter
	began   time.Time
	all     sync.WaitGroup

	mu     sync.Mutex
	joined int
	passed []int           // who did, in that order
	times  []time.Duration // when, counted from the line's beginning
	errs   map[int]error   // of those who did not
}

func newLine(limiter *ratelimit.Limiter) *line {
	return &line{limiter: limiter, began: time.Now(), errs: map[int]error{}}
}

// join puts an attempt at the end of the queue, and returns when it stands there
// or has passed. Attempts are counted from 0.
func (l *line) join(ctx context.Context) {
	who := l.joined
	l.joined++
	l.all.Go(func() {
		err := l.limiter.Wait(ctx)
		l.mu.Lock()
		defer l.mu.Unlock()
		if err != nil {
			l.errs[who] = err
			return
		}
		l.passed = append(l.passed, who)
		l.times = append(l.times, since(l.began))
	})
	synctest.Wait()
}

// wait returns when nobody waits any more.
func (l *line) wait() { l.all.Wait() }
