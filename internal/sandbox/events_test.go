package sandbox

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A conversation from the first message to the second session, and the webhooks
// that each step sets off.
func TestConversation(t *testing.T) {
	w := newWorld(t, Config{})
	agent := w.Config().Agents[0].ID
	writes := func(text string) string {
		room, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115550101", Name: "Ratna Kusuma", Text: text})
		require.NoError(t, err)
		return room
	}
	room := writes("Halo")
	writes("Apakah masih buka?")
	assert.Equal(t, http.StatusOK, w.call("POST", assignPath, object{"room_id": room, "agent_id": agent}).status)
	writes("Terima kasih") // an agent hears it; nobody else is told
	resolve := w.call("POST", "/api/v1/agent/service/mark_as_resolved", object{"room_id": room, "notes": "sudah dijawab"})
	assert.Equal(t, "sudah dijawab", resolve.at("data/service/notes"))
	assert.InDelta(t, agent, resolve.at("data/service/user_id"), 0)
	assert.Equal(t, w.Config().AdminEmail, resolve.at("data/service/user/email"))
	again := w.call("POST", "/api/v1/agent/service/mark_as_resolved", object{"room_id": room})
	assert.Equal(t, http.StatusBadRequest, again.status)
	snapshot, _ := w.Room(room)
	assert.True(t, snapshot.Resolved)
	assert.Empty(t, snapshot.AgentIDs)
	assert.Equal(t, room, writes("Saya lagi"), "the room is opened again")

	sent := w.delivered()
	require.Equal(t, []string{
		"newSession", "botMessage", "customAgentAllocation", // Halo
		"botMessage", "customAgentAllocation", // Apakah masih buka?
		"markAsResolved",
		"newSession", "botMessage", "customAgentAllocation", // Saya lagi
	}, events(sent))

	assert.InDelta(t, 0, sent[1].at("payload/message/id"), 0, "WhatsApp has no ids yet")
	assert.InDelta(t, 0, sent[0].at("payload/from/id"), 0)
	assert.Equal(t, "wangi-qjxw1k2m3n4o", sent[1].at("app_code"))
	assert.Equal(t, "wa", sent[1].at("channel/source"))

	first, second, third := sent[2], sent[4], sent[8]
	assert.Equal(t, true, first.at("is_new_session"))
	assert.Equal(t, false, second.at("is_new_session"))
	assert.Nil(t, first.at("latest_service"))
	assert.Nil(t, second.at("latest_service"))
	assert.InDelta(t, agent, first.at("candidate_agent/id"), 0)
	assert.Equal(t, sent[5].at("service/id"), third.at("latest_service/id"), "the session before this one")
	assert.Equal(t, true, third.at("is_resolved"))
	assert.Equal(t, "admin", sent[5].at("resolved_by/type"))

	authors := []Author{}
	for _, message := range w.Messages(room) {
		authors = append(authors, message.Author)
	}
	assert.Equal(t, []Author{
		AuthorCustomer, AuthorCustomer, AuthorSystem, AuthorCustomer, AuthorSystem, AuthorCustomer,
	}, authors)
	assert.Nil(t, w.Messages("1"))
}

// An agent who leaves puts the room back into allocation; the session that goes
// on is then the latest.
func TestAgentLeaves(t *testing.T) {
	w := newWorld(t, Config{})
	agent := w.Config().Agents[0].ID
	room := w.anyRoom()
	w.call("POST", assignPath, object{"room_id": room, "agent_id": agent})
	w.anyRoom()
	w.call("POST", "/api/v1/admin/service/remove_agent", object{"room_id": room, "agent_id": agent})
	w.anyRoom()
	sent := w.delivered()
	assert.Equal(t, []string{
		"newSession", "botMessage", "customAgentAllocation", "botMessage", "customAgentAllocation",
	}, events(sent))
	assert.InDelta(t, agent, sent[4].at("latest_service/user_id"), 0)
	assert.Equal(t, false, sent[4].at("is_resolved"))
}

