package inbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// entryDetails are all that is known of a call or a delivery.
type entryDetails struct {
	Line     string // method and address; "" for a webhook that had none
	Failure  string
	Advice   string // what somebody can do about it, or look for
	Unsent   bool
	Problems []string
	Checked  bool // whether there is a verdict on it
	ReplayOf int64
	Request  bodyView
	Response bodyView
}

// bodyView is one direction of an exchange.
type bodyView struct {
	Title  string
	Header []pair
	Body   []token
	Cut    bool
	Empty  bool
}

// details shows an entry whose credentials are masked.
func (i *Inbox) details(entry timeline.Entry) *entryDetails {
	shown := &entryDetails{
		Failure: entry.Failure, Advice: advice(entry), Unsent: entry.Unsent(), Problems: entry.Problems,
		Checked: isChecked(entry), ReplayOf: entry.ReplayOf,
		Request: bodyOf("Request", entry.Request), Response: bodyOf("Answer", entry.Response),
	}
	if !shown.Unsent {
		shown.Line = entry.Method + " " + entry.URL
	}
	return shown
}

// isChecked tells whether an entry was held against the document: a call of an
// operation, and a webhook, unless trouble dropped it before.
func isChecked(entry timeline.Entry) bool {
	return entry.Name != "" && (entry.Kind == timeline.Call || entry.Attempt > 0 || entry.Unsent())
}

// advice is what the failure of a webhook most often means; "" where there is no
// telling.
func advice(entry timeline.Entry) string {
	if entry.Kind != timeline.Delivery {
		return ""
	}
	switch {
	case entry.Unsent():
		return "No address is set: nobody was sent this."
	case strings.Contains(entry.Failure, "connection refused"):
		return "No program listens there."
	case entry.Status == http.StatusUnauthorized || entry.Status == http.StatusNotFound:
		return "The receiver refused it: was it started again with another address or secret?"
	default:
		return ""
	}
}

func bodyOf(title string, body timeline.Body) bodyView {
	shown := bodyView{Title: title, Cut: body.Cut, Empty: len(body.Bytes) == 0 && len(body.Header) == 0}
	for _, name := range slices.Sorted(maps.Keys(body.Header)) {
		shown.Header = append(shown.Header, pair{name, strings.Join(body.Header[name], ", ")})
	}
	if len(body.Bytes) > 0 {
		shown.Body = readable(body.Header, body.Bytes)
	}
	return shown
}

// readable writes a body for people, as its kind asks for.
func readable(header http.Header, body []byte) []token {
	if strings.HasPrefix(header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if form, err := url.ParseQuery(string(body)); err == nil {
			return formTokens(form)
		}
	}
	if !utf8.Valid(body) {
		return []token{{classWord, "this is not text"}}
	}
	return prettyJSON(body)
}

// formTokens writes a form, a line for each value.
func formTokens(form url.Values) []token {
	var tokens []token
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			tokens = append(tokens, token{className, name}, token{plain, " = "}, token{classText, value}, token{plain, "\n"})
		}
	}
	return tokens
}
