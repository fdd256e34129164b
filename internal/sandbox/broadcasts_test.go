package sandbox

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const broadcastPath = "/api/v3/admin/broadcast/client"

func (w *world) upload(file string) answer {
	w.t.Helper()
	header, body := asContent(w.t, "multipart/form-data", map[string]any{"template_detail_id": "30602", "file": file})
	return w.send("POST", "/api/v3/admin/broadcast/upload_csv", w.secret(), header, body)
}

// A template opens a room and is paid; a number that ends in five zeros fails under
// 200, and is not.
func TestSendBroadcast(t *testing.T) {
	w := newWorld(t, Config{})
	form, body := asContent(t, "multipart/form-data", map[string]any{
		"phone_number": "628115551001", "template_detail_id": "30602", "variables": []any{"Dewi"},
		"header_value": object{"type": "text", "text": "Promo"}, "button_params": []any{object{"type": "url", "index": 0}},
	})
	got := w.send("POST", broadcastPath, w.secret(), form, body)
	assert.Equal(t, "sent", got.at("data/broadcast_logs/0/status"), got.raw)
	assert.Equal(t, "+628115551001", got.at("data/broadcast_logs/0/phone_number"))
	assert.JSONEq(t, `["Dewi"]`, got.at("data/broadcast_logs/0/variables").(string))
	rooms := w.call("POST", "/api/v2/customer_rooms", object{})
	room := rooms.at("data/customer_rooms/0/room_id").(string)
	assert.Equal(t, "template 30602, Dewi", w.Messages(room)[0].Text)

	failed := w.call("POST", broadcastPath, object{
		"phone_number": "628115500000", "template_name": "promo", "namespace": "ns", "language": "id",
	})
	assert.Equal(t, http.StatusOK, failed.status)
	assert.Equal(t, "failed", failed.at("data/broadcast_logs/0/status"))
	assert.NotEmpty(t, failed.at("data/broadcast_logs/0/notes"))
	assert.Equal(t, "promo", failed.at("data/name"))
	balance := func() any {
		return w.call("GET", "/api/v2/admin/wa_pricing/balance", nil).at("data/channels/0/balance")
	}
	assert.InDelta(t, startingCredit-templatePrice, balance(), 0)

	w.state.whatsApp.spent[5120] = startingCredit
	broke := w.call("POST", broadcastPath, object{"phone_number": "628115551001", "template_detail_id": 1})
	assert.Contains(t, broke.at("data/broadcast_logs/0/notes"), "credit")
	other := w.call("POST", broadcastPath, object{"phone_number": "628115551001", "template_detail_id": 1, "channel_id": 77})
	assert.Equal(t, http.StatusNotFound, other.status)
	nameless := w.call("POST", broadcastPath, object{"phone_number": "628115551001", "template_name": "promo"})
	assert.Equal(t, http.StatusBadRequest, nameless.status, "a name needs its namespace and language")

	header := w.secret()
	header.Set("Authorization", w.login())
	header.Del("Qiscus-Secret-Key")
	history := w.send("GET", "/api/v2/customer_rooms/"+room+"/broadcast_history", header, "", nil)
	assert.InDelta(t, 2, history.at("meta/total"), 0)
	assert.InDelta(t, historyFailed, history.at("data/broadcast_logs/0/status"), 0, "the newest first")
	assert.InDelta(t, historySent, history.at("data/broadcast_logs/1/status"), 0)
	assert.Equal(t, "Promo", history.at("data/broadcast_logs/1/header_value"))
	assert.IsType(t, "", history.at("data/broadcast_logs/0/id"))
}

// What is scheduled is sent when somebody looks after its time.
func TestScheduledBroadcast(t *testing.T) {
	var elapsed atomic.Int64
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	w := newWorld(t, Config{Now: func() time.Time { return start.Add(time.Duration(elapsed.Load())) }})
	got := w.call("POST", broadcastPath, object{
		"phone_number": "628115551001", "template_detail_id": 1, "started_at": "2026-11-20T04:00:00Z",
	})
	assert.Empty(t, got.at("data/broadcast_logs"))
	path := "/api/v2/admin/broadcast_jobs/" + text(int64(got.at("data/broadcast_job_id").(float64)))
	assert.Equal(t, "pending", w.call("GET", path, nil).at("data/broadcast_job/broadcast_logs/0/status"))
	elapsed.Store(int64(time.Hour))
	assert.Equal(t, "sent", w.call("GET", path+"/broadcast_logs", nil).at("data/broadcast_logs/0/status"))
}

