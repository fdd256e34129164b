package sandbox

import (
	"slices"
	"strings"
)

// The first numbers given out to templates.
const (
	firstTemplate       = 30510
	firstTemplateDetail = 61020
	firstTemplateButton = 9100
)

// templateNamespace is the namespace of the app's own templates.
const templateNamespace = "7b1e0c52_43aa_4f0e_9d61_2c5a8e7f1b30"

// What WhatsApp made of a template. The platform's words for the first and the last
// are presumed.
const (
	templateRejected = -1
	templatePending  = 0
	templateApproved = 1
)

// rejectedEnding is how the names end of the templates that WhatsApp rejects, so
// that a program's failures can be tried out.
const rejectedEnding = "_ditolak"

// templates are the WhatsApp message templates, by id.
type templates struct {
	list                            []*template
	templateIDs, detailIDs, buttons sequence
}

// template is a message template with its languages.
type template struct {
	id                        int64
	name, namespace, category string
	channel                   *Channel
	resumes                   bool // it is the channel's 24-hour template
	details                   []*templateDetail
}

// templateDetail is a template in one language.
type templateDetail struct {
	id                                       int64
	template                                 *template
	language, content, footer                string
	headerType, headerContent, headerDefault string
	arguments                                int // placeholders in the content
	approval                                 int
	rejection                                string // why
	buttons                                  []templateButton
}

// templateButton is a button of a template.
type templateButton struct {
	id                           int64
	kind, text, url, phoneNumber string
}

// approved reports whether the template may be sent.
func (d *templateDetail) approved() bool { return d.approval == templateApproved }

// approved reports whether the template may be sent in some language.
func (t *template) approved() bool {
	return slices.ContainsFunc(t.details, (*templateDetail).approved)
}

// templateDetail finds a template in one language by its template_detail_id,
// approved or not.
func (s *state) templateDetail(id int64) (*templateDetail, error) {
	for _, template := range s.templates.list {
		for _, detail := range template.details {
			if detail.id == id {
				s.touch(template)
				return detail, nil
			}
		}
	}
	return nil, notFound("template")
}

// templateNamed finds a template in one language by its name, approved or not. An
// empty namespace is any. A name stands for one template, whatever its channel.
func (s *state) templateNamed(name, namespace, language string) (*templateDetail, error) {
	for _, template := range s.templates.list {
		if template.name != name || namespace != "" && template.namespace != namespace {
			continue
		}
		for _, detail := range template.details {
			if detail.language == language {
				s.touch(template)
				return detail, nil
			}
		}
	}
	return nil, notFound("template")
}

// template finds a template by its own id.
func (s *state) template(id string) (*template, error) {
	for _, template := range s.templates.list {
		if text(template.id) == id {
			s.touch(template)
			return template, nil
		}
	}
	return nil, notFound("template")
}

// noResumingTemplate is how the platform says that there is no such template.
const noResumingTemplate = "No approved 24 Hours Message Template"

// resumingTemplate is the template with which a WhatsApp channel resumes expired
// rooms; nil when none is approved.
func (s *state) resumingTemplate(channelID int64) *template {
	for _, template := range s.templates.list {
		if template.resumes && template.channel.ID == channelID && template.approved() {
			return template
		}
	}
	return nil
}

// addTemplate numbers a template, its languages and their buttons, and keeps it.
func (s *state) addTemplate(made *template) {
	made.id = s.templates.templateIDs.next()
	if made.name == "" { // by the vendor's page it is optional
		made.name = "template_" + text(made.id)
	}
	for _, detail := range made.details {
		detail.id, detail.template = s.templates.detailIDs.next(), made
		detail.arguments = countArguments(detail.content)
		for i := range detail.buttons {
			detail.buttons[i].id = s.templates.buttons.next()
		}
	}
	s.templates.list = append(s.templates.list, made)
	s.touch(made)
}

// countArguments counts the placeholders of a text, such as {{1}}. One that stands
// twice is one.
func countArguments(content string) int {
	seen := map[string]bool{}
	for _, part := range strings.Split(content, "{{")[1:] {
		if name, _, closed := strings.Cut(part, "}}"); closed {
			seen[name] = true
		}
	}
	return len(seen)
}

