package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	templatesPath      = "/api/v2/admin/hsm"
	createTemplatePath = "/api/v3/admin/hsm/create"
	hsm24Path          = "/api/v2/admin/hsm_24?channel_id=5120&approved=true"
)

// submission is a template to be approved, changed by what is given.
func submission(changes object) object {
	body := object{
		"name": "pesanan_siap", "category": "UTILITY", "channel_id": 5120,
		"hsm_details": []object{{
			"language": "id", "content": "Halo {{1}}, pesanan {{2}} siap. {{1}}, {{", "body_sample": []string{"Dewi", "KW-2093"},
			"header_default_value": nil,
			"buttons":              []object{{"type": "PHONE_NUMBER", "text": "Telepon", "phone_number": "628115550100"}},
		}},
	}
	maps.Copy(body, changes)
	return body
}

// variables is a text of so many places.
func variables(count int) string {
	var written strings.Builder
	for i := range count {
		fmt.Fprintf(&written, "{{%d}} ", i+1)
	}
	return written.String()
}

func (w *world) templateNames(query string) []string {
	w.t.Helper()
	names := []string{}
	rows, _ := w.call("GET", templatesPath+query, nil).at("data/hsm_templates").([]any)
	for _, row := range rows {
		names = append(names, row.(object)["name"].(string))
	}
	return names
}

func TestTemplates(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, Pace: Pace{Approval: time.Minute}})
	seeded := []string{"pesanan_dikirim", "promo_akhir_pekan", "lanjut_percakapan", "kode_masuk"}
	assert.Equal(t, seeded, w.templateNames(""))
	require.Equal(t, http.StatusOK, w.call("POST", createTemplatePath, submission(nil)).status)
	assert.Equal(t, append(seeded, "pesanan_siap"), w.templateNames("?channel_id=5120&approved=false"))
	assert.Equal(t, seeded, w.templateNames("?approved=true"), "the new one waits")
	assert.Equal(t, []string{"pesanan_siap"}, w.templateNames("?limit=4&page=2"))
	assert.Empty(t, w.templateNames("?channel_id=5121"))

	token := w.tokenOf(w.Config().AdminEmail, w.Config().AdminPassword)
	listed := w.withToken("GET", "/api/v3/hsm?name=SIAP", token)
	assert.InDelta(t, startingCredit/templatePrice, listed.at("data/hsm_quota"), 0)
	id := text(int64(listed.at("data/hsm_templates/0/id").(float64)))
	shown := w.call("GET", templatesPath+"/show/"+id, nil)
	assert.Equal(t, "WhatsApp Kopi Wangi", shown.at("data/hsm_template/channel_name"))
	detail, _ := shown.at("data/hsm_template/hsm_details/0").(object)
	assert.InDelta(t, 2, detail["number_of_arguments"], 0, "a placeholder that stands twice is one")
	assert.InDelta(t, templatePending, detail["approval_status"], 0)
	assert.Equal(t, "628115550100", shown.at("data/hsm_template/hsm_details/0/buttons/0/phone_number"))

	assert.Equal(t, http.StatusOK, w.call("POST", templatesPath+"/delete/"+id, nil).status)
	assert.Equal(t, http.StatusNotFound, w.call("GET", templatesPath+"/show/"+id, nil).status)
	assert.Equal(t, http.StatusNotFound, w.call("POST", templatesPath+"/delete/"+id, nil).status)
	assert.Equal(t, seeded, w.templateNames(""))
}

// WhatsApp thinks about a template, and rejects those whose names say so.
func TestTemplatesAreDecided(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, Pace: Pace{Approval: time.Minute}})
	token := w.tokenOf(w.Config().AdminEmail, w.Config().AdminPassword)
	state := func(name string) []any {
		row := w.withToken("GET", "/api/v3/hsm?name="+name, token)
		return []any{
			row.at("data/hsm_templates/0/hsm_details/0/approval_status"),
			row.at("data/hsm_templates/0/hsm_details/0/rejection_reason"),
		}
	}
	submit := func(changes object) {
		t.Helper()
		got := w.call("POST", createTemplatePath, submission(changes))
		require.Equal(t, http.StatusOK, got.status, got.raw)
	}
	submit(object{"name": "baru"})
	submit(object{"name": "baru_ditolak"})
	submit(object{"name": "terhapus"})
	submit(object{"name": "lama", "have_template": true, "namespace": "ns"})
	assert.Equal(t, []any{0.0, nil}, state("baru"))
	assert.Equal(t, []any{1.0, nil}, state("lama"), "Meta has decided on it before")
	doomed, err := w.state.templateNamed("terhapus", "", "id")
	require.NoError(t, err)
	w.call("POST", templatesPath+"/delete/"+text(doomed.template.id), nil)
	w.move(time.Minute)
	assert.Equal(t, []any{1.0, nil}, state("baru"))
	assert.Equal(t, []any{-1.0, "the content breaks WhatsApp's policy"}, state("baru_ditolak"))
	assert.NotContains(t, w.templateNames("?approved=true"), "baru_ditolak")
}

