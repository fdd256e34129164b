package sandbox

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// This file tells what happens when the subjects of several files meet.

func (w *world) resolve(room string) {
	w.t.Helper()
	require.Equal(w.t, http.StatusOK, w.call("POST", appResolvePath, object{"room_id": room}).status)
}

func (w *world) roomCount() int {
	w.t.Helper()
	rows, _ := w.call("POST", "/api/v2/customer_rooms", object{"limit": 1000}).at("data/customer_rooms").([]any)
	return len(rows)
}

// Whoever is blocked in one session's room is blocked in all of them, whichever room
// the call names, and begins no session.
func TestABlockedCustomerOfASessionalApp(t *testing.T) {
	w := newWorld(t, Config{})
	require.Equal(t, http.StatusOK, w.call("POST", setSessionalPath, object{"is_sessional": true}).status)
	const customer = "628115559999"
	first := w.writes("wa", customer, "halo")
	w.resolve(first)
	second := w.writes("wa", customer, "halo lagi")
	elsewhere := w.writes("ig", customer, "halo")
	set := func(action string) {
		t.Helper()
		got := w.asAdmin("POST", "/api/v2/admin/customer/"+action, object{"room_id": first, "source": "wa", "user_id": customer})
		require.Equal(t, http.StatusOK, got.status, got.raw)
	}
	set("block")
	for room, blocked := range map[string]bool{first: true, second: true, elsewhere: false} {
		assert.Equal(t, blocked, w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/is_blocked"))
	}
	assert.Equal(t, second, w.writes("wa", customer, "kenapa diam?"))
	w.resolve(second)
	assert.Equal(t, second, w.writes("wa", customer, "halo?"))
	assert.Equal(t, 3, w.roomCount(), "what is lost opens no room")
	for _, said := range w.Messages(second)[1:] {
		assert.Equal(t, AuthorSystem, said.Author)
	}
	set("unblock")
	third := w.writes("wa", customer, "akhirnya")
	assert.NotContains(t, []string{first, second}, third)
	assert.Len(t, w.Messages(third), 1)
}

// A broadcast into a resolved room leaves the session closed as it was; the
// customer's answer opens the next.
func TestABroadcastToAResolvedRoom(t *testing.T) {
	w := newWorld(t, Config{})
	const customer = "628115559999"
	agent := w.Config().Agents[0]
	room := w.writes("wa", customer, "halo")
	require.Equal(t, http.StatusOK, w.call("POST", assignPath, object{"room_id": room, "agent_id": agent.ID}).status)
	w.resolve(room)
	last := func() any {
		return w.call("GET", "/api/v1/admin/agents/get_by_ids?ids[]="+text(agent.ID), nil).at("data/0/latest_service/last_comment_id")
	}
	closed := last()
	require.NotEmpty(t, closed)
	sent := w.call("POST", broadcastPath, object{"phone_number": customer, "template_detail_id": promoTemplate})
	require.Equal(t, "sent", sent.at("data/broadcast_logs/0/status"), sent.raw)
	assert.Equal(t, 1, w.roomCount())
	assert.True(t, w.isResolved(room))
	assert.Equal(t, closed, last(), "what is sent afterwards is not part of the session")

	w.writes("wa", customer, "pesan sekarang")
	assert.False(t, w.isResolved(room))
	assert.Equal(t, 2, count(w.delivered(), "newSession"))
}

// In a sessional app a broadcast goes into the room of the session to come. That
// nobody has written there yet does not close WhatsApp's window.
func TestABroadcastBetweenSessions(t *testing.T) {
	w := newWorld(t, Config{})
	const customer = "628115559999"
	require.Equal(t, http.StatusOK, w.call("POST", setSessionalPath, object{"is_sessional": true}).status)
	old := w.writes("wa", customer, "halo")
	w.resolve(old)
	require.Equal(t, http.StatusOK, w.call("POST", broadcastPath, object{"phone_number": customer, "template_detail_id": promoTemplate}).status)
	require.Equal(t, 2, w.roomCount())
	for range 2 {
		assert.Equal(t, http.StatusOK, w.call("POST", messagesPath, waText(customer, "masih ada stok")).status)
	}
	next := w.writes("wa", customer, "mau")
	assert.NotEqual(t, old, next)
	assert.Len(t, w.Messages(next), 4)
	assert.Len(t, w.Messages(old), 2, "the customer's and that of the resolve")
	for _, room := range []string{old, next} {
		history := w.asAdmin("GET", "/api/v2/customer_rooms/"+room+"/broadcast_history", nil)
		assert.InDelta(t, 1, history.at("meta/total"), 0, "a history is the customer's")
	}
}

// A channel's new name shows wherever the channel does, and cuts no ties.
func TestARenamedWhatsAppChannel(t *testing.T) {
	w := newWorld(t, Config{})
	const customer = "628115559999"
	room := w.writes("wa", customer, "halo")
	require.Equal(t, http.StatusOK, w.call("POST", broadcastPath, object{"phone_number": customer, "template_detail_id": promoTemplate}).status)
	got := w.asAdmin("POST", "/api/v2/wa/connect/5120/update", object{"name": "WhatsApp Solo"})
	require.Equal(t, http.StatusOK, got.status, got.raw)
	assert.Equal(t, "WhatsApp Solo", w.call("GET", templatesPath, nil).at("data/hsm_templates/0/channel_name"))
	assert.Equal(t, "WhatsApp Solo", w.call("GET", "/api/v2/admin/broadcast_jobs", nil).at("data/broadcast_jobs/0/channel_name"))
	assert.Equal(t, "WhatsApp Solo", w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/channel_name"))
	history := w.asAdmin("GET", "/api/v2/customer_rooms/"+room+"/broadcast_history", nil)
	assert.InDelta(t, 1, history.at("meta/total"), 0)
	again := w.call("POST", broadcastPath, object{"phone_number": customer, "template_detail_id": promoTemplate})
	assert.Equal(t, http.StatusOK, again.status, again.raw)
}

// Nobody writes to a channel that was deleted. The rooms that it had can still be
// finished.
func TestADeletedTelegramChannel(t *testing.T) {
	w := newWorld(t, Config{})
	made := w.asAdmin("POST", "/api/v2/telegram/connect", object{"bot_token": "tg-1", "configs": nil})
	id := int64(made.at("data/telegram_channel/id").(float64))
	message := CustomerMessage{Source: "telegram", ChannelID: id, UserID: "90811", Text: "halo"}
	room, err := w.CustomerWrites(t.Context(), message)
	require.NoError(t, err)
	agent := w.Config().Agents[0]
	serves := w.call("POST", "/api/v2/admin/agent/"+text(agent.ID)+"/update", object{
		"name": agent.Name, "email": agent.Email, "role_ids": []string{"811"},
		"channels": []object{{"source": "telegram", "channel_id": id}, {"source": "wa", "channel_id": 5120}},
	})
	require.Len(t, serves.at("data/agent/user_channels"), 2, serves.raw)
	require.Equal(t, http.StatusOK, w.call("POST", assignPath, object{"room_id": room, "agent_id": agent.ID}).status)
	require.Equal(t, http.StatusOK, w.asAdmin("POST", fmt.Sprintf("/api/v2/telegram/connect/%d/delete", id), nil).status)

	_, err = w.CustomerWrites(t.Context(), message)
	require.ErrorContains(t, err, "there is no channel")
	assert.Len(t, w.Messages(room), 2, "the customer's and that of the agent who joined")
	info := w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil)
	assert.Equal(t, false, info.at("data/channel/is_active"), info.raw)
	left, _ := w.call("GET", "/api/v2/admin/agent/"+text(agent.ID), nil).at("data/agent/user_channels").([]any)
	require.Len(t, left, 1)
	assert.InDelta(t, 5120, left[0].(object)["id"], 0)
	w.resolve(room)
	assert.True(t, w.isResolved(room))

	next := w.asAdmin("POST", "/api/v2/telegram/connect", object{"bot_token": "tg-2", "configs": nil})
	assert.NotEqualValues(t, id, next.at("data/telegram_channel/id"), "an id is not given out twice")
	message.ChannelID = 0
	other, err := w.CustomerWrites(t.Context(), message)
	require.NoError(t, err)
	assert.NotEqual(t, room, other, "on another channel it is another room")
}

// A bulk resolve takes the agents out of the rooms as a resolve by hand does.
func TestABulkResolveOfAServedRoom(t *testing.T) {
	var elapsed atomic.Int64
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	w := newWorld(t, Config{Now: func() time.Time { return start.Add(time.Duration(elapsed.Load())) }})
	agent := w.Config().Agents[0]
	room := w.writes("wa", "628115559999", "halo")
	require.Equal(t, http.StatusOK, w.call("POST", assignPath, object{"room_id": room, "agent_id": agent.ID}).status)
	elapsed.Store(int64(windowLength))
	// What the staff sends opens no window.
	require.Equal(t, http.StatusOK, w.call("POST", broadcastPath, object{"phone_number": "628115559999", "template_detail_id": promoTemplate}).status)
	require.Equal(t, http.StatusOK, w.asAdmin("POST", bulkPath+"/5120", nil).status)
	done := w.asAdmin("GET", bulkPath+"/5120", nil)
	assert.Equal(t, bulkResolveFinished, done.at("data/progress/status"), done.raw)
	assert.InDelta(t, 1, done.at("data/progress/success"), 0)

	after, _ := w.Room(room)
	assert.True(t, after.Resolved)
	assert.Empty(t, after.AgentIDs)
	row := w.call("GET", "/api/v1/admin/agents/get_by_ids?ids[]="+text(agent.ID), nil)
	assert.InDelta(t, 0, row.at("data/0/current_customer_count"), 0)
	assert.Equal(t, "1", row.at("data/0/total_resolved"))
	list := w.delivered()
	last := list[len(list)-1]
	assert.Equal(t, "markAsResolved", last.event)
	assert.Equal(t, w.Config().AdminEmail, last.at("resolved_by/email"))
}
