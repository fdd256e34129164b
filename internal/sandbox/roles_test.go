package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An agent's token goes the agents' way; supervisors' and the admin's go everywhere.
func TestRolesInPaths(t *testing.T) {
	w := staffWorld(t)
	config := w.Config()
	room := w.anyRoom()
	tokens := map[string]string{
		"admin": w.tokenOf(config.AdminEmail, config.AdminPassword),
		"agent": w.tokenOf("kasir@example.id", config.AdminPassword),
		"spv":   w.tokenOf("laras@example.id", config.AdminPassword),
	}
	for _, path := range []string{
		"/api/v2/{role}/service/available_agents?room_id=" + room, "/api/v2/{role}/service/other_agents?room_id=" + room,
		"/api/v2/{role}/service/total_unserved", "/api/v2/{role}/agents",
	} {
		for who, token := range tokens {
			for _, role := range []string{"admin", "agent", "spv"} {
				if role == "agent" && path == "/api/v2/{role}/agents" {
					continue // no such path
				}
				want := http.StatusOK
				if who == "agent" && role != "agent" {
					want = http.StatusForbidden
				}
				assert.Equal(t, want, w.withToken("GET", replaceRole(path, role), token).status, "%s at %s with %s", who, path, role)
			}
		}
	}
	for _, role := range []string{"admin", "agent"} {
		profile := w.withToken("GET", replaceRole("/api/v1/{role}/get_profile", role), tokens["agent"])
		assert.Equal(t, "kasir@example.id", profile.at("data/email"), "one's own")
	}
	refused := w.sendAsUser(assignPath, tokens["agent"], object{"room_id": room, "agent_id": 80001})
	assert.Equal(t, http.StatusForbidden, refused.status)
	assert.Empty(t, w.agentsIn(room))
	let := w.sendAsUser(replaceRole("/api/v1/{role}/service/assign_agent", "agent"), tokens["agent"], object{"room_id": room, "agent_id": 80001})
	assert.Equal(t, http.StatusOK, let.status)
	assert.Equal(t, []int64{80001}, w.agentsIn(room))
}

// What the app forbids its agents, others may do.
func TestWhatAgentsMayNot(t *testing.T) {
	w := newWorld(t, Config{NoTakeover: true, NoNewTags: true})
	agent := w.Config().Agents[0]
	token := w.tokenOf(agent.Email, agent.Password)
	room := w.anyRoom()
	taken := w.withToken("POST", takeOverPath, token)
	assert.Equal(t, http.StatusBadRequest, taken.status)
	assert.JSONEq(t, `{"errors":"agent takeover is disabled"}`, taken.raw)

	tags := "/api/v2/room_tags/" + room
	assert.Equal(t, http.StatusForbidden, w.sendAsUser(tags, token, object{"tag": "grosir"}).status)
	require.Equal(t, http.StatusOK, w.call("POST", tags, object{"tag": "grosir"}).status)
	other := "/api/v2/room_tags/" + w.writes("wa", "628115559998", "halo")
	assert.Equal(t, http.StatusOK, w.sendAsUser(other, token, object{"tag": "grosir"}).status, "the app has it by now")
	configs := w.call("GET", "/api/v2/app/configs", nil)
	assert.Equal(t, false, configs.at("data/configs/is_create_tags_enabled"))
	assert.Equal(t, false, configs.at("data/configs/is_agent_takeover_enabled"))
}
