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
)

// busy is a world in which something of everything has happened, on one invented
// morning.
type busy struct {
	*world

	room string // in which most has
	now  *atomic.Int64
}

// after lets some time pass.
func (w *busy) after(wait time.Duration) { w.now.Add(int64(wait)) }

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
	w.world = newWorld(t, sandbox.Config{
		Rooms: 18,
		Now:   func() time.Time { return time.Unix(0, w.now.Load()) },
		Agents: []sandbox.Agent{
			{Name: "Rini Astuti", Email: "rini@example.id"},
			{Name: "Agus Setiawan", Email: "agus@example.id", Divisions: []string{"Keluhan"}},
			{Name: "Putri Rahayu", Email: "putri@example.id", Offline: true},
		},
		Webhooks: sandbox.Webhooks{Bot: hook + "/bot", NewSession: hook + "/session", Resolve: hook + "/resolved"},
	})
	w.morning()
	w.sale()
	w.integration()
	require.NoError(t, w.Settle(t.Context()))
	return w
}

// morning is what goes on in other rooms.
func (w *busy) morning() {
	ctx, agents := w.t.Context(), w.Config().Agents
	for i, waiting := range w.LatestRooms(9) {
		if i%3 != 0 {
			require.NoError(w.t, w.HandOver(ctx, waiting.ID, ""))
		}
	}
	w.writes("ig", "17841400000417", "Bayu Nugroho", "Kak, ongkir ke Makassar berapa ya?")
	w.after(50 * time.Second)
	w.call(http.MethodGet, "/api/v2/customer_rooms?limit=20", nil)
	resolved := w.writes("qiscus", "laras@example.id", "Laras Puspita", "Pesanan saya sudah sampai, terima kasih!")
	require.NoError(w.t, w.TakeOver(ctx, resolved, agents[0].ID))
	w.after(70 * time.Second)
	require.NoError(w.t, w.Resolve(ctx, resolved, agents[0].ID, "Sudah diterima"))
	complaint := w.writes("wa", "6281155507788", "Gilang Ramadhan", "Barangnya penyok, bisa ditukar?")
	require.NoError(w.t, w.TakeOver(ctx, complaint, agents[1].ID))
	require.NoError(w.t, w.Tag(ctx, complaint, "keluhan"))
	w.after(40 * time.Second)
	for range 4 {
		w.writes("wa", "6281155507788", "", "Ini fotonya ya")
		w.call(http.MethodGet, "/api/v2/admin/agents", nil)
	}
	require.NoError(w.t, w.AgentWrites(ctx, sandbox.AgentMessage{
		RoomID: complaint, AgentID: agents[1].ID, Text: "Mohon maaf, kami kirim yang baru hari ini.",
	}))
}

// sale is the conversation that is open: a bot offers, a customer chooses, an agent
// closes.
func (w *busy) sale() {
	w.after(65 * time.Second)
	w.room = w.writes("qiscus", "wulan@example.id", "Wulan Sari", "Halo, kopi Gayo masih ada?")
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
		Source: "qiscus", UserID: "wulan@example.id", Type: "button_postback_response", Text: "Pesan Gayo Wine", Payload: object{},
	})
	w.bot(w.room, "buttons", "Mau yang mana?", object{"text": "Mau yang mana?", "buttons": []any{
		answer("200 gram", "Gayo Wine 200 gram"), answer("1 kilo", "Gayo Wine 1 kilo"),
		object{"label": "Lihat menu", "type": "link", "payload": object{"url": "https://example.id/menu"}},
	}})
	w.after(25 * time.Second)
	w.writes("qiscus", "wulan@example.id", "", "Dua bungkus yang 1 kilo. Bisa dikirim besok?")
	rini := w.Config().Agents[0].ID
	require.NoError(w.t, w.TakeOver(w.t.Context(), w.room, rini))
	require.NoError(w.t, w.Tag(w.t.Context(), w.room, "grosir"))
	w.after(30 * time.Second)
	require.NoError(w.t, w.AgentWrites(w.t.Context(), sandbox.AgentMessage{
		RoomID: w.room, AgentID: rini, Text: "Bisa, Kak Wulan. Kami kirim besok pagi sebelum jam sembilan.",
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

// picture is the smallest picture that there is.
const picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
