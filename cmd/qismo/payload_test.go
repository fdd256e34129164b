package main

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// The customer sees what a bot's messages hold, of every kind.
func TestChatShowsPayloads(t *testing.T) {
	yes := qismo.PostbackButton("Ya", "ya, pesan")
	messages := map[string]struct {
		message qismo.Message
		shown   string
	}{
		"file": {
			qismo.NewFile(qismo.FilePayload{URL: "https://cdn.example.id/harga.pdf", Caption: "harga"}),
			"bot: [file_attachment]\n     [file] https://cdn.example.id/harga.pdf (harga)\n",
		},
		"buttons": {
			qismo.NewButtons("Jadi?", yes, qismo.LinkButton("Menu", "https://example.id/menu")),
			"bot: Jadi?\n     [button] Ya (type: ya, pesan)\n     [button] Menu (https://example.id/menu)\n",
		},
		"card": {
			qismo.NewCard(qismo.CardPayload{Text: "Baru", Title: "Gayo", Description: "200 g", Buttons: []qismo.BotButton{yes}}),
			"bot: Baru\n     [card] Gayo (200 g)\n     [button] Ya (type: ya, pesan)\n",
		},
		"carousel": {
			qismo.NewCarousel(qismo.CarouselCard{Title: "Gayo", Buttons: []qismo.BotButton{yes}}, qismo.CarouselCard{Title: "Toraja"}),
			"bot: [carousel]\n     [card] Gayo\n     [button] Ya (type: ya, pesan)\n     [card] Toraja\n",
		},
		"place": {
			qismo.NewLocation(qismo.LocationPayload{Name: "Kopi Wangi", Latitude: -6.9, Longitude: 107.6}),
			"bot: [location]\n     [place] Kopi Wangi (-6.9, 107.6)\n",
		},
		"custom": {qismo.NewCustom("struk", map[string]any{"total": 1}), "bot: [custom]\n     [custom] struk\n"},
	}
	for name, test := range messages {
		t.Run(name, func(t *testing.T) {
			flags := newBot(t, func(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error {
				return client.Bot.SendMessage(ctx, event.RoomID(), test.message) // the platform shows it at once
			})
			code, out, errOut := call(t, "halo\n", append(flags, "--linger", "10ms")...)
			require.Equal(t, 0, code, errOut)
			assert.Equal(t, "you: halo\n"+test.shown, out)
		})
	}
}

// What is no payload of its kind shows nothing, and breaks nothing.
func FuzzDescribePayload(f *testing.F) {
	f.Add("buttons", `{"buttons":[{"label":"Ya"}]}`)
	f.Add("carousel", `"{\"cards\":[null]}"`)
	f.Add("card", `[]`)
	f.Add("location", `{"latitude":"x"}`)
	f.Fuzz(func(t *testing.T, kind, text string) {
		var payload any
		if json.Unmarshal([]byte(text), &payload) == nil {
			describePayload(kind, payload)
		}
	})
}
