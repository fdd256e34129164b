package transport

import (
	"context"
	"fmt"
	"sync"
)

// watches are who wants to know of other tokens.
type watches struct {
	mu      sync.Mutex
	changed map[chan struct{}]struct{}
}

// Watch tells of every token that takes another one's place, and of the first: the
// channel has something then, once for all that came since it was looked at. It is
// never closed; end ends it.
func (t *Tokens) Watch() (changed <-chan struct{}, end func()) {
	watch := make(chan struct{}, 1)
	t.watches.mu.Lock()
	defer t.watches.mu.Unlock()
	if t.watches.changed == nil {
		t.watches.changed = map[chan struct{}]struct{}{}
	}
	t.watches.changed[watch] = struct{}{}
	return watch, func() {
		t.watches.mu.Lock()
		defer t.watches.mu.Unlock()
		delete(t.watches.changed, watch)
	}
}

func (w *watches) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for watch := range w.changed {
		select {
		case watch <- struct{}{}:
		default: // it has not been looked at since the last time
		}
	}
}

// use makes a session the one in use.
func (t *Tokens) use(session *heldSession) {
	before := t.current.Swap(session)
	if before == nil || before.Token != session.Token {
		t.watches.tell()
	}
}

// Held returns the session in use or, where there is none, the one in the store, be it
// good or not; nil when there is neither.
func (t *Tokens) Held(ctx context.Context) (*Session, error) {
	held := t.current.Load()
	if held == nil {
		var err error
		if held, err = t.load(ctx); held == nil {
			return nil, err
		}
	}
	return held.Session, nil
}

// Forget drops a session, here and in the store, as it was ended. One that has taken its
// place meanwhile stays.
func (t *Tokens) Forget(ctx context.Context, ended *Session) error {
	t.refused.Store(&ended.Token) // another process may keep it yet
	held := t.current.Load()
	if held != nil && held.Token != ended.Token || !t.current.CompareAndSwap(held, nil) || t.Store == nil {
		return nil
	}
	if err := t.Store.Save(ctx, nil); err != nil {
		return fmt.Errorf("drop the token from its store: %w", err)
	}
	return nil
}
