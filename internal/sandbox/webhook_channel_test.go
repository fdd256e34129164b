package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The server of a custom channel hears what is said to its customers, and not what
// they say.
func TestCustomChannelMessages(t *testing.T) {
	w := newWorld(t, Config{})
	require.NoError(t, w.SetWebhook("customChannelMessage:5140", w.receiver.server.URL+"/customChannelMessage", true))
	agent := w.Config().Agents[0]
	customer := CustomerMessage{Source: "ik-2207", UserID: "mitra-42", Name: "Budi Santoso", Text: "Halo"}
	room, err := w.CustomerWrites(t.Context(), customer)
	require.NoError(t, err)
	bot := object{"sender_email": w.botEmail(), "room_id": room, "message": "kami buka", "type": "text"}
	require.Equal(t, http.StatusOK, w.call("POST", "/"+w.Config().AppCode+"/bot", bot).status)
	require.NoError(t, w.TakeOver(t.Context(), room, agent.ID)) // the system tells that
	require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{
		RoomID: room, AgentID: agent.ID, Type: "file_attachment", Text: "faktur",
		Payload: object{"url": "https://cdn.example.id/faktur.pdf", "caption": "faktur"},
	}))
	other := w.anyRoom() // on WhatsApp
	require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: other, Text: "halo"}))

	var heard []received
	for _, got := range w.delivered() {
		if got.event == "customChannelMessage" {
			heard = append(heard, got)
		}
	}
	require.Len(t, heard, 3)
	byBot, bySystem, byAgent := heard[0], heard[1], heard[2]
	assert.Equal(t, "kami buka", byBot.at("payload/message/text"))
	assert.Equal(t, w.botEmail(), byBot.at("payload/from/email"))
	assert.Equal(t, "system_event", bySystem.at("payload/message/type"))
	assert.Equal(t, w.botEmail(), bySystem.at("payload/from/email"))
	assert.Equal(t, "System", bySystem.at("payload/from/name"))
	assert.Equal(t, agent.Email, byAgent.at("payload/from/email"))
	assert.Equal(t, agent.Name, byAgent.at("payload/from/name"))
	assert.Equal(t, "https://cdn.example.id/faktur.pdf", byAgent.at("payload/message/payload/url"))
	assert.NotEqual(t, 0.0, byAgent.at("payload/message/id"), "only WhatsApp has no ids")
	assert.Equal(t, "mitra-42", byAgent.at("payload/room/participants/0/email"))
}

func TestEveryCallForAnAgentComesTwice(t *testing.T) {
	w := newWorld(t, Config{DoubleAllocation: true})
	room := w.anyRoom()
	w.anyRoom()
	require.NoError(t, w.TakeOver(t.Context(), room, w.Config().Agents[0].ID))
	w.anyRoom()
	sent := w.delivered()
	assert.Equal(t, []string{
		"newSession", "botMessage", "customAgentAllocation", "customAgentAllocation",
		"botMessage", "customAgentAllocation", "customAgentAllocation",
	}, events(sent))
	assert.Equal(t, sent[2].raw, sent[3].raw)
	assert.NotEqual(t, sent[2].raw, sent[5].raw)
}
