package sandbox

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Agents race for a room; max_agent 1 lets exactly one in.
func TestMaxAgentUnderConcurrency(t *testing.T) {
	w := newWorld(t, Config{AgentCount: 21, Rooms: 1})
	room := w.call("POST", "/api/v2/customer_rooms", object{}).at("data/customer_rooms/0/room_id").(string)
	var racers sync.WaitGroup
	answers := make([]answer, 20)
	for i := range answers {
		racers.Go(func() {
			answers[i] = w.call("POST", assignPath, object{"room_id": room, "agent_id": w.Config().Agents[i].ID, "max_agent": 1})
		})
	}
	racers.Wait()
	let := 0
	for _, got := range answers {
		if got.status == http.StatusOK {
			let++
			continue
		}
		assert.Equal(t, http.StatusBadRequest, got.status)
		assert.JSONEq(t, `{"errors":{"message":"Cant join room, exceed max agents"}}`, got.raw)
	}
	assert.Equal(t, 1, let)
	snapshot, _ := w.Room(room)
	assert.Len(t, snapshot.AgentIDs, 1)
}

func TestAssignRules(t *testing.T) {
	w := newWorld(t, Config{})
	agents := w.Config().Agents
	online, other, offline := agents[0].ID, agents[1].ID, agents[4].ID
	room := w.anyRoom()
	assign := func(body object) (int, any) {
		got := w.call("POST", assignPath, body)
		return got.status, got.at("errors/message")
	}
	for _, step := range []struct {
		name    string
		body    object
		status  int
		message any
		serving []int64
	}{
		{"unknown room", object{"room_id": "1", "agent_id": online}, 404, "room not found", nil},
		{"unknown agent", object{"room_id": room, "agent_id": 1}, 404, "agent not found", nil},
		{"offline", object{"room_id": room, "agent_id": offline}, 400, "agent is offline", nil},
		{"first", object{"room_id": room, "agent_id": online, "max_agent": 1}, 200, nil, []int64{online}},
		{
			"again", object{"room_id": room, "agent_id": online, "max_agent": "1"},
			400, "Cant join room, exceed max agents", []int64{online},
		},
		{"again, with places left", object{"room_id": room, "agent_id": online}, 200, nil, []int64{online}},
		{
			"replace", object{"room_id": room, "agent_id": other, "max_agent": 1, "replace_latest_agent": true},
			200, nil, []int64{other},
		},
		{"second", object{"room_id": room, "agent_id": online, "max_agent": 0}, 200, nil, []int64{other, online}},
	} {
		status, message := assign(step.body)
		assert.Equal(t, step.status, status, step.name)
		assert.Equal(t, step.message, message, step.name)
		snapshot, _ := w.Room(room)
		assert.Equal(t, step.serving, snapshot.AgentIDs, step.name)
	}
	removed := w.call("POST", "/api/v1/admin/service/remove_agent", object{"room_id": room, "agent_id": other})
	assert.Equal(t, http.StatusOK, removed.status)
	removed = w.call("POST", "/api/v1/admin/service/remove_agent", object{"room_id": room, "agent_id": other})
	assert.Equal(t, http.StatusNotFound, removed.status)
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": room})
	status, message := assign(object{"room_id": room, "agent_id": online})
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "room is already resolved", message)
}

// The platform proposes the least busy agent who is online, and counts the same
// customers in all its lists.
func TestAllocate(t *testing.T) {
	w := newWorld(t, Config{AgentCount: 3, Rooms: 4}) // the third is offline
	agents := w.Config().Agents
	proposed := func() any {
		return w.call("POST", "/api/v1/admin/service/allocate_agent", object{"source": "wa", "channel_id": ""}).at("data/agent/id")
	}
	rooms := w.call("POST", "/api/v2/customer_rooms", object{}).at("data/customer_rooms").([]any)
	for i, want := range []int64{agents[0].ID, agents[1].ID, agents[0].ID} {
		assert.InDelta(t, want, proposed(), 0)
		assert.InDelta(t, want, proposed(), 0, "proposing assigns nothing")
		room := rooms[i].(object)["room_id"].(string)
		got := w.send("POST", "/api/v1/admin/service/allocate_assign_agent", w.secret(),
			"application/x-www-form-urlencoded", []byte("room_id="+room))
		assert.InDelta(t, want, got.at("data/agent/id"), 0)
		snapshot, _ := w.Room(room)
		assert.Equal(t, []int64{want}, snapshot.AgentIDs)
	}
	got := w.call("GET", "/api/v1/admin/agents/get_by_ids?ids[]="+text(agents[0].ID)+"&ids[]=9", nil)
	assert.Len(t, got.at("data"), 1)
	assert.InDelta(t, 2, got.at("data/0/current_customer_count"), 0)
	assert.Equal(t, "2", got.at("data/0/total_customers"))

	free := w.call("GET", "/api/v2/admin/service/available_agents?room_id="+rooms[0].(object)["room_id"].(string), nil)
	assert.Len(t, free.at("data/agents"), 1, "neither who serves the room already nor who is offline")
	assert.Nil(t, free.at("meta/total_count"))

	unknown := w.call("POST", "/api/v1/admin/service/allocate_agent", object{"source": "tiktok"})
	assert.Equal(t, http.StatusNotFound, unknown.status)
}

func TestNobodyIsFree(t *testing.T) {
	w := newWorld(t, Config{Agents: []Agent{}})
	room := w.anyRoom()
	got := w.call("POST", "/api/v1/admin/service/allocate_agent", object{"source": "wa"})
	assert.JSONEq(t, `{"data":{"agent":null}}`, got.raw)
	got = w.call("GET", "/api/v2/admin/service/available_agents?room_id="+room, nil)
	assert.Equal(t, []any{}, got.at("data/agents"))
	got = w.send("POST", "/api/v1/admin/service/allocate_assign_agent", w.secret(),
		"application/x-www-form-urlencoded", []byte("room_id="+room+"&ignore_agent_availability=true"))
	assert.JSONEq(t, `{"data":{"agent":null}}`, got.raw)
}
