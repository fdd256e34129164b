package sandbox

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What happened before has its own time, sends nothing and tells nobody; the Sandbox
// goes on from there.
func TestHistory(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	receiver := newReceiver(t)
	defer receiver.server.Close()
	store := newMemoryStore()
	told := make(chan Message, 10)
	var room string
	w := newWorld(t, Config{
		Now: func() time.Time { return now }, Store: store, Webhooks: receiver.addresses(),
		OnMessage: func(_ string, said Message) { told <- said },
		History: History{Begins: now.Add(-48 * time.Hour), Play: func(before *Sandbox) error {
			var err error
			room, err = before.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115550123", Text: "Halo"})
			require.NoError(t, err)
			require.NoError(t, before.Clock().Move(time.Hour))
			return before.Resolve(t.Context(), room, 0, "")
		}},
	})
	said := w.Messages(room)
	require.Len(t, said, 2)
	assert.Equal(t, now.Add(-48*time.Hour), said[0].At)
	assert.Equal(t, now.Add(-47*time.Hour), said[1].At)
	assert.Empty(t, w.Timeline().Newest(1, nil))
	w.writes("wa", "628115550123", "Lagi")
	assert.Equal(t, "Lagi", (<-told).Text)
	assert.Equal(t, now, w.Messages(room)[2].At)
	require.NoError(t, w.Shutdown(t.Context()))
	assert.Equal(t, []string{"newSession", "botMessage", "customAgentAllocation"}, events(receiver.all()))
	assert.Len(t, restored(t, store, Config{}).rooms.all(), 1)
}

func TestHistoriesThatCannotBe(t *testing.T) {
	why := errors.New("it cannot be")
	for name, history := range map[string]History{
		"it fails": {Begins: time.Now().Add(-time.Hour), Play: func(*Sandbox) error { return why }},
		"it is not over": {Begins: time.Now().Add(-time.Hour), Play: func(before *Sandbox) error {
			return before.Clock().Move(2 * time.Hour)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			store := newMemoryStore()
			_, err := New(Config{History: history, Store: store})
			require.ErrorContains(t, err, "what happened before")
			assert.Empty(t, store.parts, "nothing of it is kept")
		})
	}
}

// A kept world has its history behind it.
func TestTheHistoryOfAKeptWorld(t *testing.T) {
	store := newMemoryStore()
	newWorld(t, Config{Store: store})
	next := newWorld(t, Config{Store: store.copy(), History: History{Play: func(*Sandbox) error {
		return errors.New("it happens again")
	}}})
	assert.Equal(t, http.StatusOK, next.call("POST", "/api/v2/customer_rooms", object{}).status)
}
