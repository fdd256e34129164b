package webhook

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// MemoryStore is a [Store] in the memory of one process. What it remembers is gone
// when the process ends. Make one with [NewMemoryStore].
//
// Each method takes constant time, and nothing runs between the calls: what has
// expired is dropped by the calls that come after.
type MemoryStore struct {
	limit int
	now   func() time.Time

	mu      sync.Mutex
	entries map[string]*list.Element // by key; each holds a *memoryEntry
	claimed list.List                // those claimed, the latest at the back
	handled list.List                // those committed, the latest at the back
}

var _ Store = (*MemoryStore)(nil)

// memoryEntry is what a store knows of a key.
type memoryEntry struct {
	key     string
	owner   string
	handled bool // else it is claimed
	end     time.Time
}

// droppedPerCall is how many expired entries of each list a call drops at most. A
// call adds one at most, so that they become fewer, and no call waits for thousands.
const droppedPerCall = 2

// NewMemoryStore returns a store that remembers up to limit keys of handled events.
// For one too many it drops the one that was committed first; those that have expired
// are gone before, if all are kept for the same time. Claims do not count: there are
// as many as events are being handled.
//
// 100,000 keys take about 25 MB, if a key has 64 bytes and an owner 32.
func NewMemoryStore(limit int, options ...MemoryStoreOption) (*MemoryStore, error) {
	if limit <= 0 {
		return nil, errors.New("webhook: NewMemoryStore: the limit must be positive")
	}
	store := &MemoryStore{limit: limit, entries: map[string]*list.Element{}}
	for _, option := range options {
		if option == nil {
			return nil, errors.New("webhook: NewMemoryStore: an option is nil")
		}
		if err := option(store); err != nil {
			return nil, fmt.Errorf("webhook: NewMemoryStore: %w", err)
		}
	}
	if store.now == nil {
		store.now = time.Now
	}
	return store, nil
}

// MemoryStoreOption sets something of a [MemoryStore].
type MemoryStoreOption func(*MemoryStore) error

// MemoryStoreClock sets what tells a store the time, so that a test need not wait until a claim
// lapses. Without it that is [time.Now]. The function must be safe for concurrent use,
// and its time must not go back.
func MemoryStoreClock(now func() time.Time) MemoryStoreOption {
	return func(s *MemoryStore) error {
		switch {
		case now == nil:
			return errors.New("MemoryStoreClock: the function is nil")
		case s.now != nil:
			return errors.New("MemoryStoreClock: it was given twice")
		}
		s.now = now
		return nil
	}
}

// Claim implements [Store].
func (s *MemoryStore) Claim(ctx context.Context, key, owner string, lease time.Duration) (Claim, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("webhook: claim a key: %w", err)
	}
	if lease <= 0 {
		return 0, errors.New("webhook: claim a key: the lease must be positive")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	switch known := s.find(key, now); {
	case known != nil && known.handled:
		return Handled, nil
	case known != nil && known.owner != owner:
		return Busy, nil
	}
	s.put(memoryEntry{key: key, owner: owner, end: now.Add(lease)})
	return Claimed, nil
}

// Commit implements [Store].
func (s *MemoryStore) Commit(ctx context.Context, key, owner string, keep time.Duration) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("webhook: commit a key: %w", err)
	}
	if keep <= 0 {
		return errors.New("webhook: commit a key: the time to keep it must be positive")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if known := s.find(key, now); known != nil && known.owner != owner {
		return ErrClaimLost
	}
	s.put(memoryEntry{key: key, owner: owner, handled: true, end: now.Add(keep)})
	if s.handled.Len() > s.limit {
		s.drop(s.handled.Front())
	}
	return nil
}

// Release implements [Store].
func (s *MemoryStore) Release(ctx context.Context, key, owner string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("webhook: release a key: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.find(key, s.now()); known != nil && !known.handled && known.owner == owner {
		s.drop(s.entries[key])
	}
	return nil
}

// Forget implements [Store].
func (s *MemoryStore) Forget(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("webhook: forget a key: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.find(key, s.now()); known != nil && known.handled {
		s.drop(s.entries[key])
	}
	return nil
}

// find returns what is known of a key now, nil if it is free. It drops some of what
// has expired.
func (s *MemoryStore) find(key string, now time.Time) *memoryEntry {
	for _, entries := range []*list.List{&s.claimed, &s.handled} {
		for range droppedPerCall {
			if oldest := entries.Front(); oldest != nil && entryOf(oldest).expired(now) {
				s.drop(oldest)
			}
		}
	}
	element := s.entries[key]
	if element == nil {
		return nil
	}
	if entryOf(element).expired(now) {
		s.drop(element)
		return nil
	}
	return entryOf(element)
}

// put makes an entry the latest of its list, in place of what was known of its key.
func (s *MemoryStore) put(entry memoryEntry) {
	s.drop(s.entries[entry.key])
	s.entries[entry.key] = s.listOf(&entry).PushBack(&entry)
}

// drop forgets an element; nil is none.
func (s *MemoryStore) drop(element *list.Element) {
	if element == nil {
		return
	}
	entry := entryOf(element)
	delete(s.entries, entry.key)
	s.listOf(entry).Remove(element)
}

func (s *MemoryStore) listOf(entry *memoryEntry) *list.List {
	if entry.handled {
		return &s.handled
	}
	return &s.claimed
}

func (e *memoryEntry) expired(now time.Time) bool { return !now.Before(e.end) }

func entryOf(element *list.Element) *memoryEntry {
	return element.Value.(*memoryEntry) //nolint:forcetypeassert // put puts nothing else there
}