// The bot hears customers only while it is on in the room.
func TestBot(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	off := w.call("POST", "/bot/"+room+"/activate", object{"is_active": "false"})
	assert.Equal(t, false, off.at("data/is_handled_by_bot"))
	assert.IsType(t, "", off.at("data/extras"), "JSON inside text")
	w.anyRoom()

	path := "/" + w.Config().AppCode + "/bot"
	message := object{"sender_email": w.botEmail(), "room_id": room, "message": "kami buka", "type": "text"}
	assert.Equal(t, http.StatusOK, w.call("POST", path, message).status)
	assert.Equal(t, http.StatusNotFound, w.call("POST", "/lain/bot", message).status)
	long := object{"sender_email": w.botEmail(), "room_id": room, "message": strings.Repeat("a", 4001)}
	assert.Equal(t, http.StatusBadRequest, w.call("POST", path, long).status)
	bare := object{"sender_email": w.botEmail(), "room_id": room, "type": "buttons"}
	assert.Equal(t, http.StatusBadRequest, w.call("POST", path, bare).status)

	messages := w.Messages(room)
	last := messages[len(messages)-1]
	assert.Equal(t, AuthorBot, last.Author)
	assert.Equal(t, "kami buka", last.Text)
	assert.Equal(t, false, w.call("GET", "/api/v2/customer_rooms/"+room, nil).at("data/customer_room/is_waiting"))
	assert.Equal(t, []string{"newSession", "botMessage", "customAgentAllocation", "customAgentAllocation"}, events(w.delivered()))
}

// The setters say where webhooks go, and the settings show it.
func TestWebhookSettings(t *testing.T) {
	w := newWorld(t, Config{Webhooks: Webhooks{Auth: "http://127.0.0.1:1/unused"}})
	at := w.receiver.addresses()
	app := w.call("POST", "/api/v1/app/webhook/agent_allocation", object{"webhook_url": at.Allocation, "is_webhook_enabled": true})
	assert.Equal(t, at.Allocation, app.at("data/allocate_agent_webhook_url"))
	assert.Equal(t, w.Config().SecretKey, app.at("data/secret_key"))
	w.call("POST", "/api/v1/app/webhook/mark_as_resolved", object{"webhook_url": at.Resolve, "is_webhook_enabled": "false"})
	contentType, body := asContent(t, "multipart/form-data", object{"url": at.NewSession, "enabled": "true"})
	set := w.send("POST", "/api/v2/app/config/new_session_webhook", w.secret(), contentType, body)
	assert.JSONEq(t, `{"data":{"configs":{"is_new_session_webhook_enabled":"true","new_session_webhook_url":"`+
		at.NewSession+`"}},"status":200}`, set.raw)
	contentType, body = asContent(t, "multipart/form-data", object{"url": at.Auth, "enabled": ""})
	set = w.send("POST", "/api/v2/app/config/auth_webhook", w.adminToken(), contentType, body)
	assert.Equal(t, "false", set.at("data/configs/is_auth_webhook_enabled"), "an empty value loses the switch")

	configs := w.call("GET", "/api/v2/app/configs?show_all=true", nil).at("data/configs").(object)
	assert.Equal(t, "true", configs["is_new_session_webhook_enabled"])
	assert.Equal(t, true, configs["is_allocate_agent_webhook_enabled"])
	assert.Nil(t, configs["bot_webhook_url"])

	room := w.anyRoom()
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": room})
	assert.Equal(t, []string{"newSession", "customAgentAllocation"}, events(w.delivered()))
}

// The settings of webhooks are the admin's.
func TestWebhookSettersAreTheAdmins(t *testing.T) {
	w := newWorld(t, Config{Agents: []Agent{
		{Name: "Rini Astuti", Email: "rini@example.id"}, {Name: "Laras", Email: "laras@example.id", Type: TypeSupervisor},
	}})
	config := w.Config()
	set := func(email, path string, body object) int {
		token := w.logIn(email, config.AdminPassword).at("data/user/authentication_token").(string)
		contentType, content := asContent(t, "multipart/form-data", body)
		return w.send("POST", path, http.Header{"Authorization": {token}}, contentType, content).status
	}
	for path, body := range map[string]object{
		"/api/v1/app/webhook/mark_as_resolved": {"webhook_url": "https://hooks.example.id/r", "is_webhook_enabled": "true"},
		"/api/v2/app/config/auth_webhook":      {"url": "https://hooks.example.id/a", "enabled": "true"},
	} {
		assert.Equal(t, http.StatusForbidden, set("rini@example.id", path, body), path)
		assert.Equal(t, http.StatusForbidden, set("laras@example.id", path, body), path)
		assert.Equal(t, http.StatusOK, set(config.AdminEmail, path, body), path)
	}
}

