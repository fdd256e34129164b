package realtime

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deletion is an event with an id.
func deletion(id int64) happening { return happening{id: id, event: &MessagesDeleted{}} }

// read is a receipt; without an id it is from MQTT.
func read(id int64, room, user string, message int64) happening {
	return happening{
		id: id, event: &Read{MessageID: idOf(message)},
		receipt: &receipt{about: receiptKey{room: room, user: user, read: true}, message: message},
	}
}

// walkEvents answers all that is asked for with events.
func walkEvents(s *sequence, now time.Duration, visible ...happening) {
	for {
		after, ask := s.askEvents(now)
		if !ask {
			return
		}
		var page []happening
		for _, h := range visible {
			if h.id > after {
				page = append(page, h)
			}
		}
		s.gotEvents(page, now)
	}
}

func takeAll(s *sequence) []Event {
	var events []Event
	for {
		event, ok := s.take(false)
		if !ok {
			return events
		}
		events = append(events, event)
	}
}

func TestEventsAreToldOnce(t *testing.T) {
	s := caughtUp(t, 10, 40)
	walkEvents(s, 0)
	s.happened(deletion(12))
	s.happened(deletion(12))
	s.happened(deletion(10)) // of before
	s.events.wantAll()
	walkEvents(s, 0, deletion(11), deletion(12), deletion(13))
	assert.Len(t, takeAll(s), 3)
	assert.Equal(t, Position{MessageID: 10, EventID: 10, Events: []int64{11, 12, 13}}, s.position())
	for _, now := range []time.Duration{time.Hour, 2 * time.Hour} {
		s.events.wantAll()
		walkEvents(s, now, deletion(11), deletion(12), deletion(13))
	}
	assert.Empty(t, takeAll(s))
	assert.Equal(t, Position{MessageID: 10, EventID: 13}, s.position())
}

func TestAReceiptIsToldWhenItIsNews(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.happened(read(0, "a", "rina", 5))
	s.happened(read(0, "a", "rina", 5))
	s.happened(read(0, "a", "rina", 4)) // which 5 covers
	s.happened(read(0, "a", "agus", 4))
	s.happened(read(0, "b", "rina", 4))
	delivered := read(0, "a", "rina", 5)
	delivered.receipt.about.read = false
	s.happened(delivered)
	assert.Len(t, takeAll(s), 4)
	s.events.wantAll()
	walkEvents(s, 0, read(11, "a", "rina", 5), read(12, "a", "rina", 6))
	assert.Equal(t, []Event{&Read{MessageID: "6"}}, takeAll(s))
	assert.Equal(t, []int64{11, 12}, s.position().Events, "what is no news was taken too")
}

func TestEventsForWhichThereIsNoRoomAreBroughtBySync(t *testing.T) {
	s := caughtUp(t, 10, 2)
	for id := int64(11); id <= 14; id++ {
		s.happened(deletion(id))
	}
	s.happened(read(0, "a", "rina", 5))
	s.happened(deletion(11)) // nothing to be told
	assert.EqualValues(t, 3, s.letGone)
	assert.Len(t, takeAll(s), 2)
	walkEvents(s, 0, deletion(11), deletion(12), deletion(13), deletion(14), read(15, "a", "rina", 5))
	assert.Len(t, takeAll(s), 3)
}

func TestEventsForWhichThereIsNoRoomAreDroppedWhereSyncHasNone(t *testing.T) {
	s := caughtUp(t, 10, 2)
	s.eventless = true
	for id := int64(11); id <= 14; id++ {
		s.happened(deletion(id))
	}
	assert.Equal(t, []Event{&MessagesDeleted{}, &MessagesDeleted{}, &Dropped{Others: 2}}, takeAll(s))
	assert.False(t, s.wantsSync())
	_, ask := s.askEvents(0)
	assert.False(t, ask)
}

func TestWhatIsDroppedIsToldWhereItWas(t *testing.T) {
	s := caughtUp(t, 10, 2)
	s.passed(&Typing{})
	s.passed(&Presence{})
	s.passed(&Custom{})
	s.passed(&MessageEdited{})
	s.passed(&Typing{})
	_, _ = s.take(false)
	s.passed(&Custom{})
	assert.Equal(t, []Event{&Presence{}, &Dropped{Edits: 1, Others: 2}, &Custom{}}, takeAll(s))
	s.passed(&Typing{})
	s.passed(&Typing{})
	s.passed(&MessageEdited{})
	assert.Equal(t, []Event{&Typing{}, &Typing{}, &Dropped{Edits: 1}}, takeAll(s))
	assert.Empty(t, takeAll(s))
}

func TestAHeldEventIsTheFirstAgain(t *testing.T) {
	for name, before := range map[string]int{"at the beginning": 0, "later": 3} {
		t.Run(name, func(t *testing.T) {
			q := queue{capacity: 10}
			for range before {
				q.push(entry{event: &Typing{}})
			}
			q.push(entry{event: &Custom{}})
			q.push(entry{event: &Presence{}})
			for range before {
				_, _ = q.take(false)
			}
			event, _ := q.take(true)
			require.Equal(t, &Custom{}, event)
			q.push(entry{event: &MessageEdited{}})
			q.release(false)
			q.release(false) // nothing is held
			var events []Event
			for q.len() > 0 {
				event, _ := q.take(true)
				q.release(true)
				events = append(events, event)
			}
			assert.Equal(t, []Event{&Custom{}, &Presence{}, &MessageEdited{}}, events)
		})
	}
	q := queue{capacity: 10}
	q.push(entry{event: &Custom{}})
	_, _ = q.take(true)
	q.release(false)
	assert.Equal(t, 1, q.len())
}

func TestTheLastReceiptsAreRemembered(t *testing.T) {
	r := newRecent[int, int](10)
	for i := range 25 {
		r.set(i, i)
	}
	for i := 24; i >= 15; i-- {
		value, known := r.get(i)
		assert.True(t, known, i)
		assert.Equal(t, i, value)
	}
	_, known := r.get(3)
	assert.False(t, known)
	assert.LessOrEqual(t, len(r.current)+len(r.past), 20)
	for i := 100; i < 1000; i++ {
		r.set(i, i)
		_, known := r.get(24)
		assert.True(t, known, "what is asked for stays")
	}
}

func TestTheQueueDoesNotGrowForEver(t *testing.T) {
	q := queue{capacity: 10}
	for i := range 10_000 {
		q.push(entry{event: &Typing{}})
		if i%10 > 0 || q.len() > 5 {
			_, _ = q.take(false)
		}
	}
	assert.LessOrEqual(t, cap(q.entries), 100)
}