// A broadcast to a file goes on by half of what is left with each look.
func TestBroadcastFile(t *testing.T) {
	w := newWorld(t, Config{})
	file := w.upload("nama,nomor\nDewi,+628115551001\n\"Budi \"\"B\"\"\", 628115551002\nRatna,62811555\nkosong,123\nYoga,628115500000\n")
	require.Equal(t, http.StatusOK, file.status, file.raw)
	header, body := asContent(t, "multipart/form-data", map[string]any{
		"template_detail_id": "30602", "broadcast_file_id": text(int64(file.at("data/id").(float64))), "name": "promo",
	})
	begun := w.send("POST", "/api/v3/admin/broadcast/send_broadcast", w.secret(), header, body)
	require.Equal(t, http.StatusOK, begun.status, begun.raw)
	assert.Len(t, begun.at("data/broadcast_job/broadcast_logs"), 4, "a row without a number is passed over")
	path := "/api/v2/admin/broadcast_jobs/" + text(int64(begun.at("data/broadcast_job/broadcast_job_id").(float64)))
	for _, want := range []string{"sent sent pending pending", "sent sent sent pending", "sent sent sent failed", "sent sent sent failed"} {
		var states []string
		for _, log := range w.call("GET", path, nil).at("data/broadcast_job/broadcast_logs").([]any) {
			states = append(states, log.(object)["status"].(string))
		}
		assert.Equal(t, want, strings.Join(states, " "))
	}
	listed := w.call("GET", "/api/v2/admin/broadcast_jobs", nil)
	assert.Equal(t, "promo", listed.at("data/broadcast_jobs/0/name"))
	assert.Equal(t, http.StatusNotFound, w.call("GET", "/api/v2/admin/broadcast_jobs/1", nil).status)
	assert.Equal(t, http.StatusNotFound, w.call("GET", "/api/v2/admin/broadcast_jobs/1/broadcast_logs", nil).status)
}

func TestUploadsAreBounded(t *testing.T) {
	w := newWorld(t, Config{})
	row := "628115551001,Dewi\n"
	large := w.upload(strings.Repeat(row, 2*maxBody/len(row)))
	assert.Equal(t, http.StatusOK, large.status, "more than other bodies may have")
	tooLarge := w.upload(strings.Repeat("7", maxUpload))
	assert.Equal(t, http.StatusRequestEntityTooLarge, tooLarge.status)
	assert.Contains(t, tooLarge.raw, "32 MiB")
	for file, want := range map[string]string{"nomor\n12\n": "holds no phone number", "": "holds no phone number"} {
		got := w.upload(file)
		assert.Equal(t, http.StatusBadRequest, got.status)
		assert.Contains(t, got.raw, want)
	}
	header, body := asContent(t, "multipart/form-data", map[string]any{"template_detail_id": "1", "broadcast_file_id": "9", "name": "a"})
	assert.Equal(t, http.StatusNotFound, w.send("POST", "/api/v3/admin/broadcast/send_broadcast", w.secret(), header, body).status)
}

func TestSendBroadcastV2(t *testing.T) {
	w := newWorld(t, Config{})
	got := w.call("POST", "/api/v2/admin/broadcast/client_broadcast", object{
		"channel_id": "5120", "template_name": "kode", "namespace": "ns", "language": "id",
		"phone_numbers": []string{"628115551001", "628115500000"}, "variables": []string{"4471"},
	})
	assert.Equal(t, http.StatusOK, got.status, got.raw)
	logs := w.call("GET", "/api/v2/admin/broadcast_jobs", nil).at("data/broadcast_jobs/0/broadcast_logs").([]any)
	assert.Equal(t, "sent", logs[0].(object)["status"])
	assert.Equal(t, "failed", logs[1].(object)["status"])
	none := w.call("POST", "/api/v2/admin/broadcast/client_broadcast", object{
		"channel_id": 77, "template_name": "kode", "namespace": "ns", "language": "id", "phone_numbers": []string{"628115551001"},
	})
	assert.Equal(t, http.StatusNotFound, none.status)
}

func TestSendHsm24Template(t *testing.T) {
	w := newWorld(t, Config{})
	header := http.Header{"Authorization": {w.login()}}
	send := func(room string) answer {
		return w.send("POST", "/api/v2/admin/broadcast/send_hsm24", header, "application/json",
			encode(object{"room_id": room, "template_detail_id": 30577}))
	}
	write := func(source, customer string) string {
		room, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: source, UserID: customer, Text: "halo"})
		require.NoError(t, err)
		return room
	}
	room := w.anyRoom()
	assert.Equal(t, http.StatusOK, send(room).status)
	assert.Equal(t, "template 30577", w.Messages(room)[1].Text)
	assert.Equal(t, "the room is not on WhatsApp", send(write("ig", "1784")).at("error"))
	assert.Equal(t, "the number is not on WhatsApp", send(write("wa", "628115500000")).at("error"))
	assert.Equal(t, http.StatusNotFound, send("1").status)
	w.state.whatsApp.spent[5120] = startingCredit
	assert.Equal(t, http.StatusPaymentRequired, send(room).status)
}
