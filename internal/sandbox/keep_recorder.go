package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// recorder writes what changes into a Store; nil keeps nothing. What changes while it
// writes is collected, and written together: the more calls there are at once, the
// less each has to pay.
type recorder struct {
	store Store
	small []part
	// These are guarded by Sandbox.mu.
	last    map[recorded][]byte // of the small parts, what was collected last
	errands sequence            // the last that was collected, or done

	writing sync.Mutex // held while the Store is written
	mu      sync.Mutex // guards what follows
	waiting map[place]Change
	tells   []func() // what is told when all that waits is written
}

// place is where a record is.
type place struct{ part, key string }

func newRecorder(store Store) *recorder {
	if store == nil {
		return nil
	}
	w := &recorder{store: store, last: map[recorded][]byte{}, waiting: map[place]Change{}}
	for _, part := range parts() {
		if part.isSmall {
			w.small = append(w.small, part)
		}
	}
	return w
}

// start has the state tell what is touched from now on.
func (w *recorder) start(s *state) {
	s.touched = map[recorded]struct{}{}
	w.errands = s.agenda.entered
}

// writeAll writes a whole state.
func (w *recorder) writeAll(s *state) error {
	if w == nil {
		return nil
	}
	var changes []Change
	for _, part := range parts() {
		for thing := range part.all(s) {
			change, err := changeOf(thing, s)
			if err != nil {
				return err
			}
			changes = append(changes, change)
		}
	}
	return w.write(changes)
}

func (w *recorder) write(changes []Change) error {
	if err := w.store.Write(changes); err != nil {
		return fmt.Errorf("sandbox: keep the state: %w", err)
	}
	return nil
}

// collect takes what may have changed since the last time, and what is to be told when
// that is kept. It is called while Sandbox.mu is held.
func (w *recorder) collect(s *state, tells []func()) error {
	changes, err := w.changes(s)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tells = append(w.tells, tells...)
	if err != nil { // it stays touched
		return err
	}
	for _, change := range changes {
		w.waiting[place{change.Part, change.Key}] = change
	}
	clear(s.touched)
	w.errands = s.agenda.entered
	return nil
}

// changes are what may have changed since the last time.
func (w *recorder) changes(s *state) ([]Change, error) {
	changes := make([]Change, 0, len(s.touched))
	for thing := range s.touched {
		change, err := changeOf(thing, s)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	for errand := range errandsAfter(s, w.errands) {
		change, err := changeOf(errand, s)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	small, err := w.changedSmall(s)
	for thing, change := range small {
		w.last[thing] = change.Value
		changes = append(changes, change)
	}
	return changes, err
}

// changedSmall are the changes of the small parts; none when one of them fails.
func (w *recorder) changedSmall(s *state) (map[recorded]Change, error) {
	var changed map[recorded]Change
	for _, part := range w.small {
		for thing := range part.all(s) {
			change, err := changeOf(thing, s)
			switch {
			case err != nil:
				return nil, err
			case bytes.Equal(change.Value, w.last[thing]):
				continue
			case changed == nil:
				changed = map[recorded]Change{}
			}
			changed[thing] = change
		}
	}
	return changed, nil
}

// commit returns when all that was collected before is kept: by itself, or by another
// call's commit. What cannot be kept waits for the next one. Then it tells what is to
// be told, in any case: it has happened.
func (w *recorder) commit() error {
	if w == nil {
		return nil
	}
	w.writing.Lock()
	defer w.writing.Unlock()
	changes, tells := w.take()
	defer func() {
		for _, tell := range tells {
			tell()
		}
	}()
	if len(changes) == 0 {
		return nil
	}
	err := w.write(changes)
	if err != nil {
		w.putBack(changes)
	}
	return err
}

// take takes what waits.
func (w *recorder) take() (changes []Change, tells []func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	changes = make([]Change, 0, len(w.waiting))
	for _, change := range w.waiting {
		changes = append(changes, change)
	}
	clear(w.waiting)
	tells, w.tells = w.tells, nil
	slices.SortFunc(changes, byPlace) // neighbours are written together
	return changes, tells
}

func byPlace(a, b Change) int {
	return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Key, b.Key))
}

// putBack lets changes wait again, but for those that newer ones replace.
func (w *recorder) putBack(changes []Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, change := range changes {
		if _, isNewer := w.waiting[place{change.Part, change.Key}]; !isNewer {
			w.waiting[place{change.Part, change.Key}] = change
		}
	}
}

// changeOf is the change that writes the record of something.
func changeOf(thing recorded, s *state) (Change, error) {
	part, key := thing.place()
	change := Change{Part: part, Key: key}
	record := thing.record(s)
	if record == nil {
		return change, nil
	}
	written, err := json.Marshal(record)
	if err != nil {
		return change, fmt.Errorf("sandbox: keep the state: write %s %s: %w", part, key, err)
	}
	change.Value = written
	return change, nil
}
