package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// allocatingWorld is one in which the platform allocates by itself: two agents are
// online, one of them for complaints, and two are not.
func allocatingWorld(t *testing.T, webhooks Webhooks) *world {
	t.Helper()
	if webhooks == (Webhooks{}) {
		webhooks.NewSession = "http://127.0.0.1:1/unused"
	}
	return newWorld(t, Config{AllocateAgents: true, Webhooks: webhooks, Agents: []Agent{
		{ID: 80001, Name: "Rini Astuti", Email: "rini@example.id"},
		{ID: 80002, Name: "Bagas Pranata", Email: "bagas@example.id", Divisions: []string{"Keluhan"}},
		{ID: 80003, Name: "Putri Handayani", Email: "putri@example.id", Divisions: []string{"Keluhan"}, Offline: true},
		{ID: 80004, Name: "Laras Utami", Email: "laras@example.id", Type: TypeSupervisor},
	}})
}

// Each customer who writes gets the least busy agent who is online, at once.
func TestAutomaticAllocation(t *testing.T) {
	w := allocatingWorld(t, Webhooks{})
	first := w.writes("wa", "628115550801", "halo")
	second := w.writes("ig", "17841401", "halo")
	third := w.writes("wa", "628115550803", "halo")
	assert.Equal(t, []int64{80001}, w.agentsIn(first))
	assert.Equal(t, []int64{80002}, w.agentsIn(second))
	assert.Equal(t, []int64{80001}, w.agentsIn(third))
	w.writes("wa", "628115550801", "masih di sana?")
	assert.Equal(t, []int64{80001}, w.agentsIn(first), "who is served keeps the agent")
	w.resolve(first)
	assert.Empty(t, w.agentsIn(first))
	w.writes("wa", "628115550801", "satu lagi")
	assert.Equal(t, []int64{80001}, w.agentsIn(first), "a new session is allocated anew: both have one")
	assert.Equal(t, true, w.call("GET", "/api/v2/app/configs", nil).at("data/configs/is_agent_allocation_enabled"))
}

// While nobody is online customers wait; who comes online gets all of them.
func TestWaitingCustomersAreAllocated(t *testing.T) {
	w := allocatingWorld(t, Webhooks{})
	for _, email := range []string{"rini@example.id", "bagas@example.id"} {
		token := w.tokenOf(email, w.Config().AdminPassword)
		w.sendAsUser("/api/v1/set_availability", token, object{"is_available": false})
	}
	rooms := []string{w.writes("wa", "628115550801", "halo"), w.writes("wa", "628115550802", "halo")}
	assert.Empty(t, w.agentsIn(rooms[0]))
	token := w.tokenOf("putri@example.id", w.Config().AdminPassword)
	w.sendAsUser("/api/v1/set_availability", token, object{"is_available": true})
	for _, room := range rooms {
		assert.Equal(t, []int64{80003}, w.agentsIn(room))
	}
}

// Whoever receives customAgentAllocation allocates; the platform then does not.
func TestNoAutomaticAllocationBesideACustomOne(t *testing.T) {
	receiver := newReceiver(t)
	t.Cleanup(receiver.server.Close)
	w := allocatingWorld(t, Webhooks{Allocation: receiver.addresses().Allocation})
	room := w.anyRoom()
	assert.Empty(t, w.agentsIn(room))
	require.NoError(t, w.Shutdown(t.Context()))
	sent := receiver.all()
	require.Equal(t, []string{"customAgentAllocation"}, events(sent))
	assert.InDelta(t, 80001, sent[0].at("candidate_agent/id"), 0)
}

