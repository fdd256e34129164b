package sandbox

import "sync"

// watchers are told that the state may have changed.
type watchers struct {
	mu  sync.Mutex
	all map[chan struct{}]struct{}
}

// Watch returns a channel that has something to receive when rooms, messages or
// staff may have changed since the last time, and a function that ends this.
func (s *Sandbox) Watch() (changed <-chan struct{}, end func()) {
	w := &s.watchers
	watcher := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[chan struct{}]struct{}{}
	}
	w.all[watcher] = struct{}{}
	return watcher, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all, watcher)
	}
}

func (w *watchers) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for watcher := range w.all {
		select {
		case watcher <- struct{}{}:
		default: // it has been told, and has not looked yet
		}
	}
}
