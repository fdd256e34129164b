package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func staffWorld(t *testing.T) *world {
	t.Helper()
	return newWorld(t, Config{Rooms: 3, Agents: []Agent{
		{ID: 80002, Name: "Bagas Pranata", Email: "bagas@example.id", Divisions: []string{"Keluhan"}},
		{ID: 80001, Name: "Rini Astuti", Email: "kasir@example.id"},
		{ID: 80003, Name: "Putri Handayani", Email: "putri@example.id", Offline: true, Divisions: []string{"Keluhan"}},
		{ID: 80004, Name: "Laras Utami", Email: "laras@example.id", Type: TypeSupervisor},
	}})
}

func ids(rows any) []int64 {
	list := []int64{}
	items, _ := rows.([]any)
	for _, row := range items {
		list = append(list, int64(row.(object)["id"].(float64)))
	}
	return list
}

func TestSearchAgents(t *testing.T) {
	w := staffWorld(t)
	for query, want := range map[string][]int64{
		"":                             {adminID, 80001, 80002, 80003, 80004},
		"search=":                      {adminID, 80001, 80002, 80003, 80004},
		"user_type_scope=agent":        {80001, 80002, 80003},
		"search=PUTRI":                 {80003},
		"search=kasir&scope=default":   {80001},
		"search=kasir&scope=name":      {},
		"search=rini&scope=name":       {80001},
		"search=kasir&scope=email":     {80001},
		"search=keluh&scope=division":  {80002, 80003},
		"search=bagas&limit=1&page=2":  {},
		"limit=2&page=2":               {80002, 80003},
		"limit=2&page=9":               {},
		"search=utami&scope=name":      {80004},
		"search=a&user_type_scope=all": {adminID, 80001, 80002, 80003, 80004},
	} {
		assert.Equal(t, want, ids(w.call("GET", "/api/v2/admin/agents?"+query, nil).at("data/agents")), query)
	}
}

func TestAgentsByDivision(t *testing.T) {
	w := staffWorld(t)
	divisions := w.call("GET", "/api/v2/divisions", nil)
	assert.Equal(t, []int64{811, 812}, ids(divisions.at("data")))
	room := w.call("POST", "/api/v2/customer_rooms", object{}).at("data/customer_rooms/0/room_id")
	w.call("POST", assignPath, object{"room_id": room, "agent_id": 80001})
	for query, want := range map[string][]int64{
		"division_ids[]=812":                            {80002, 80003},
		"division_ids[]=812&is_available=true":          {80002},
		"division_ids[]=812&is_available=false":         {80003},
		"division_ids[]=811":                            {80002, 80003, 80004, 80001},
		"division_ids[]=811&sort=desc":                  {80001, 80002, 80003, 80004},
		"division_ids%5B%5D=812&division_ids%5B%5D=811": {80002, 80003, 80004, 80001},
		"division_ids[]=1":                              {},
	} {
		assert.Equal(t, want, ids(w.call("GET", "/api/v2/admin/agents/by_division?"+query, nil).at("data")), query)
	}
}

func TestAgent(t *testing.T) {
	w := staffWorld(t)
	got := w.call("GET", "/api/v2/admin/agent/80004", nil)
	assert.Equal(t, "supervisor", got.at("data/agent/type_as_string"))
	assert.Nil(t, got.at("data/agent/last_login"))
	assert.Equal(t, http.StatusNotFound, w.call("GET", "/api/v2/admin/agent/1", nil).status)
	// The lists of older routes leak tokens, and the tokens work.
	token := w.call("GET", "/api/v1/admin/agents/get_by_ids?ids[]=80004", nil).at("data/0/authentication_token").(string)
	assert.Equal(t, "Laras Utami", w.withToken("GET", profilePath, token).at("data/name"))
}

func TestUpdateAgent(t *testing.T) {
	w := staffWorld(t)
	path := "/api/v2/admin/agent/80003/update"
	with := func(name string, value any) object {
		body := object{
			"name": "Putri H.", "email": "putri.h@example.id", "channels": []object{{"source": "ig", "channel_id": 5133}}, "role_ids": []string{"812"},
		}
		body[name] = value
		return body
	}
	before := w.call("GET", "/api/v2/admin/agent/80003", nil).raw
	for name, body := range map[string]object{
		"an unknown channel":    with("channels", []object{{"source": "ig", "channel_id": 5120}}),
		"no channel's id":       with("channels", []object{{"source": "ig", "channel_id": 0}}),
		"an unknown division":   with("role_ids", []string{"812", "999"}),
		"another's address":     with("email", "kasir@example.id"),
		"an id that is no text": with("role_ids", []int{812}),
		"a list that is null":   with("channels", nil),
	} {
		status := w.call("POST", path, body).status
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, status, name)
		assert.Equal(t, before, w.call("GET", "/api/v2/admin/agent/80003", nil).raw, "%s: nothing is half done", name)
	}
	assert.Equal(t, http.StatusNotFound, w.call("POST", "/api/v2/admin/agent/1/update", with("name", "x")).status)

	got := w.call("POST", path, with("name", "Putri H."))
	assert.Equal(t, []int64{5133}, ids(got.at("data/agent/user_channels")))
	assert.Equal(t, []int64{812}, ids(got.at("data/agent/user_roles")))
	assert.Equal(t, "putri.h@example.id", w.call("GET", "/api/v2/admin/agent/80003", nil).at("data/agent/email"))
	assert.Equal(t, http.StatusOK, w.logIn("putri.h@example.id", w.Config().AdminPassword).status)
	assert.Equal(t, []int64{80001, 80002, 80004}, ids(w.call("GET", "/api/v2/admin/agents/by_division?division_ids[]=811", nil).at("data")))

	got = w.call("POST", path, with("channels", []object{}))
	assert.Empty(t, got.at("data/agent/user_channels"), "none is not all")
}

func TestOtherAgents(t *testing.T) {
	w := staffWorld(t)
	room := w.anyRoom()
	path := "/api/v2/admin/service/other_agents?room_id=" + room
	assert.Equal(t, []int64{80001, 80002, 80003}, ids(w.call("GET", path, nil).at("data/agents")), "online or not")
	w.call("POST", assignPath, object{"room_id": room, "agent_id": 80001})
	assert.Equal(t, []int64{80002, 80003}, ids(w.call("GET", path, nil).at("data/agents")))
	assert.Equal(t, []int64{80003}, ids(w.call("GET", path+"&search=PUTRI", nil).at("data/agents")))
	assert.Equal(t, []int64{80002}, ids(w.call("GET", path+"&search=bagas@", nil).at("data/agents")))
	first := w.call("GET", path+"&limit=1", nil)
	after, _ := first.at("meta/after").(string)
	assert.Equal(t, []int64{80003}, ids(w.call("GET", path+"&limit=1&cursor_after="+after, nil).at("data/agents")))
	assert.InDelta(t, 2, first.at("meta/total_count"), 0)
	assert.Equal(t, http.StatusNotFound, w.call("GET", "/api/v2/admin/service/other_agents?room_id=1", nil).status)
}
