package inbox_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// object is a JSON object.
type object = map[string]any

// Every type of message is shown as what it is.
func TestMessages(t *testing.T) {
	postback := object{"label": "Ya", "type": "postback", "postback_text": "ya, pesan", "payload": object{"url": ""}}
	link := object{"label": "Menu", "type": "link", "payload": object{"url": "https://example.id/menu"}}
	for name, test := range map[string]struct {
		kind, text string
		payload    any
		shown      []string
		hidden     []string
	}{
		"text": {kind: "text", text: "baris satu\nbaris dua", shown: []string{`<p class="text">baris satu` + "\n" + `baris dua</p>`}},
		"buttons": {
			kind: "buttons", payload: object{"text": "Jadi?", "buttons": []any{postback, link}},
			shown: []string{"Jadi?", `title="The customer sends: ya, pesan">Ya</button>`, `href="https://example.id/menu" target="_blank" rel="noopener noreferrer">Menu ↗</a>`},
		},
		"a link to a telephone": {
			kind: "buttons", payload: object{"text": "Jadi?", "buttons": []any{object{"label": "Telepon", "type": "link", "payload": object{"url": "tel:+628115550117"}}}},
			shown: []string{`href="tel:&#43;628115550117"`},
		},
		"card": {
			kind: "card", payload: object{"text": "Baru", "title": "Gayo", "description": "200 gram", "image": "https://example.id/gayo.jpg", "buttons": []any{postback}},
			shown:  []string{"Baru", "<b>Gayo</b>", "<p>200 gram</p>", `class="picture" href="https://example.id/gayo.jpg"`, ">Ya</button>"},
			hidden: []string{`<img src="https`},
		},
		"carousel": {
			kind: "carousel", payload: object{"cards": []any{
				object{"title": "Gayo", "buttons": []any{postback}},
				object{"title": "Toraja", "default_action": object{"type": "postback", "postback_text": "toraja", "payload": object{"url": ""}}},
			}},
			shown: []string{`class="cards many"`, "<b>Gayo</b>", "<b>Toraja</b>", ">toraja</button>"},
		},
		"file": {
			kind: "file_attachment", payload: object{"url": "https://cdn.example.id/a/harga.pdf", "caption": "daftar harga", "size": 48211, "pages": 2},
			shown: []string{`href="https://cdn.example.id/a/harga.pdf"`, ">harga.pdf</a>", "daftar harga", "48211 bytes, 2 pages"},
		},
		"picture in the message": {
			kind: "file_attachment", payload: object{"url": picture, "file_name": "bukti.png"},
			shown: []string{`<img src="data:image/png;base64,`, `alt="bukti.png"`},
		},
		"picture elsewhere": {
			kind: "file_attachment", payload: object{"url": "https://cdn.example.id/bukti.png"},
			shown: []string{">bukti.png</a>"}, hidden: []string{"<img"},
		},
		"page in place of a picture": {
			kind: "file_attachment", payload: object{"url": "data:text/html;base64,PHNjcmlwdD4="},
			shown: []string{"<b>file</b>"}, hidden: []string{"<img", "data:text/html"},
		},
		"drawing": {
			kind: "file_attachment", payload: object{"url": "data:image/svg+xml;base64,PHN2Zz4="}, hidden: []string{"<img"},
		},
		"location": {
			kind: "location", text: "ignored", payload: object{"name": "Kopi Wangi", "address": "Jalan Melati 8", "latitude": -6.91, "longitude": 107.61, "map_url": "https://maps.example.id/wangi"},
			shown: []string{"<b>Kopi Wangi</b>", "Jalan Melati 8", "-6.91, 107.61", `href="https://maps.example.id/wangi"`}, hidden: []string{"ignored"},
		},
		"contact": {
			kind: "contact_person", payload: object{"name": "Bu Ratna", "value": "628115550000", "type": "phone"},
			shown: []string{"<b>Bu Ratna</b>", "628115550000"},
		},
		"reply": {
			kind: "reply", payload: object{"text": "Yang itu", "replied_comment_message": "Mau yang mana?", "replied_comment_sender_username": "Bot"},
			shown: []string{"<blockquote><b>Bot</b>Mau yang mana?</blockquote>", "Yang itu"},
		},
		"custom": {
			kind: "custom", payload: object{"type": "nota", "content": object{"total": 96000, "lunas": true}},
			shown: []string{`<span class="json-name">&#34;total&#34;</span>`, `<span class="json-number">96000</span>`, `<span class="json-word">true</span>`},
		},
		"a kind that nobody knows": {
			kind: "hologram", text: "lihat", payload: []any{"a"},
			shown: []string{`<p class="kind">hologram</p>`, "lihat", `<span class="json-text">&#34;a&#34;</span>`},
		},
		"parts that are none": {kind: "contact_person", payload: object{"name": 7, "value": []any{}}, shown: []string{"<b>7</b>"}},
		"cards that are none": {
			kind: "carousel", payload: object{"cards": []any{nil, "x", object{"title": 7, "buttons": object{}}}}, shown: []string{"<b>7</b>"},
		},
		"a payload that is none": {kind: "reply", text: "Yang itu", payload: []any{}, shown: []string{"Yang itu"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			room := w.writesMessage(sandbox.CustomerMessage{Source: "qiscus", UserID: "wulan", Type: test.kind, Text: test.text, Payload: test.payload})
			_, log, _ := strings.Cut(w.get("/", "room", room).body, `role="log"`)
			log, _, _ = strings.Cut(log, `class="acts"`)
			for _, text := range test.shown {
				assert.Contains(t, log, text)
			}
			for _, text := range test.hidden {
				assert.NotContains(t, log, text)
			}
		})
	}
}

