package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forwarding is a sandbox that forwards what WhatsApp tells.
func forwarding(t *testing.T) (*Sandbox, *postbox) {
	t.Helper()
	sandbox, box := newPosting(t, Config{Now: frozen, Pace: Pace{Receipt: time.Second}})
	require.NoError(t, sandbox.SetWebhook("whatsAppForward:5120", "https://hooks.example.id/forward", true))
	return sandbox, box
}

// states lists the states of messages that arrived, in order.
func (p *postbox) states() []any {
	var told []any
	for _, came := range p.all() {
		if state := came.at("statuses/0/status"); state != nil {
			told = append(told, state)
		}
	}
	return told
}

// An agent's message is sent, and with the time has arrived and is read.
func TestStatusesFollowByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := forwarding(t)
		room := says(t, sandbox, "Halo")
		require.NoError(t, sandbox.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "kami buka"}))
		synctest.Wait()
		assert.Equal(t, []any{"sent"}, box.states())
		require.NoError(t, sandbox.Clock().Move(time.Second))
		synctest.Wait()
		assert.Equal(t, []any{"sent", "delivered"}, box.states())
		require.NoError(t, sandbox.Clock().Move(time.Hour))
		synctest.Wait()
		assert.Equal(t, []any{"sent", "delivered", "read"}, box.states())
		require.NoError(t, sandbox.Shutdown(t.Context()))

		came := box.all()
		message := came[0]
		said := sandbox.Messages(room)
		assert.Equal(t, "628115550101", message.at("messages/0/from"))
		assert.Equal(t, "Halo", message.at("messages/0/text/body"))
		assert.Equal(t, text(said[0].At.Unix()), message.at("messages/0/timestamp"))
		ids := map[any]bool{}
		for i, after := range []time.Duration{0, time.Second, 2 * time.Second} {
			ids[came[i+1].at("statuses/0/id")] = true
			assert.Equal(t, text(said[1].At.Add(after).Unix()), came[i+1].at("statuses/0/timestamp"))
			assert.Equal(t, "628115550101", came[i+1].at("statuses/0/recipient_id"))
		}
		assert.Len(t, ids, 1, "all of one message")
		assert.Equal(t, "service", came[1].at("statuses/0/origin/type"), "the customer has just written")
	})
}

// What the clock has not come to when the sandbox is shut down does not happen.
func TestStatusesEndWithTheSandbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := forwarding(t)
		room := says(t, sandbox, "Halo")
		require.NoError(t, sandbox.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "kami buka"}))
		require.NoError(t, sandbox.Shutdown(t.Context()))
		assert.Equal(t, []any{"sent"}, box.states())
	})
}

// The switch counts when something happens, not when the message was sent.
func TestStatusesStopWithTheForwarding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := forwarding(t)
		room := says(t, sandbox, "Halo")
		require.NoError(t, sandbox.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "kami buka"}))
		require.NoError(t, sandbox.SetWebhook("whatsAppForward:5120", "https://hooks.example.id/forward", false))
		require.NoError(t, sandbox.Clock().Move(time.Hour))
		synctest.Wait()
		assert.Equal(t, []any{"sent"}, box.states())
		says(t, sandbox, "Halo?")
		require.NoError(t, sandbox.Shutdown(t.Context()))
		assert.Len(t, box.all(), 2)
	})
}

// Whoever sends, the ids of the states are those that the calls answer with.
func TestStatusesHaveTheIDsOfTheCalls(t *testing.T) {
	w := newWorld(t, Config{}) // at a pace at which nothing arrives
	const settings = "/whatsapp/wangi-qjxw1k2m3n4o/5120/settings"
	address := w.receiver.server.URL + "/whatsAppForwardStatus"
	require.Equal(t, http.StatusOK, w.call("POST", settings, object{"webhooks": object{"url": address}}).status)
	sends := func(number string) string {
		got := w.call("POST", messagesPath, object{"to": number, "type": "template", "template": object{
			"namespace": "", "name": "salam", "language": object{"policy": "deterministic", "code": "id"},
		}})
		require.Equal(t, http.StatusOK, got.status, got.raw)
		return got.at("messages/0/id").(string)
	}
	id := sends("628115550123")
	failed := w.call("POST", broadcastPath, object{"phone_number": "628115500000", "template_detail_id": promoTemplate})
	require.Equal(t, http.StatusOK, failed.status, failed.raw)
	sent := w.delivered()
	require.Equal(t, []string{"whatsAppForwardStatus", "whatsAppForwardStatus"}, events(sent))
	if sent[0].at("statuses/0/status") == "failed" { // that of the other room was faster
		slices.Reverse(sent)
	}
	assert.Equal(t, id, sent[0].at("statuses/0/id"))
	assert.Equal(t, "sent", sent[0].at("statuses/0/status"))
	assert.Equal(t, "utility", sent[0].at("statuses/0/pricing/category"), "the customer has not written")
	assert.Equal(t, "failed", sent[1].at("statuses/0/status"))
	assert.Equal(t, "628115500000", sent[1].at("statuses/0/recipient_id"))
	assert.InDelta(t, metaUndeliverable, sent[1].at("statuses/0/errors/0/code"), 0)
	assert.Equal(t, failed.at("data/broadcast_logs/0/message_id"), sent[1].at("statuses/0/id"))
}

