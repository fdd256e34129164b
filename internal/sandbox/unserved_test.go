package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const takeOverPath = "/api/v1/agent/service/takeover_unresolved_room"

// Who has waited longest is served first, and the numbers follow.
func TestTakeOver(t *testing.T) {
	w := newWorld(t, Config{})
	var rooms []string
	for _, customer := range []string{"dewi", "budi", "ratna", "gilang"} {
		room, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: customer, Text: "Halo"})
		require.NoError(t, err)
		rooms = append(rooms, room)
	}
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: "dewi", Text: "Halo?"}) // does not lose the place
	require.NoError(t, err)
	w.call("POST", assignPath, object{"room_id": rooms[1], "agent_id": w.Config().Agents[0].ID})
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": rooms[2]})

	agent := w.state.staff[5] // who is offline
	require.False(t, agent.available)
	take := func() answer {
		return w.send("POST", takeOverPath, http.Header{"Authorization": {agent.token}}, "", nil)
	}
	for i, taken := range []string{rooms[0], rooms[3]} {
		left := 2 - i
		assert.InDelta(t, left, w.asAdmin("GET", "/api/v1/admin/service/get_unresolved_count", nil).at("data/total_unresolved"), 0)
		for role, name := range map[string]string{"admin": "total_unserved", "spv": "total_unserved", "agent": "total_unresolved"} {
			got := w.asAdmin("GET", "/api/v2/"+role+"/service/total_unserved", nil)
			assert.Equal(t, object{name: float64(left)}, got.at("data"), role)
		}
		assert.Equal(t, http.StatusOK, take().status)
		room, _ := w.Room(taken)
		assert.Equal(t, []int64{agent.ID}, room.AgentIDs)
	}
	nobody := take()
	assert.Equal(t, http.StatusBadRequest, nobody.status)
	assert.JSONEq(t, `{"errors":"there is no unserved customer"}`, nobody.raw)
}

// An invitation keeps to the rules of an assignment.
func TestAddAgentToRoom(t *testing.T) {
	w := newWorld(t, Config{})
	room, agents := w.anyRoom(), w.Config().Agents
	add := func(roomID string, agentID int64) int {
		form := []byte("room_id=" + roomID + "&agent_id=" + text(agentID))
		header := http.Header{"Authorization": {w.state.admin().token}}
		return w.send("POST", "/api/v2/agent/service/add_agent", header, "application/x-www-form-urlencoded", form).status
	}
	assert.Equal(t, http.StatusOK, add(room, agents[0].ID))
	assert.Equal(t, http.StatusOK, add(room, agents[1].ID))
	assert.Equal(t, http.StatusBadRequest, add(room, agents[4].ID), "offline")
	assert.Equal(t, http.StatusNotFound, add("1", agents[0].ID))
	snapshot, _ := w.Room(room)
	assert.Equal(t, []int64{agents[0].ID, agents[1].ID}, snapshot.AgentIDs)
}
