package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	broadcastPath   = "/api/v3/admin/broadcast/client"
	broadcastV2Path = "/api/v2/admin/broadcast/client_broadcast"
	sendFilePath    = "/api/v3/admin/broadcast/send_broadcast"
	hsm24SendPath   = "/api/v2/admin/broadcast/send_hsm24"
)

// The templates that there are, by their languages' ids, and how many places each
// has: two, none, none and one.
const (
	orderTemplate = iota + firstTemplateDetail + 1
	orderInEnglish
	promoTemplate
	resumingTemplate
	codeTemplate
)

// upload uploads recipients, for a template with one place.
func (w *world) upload(file string) answer {
	w.t.Helper()
	header, body := asContent(w.t, "multipart/form-data", map[string]any{"template_detail_id": codeTemplate, "file": file})
	return w.send("POST", "/api/v3/admin/broadcast/upload_csv", w.secret(), header, body)
}

// A template opens a room and is paid; a number that ends in five zeros fails under
// 200, and is not.
func TestSendBroadcast(t *testing.T) {
	w := newWorld(t, Config{})
	form, body := asContent(t, "multipart/form-data", map[string]any{
		"phone_number": "628115551001", "template_detail_id": codeTemplate, "variables": []any{"4471"},
		"header_value": object{"type": "text", "text": "Promo"}, "button_params": []any{object{"type": "url", "index": 0}},
	})
	got := w.send("POST", broadcastPath, w.secret(), form, body)
	assert.Equal(t, "sent", got.at("data/broadcast_logs/0/status"), got.raw)
	assert.Equal(t, "+628115551001", got.at("data/broadcast_logs/0/phone_number"))
	assert.JSONEq(t, `["4471"]`, got.at("data/broadcast_logs/0/variables").(string))
	rooms := w.call("POST", "/api/v2/customer_rooms", object{})
	room := rooms.at("data/customer_rooms/0/room_id").(string)
	assert.Equal(t, "Kode masuk Anda 4471.", w.Messages(room)[0].Text)

	failed := w.call("POST", broadcastPath, object{
		"phone_number": "628115500000", "template_name": "promo_akhir_pekan", "namespace": templateNamespace, "language": "id",
	})
	assert.Equal(t, http.StatusOK, failed.status)
	assert.Equal(t, "failed", failed.at("data/broadcast_logs/0/status"))
	assert.NotEmpty(t, failed.at("data/broadcast_logs/0/notes"))
	assert.Equal(t, "promo_akhir_pekan", failed.at("data/name"))
	balance := func() any {
		return w.call("GET", "/api/v2/admin/wa_pricing/balance", nil).at("data/channels/0/balance")
	}
	assert.InDelta(t, startingCredit-templatePrice, balance(), 0)
	quota := w.asAdmin("GET", "/api/v3/hsm?channel_id=5120", nil).at("data/hsm_quota")
	assert.InDelta(t, startingCredit/templatePrice-1, quota, 0, "one template less")

	w.state.whatsApp.spent[5120] = startingCredit
	broke := w.call("POST", broadcastPath, object{"phone_number": "628115551001", "template_detail_id": promoTemplate})
	assert.Contains(t, broke.at("data/broadcast_logs/0/notes"), "credit")
	other := w.call("POST", broadcastPath, object{"phone_number": "628115551001", "template_detail_id": promoTemplate, "channel_id": 77})
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
	assert.Equal(t, "kode_masuk", history.at("data/broadcast_logs/1/template_name"))
	assert.Equal(t, "Kode masuk Anda 4471.", history.at("data/broadcast_logs/1/message"))
	assert.Nil(t, history.at("data/broadcast_logs/1/header_value"), "the template has none")
	assert.IsType(t, "", history.at("data/broadcast_logs/0/id"))
}

// What is scheduled is sent at its time, though nobody looks.
func TestScheduledBroadcast(t *testing.T) {
	w := newWorld(t, Config{Now: frozen})
	got := w.call("POST", broadcastPath, object{
		"phone_number": "628115551001", "template_detail_id": promoTemplate, "started_at": "2026-11-20T04:00:00Z",
	})
	assert.Empty(t, got.at("data/broadcast_logs"))
	path := "/api/v2/admin/broadcast_jobs/" + text(int64(got.at("data/broadcast_job_id").(float64)))
	assert.Equal(t, "pending", w.call("GET", path, nil).at("data/broadcast_job/broadcast_logs/0/status"))
	w.move(2 * time.Hour)
	log := w.call("GET", path+"/broadcast_logs", nil)
	assert.Equal(t, "sent", log.at("data/broadcast_logs/0/status"))
	assert.Equal(t, "2026-11-20T04:00:00Z", log.at("data/broadcast_logs/0/sent_at"))
}

// Nothing is sent in the past, whatever time is named, and what is named is kept.
func TestTimesOfBroadcasts(t *testing.T) {
	for started, sent := range map[string]bool{
		"2001-01-01T00:00:00Z": true, "0000-01-01T00:00:00+23:00": true, "2026-11-20T10:00:00+07:00": true,
		"2026-11-20T03:00:01Z": false, "2030-01-01T00:00:00+24:00": false, "9999-12-31T23:00:00-23:00": false,
	} {
		t.Run(started, func(t *testing.T) {
			w := newWorld(t, Config{Now: frozen})
			got := w.call("POST", broadcastV2Path, object{
				"channel_id": 5120, "template_name": "kode_masuk", "namespace": templateNamespace, "language": "id",
				"phone_numbers": []string{"628115551001"}, "variables": []string{"4471"}, "started_at": started,
			})
			require.Equal(t, http.StatusOK, got.status, got.raw)
			rooms := w.LatestRooms(9)
			require.Equal(t, sent, len(rooms) == 1)
			if sent {
				assert.Equal(t, frozen(), rooms[0].Last.At)
				assert.Equal(t, frozen(), rooms[0].Created)
			}
		})
	}
}

