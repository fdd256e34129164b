package sandbox

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Two sandboxes of one configuration begin with the same rooms.
func TestRoomsAreTheSameEachTime(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	config := Config{Rooms: 120, Now: func() time.Time { return now }}
	one := newWorld(t, config).call("POST", "/api/v2/customer_rooms", object{"limit": 1000})
	two := newWorld(t, config).call("POST", "/api/v2/customer_rooms", object{"limit": 1000})
	assert.JSONEq(t, one.raw, two.raw)
	assert.Len(t, one.at("data/customer_rooms"), 120)
}

func TestFirstRooms(t *testing.T) {
	for rooms, want := range map[int]int{0: 0, 2: 2, 5: 3} {
		w := newWorld(t, Config{Rooms: rooms})
		first := w.FirstRooms(3)
		assert.Len(t, first, want)
		for _, room := range first {
			same, ok := w.Room(room.ID)
			require.True(t, ok)
			assert.Equal(t, same, room)
		}
	}
}

func TestRoomFilters(t *testing.T) {
	var elapsed atomic.Int64
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	w := newWorld(t, Config{Rooms: 12, Now: func() time.Time { return start.Add(time.Duration(elapsed.Load())) }})
	count := func(filter object) int {
		rows, _ := w.call("POST", "/api/v2/customer_rooms", filter).at("data/customer_rooms").([]any)
		return len(rows)
	}
	newest := w.call("POST", "/api/v2/customer_rooms", object{"limit": 3}).at("data/customer_rooms").([]any)
	id := func(i int) string { return newest[i].(object)["room_id"].(string) }
	agent := w.Config().Agents[0].ID
	w.call("POST", assignPath, object{"room_id": id(0), "agent_id": agent})
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": id(1)})
	tag := w.call("POST", "/api/v2/room_tags/"+id(2), object{"tag": "grosir"}).at("data/id")
	w.call("POST", "/bot/"+id(2)+"/activate", object{"is_active": false})

	for _, test := range []struct {
		name   string
		filter object
		want   int
	}{
		{"none", object{}, 12},
		{"nulls", object{"channels": nil, "status": nil, "serve_status": nil, "name": nil, "limit": nil}, 12},
		{"channel", object{"channels": []object{{"source": "wa", "channel_id": 5120}}}, 4},
		{"two channels", object{"channels": []object{{"source": "wa", "channel_id": 5120}, {"source": "ig", "channel_id": 5133}}}, 8},
		{"another's id", object{"channels": []object{{"source": "wa", "channel_id": 5133}}}, 0},
		{"resolved", object{"status": "resolved"}, 1},
		{"unresolved", object{"status": "unresolved"}, 11},
		{"served", object{"serve_status": "served"}, 1},
		{"unserved", object{"serve_status": "unserved"}, 11},
		{"agent", object{"user_ids": []any{agent}}, 1},
		{"tag", object{"tag_ids": []any{tag, 1}}, 1},
		{"bot off", object{"is_handled_by_bot": false}, 1},
		{"name", object{"name": "DEWI"}, 2},
		{"window closed", object{"status": "expired"}, 0},
	} {
		assert.Equal(t, test.want, count(test.filter), test.name)
	}
	elapsed.Store(int64(windowWarning))
	assert.Positive(t, count(object{"status": "almost_expired"}))
	elapsed.Store(int64(windowLength))
	assert.Equal(t, 0, count(object{"status": "almost_expired"}))
	assert.Positive(t, count(object{"status": "expired"}))
}

// The room in which something was said last comes first.
func TestRoomsComeByTheirLastMessage(t *testing.T) {
	w := newWorld(t, Config{Rooms: 3})
	room := w.state.rooms.all()[0]
	newest := func() any {
		return w.call("POST", "/api/v2/customer_rooms", object{"limit": 1}).at("data/customer_rooms/0/room_id")
	}
	require.NotEqual(t, room.id, newest())
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: room.channel.Source, UserID: room.userID, Text: "Halo?"})
	require.NoError(t, err)
	assert.Equal(t, room.id, newest())
}

// The widget's apps ask for a room without any credential; one that is no good is refused all the
// same.
func TestRoomWithoutCredential(t *testing.T) {
	w := newWorld(t, Config{})
	path := "/api/v2/customer_rooms/" + w.anyRoom()
	assert.Equal(t, http.StatusOK, w.send("GET", path, nil, "", nil).status)
	assert.Equal(t, http.StatusUnauthorized, w.send("GET", path, http.Header{"Authorization": {"ut-salah"}}, "", nil).status)
}

