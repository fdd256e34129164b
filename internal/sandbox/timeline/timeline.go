// Package timeline remembers what happened between a simulated platform and the
// programs around it: each call of the API and each delivery of a webhook, with
// what went over the wire, how long it took, and whether it fits the documents.
// It holds the newest so many and tells whoever watches of each.
package timeline

import (
	"net/http"
	"slices"
	"sync"
	"time"
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
	URL      string // a call's path with its query; the whole address of a webhook
	Request  Body
	Response Body
	Status   int    // 0 when there was no answer
	Failure  string // why there was none
	Attempt  int    // of a delivery: 1 for the first
	// Problems are the places where request or answer do not fit the document,
	// never with a value.
	Problems []string
	// Trouble names what was made to go wrong on purpose.
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

// OK tells whether an entry is one that nobody has to look at.
func (e Entry) OK() bool {
	return e.Failure == "" && e.Status < http.StatusBadRequest && len(e.Problems) == 0
}

// MaxBody is how many bytes of a body are kept.
const MaxBody = 64 << 10

// Timeline holds entries. It is safe for concurrent use.
type Timeline struct {
	mu       sync.Mutex
	keep     int
	last     int64
	entries  []Entry // a ring, the entry with the id n at n modulo its length
	watchers map[chan struct{}]struct{}
}

// New makes a Timeline that keeps so many entries; the oldest are forgotten.
func New(keep int) *Timeline {
	return &Timeline{keep: keep, watchers: map[chan struct{}]struct{}{}}
}

// Add enters an entry and returns it with its id.
func (t *Timeline) Add(entry Entry) Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	entry.ID = t.last
	if t.keep > 0 {
		if len(t.entries) < t.keep {
			t.entries = append(t.entries, entry)
		} else {
			t.entries[(entry.ID-1)%int64(t.keep)] = entry
		}
	}
	for watcher := range t.watchers {
		select {
		case watcher <- struct{}{}:
		default: // it has been told, and has not looked yet
		}
	}
	return entry
}

// Get finds an entry that is still kept.
func (t *Timeline) Get(id int64) (Entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if id < 1 || id > t.last || id <= t.last-int64(len(t.entries)) {
		return Entry{}, false
	}
	return t.entries[(id-1)%int64(t.keep)], true
}

// Since returns the entries after an id that are still kept and that a filter
// lets through (nil for all), the oldest first.
func (t *Timeline) Since(id int64, fits func(Entry) bool) []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	var found []Entry
	for next := max(id, t.last-int64(len(t.entries))) + 1; next <= t.last; next++ {
		if entry := t.entries[(next-1)%int64(t.keep)]; fits == nil || fits(entry) {
			found = append(found, entry)
		}
	}
	return found
}

// Newest returns at most so many entries that a filter lets through (nil for
// all), the newest first.
func (t *Timeline) Newest(limit int, fits func(Entry) bool) []Entry {
	found := t.Since(0, fits)
	slices.Reverse(found)
	return found[:min(limit, len(found))]
}

// Watch returns a channel that has something to receive when entries were added
// since the last time, and a function that ends this.
func (t *Timeline) Watch() (added <-chan struct{}, end func()) {
	watcher := make(chan struct{}, 1)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watchers[watcher] = struct{}{}
	return watcher, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.watchers, watcher)
	}
}
