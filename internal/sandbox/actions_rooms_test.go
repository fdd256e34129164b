package sandbox

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What people do in a room without the API: the room tells of it.
func TestActionsInARoom(t *testing.T) {
	w := newWorld(t, Config{Agents: []Agent{
		{Name: "Rini Astuti", Email: "rini@example.id"},
		{Name: "Agus Setiawan", Email: "agus@example.id", Divisions: []string{"Keluhan"}},
	}})
	ctx, room := t.Context(), w.anyRoom()
	agus := w.Config().Agents[1].ID
	assert.Equal(t, []string{"Penjualan", "Keluhan"}, w.Divisions())
	assert.Equal(t, RoomWithBot, w.shown(room).State)

	require.NoError(t, w.HandOver(ctx, room, ""))
	assert.Equal(t, RoomWaiting, w.shown(room).State)
	require.NoError(t, w.HandOver(ctx, room, "Keluhan"))
	assert.Equal(t, []int64{agus}, w.shown(room).AgentIDs)
	require.NoError(t, w.Leave(ctx, room, agus))
	assert.Equal(t, RoomWaiting, w.shown(room).State)
	require.NoError(t, w.SetAvailable(ctx, agus, false))
	require.NoError(t, w.HandOver(ctx, room, "Keluhan"), "nobody is online: the customer waits")
	assert.Empty(t, w.shown(room).AgentIDs)

	require.NoError(t, w.Tag(ctx, room, "grosir"))
	assert.Equal(t, []string{"grosir"}, w.shown(room).Tags)
	require.NoError(t, w.Untag(ctx, room, "grosir"))
	assert.Empty(t, w.shown(room).Tags)
}

// What cannot be done is told in words.
func TestActionsThatFail(t *testing.T) {
	w := newWorld(t, Config{})
	ctx, room := t.Context(), w.anyRoom()
	require.NoError(t, w.Tag(ctx, room, "grosir"))
	ended, end := context.WithCancel(ctx)
	end()
	for _, test := range []struct {
		err  error
		told string
	}{
		{w.Leave(ctx, room, 0), "Sari Wulandari is not in it"},
		{w.HandOver(ctx, room, "Gudang"), `there is no division "Gudang"`},
		{w.HandOver(ctx, "1", ""), "there is no room 1"},
		{w.Tag(ctx, room, "grosir"), "tag a room: Tag already exist"},
		{w.Untag(ctx, room, "eceran"), "it does not have the tag"},
		{w.SetAvailable(ctx, 1, true), "there is no agent 1"},
		{w.SetAvailable(ended, 1, true), "context canceled"},
	} {
		assert.ErrorContains(t, test.err, test.told)
	}
}

// shown is a room as it is now.
func (w *world) shown(roomID string) RoomSnapshot {
	w.t.Helper()
	room, ok := w.Room(roomID)
	require.True(w.t, ok)
	return room
}
