package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSearchRooms(t *testing.T) {
	platform, err := New(Config{Rooms: 3 * searchStretch})
	require.NoError(t, err)
	defer func() { assert.NoError(t, platform.Shutdown(t.Context())) }()
	room, err := platform.CustomerWrites(t.Context(), CustomerMessage{Source: "wa", UserID: "628119", Name: "Wulan Sari"})
	require.NoError(t, err)
	require.NoError(t, platform.Resolve(t.Context(), room, 0, ""))
	first := platform.FirstRooms(1)[0]

	assert.Equal(t, platform.LatestRooms(7), platform.SearchRooms(RoomSearch{}, 7))
	assert.Len(t, platform.SearchRooms(RoomSearch{}, 4*searchStretch), 3*searchStretch+1, "each room once")
	for name, test := range map[string]struct {
		search RoomSearch
		found  string
	}{
		"by name, the newest": {RoomSearch{Words: "wuLAN"}, room},
		"by id":               {RoomSearch{Words: first.ID}, first.ID},
		"by the customer's":   {RoomSearch{Words: "628119"}, room},
		"by state":            {RoomSearch{State: RoomResolved}, room},
		"the oldest of all":   {RoomSearch{Words: first.UserID}, first.ID},
	} {
		t.Run(name, func(t *testing.T) {
			found := platform.SearchRooms(test.search, 1)
			require.Len(t, found, 1)
			assert.Equal(t, test.found, found[0].ID)
		})
	}
	assert.Empty(t, platform.SearchRooms(RoomSearch{Words: "wulan", State: RoomServed}, 5))
}

// What the customer has written since somebody answered.
func TestUnanswered(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	w.anyRoom()
	assert.Equal(t, 2, w.shown(room).Unanswered)
	require.NoError(t, w.TakeOver(t.Context(), room, 0))
	assert.Equal(t, 2, w.shown(room).Unanswered, "the system's words are no answer")
	require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "Siap"}))
	assert.Zero(t, w.shown(room).Unanswered)
	w.anyRoom()
	assert.Equal(t, 1, w.shown(room).Unanswered)
	require.NoError(t, w.Resolve(t.Context(), room, 0, ""))
	assert.Zero(t, w.shown(room).Unanswered)
}

// A search tells where rooms are now, though nothing else has happened since the clock
// was moved.
func TestSearchGoesByTheClock(t *testing.T) {
	w := newWorld(t, Config{Now: frozen})
	room := w.anyRoom()
	w.move(windowLength)
	found := w.SearchRooms(RoomSearch{State: RoomExpired}, 5)
	require.Len(t, found, 1)
	assert.Equal(t, room, found[0].ID)
}
