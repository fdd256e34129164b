package webhook_test

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Of a thousand events so many fail, so many are repeated, and so many are held until
// later ones wait behind them; so many times something else is sent before one.
const (
	failing   = 10
	repeating = 115 // ten percent of all deliveries
	holding   = 20
	garbage   = 12
)

// latest is how many events later an event is repeated, at most; heldBack is how many
// wait behind one that is held.
const (
	latest   = 20
	heldBack = 3
)

// sender is one of those who send. It waits for each answer.
type sender struct {
	*load

	number     int
	connection *connection
	misfit     []byte
	random     *rand.Rand
	delayed    []repetition
	held       *held // nil when no event is
}

// held is an event that is handled until later ones of its room wait behind it: only
// then is it seen whether their order is kept. It needs answers at once.
type held struct {
	room    int
	behind  int // how many later ones are to be sent yet
	release chan struct{}
}

// repetition is a body that is to be sent again after some later event.
type repetition struct {
	after int
	body  []byte
}

// round sends the events from first on, and what else there is to send.
func (s *sender) round(first int) {
	last := first + eventsOfRound - 1
	for number := first; number <= last; number++ {
		if s.random.IntN(1000) < garbage {
			s.sendGarbage()
		}
		s.sendEvent(number)
		s.sendDelayed(number)
	}
	s.sendDelayed(last + latest)
	s.release()
}

func (s *sender) sendEvent(number int) {
	room := 1 + s.number*roomsOfSender + s.random.IntN(roomsOfSender)
	if s.held != nil {
		room = s.held.room
	}
	defer s.followed()
	body := s.templates[number%len(s.templates)].fill(room, number)
	switch turn := s.random.IntN(1000); {
	case turn < failing:
		fate := failures[s.random.IntN(len(failures))]
		s.ledger.plan(number, fate)
		for _, outcome := range fate {
			s.deliver(body, s.statusOf(outcome))
		}
	case turn < failing+repeating:
		s.ledger.plan(number, succeeds)
		s.ledger.expect(webhook.Duplicate)
		s.sendTwice(number, body)
	default:
		s.ledger.plan(number, succeeds)
		if turn < failing+repeating+holding {
			s.hold(number, room)
		}
		s.deliver(body, http.StatusOK)
	}
}

// hold holds an event, unless too many are held: some workers must be left.
func (s *sender) hold(number, room int) {
	if !s.atOnce || s.held != nil {
		return
	}
	select {
	case s.holds <- struct{}{}:
		s.held = &held{room: room, behind: heldBack + 1, release: make(chan struct{})}
		s.ledger.entry(number).release = s.held.release
	default:
	}
}

// followed counts what is sent while an event is held, and that itself.
func (s *sender) followed() {
	if s.held != nil {
		if s.held.behind--; s.held.behind == 0 {
			s.release()
		}
	}
}

func (s *sender) release() {
	if s.held != nil {
		close(s.held.release)
		s.held = nil
		<-s.holds
	}
}

// statusOf is what an event is answered that has come to the outcome.
func (s *sender) statusOf(outcome webhook.Outcome) int {
	if outcome == webhook.Succeeded || s.atOnce {
		return http.StatusOK
	}
	return http.StatusInternalServerError
}

// sendTwice sends an event again: at the same time over another connection, right
// after, or later.
func (s *sender) sendTwice(number int, body []byte) {
	switch s.random.IntN(3) {
	case 0:
		repeater := s.repeaters[s.number%len(s.repeaters)]
		var repeated sync.WaitGroup
		repeated.Go(func() { s.send(repeater, secret, body, http.StatusOK) })
		s.deliver(body, http.StatusOK)
		repeated.Wait()
	case 1:
		s.deliver(body, http.StatusOK)
		s.deliver(body, http.StatusOK)
	default:
		s.deliver(body, http.StatusOK)
		s.delayed = append(s.delayed, repetition{after: number + 1 + s.random.IntN(latest), body: body})
	}
}

// sendDelayed repeats what is due after the event with the number.
func (s *sender) sendDelayed(number int) {
	s.delayed = slices.DeleteFunc(s.delayed, func(due repetition) bool {
		if due.after > number {
			return false
		}
		s.deliver(due.body, http.StatusOK)
		return true
	})
}

// sendGarbage sends what no callback gets, and an event of an unknown kind.
func (s *sender) sendGarbage() {
	switch s.random.IntN(4) {
	case 0:
		s.deliver([]byte(`{"type":"post_comment_mobile","payload":`), http.StatusBadRequest)
	case 1:
		s.send(s.connection, "another-secret", s.templates[0].fill(1, 1), http.StatusUnauthorized)
	case 2:
		s.deliver(s.misfit, http.StatusBadRequest)
	default:
		s.ledger.expect(webhook.Succeeded)
		s.deliver([]byte(`{"type":"an event of 2031"}`), http.StatusOK)
	}
}

func (s *sender) deliver(body []byte, want int) { s.send(s.connection, secret, body, want) }

// send sends a body until it is not refused as the queue is full, and sees that the
// answer is as it was planned.
func (s *sender) send(over *connection, secret string, body []byte, want int) {
	for {
		s.sent.Add(1)
		status, err := over.post(secret, body)
		if err == nil && status == http.StatusServiceUnavailable {
			s.busy.Add(1)
			continue
		}
		if err != nil || status != want {
			s.ledger.wrong("answered %d instead of %d, %v", status, want, err)
		}
		return
	}
}