func TestLiveChat(t *testing.T) {
	w := newWorld(t, Config{})
	start := object{
		"app_id": w.Config().AppCode, "user_id": "dewi@example.id", "name": "Dewi Lestari", "nonce": "sekali",
		"user_properties": `{"kota":"Bandung","lunas":true}`, "session_id": "ses-1",
	}
	fresh := w.call("POST", "/api/v2/qiscus/initiate_chat", start)
	assert.Nil(t, fresh.at("data/customer_room/last_comment_text"))
	assert.Nil(t, fresh.at("data/customer_room/is_waiting"))
	assert.Equal(t, "kota", fresh.at("data/customer_room/extras/user_properties/0/key"))
	room := fresh.at("data/customer_room/room_id").(string)

	// Somebody may be assigned, and the room resolved, before anything is said.
	agent := w.Config().Agents[0].ID
	assert.Equal(t, http.StatusOK, w.call("POST", assignPath, object{"room_id": room, "agent_id": agent}).status)

	message := CustomerMessage{Source: "qiscus", UserID: "dewi@example.id", Text: "Halo"}
	written, err := w.CustomerWrites(t.Context(), message)
	require.NoError(t, err)
	assert.Equal(t, room, written)
	again := w.call("POST", "/api/v2/qiscus/initiate_chat", start)
	assert.Equal(t, room, again.at("data/customer_room/room_id"))
	assert.Equal(t, "Halo", again.at("data/customer_room/last_customer_comment_text"))

	start["app_id"] = "lain-1"
	assert.Equal(t, http.StatusNotFound, w.call("POST", "/api/v2/qiscus/initiate_chat", start).status)
	start["app_id"], start["channel_id"] = w.Config().AppCode, 1
	assert.Equal(t, http.StatusNotFound, w.call("POST", "/api/v2/qiscus/initiate_chat", start).status)
}

func TestCustomChannel(t *testing.T) {
	w := newWorld(t, Config{})
	path := "/" + w.Config().AppCode + "/api/v2/custom_channel/send"
	message := object{
		"identifier_key": "ik-2207", "user_id": "mitra-42", "name": "Budi Santoso", "message": "bukti bayar",
		"type": "file_attachment", "payload": `{"url":"https://cdn.example.id/bukti.jpg","caption":"bukti bayar"}`,
	}
	sent := w.call("POST", path, message)
	assert.Nil(t, sent.at("data/agent"))
	room := sent.at("data/room_log/room_id").(string)
	agent := w.Config().Agents[0]
	w.call("POST", assignPath, object{"room_id": room, "agent_id": agent.ID})
	served := w.call("POST", path, message)
	assert.Equal(t, agent.Name, served.at("data/agent/name"))
	assert.Equal(t, room, served.at("data/agent_service/room_id"))

	message["identifier_key"] = "wa" // a channel, but no custom one
	assert.Equal(t, http.StatusUnauthorized, w.call("POST", path, message).status)

	all := w.delivered()
	assert.Equal(t, []string{"newSession", "botMessage", "customAgentAllocation"}, events(all))
	assert.Equal(t, "https://cdn.example.id/bukti.jpg", all[1].at("payload/message/payload/url"))
	assert.NotEqual(t, 0.0, all[1].at("payload/message/id"), "only WhatsApp has no ids")
}

func TestCustomerWritesRefuses(t *testing.T) {
	w := newWorld(t, Config{})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.CustomerWrites(ended, CustomerMessage{UserID: "a"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = w.CustomerWrites(t.Context(), CustomerMessage{})
	require.ErrorContains(t, err, "no user id")
	_, err = w.CustomerWrites(t.Context(), CustomerMessage{UserID: "a", Source: "tiktok"})
	require.ErrorContains(t, err, `source "tiktok"`)
	w.delivered()
	_, err = w.CustomerWrites(t.Context(), CustomerMessage{UserID: "a"})
	require.ErrorIs(t, err, ErrShutdown)
}

func TestBadConfigurations(t *testing.T) {
	for name, config := range map[string]Config{
		"negative":    {Rooms: -1},
		"pace":        {Pace: Pace{Send: -1}},
		"token life":  {TokenLife: -1},
		"lag":         {CountLag: -1},
		"same e-mail": {Agents: []Agent{{Email: "a@example.id"}, {Email: "a@example.id"}}},
		"no e-mail":   {Agents: []Agent{{Name: "Rini"}}},
		"no source":   {Channels: []Channel{{ID: 1}}},
		"same id":     {Channels: []Channel{{ID: 1, Source: "wa"}, {ID: 1, Source: "wa"}}},
		"no channel":  {Channels: []Channel{{ID: 1, Source: "ik", Custom: true}}, Rooms: 1},
	} {
		_, err := New(config)
		require.Error(t, err, name)
	}
	sandbox, err := New(Config{Agents: []Agent{{Email: "b@example.id"}, {ID: firstAgentID, Email: "a@example.id"}}})
	require.NoError(t, err)
	assert.Equal(t, int64(firstAgentID+1), sandbox.Config().Agents[0].ID)
}
