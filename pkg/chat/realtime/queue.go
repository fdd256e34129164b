package realtime

import "math"

// list is one of the lists that sync reads.
type list uint8

const (
	noList list = iota // what sync does not tell
	messageList
	eventList
)

// entry is an event that waits for the consumer, with its id in the list it is of.
type entry struct {
	event Event
	list  list
	id    int64
}

// queue holds what may be told, in order, until the consumer takes it.
type queue struct {
	entries  []entry
	head     int // the first that was not taken
	capacity int

	held    *entry  // taken by a handler that has not returned
	dropped Dropped // transient events since the last entry, for which there was no room
}

func (q *queue) len() int     { return len(q.entries) - q.head }
func (q *queue) isFull() bool { return q.len() >= q.capacity }

// push adds an entry, also where there is no room: whoever can do without it asks first.
func (q *queue) push(e entry) {
	q.tellDropped()
	if q.head > len(q.entries)/2 {
		waiting := copy(q.entries, q.entries[q.head:])
		clear(q.entries[waiting:])
		q.entries, q.head = q.entries[:waiting], 0
	}
	q.entries = append(q.entries, e)
}

// tellDropped puts what was given up where it would have been.
func (q *queue) tellDropped() {
	if q.dropped == (Dropped{}) {
		return
	}
	dropped := q.dropped
	q.dropped = Dropped{}
	q.push(entry{event: &dropped})
}

// drop counts a transient event that is given up.
func (q *queue) drop(event Event) {
	switch event.(type) {
	case *MessageEdited:
		q.dropped.Edits++
	default:
		q.dropped.Others++
	}
}

// take gives out the next entry. One that is held counts as not taken until it is
// released.
func (q *queue) take(hold bool) (Event, bool) {
	if q.len() == 0 {
		q.tellDropped()
	}
	if q.len() == 0 {
		return nil, false
	}
	first := q.entries[q.head]
	q.entries[q.head] = entry{}
	q.head++
	if q.head == len(q.entries) {
		q.entries, q.head = q.entries[:0], 0
	}
	if hold {
		q.held = &first
	}
	return first.event, true
}

// release ends the holding of an entry, which is the first again unless it was handled.
func (q *queue) release(handled bool) {
	held := q.held
	q.held = nil
	if handled || held == nil {
		return
	}
	if q.head == 0 {
		q.entries = append([]entry{*held}, q.entries...)
		return
	}
	q.head--
	q.entries[q.head] = *held
}

// ids are those of a list that wait.
func (q *queue) ids(of list) []int64 {
	var ids []int64
	add := func(e entry) {
		if e.list == of {
			ids = append(ids, e.id)
		}
	}
	if q.held != nil {
		add(*q.held)
	}
	for _, e := range q.entries[q.head:] {
		add(e)
	}
	return ids
}

// lowest is the lowest of them, the highest number there is when none waits.
func (q *queue) lowest(of list) int64 {
	lowest := int64(math.MaxInt64)
	for _, id := range q.ids(of) {
		lowest = min(lowest, id)
	}
	return lowest
}
