package sandbox

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What people do on the platform's pages shows in what the API answers.
func TestWhatIsDoneOnThePages(t *testing.T) {
	w := newWorld(t, Config{Now: frozen})
	ctx, room, agent := t.Context(), w.anyRoom(), w.Config().Agents[1]
	snapshot := func() RoomSnapshot {
		t.Helper()
		now, ok := w.Room(room)
		require.True(t, ok)
		return now
	}
	require.Equal(t, frozen().Add(windowLength), snapshot().Expires)
	assert.Equal(t, 1, snapshot().Unread)
	require.NoError(t, w.MarkAsRead(ctx, room))
	assert.Zero(t, snapshot().Unread)

	require.NoError(t, w.Tag(ctx, room, "grosir"))
	require.Error(t, w.Tag(ctx, room, ""))
	assert.Equal(t, "grosir", w.call("GET", "/api/v1/room_tag/"+room, nil).at("data/0/name"))
	require.NoError(t, w.Untag(ctx, room, "grosir"))
	assert.Empty(t, snapshot().Tags)

	info := []Property{{"nomor pesanan", "KW-2093"}, {"kota", "Bandung"}}
	require.NoError(t, w.SetRoomInfo(ctx, room, info))
	assert.Equal(t, info, snapshot().Properties)
	require.NoError(t, w.SetRoomInfo(ctx, room, info[1:]))
	assert.Equal(t, "kota", w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/extras/user_properties/0/key"))

	require.Equal(t, RoomWithBot, snapshot().State)
	require.NoError(t, w.HandOver(ctx, room, "Keluhan"))
	assert.Equal(t, "Keluhan", snapshot().Division)
	assert.Equal(t, []int64{agent.ID}, snapshot().AgentIDs)
	require.NoError(t, w.Leave(ctx, room, agent.ID))
	assert.Equal(t, RoomWaiting, snapshot().State)
	require.NoError(t, w.SetBot(ctx, room, true))
	assert.Equal(t, RoomWithBot, snapshot().State)
	require.NoError(t, w.SetBot(ctx, room, false))
	assert.Equal(t, RoomWaiting, snapshot().State)

	require.NoError(t, w.TakeOver(ctx, room, agent.ID))
	assert.Equal(t, RoomServed, snapshot().State)

	require.NoError(t, w.Block(ctx, room, true))
	assert.True(t, snapshot().Blocked)
	w.anyRoom()
	before := snapshot().Messages
	require.NoError(t, w.Block(ctx, room, false))
	w.anyRoom()
	assert.Equal(t, before+1, snapshot().Messages)

	require.NoError(t, w.Resolve(ctx, room, agent.ID, "beres"))
	assert.Equal(t, RoomResolved, snapshot().State)
	assert.Equal(t, "beres", snapshot().Notes)
	assert.Zero(t, snapshot().Expires)
	require.ErrorContains(t, w.Resolve(ctx, room, 0, ""), "resolved before")
}

func TestSetAvailability(t *testing.T) {
	w := newWorld(t, Config{})
	available := func(id int64) any {
		return w.call("GET", "/api/v2/admin/agent/"+text(id), nil).at("data/agent/is_available")
	}
	last := w.Config().Agents[4].ID
	require.Equal(t, false, available(last))
	require.NoError(t, w.SetAvailable(t.Context(), last, true))
	assert.Equal(t, true, available(last))
	require.NoError(t, w.SetAvailable(t.Context(), 0, false))
	assert.Equal(t, false, available(adminID))
}

// An agent answers while WhatsApp's window is open, and the first answer is told.
func TestAgentWrites(t *testing.T) {
	w := newWorld(t, Config{Now: frozen})
	room, agent := w.anyRoom(), w.Config().Agents[0]
	response := func() any {
		return w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/first_agent_response_time")
	}
	assert.Nil(t, response())
	for range 2 {
		w.move(time.Minute)
		require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: room, AgentID: agent.ID, Text: "halo"}))
	}
	assert.Equal(t, "2026-11-20T03:01:00Z", response())
	row := w.call("GET", "/api/v2/customer_rooms/"+room, nil)
	assert.Equal(t, "agent", row.at("data/customer_room/last_comment_sender_type"))
	assert.Equal(t, false, row.at("data/customer_room/is_waiting"))
	w.move(windowLength)
	expired, _ := w.Room(room)
	assert.Equal(t, RoomExpired, expired.State)
	require.ErrorContains(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "halo?"}), "window has closed")
	w.anyRoom()
	require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "halo"}))
}

func TestActionsThatCannotBeDone(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, w.Tag(ended, room, "grosir"), context.Canceled)
	require.ErrorContains(t, w.TakeOver(t.Context(), room, 1), "there is no agent 1")
	w.delivered()
	require.ErrorIs(t, w.SetBot(t.Context(), room, false), ErrShutdown)
}
