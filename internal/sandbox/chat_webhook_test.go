package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// withChatWebhook lets the event go to the receiver, which validates it.
func (w *world) withChatWebhook() {
	w.t.Helper()
	require.NoError(w.t, w.SetWebhook(postComment, w.receiver.server.URL+"/"+postComment, true))
}

// Every message of every room is told, and who has posted it: a client or a server.
func TestPostCommentEvents(t *testing.T) {
	w := newWorld(t, Config{})
	w.withChatWebhook()
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	channel := text(rina.call("POST", "get_or_create_room_with_unique_id", object{"unique_id": "promo"}).at("results/room/id_str"))
	rina.posts(room, "Satu", "r-1")
	w.fine(w.asServer("POST", "post_comment", object{"user_id": "rina", "room_id": room, "message": "Dua", "extras": object{"a": "b"}}))
	rina.posts(channel, "Tiga", "r-2")
	w.fine(w.asServer("POST", "post_system_event_message", object{"system_event_type": "custom", "room_id": room, "message": "Bukan"}))
	inbox := w.writes("qiscus", "ratna", "Empat")
	w.fine(w.call("POST", "/"+w.Config().AppCode+"/bot", object{
		"sender_email": w.botEmail(), "room_id": inbox, "message": "Lima", "type": "text",
	}))
	type told struct{ kind, by, said any }
	all := map[any]told{}
	for _, got := range w.delivered() {
		if got.event != postComment {
			continue
		}
		said := got.at("payload/message/text")
		all[said] = told{got.at("type"), got.at("payload/from/email"), said}
		isChannel := said == "Tiga"
		assert.Equal(t, isChannel, got.at("payload/room/is_public_channel"), said)
		assert.Equal(t, isChannel, got.at("payload/room/participants") == nil, said)
		if said == "Dua" {
			assert.Equal(t, map[string]any{"a": "b"}, got.at("payload/message/extras"))
		}
	}
	assert.Equal(t, map[any]told{
		"Satu":  {postedByClient, "rina", "Satu"},
		"Dua":   {postedByServer, "rina", "Dua"},
		"Tiga":  {postedByClient, "rina", "Tiga"},
		"Empat": {postedByClient, "ratna", "Empat"},
		"Lima":  {postedByServer, w.botEmail(), "Lima"},
	}, all)
}

// Servers read what became of the attempts, as far as they are remembered.
func TestWebhookLogs(t *testing.T) {
	w, box := newPosting(t, Config{Webhooks: Webhooks{Chat: "http://127.0.0.1:9/postComment"}})
	box.answer = func(came posted) int {
		if came.nth == 2 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	}
	room := says(t, w, "Satu")
	says(t, w, "Dua")
	require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "Tiga"}))
	require.NoError(t, w.Shutdown(t.Context()))
	world := newWorldAround(t, w)
	logs := world.fine(world.asServer("GET", "webhook_logs", nil))
	require.Len(t, logs.at("results/webhook_logs"), 3)
	assert.Equal(t, false, logs.at("results/webhook_logs/1/is_success"))
	assert.EqualValues(t, 500, logs.at("results/webhook_logs/1/response_code"))
	assert.Equal(t, "diterima", logs.at("results/webhook_logs/1/response_body"))
	assert.Equal(t, "http://127.0.0.1:9/postComment", logs.at("results/webhook_logs/0/endpoint"))
	assert.Contains(t, logs.at("results/webhook_logs/0/request_body"), "Tiga")
	assert.Len(t, world.fine(world.asServer("GET", "webhook_logs?limit=2&page=2", nil)).at("results/webhook_logs"), 1)
	assert.Empty(t, world.fine(world.asServer("GET", "webhook_logs?type=rest", nil)).at("results/webhook_logs"))
	assert.Len(t, world.fine(world.asServer("GET", "webhook_logs?type=mobile", nil)).at("results/webhook_logs"), 3)
}

// Calls of the chat server fail on purpose as the inbox's do, in its own words.
func TestTroubleOfTheChatServer(t *testing.T) {
	w := newWorld(t, Config{})
	rina := w.chatter("rina")
	strike := func(kind trouble.Kind, only string) {
		require.NoError(t, w.SetTrouble(1, trouble.Rule{Kind: kind, Rate: 1, Only: only, Times: 1}))
	}
	strike(trouble.ExpiredToken, "sdkGetMyProfile")
	for range 2 { // it stays so
		got := rina.try("GET", "my_profile", nil)
		assert.Equal(t, http.StatusForbidden, got.status)
		assert.Equal(t, expiredWords, got.at("error/message"))
	}
	rina = w.chats("rina")
	strike(trouble.RateLimit, "sdkGetMyProfile")
	limited := rina.try("GET", "my_profile", nil)
	assert.Equal(t, http.StatusTooManyRequests, limited.status)
	assert.Equal(t, "too many requests", limited.at("error/message"))
	strike(trouble.ServerError, "restListUsers")
	assert.Equal(t, "the service failed", w.asServer("GET", "get_user_list", nil).at("error/message"))
	require.NoError(t, w.SetTrouble(1, trouble.Rule{Kind: trouble.DropWebhook, Rate: 1, Only: postComment}))
	require.ErrorContains(t, w.SetTrouble(1, trouble.Rule{Kind: trouble.RateLimit, Rate: 1, Only: postComment}), "strikes calls only")
}
