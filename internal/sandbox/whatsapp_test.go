package sandbox

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const messagesPath = "/whatsapp/v1/wangi-qjxw1k2m3n4o/5120/messages"

func waText(to, body string) object {
	return object{"to": to, "type": "text", "text": object{"body": body}}
}

// A free message needs a window that is open; a template does not, but is paid.
func TestWhatsAppWindow(t *testing.T) {
	var elapsed atomic.Int64
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	w := newWorld(t, Config{Now: func() time.Time { return start.Add(time.Duration(elapsed.Load())) }})
	room := w.anyRoom()
	const customer = "628115559999"
	sent := w.call("POST", messagesPath, waText(customer, "kami buka"))
	assert.Equal(t, http.StatusOK, sent.status, sent.raw)
	assert.Equal(t, customer, sent.at("contacts/0/wa_id"))
	said := w.Messages(room)
	assert.Equal(t, "kami buka", said[len(said)-1].Text)
	assert.Equal(t, AuthorAgent, said[len(said)-1].Author)

	elapsed.Store(int64(windowLength))
	late := w.call("POST", messagesPath, waText(customer, "masih di sana?"))
	assert.Equal(t, http.StatusBadRequest, late.status)
	assert.InDelta(t, metaOutsideWindow, late.at("error/code"), 0)
	assert.NotEmpty(t, late.at("error/error_data/details"))
	template := object{"to": customer, "type": "template", "template": object{
		"namespace": "", "name": "salam", "language": object{"policy": "deterministic", "code": "id"},
	}}
	assert.Equal(t, http.StatusOK, w.call("POST", messagesPath, template).status)
	assert.InDelta(t, startingCredit-templatePrice, w.call("GET", "/api/v2/admin/wa_pricing/balance", nil).at("data/channels/0/balance"), 0)
	assert.Equal(t, http.StatusBadRequest, w.call("POST", messagesPath, waText(customer, "halo?")).status, "until the customer answers")
	w.anyRoom()
	assert.Equal(t, http.StatusOK, w.call("POST", messagesPath, waText(customer, "halo!")).status)
}

func TestWhatsAppRefusals(t *testing.T) {
	w := newWorld(t, Config{})
	w.anyRoom()
	for name, test := range map[string]struct {
		body   object
		status int
		code   int64
	}{
		"not on WhatsApp": {waText("628115500000", "halo"), http.StatusBadRequest, metaUndeliverable},
		"no member":       {object{"to": "628115559999", "type": "image"}, http.StatusBadRequest, metaInvalid},
		"a stranger":      {waText("628115551234", "halo"), http.StatusBadRequest, metaOutsideWindow},
	} {
		got := w.call("POST", messagesPath, test.body)
		assert.Equal(t, test.status, got.status, name)
		assert.InDelta(t, test.code, got.at("error/code"), 0, name)
	}
	w.state.whatsApp.spent[5120] = startingCredit
	broke := w.call("POST", messagesPath, object{"to": "628115559999", "type": "template", "template": object{
		"namespace": "", "name": "salam", "language": object{"policy": "deterministic", "code": "id"},
	}})
	assert.Equal(t, http.StatusPaymentRequired, broke.status)
	for _, request := range []string{
		"POST /whatsapp/v1/lain-1/5120/messages", "POST /whatsapp/v1/wangi-qjxw1k2m3n4o/1/messages",
		"GET /whatsapp/v1/wangi-qjxw1k2m3n4o/5120/media/1", "GET /whatsapp/v1/wangi-qjxw1k2m3n4o/1/media/1",
		"GET /whatsapp/wangi-qjxw1k2m3n4o/1/settings", "POST /whatsapp/wangi-qjxw1k2m3n4o/1/settings",
	} {
		method, path := splitRequest(request)
		body := waText("628115559999", "halo")
		body["webhooks"] = object{"url": "https://hooks.example.id"}
		assert.Equal(t, http.StatusNotFound, w.call(method, path, body).status, request)
	}
}

// A customer of one number is a stranger to another.
func TestTheWindowIsTheChannels(t *testing.T) {
	w := newWorld(t, Config{Channels: []Channel{{ID: 5120, Source: "wa", Name: "Pusat"}, {ID: 5122, Source: "wa", Name: "Cabang"}}})
	w.anyRoom()
	for channel, status := range map[string]int{"5120": http.StatusOK, "5122": http.StatusBadRequest} {
		path := "/whatsapp/v1/" + w.Config().AppCode + "/" + channel + "/messages"
		assert.Equal(t, status, w.call("POST", path, waText("628115559999", "halo")).status, channel)
	}
}

func TestWhatsAppMedia(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	id := text(w.Messages(room)[0].ID)
	got := w.call("GET", "/whatsapp/v1/wangi-qjxw1k2m3n4o/5120/media/"+id, nil)
	assert.Equal(t, "image/png", got.header.Get("Content-Type"))
	assert.Equal(t, "\x89PNG", got.raw[:4])
	other, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "ig", UserID: "17841400000001", Text: "halo"})
	require.NoError(t, err)
	id = text(w.Messages(other)[0].ID)
	assert.Equal(t, http.StatusNotFound, w.call("GET", "/whatsapp/v1/wangi-qjxw1k2m3n4o/5120/media/"+id, nil).status, "of another channel")
}

func TestWhatsAppSettings(t *testing.T) {
	w := newWorld(t, Config{})
	const path = "/whatsapp/wangi-qjxw1k2m3n4o/5120/settings"
	assert.Nil(t, w.call("GET", path, nil).at("webhooks/url"))
	set := w.call("POST", path, object{"webhooks": object{"url": "https://hooks.example.id/wa"}})
	assert.Equal(t, http.StatusOK, set.status)
	assert.Equal(t, "https://hooks.example.id/wa", w.call("GET", path, nil).at("webhooks/url"))
}

// What is sent stands in the room as what it is.
func TestWhatsAppKindsInARoom(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	for kind, member := range map[string]object{
		"image":       {"link": "https://cdn.example.id/a.jpg"},
		"sticker":     {"link": "https://cdn.example.id/a.webp"},
		"interactive": {"type": "button", "body": object{"text": "pilih"}, "action": object{"buttons": []any{}}},
	} {
		got := w.call("POST", messagesPath, object{"to": "628115559999", "type": kind, kind: member})
		require.Equal(t, http.StatusOK, got.status, got.raw)
		said := w.Messages(room)
		last := said[len(said)-1]
		if kind == "interactive" {
			assert.Equal(t, "pilih", last.Text)
			continue
		}
		assert.Equal(t, "file_attachment", last.Type)
		assert.Equal(t, member["link"], last.Payload.(object)["url"])
	}
}

// WhatsApp's rule holds for the bot as well: a reminder that comes too late is a template.
func TestTheBotOutsideTheWindow(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	send := func() answer {
		return w.call("POST", "/wangi-qjxw1k2m3n4o/bot", object{
			"sender_email": "wangi-qjxw1k2m3n4o_admin@qismo.com", "message": "Masih di sana?", "type": "text", "room_id": room,
		})
	}
	require.Equal(t, http.StatusOK, send().status)
	require.NoError(t, w.Clock().Move(25*time.Hour))
	refused := send()
	assert.Equal(t, http.StatusBadRequest, refused.status)
	assert.Contains(t, refused.raw, "131047")
	w.anyRoom() // the customer writes again
	assert.Equal(t, http.StatusOK, send().status)
}
