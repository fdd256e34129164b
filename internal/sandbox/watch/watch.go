// Package watch tells whoever watches something that it may have changed.
package watch

import "sync"

// Watchers are those who watch. The zero value has none. It is safe for concurrent use.
type Watchers struct {
	mu  sync.Mutex
	all map[chan struct{}]struct{}
}

// Watch returns a channel that has something to receive when [Watchers.Tell] was called
// since the last time, and a function that ends this.
func (w *Watchers) Watch() (changed <-chan struct{}, end func()) {
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

// Tell tells all who watch, and waits for none of them.
func (w *Watchers) Tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for watcher := range w.all {
		select {
		case watcher <- struct{}{}:
		default: // it has been told, and has not looked yet
		}
	}
}
