// Package timeline remembers what happened between a simulated platform and the
// programs around it: each call of the API and each delivery of a webhook, with
// what went over the wire, how long it took, and whether it fits the documents.
// It holds the newest so many and tells whoever watches of each.
//
// Entries are kept as they were, credentials included, so that they can be repeated.
// [Entry.Shown] is what may be shown of one, [Filter] finds some, and
// [Timeline.Chart] counts them by time.
package timeline

import (
	"net/http"
	"sync"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/watch"
)

// Kind tells an entry's direction.
type Kind string

// The kinds of entries.
const (
	Call     Kind = "call"     // a program called the API
	Delivery Kind = "delivery" // the platform posted a webhook
)

// Entry is one call or one attempt to deliver a webhook.
type Entry struct {
	ID       int64 // counts up from 1; given by [Timeline.Add]
	Kind     Kind
	Name     string // the operation's id or the event's name; "" for a route that there is none of
	RoomID   string // "" when no room belongs to it
	At       time.Time
	Duration time.Duration
	Method   string
	URL      string // a call's path with its query; the whole address of a webhook, "" for none
	Request  Body
	Response Body
	Status   int    // 0 when there was no answer
	Failure  string // why there was none
	Attempt  int    // of a delivery: 1 for the first
	// Problems are the places where request or answer do not fit the document,
	// never with a value.
	Problems []string
	// Trouble names what was made to go wrong on purpose, in the order of the alphabet.
	Trouble []string
	// ReplayOf is the entry that this one repeats, by hand; 0 for none.
	ReplayOf int64
}

// Body is one direction of an exchange.
type Body struct {
	Header http.Header
	Bytes  []byte
	Cut    bool // it was longer than what is kept
}

// Unsent tells whether an entry is a webhook that had no address to go to, and is
// there to be looked at.
func (e Entry) Unsent() bool { return e.Kind == Delivery && e.URL == "" && e.Attempt == 0 }

// OK tells whether an entry is one that nobody has to look at.
func (e Entry) OK() bool {
	return e.Failure == "" && e.Status < http.StatusBadRequest && len(e.Problems) == 0
}

// MaxBody is how many bytes of a body are kept.
const MaxBody = 64 << 10

// Timeline holds entries. It is safe for concurrent use.
type Timeline struct {
	keep int

	mu       sync.Mutex
	last     int64    // the newest entry's id
	before   int64    // the id of the last entry that was forgotten
	entries  []*Entry // a ring, the entry with the id n at n modulo its length; never changed
	counts   counts
	watchers watch.Watchers
}

// New makes a Timeline that keeps so many entries; the oldest are forgotten.
func New(keep int) *Timeline {
	return &Timeline{keep: max(keep, 0)}
}

// Add enters an entry and returns it with its id. The entry's bodies, headers and
// lists must not be changed any more.
func (t *Timeline) Add(entry Entry) Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	entry.ID = t.last
	t.counts.add(entry)
	if t.keep == 0 {
		t.before = t.last
	} else {
		if t.entries == nil {
			t.entries = make([]*Entry, t.keep)
		}
		t.entries[t.last%int64(t.keep)] = &entry
		t.before = max(t.before, t.last-int64(t.keep))
	}
	t.watchers.Tell()
	return entry
}

// Clear forgets all entries. Ids go on, and so do the counts.
func (t *Timeline) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.before = t.last
	t.entries = nil
	t.watchers.Tell()
}

// Get finds an entry that is still kept.
func (t *Timeline) Get(id int64) (Entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if id <= t.before || id > t.last {
		return Entry{}, false
	}
	return *t.entries[id%int64(t.keep)], true
}

// Since returns the entries after an id that are still kept and that a filter
// lets through (nil for all), the oldest first.
func (t *Timeline) Since(id int64, fits func(Entry) bool) []Entry {
	var found []Entry
	for _, entry := range t.kept(id) {
		if fits == nil || fits(*entry) {
			found = append(found, *entry)
		}
	}
	return found
}

// Newest returns at most so many entries that a filter lets through (nil for
// all), the newest first.
func (t *Timeline) Newest(limit int, fits func(Entry) bool) []Entry {
	kept := t.kept(0)
	var found []Entry
	for i := len(kept) - 1; i >= 0 && len(found) < limit; i-- {
		if fits == nil || fits(*kept[i]) {
			found = append(found, *kept[i])
		}
	}
	return found
}

// kept lists the entries after an id, the oldest first, so that filters are asked
// while others add.
func (t *Timeline) kept(after int64) []*Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	after = max(after, t.before)
	if after >= t.last {
		return nil
	}
	kept := make([]*Entry, 0, t.last-after)
	for id := after + 1; id <= t.last; id++ {
		kept = append(kept, t.entries[id%int64(t.keep)])
	}
	return kept
}

// Watch returns a channel that has something to receive when entries were added
// since the last time, and a function that ends this.
func (t *Timeline) Watch() (added <-chan struct{}, end func()) { return t.watchers.Watch() }
