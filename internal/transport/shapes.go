package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// CheckForm refuses an answer that is not JSON where JSON is wanted, a page, and, where
// nobody decodes the answer, JSON that was cut off.
func CheckForm(answer Answer, wantsJSON bool) error {
	body, saysJSON := answer.Body, IsJSON(answer.Header)
	switch {
	case wantsJSON && !saysJSON && !json.Valid(body):
		return errors.New("the answer is not JSON")
	case isPage(body):
		return errors.New("the answer is a page of HTML")
	case !wantsJSON && saysJSON && len(body) > 0 && !json.Valid(body):
		return errors.New("the answer is not whole JSON")
	}
	return nil
}

// isPage tells a page, such as a gateway's or of a sign-in wall, that is no answer of
// the service whatever its status. The content type tells nothing: servers call any
// text HTML.
func isPage(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

// IsFailedStatus tells the number of an HTTP failure within an answer.
func IsFailedStatus(raw json.RawMessage) bool {
	var number json.Number // which may be in quotes
	if json.Unmarshal(raw, &number) != nil {
		return false
	}
	status, err := number.Int64()
	return err == nil && status >= http.StatusBadRequest && status < 600
}

// IsNull reports whether a member of an answer is missing or null.
func IsNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// IsEmptyJSON reports whether a member of an answer says nothing.
func IsEmptyJSON(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "{}", "[]", `""`:
		return true
	}
	return false
}

// TextOf takes a body for a message if it looks like a line of text: a page of HTML is
// named instead, and so is JSON.
func TextOf(answer Answer) string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(answer.Body), ""))
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "<"), strings.Contains(answer.Header.Get("Content-Type"), "html"):
		return "a page of HTML"
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "JSON of an unknown shape"
	}
	return text
}
