package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// listAgents tells how many customers an agent had a while ago, to the moment; every
// other call tells how many there are.
func TestCountsOfListAgentsLag(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, CountLag: 3 * time.Second})
	agent := w.Config().Agents[0]
	told := func() []int {
		t.Helper()
		number := func(got answer, path string) int { return int(got.at(path).(float64)) }
		const count = "/current_customer_count"
		room := w.writes("wa", "628115550900", "halo")
		fresh := []int{
			number(w.call("GET", "/api/v1/admin/agents/get_by_ids?ids[]="+text(agent.ID), nil), "data/0"+count),
			number(w.call("GET", "/api/v2/admin/agent/"+text(agent.ID), nil), "data/agent"+count),
			number(w.call("GET", "/api/v2/admin/service/available_agents?room_id="+room, nil), "data/agents/0"+count),
		}
		assert.Equal(t, []int{fresh[0], fresh[0], fresh[0]}, fresh)
		listed := w.call("GET", "/api/v2/admin/agents?scope=email&search="+agent.Email, nil)
		return []int{number(listed, "data/agents/0"+count), fresh[0]}
	}
	assign := func(customer string) string {
		room := w.writes("wa", customer, "halo")
		w.call("POST", assignPath, object{"room_id": room, "agent_id": agent.ID})
		return room
	}
	first := assign("628115550901")
	assert.Equal(t, []int{0, 1}, told())
	w.move(2 * time.Second)
	assign("628115550902")
	assert.Equal(t, []int{0, 2}, told())
	w.move(time.Second)
	assert.Equal(t, []int{1, 2}, told(), "what was true three seconds ago")
	w.resolve(first)
	assert.Equal(t, []int{1, 1}, told())
	w.move(2 * time.Second)
	assert.Equal(t, []int{2, 1}, told())
	w.move(time.Second)
	assert.Equal(t, []int{1, 1}, told())
}

// What nobody can be told any more is forgotten.
func TestOldCountsAreForgotten(t *testing.T) {
	count := customerCount{lag: time.Minute}
	at := frozen()
	for range 1000 {
		count.change(1, at)
		at = at.Add(time.Second)
	}
	assert.LessOrEqual(t, len(count.past), 62)
	assert.Equal(t, 941, count.told(at), "the one of second 940 too")
	fresh := customerCount{}
	fresh.change(1, at)
	assert.Empty(t, fresh.past)
	assert.Equal(t, 1, fresh.told(at))
}
