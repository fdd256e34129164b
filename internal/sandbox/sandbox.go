package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox/clock"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/internal/sandbox/watch"
)

// ErrShutdown is returned for what a Sandbox can no longer do once Shutdown was
// called.
var ErrShutdown = errors.New("sandbox: it was shut down")

// Sandbox plays the platform for one app. It is an [http.Handler] that answers
// the REST API, and it posts webhooks. It is safe for concurrent use.
type Sandbox struct {
	config     Config
	router     document.Router
	chatRouter document.Router
	// botMessages is what the document says of messages.
	botMessages *document.Schema
	handlers    map[string]handler
	deliveries  *deliveries
	messages    *queues[Message] // what OnMessage is told
	timeline    *timeline.Timeline
	watchers    watch.Watchers
	recorder    *recorder
	files       shelf

	// mu guards what follows. It is never held while a webhook is delivered.
	mu     sync.Mutex
	state  *state
	moment time.Time // what the method now tells
	alarm  alarm
	// realtime is the broker, and what it has told.
	realtime chatRealtime
	// outbox holds what is told when a change is kept, so that nobody hears of what
	// may be lost.
	outbox []func()
}

// New makes a Sandbox. It sends nothing before the first request or customer's
// message. End it with [Sandbox.Shutdown].
func New(config Config) (*Sandbox, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	rest, err := document.REST()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	chat, err := document.Chat()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	botMessages, _ := rest.Operation("sendBotMessage").JSON()
	s := &Sandbox{
		config: config,

		botMessages: botMessages.Schema,
		router:      rest.Router(),
		chatRouter:  chat.Router(),
		timeline:    timeline.New(config.Remember),
		alarm:       newAlarm(),
		moment:      config.Now(),
		recorder:    newRecorder(config.Store),
	}
	if err := s.start(); err != nil {
		return nil, err
	}
	s.deliveries = newDeliveries(config, s.state.settings.named, s.timeline)
	s.handlers = s.handlerTable()
	s.state.toCustomer, s.state.wasPosted, s.state.chatEvents = s.wasSaid, s.tellPosted, s.publish
	s.messages = newQueues(config.OnMessage)
	if config.OnMessage != nil { // from now on: nobody is told of what the rooms began with
		s.state.tell = func(roomID string, said Message) {
			s.outbox = append(s.outbox, func() { s.messages.add(roomID, said) })
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setAlarm() // with what was left
	return s, nil
}

// Config returns the configuration that the Sandbox was made with, defaults and
// the agents' ids filled in.
func (s *Sandbox) Config() Config { return s.config }

// Clock is the time of the Sandbox. Moving it ahead lets tokens and sessions expire.
func (s *Sandbox) Clock() *clock.Clock { return s.config.Clock }

// Trouble decides what fails on purpose.
func (s *Sandbox) Trouble() *trouble.Maker { return s.config.Trouble }

// Watch returns a channel that has something to receive when rooms, messages or
// staff may have changed since the last time, and a function that ends this.
func (s *Sandbox) Watch() (changed <-chan struct{}, end func()) { return s.watchers.Watch() }

// Timeline holds the newest calls and deliveries.
func (s *Sandbox) Timeline() *timeline.Timeline { return s.timeline }

// start restores the state from the Store, or begins a new one and keeps that.
func (s *Sandbox) start() error {
	kept, err := s.recorder.restore(&s.config)
	switch {
	case err != nil:
		return err
	case kept != nil:
		s.state = kept
		s.state.settings.setWebhooks(s.config.Webhooks)
	default:
		if s.state, err = s.config.begin(); err != nil {
			return err
		}
		if err := s.recorder.writeAll(s.state); err != nil {
			return err
		}
	}
	if s.recorder != nil {
		s.recorder.start(s.state)
		s.config.Clock.OnMove(func() error { return s.change(func() error { return nil }) })
	}
	return nil
}

// change does what changes the state, after all that is due by now, keeps that, and
// tells whoever watches. What is due at once because of it has happened when it
// returns. When it cannot be kept, that is the error; what was done stays done, and
// the next change is kept together with it.
func (s *Sandbox) change(do func() error) error {
	err := s.changeState(do)
	if failed := s.recorder.commit(); failed != nil {
		return failed
	}
	return err
}

func (s *Sandbox) changeState(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.config.Now()
	s.catchUp(now)
	err := do()
	s.catchUp(now)
	s.setAlarm()
	if failed := s.collect(); failed != nil {
		return failed
	}
	return err
}

// collect hands what has changed to the recorder, with what waits for it to be kept,
// and tells whoever watches. Sandbox.mu is held; the recorder commits without it.
func (s *Sandbox) collect() (err error) {
	tells := s.outbox
	s.outbox = nil
	if s.recorder != nil {
		err = s.recorder.collect(s.state, tells)
	} else {
		for _, tell := range tells {
			tell()
		}
	}
	s.watchers.Tell()
	return err
}

// read reads the state, as it is when all has happened that is due by now. What it
// reads is kept when it returns.
func (s *Sandbox) read(do func() error) error {
	err := s.readState(do)
	if failed := s.recorder.commit(); failed != nil {
		return failed
	}
	return err
}

func (s *Sandbox) readState(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catchUp(s.config.Now()) {
		s.setAlarm()
		if err := s.collect(); err != nil {
			return err
		}
	}
	touched := s.state.touched
	s.state.touched = nil // what is looked up does not change
	defer func() { s.state.touched = touched }()
	return do()
}

// look reads the state for who is in the same process. What cannot be kept, the next
// call tells.
func (s *Sandbox) look(do func()) {
	_ = s.read(func() error {
		do()
		return nil
	})
}

// Shutdown stops sending webhooks: it delivers those that were accepted before
// and returns when all of them have been answered and OnDelivery and OnMessage
// have returned. When ctx ends first, it gives up the rest and returns the
// context's error. In both cases no goroutine of the Sandbox is left, but for
// those in a function of the configuration that does not return: after a
// context's end they get a second, and are left behind.
//
// Nothing waits for its time any more: a webhook that trouble made late is sent at
// once, one that waits to be tried again is tried once more at once, and what fails
// from then on is not tried again. What the platform would have done by itself later,
// such as telling that a message was read, does not happen.
//
// The API goes on answering, so that receivers can finish what they do with the
// last webhooks, but what they change sets off no further ones. OnMessage is told
// what they write until the last webhook was answered.
func (s *Sandbox) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	_ = s.recorder.commit() // and with it come the last webhooks; what fails, the next call tells
	s.deliveries.close()
	s.alarm.stop()
	s.mu.Unlock()
	s.alarm.running.Wait()
	err := s.deliveries.end(ctx)
	s.messages.close()
	if told := s.messages.wait(ctx, s.messages.drop); err == nil {
		err = told
	}
	return err
}
