//go:build screenshots

package inbox_test

import (
	"encoding/base64"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	sandboxworld "github.com/qismo-go/qismo/internal/sandbox/world"
)

// busy is the demo's world on one invented morning, in which a shop sells coffee.
type busy struct {
	*world

	room string // in which most has
	now  *atomic.Int64
}

// after lets some time pass, once all webhooks have arrived.
func (w *busy) after(wait time.Duration) {
	w.t.Helper()
	require.NoError(w.t, w.Settle(w.t.Context()))
	w.now.Add(int64(wait))
}

func busyWorld(t *testing.T) *busy {
	t.Helper()
	w := &busy{now: new(atomic.Int64)}
	w.now.Store(time.Date(2026, time.March, 12, 9, 41, 0, 0, time.Local).UnixNano())
	var received atomic.Int64
	hook := receiver(t, func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "application/json")
		if received.Add(1)%5 == 0 {
			answer.WriteHeader(http.StatusServiceUnavailable)
		}
		_, err := answer.Write([]byte(`{"ok":true}`))
		assert.NoError(t, err)
	})
	demo, err := sandboxworld.Demo()
	require.NoError(t, err)
	config, err := demo.Configure(t.Context(), sandbox.Config{
		Now: func() time.Time { return time.Unix(0, w.now.Load()) }, Pace: sandbox.EverydayPace(),
	})
	require.NoError(t, err)
	w.world = newWorld(t, config)
	for event, path := range map[string]string{"botMessage": "/bot", "newSession": "/session", "markAsResolved": "/resolved"} {
		require.NoError(t, w.SetWebhook(event, hook+path, true))
	}
	w.morning()
	w.sale()
	w.integration()
	require.NoError(t, w.Settle(t.Context()))
	return w
}

// morning is what goes on in other rooms.
func (w *busy) morning() {
	for i, seconds := range []int{50, 25, 15, 40, 15, 30, 20, 45, 15} {
		w.after(time.Duration(seconds) * time.Second)
		switch i % 3 {
		case 0:
			w.call(http.MethodGet, "/api/v2/customer_rooms?limit=20", nil)
			w.writes("wa", "62811777012", "", []string{"Masih ada?", "Halo?", "Saya tunggu ya"}[i/3])
		case 1:
			w.call(http.MethodGet, "/api/v2/admin/agents", nil)
			w.writes("qiscus", "dodi@example.id", "", "Tiga bulan saja")
		default:
			w.writes("ig", "17841400000417", "Bayu Nugroho", "Kak, ongkir ke Makassar berapa ya?")
		}
	}
}

// sale is the conversation that is open: a bot offers, a customer chooses, an agent
// closes.
func (w *busy) sale() {
	w.after(25 * time.Second)
	w.room = w.writes("qiscus", "kirana@example.id", "Kirana Putri", "Halo, kopi Gayo masih ada?")
	require.NoError(w.t, w.SetRoomInfo(w.t.Context(), w.room, []sandbox.Property{
		{Key: "Pelanggan sejak", Value: "2023"}, {Key: "Kota", Value: "Bandung"},
	}))
	answer := func(label, text string) object {
		return object{"label": label, "type": "postback", "postback_text": text, "payload": object{"url": ""}}
	}
	card := func(title, description string) object {
		return object{"title": title, "description": description, "image": coffee(w.t), "buttons": []any{answer("Pesan", "Pesan "+title)}}
	}
	w.after(15 * time.Second)
	w.bot(w.room, "carousel", "", object{"cards": []any{
		card("Gayo Arabika", "Sangrai sedang · Rp 240.000"), card("Gayo Wine", "Fermentasi penuh · Rp 310.000"),
	}})
	w.after(20 * time.Second)
	w.writesMessage(sandbox.CustomerMessage{
		Source: "qiscus", UserID: "kirana@example.id", Type: "button_postback_response", Text: "Pesan Gayo Wine", Payload: object{},
	})
	w.bot(w.room, "buttons", "Mau yang mana?", object{"text": "Mau yang mana?", "buttons": []any{
		answer("200 gram", "Gayo Wine 200 gram"), answer("1 kilo", "Gayo Wine 1 kilo"),
		object{"label": "Lihat menu", "type": "link", "payload": object{"url": "https://example.id/menu"}},
	}})
	w.after(25 * time.Second)
	w.writes("qiscus", "kirana@example.id", "", "Dua bungkus yang 1 kilo. Bisa dikirim besok?")
	rini := w.Config().Agents[0].ID
	require.NoError(w.t, w.TakeOver(w.t.Context(), w.room, rini))
	require.NoError(w.t, w.Tag(w.t.Context(), w.room, "grosir"))
	w.after(30 * time.Second)
	require.NoError(w.t, w.AgentWrites(w.t.Context(), sandbox.AgentMessage{
		RoomID: w.room, AgentID: rini, Text: "Bisa, Kak Kirana. Kami kirim besok pagi sebelum jam sembilan.",
	}))
}

// integration is what programs ask for, rightly and wrongly.
func (w *busy) integration() {
	w.after(20 * time.Second)
	w.call(http.MethodGet, "/api/v3/rooms", nil)
	w.after(15 * time.Second)
	w.call(http.MethodPost, "/api/v1/admin/service/assign_agent", object{"room_id": w.room, "agent_id": 7})
	w.call(http.MethodGet, "/api/v2/customer_rooms/"+w.room, nil)
}

// entry is the newest call of the bot.
func (w *busy) entry() string {
	w.t.Helper()
	found := w.Timeline().Newest(1, func(entry timeline.Entry) bool { return entry.Name == "sendBotMessage" })
	require.NotEmpty(w.t, found)
	return strconv.FormatInt(found[0].ID, 10)
}

// coffee is a picture that is in its own address.
func coffee(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("static/coffee.png")
	require.NoError(t, err)
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(content)
}
