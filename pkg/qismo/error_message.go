package qismo

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

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	maxMessage = 300 // characters of the service's message
	// Shorter words of a request are left in messages: masking "a" would leave
	// nothing to read.
	shortestMasked = 4
)

// messageOf finds the service's message in whichever of its shapes came.
func messageOf(response *http.Response, body []byte) (message, trace string) {
	var shape struct {
		Errors  json.RawMessage `json:"errors"`
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
		Message json.RawMessage `json:"message"`
		TraceID json.RawMessage `json:"traceid"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return plainText(response.Header.Get("Content-Type"), body), ""
	}
	trace = messageIn(shape.TraceID)
	for _, raw := range []json.RawMessage{shape.Errors, shape.Error, shape.Detail, shape.Message} {
		if message := messageIn(raw); message != "" {
			return message, trace
		}
	}
	return "", trace
}

// metaCode finds Meta's number of a failure, 0 in any other shape.
func metaCode(body []byte) int64 {
	var shape struct {
		Error struct {
			Code flex.Int `json:"code"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return 0
	}
	return shape.Error.Code.Int64()
}

// messageIn reads a message that is text, an object that holds it, or a list of
// either.
func messageIn(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) == nil {
		var data map[string]json.RawMessage
		if json.Unmarshal(members["error_data"], &data) == nil && messageIn(data["details"]) != "" {
			return messageIn(data["details"])
		}
		return messageIn(members["message"])
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		return messageIn(list[0])
	}
	return ""
}

// plainText takes a body for a message if it looks like a line of text: a page
// of HTML is named instead.
func plainText(contentType string, body []byte) string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(body), ""))
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "<"), strings.Contains(contentType, "html"):
		return "a page of HTML"
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "JSON of an unknown shape"
	}
	return text
}

// mask takes out of the service's words what the request had said: a service that
// quotes its input must not carry a customer's words, or a credential, into a
// log. What is left is cut to a length that can be read.
func mask(said string, request *http.Request) string {
	return shorten(maskWords(said, request))
}

func maskWords(said string, request *http.Request) string {
	if said == "" {
		return ""
	}
	for _, word := range wordsOf(request) {
		said = strings.ReplaceAll(said, word, "***")
	}
	if request.Body != nil && request.GetBody == nil {
		said = maskNumbers(said) // a stream is gone; its customers' numbers may be quoted
	}
	return said
}

func shorten(said string) string {
	runes := []rune(said)
	if len(runes) <= maxMessage {
		return said
	}
	return string(runes[:maxMessage]) + "…"
}

// wordsOf lists what a request says, as it is and as JSON writes it, the longest
// first: a word may be part of another.
func wordsOf(request *http.Request) []string {
	var said []string
	for name, values := range request.Header {
		if carriesCredential(name) && name != headerAppID {
			said = append(said, values...)
		}
	}
	for _, values := range request.URL.Query() {
		said = append(said, values...)
	}
	if request.GetBody != nil {
		if body, err := request.GetBody(); err == nil {
			sent, _ := io.ReadAll(io.LimitReader(body, 1<<20)) // what can be read is masked
			said = append(said, wordsIn(request.Header.Get("Content-Type"), sent)...)
		}
	}
	var words []string
	for _, word := range said {
		said = append(said, partsOf(word)...)
		said = append(said, endOfNumber(word)...)
	}
	for _, word := range said {
		if len(word) < shortestMasked {
			continue
		}
		words = append(words, word)
		if written, err := json.Marshal(word); err == nil {
			words = append(words, strings.Trim(string(written), `"`))
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(words)
}

// partsOf lists what follows the host of an address: a service may quote that
// alone, and it can hold a secret.
func partsOf(word string) []string {
	address, err := url.Parse(word)
	if err != nil || address.Host == "" {
		return nil
	}
	parts := []string{address.RequestURI(), address.EscapedPath(), address.Path, address.RawQuery}
	for _, values := range address.Query() {
		parts = append(parts, values...)
	}
	return parts
}

// endOfNumber is the part of a phone number that is the same however the service
// writes it, with its country's code or without.
func endOfNumber(word string) []string {
	number := strings.TrimPrefix(word, "+")
	if len(number) < phoneLikeText || strings.Trim(number, "0123456789") != "" {
		return nil
	}
	return []string{number[len(number)-fewestDigits:]}
}

// wordsIn lists the values in a body: of JSON its text and numbers, at any depth,
// of forms their fields.
func wordsIn(contentType string, body []byte) []string {
	mediaType, parameters, _ := mime.ParseMediaType(contentType) // an unknown one is tried as JSON
	var words []string
	switch mediaType {
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(body)) // what can be read is masked
		for _, values := range form {
			words = append(words, values...)
		}
	case "multipart/form-data":
		reader := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
		for part, err := reader.NextPart(); err == nil; part, err = reader.NextPart() {
			value, _ := io.ReadAll(part)
			words = append(words, string(value))
		}
	default:
		var value any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if decoder.Decode(&value) == nil {
			words = valuesIn(value, nil)
		}
	}
	return words
}

// valuesIn adds the text and numbers of a JSON value, not the names of members.
func valuesIn(value any, words []string) []string {
	switch value := value.(type) {
	case string:
		return append(words, value)
	case json.Number:
		return append(words, value.String())
	case []any:
		for _, item := range value {
			words = valuesIn(item, words)
		}
	case map[string]any:
		for _, member := range value {
			words = valuesIn(member, words)
		}
	}
	return words
}

// redactURL masks what a query says; its names stay.
func redactURL(address *url.URL) string {
	shown := url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path, RawPath: address.RawPath}
	if address.RawQuery == "" {
		return shown.String()
	}
	pairs := strings.Split(address.RawQuery, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		pairs[i] = name + "=***"
	}
	return shown.String() + "?" + strings.Join(pairs, "&")
}
