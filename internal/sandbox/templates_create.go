package sandbox

import (
	"slices"
	"strings"
)

// What bounds a template, by the vendor's page.
const (
	maxPlaceholders = 15 // of the body; headers and addresses have one at most
	maxQuickReplies = 3
)

// createTemplate submits a template, which then waits for WhatsApp's decision unless
// it has one there already. Its answer has no body: what the platform answers is not
// known.
func (s *Sandbox) createTemplate(r *request) (any, error) {
	channel, err := s.state.channelOfKind("wa", r.body["channel_id"])
	if err != nil {
		return nil, err
	}
	made := &template{
		name: text(r.body["name"]), category: text(r.body["category"]), channel: channel,
		namespace: orDefault(text(r.body["namespace"]), templateNamespace),
	}
	inputs, _ := r.body["hsm_details"].([]any)
	hasOne := flag(r.body["have_template"])
	if len(inputs) == 0 {
		return nil, badRequest("hsm_details is empty")
	}
	for _, input := range inputs {
		members, _ := input.(object)
		detail := readTemplateDetail(members)
		if countArguments(detail.content) > 0 && len(texts(members["body_sample"])) == 0 {
			return nil, badRequest("body_sample is missing")
		}
		if err := detail.checkLimits(); err != nil {
			return nil, err
		}
		if hasOne {
			detail.approval = templateApproved
		}
		isSame := func(other *templateDetail) bool { return other.language == detail.language }
		_, err := s.state.templateNamed(made.name, made.namespace, detail.language)
		if err == nil || slices.ContainsFunc(made.details, isSame) {
			return nil, badRequest("template already exists")
		}
		made.details = append(made.details, detail)
	}
	s.state.addTemplate(made)
	if !hasOne {
		s.state.agenda.enter(s.now().Add(s.config.Pace.Approval), decideTemplate, made.id)
	}
	return nil, nil // an empty body
}

// decideTemplate is WhatsApp's decision on a template, unless that was deleted.
func (s *state) decideTemplate(id int64) {
	template, err := s.template(text(id))
	if err != nil {
		return
	}
	for _, detail := range template.details {
		detail.approval = templateApproved
		if strings.HasSuffix(template.name, rejectedEnding) {
			detail.approval, detail.rejection = templateRejected, "the content breaks WhatsApp's policy"
		}
	}
}

func readTemplateDetail(members object) *templateDetail {
	detail := &templateDetail{
		language: text(members["language"]), content: text(members["content"]), footer: text(members["footer"]),
		headerType: text(members["header_type"]), headerContent: text(members["header_content"]),
		headerDefault: text(members["header_default_value"]), approval: templatePending,
	}
	buttons, _ := members["buttons"].([]any)
	for _, item := range buttons {
		button, _ := item.(object)
		detail.buttons = append(detail.buttons, templateButton{
			kind: text(button["type"]), text: text(button["text"]), url: text(button["url"]),
			phoneNumber: text(button["phone_number"]),
		})
	}
	return detail
}

// checkLimits refuses what goes beyond the bounds that the document cannot tell. The
// wording is made up.
func (d *templateDetail) checkLimits() error {
	count := map[string]int{}
	for _, button := range d.buttons {
		count[button.kind]++
		if countArguments(button.url) > 1 {
			return badRequest("a button's url has more than one variable")
		}
	}
	switch {
	case countArguments(d.content) > maxPlaceholders:
		return badRequest("the content has too many variables")
	case countArguments(d.headerContent) > 1:
		return badRequest("the header has more than one variable")
	case count["QUICK_REPLY"] > maxQuickReplies, count["PHONE_NUMBER"] > 1, count["URL"] > 1:
		return badRequest("there are too many buttons of one type")
	}
	return nil
}
