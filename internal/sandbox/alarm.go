package sandbox

import (
	"context"
	"sync"
	"time"
)

// alarm waits for the next errand, so that it happens when nobody asks for
// anything. It has a goroutine while there is an errand, so that an idle Sandbox has
// none. Its members but running are guarded by Sandbox.mu.
type alarm struct {
	running sync.WaitGroup // the goroutine
	stopped context.Context
	stop    context.CancelFunc
	isOn    bool
	until   time.Time          // what it waits for
	wake    context.CancelFunc // ends the waiting
}

func newAlarm() alarm {
	stopped, stop := context.WithCancel(context.Background())
	return alarm{stopped: stopped, stop: stop, wake: func() {}}
}

// setAlarm sees to it that somebody waits for the next errand. Sandbox.mu is held.
func (s *Sandbox) setAlarm() {
	next, waits := s.state.agenda.next()
	switch {
	case !waits || s.alarm.stopped.Err() != nil:
	case !s.alarm.isOn:
		s.alarm.isOn = true
		s.alarm.running.Go(s.await)
	case next.Before(s.alarm.until):
		s.alarm.wake()
	}
}

// await lets errands happen when they are due, until there is none.
func (s *Sandbox) await() {
	for {
		waiting, left, goesOn := s.ring()
		if !goesOn {
			return
		}
		_ = s.config.Clock.Sleep(waiting, left) // to be woken is as good
	}
}

// ring lets happen what is due, and tells how long it is until the next errand.
func (s *Sandbox) ring() (waiting context.Context, left time.Duration, goesOn bool) {
	defer s.recorder.commit() //nolint:errcheck // what cannot be kept, the next call tells
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarm.wake()
	now := s.config.Now()
	if s.catchUp(now) {
		_ = s.collect()
	}
	next, waits := s.state.agenda.next()
	if !waits || s.alarm.stopped.Err() != nil {
		s.alarm.isOn, s.alarm.until = false, time.Time{}
		return nil, 0, false
	}
	waiting, s.alarm.wake = context.WithCancel(s.alarm.stopped)
	s.alarm.until = next
	return waiting, next.Sub(now), true
}
