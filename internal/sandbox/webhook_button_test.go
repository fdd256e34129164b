package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPressButton(t *testing.T) {
	w := newWorld(t, Config{})
	ticket, invoice := w.receiver.server.URL+"/customButton", w.receiver.server.URL+"/customButton?faktur"
	require.NoError(t, w.SetButtons(Button{Name: "Buat tiket", URL: ticket}, Button{Name: "Faktur", URL: invoice}))
	room := w.anyRoom()
	agent := w.Config().Agents[0]
	require.NoError(t, w.PressButton(t.Context(), room, agent.ID, "Buat tiket"))
	require.NoError(t, w.PressButton(t.Context(), room, 0, "Faktur"))
	sent := w.delivered()
	require.Equal(t, 2, count(sent, "customButton"))
	first, second := sent[len(sent)-2], sent[len(sent)-1]
	assert.Equal(t, "agent", first.at("agent/type"))
	assert.Equal(t, agent.Email, first.at("agent/email"))
	assert.Equal(t, "admin", second.at("agent/type"))
	assert.Equal(t, "WhatsApp", first.at("channel_type"))
	assert.IsType(t, 1.0, first.at("room_id"))
	assert.Equal(t, "628115559999", first.at("customer/user_id"))
	entry := w.Timeline().Newest(1, nil)[0]
	assert.Equal(t, invoice, entry.URL, "each button has its own address")
	require.ErrorIs(t, w.PressButton(t.Context(), room, 0, "Faktur"), ErrShutdown)
}

func TestPressButtonRefuses(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	require.ErrorContains(t, w.PressButton(t.Context(), room, 0, "Lain"), `no button "Lain"`)
	require.ErrorContains(t, w.PressButton(t.Context(), room, 0, "Buat tiket"), "no address")
	require.NoError(t, w.SetWebhook("customButton:Buat tiket", w.receiver.server.URL+"/customButton", false))
	require.ErrorContains(t, w.PressButton(t.Context(), room, 0, "Buat tiket"), "off")
	require.ErrorContains(t, w.PressButton(t.Context(), "1", 0, "Buat tiket"), "no room 1")
	require.ErrorContains(t, w.PressButton(t.Context(), room, 1, "Buat tiket"), "no agent 1")

	for name, buttons := range map[string][]Button{
		"no name": {{URL: "http://127.0.0.1:9"}}, "twice": {{Name: "a"}, {Name: "a"}}, "no address": {{Name: "a", URL: "x"}},
	} {
		require.Error(t, w.SetButtons(buttons...), name)
		_, err := New(Config{Buttons: buttons})
		require.Error(t, err, name)
	}
	assert.Len(t, w.Buttons(), 1)
	_, err := New(Config{Channels: []Channel{{ID: 1, Source: "ik", Custom: true, WebhookURL: "x"}}})
	require.ErrorIs(t, err, errAddress)
}

// The API lists the buttons, and replacing them switches the new ones on.
func TestButtonsInTheAPI(t *testing.T) {
	w := newWorld(t, Config{Buttons: []Button{{Name: "Buat tiket"}, {Name: "Faktur"}}})
	require.NoError(t, w.SetWebhook("customButton:Faktur", "", false))
	got := w.asAdmin("GET", "/api/v2/app/config/ticketing", nil)
	require.Equal(t, http.StatusOK, got.status)
	assert.Equal(t, "Buat tiket", got.at("data/configs/0/button"))
	assert.Equal(t, true, got.at("data/configs/0/enabled"))
	assert.Equal(t, false, got.at("data/configs/1/enabled"))
	require.NoError(t, w.SetButtons(Button{Name: "Faktur"}))
	got = w.asAdmin("GET", "/api/v2/app/config/ticketing", nil)
	assert.Equal(t, true, got.at("data/configs/0/enabled"))
	assert.Nil(t, got.at("data/configs/1"))
}

func TestChannelLabels(t *testing.T) {
	labels := map[string]bool{}
	for _, source := range []string{"wa", "qiscus", "ig", "fb", "line", "telegram", "tiktok", "lain"} {
		label := channelLabel(&Channel{Source: source})
		assert.NotEmpty(t, label)
		labels[label] = true
	}
	assert.Len(t, labels, 8)
	assert.Equal(t, "Custom Channel", channelLabel(&Channel{Source: "wa", Custom: true}))
}
