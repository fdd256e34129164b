package qismo_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// placeholders is a text with as many placeholders, which differ.
func placeholders(count int) string {
	var b strings.Builder
	for i := range count {
		b.WriteString(sprint("{{%d}} ", i+1))
	}
	return b.String()
}

// A template that WhatsApp could only refuse is refused before it is sent.
func TestCreateTemplateChecks(t *testing.T) {
	type params = qismo.CreateTemplateParams
	service := newRecorder(t, answer(200, "", ""))
	client := service.client(t)
	detail := func(p *params) *qismo.TemplateDetailInput { return &p.HsmDetails[0] }
	button := func(p *params) *qismo.TemplateButtonInput { return &p.HsmDetails[0].Buttons[0] }
	for want, change := range map[string]func(*params){
		"the category is none of AUTHENTICATION, MARKETING and UTILITY": func(p *params) { p.Category = "utility" },
		"the channel id is empty":                                    func(p *params) { p.ChannelID = "" },
		"a template that exists at Meta already needs its namespace": func(p *params) { p.HaveTemplate = true },
		"the template has no language":                               func(p *params) { p.HsmDetails = nil },
		"HsmDetails[0]: the language is empty":                       func(p *params) { detail(p).Language = "" },
		"HsmDetails[0]: the content is empty":                        func(p *params) { detail(p).Content = "" },
		"HsmDetails[0]: the content has more than 1024 characters":   func(p *params) { detail(p).Content = strings.Repeat("é", 1025) },
		"HsmDetails[0]: the content has 16 placeholders, at most 15 are allowed": func(p *params) {
			detail(p).Content = placeholders(16)
		},
		"HsmDetails[0]: the content has placeholders, but BodySample has no sample for them": func(p *params) { detail(p).BodySample = nil },
		"HsmDetails[0]: the header has more than 60 characters":                              func(p *params) { detail(p).HeaderContent = strings.Repeat("é", 61) },
		"HsmDetails[0]: the header has more than one placeholder":                            func(p *params) { detail(p).HeaderContent = placeholders(2) },
		"HsmDetails[0]: button 1: the type is empty":                                         func(p *params) { button(p).Type = "" },
		"HsmDetails[0]: button 1: the type is none of QUICK_REPLY, PHONE_NUMBER and URL": func(p *params) {
			button(p).Type = "url"
		},
		"HsmDetails[0]: button 1: the text is empty":                     func(p *params) { button(p).Text = "" },
		"HsmDetails[0]: button 1: a button of the type URL needs a URL":  func(p *params) { button(p).URL = "" },
		"HsmDetails[0]: button 1: the URL has more than one placeholder": func(p *params) { button(p).URL = placeholders(2) },
		"HsmDetails[0]: button 1: a button of the type PHONE_NUMBER needs a phone number": func(p *params) {
			button(p).Type = qismo.TemplateButtonPhoneNumber
		},
		"HsmDetails[1]: the language is empty": func(p *params) {
			p.HsmDetails = append(p.HsmDetails, qismo.TemplateDetailInput{Content: "Halo"})
		},
	} {
		changed := newTemplate()
		change(&changed)
		require.EqualError(t, client.Templates.Create(t.Context(), changed), "qismo: createTemplate: "+want)
	}
	assert.Empty(t, service.seen())
}

// What is not known to be wrong goes out.
func TestCreateTemplateLeavesTheRestToTheService(t *testing.T) {
	type params = qismo.CreateTemplateParams
	service := newRecorder(t, answer(200, "text/html", "diterima"))
	client := service.client(t)
	for name, change := range map[string]func(*params){
		"as it is": func(*params) {},
		"nameless": func(p *params) { p.Name = "" },
		"at Meta":  func(p *params) { p.HaveTemplate, p.Namespace = true, "abc" },
		"long":     func(p *params) { p.HsmDetails[0].Content = strings.Repeat("é", 1024) },
		"15 twice": func(p *params) { p.HsmDetails[0].Content = placeholders(15) + placeholders(15) },
		"media": func(p *params) {
			p.HsmDetails[0].HeaderType, p.HsmDetails[0].HeaderContent = "image", "https://cdn.example.id/"+strings.Repeat("a", 60)
		},
		"open": func(p *params) { p.HsmDetails[0].Content, p.HsmDetails[0].BodySample = "{{1}", nil },
		"quick": func(p *params) {
			p.HsmDetails[0].Buttons[0] = qismo.TemplateButtonInput{Type: qismo.TemplateButtonQuickReply, Text: "Ya"}
		},
		"one's own": func(p *params) {
			p.Category, p.HsmDetails[0].Buttons[0] = qismo.TemplateAuthentication, qismo.TemplateButtonInput{Type: "OTP"}
		},
		"telephone": func(p *params) {
			p.HsmDetails[0].Buttons[0] = qismo.TemplateButtonInput{Type: qismo.TemplateButtonPhoneNumber, Text: "Telepon", PhoneNumber: "628115550100"}
		},
	} {
		changed := newTemplate()
		change(&changed)
		require.NoError(t, client.Templates.Create(t.Context(), changed), name)
	}
	minimal := params{Category: qismo.TemplateMarketing, ChannelID: "5120", HsmDetails: []qismo.TemplateDetailInput{{Language: "id", Content: "Halo"}}}
	require.NoError(t, client.Templates.Create(t.Context(), minimal))
	seen := service.seen()
	last := seen[len(seen)-1]
	assert.Equal(t, "/api/v3/admin/hsm/create", last.URI)
	assert.JSONEq(t, `{"category":"MARKETING","channel_id":5120,"hsm_details":[{"language":"id","content":"Halo"}]}`, last.Body)
}

