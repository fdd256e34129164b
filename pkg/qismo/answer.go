package qismo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxAnswer     = 32 << 20 // bytes of an answer; more is an error
	maxErrorBody  = 64 << 10 // bytes of a failure that are kept
	maxRetryAfter = 24 * time.Hour
)

// answerDoer asks the service and turns every failure into an *Error, whatever
// shape it comes in, so that what passes is a success that was read whole, or is
// read by whoever asked for a stream.
type answerDoer struct{ next doer }

func (d *answerDoer) Do(request *http.Request) (*http.Response, error) {
	current := callOf(request)
	current.attempts++
	response, err := d.next.Do(request)
	if err != nil {
		return nil, transportError(current, request, err)
	}
	response.Request = request // which a transport of the caller's may leave out
	if current.streams && response.StatusCode >= 200 && response.StatusCode <= 299 {
		current.inspect(request, response, nil, errStreamed)
		return response, nil // its caller reads it
	}
	body, err := readBody(response)
	current.inspect(request, response, body, err)
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
		if !errors.Is(err, errFailureInside) {
			failure.Message = "" // what a success says is no reason, and may be a customer's
		}
		return nil, failure
	}
	whole := &answerBody{bytes: body}
	whole.Reset(body)
	response.Body = whole
	return response, nil
}

// errStreamed is why the body of a stream is not shown to an inspector.
var errStreamed = errors.New("the caller reads the body")

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
	// One byte more than there should be, so that the end is seen without growing.
	hint := min(max(response.ContentLength, bytes.MinRead), limit) + 1
	body := make([]byte, 0, hint)
	for {
		n, err := response.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			if response.StatusCode < http.StatusBadRequest {
				err = fmt.Errorf("it is larger than %d bytes", limit)
			}
			return body[:limit], err
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return body, err
		case len(body) == cap(body):
			body = slices.Grow(body, 1)
		}
	}
}

// errFailureInside is a failure that calls itself a success.
var errFailureInside = errors.New("the success holds a failure")

// checkSuccess refuses a success that is none: a gateway's page under 200, or a
// failure inside it. Where the document knows no answer, anything else goes.
func checkSuccess(current *call, response *http.Response, body []byte) error {
	if bytes.HasPrefix(body, []byte(`{"data":{"`)) || bytes.HasPrefix(body, []byte(`{"data":[{`)) {
		return nil // a cheap look before the thorough one, which few answers need
	}
	if current.operation.AnswersJSON && !isJSON(response.Header.Get("Content-Type")) && !json.Valid(body) {
		return errors.New("the answer is not JSON")
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
		return errFailureInside
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
	return unexpected(ctx, errors.New("the answer has no "+member))
}

// unexpected is a success that cannot be used, for a cause that tells no value of
// it.
func unexpected(ctx context.Context, cause error) error {
	return unusable(ctx, ErrUnexpectedAnswer, cause)
}

// unusable is a success that turned out to be a failure of a kind.
func unusable(ctx context.Context, kind, cause error) error {
	failure := &Error{Status: http.StatusOK, kinds: []error{kind}, cause: cause}
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

// transportError is a call that got no answer, or none that HTTP could read.
func transportError(current *call, request *http.Request, err error) *Error {
	failure := &Error{
		Operation: string(current.operation.ID),
		Method:    request.Method,
		URL:       redactURL(request.URL),
		Attempts:  current.attempts,
		cause:     plainCause(err),
	}
	if ended := request.Context().Err(); ended != nil {
		failure.kinds = append(failure.kinds, ended) // also where a cause was given in its place
	}
	return failure
}

// plainCause is what went wrong on the way, in words that quote neither an answer
// nor a URL. net/http puts the whole URL, with its query, into the errors of its
// client, and what it cannot read of an answer, in quotes, into others.
func plainCause(err error) error {
	if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // its own, and not one that a token source wraps
		err = wrapped.Err
	}
	var network net.Error
	var credential *credentialError
	if errors.As(err, &credential) || errors.As(err, &network) || !strings.ContainsAny(err.Error(), "\"`") {
		return err
	}
	return &unquoted{"the answer is not HTTP as it should be", err}
}

// unquoted words an error anew that quotes what it must not.
type unquoted struct {
	words string
	cause error
}

func (e *unquoted) Error() string { return e.words }
func (e *unquoted) Unwrap() error { return e.cause }

// answerError is a call that was answered with a failure.
func answerError(current *call, request *http.Request, response *http.Response, body []byte) *Error {
	said, trace := messageOf(response, body)
	code := metaCode(body)
	if len(body) > maxErrorBody {
		body = body[:maxErrorBody]
	}
	return &Error{
		Operation:  string(current.operation.ID),
		Method:     request.Method,
		URL:        redactURL(request.URL),
		Status:     response.StatusCode,
		Message:    mask(said, request),
		Code:       code,
		TraceID:    mask(trace, request),
		RetryAfter: retryAfter(response.Header.Get("Retry-After"), current.settings.now),
		Attempts:   current.attempts,
		hint:       credentialHint(current, response.StatusCode),
		kinds:      append(kindsOf(response.StatusCode, said), kindsOfCode(code)...),
		body:       append([]byte(nil), body...),
	}
}

// credentialHint tells whoever was refused that another credential has been seen to
// work.
func credentialHint(current *call, status int) string {
	wanted := current.operation.OnlyWith
	isRefused := status == http.StatusUnauthorized || status == http.StatusForbidden
	if !isRefused || wanted == "" || current.settings.credentials == nil {
		return ""
	}
	sent := current.settings.credentials.proof()
	if sent == "" || sent == wanted {
		return ""
	}
	return "a " + sent + " was sent; the operation has been seen with a " + wanted + " only"
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
