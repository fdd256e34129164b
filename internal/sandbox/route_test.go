package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

func TestRoutes(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	router := newRouter(rest.Operations())
	for _, test := range []struct {
		request, operation string
		values             map[string]string
	}{
		{"GET /api/v2/customer_rooms/981", "getRoom", map[string]string{"room_id": "981"}},
		{"GET /api/v2/spv/agents", "listAgents", map[string]string{"role": "spv"}},
		// Fits {role}/agents too, but customer_rooms is no role.
		{"GET /api/v2/customer_rooms/agents", "getRoom", map[string]string{"room_id": "agents"}},
		{"GET /api/v2/admin/agents/by_division", "listAgentsByDivision", map[string]string{}},
		{"POST /bot/981/activate", "setBotInRoom", map[string]string{"room_id": "981"}},
		{"POST /bot/bot", "sendBotMessage", map[string]string{"app_code": "bot"}},
		{"DELETE /api/v2/room_tags/981/12", "deleteRoomTag", map[string]string{"room_id": "981", "tag_id": "12"}},
		{"GET /api/v2/customer_rooms/a%2Fb", "getRoom", map[string]string{"room_id": "a/b"}},
	} {
		t.Run(test.request, func(t *testing.T) {
			method, path := splitRequest(test.request)
			operation, values, err := router.find(method, path)
			require.NoError(t, err)
			assert.Equal(t, test.operation, operation.ID)
			assert.Equal(t, test.values, values)
		})
	}
}

func TestUnknownRoutes(t *testing.T) {
	w := newWorld(t, Config{})
	for request, status := range map[string]int{
		"GET /":                          http.StatusNotFound,
		"GET /api/v9/customer_rooms":     http.StatusNotFound,
		"GET /api/v2/owner/agents":       http.StatusNotFound,
		"GET /api/v2/customer_rooms/":    http.StatusNotFound,
		"GET /api/v1/auth":               http.StatusMethodNotAllowed,
		"DELETE /api/v2/customer_rooms":  http.StatusMethodNotAllowed,
		"PUT /api/v2/customer_rooms/981": http.StatusMethodNotAllowed,
	} {
		method, path := splitRequest(request)
		got := w.call(method, path, nil)
		assert.Equal(t, status, got.status, request)
	}
	assert.Equal(t, "POST", w.call("GET", "/api/v1/auth", nil).header.Get("Allow"))
}
