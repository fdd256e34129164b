package document_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

func TestRoutes(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	router := document.NewRouter(rest.Operations())
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
			method, path, _ := strings.Cut(test.request, " ")
			operation, values, _ := router.Find(method, path)
			require.NotNil(t, operation)
			assert.Equal(t, test.operation, operation.ID)
			assert.Equal(t, test.values, values)
		})
	}
}

func TestRoutesThatDoNotExist(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	router := document.NewRouter(rest.Operations())
	operation, _, allowed := router.Find("GET", "/api/v1/auth")
	assert.Nil(t, operation)
	assert.Equal(t, []string{"POST"}, allowed)
	operation, _, allowed = router.Find("GET", "/api/v9/nothing")
	assert.Nil(t, operation)
	assert.Empty(t, allowed)
}

// An event has a name, and no path under which it could be called.
func TestEventsHaveNoRoute(t *testing.T) {
	chat, err := document.Chat()
	require.NoError(t, err)
	require.NotNil(t, chat.Operation("postComment"))
	router := chat.Router()
	for _, path := range []string{"postComment", "/postComment"} {
		operation, _, allowed := router.Find("POST", path)
		assert.Nil(t, operation, path)
		assert.Empty(t, allowed, path)
	}
	operation, _, _ := router.Find("POST", "/api/v2.1/rest/post_comment")
	assert.NotNil(t, operation)
}
