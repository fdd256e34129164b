package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// storeThat does something before each write.
type storeThat struct {
	*memoryStore

	writes func()
}

func (s *storeThat) Write(changes []Change) error {
	s.writes()
	return s.memoryStore.Write(changes)
}

// Nobody is told of what may still be lost: webhooks are sent when all is kept.
func TestWebhooksWaitForTheStore(t *testing.T) {
	store := &storeThat{newMemoryStore(), func() {}}
	w := newWorld(t, Config{Store: store})
	written := 0
	store.writes = func() {
		assert.Nil(t, w.deliveries.untilSettled(w.config.Now()), "nothing is on its way")
		written++
	}
	w.writes("wa", "628115550123", "Halo")
	store.writes = func() {}
	assert.Positive(t, written)
	assert.Len(t, w.delivered(), 3)
}

// What several calls change while the Store writes is written together, and each of
// them returns when its own is kept.
func TestCallsThatAreKeptTogether(t *testing.T) {
	const calls = 20
	store := &storeThat{newMemoryStore(), func() {}}
	w := newWorld(t, Config{Store: store})
	begun, goOn := make(chan struct{}), make(chan struct{})
	first := true
	store.writes = func() { // one write at a time
		if first {
			first = false
			close(begun)
			<-goOn
		}
	}
	before := store.writesSoFar()
	var running sync.WaitGroup
	call := func(i int) {
		room, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "ig", UserID: fmt.Sprint(i), Text: "Halo"})
		if assert.NoError(t, err) {
			assert.Len(t, restored(t, store.copy(), Config{}).roomsWith(room), 1, "it is kept")
		}
	}
	running.Go(func() { call(0) })
	<-begun
	for i := range calls {
		running.Go(func() { call(i + 1) })
	}
	require.Eventually(t, func() bool { return w.changesWaiting() == calls }, time.Minute, time.Millisecond)
	close(goOn)
	running.Wait()
	assert.Equal(t, 2, store.writesSoFar()-before, "the first, and all others together")
}

// writesSoFar counts the writes.
func (m *memoryStore) writesSoFar() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.writes
}

// roomsWith are the rooms with an id.
func (s *state) roomsWith(id string) []*room {
	if found, ok := s.rooms.find(id); ok {
		return []*room{found}
	}
	return nil
}

// changesWaiting counts the rooms that wait to be written.
func (w *world) changesWaiting() int {
	w.recorder.mu.Lock()
	defer w.recorder.mu.Unlock()
	count := 0
	for place := range w.recorder.waiting {
		if place.part == "rooms" {
			count++
		}
	}
	return count
}

// What could not be kept is kept with the next change, unless that replaces it.
func TestWhatCouldNotBeKeptIsNotForgotten(t *testing.T) {
	store := newMemoryStore()
	w := newWorld(t, Config{Store: store})
	room := w.anyRoom()
	store.fails = errors.New("the disk is full")
	require.ErrorIs(t, w.Tag(t.Context(), room, "satu"), store.fails)
	require.ErrorIs(t, w.Tag(t.Context(), room, "dua"), store.fails)
	require.ErrorIs(t, w.Untag(t.Context(), room, "satu"), store.fails)
	got := w.call("GET", "/api/v2/customer_rooms/"+room, nil)
	assert.Equal(t, http.StatusInternalServerError, got.status, "who reads learns of it too")
	store.fails = nil
	got = w.call("GET", "/api/v2/customer_rooms/"+room, nil)
	assert.Equal(t, http.StatusOK, got.status)
	tags := restored(t, store, Config{}).roomsWith(room)[0].tags
	require.Len(t, tags, 1)
	assert.Equal(t, "dua", tags[0].name)
}

// What reads changes nothing that would have to be kept, and writes nothing.
func TestWhatReadsChangesNothing(t *testing.T) {
	for _, operation := range everyOperation(t) {
		if operation.Method != http.MethodGet || operation.ID == "restGetUserToken" { // which makes one
			continue
		}
		t.Run(operation.ID, func(t *testing.T) {
			w := newShownWorld(t, operation.ID)
			path, credentials := w.path(operation), w.credentials(anyOf(operation.Security))
			require.NoError(t, w.change(func() error { // what is made when it is looked at for the first time
				for _, channel := range w.state.channels {
					w.state.detailsOf(channel)
				}
				return nil
			}))
			store := w.config.Store.(*memoryStore)
			before := store.writesSoFar()
			w.send(operation.Method, path, credentials, "", nil)
			assert.Equal(t, before, store.writesSoFar())
			w.mu.Lock()
			defer w.mu.Unlock()
			newComparison().compareStates(t, w.state, restored(t, store, Config{Now: w.config.Now}))
		})
	}
}
