package sandbox

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whichever way a template is sent, it must be one that may be sent like this.
func TestBroadcastsRefuseTemplates(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, Pace: Pace{Approval: time.Minute}, Channels: []Channel{{ID: 5120, Source: "wa", Name: "Pusat"}, {ID: 5122, Source: "wa", Name: "Cabang"}}})
	require.Equal(t, http.StatusOK, w.call("POST", createTemplatePath, submission(nil)).status)
	waiting, err := w.state.templateNamed("pesanan_siap", "", "id")
	require.NoError(t, err)
	file := w.upload("628115551001,4471\n").at("data/id")
	require.NotNil(t, file)

	one := func(changes object) answer {
		body := object{"phone_number": "628115551001", "template_detail_id": orderTemplate, "variables": []string{"Dewi", "KW-2093"}}
		maps.Copy(body, changes)
		return w.call("POST", broadcastPath, body)
	}
	many := func(changes object) answer {
		body := object{
			"channel_id": 5120, "template_name": "kode_masuk", "namespace": templateNamespace, "language": "id",
			"phone_numbers": []string{"628115551001"}, "variables": []string{"4471"},
		}
		maps.Copy(body, changes)
		return w.call("POST", broadcastV2Path, body)
	}
	form := func(path string, body object) answer {
		header, content := asContent(t, "multipart/form-data", body)
		return w.send("POST", path, w.secret(), header, content)
	}
	for name, test := range map[string]struct {
		got    answer
		status int
		why    string
	}{
		"unknown id":              {one(object{"template_detail_id": 30602}), http.StatusNotFound, "template not found"},
		"an id that is no number": {one(object{"template_detail_id": "pesanan"}), http.StatusNotFound, "template not found"},
		"unknown name":            {many(object{"template_name": "salam"}), http.StatusNotFound, "template not found"},
		"unknown language":        {many(object{"language": "fr"}), http.StatusNotFound, "template not found"},
		"unknown namespace":       {many(object{"namespace": "lain"}), http.StatusNotFound, "template not found"},
		"waiting for approval":    {one(object{"template_detail_id": waiting.id}), http.StatusBadRequest, "template is not approved"},
		"waiting, by its name":    {many(object{"template_name": "pesanan_siap"}), http.StatusBadRequest, "template is not approved"},
		"of another channel":      {one(object{"channel_id": 5122}), http.StatusBadRequest, "template belongs to another channel"},
		"of another, to many":     {many(object{"channel_id": "5122"}), http.StatusBadRequest, "template belongs to another channel"},
		"too few variables":       {one(object{"variables": []string{"Dewi"}}), http.StatusBadRequest, "wrong number of variables: the template takes 2, and 1 were given"},
		"too many variables":      {many(object{"variables": []string{"1", "2"}}), http.StatusBadRequest, "wrong number of variables: the template takes 1, and 2 were given"},
		"none":                    {many(object{"variables": []string{}}), http.StatusBadRequest, "wrong number of variables: the template takes 1, and 0 were given"},
		"a file's row too short":  {w.upload("nomor\n628115551001\n"), http.StatusBadRequest, "wrong number of variables: the template takes 1, and 0 were given"},
		"a file for none": {form("/api/v3/admin/broadcast/upload_csv", object{"template_detail_id": 1, "file": "628115551001,4471"}),
			http.StatusNotFound, "template not found"},
		"a file for another": {form(sendFilePath, object{"template_detail_id": promoTemplate, "broadcast_file_id": file, "name": "promo"}),
			http.StatusBadRequest, "the file was uploaded for another template"},
		"a file sent with none": {form(sendFilePath, object{"template_detail_id": 1, "broadcast_file_id": file, "name": "promo"}),
			http.StatusNotFound, "template not found"},
	} {
		assert.Equal(t, test.status, test.got.status, "%s: %s", name, test.got.raw)
		assert.Equal(t, test.why, test.got.at("error"), name)
	}
	assert.Empty(t, w.call("GET", "/api/v2/admin/broadcast_jobs", nil).at("data/broadcast_jobs"), "none began")
	assert.Empty(t, w.call("POST", "/api/v2/customer_rooms", object{}).at("data/customer_rooms"), "nobody was written to")
	assert.Equal(t, http.StatusOK, one(nil).status)
	assert.Equal(t, http.StatusOK, many(nil).status)
}

// The customer reads the template with its places filled, and its history tells the
// parts.
func TestTheCustomerReadsTheTemplate(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.writes("wa", "628115551001", "halo")
	for name, test := range map[string]struct {
		template             int64
		variables            []string
		header               any
		shown                string
		wantHeader, wantFoot any
	}{
		"header, footer and two places": {
			orderTemplate, []string{"{{2}}", "KW-2093"}, object{"type": "text", "text": "Jumat"},
			"Pesanan Jumat\nHalo {{2}}, pesanan KW-2093 sedang dikirim.\nKopi Wangi", "Pesanan Jumat", "Kopi Wangi",
		},
		"a header's default": {
			orderTemplate, []string{"Dewi", "KW-1"}, nil,
			"Pesanan terbaru\nHalo Dewi, pesanan KW-1 sedang dikirim.\nKopi Wangi", "Pesanan terbaru", "Kopi Wangi",
		},
		"the body alone": {
			orderInEnglish, []string{"Dewi", "KW-2"}, object{"type": "text", "text": "unused"},
			"Hello Dewi, your order KW-2 is on its way.", nil, nil,
		},
		"a picture above": {
			promoTemplate, []string{}, object{"type": "image", "text": "https://cdn.example.id/senin.png"},
			"https://cdn.example.id/senin.png\nDiskon 20 persen sampai hari Minggu.\nBalas STOP untuk berhenti",
			"https://cdn.example.id/senin.png", "Balas STOP untuk berhenti",
		},
	} {
		body := object{"phone_number": "628115551001", "template_detail_id": test.template, "variables": test.variables}
		if test.header != nil {
			body["header_value"] = test.header
		}
		require.Equal(t, http.StatusOK, w.call("POST", broadcastPath, body).status, name)
		said := w.Messages(room)
		assert.Equal(t, test.shown, said[len(said)-1].Text, name)
		log := w.asAdmin("GET", "/api/v2/customer_rooms/"+room+"/broadcast_history", nil)
		assert.Equal(t, test.wantHeader, log.at("data/broadcast_logs/0/header_value"), name)
		assert.Equal(t, test.wantFoot, log.at("data/broadcast_logs/0/footer_value"), name)
		assert.NotEmpty(t, log.at("data/broadcast_logs/0/template_name"), name)
	}
}
