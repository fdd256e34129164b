package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// contactPath is the path of the contact behind a room.
func (w *world) contactPath(room string) string {
	w.t.Helper()
	got := w.call("GET", "/api/v2/customer_rooms/"+room, nil)
	require.Equal(w.t, http.StatusOK, got.status)
	id, isNumber := got.at("data/customer_room/contact_id").(float64)
	require.True(w.t, isNumber)
	return "/api/v2/contacts/" + text(int64(id))
}

func (w *world) writes(source, userID, said string) string {
	w.t.Helper()
	room, err := w.CustomerWrites(w.t.Context(), CustomerMessage{Source: source, UserID: userID, Name: "Wulan Sari", Text: said})
	require.NoError(w.t, err)
	return room
}

// A customer with the same id on two channels is one contact with two rooms; all
// others are contacts of their own.
func TestContactsFollowTheRooms(t *testing.T) {
	w := newWorld(t, Config{Rooms: 4})
	first := w.writes("qiscus", "wulan@example.id", "halo")
	second := w.writes("ig", "wulan@example.id", "halo lagi")
	other := w.writes("wa", "628115559999", "halo")
	path := w.contactPath(first)
	assert.Equal(t, path, w.contactPath(second))
	assert.NotEqual(t, path, w.contactPath(other))

	got := w.asAdmin("GET", path, nil)
	assert.Equal(t, "wulan@example.id", got.at("data/contact/email"))
	assert.Nil(t, got.at("data/contact/phone_number"))
	assert.Equal(t, "628115559999", w.asAdmin("GET", w.contactPath(other), nil).at("data/contact/phone_number"))

	got = w.asAdmin("GET", path+"/conversations", nil)
	assert.Len(t, got.at("data/customer_rooms"), 2)
	assert.Equal(t, second, got.at("data/customer_rooms/0/room_id"), "the newest first")
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": first})
	for status, room := range map[string]string{"resolved": first, "unresolved": second} {
		got = w.asAdmin("GET", path+"/conversations?status="+status, nil)
		assert.Len(t, got.at("data/customer_rooms"), 1)
		assert.Equal(t, room, got.at("data/customer_rooms/0/room_id"))
	}
	assert.Equal(t, http.StatusBadRequest, w.asAdmin("GET", path+"/conversations?status=expired", nil).status)
	assert.Equal(t, http.StatusBadRequest, w.asAdmin("GET", path+"/conversations?cursor_after=x", nil).status)
	for _, route := range []string{"", "/conversations", "/conversations/" + first + "?token=" + w.login()} {
		assert.Equal(t, http.StatusNotFound, w.asAdmin("GET", "/api/v2/contacts/1"+route, nil).status, route)
	}
	assert.Equal(t, http.StatusNotFound, w.asAdmin("GET", "/api/v2/contacts/properties/1", nil).status)
}

// The history wants the token in two places, and a room of the contact's.
func TestContactMessages(t *testing.T) {
	w := newWorld(t, Config{})
	room, other := w.writes("wa", "628115559999", "halo"), w.writes("wa", "628115559998", "halo")
	w.writes("wa", "628115559999", "masih buka?")
	path := w.contactPath(room) + "/conversations/"
	assert.Equal(t, http.StatusUnauthorized, w.asAdmin("GET", path+room, nil).status)
	assert.Equal(t, http.StatusUnauthorized, w.asAdmin("GET", path+room+"?token=ut-salah", nil).status)
	assert.Equal(t, http.StatusUnauthorized, w.call("GET", path+room+"?token="+w.login(), nil).status)
	assert.Equal(t, http.StatusNotFound, w.asAdmin("GET", path+other+"?token="+w.login(), nil).status)

	got := w.asAdmin("GET", path+room+"?token="+w.login(), nil)
	assert.Equal(t, "masih buka?", got.at("results/comments/0/message"))
	assert.Equal(t, got.at("results/comments/1/id"), got.at("results/comments/0/comment_before_id"))
	oldest, _ := got.at("results/comments/1/id_str").(string)
	got = w.asAdmin("GET", path+room+"?token="+w.login()+"&last_comment_id="+oldest, nil)
	assert.Empty(t, got.at("results/comments"))
}