func TestUnknownRooms(t *testing.T) {
	w := newWorld(t, Config{})
	for request, body := range map[string]any{
		"GET /api/v2/customer_rooms/1":                        nil,
		"GET /api/v1/qiscus/room/x/user_info":                 nil,
		"POST /api/v1/qiscus/room/1/user_info":                object{"user_properties": []any{}},
		"POST /api/v2/room_tags/1":                            object{"tag": "grosir"},
		"POST /bot/1/activate":                                object{"is_active": true},
		"POST /wangi-qjxw1k2m3n4o/bot":                        object{"sender_email": "a", "room_id": 1},
		"POST /api/v1/admin/service/mark_as_resolved":         object{"room_id": "1"},
		"POST /api/v1/admin/service/remove_agent":             object{"room_id": "1", "agent_id": 1},
		"GET /api/v2/admin/service/available_agents?room_id=": nil,
		"GET /api/v1/export/conversations?room_id=1":          nil,
		"GET /api/v1/room_tag/1":                              nil,
		"POST /api/v1/room_tag/create":                        object{"room_id": "1", "tag": "grosir"},
	} {
		method, path := splitRequest(request)
		got := w.call(method, path, body)
		assert.Equal(t, http.StatusNotFound, got.status, request)
		assert.Equal(t, "room not found", got.at("errors/message"), request)
	}
	for request, body := range map[string]any{
		"POST /api/v2/customer_rooms/1/mark_as_read": nil,
		"GET /api/v2/room_tags/1":                    nil,
		"DELETE /api/v2/room_tags/1/2":               nil,
		"POST /api/v1/update_room_info":              object{"room_id": "1", "room_options": object{}},
	} {
		method, path := splitRequest(request)
		assert.Equal(t, http.StatusNotFound, w.asAdmin(method, path, body).status, request)
	}
}

// The query knows fewer filters, and pages by number too.
func TestRoomsByQuery(t *testing.T) {
	w := newWorld(t, Config{Rooms: 5})
	ids := func(got answer) []any {
		found := []any{}
		for _, row := range got.at("data/customer_rooms").([]any) {
			found = append(found, row.(object)["room_id"])
		}
		return found
	}
	all := ids(w.call("GET", "/api/v2/customer_rooms", nil))
	require.Len(t, all, 5)
	assert.Equal(t, all, ids(w.call("POST", "/api/v2/customer_rooms", object{"page": 2})), "the body knows no page")
	first := w.call("GET", "/api/v2/customer_rooms?limit=2&page=1", nil)
	assert.Equal(t, all[:2], ids(first))
	assert.Equal(t, all[2:4], ids(w.call("GET", "/api/v2/customer_rooms?limit=2&page=2", nil)))
	assert.Empty(t, ids(w.call("GET", "/api/v2/customer_rooms?limit=2&page=4", nil)))
	after := first.at("meta/cursor_after").(string)
	assert.Equal(t, all[2:4], ids(w.call("GET", "/api/v2/customer_rooms?limit=2&cursor_after="+after, nil)))
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": all[3]})
	assert.Equal(t, []any{all[3]}, ids(w.call("GET", "/api/v2/customer_rooms?status=resolved", nil)))
	assert.Equal(t, http.StatusBadRequest, w.call("GET", "/api/v2/customer_rooms?status=lain", nil).status)
}

// A customer is found on the channel where they write, and nowhere else.
func TestLatestRoom(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	find := func(query string) answer { return w.call("GET", "/api/v2/rooms/latest?"+query, nil) }
	assert.Equal(t, room, find("source=wa&channel_id=5120&user_id=628115559999").at("data/room_id"))
	assert.Equal(t, http.StatusNotFound, find("source=wa&channel_id=5121&user_id=628115559999").status)
	assert.Equal(t, http.StatusNotFound, find("source=qiscus&channel_id=5120&user_id=628115559999").status)
	assert.Equal(t, http.StatusBadRequest, find("source=wa&channel_id=5120").status)
}

// Options that were set are what the room shows from then on, to callers and to
// receivers of webhooks; how the room stands is always told as it is.
func TestRoomOptions(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	set := w.asAdmin("POST", "/api/v1/update_room_info", object{
		"room_id": room, "room_options": object{"source": "wa", "notes": "minta faktur", "is_resolved": true},
	})
	require.Equal(t, http.StatusOK, set.status)
	assert.Empty(t, set.raw)
	assert.False(t, w.isResolved(room))
	w.anyRoom()
	resolved := w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": room})
	assert.JSONEq(t, `{"source":"wa","notes":"minta faktur","is_resolved":true,"is_waiting":true}`,
		resolved.at("data/room_info/room/room_options").(string))
	assert.Equal(t, http.StatusBadRequest, w.asAdmin("POST", "/api/v1/update_room_info", object{"room_id": room, "room_options": "{}"}).status)

	sent := w.delivered()
	require.Equal(t, []string{"newSession", "botMessage", "customAgentAllocation", "botMessage", "customAgentAllocation", "markAsResolved"}, events(sent))
	assert.Contains(t, sent[1].at("payload/room/options"), "channel_details")
	assert.JSONEq(t, `{"source":"wa","notes":"minta faktur","is_resolved":false,"is_waiting":true}`, sent[3].at("payload/room/options").(string))
}

