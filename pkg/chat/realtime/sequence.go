package realtime

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// message is what the sequence knows of a message. Ids grow within a room.
type message struct {
	id     int64
	before int64 // the message before it in its room, 0 when it is not told or there is none
	room   string
	event  *NewMessage
}

// happening is anything else that sync tells as well: its id in the list of events, 0
// when it came without, and whose receipt it is, if it is one.
type happening struct {
	id      int64
	event   Event
	receipt *receipt
}

// receipt says how far somebody has got in a room: who has read a message has read all
// before it.
type receipt struct {
	about   receiptKey
	message int64
}

type receiptKey struct {
	room, user string
	read       bool
}

// sequence decides what is told, when, and in which order. It is told what MQTT
// brought, which may be lost, doubled or out of order, and asks for what sync says,
// which is the truth, only later. Each message is told once; those of a room are told by
// their ids.
//
// A message from MQTT is told at once when the one before it in its room was told. If
// not, it waits for a walk through what sync has: that brings what is missing, or shows
// that it does not exist for this account. What there is no room for is let go, and
// brought by a walk later.
//
// A sequence knows no network and no clock, and is not safe for concurrent use.
type sequence struct {
	messages, events cursor
	pageSize         int  // of messages
	eventless        bool // sync has no events

	queue queue
	// lines are messages that wait for a walk, by room, each in order.
	lines   map[string][]waiting
	inLines int
	// catchUp is the walk before whose end nothing from MQTT is told. None will do while
	// there is no connection.
	catchUp int

	told     map[string]int64 // the last message of a room, above the floor
	receipts recent[receiptKey, int64]

	duplicates, gaps, letGone int64
}

// waiting is a message that waits until a walk has ended.
type waiting struct {
	message
	walk int
}

// rememberedReceipts is how many receipts are remembered, so as not to be told again.
const rememberedReceipts = 10_000

// newSequence begins at a position. Pages are at most half of what the queue holds, so
// that it need not be empty for one.
func newSequence(from Position, capacity, pageSize int) *sequence {
	return &sequence{
		messages: newCursor(from.MessageID, from.Messages),
		events:   newCursor(from.EventID, from.Events),
		pageSize: max(1, min(pageSize, capacity/2)),
		queue:    queue{capacity: capacity},
		lines:    map[string][]waiting{},
		told:     map[string]int64{},
		receipts: newRecent[receiptKey, int64](rememberedReceipts),
		catchUp:  math.MaxInt,
	}
}

// arrived takes a message from MQTT.
func (s *sequence) arrived(m message) {
	switch {
	case s.knows(m):
		s.duplicates++
	case s.queue.isFull() || s.messages.isCrowded():
		s.letGo(m)
	case s.isBehind() || s.isEarly(m):
		s.hold(m)
	default:
		s.tell(m)
		s.release(m.room)
	}
}

func (s *sequence) knows(m message) bool {
	return s.messages.knows(m.id) ||
		slices.ContainsFunc(s.lines[m.room], func(w waiting) bool { return w.id == m.id })
}

// isBehind reports whether what comes from MQTT has to wait for a walk, as there was a
// time when it did not come, or could not be taken.
func (s *sequence) isBehind() bool { return s.messages.finished < s.catchUp }

// isEarly reports whether something before the message is missing, or waits.
func (s *sequence) isEarly(m message) bool {
	line := s.lines[m.room]
	return s.hasGap(m) || len(line) > 0 && line[0].id < m.id
}

// hasGap reports whether the message before is missing. Up to the safe place, nothing is.
func (s *sequence) hasGap(m message) bool {
	return m.before > s.messages.safe && !s.messages.knows(m.before)
}

// hold lets a message wait for a walk that begins from now on.
func (s *sequence) hold(m message) {
	if s.inLines >= s.queue.capacity {
		s.letGo(m)
		return
	}
	if s.hasGap(m) {
		s.gaps++
		s.messages.want(m.before - 1)
	}
	line := s.lines[m.room]
	at, _ := slices.BinarySearchFunc(line, m.id, func(w waiting, id int64) int { return cmp.Compare(w.id, id) })
	s.lines[m.room] = slices.Insert(line, at, waiting{m, s.messages.next()})
	s.inLines++
}

// letGo forgets a message, for a walk to bring it when there is room. Until then, all
// others wait as well: the walk comes first.
func (s *sequence) letGo(m message) {
	s.letGone++
	s.messages.want(m.id - 1)
	s.catchUp = max(s.catchUp, s.messages.next())
}

// disconnected says that MQTT may miss something from now on.
func (s *sequence) disconnected() { s.catchUp = math.MaxInt }

// reconnected says that MQTT misses nothing from now on: what it has missed is for sync.
func (s *sequence) reconnected() {
	s.messages.wantAll()
	s.events.wantAll()
	s.catchUp = s.messages.next()
}

// release tells the first messages of a room's line, as long as nothing is missing or a
// walk has ended for them.
func (s *sequence) release(room string) {
	line := s.lines[room]
	for len(line) > 0 {
		first := line[0]
		if first.walk > s.messages.finished && (s.isBehind() || s.hasGap(first.message)) {
			break
		}
		s.tell(first.message)
		line = line[1:]
	}
	s.setLine(room, line)
}

