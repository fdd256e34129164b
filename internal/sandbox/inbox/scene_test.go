package inbox_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// busy is a world in which something of everything has happened.
type busy struct {
	*world

	room string // in which most has
}

func busyWorld(t *testing.T) *busy {
	t.Helper()
	w := &busy{}
	failing := 0
	hook := receiver(t, func(answer http.ResponseWriter, r *http.Request) {
		var body struct {
			Payload struct {
				Message struct{ Text string }
				Room    struct{ ID string }
			}
		}
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		answer.Header().Set("Content-Type", "application/json")
		if failing++; failing%5 == 0 {
			answer.WriteHeader(http.StatusServiceUnavailable)
		}
		_, err := answer.Write([]byte(`{"ok":true}`))
		assert.NoError(t, err)
	})
	w.world = newWorld(t, sandbox.Config{
		Rooms: 18,
		Agents: []sandbox.Agent{
			{Name: "Rini Astuti", Email: "rini@example.id"},
			{Name: "Agus Setiawan", Email: "agus@example.id", Divisions: []string{"Keluhan"}},
			{Name: "Putri Rahayu", Email: "putri@example.id", Offline: true},
		},
		Webhooks: sandbox.Webhooks{Bot: hook + "/bot", NewSession: hook + "/session", Resolve: hook + "/resolved"},
	})
	ctx, agents := t.Context(), w.Config().Agents
	w.writes("ig", "17841400000417", "Bayu Nugroho", "Kak, ongkir ke Makassar berapa ya?")
	resolved := w.writes("qiscus", "laras@example.id", "Laras Puspita", "Pesanan saya sudah sampai, terima kasih!")
	require.NoError(t, w.TakeOver(ctx, resolved, agents[0].ID))
	require.NoError(t, w.Resolve(ctx, resolved, agents[0].ID, "Sudah diterima"))
	complaint := w.writes("wa", "6281155507788", "Gilang Ramadhan", "Barangnya penyok, bisa ditukar?")
	require.NoError(t, w.TakeOver(ctx, complaint, agents[1].ID))
	require.NoError(t, w.Tag(ctx, complaint, "keluhan"))
	require.NoError(t, w.AgentWrites(ctx, sandbox.AgentMessage{RoomID: complaint, AgentID: agents[1].ID, Text: "Mohon maaf, kami kirim yang baru hari ini."}))

	w.room = w.writes("qiscus", "wulan@example.id", "Wulan Sari", "Halo, kopi Gayo masih ada?")
	w.call(http.MethodPost, "/api/v1/qiscus/room/"+w.room+"/user_info", map[string]any{"user_properties": []any{
		map[string]any{"key": "Pelanggan sejak", "value": "2023"}, map[string]any{"key": "Kota", "value": "Bandung"},
	}})
	w.bot(w.room, "buttons", "Masih ada! Mau yang mana?", map[string]any{
		"text": "Masih ada! Mau yang mana?", "buttons": []any{
			map[string]any{"label": "200 gram", "type": "postback", "postback_text": "Gayo 200 gram", "payload": map[string]any{"url": "", "payload": map[string]any{"sku": "gayo-200"}}},
			map[string]any{"label": "1 kilo", "type": "postback", "postback_text": "Gayo 1 kilo", "payload": map[string]any{"url": "", "payload": nil}},
			map[string]any{"label": "Lihat menu", "type": "link", "payload": map[string]any{"url": "https://example.id/menu"}},
		},
	})
	w.writesMessage(sandbox.CustomerMessage{
		Source: "qiscus", UserID: "wulan@example.id", Type: "button_postback_response", Text: "Gayo 1 kilo", Payload: map[string]any{"sku": "gayo-1000"},
	})
	w.bot(w.room, "carousel", "", map[string]any{"cards": []any{
		map[string]any{"title": "Gayo Arabika", "description": "Sangrai sedang · Rp 240.000", "image": picture, "buttons": []any{
			map[string]any{"label": "Pesan", "type": "postback", "postback_text": "Pesan Gayo Arabika", "payload": map[string]any{"url": ""}}}},
		map[string]any{"title": "Gayo Wine", "description": "Fermentasi penuh · Rp 310.000", "image": picture, "buttons": []any{
			map[string]any{"label": "Pesan", "type": "postback", "postback_text": "Pesan Gayo Wine", "payload": map[string]any{"url": ""}}}},
	}})
	w.writes("qiscus", "wulan@example.id", "", "Yang Wine dua bungkus. Bisa dikirim besok?")
	require.NoError(t, w.TakeOver(ctx, w.room, agents[0].ID))
	require.NoError(t, w.Tag(ctx, w.room, "grosir"))
	require.NoError(t, w.AgentWrites(ctx, sandbox.AgentMessage{RoomID: w.room, AgentID: agents[0].ID, Text: "Bisa, Kak Wulan. Kami kirim besok pagi sebelum jam sembilan."}))
	w.writesMessage(sandbox.CustomerMessage{
		Source: "qiscus", UserID: "wulan@example.id", Type: "location",
		Payload: map[string]any{"name": "Toko Wulan", "address": "Jalan Melati 8, Bandung", "latitude": -6.91, "longitude": 107.61},
	})
	w.call(http.MethodGet, "/api/v2/customer_rooms?limit=20", nil)
	w.call(http.MethodPost, "/api/v1/admin/service/assign_agent", map[string]any{"room_id": complaint, "agent_id": "none"})
	w.call(http.MethodGet, "/api/v2/admin/agents", nil)
	w.call(http.MethodGet, "/api/v3/rooms", nil)
	return w
}

// entry is the newest call of the bot.
func (w *busy) entry() string {
	w.t.Helper()
	found := w.Timeline().Newest(1, func(entry timeline.Entry) bool { return entry.Name == "sendBotMessage" })
	require.NotEmpty(w.t, found)
	return strconv.FormatInt(found[0].ID, 10)
}

// picture is a cup of coffee, more or less.
const picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
