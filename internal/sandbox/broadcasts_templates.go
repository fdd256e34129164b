package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// broadcastRefusal is a refusal as the broadcast routes word it.
func broadcastRefusal(status int, message string) *refusedError {
	return &refusedError{status: status, body: object{"error": message}}
}

// templateToSend finds the template that a request names, by its id where there is
// one. How the platform words its refusals is not known: these are made up.
func (s *Sandbox) templateToSend(r *request) (*templateDetail, error) {
	detail, err := s.namedTemplate(r)
	switch {
	case err != nil:
		return nil, broadcastRefusal(http.StatusNotFound, "template not found")
	case !detail.approved():
		return nil, broadcastRefusal(http.StatusBadRequest, "template is not approved")
	}
	return detail, nil
}

func (s *Sandbox) namedTemplate(r *request) (*templateDetail, error) {
	if id, hasID := r.body["template_detail_id"]; hasID {
		read, _ := number(id)
		return s.state.templateDetail(read)
	}
	return s.state.templateNamed(
		text(r.body["template_name"]), text(r.body["namespace"]), text(r.body["language"]))
}

// templateToResumeWith finds the template that a request names, which must be the
// channel's 24-hour template. Only the refusal where there is none is known.
func (s *Sandbox) templateToResumeWith(r *request, channel *Channel) (*templateDetail, error) {
	resuming := s.state.resumingTemplate(channel.ID)
	if resuming == nil {
		return nil, broadcastRefusal(http.StatusBadRequest, noResumingTemplate)
	}
	detail, err := s.templateToSend(r)
	if err != nil {
		return nil, err
	}
	if detail.template != resuming {
		return nil, broadcastRefusal(http.StatusBadRequest, "template is not the channel's 24-hour template")
	}
	err = detail.checkVariables(0) // no call says what would go into its places
	return detail, err
}

// checkVariables refuses what would leave a place empty, or have none. The wording
// is made up.
func (d *templateDetail) checkVariables(count int) error {
	if count == d.arguments {
		return nil
	}
	return broadcastRefusal(http.StatusBadRequest,
		fmt.Sprintf("wrong number of variables: the template takes %d, and %d were given", d.arguments, count))
}

// header is the header as it is sent: the text with its place filled, or the address
// of the file.
func (d *templateDetail) header(value string) string {
	value = orDefault(value, d.headerDefault)
	switch d.headerType {
	case "":
		return ""
	case "text":
		return fillPlaces(d.headerContent, []string{value})
	default:
		return value
	}
}

// shown is what the customer reads. The header and the footer, which WhatsApp sets
// in type of their own, are lines of the text here.
func (d *templateDetail) shown(header string, variables []string) string {
	lines := []string{header, fillPlaces(d.content, variables), d.footer}
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
}

// fillPlaces puts values into a text's places, which WhatsApp numbers from 1.
func fillPlaces(content string, values []string) string {
	var places []string
	for i, value := range values {
		places = append(places, fmt.Sprintf("{{%d}}", i+1), value)
	}
	return strings.NewReplacer(places...).Replace(content)
}
