package transport

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	maxSaid   = 4 << 10 // bytes of the service's message that are looked at
	maxSearch = 1 << 20 // bytes of a request's body
	// Shorter values of a request are left in messages: masking "a" would leave nothing
	// to read.
	shortestMasked = 4
)

// mask makes the service's words fit for a log: what the request had said is taken
// out, in case it is quoted, and then every word that messages of failures are not
// made of, as it may be a customer's or a secret from elsewhere. What is left is
// cut to a length that can be read.
func mask(said string, request *http.Request, carriesCredential func(header string) bool) string {
	if said == "" {
		return ""
	}
	if len(said) > maxSaid {
		said = said[:maxSaid]
		said = said[:strings.LastIndexByte(said, ' ')+1] // no half word
	}
	for _, value := range valuesOf(request, carriesCredential) {
		said = strings.ReplaceAll(said, value, masked)
	}
	return Plain(said)
}

// valuesOf lists what a request says, the longest first: a value may be part of
// another. A single word that messages of failures are made of is left out, such as
// the name of a type.
func valuesOf(request *http.Request, carriesCredential func(header string) bool) []string {
	var said []string
	for name, values := range request.Header {
		if carriesCredential(name) {
			said = append(said, values...)
		}
	}
	for _, values := range request.URL.Query() {
		said = append(said, values...)
	}
	if request.GetBody != nil {
		if body, err := request.GetBody(); err == nil {
			sent, _ := io.ReadAll(io.LimitReader(body, maxSearch)) // what can be read is masked
			said = append(said, valuesIn(request.Header.Get("Content-Type"), sent)...)
		}
	}
	said = slices.DeleteFunc(said, func(value string) bool { return len(value) < shortestMasked || isPlain(value) })
	slices.SortFunc(said, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(said)
}

// valuesIn lists the values in a body: of JSON its text and numbers, at any depth,
// of forms their fields.
func valuesIn(contentType string, body []byte) []string {
	mediaType, parameters, _ := mime.ParseMediaType(contentType) // an unknown one is tried as JSON
	var values []string
	switch mediaType {
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(body)) // what can be read is masked
		for _, field := range form {
			values = append(values, field...)
		}
	case "multipart/form-data":
		reader := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
		for part, err := reader.NextPart(); err == nil; part, err = reader.NextPart() {
			value, _ := io.ReadAll(io.LimitReader(part, maxSearch))
			values = append(values, string(value))
		}
	default:
		var value any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if decoder.Decode(&value) == nil {
			values = addValues(value, nil)
		}
	}
	return values
}

// addValues adds the text and numbers of a JSON value, not the names of members.
func addValues(value any, values []string) []string {
	switch value := value.(type) {
	case string:
		return append(values, value)
	case json.Number:
		return append(values, value.String())
	case []any:
		for _, item := range value {
			values = addValues(item, values)
		}
	case map[string]any:
		for _, member := range value {
			values = addValues(member, values)
		}
	}
	return values
}

// shownURL is where a call went, with the names of its parameters in place of their
// values, and without a query. Of a route of the caller's own only the host is
// shown: nothing tells names and values apart in it.
func shownURL(call *Call) string {
	base := call.Settings.BaseURL
	shown := base.Scheme + "://" + base.Host + strings.TrimSuffix(base.EscapedPath(), "/")
	if call.Operation.Path == "" {
		return shown
	}
	return shown + call.Operation.Path
}