// An agent who was given some channels is proposed for no others.
func TestAgentsAreProposedForTheirChannels(t *testing.T) {
	w := allocatingWorld(t, Webhooks{})
	w.call("POST", "/api/v2/admin/agent/80001/update", object{
		"name": "Rini Astuti", "email": "rini@example.id", "role_ids": []string{"811"},
		"channels": []object{{"source": "ig", "channel_id": 5133}},
	})
	assert.Equal(t, []int64{80002}, w.agentsIn(w.writes("wa", "628115550801", "halo")))
	assert.Equal(t, []int64{80001}, w.agentsIn(w.writes("ig", "17841401", "halo")))
	proposed := w.call("POST", "/api/v1/admin/service/allocate_agent", object{"source": "wa", "channel_id": 5120})
	assert.InDelta(t, 80002, proposed.at("data/agent/id"), 0, "though busier")
}

// While the bot has its turn nobody is allocated; a hand-over ends it. To a division,
// its agents only come, now or when they are online.
func TestHandOverAllocates(t *testing.T) {
	receiver := newReceiver(t)
	t.Cleanup(receiver.server.Close)
	w := allocatingWorld(t, Webhooks{Bot: receiver.addresses().Bot})
	handOver := func(room, route string, body object) {
		t.Helper()
		header := w.secret()
		header.Set("Authorization", w.Config().SecretKey)
		got := w.send("POST", "/"+w.Config().AppCode+"/bot/"+room+"/"+route, header, "application/json", encode(body))
		require.Equal(t, http.StatusOK, got.status, got.raw)
	}
	complaints := text(w.state.division("Keluhan").id)

	free := w.writes("wa", "628115550801", "halo")
	assert.Empty(t, w.agentsIn(free), "the bot answers")
	handOver(free, "hand_over", object{})
	assert.Equal(t, []int64{80001}, w.agentsIn(free))

	named := w.writes("wa", "628115550802", "rusak")
	handOver(named, "hand_over_to_role", object{"role": complaints})
	assert.Equal(t, []int64{80002}, w.agentsIn(named))
	for _, online := range []bool{false, true} {
		token := w.tokenOf("bagas@example.id", w.Config().AdminPassword)
		w.sendAsUser("/api/v1/set_availability", token, object{"is_available": false})
		waits := w.writes("wa", "62811555080"+map[bool]string{false: "3", true: "4"}[online], "rusak")
		handOver(waits, "hand_over_to_role", object{"role": complaints, "find_online_agent": online})
		w.writes("wa", w.roomNamed(waits).userID, "halo?")
		assert.Empty(t, w.agentsIn(waits), "Rini is online, and of another division")
		w.sendAsUser("/api/v1/set_availability", token, object{"is_available": true})
		assert.Equal(t, []int64{80002}, w.agentsIn(waits))
		w.resolve(waits)
		handOver(w.writes("wa", w.roomNamed(waits).userID, "halo"), "hand_over", object{})
		assert.Equal(t, []int64{80001}, w.agentsIn(waits), "the next session is anybody's: Rini has fewer")
		w.resolve(waits)
	}

	off := w.writes("wa", "628115550805", "halo")
	w.call("POST", "/bot/"+off+"/activate", object{"is_active": false})
	assert.NotEmpty(t, w.agentsIn(off), "to switch the bot off ends its turn too")
}

// With custom allocation its receiver hears of a hand-over with the next message, and
// of the division by who is proposed.
func TestHandOverAndCustomAllocation(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	path := "/" + w.Config().AppCode + "/bot/" + room + "/hand_over_to_role"
	header := w.secret()
	header.Set("Authorization", w.Config().SecretKey)
	complaints := w.state.division("Keluhan").id
	w.send("POST", path, header, "application/json", encode(object{"role": text(complaints)}))
	unknown := w.send("POST", path, header, "application/json", encode(object{"role": "1"}))
	assert.Equal(t, http.StatusNotFound, unknown.status)
	w.anyRoom()
	sent := w.delivered()
	require.Equal(t, []string{"newSession", "botMessage", "customAgentAllocation", "customAgentAllocation"}, events(sent))
	agents := w.Config().Agents
	assert.InDelta(t, agents[0].ID, sent[2].at("candidate_agent/id"), 0)
	assert.InDelta(t, agents[1].ID, sent[3].at("candidate_agent/id"), 0)
}
