package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// DefaultMaxAnswer is how many bytes an answer may have; more is an error.
	DefaultMaxAnswer = 32 << 20
	// MaxErrorBody is how many bytes of a failure are kept.
	MaxErrorBody  = 64 << 10
	maxRetryAfter = 24 * time.Hour
)

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // of a failure no more than MaxErrorBody bytes
}

// answerLink asks the service and turns every failure into an *Error, whatever
// shape it comes in, so that what passes is a success that was read whole, or is
// read by whoever asked for a stream.
type answerLink struct{ next Doer }

func (l *answerLink) Do(request *http.Request) (*http.Response, error) {
	call := CallOf(request.Context())
	response, err := l.next.Do(request)
	if err != nil {
		return nil, transportError(call, request, err)
	}
	response.Request = request // which a transport of the caller's may leave out
	call.status, call.protocol = response.StatusCode, response.Proto
	if id := response.Header.Get("X-Request-Id"); id != "" && len(call.Settings.hooks) > 0 {
		call.requestID = call.valuesOf(request).identifier(id)
	}
	if call.Streams && isSuccess(response.StatusCode) {
		call.answered(0)
		call.inspect(request, response, nil, errStreamed)
		return response, nil // its caller reads it
	}
	body, err := call.readBody(response)
	call.inspect(request, response, body, err)
	failure := call.judge(request, response, body, err)
	if failure == nil {
		call.answered(0)
		whole := &answerBody{bytes: body, call: call}
		whole.Reset(body)
		response.Body = whole
		return response, nil
	}
	call.answered(failure.RetryAfter)
	return nil, failure
}

// judge returns what is wrong with an answer; nil for a success. Of a failure it does
// not matter whether all was read.
func (c *Call) judge(request *http.Request, response *http.Response, body []byte, unread error) *Error {
	switch {
	case response.StatusCode >= http.StatusBadRequest:
		return answerError(c, request, response, body)
	case unread != nil:
		failure := answerError(c, request, response, body)
		failure.Message = "" // half of a success is no reason
		var tooLarge *tooLargeError
		failure.unread = !errors.As(unread, &tooLarge)
		failure.cause = Hide(fmt.Errorf("read the answer: %w", because(request.Context(), unread)))
		return failure
	case !isSuccess(response.StatusCode):
		return answerError(c, request, response, body)
	}
	err := c.Protocol.Check(Answer{Status: response.StatusCode, Header: response.Header, Body: body})
	if err == nil {
		return nil
	}
	failure := answerError(c, request, response, body)
	failure.cause = Hide(err)
	if !errors.Is(err, ErrFailureInside) {
		failure.Message = "" // what a success says is no reason, and may be a customer's
	}
	return failure
}

func isSuccess(status int) bool { return status >= 200 && status <= 299 }

// answered tells the limiter of an answer.
func (c *Call) answered(retryAfter time.Duration) {
	if c.Settings.Limiter != nil {
		c.Settings.Limiter.Answered(c.status, retryAfter)
	}
}

// errStreamed is why the body of a stream is not shown to an inspector.
var errStreamed = errors.New("the caller reads the body")

// answerBody is an answer that was read whole.
type answerBody struct {
	bytes.Reader
	bytes []byte
	call  *Call
}

func (*answerBody) Close() error { return nil }

// tooLargeError is an answer beyond its bound.
type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("it is too large: larger than %d bytes", e.limit)
}

// readBody reads an answer up to its bound and closes it.
func (c *Call) readBody(response *http.Response) ([]byte, error) {
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil // the body is a connection, which nobody asked for, and has no end
	}
	limit := c.Settings.MaxAnswer
	if response.StatusCode >= http.StatusBadRequest {
		limit = min(limit, MaxErrorBody)
	}
	// One byte more than there should be, so that the end is seen without growing.
	body := make([]byte, 0, min(max(response.ContentLength, bytes.MinRead), limit, 1<<20)+1)
	for {
		n, err := response.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return body[:limit], &tooLargeError{limit}
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return body, err
		case len(body) == cap(body):
			body = slices.Grow(body, 1)
		}
	}
}

// ErrFailureInside is a failure that calls itself a success.
var ErrFailureInside = errors.New("the success holds a failure")

