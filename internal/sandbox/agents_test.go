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
