package sandbox

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const assignPath = "/api/v1/admin/service/assign_agent"

// splitRequest splits "GET /path".
func splitRequest(request string) (method, path string) {
	method, path, _ = strings.Cut(request, " ")
	return method, path
}

// What does not fit the document is refused, and each place is named.
func TestInvalidRequests(t *testing.T) {
	w := newWorld(t, Config{Rooms: 1})
	for _, test := range []struct {
		name, request, contentType, body string
		details                          []any
	}{
		{
			"missing members", "POST " + assignPath, "application/json", `{}`,
			[]any{`/: the required member "room_id" is missing`, `/: the required member "agent_id" is missing`},
		},
		{
			"wrong type", "POST " + assignPath, "application/json", `{"room_id":{},"agent_id":1}`,
			[]any{"/room_id: must be integer or string, is object"},
		},
		{
			"deep in an array", "POST /api/v2/customer_rooms", "application/json", `{"channels":[{"source":"wa","channel_id":"x"}]}`,
			[]any{"/channels/0/channel_id: must be integer, is string"},
		},
		{
			"unknown value", "POST /api/v2/customer_rooms", "application/json", `{"status":"open"}`,
			[]any{`/status: must be one of "resolved", "unresolved", "expired", "almost_expired"`},
		},
		{
			"a form's flag", "POST " + assignPath, "application/x-www-form-urlencoded", "room_id=1&agent_id=2&replace_latest_agent=yes",
			[]any{`/replace_latest_agent: must be one of "true", "false", ""`},
		},
		{"not an object", "POST " + assignPath, "application/json", `[]`, []any{"/: must be object, is array"}},
		{"not JSON", "POST " + assignPath, "application/json", `{"room_id":`, []any{"/: the body is not JSON"}},
		{"no body", "POST " + assignPath, "application/json", ``, []any{"/: the body is not JSON"}},
		{"two values", "POST " + assignPath, "application/json", `{} {}`, []any{"/: the body goes on after its JSON value"}},
		{"huge number", "POST " + assignPath, "application/json", `{"room_id":1e9999999}`, []any{"/: a number is out of range"}},
		{"broken form", "POST " + assignPath, "application/x-www-form-urlencoded", `room_id=%zz`, []any{"/: the form cannot be read"}},
		{"no boundary", "POST " + assignPath, "multipart/form-data", `x`, []any{"/: the form cannot be read"}},
		{
			"query", "GET /api/v2/admin/agents?page=0&limit=x&scope=all", "", "",
			[]any{
				"page: must be at least 1", "limit: must be integer, is string",
				`scope: must be one of "default", "name", "email", "division"`,
			},
		},
		{"query array", "GET /api/v1/admin/agents/get_by_ids?ids[]=1&ids[]=x", "", "", []any{"ids[]/1: must be integer, is string"}},
		{"missing query", "GET /api/v1/admin/agents/get_by_ids?ids=1", "", "", []any{"ids[]: the required parameter is missing"}},
		{"broken query", "GET /api/v1/admin/agents?page=%zz", "", "", []any{"the query cannot be read"}},
		{"path", "GET /api/v2/admin/agent/x", "", "", []any{"agent_id: must be integer, is string"}},
		{"cursor", "GET /api/v2/admin/agents?cursor_after=x", "", "", []any{"cursor_after: is not a cursor of this list"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			method, path := splitRequest(test.request)
			got := w.send(method, path, w.secret(), test.contentType, []byte(test.body))
			assert.Equal(t, http.StatusBadRequest, got.status, got.raw)
			assert.Equal(t, test.details, got.at("errors/details"), got.raw)
		})
	}
}

func TestNegativeLimit(t *testing.T) {
	w := newWorld(t, Config{Rooms: 1})
	for _, limit := range []any{-3, "-3"} {
		assert.Equal(t, http.StatusBadRequest, w.call("POST", "/api/v2/customer_rooms", object{"limit": limit}).status)
	}
}

func TestRefusedBodies(t *testing.T) {
	w := newWorld(t, Config{})
	large := `{"room_id":"` + strings.Repeat("1", maxBody) + `"}`
	got := w.send("POST", assignPath, w.secret(), "application/json", []byte(large))
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.status)
	for _, contentType := range []string{"", "text/plain", "application/json; charset"} {
		got := w.send("POST", assignPath, w.secret(), contentType, []byte(`{}`))
		assert.Equal(t, http.StatusUnsupportedMediaType, got.status, contentType)
	}
	assert.Contains(t, got.raw, "1 MiB")
}

// A value means the same in each of the forms that the document allows.
func TestTolerantReading(t *testing.T) {
	w := newWorld(t, Config{Rooms: 3})
	room := w.call("POST", "/api/v2/customer_rooms", object{"limit": "1"})
	assert.Len(t, room.at("data/customer_rooms"), 1)
	roomID := room.at("data/customer_rooms/0/room_id").(string)
	agentID := text(w.Config().Agents[0].ID)
	for name, body := range map[string]string{
		"numbers": `{"room_id":` + roomID + `,"agent_id":` + agentID + `,"max_agent":5,"replace_latest_agent":true}`,
		"texts":   `{"room_id":"` + roomID + `","agent_id":"` + agentID + `","max_agent":"5","replace_latest_agent":"true"}`,
		"nulls":   `{"room_id":"` + roomID + `","agent_id":"` + agentID + `","max_agent":null,"replace_latest_agent":null}`,
		"empty":   `{"room_id":"` + roomID + `","agent_id":"` + agentID + `","max_agent":"","replace_latest_agent":""}`,
	} {
		got := w.send("POST", assignPath, w.secret(), "application/json", []byte(body))
		assert.Equal(t, http.StatusOK, got.status, "%s: %s", name, got.raw)
	}
	snapshot, _ := w.Room(roomID)
	assert.Equal(t, []int64{w.Config().Agents[0].ID}, snapshot.AgentIDs)

	form := w.send("POST", "/api/v2/customer_rooms", w.secret(), "application/x-www-form-urlencoded",
		[]byte("limit=2&is_handled_by_bot=true&user_ids[]="+agentID))
	assert.Equal(t, http.StatusOK, form.status, form.raw)
	assert.Len(t, form.at("data/customer_rooms"), 1)
}
