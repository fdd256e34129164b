package qismo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	maxAnswer      = 32 << 20 // bytes of an answer; more is an error
	maxErrorBody   = 64 << 10 // bytes of a failure that are kept
	maxMessage     = 300      // characters of the service's message
	maxRetryAfter  = 24 * time.Hour
	shortestSecret = 4 // shorter words of a request are not masked in messages
)

// answerDoer asks the service and turns every failure into an *Error, whatever
// shape it comes in, so that what passes is a success that was read whole.
type answerDoer struct{ next doer }

func (d *answerDoer) Do(request *http.Request) (*http.Response, error) {
	current := callOf(request)
	current.attempts++
	response, err := d.next.Do(request)
	if err != nil {
		return nil, transportError(current, request, err)
	}
	body, err := readBody(response)
	switch {
	case err != nil && response.StatusCode < http.StatusBadRequest:
		failure := answerError(current, request, response, body)
		failure.cause = fmt.Errorf("read the answer: %w", err)
		return nil, failure
	case response.StatusCode < 200 || response.StatusCode > 299:
		return nil, answerError(current, request, response, body)
	}
	if err := checkSuccess(current, response, body); err != nil {
		failure := answerError(current, request, response, body)
		failure.cause = err
		return nil, failure
	}
	whole := &answerBody{bytes: body}
	whole.Reset(body)
	response.Body = whole
	return response, nil
}

// answerBody is an answer that was read whole.
type answerBody struct {
	bytes.Reader
	bytes []byte
}

func (*answerBody) Close() error { return nil }

