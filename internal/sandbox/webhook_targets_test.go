package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWebhookTargets(t *testing.T) {
	w := newWorld(t, Config{
		Webhooks: Webhooks{Bot: "http://127.0.0.1:9/bot"},
		Buttons:  []Button{{Name: "Buat tiket", URL: "http://127.0.0.1:9/tiket"}},
		Channels: []Channel{
			{ID: 5120, Source: "wa", Name: "Pusat"}, {ID: 5121, Source: "qiscus", Name: "Situs"},
			{ID: 5140, Source: "ik-2207", Name: "Portal", Custom: true, WebhookURL: "http://127.0.0.1:9/portal"},
		},
	})
	assert.Equal(t, []WebhookTarget{
		{Name: "botMessage", Event: "botMessage", URL: "http://127.0.0.1:9/bot", On: true},
		{Name: "customAgentAllocation", Event: "customAgentAllocation"},
		{Name: "markAsResolved", Event: "markAsResolved"},
		{Name: "newSession", Event: "newSession"},
		{Name: "userLogout", Event: "userLogout"},
		{Name: "customButton:Buat tiket", Event: "customButton", Of: "Buat tiket", URL: "http://127.0.0.1:9/tiket", On: true},
		{Name: "whatsAppForward:5120", Event: "whatsAppForward", Of: "Pusat"},
		{Name: "customChannelMessage:5140", Event: "customChannelMessage", Of: "Portal", URL: "http://127.0.0.1:9/portal", On: true},
		{Name: "postComment", Event: "postComment", Of: "Chat SDK"},
	}, w.WebhookTargets())

	for _, target := range w.WebhookTargets() {
		require.NoError(t, w.SetWebhook(target.Name, "https://hooks.example.id/"+target.Event, true), target.Name)
	}
	for _, target := range w.WebhookTargets() {
		assert.True(t, target.On, target.Name)
		assert.Equal(t, "https://hooks.example.id/"+target.Event, target.URL)
		require.NoError(t, w.SetWebhook(target.Name, target.URL, false))
	}
	for _, target := range w.WebhookTargets() {
		assert.False(t, target.On, target.Name)
		assert.NotEmpty(t, target.URL, target.Name)
	}
	assert.Equal(t, "http://127.0.0.1:9/tiket", w.Config().Buttons[0].URL, "what it began with stays known")

	require.ErrorContains(t, w.SetWebhook("postRating", "", false), "no such target")
	for _, address := range []string{"hooks.example.id", "ftp://hooks.example.id", "http://", "::"} {
		err := w.SetWebhook("botMessage", address, true)
		require.ErrorIs(t, err, errAddress, address)
		assert.NotContains(t, err.Error(), "hooks.example.id")
	}
}

// Whoever has the Sandbox may name any host; the API may not.
func TestHostsThatAreNamedLaterAreAllowed(t *testing.T) {
	w, box := newPosting(t, Config{})
	require.NoError(t, w.SetWebhook("botMessage", "https://bot.example.id/botMessage", true))
	require.NoError(t, w.SetButtons(Button{Name: "Buat tiket", URL: "https://tiket.example.id/customButton"}))
	room := says(t, w, "Halo")
	require.NoError(t, w.PressButton(t.Context(), room, 0, "Buat tiket"))
	require.NoError(t, w.Shutdown(t.Context()))
	assert.Equal(t, []string{"botMessage", "customButton"}, box.events())
}

// What is told of the settings through the API is what was set without it.
func TestTargetsAndTheAPI(t *testing.T) {
	w := newWorld(t, Config{})
	const address = "http://127.0.0.1:9/hooks"
	for _, name := range []string{"markAsResolved", "whatsAppForward:5120", "customChannelMessage:5140"} {
		require.NoError(t, w.SetWebhook(name, address, true))
	}
	configs := w.call("GET", "/api/v2/app/configs", nil)
	assert.Equal(t, address, configs.at("data/configs/mark_as_resolved_webhook_url"))
	const forward = "/whatsapp/wangi-qjxw1k2m3n4o/5120/settings"
	assert.Equal(t, address, w.call("GET", forward, nil).at("webhooks/url"))
	channels := w.asAdmin("GET", "/api/v2/channels", nil)
	assert.Equal(t, address, channels.at("data/custom_channels/0/webhook_url"), channels.raw)

	require.NoError(t, w.SetWebhook("whatsAppForward:5120", address, false))
	set := w.call("POST", forward, object{"webhooks": object{"url": address + "/lain"}})
	require.Equal(t, http.StatusOK, set.status)
	assert.Contains(t, w.WebhookTargets(), WebhookTarget{
		Name: "whatsAppForward:5120", Event: "whatsAppForward", Of: "WhatsApp Kopi Wangi", URL: address + "/lain", On: true,
	}, "the API switches it on")
}
