package sandbox

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// shownCustomer is who the examples of WhatsApp and broadcasts are sent to.
const shownCustomer = "628115550123"

// prepareBroadcast lets the examples' customer write, so that the window is open.
func (w *shownWorld) prepareBroadcast(operationID string) {
	w.t.Helper()
	switch operationID {
	case "sendWaMessage", "getWaMedia", "sendHsm24Template", "listRoomBroadcasts":
		var err error
		w.roomID, err = w.CustomerWrites(w.t.Context(), CustomerMessage{Source: "wa", UserID: shownCustomer, Text: "Halo"})
		require.NoError(w.t, err)
	}
}

func (w *shownWorld) addBroadcastValues(operation *document.Operation, values map[string]string) {
	w.t.Helper()
	switch operation.Group {
	case "whatsapp":
		values["channel_id"] = "5120"
		values["media_id"] = "1"
		if messages := w.Messages(w.roomID); len(messages) > 0 {
			values["media_id"] = text(messages[0].ID)
		}
	case "broadcast":
		values["broadcast_job_id"] = text(int64(w.beginBroadcast().at("data/broadcast_job/broadcast_job_id").(float64)))
	}
}

// broadcastFileID uploads a file.
func (w *shownWorld) broadcastFileID() string {
	w.t.Helper()
	header, body := asContent(w.t, "multipart/form-data",
		map[string]any{"template_detail_id": "30602", "file": "nomor\n628115550123\n"})
	got := w.send("POST", "/api/v3/admin/broadcast/upload_csv", w.secret(), header, body)
	require.Equal(w.t, http.StatusOK, got.status, got.raw)
	return text(int64(got.at("data/id").(float64)))
}

func (w *shownWorld) beginBroadcast() answer {
	w.t.Helper()
	header, body := asContent(w.t, "multipart/form-data",
		map[string]any{"template_detail_id": "30602", "broadcast_file_id": w.broadcastFileID(), "name": "promo"})
	return w.send("POST", "/api/v3/admin/broadcast/send_broadcast", w.secret(), header, body)
}