// readBody reads an answer up to its bound and closes it.
func readBody(response *http.Response) ([]byte, error) {
	defer response.Body.Close()
	limit := int64(maxAnswer)
	if response.StatusCode >= http.StatusBadRequest {
		limit = maxErrorBody
	}
	if length := response.ContentLength; length >= 0 && length <= limit {
		body := make([]byte, length)
		n, err := io.ReadFull(response.Body, body)
		return body[:n], err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if int64(len(body)) > limit {
		body = body[:limit]
		if response.StatusCode < http.StatusBadRequest {
			err = fmt.Errorf("it is larger than %d bytes", limit)
		}
	}
	return body, err
}

// checkSuccess refuses a success that is none: a gateway's page under 200, or a
// failure inside it. Where the document knows no answer, anything goes.
func checkSuccess(current *call, response *http.Response, body []byte) error {
	if !current.operation.AnswersJSON {
		return nil
	}
	if !isJSON(response.Header.Get("Content-Type")) {
		return errors.New("the answer is not JSON")
	}
	if bytes.HasPrefix(body, []byte(`{"data":{"`)) || bytes.HasPrefix(body, []byte(`{"data":[{`)) {
		return nil // a cheap look before the thorough one, which few answers need
	}
	var envelope struct {
		Data   json.RawMessage `json:"data"`
		Errors json.RawMessage `json:"errors"`
		Error  json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil //nolint:nilerr // told, in the terms of the type wanted, where the body is decoded
	}
	switch {
	case isEmptyJSON(envelope.Data) && (!isEmptyJSON(envelope.Errors) || !isEmptyJSON(envelope.Error)):
		return errors.New("the success holds a failure")
	case current.operation.WrapsData && isNull(envelope.Data):
		return errors.New("the answer has no data")
	}
	return nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func isEmptyJSON(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "{}", "[]", `""`:
		return true
	}
	return false
}

func isJSON(contentType string) bool {
	if contentType == "application/json" || strings.HasPrefix(contentType, "application/json;") {
		return true // what the service says nearly always
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

// receive decodes a success that the chain let pass. It is the last step of
// every façade method, and takes what the generated method returns.
func receive[T any](response *http.Response, err error) (*T, error) {
	if err != nil {
		return nil, asError(err)
	}
	var out T
	if err := decode(response, &out); err != nil {
		return nil, err
	}
	return &out, nil
}

// missing is a success without what it was asked for. An empty id or token that is
// taken for one would do its harm far from here.
func missing(ctx context.Context, member string) error {
	failure := &Error{
		Status: http.StatusOK,
		kinds:  []error{ErrUnexpectedAnswer},
		cause:  errors.New("the answer has no " + member),
	}
	if current, ok := ctx.Value(callKey{}).(*call); ok {
		failure.Operation, failure.Attempts = string(current.operation.ID), current.attempts
		failure.Method, failure.URL = current.operation.Method, current.settings.baseURL.String()+current.operation.Path
	}
	return failure
}

// discard takes a success whose body nobody knows.
func discard(response *http.Response, err error) error {
	if err != nil {
		return asError(err)
	}
	return response.Body.Close()
}

func decode(response *http.Response, out any) error {
	body, ok := response.Body.(*answerBody)
	if !ok {
		return errors.New("qismo: the answer did not come through the client")
	}
	if err := json.Unmarshal(body.bytes, out); err != nil {
		failure := answerError(callOf(response.Request), response.Request, response, body.bytes)
		failure.Message = "" // of a success, none is the service's reason
		failure.cause = errors.New("decode the answer: " + describeDecoding(err))
		return failure
	}
	return nil
}

// describeDecoding words a decoding failure without the value that encoding/json
// may quote.
func describeDecoding(err error) string {
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType):
		return fmt.Sprintf("the member %s is a JSON %s, a %s was expected",
			wrongType.Field, firstWord(wrongType.Value), wrongType.Type)
	case errors.As(err, &syntax):
		return fmt.Sprintf("it is not JSON from byte %d on", syntax.Offset)
	case strings.HasPrefix(err.Error(), "flex: "):
		return err.Error() // names forms, never values
	}
	return "it does not have the expected shape"
}

// firstWord leaves the literal out that encoding/json appends to "number".
func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// asError makes sure that what the generated client returns by itself, such as an
// id that it cannot write, says whose error it is.
func asError(err error) error {
	if strings.HasPrefix(err.Error(), "qismo: ") {
		return err
	}
	return fmt.Errorf("qismo: make the request: %w", err)
}

// transportError is a call that got no answer.
func transportError(current *call, request *http.Request, err error) *Error {
	// net/http puts the whole URL, with its query, into the errors of its client.
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return &Error{
		Operation: string(current.operation.ID),
		Method:    request.Method,
		URL:       redactURL(request.URL),
		Attempts:  current.attempts,
		cause:     err,
	}
}

// answerError is a call that was answered with a failure.
func answerError(current *call, request *http.Request, response *http.Response, body []byte) *Error {
	said, trace := messageOf(response, body)
	if len(body) > maxErrorBody {
		body = body[:maxErrorBody]
	}
	return &Error{
		Operation:  string(current.operation.ID),
		Method:     request.Method,
		URL:        redactURL(request.URL),
		Status:     response.StatusCode,
		Message:    shorten(mask(said, request)),
		TraceID:    trace,
		RetryAfter: retryAfter(response.Header.Get("Retry-After"), current.settings.now),
		Attempts:   current.attempts,
		kinds:      kindsOf(response.StatusCode, said),
		body:       append([]byte(nil), body...),
	}
}

// messageOf finds the service's message in whichever of its shapes came.
func messageOf(response *http.Response, body []byte) (message, trace string) {
	var shape struct {
		Errors  json.RawMessage `json:"errors"`
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
		Message json.RawMessage `json:"message"`
		TraceID string          `json:"traceid"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return plainText(response.Header.Get("Content-Type"), body), ""
	}
	for _, raw := range []json.RawMessage{shape.Errors, shape.Error, shape.Detail, shape.Message} {
		if message := messageIn(raw); message != "" {
			return message, shape.TraceID
		}
	}
	return "", shape.TraceID
}

// messageIn reads a message that is text, an object that holds it, or a list of
// either.
func messageIn(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var object struct {
		Message   string `json:"message"`
		ErrorData struct {
			Details string `json:"details"`
		} `json:"error_data"`
	}
	if json.Unmarshal(raw, &object) == nil {
		if object.ErrorData.Details != "" {
			return object.ErrorData.Details
		}
		return object.Message
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

// mask takes out of the service's message what the request had said: a service
// that quotes its input must not carry a customer's words, or a credential, into
// a log.
func mask(message string, request *http.Request) string {
	if message == "" {
		return ""
	}
	var words []string
	for name, values := range request.Header {
		if carriesCredential(name) && name != headerAppID {
			words = append(words, values...)
		}
	}
	for _, values := range request.URL.Query() {
		words = append(words, values...)
	}
	if request.GetBody != nil {
		if body, err := request.GetBody(); err == nil {
			sent, _ := io.ReadAll(io.LimitReader(body, 1<<20)) // what can be read is masked
			words = append(words, wordsIn(sent)...)
		}
	}
	for _, word := range words {
		if len(word) >= shortestSecret {
			message = strings.ReplaceAll(message, word, "***")
		}
	}
	return message
}

// quoted finds the strings of a JSON body. Forms are masked by their values.
var quoted = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(\s*:)?`)

func wordsIn(body []byte) []string {
	var words []string
	for _, match := range quoted.FindAllSubmatch(body, -1) {
		if len(match[2]) > 0 {
			continue // a member's name
		}
		var word string
		if json.Unmarshal([]byte(`"`+string(match[1])+`"`), &word) == nil {
			words = append(words, word)
		}
	}
	if form, err := url.ParseQuery(string(body)); err == nil && len(words) == 0 {
		for _, values := range form {
			words = append(words, values...)
		}
	}
	return words
}

func shorten(message string) string {
	runes := []rune(message)
	if len(runes) <= maxMessage {
		return message
	}
	return string(runes[:maxMessage]) + "…"
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

// retryAfter reads both forms of the header, seconds and a date, and bounds them.
func retryAfter(value string, now func() time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil {
		wait = time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now())
	}
	return max(0, min(wait, maxRetryAfter))
}