// IsJSON reports whether a header of answers says that the body is JSON.
func IsJSON(header http.Header) bool {
	contentType := header.Get("Content-Type")
	if contentType == "application/json" || strings.HasPrefix(contentType, "application/json;") {
		return true // what services say nearly always
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

// Receive decodes a success that the chain let pass. It is the last step of every
// method of a façade, and takes what the generated method returns.
func Receive[T any](name string, response *http.Response, err error) (*T, error) {
	if err != nil {
		return nil, Named(name, err)
	}
	var out T
	if err := Decode(response, &out); err != nil {
		return nil, err
	}
	return &out, nil
}

// Decode decodes a success that the chain let pass.
func Decode(response *http.Response, out any) error {
	body, ok := response.Body.(*answerBody)
	if !ok {
		return errNotOurs
	}
	if err := json.Unmarshal(body.bytes, out); err != nil {
		return UnusableAnswer(response, ErrUnexpectedAnswer, errors.New("decode the answer: "+describeDecoding(err)))
	}
	return nil
}

// errNotOurs is an answer that did not come through a chain.
var errNotOurs = errors.New("the answer did not come through the client")

// Named makes sure that what the generated client returns by itself, such as an id
// that it cannot write, says whose error it is.
func Named(name string, err error) error {
	if strings.HasPrefix(err.Error(), name+": ") {
		return err
	}
	return fmt.Errorf("%s: make the request: %w", name, unwritten(err))
}

// unwritten is why a value could not be written as JSON, in words that do not quote it.
func unwritten(err error) error {
	var within *json.MarshalerError
	for errors.As(err, &within) {
		err = within.Err
	}
	words := err.Error()
	var wrongType *json.UnsupportedTypeError
	var notFinite *json.UnsupportedValueError
	if !errors.As(err, &wrongType) && !errors.As(err, &notFinite) && !strings.HasPrefix(words, "flex: ") {
		words = Plain(words)
	}
	return &worded{words: words, cause: Hide(err)}
}

// Unusable is a success that turned out to be a failure of a kind, for a cause that
// tells no value of it.
func Unusable(ctx context.Context, kind, cause error) error {
	failure := &Error{Status: http.StatusOK, kinds: []error{kind}, cause: Hide(cause), reason: ReasonUnusable}
	if call := CallOf(ctx); call != nil {
		failure.about(call, call.Operation.Method)
		call.remember(failure, call.Operation.Method, tells(kind))
	}
	return failure
}

// UnusableAnswer is like [Unusable], for a success whose answer is at hand.
func UnusableAnswer(response *http.Response, kind, cause error) error {
	body, ok := response.Body.(*answerBody)
	if !ok {
		return errors.Join(cause, errNotOurs)
	}
	call := body.call
	failure := answerError(call, response.Request, response, body.bytes)
	failure.Message = "" // of a success, none is the service's reason
	failure.kinds = append(failure.kinds, kind)
	failure.cause = Hide(cause)
	failure.sort(ReasonUnusable)
	call.remember(failure, response.Request.Method, tells(kind))
	return failure
}

// tells reports whether a success that is a failure of a kind tells what became of the
// call: an answer that was not expected does not.
func tells(kind error) bool { return !errors.Is(kind, ErrUnexpectedAnswer) }

// Said makes the service's words in a success fit for a log, as those of a failure are.
func Said(response *http.Response, text string) string {
	body, ok := response.Body.(*answerBody)
	if !ok {
		return Plain(text)
	}
	return body.call.valuesOf(response.Request).mask(text)
}

// Bytes are those of a success that the chain let pass, not a copy.
func Bytes(response *http.Response) []byte {
	if body, ok := response.Body.(*answerBody); ok {
		return body.bytes
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

// retryAfter reads both forms of the header, seconds and a date, and bounds them. A
// date is held against the service's own clock where it tells the time, as the two
// clocks may differ.
func retryAfter(header http.Header, now func() time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	var wait time.Duration
	if isDigits := strings.Trim(value, "0123456789") == ""; isDigits {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			seconds = int64(maxRetryAfter / time.Second) // more than a number holds
		}
		wait = time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		since := now()
		if date, err := http.ParseTime(header.Get("Date")); err == nil {
			since = date
		}
		wait = at.Sub(since)
	}
	return max(0, min(wait, maxRetryAfter))
}
