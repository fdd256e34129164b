package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// fate is what becomes of an event at each of its deliveries, but for repetitions of
// what was handled.
type fate []webhook.Outcome

var (
	succeeds = fate{webhook.Succeeded}
	failures = []fate{
		{webhook.Failed, webhook.Succeeded},
		{webhook.Panicked, webhook.Succeeded},
		{webhook.Failed, webhook.Failed},
		{webhook.Panicked, webhook.Panicked},
	}
)

// errFated is what a callback fails with that is to fail.
var errFated = errors.New("it is to fail")

// entry is what the ledger knows of an event.
type entry struct {
	fate     fate
	release  chan struct{} // the first call waits for it; nil when it does not wait
	calls    atomic.Int32
	reported atomic.Int32 // times that OnError was told
}

// attempt is what the callback does at its next call.
func (e *entry) attempt() error {
	call := int(e.calls.Add(1))
	if call > len(e.fate) {
		return nil // check will tell of it
	}
	if e.release != nil {
		<-e.release
	}
	switch e.fate[call-1] {
	case webhook.Panicked:
		panic(errFated)
	case webhook.Failed:
		return errFated
	}
	return nil
}

// report sees that OnError is told of what is to fail, and as what it fails.
func (e *entry) report(err error) error {
	call := int(e.reported.Add(1))
	var panicked *webhook.PanicError
	outcome := webhook.Failed
	if errors.As(err, &panicked) {
		outcome = webhook.Panicked
	}
	if call > len(e.fate) || e.fate[call-1] != outcome || !errors.Is(err, errFated) {
		return fmt.Errorf("the fate %v, and %d. report of %T: %w", e.fate, call, err, err)
	}
	return nil
}

// check compares what has happened with the fate.
func (e *entry) check() error {
	reports := 0
	for _, outcome := range e.fate {
		if outcome != webhook.Succeeded {
			reports++
		}
	}
	if calls, reported := int(e.calls.Load()), int(e.reported.Load()); calls != len(e.fate) || reported != reports {
		return fmt.Errorf("the fate %v: %d calls, %d reports", e.fate, calls, reported)
	}
	return nil
}

// place is what the ledger knows of a room.
type place struct {
	busy atomic.Bool
	last int // not guarded: the race detector sees if two events of a room are handled at once
}

// ledger compares what is planned for the events with what happens to them. It holds
// the events of one round of the senders, and nothing of earlier ones.
type ledger struct {
	places  []place // by room
	entries []entry // of this round
	first   int     // the number of the first of them

	pending         sync.WaitGroup // outcomes that are planned and have not come
	planned, come   tally
	refused, strays atomic.Int64 // reports of a full queue; calls of Unknown

	mutex  sync.Mutex
	wrongs map[string]int // what must not happen, and how often it did
}

func newLedger(rooms, events int) *ledger {
	return &ledger{places: make([]place, rooms), entries: make([]entry, events), wrongs: map[string]int{}}
}

// wrong writes down what must not happen.
func (l *ledger) wrong(format string, values ...any) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.wrongs[fmt.Sprintf(format, values...)]++
}

// begin begins a round, in which the events have the numbers from first on.
func (l *ledger) begin(first int) {
	l.first = first
	clear(l.entries)
}

// plan gives an event its fate.
func (l *ledger) plan(number int, fate fate) {
	l.entry(number).fate = fate
	for _, outcome := range fate {
		l.expect(outcome)
	}
}

// expect plans an outcome.
func (l *ledger) expect(outcome webhook.Outcome) {
	l.pending.Add(1)
	l.planned.add(outcome)
}

// entry is that of an event of this round; nil for any other number.
func (l *ledger) entry(number int) *entry {
	if number < l.first || number >= l.first+len(l.entries) {
		return nil
	}
	return &l.entries[number-l.first]
}

// find is the entry of an event and the room in which it happens; nil if no such event
// was sent in this round.
func (l *ledger) find(event webhook.Event) (*entry, *place) {
	room, number, err := holesOf(event)
	known := l.entry(number)
	if err != nil || known == nil || room < 0 || room >= len(l.places) {
		return nil, nil
	}
	return known, &l.places[room]
}

// callback does with an event what its fate wants, and sees that its room's are handled
// one after the other, in order. Only what has failed comes again.
func (l *ledger) callback(event webhook.Event) error {
	known, place := l.find(event)
	if known == nil {
		l.wrong("an event was handled that was not sent")
		return nil
	}
	if !place.busy.CompareAndSwap(false, true) {
		l.wrong("two events of a room were handled at once")
	}
	defer place.busy.Store(false)
	_, number, _ := holesOf(event)
	if number < place.last || number == place.last && known.calls.Load() == 0 {
		l.wrong("an event was handled after a later one of its room")
	}
	place.last = number
	return known.attempt()
}

func (l *ledger) callbacks() webhook.Callbacks {
	return webhook.Callbacks{
		BotMessage:     func(_ context.Context, event *webhook.BotMessageEvent) error { return l.callback(event) },
		PostComment:    func(_ context.Context, event *webhook.PostCommentEvent) error { return l.callback(event) },
		MarkAsResolved: func(_ context.Context, event *webhook.MarkAsResolvedEvent) error { return l.callback(event) },
		Unknown: func(context.Context, *webhook.UnknownEvent) error {
			l.strays.Add(1)
			return nil
		},
	}
}

// onError is told of what is to fail, and of what found the queue full.
func (l *ledger) onError(_ context.Context, event webhook.Event, err error) {
	if errors.Is(err, webhook.ErrQueueFull) {
		l.refused.Add(1)
		return
	}
	known, _ := l.find(event)
	if known == nil {
		l.wrong("an event was reported that was not sent")
		return
	}
	if err := known.report(err); err != nil {
		l.wrong("%v", err)
	}
}

// hooks count the outcomes.
func (l *ledger) hooks() webhook.Hooks {
	return webhook.Hooks{Event: func(ctx context.Context, _ webhook.EventStart) (context.Context, func(webhook.EventEnd)) {
		return ctx, func(end webhook.EventEnd) {
			l.come.add(end.Outcome)
			l.pending.Done()
		}
	}}
}

// check compares the round with its plan, when all outcomes have come.
func (l *ledger) check(t *testing.T) {
	t.Helper()
	for i := range l.entries {
		if err := l.entries[i].check(); err != nil {
			l.wrong("%v", err)
		}
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	assert.Empty(t, l.wrongs)
	assert.Equal(t, l.planned.counts(), l.come.counts())
}

// tally counts outcomes.
type tally struct {
	mutex sync.Mutex
	count map[webhook.Outcome]int
}

func (c *tally) add(outcome webhook.Outcome) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.count == nil {
		c.count = map[webhook.Outcome]int{}
	}
	c.count[outcome]++
}

func (c *tally) counts() map[webhook.Outcome]int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return maps.Clone(c.count)
}

// holesOf is what filled the holes of a template.
func holesOf(event webhook.Event) (room, number int, err error) {
	var roomID, id string
	switch event := event.(type) {
	case *webhook.BotMessageEvent:
		roomID, id = event.RoomID().String(), event.UniqueTempID()
	case *webhook.PostCommentEvent:
		roomID, id = event.Payload.Room.ID.String(), event.Payload.Message.ID.String()
	case *webhook.MarkAsResolvedEvent:
		roomID, id = event.Service.RoomID.String(), event.Service.ID.String()
	}
	room, roomErr := strconv.Atoi(roomID)
	number, err = strconv.Atoi(id)
	return room, number, errors.Join(roomErr, err)
}