func TestTemplatesThatAreRefused(t *testing.T) {
	w := newWorld(t, Config{})
	require.Equal(t, http.StatusOK, w.call("POST", createTemplatePath, submission(nil)).status)
	for name, changes := range map[string]object{
		"twice":                 {},
		"an unknown channel":    {"name": "lain", "channel_id": 5121},
		"no channel":            {"name": "lain", "channel_id": "x"},
		"no language":           {"name": "lain", "hsm_details": []object{}},
		"one language twice":    {"name": "lain", "hsm_details": []object{{"language": "id", "content": "Halo"}, {"language": "id", "content": "Hai"}}},
		"no sample":             {"name": "lain", "hsm_details": []object{{"language": "id", "content": "Halo {{1}}"}}},
		"a category in small":   {"name": "lain", "category": "utility"},
		"at Meta, no namespace": {"name": "lain", "have_template": true},
		"16 variables": {"name": "lain", "hsm_details": []object{{
			"language": "id", "content": variables(16), "body_sample": []string{"a"},
		}}},
		"a header with two":      {"name": "lain", "hsm_details": []object{{"language": "id", "content": "Halo", "header_content": variables(2)}}},
		"a link with two":        {"name": "lain", "hsm_details": []object{{"language": "id", "content": "Halo", "buttons": []object{{"type": "URL", "url": variables(2)}}}}},
		"two telephones":         {"name": "lain", "hsm_details": []object{{"language": "id", "content": "Halo", "buttons": []object{{"type": "PHONE_NUMBER"}, {"type": "PHONE_NUMBER"}}}}},
		"a template of no words": {"name": "lain", "hsm_details": []object{{"language": "id"}}},
	} {
		status := w.call("POST", createTemplatePath, submission(changes)).status
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, status, name)
	}
	assert.Len(t, w.templateNames(""), 5)
	english := []object{{"language": "en", "content": "Hello"}}
	assert.Equal(t, http.StatusOK, w.call("POST", createTemplatePath, submission(object{"hsm_details": english})).status, "another language")
	nameless := submission(nil)
	delete(nameless, "name")
	assert.Equal(t, http.StatusOK, w.call("POST", createTemplatePath, nameless).status)
	assert.Contains(t, w.templateNames(""), "template_30517")
}

func TestHsm24(t *testing.T) {
	w := newWorld(t, Config{})
	token := w.tokenOf(w.Config().AdminEmail, w.Config().AdminPassword)
	got := w.withToken("GET", hsm24Path, token)
	assert.Equal(t, "lanjut_percakapan", got.at("data/hsm_template/name"))
	assert.Equal(t, true, got.at("data/enabled"))
	id := text(int64(got.at("data/hsm_template/id").(float64)))
	w.call("POST", templatesPath+"/delete/"+id, nil)
	got = w.withToken("GET", hsm24Path, token)
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.JSONEq(t, `{"errors":{"message":"No approved 24 Hours Message Template"}}`, got.raw)

	without := newWorld(t, Config{Channels: []Channel{{ID: 1, Source: "qiscus", Name: "Situs"}}})
	assert.Empty(t, without.templateNames(""), "there is no WhatsApp")
}

// What broadcasts find their template with.
func TestTemplateLookups(t *testing.T) {
	w := newWorld(t, Config{})
	first := w.state.templates.list[0]
	for _, namespace := range []string{"", templateNamespace} {
		detail, err := w.state.templateNamed("pesanan_dikirim", namespace, "en")
		require.NoError(t, err)
		assert.Same(t, first.details[1], detail)
		byID, err := w.state.templateDetail(detail.id)
		require.NoError(t, err)
		assert.Same(t, detail, byID)
		assert.Same(t, first, byID.template)
		assert.True(t, byID.approved())
		assert.Equal(t, 2, byID.arguments)
	}
	for _, wrong := range [][3]string{
		{"pesanan", "", "id"}, {"pesanan_dikirim", "lain", "id"}, {"pesanan_dikirim", "", "fr"}, {"", "", "id"},
	} {
		_, err := w.state.templateNamed(wrong[0], wrong[1], wrong[2])
		require.EqualError(t, err, notFound("template").Error(), "%v", wrong)
	}
	_, err := w.state.templateDetail(first.id)
	require.Error(t, err, "the template's own id")
}
