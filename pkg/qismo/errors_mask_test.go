package qismo_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Of what the service says, an error shows the words that messages of failures are
// made of, and nothing that may be a customer's.
func TestWhatIsShownOfAMessage(t *testing.T) {
	for said, shown := range map[string]string{
		"room 98120734 of Budi Santoso is not found":        "room *** of *** is not found",
		"(#131026) Message Undeliverable":                   "(#131026) Message ***",
		"the limit of 100 requests in 24 hours is reached":  "the limit of 100 requests in 24 hours is reached",
		"body should have a room_id, see /payload/room_id":  "body should have a room_id, see /payload/room_id",
		"see https://example.id/help?name=budi for support": "see *** for support",
		"nomor 628115550033 tidak terdaftar":                "nomor *** tidak terdaftar",
		"nomor +62 811 555 003 tidak terdaftar":             "nomor +*** tidak terdaftar",
		"nomor 0811-555-003 tidak terdaftar":                "nomor *** tidak terdaftar",
		"nomor (021) 555.003.3 tidak terdaftar":             "nomor (***) *** tidak terdaftar",
		"nomor 62\u00a0811\u00a0555 tidak terdaftar":        "nomor *** tidak terdaftar",
	} {
		t.Run(said, func(t *testing.T) {
			body, err := json.Marshal(map[string]any{"errors": map[string]string{"message": said}})
			require.NoError(t, err)
			service := newRecorder(t, answerJSON(400, string(body)))
			_, err = service.client(t).Rooms.Get(t.Context(), "5")
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, shown, failure.Message)
			assert.Equal(t, string(body), string(failure.Body()))
		})
	}
}