func TestTemplatesOnTheWire(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"hsm_templates":[],"hsm_template":{"id":7,"name":"a","hsm_details":[]}}}`))
	templates := service.client(t).Templates
	no := false
	page, err := templates.List(t.Context(), qismo.ListTemplatesParams{Page: 3, Limit: 10, Approved: &no, ChannelID: "5120"})
	require.NoError(t, err)
	assert.False(t, page.HasNext())
	assert.Nil(t, page.Total, "an empty page does not say that there are none")
	_, err = templates.ListV3(t.Context(), qismo.ListTemplatesV3Params{Name: "pesanan siap"})
	require.NoError(t, err)
	_, err = templates.HSM24(t.Context(), "5120")
	require.NoError(t, err)
	_, err = templates.Get(t.Context(), "7")
	require.NoError(t, err)
	require.NoError(t, templates.Delete(t.Context(), "7"))
	var uris []string
	for _, request := range service.seen() {
		uris = append(uris, request.Method+" "+request.URI)
	}
	assert.Equal(t, []string{
		"GET /api/v2/admin/hsm?page=3&limit=10&approved=false&channel_id=5120",
		"GET /api/v3/hsm?name=pesanan+siap",
		"GET /api/v2/admin/hsm_24?channel_id=5120&approved=true",
		"GET /api/v2/admin/hsm/show/7",
		"POST /api/v2/admin/hsm/delete/7",
	}, uris)
	_, err = templates.HSM24(t.Context(), "")
	require.EqualError(t, err, "qismo: getHsm24Template: the channel id is empty")
	for _, id := range []flex.ID{"", "..", "a/b"} {
		require.ErrorContains(t, templates.Delete(t.Context(), id), "template id is empty or cannot stand in a path")
	}
	assert.Len(t, service.seen(), 5)
}

func TestTemplatesWithoutWhatWasAskedFor(t *testing.T) {
	templates := newRecorder(t, answerJSON(200, `{"data":{"hsm_templates":null,"enabled":false}}`)).client(t).Templates
	_, err := templates.List(t.Context(), qismo.ListTemplatesParams{})
	require.ErrorContains(t, err, "listTemplates: status 200 OK: the answer has no list of templates")
	_, err = templates.ListV3(t.Context(), qismo.ListTemplatesV3Params{})
	require.ErrorContains(t, err, "listTemplatesV3: status 200 OK: the answer has no list of templates")
	_, err = templates.Get(t.Context(), "7")
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	require.ErrorContains(t, err, "the answer has no template id")
	off, err := templates.HSM24(t.Context(), "5120")
	require.NoError(t, err)
	assert.False(t, off.Enabled)
	assert.Nil(t, off.HsmTemplate, "the feature is off")

	refusing := newRecorder(t, answerJSON(403, `{"message":"no"}`)).client(t).Templates
	_, err = refusing.List(t.Context(), qismo.ListTemplatesParams{})
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, err = refusing.ListV3(t.Context(), qismo.ListTemplatesV3Params{})
	require.ErrorIs(t, err, qismo.ErrForbidden)
}

// Nothing tells how long the list is: the walk goes on until a page is empty, or
// until the service gives the same one again.
func TestTemplatesEndWithAnEmptyPage(t *testing.T) {
	const row = `{"id":7,"name":"a","hsm_details":[]}`
	bodies := []string{`[` + row + `,` + strings.Replace(row, "7", "8", 1) + `]`, `[` + strings.Replace(row, "7", "9", 1) + `]`, `[]`}
	for path, walk := range map[string]func(*qismo.Client) int{
		"/api/v2/admin/hsm": func(client *qismo.Client) int {
			count := 0
			for _, err := range client.Templates.All(t.Context(), qismo.ListTemplatesParams{Limit: 2}) {
				require.NoError(t, err)
				count++
			}
			return count
		},
		"/api/v3/hsm": func(client *qismo.Client) int {
			count := 0
			for _, err := range client.Templates.AllV3(t.Context(), qismo.ListTemplatesV3Params{Limit: 2}) {
				require.NoError(t, err)
				count++
			}
			return count
		},
	} {
		service := newScript(t, bodies)
		assert.Equal(t, 3, walk(service.client(t)), "a short page is not the end")
		var uris []string
		for _, request := range service.seen() {
			uris = append(uris, request.URI)
		}
		assert.Equal(t, []string{path + "?limit=2", path + "?page=2&limit=2", path + "?page=3&limit=2"}, uris)
	}
}

// newScript answers with one list of templates after the other.
func newScript(t *testing.T, lists []string) *recorder {
	t.Helper()
	var asked atomic.Int32
	return newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		next := min(int(asked.Add(1)), len(lists)) - 1
		answerJSON(200, `{"data":{"hsm_templates":`+lists[next]+`}}`)(w, request)
	})
}
