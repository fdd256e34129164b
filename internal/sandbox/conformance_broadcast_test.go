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

// realTemplate puts a template of this world into an example that names one: the
// 24-hour template for a room, and else one that takes as many variables.
func (w *shownWorld) realTemplate(example object) {
	variables, _ := example["variables"].([]any)
	places := len(variables)
	_, isRoom := example["room_id"]
	if _, isUpload := example["file"]; isUpload || example["broadcast_file_id"] != nil {
		places = 1 // what the files of the examples have beside the number
	}
	for _, template := range w.state.templates.list {
		for _, detail := range template.details {
			if template.resumes != isRoom || detail.arguments != places {
				continue
			}
			ours := object{
				"template_detail_id": detail.id, "template_name": template.name,
				"namespace": template.namespace, "language": detail.language,
			}
			for name, value := range ours {
				if _, isNamed := example[name]; isNamed {
					example[name] = value
				}
			}
			return
		}
	}
	w.t.Fatalf("no template takes %d variables", places)
}

// broadcastFileID uploads a file.
func (w *shownWorld) broadcastFileID() string {
	w.t.Helper()
	got := w.upload("nomor,kode\n628115550123,4471\n")
	require.Equal(w.t, http.StatusOK, got.status, got.raw)
	return text(int64(got.at("data/id").(float64)))
}

func (w *shownWorld) beginBroadcast() answer {
	w.t.Helper()
	header, body := asContent(w.t, "multipart/form-data",
		map[string]any{"template_detail_id": codeTemplate, "broadcast_file_id": w.broadcastFileID(), "name": "promo"})
	return w.send("POST", sendFilePath, w.secret(), header, body)
}
