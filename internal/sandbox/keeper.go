package sandbox

import (
	"context"
	"sync"
	"time"
)

// keeper waits for the next errand, so that it happens when nobody asks for
// anything. It has a goroutine while there is an errand, so that an idle Sandbox has
// none. Its members but running are guarded by Sandbox.mu.
type keeper struct {
	running sync.WaitGroup // the goroutine
	stopped context.Context
	stop    context.CancelFunc
	isOn    bool
	until   time.Time          // what it waits for
	wake    context.CancelFunc // ends the waiting
}

func newKeeper() keeper {
	stopped, stop := context.WithCancel(context.Background())
	return keeper{stopped: stopped, stop: stop, wake: func() {}}
}

// keepOn sees to it that somebody waits for the next errand. Sandbox.mu is held.
func (s *Sandbox) keepOn() {
	next, waits := s.state.agenda.next()
	switch {
	case !waits || s.keeper.stopped.Err() != nil:
	case !s.keeper.isOn:
		s.keeper.isOn = true
		s.keeper.running.Go(s.keep)
	case next.Before(s.keeper.until):
		s.keeper.wake()
	}
}

// keep lets errands happen when they are due, until there is none.
func (s *Sandbox) keep() {
	for {
		waiting, left, goesOn := s.keepUp()
		if !goesOn {
			return
		}
		_ = s.config.Clock.Sleep(waiting, left) // to be woken is as good
	}
}

// keepUp lets happen what is due, and tells how long it is until the next errand.
func (s *Sandbox) keepUp() (waiting context.Context, left time.Duration, goesOn bool) {
	defer s.recorder.commit() //nolint:errcheck // what cannot be kept, the next call tells
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keeper.wake()
	now := s.config.Now()
	if s.catchUp(now) {
		_ = s.collect()
	}
	next, waits := s.state.agenda.next()
	if !waits || s.keeper.stopped.Err() != nil {
		s.keeper.isOn, s.keeper.until = false, time.Time{}
		return nil, 0, false
	}
	waiting, s.keeper.wake = context.WithCancel(s.keeper.stopped)
	s.keeper.until = next
	return waiting, next.Sub(now), true
}
