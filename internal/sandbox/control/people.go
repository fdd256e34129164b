package control

import (
	"net/http"
	"strconv"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// agentRow is a member of the staff.
type agentRow struct {
	ID        int64    `json:"id"`
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	Type      string   `json:"type"`
	Available bool     `json:"available"`
	Divisions []string `json:"divisions"`
	Customers int      `json:"customers"` // who are being served
	Served    int      `json:"served"`
	Resolved  int      `json:"resolved"`
}

func rowOfAgent(agent sandbox.AgentSnapshot) agentRow {
	return agentRow{
		ID: agent.ID, Name: agent.Name, Email: agent.Email, Type: agent.Type.String(), Available: agent.Available,
		Divisions: orEmpty(agent.Divisions), Customers: agent.Customers, Served: agent.Served, Resolved: agent.Resolved,
	}
}

func (a *api) listAgents(*http.Request) (any, error) {
	rows := []agentRow{}
	for _, agent := range a.platform.Staff() {
		rows = append(rows, rowOfAgent(agent))
	}
	return map[string]any{"agents": rows}, nil
}

func (a *api) findAgent(id int64) (sandbox.AgentSnapshot, bool) {
	for _, agent := range a.platform.Staff() {
		if agent.ID == id {
			return agent, true
		}
	}
	return sandbox.AgentSnapshot{}, false
}

func (a *api) hasAgent(id int64) bool {
	_, has := a.findAgent(id)
	return has
}

// setAvailable answers with the agent.
func (a *api) setAvailable(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || !a.hasAgent(id) {
		return nil, refuse(http.StatusNotFound, "id", "there is no such agent")
	}
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	available := in.needFlag("available")
	if err := in.end(); err != nil {
		return nil, err
	}
	if err := a.platform.SetAvailable(r.Context(), id, available); err != nil {
		return nil, refused(err)
	}
	agent, _ := a.findAgent(id)
	return rowOfAgent(agent), nil
}

// channelRow is where customers write.
type channelRow struct {
	ID         int64  `json:"id"`
	Source     string `json:"source"`
	Name       string `json:"name"`
	Custom     bool   `json:"custom"`
	WebhookURL string `json:"webhook_url,omitempty"`
}

func (a *api) listChannels(*http.Request) (any, error) {
	rows := []channelRow{}
	for _, channel := range a.platform.Channels() {
		rows = append(rows, channelRow(channel))
	}
	return map[string]any{"channels": rows}, nil
}

// hasChannel tells whether there is a channel of a source and an id, of which either may
// be left out.
func (a *api) hasChannel(source string, id int64) bool {
	channels := a.platform.Channels()
	if source == "" && len(channels) > 0 {
		source = channels[0].Source
	}
	for _, channel := range channels {
		if channel.Source == source && (id == 0 || channel.ID == id) {
			return true
		}
	}
	return false
}