// There is a link once something was written.
func TestExport(t *testing.T) {
	w := newWorld(t, Config{})
	config := w.Config()
	chat := w.call("POST", "/api/v2/qiscus/initiate_chat", object{
		"app_id": config.AppCode, "user_id": "laras@example.id", "name": "Laras", "nonce": "n", "channel_id": 5121,
	})
	path := "/api/v1/export/conversations?room_id=" + chat.at("data/customer_room/room_id").(string)
	assert.JSONEq(t, `{"data":{"download_url":""}}`, w.call("GET", path, nil).raw)
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "qiscus", UserID: "laras@example.id", Text: "Halo"})
	require.NoError(t, err)
	assert.Contains(t, w.call("GET", path, nil).at("data/download_url"), "https://cdn.example.id/export/")
}

// The app's tags are searched by a part of their names, page by page.
func TestAppTags(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	for _, name := range []string{"Kopi Gayo", "grosir", "kopi luwak", "kopi toraja"} {
		made := w.call("POST", "/api/v1/room_tag/create", object{"room_id": room, "tag": name})
		require.Equal(t, http.StatusOK, made.status)
		assert.Len(t, made.at("data"), 2, "an id and a name")
	}
	again := w.call("POST", "/api/v1/room_tag/create", object{"room_id": room, "tag": "grosir"})
	assert.JSONEq(t, `{"errors":{"message":"Tag already exist"}}`, again.raw)
	search := func(query string) []string {
		found := []string{}
		for _, row := range w.asAdmin("GET", "/api/v2/tags"+query, nil).at("data").([]any) {
			found = append(found, row.(object)["name"].(string))
		}
		return found
	}
	assert.Equal(t, []string{"Kopi Gayo", "grosir", "kopi luwak", "kopi toraja"}, search(""))
	assert.Equal(t, []string{"Kopi Gayo", "kopi luwak"}, search("?name=KOPI&limit=2"))
	assert.Equal(t, []string{"kopi toraja"}, search("?name=KOPI&limit=2&page=2"))
	assert.Empty(t, search("?name=susu"))

	tags := w.call("GET", "/api/v1/room_tag/"+room, nil)
	assert.Len(t, tags.at("data"), 4)
	assert.Len(t, tags.at("data/0"), 2)
}

func TestTags(t *testing.T) {
	w := newWorld(t, Config{})
	path := "/api/v2/room_tags/" + w.anyRoom()
	first := w.call("POST", path, object{"tag": "langganan"})
	again := w.call("POST", path, object{"tag": "langganan"})
	assert.Equal(t, http.StatusBadRequest, again.status)
	assert.JSONEq(t, `{"errors":{"message":"Tag already exist"}}`, again.raw)
	assert.Equal(t, http.StatusBadRequest, w.call("POST", path, object{"tag": ""}).status)
	w.call("POST", path, object{"tag": "grosir"})
	assert.Len(t, w.asAdmin("GET", path, nil).at("data"), 2)

	id := text(int64(first.at("data/id").(float64)))
	assert.Equal(t, http.StatusOK, w.asAdmin("DELETE", path+"/"+id, nil).status)
	assert.Equal(t, http.StatusNotFound, w.asAdmin("DELETE", path+"/"+id, nil).status)
	back := w.call("POST", path, object{"tag": "langganan"})
	assert.Equal(t, first.at("data/id"), back.at("data/id"), "the app keeps its tags")
}

// The list of pairs is replaced as a whole, and comes back as it was sent.
func TestRoomInfo(t *testing.T) {
	w := newWorld(t, Config{})
	path := "/api/v1/qiscus/room/" + w.anyRoom() + "/user_info"
	assert.Equal(t, []any{}, w.call("GET", path, nil).at("data/extras/user_properties"))
	pairs := `{"user_properties":[{"key":"nomor","value":9007199254740993},{"key":"lunas","value":true},{"key":"catatan"}]}`
	set := w.send("POST", path, w.secret(), "application/json", []byte(pairs))
	assert.Contains(t, set.raw, "9007199254740993")
	assert.IsType(t, object{}, set.at("data/first_initiated"), "a date object")
	got := w.call("GET", path, nil)
	assert.Len(t, got.at("data/extras/user_properties"), 3)
	assert.IsType(t, "", got.at("data/first_initiated"), "text")
	assert.NotEmpty(t, got.at("data/channel/token"), "leaks what the platform leaks")
	w.call("POST", path, object{"user_properties": []any{}})
	assert.Equal(t, []any{}, w.call("GET", path, nil).at("data/extras/user_properties"))
}

// What a channel's row holds depends on its kind.
func TestRoomInfoOfEachChannel(t *testing.T) {
	w := newWorld(t, Config{})
	for source, secret := range map[string]string{"wa": "token", "qiscus": "secret_key", "ig": "", "ik-2207": ""} {
		room, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: source, UserID: "dewi", Text: "Halo"})
		require.NoError(t, err)
		channel := w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/channel").(object)
		for _, name := range []string{"token", "secret_key"} {
			assert.Equal(t, name == secret, channel[name] != nil, "%s: %s", source, name)
		}
	}
}