// Who wrote a message can be told, and one is the first of a row.
func TestAuthors(t *testing.T) {
	w := newWorld(t, sandbox.Config{Webhooks: sandbox.Webhooks{NewSession: "http://127.0.0.1:1/"}})
	room := w.wulan()
	w.bot(room, "text", "Masih", nil)
	w.bot(room, "text", "Mau berapa?", nil)
	require.NoError(t, w.TakeOver(t.Context(), room, 0))
	require.NoError(t, w.AgentWrites(t.Context(), sandbox.AgentMessage{RoomID: room, Text: "Saya bantu"}))
	page := w.get("/").body
	for class, times := range map[string]int{
		`message by-customer first"`: 1, `message by-bot first"`: 1, `message by-bot"`: 1, `message by-agent first"`: 1, `class="system"`: 1,
	} {
		assert.Equal(t, times, strings.Count(page, class), class)
	}
}

// Of a long conversation the newest is shown.
func TestEarlierMessages(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	for i := range 130 {
		w.writes("wa", "6281155501234", "Wulan Sari", fmt.Sprintf("pesan ke-%d.", i))
	}
	page := w.get("/").body
	assert.NotContains(t, page, `<p class="text">pesan ke-29.`)
	assert.Contains(t, page, `<p class="text">pesan ke-30.`)
	assert.Contains(t, page, "Earlier messages")
	all := w.get("/", "messages", "200").body
	assert.Contains(t, all, `<p class="text">pesan ke-0.`)
	assert.NotContains(t, all, "Earlier messages")
}

// A click on a button is what the customer's would be: in the live chat the client
// says that it was one, elsewhere it is a text.
func TestClick(t *testing.T) {
	shown := map[string]string{
		"qiscus": `<p class="text">Ya</p><small>sends: ya, pesan</small>`, "wa": `· the button “Ya”`,
	}
	for source, want := range map[string]sandbox.Message{
		"qiscus": {Type: "button_postback_response", Text: "ya, pesan", Payload: object{"sku": "gayo"}},
		"wa":     {Type: "text", Text: "ya, pesan"},
	} {
		t.Run(source, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			room := w.writes(source, "6281155501234", "Wulan Sari", "Halo")
			w.bot(room, "carousel", "", object{"cards": []any{
				object{"title": "Toraja", "buttons": []any{object{"label": "Ya", "type": "postback", "payload": object{"url": ""}}}},
				object{"title": "Gayo", "buttons": []any{
					object{"label": "Menu", "type": "link", "payload": object{"url": "https://example.id"}},
					object{"label": "Ya", "type": "postback", "postback_text": "ya, pesan", "payload": object{"url": "", "payload": object{"sku": "gayo"}}},
				}},
			}})
			choice := fmt.Sprintf("%d.1", w.Messages(room)[1].ID)
			assert.Contains(t, w.get("/").body, `value="`+choice+`"`)
			assert.Equal(t, http.StatusSeeOther, w.post("click", "room", room, "choice", choice).status)
			messages := w.Messages(room)
			require.Len(t, messages, 3)
			said := messages[2]
			assert.Equal(t, sandbox.AuthorCustomer, said.Author)
			assert.Equal(t, want, sandbox.Message{Type: said.Type, Text: said.Text, Payload: said.Payload})

			page := regexp.MustCompile(`>\s+<`).ReplaceAllString(w.get("/", "room", room).body, "><")
			assert.Contains(t, page, shown[source])
			assert.Equal(t, source == "wa", strings.Contains(page, `<p class="text">ya, pesan</p>`))

			for _, odd := range []string{"", "1.1", fmt.Sprintf("%d.2", messages[1].ID), "x"} {
				assert.Contains(t, w.post("click", "room", room, "choice", odd).body, "There is no such button any more")
			}
			assert.Contains(t, w.post("click", "room", "1", "choice", choice).body, "There is no room 1")
		})
	}
}