// inventTemplates makes up what WhatsApp has approved for the first WhatsApp
// channel, if there is one.
func (s *state) inventTemplates() {
	s.templates = templates{
		templateIDs: firstTemplate, detailIDs: firstTemplateDetail, buttons: firstTemplateButton,
	}
	channel, err := s.channel("wa", 0)
	if err != nil {
		return
	}
	for _, made := range []*template{
		{name: "pesanan_dikirim", category: "UTILITY", details: []*templateDetail{{
			language: "id", content: "Halo {{1}}, pesanan {{2}} sedang dikirim.", footer: companyName,
			headerType: "text", headerContent: "Pesanan {{1}}", headerDefault: "terbaru",
			buttons: []templateButton{{kind: "URL", text: "Lacak", url: "https://kopi.example.id/lacak/{{1}}"}},
		}, {
			language: "en", content: "Hello {{1}}, your order {{2}} is on its way.",
		}}},
		{name: "promo_akhir_pekan", category: "MARKETING", details: []*templateDetail{{
			language: "id", content: "Diskon 20 persen sampai hari Minggu.", footer: "Balas STOP untuk berhenti",
			headerType: "image", headerDefault: "https://cdn.example.id/promo.png",
			buttons: []templateButton{{kind: "QUICK_REPLY", text: "Pesan sekarang"}},
		}}},
		{name: "lanjut_percakapan", category: "UTILITY", resumes: true, details: []*templateDetail{{
			language: "id", content: "Apakah ada yang bisa kami bantu lagi?",
		}}},
		{name: "kode_masuk", category: "AUTHENTICATION", details: []*templateDetail{{
			language: "id", content: "Kode masuk Anda {{1}}.",
		}}},
	} {
		made.channel, made.namespace = channel, templateNamespace
		for _, detail := range made.details {
			detail.approval = templateApproved
		}
		s.addTemplate(made)
	}
}

func (s *Sandbox) templateHandlers() map[string]handler {
	return map[string]handler{
		"listTemplates":    s.listTemplates,
		"listTemplatesV3":  s.listTemplatesV3,
		"getTemplate":      s.getTemplate,
		"getHsm24Template": s.getHsm24Template,
		"createTemplate":   s.createTemplate,
		"deleteTemplate":   s.deleteTemplate,
	}
}

func (s *Sandbox) listTemplates(r *request) (any, error) {
	return dataWithStatus(object{"hsm_templates": s.templatePage(r)}), nil
}

func (s *Sandbox) listTemplatesV3(r *request) (any, error) {
	channelID, _ := number(r.parameters["channel_id"])
	quota := int64(0)
	if channel, err := s.state.channel("wa", channelID); err == nil {
		quota = s.state.whatsApp.quota(channel)
	}
	return dataWithStatus(object{"hsm_templates": s.templatePage(r), "hsm_quota": quota}), nil
}

// templatePage is a page of the templates that pass the request's filter. That
// approved is false filters nothing: what it does is not known.
func (s *Sandbox) templatePage(r *request) []object {
	name := strings.ToLower(text(r.parameters["name"]))
	channelID, filtered := number(r.parameters["channel_id"])
	var found []*template
	for _, template := range s.state.templates.list {
		if strings.Contains(strings.ToLower(template.name), name) &&
			(!filtered || template.channel.ID == channelID) &&
			(!flag(r.parameters["approved"]) || template.approved()) {
			found = append(found, template)
		}
	}
	rows := []object{}
	for _, template := range cutPage(found, readPage(r)) {
		rows = append(rows, templateRow(template))
	}
	return rows
}

func (s *Sandbox) getTemplate(r *request) (any, error) {
	template, err := s.state.template(text(r.parameters["template_id"]))
	if err != nil {
		return nil, err
	}
	return dataWithStatus(object{"hsm_template": templateRow(template)}), nil
}

func (s *Sandbox) getHsm24Template(r *request) (any, error) {
	channelID, _ := number(r.parameters["channel_id"])
	template := s.state.resumingTemplate(channelID)
	if template == nil {
		return nil, badRequest(noResumingTemplate)
	}
	return dataWithStatus(object{
		"enabled": true, "hsm_quota": s.state.whatsApp.quota(template.channel), "hsm_template": templateRow(template),
	}), nil
}

func (s *Sandbox) deleteTemplate(r *request) (any, error) {
	doomed, err := s.state.template(text(r.parameters["template_id"]))
	if err != nil {
		return nil, err
	}
	s.state.templates.list = slices.DeleteFunc(s.state.templates.list, func(one *template) bool { return one == doomed })
	return nil, nil // an empty body
}