// A blocked customer's words get nowhere, not even to the webhooks.
func TestBlockedCustomersAreNotHeard(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.writes("wa", "628115559999", "halo")
	block := func(action string) {
		t.Helper()
		body := object{"room_id": room, "source": "wa", "user_id": "628115559999"}
		require.Equal(t, http.StatusOK, w.asAdmin("POST", "/api/v2/admin/customer/"+action, body).status)
	}
	block("block")
	assert.Equal(t, true, w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/is_blocked"))
	assert.Equal(t, room, w.writes("wa", "628115559999", "kenapa diam?"))
	block("unblock")
	w.writes("wa", "628115559999", "halo lagi")

	said := w.Messages(room)
	require.Len(t, said, 2)
	assert.Equal(t, "halo lagi", said[1].Text)
	assert.Equal(t, 2, count(w.delivered(), "botMessage"))

	for _, wrong := range []object{
		{"room_id": room, "source": "ig", "user_id": "628115559999"},
		{"room_id": room, "source": "wa", "user_id": "1"},
		{"room_id": "1", "source": "wa", "user_id": "628115559999"},
	} {
		assert.Equal(t, http.StatusNotFound, w.asAdmin("POST", "/api/v2/admin/customer/block", wrong).status, wrong)
	}
}

func TestHandOver(t *testing.T) {
	w := newWorld(t, Config{Agents: []Agent{
		{Name: "Rini", Email: "rini@example.id", Divisions: []string{"Gudang"}},
		{Name: "Tono", Email: "tono@example.id", Divisions: []string{"Gudang"}},
		{Name: "Yudi", Email: "yudi@example.id"},
		{Name: "Ayu", Email: "ayu@example.id", Offline: true, Divisions: []string{"Malam"}},
	}})
	agents := w.Config().Agents
	busy := w.writes("wa", "628115559990", "halo")
	w.call("POST", assignPath, object{"room_id": busy, "agent_id": agents[0].ID})
	handOver := func(room, path string, body any) int {
		t.Helper()
		header := http.Header{"Authorization": {w.Config().SecretKey}}
		if body == nil {
			return w.send("POST", "/"+w.Config().AppCode+"/bot/"+room+path, w.secret(), "", nil).status
		}
		return w.send("POST", "/"+w.Config().AppCode+"/bot/"+room+path, header, "application/json", encode(body)).status
	}
	for name, hand := range map[string]struct {
		path   string
		body   any
		agents []int64
	}{
		"to anybody":                      {"/hand_over", nil, nil},
		"to a division":                   {"/hand_over_to_role", object{"role": "812"}, nil},
		"to the least busy who is online": {"/hand_over_to_role", object{"role": "812", "find_online_agent": true}, []int64{agents[1].ID}},
		"to a division that is offline":   {"/hand_over_to_role", object{"role": "813", "find_online_agent": true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			room := w.writes("wa", "628115559991"+name, "halo")
			before, _ := w.Room(room)
			require.True(t, before.HandledByBot)
			require.Equal(t, http.StatusOK, handOver(room, hand.path, hand.body))
			after, _ := w.Room(room)
			assert.False(t, after.HandledByBot)
			assert.Equal(t, hand.agents, after.AgentIDs)
			w.writes("wa", "628115559991"+name, "halo?")
			said := w.Messages(room)
			assert.NotEmpty(t, said[len(said)-1].NotForBot)
		})
	}
	assert.Equal(t, http.StatusNotFound, handOver(busy, "/hand_over_to_role", object{"role": "999"}))
	assert.Equal(t, http.StatusNotFound, handOver("1", "/hand_over_to_role", object{"role": "812"}))
	assert.Equal(t, http.StatusNotFound, handOver("1", "/hand_over", nil))
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": busy})
	assert.Equal(t, http.StatusBadRequest, handOver(busy, "/hand_over_to_role", object{"role": "812", "find_online_agent": true}))
	app := w.Config().AppCode
	assert.Equal(t, http.StatusNotFound, w.call("POST", "/lain-1/bot/"+busy+"/hand_over", nil).status)
	wrongKey := http.Header{"Qiscus-App-Id": {app}, "Authorization": {"kunci-salah"}}
	got := w.send("POST", "/"+app+"/bot/"+busy+"/hand_over_to_role", wrongKey, "application/json", encode(object{"role": "812"}))
	assert.Equal(t, http.StatusUnauthorized, got.status)
}

// The older routes of the customer's side do what the newer ones do.
func TestOlderCustomerRoutes(t *testing.T) {
	w := newWorld(t, Config{})
	app := w.Config().AppCode
	chat := object{"app_id": app, "user_id": "rina@example.id", "name": "Rina", "nonce": "n"}
	older := w.send("POST", "/api/v1/qiscus/initiate_chat", nil, "application/json", encode(chat))
	newer := w.send("POST", "/api/v2/qiscus/initiate_chat", nil, "application/json", encode(chat))
	assert.Equal(t, newer.at("data/customer_room/room_id"), older.at("data/room_id"))
	session := w.send("GET", "/"+app+"/get_session", nil, "", nil)
	assert.Equal(t, newer.at("data/is_sessional"), session.at("data/is_sessional"))

	message := object{"identifier_key": "ik-2207", "user_id": "rina@example.id", "name": "Rina", "message": "halo"}
	assert.Nil(t, w.send("POST", "/"+app+"/custom_channel", nil, "application/json", encode(message)).at("data/"+chosenAgent))
	room, _ := w.send("POST", "/"+app+"/api/v2/custom_channel/send", w.secret(), "application/json", encode(message)).
		at("data/room_log/room_id").(string)
	w.call("POST", assignPath, object{"room_id": room, "agent_id": w.Config().Agents[0].ID})
	form := []byte("identifier_key=ik-2207&user_id=rina%40example.id&name=Rina&message=halo+lagi&ignore_agent_availability=")
	got := w.send("POST", "/"+app+"/custom_channel", nil, "application/x-www-form-urlencoded", form)
	assert.Equal(t, w.Config().Agents[0].Email, got.at("data/"+chosenAgent+"/email"))
	said := w.Messages(room)
	assert.Equal(t, "halo lagi", said[len(said)-1].Text, "the older route writes into the same room")

	for path, body := range map[string]object{
		"/api/v1/qiscus/initiate_chat": {"app_id": "lain-1", "user_id": "u", "name": "n", "nonce": "n"},
		"/lain-1/custom_channel":       message,
	} {
		assert.Equal(t, http.StatusNotFound, w.send("POST", path, nil, "application/json", encode(body)).status, path)
	}
	assert.Equal(t, http.StatusNotFound, w.send("GET", "/lain-1/get_session", nil, "", nil).status)
	message["identifier_key"] = "ik-salah"
	assert.Equal(t, http.StatusUnauthorized, w.send("POST", "/"+app+"/custom_channel", nil, "application/json", encode(message)).status)
}