// A number that is not on WhatsApp gets nothing, though its customer writes.
func TestUnreachableNumbersFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := forwarding(t)
		room, err := sandbox.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115500000", Text: "Halo"})
		require.NoError(t, err)
		require.NoError(t, sandbox.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "kami buka"}))
		require.NoError(t, sandbox.TakeOver(t.Context(), room, 0)) // of which WhatsApp is told nothing
		require.NoError(t, sandbox.Clock().Move(time.Hour))
		require.NoError(t, sandbox.Shutdown(t.Context()))
		assert.Equal(t, []any{"failed"}, box.states())
	})
}

// What the customer of a number writes elsewhere is not WhatsApp's.
func TestOnlyWhatsAppIsForwarded(t *testing.T) {
	sandbox, box := forwarding(t)
	room, err := sandbox.CustomerWrites(t.Context(), CustomerMessage{Source: "qiscus", UserID: "628115550101", Text: "Halo"})
	require.NoError(t, err)
	require.NoError(t, sandbox.AgentWrites(t.Context(), AgentMessage{RoomID: room, Text: "kami buka"}))
	require.NoError(t, sandbox.Shutdown(t.Context()))
	assert.Empty(t, box.all())
}

func TestForwardedKinds(t *testing.T) {
	sandbox, box := forwarding(t)
	var room string
	for _, message := range []CustomerMessage{
		{Type: "file_attachment", Payload: object{"url": "https://cdn.example.id/a.JPG", "caption": "sobek"}},
		{Type: "file_attachment", Payload: object{"url": "https://cdn.example.id/bukti.pdf", "caption": ""}},
		{Type: "location", Payload: object{"latitude": 1.5, "longitude": 2.5}},
		{Type: "location"},
		{Type: "custom", Text: "apa saja"},
	} {
		message.UserID = "628115550101"
		var err error
		room, err = sandbox.CustomerWrites(t.Context(), message)
		require.NoError(t, err)
	}
	require.NoError(t, sandbox.Shutdown(t.Context()))
	came := box.all()
	kinds := []any{}
	for i, message := range came {
		kinds = append(kinds, message.at("messages/0/type"))
		assert.Empty(t, webhookProblems("whatsAppForwardMessage", []byte(message.raw)), i)
	}
	assert.Equal(t, []any{"image", "document", "location", "text", "text"}, kinds)
	assert.Equal(t, "sobek", came[0].at("messages/0/image/caption"))
	assert.Equal(t, "bukti.pdf", came[1].at("messages/0/document/filename"))
	assert.InDelta(t, 1.5, came[2].at("messages/0/location/latitude"), 0)
	assert.Equal(t, "apa saja", came[4].at("messages/0/text/body"))

	// The picture is there to be fetched, and is the one that the checksum is of.
	media := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/whatsapp/v1/wangi-qjxw1k2m3n4o/5120/media/"+came[0].at("messages/0/image/id").(string), strings.NewReader(""))
	request.Header.Set("Qiscus-App-Id", sandbox.Config().AppCode)
	request.Header.Set("Qiscus-Secret-Key", sandbox.Config().SecretKey)
	sandbox.ServeHTTP(media, request)
	require.Equal(t, http.StatusOK, media.Code, room)
	sum := sha256.Sum256(media.Body.Bytes())
	assert.Equal(t, came[0].at("messages/0/image/sha256"), base64.StdEncoding.EncodeToString(sum[:]))
	assert.Equal(t, came[0].at("messages/0/image/mime_type"), media.Header().Get("Content-Type"))
}
