package sandbox

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each type's payload is what the document asks of it, whoever writes and however it
// comes.
func TestMessagesOfEveryType(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	for name, test := range map[string]struct {
		kind    string
		payload any
		wrong   string // what the refusal names; "" for none
	}{
		"text":                   {"text", nil, ""},
		"text with a payload":    {"text", object{"apa": "saja"}, ""},
		"no type":                {"", nil, ""},
		"file":                   {"file_attachment", object{"url": "https://cdn.example.id/a.png", "caption": ""}, ""},
		"file as text":           {"file_attachment", `{"url":"https://cdn.example.id/a.png"}`, ""},
		"file of a Go type":      {"file_attachment", map[string]string{"url": "https://cdn.example.id/a.png"}, ""},
		"file without address":   {"file_attachment", object{"caption": "a"}, "/payload"},
		"such a file as text":    {"file_attachment", `{"caption":"a"}`, "/payload"},
		"no file":                {"file_attachment", nil, `"payload"`},
		"payload that is broken": {"file_attachment", `{"url":`, "/payload: is text, but no JSON"},
		"buttons":                {"buttons", object{"text": "a", "buttons": []any{object{"label": "Ya", "type": "postback", "payload": object{"url": "x"}}}}, ""},
		"buttons without any":    {"buttons", object{"text": "a"}, "/payload"},
		"carousel without cards": {"carousel", object{}, "/payload"},
		"place":                  {"location", object{"name": "Toko", "latitude": -6.9, "longitude": 107.6}, ""},
		"one of one's own":       {"custom", object{"type": "pesanan", "content": object{"nomor": 1}}, ""},
		"one's own, nameless":    {"custom", object{"content": object{}}, "/payload"},
	} {
		t.Run(name, func(t *testing.T) {
			message := object{"sender_email": w.botEmail(), "room_id": room, "message": "halo"}
			if test.kind != "" {
				message["type"] = test.kind
			}
			if test.payload != nil {
				message["payload"] = test.payload
			}
			byBot := w.call("POST", "/"+w.Config().AppCode+"/bot", message)
			_, byCustomer := w.CustomerWrites(t.Context(), CustomerMessage{
				UserID: "628115559999", Text: "halo", Type: test.kind, Payload: test.payload,
			})
			byAgent := w.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "halo", Type: test.kind, Payload: test.payload})
			if test.wrong == "" {
				assert.Equal(t, http.StatusOK, byBot.status, byBot.raw)
				require.NoError(t, byCustomer)
				require.NoError(t, byAgent)
				said := w.Messages(room)
				last := said[len(said)-3:]
				assert.Equal(t, last[0].Payload, last[1].Payload)
				assert.Equal(t, last[0].Payload, last[2].Payload)
				return
			}
			assert.Equal(t, http.StatusBadRequest, byBot.status, byBot.raw)
			assert.Contains(t, byBot.at("errors/message"), test.wrong)
			require.ErrorContains(t, byAgent, test.wrong)
			if _, isObject := test.payload.(object); isObject && test.kind == "file_attachment" {
				require.ErrorContains(t, byCustomer, test.wrong)
			}
		})
	}
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115559999", Type: "contact_person", Payload: object{"nama": "Budi"}})
	require.NoError(t, err, "a type that the document does not name is free")
	_, err = w.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115559999", Payload: make(chan int)})
	require.ErrorContains(t, err, "is no JSON value")
	own := w.call("POST", "/"+w.Config().AppCode+"/api/v2/custom_channel/send", object{
		"identifier_key": "ik-2207", "user_id": "mitra-1", "name": "Budi", "message": "", "type": "file_attachment",
		"payload": object{"caption": "a"},
	})
	assert.Equal(t, http.StatusBadRequest, own.status)
	assert.Contains(t, own.raw, "/payload")
}

// A message to a customer is sent, delivered and read as time goes by; a customer's is
// read when somebody marks it so or answers.
func TestStatusOfMessages(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, Pace: Pace{Receipt: time.Second}})
	room := w.anyRoom()
	lost := w.writes("wa", "628115500000", "halo")
	states := func(id string) []string {
		t.Helper()
		var all []string
		for _, said := range w.Messages(id) {
			all = append(all, said.Status)
		}
		path := "/api/v2/contacts/" + text(w.roomNamed(id).contact) + "/conversations/" + id + "?token=" + w.state.admin().token
		comments := w.asAdmin("GET", path, nil).at("results/comments").([]any)
		require.Len(t, comments, len(all))
		for i, comment := range comments { // the newest first
			assert.Equal(t, all[len(all)-1-i], comment.(object)["status"])
		}
		snapshot, _ := w.Room(id)
		assert.Equal(t, all[len(all)-1], snapshot.Last.Status)
		return all
	}
	unread := func() int { snapshot, _ := w.Room(room); return snapshot.Unread }
	assert.Equal(t, []string{"sent"}, states(room))
	w.anyRoom()
	assert.Equal(t, 2, unread())
	require.Equal(t, http.StatusOK, w.asAdmin("POST", "/api/v2/customer_rooms/"+room+"/mark_as_read", nil).status)
	assert.Equal(t, []string{"read", "read"}, states(room))
	w.anyRoom()
	assert.Equal(t, 1, unread())
	for _, id := range []string{room, lost} {
		require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: id, Text: "ya?"}))
	}
	assert.Zero(t, unread())
	assert.Equal(t, []string{"read", "read", "read", "sent"}, states(room))
	w.move(time.Second)
	assert.Equal(t, []string{"read", "read", "read", "delivered"}, states(room))
	w.move(time.Second)
	assert.Equal(t, []string{"read", "read", "read", "read"}, states(room))
	assert.Equal(t, []string{"read", "sent"}, states(lost), "the number is not on WhatsApp")
}

// The note of a resolve goes to the customer where that is asked for.
func TestNotesAreSent(t *testing.T) {
	w := newWorld(t, Config{})
	for send, want := range map[bool]int{true: 3, false: 2} {
		room := w.writes("wa", "62811555999"+map[bool]string{true: "1", false: "2"}[send], "halo")
		got := w.call("POST", appResolvePath, object{"room_id": room, "notes": "terima kasih", "is_send_notes": send})
		require.Equal(t, http.StatusOK, got.status)
		said := w.Messages(room)
		require.Len(t, said, want)
		assert.Equal(t, send, said[1].Text == "terima kasih" && said[1].Author == AuthorAgent)
	}
}