// A broadcast to a file goes on by the clock: one send after the other, and what was
// sent is delivered and read.
func TestBroadcastFile(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, Pace: Pace{Send: time.Second, Receipt: 2 * time.Second}})
	file := w.upload("nama,nomor\nDewi,+628115551001,4471\n\"Budi \"\"B\"\"\", 628115551002,4472,lebih\nRatna,62811555,4473\nkosong,123\nYoga,628115500000,4474\n")
	require.Equal(t, http.StatusOK, file.status, file.raw)
	header, body := asContent(t, "multipart/form-data", map[string]any{
		"template_detail_id": codeTemplate, "broadcast_file_id": text(int64(file.at("data/id").(float64))), "name": "promo",
	})
	begun := w.send("POST", sendFilePath, w.secret(), header, body)
	require.Equal(t, http.StatusOK, begun.status, begun.raw)
	assert.Len(t, begun.at("data/broadcast_job/broadcast_logs"), 4, "a row without a number is passed over")
	assert.JSONEq(t, `["4472"]`, begun.at("data/broadcast_job/broadcast_logs/1/params").(string), "each row has its own")
	path := "/api/v2/admin/broadcast_jobs/" + text(int64(begun.at("data/broadcast_job/broadcast_job_id").(float64)))
	for second, want := range []string{
		"sent pending pending pending", "sent sent pending pending", "delivered sent sent pending",
		"delivered delivered sent failed", "read delivered delivered failed", "read read delivered failed", "read read read failed",
	} {
		if second > 0 {
			w.move(time.Second)
		}
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
	header, body := asContent(t, "multipart/form-data", map[string]any{"template_detail_id": codeTemplate, "broadcast_file_id": "9", "name": "a"})
	assert.Equal(t, http.StatusNotFound, w.send("POST", sendFilePath, w.secret(), header, body).status)
}

func TestSendBroadcastV2(t *testing.T) {
	w := newWorld(t, Config{})
	got := w.call("POST", broadcastV2Path, object{
		"channel_id": "5120", "template_name": "kode_masuk", "namespace": templateNamespace, "language": "id",
		"phone_numbers": []string{"628115551001", "628115500000"}, "variables": []string{"4471"},
	})
	assert.Equal(t, http.StatusOK, got.status, got.raw)
	logs := w.call("GET", "/api/v2/admin/broadcast_jobs", nil).at("data/broadcast_jobs/0/broadcast_logs").([]any)
	assert.Equal(t, "sent", logs[0].(object)["status"])
	assert.Equal(t, "failed", logs[1].(object)["status"])
	none := w.call("POST", broadcastV2Path, object{
		"channel_id": 77, "template_name": "kode_masuk", "namespace": templateNamespace, "language": "id", "phone_numbers": []string{"628115551001"}, "variables": []string{"4471"},
	})
	assert.Equal(t, http.StatusNotFound, none.status)
}

func TestSendHsm24Template(t *testing.T) {
	w := newWorld(t, Config{})
	send := func(room string, template int64) answer {
		return w.asAdmin("POST", hsm24SendPath, object{"room_id": room, "template_detail_id": template})
	}
	room := w.anyRoom()
	assert.Equal(t, http.StatusOK, send(room, resumingTemplate).status)
	assert.Equal(t, "Apakah ada yang bisa kami bantu lagi?", w.Messages(room)[1].Text)
	for why, refused := range map[string]answer{
		"the room is not on WhatsApp":                    send(w.writes("ig", "1784", "halo"), resumingTemplate),
		"the number is not on WhatsApp":                  send(w.writes("wa", "628115500000", "halo"), resumingTemplate),
		"template is not the channel's 24-hour template": send(room, promoTemplate),
	} {
		assert.Equal(t, http.StatusBadRequest, refused.status, why)
		assert.Equal(t, why, refused.at("error"))
	}
	unknown := send(room, 1)
	assert.Equal(t, http.StatusNotFound, unknown.status)
	assert.Equal(t, "template not found", unknown.at("error"))
	assert.Equal(t, http.StatusNotFound, send("1", resumingTemplate).status)
	w.state.whatsApp.spent[5120] = startingCredit
	assert.Equal(t, http.StatusPaymentRequired, send(room, resumingTemplate).status)
	assert.Len(t, w.Messages(room), 2, "refused ones are not said")

	require.Equal(t, true, w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/hsm_24_enabled"))
	detail, err := w.state.templateDetail(resumingTemplate)
	require.NoError(t, err)
	for _, take := range []func(){
		func() { detail.approval = templatePending },
		func() { w.call("POST", templatesPath+"/delete/"+text(detail.template.id), nil) },
	} {
		take()
		none := send(room, resumingTemplate)
		assert.Equal(t, http.StatusBadRequest, none.status)
		assert.Equal(t, noResumingTemplate, none.at("error"))
	}
	assert.Equal(t, false, w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil).at("data/hsm_24_enabled"))
	assert.Equal(t, false, w.call("GET", "/api/v2/channels", nil).at("data/wa_channels/0/hsm_24_enabled"))
}