// releaseBefore tells what waits before a message that a walk brought. If the message
// itself waits, it is dropped: it is told by the walk.
func (s *sequence) releaseBefore(m message) {
	line := s.lines[m.room]
	for len(line) > 0 && line[0].id < m.id {
		s.tell(line[0].message)
		line = line[1:]
	}
	if len(line) > 0 && line[0].id == m.id {
		line = line[1:]
	}
	s.setLine(m.room, line)
}

func (s *sequence) setLine(room string, line []waiting) {
	s.inLines += len(line) - len(s.lines[room])
	if len(line) == 0 {
		delete(s.lines, room)
		return
	}
	s.lines[room] = line
}

// tell puts a message into the queue.
func (s *sequence) tell(m message) {
	last := s.told[m.room]
	m.event.Late = m.id < last
	s.told[m.room] = max(m.id, last)
	s.messages.mark(m.id)
	s.queue.push(entry{event: m.event, list: messageList, id: m.id})
}

// happened takes something else from MQTT, which sync tells as well.
func (s *sequence) happened(h happening) {
	if (s.queue.isFull() || s.events.isCrowded()) && !s.isOld(h) {
		if s.eventless {
			s.queue.drop(h.event)
			return
		}
		s.letGone++
		s.events.wantAll()
		return
	}
	s.tellHappening(h)
}

func (s *sequence) tellHappening(h happening) {
	if s.isOld(h) {
		s.duplicates++
		s.events.mark(h.id)
		return
	}
	if h.receipt != nil {
		s.receipts.set(h.receipt.about, h.receipt.message)
	}
	from := noList
	if h.id != 0 {
		s.events.mark(h.id)
		from = eventList
	}
	s.queue.push(entry{event: h.event, list: from, id: h.id})
}

// isOld reports whether something was told already, or is no news after what was.
func (s *sequence) isOld(h happening) bool {
	if h.id != 0 && s.events.knows(h.id) {
		return true
	}
	if h.receipt == nil {
		return false
	}
	message, known := s.receipts.get(h.receipt.about)
	return known && h.receipt.message <= message
}

// passed takes what only MQTT tells. When there is no room, it is counted and gone.
func (s *sequence) passed(event Event) {
	if s.queue.isFull() {
		s.queue.drop(event)
		return
	}
	s.queue.push(entry{event: event})
}

// take gives out the next event. If it is held, release has to follow.
func (s *sequence) take(hold bool) (Event, bool) { return s.queue.take(hold) }

// position tells from where another connection would go on.
func (s *sequence) position() Position {
	var p Position
	p.MessageID, p.Messages = s.messages.position(s.queue.ids(messageList))
	p.EventID, p.Events = s.events.position(s.queue.ids(eventList))
	return p
}

// askMessages tells after which id the next page of messages is wanted, if there is one
// and room for it.
func (s *sequence) askMessages(now time.Duration) (after int64, ask bool) {
	if !s.hasRoom() {
		return 0, false
	}
	return s.messages.ask(now)
}

// askEvents does so for the events.
func (s *sequence) askEvents(now time.Duration) (after int64, ask bool) {
	if s.eventless || !s.hasRoom() {
		return 0, false
	}
	return s.events.ask(now)
}

// wantsSync reports whether there is something to ask for now.
func (s *sequence) wantsSync() bool {
	return s.hasRoom() && (s.messages.wanted || s.messages.isWalking() ||
		!s.eventless && (s.events.wanted || s.events.isWalking()))
}

// hasRoom reports whether a page would find room in the queue.
func (s *sequence) hasRoom() bool {
	return s.queue.len() == 0 || s.queue.len()+s.pageSize <= s.queue.capacity
}

// gotMessages takes a page of messages, and where the service says that the next one
// begins.
func (s *sequence) gotMessages(page []message, next int64, now time.Duration) {
	slices.SortFunc(page, func(a, b message) int { return cmp.Compare(a.id, b.id) })
	ids := make([]int64, 0, len(page))
	for _, m := range page {
		ids = append(ids, m.id)
		if s.messages.knows(m.id) {
			continue
		}
		s.releaseBefore(m)
		s.tell(m)
	}
	if s.messages.advance(next, ids, now) {
		s.releaseAll()
	}
	if s.messages.settle(s.queue.lowest(messageList)) {
		maps.DeleteFunc(s.told, func(_ string, last int64) bool { return last <= s.messages.floor })
	}
}

// releaseAll looks through all lines, after a walk.
func (s *sequence) releaseAll() {
	rooms := make([]string, 0, len(s.lines))
	for room := range s.lines {
		rooms = append(rooms, room)
	}
	slices.SortFunc(rooms, func(a, b string) int { return cmp.Compare(s.lines[a][0].id, s.lines[b][0].id) })
	for _, room := range rooms {
		s.release(room)
	}
}

// gotEvents takes a page of events.
func (s *sequence) gotEvents(page []happening, now time.Duration) {
	slices.SortFunc(page, func(a, b happening) int { return cmp.Compare(a.id, b.id) })
	ids := make([]int64, 0, len(page))
	for _, h := range page {
		ids = append(ids, h.id)
		if !s.events.knows(h.id) {
			s.tellHappening(h)
		}
	}
	s.events.advance(0, ids, now)
	s.events.settle(s.queue.lowest(eventList))
}
