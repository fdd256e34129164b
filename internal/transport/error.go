package transport

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sentinels for errors.Is that any service has. The façades name them anew.
var (
	// ErrBadRequest is status 400, or another below 500 that has no sentinel of its
	// own.
	ErrBadRequest = errors.New("bad request")
	// ErrUnauthorized is status 401.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrPaymentRequired is status 402.
	ErrPaymentRequired = errors.New("payment required")
	// ErrForbidden is status 403.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound is status 404.
	ErrNotFound = errors.New("not found")
	// ErrRateLimited is status 429, or a turn that the limiter did not give.
	ErrRateLimited = errors.New("rate limited")
	// ErrServer is any status from 500.
	ErrServer = errors.New("server error")
	// ErrUnexpectedAnswer is a success that cannot be one, or a redirect that was not
	// followed.
	ErrUnexpectedAnswer = errors.New("unexpected answer")
	// ErrNotConnected is a connection that was never made.
	ErrNotConnected = errors.New("not connected")
	// ErrConnectionBroken is a connection that broke during the request or the answer.
	ErrConnectionBroken = errors.New("connection broken")
	// ErrTimeout is a bound of time that was reached.
	ErrTimeout = errors.New("timeout")
)

// Error is a call that failed. It says what was asked, what came back, what was
// tried and, through errors.Is, what kind of failure that is.
//
// It can be logged: its text, also in JSON and slog, holds no credential, no query
// and no id, and of the service's message only words that messages of failures are
// made of; the others, which may be a customer's, are masked. What code of the
// caller's says, such as a token source, is quoted as it is. The raw body, which can
// hold anything, is given out only by [Error.Body].
type Error struct {
	// Operation is the operation's id, "" for a route of the caller's own.
	Operation string
	// Method and URL say what was asked; the URL has the names of its parameters in
	// place of their values.
	Method, URL string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Message is the service's own with unknown words masked, "" when it gave none.
	Message string
	// Code is Meta's number of the failure, of calls that go through to WhatsApp; 0
	// when there is none.
	Code int64
	// TraceID is the gateway's name for the failure, for the vendor's support.
	TraceID string
	// RetryAfter is how long the service asked to wait; 0 when it did not.
	RetryAfter time.Duration
	// Attempts is how often a request to the service was begun.
	Attempts int
	// Failed are the attempts that failed, in their order; the last of them is what
	// the rest of the error tells about.
	Failed []FailedAttempt

	name   string // whose error it is
	reason Reason
	unread bool    // the answer broke off
	hint   string  // what may help
	kinds  []error // what errors.Is finds
	// What went wrong, when no answer came or it could not be read.
	cause Hidden[error]
	body  Hidden[[]byte]
}

// Error says what was attempted, and what came of it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(strings.Join(e.said(), ": "))
	if e.Code != 0 {
		fmt.Fprintf(&b, " (code %d)", e.Code)
	}
	if e.TraceID != "" {
		b.WriteString(" (trace " + e.TraceID + ")")
	}
	if e.hint != "" {
		b.WriteString(" (" + e.hint + ")")
	}
	if len(e.Failed) > 1 {
		b.WriteString(" (failed attempts: " + strings.Join(e.failedTexts(), ", ") + ")")
	}
	return b.String()
}

func (e *Error) owner() string { return cmp.Or(e.name, "qismo") }

// said is whose error it is, what was asked, what came back and why, as far as there is
// something to say.
func (e *Error) said() []string {
	said := []string{e.owner()}
	add := func(text string) {
		if text != "" {
			said = append(said, text)
		}
	}
	add(cmp.Or(e.Operation, strings.TrimSpace(e.Method+" "+e.URL)))
	if e.Status != 0 {
		add(statusText(e.Status))
	}
	add(e.Message)
	if cause := e.Unwrap(); cause != nil {
		add(inner(cause))
	}
	return said
}

// statusText is a status in words of the standard, not of whoever answered.
func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("status %d %s", status, http.StatusText(status)))
}

// inner is the text of an error within another, which says already whose it is.
func inner(err error) string {
	var failure *Error
	if errors.As(err, &failure) {
		return strings.Replace(err.Error(), failure.owner()+": ", "", 1)
	}
	return err.Error()
}

func (e *Error) failedTexts() []string {
	texts := make([]string, 0, len(e.Failed))
	for _, failed := range e.Failed {
		texts = append(texts, failed.String())
	}
	return texts
}

// Uncertain reports whether the service may have carried the call out although it
// failed, and a repeat would carry it out once more: an answer was lost or was none, or
// was a failure of the service's own. A message may have reached its customer then, and
// a repeat would reach them again. It is false when nothing was sent, when the service
// refused, and for what may be done twice: reads, and operations that are idempotent.
func (e *Error) Uncertain() bool {
	return slices.ContainsFunc(e.Failed, func(failed FailedAttempt) bool { return !failed.Harmless() })
}

// Is reports whether the failure is of the kind that a sentinel names.
// That of its status needs nothing but the status, so that tests can make an Error.
func (e *Error) Is(target error) bool {
	return slices.ContainsFunc(e.kinds, func(kind error) bool { return errors.Is(kind, target) }) ||
		e.Status >= http.StatusMultipleChoices && target == kindOfStatus(e.Status)
}

// Unwrap returns what kept an answer from coming or from being read, such as
// context.DeadlineExceeded; nil when the service answered and refused.
func (e *Error) Unwrap() error { return e.cause.Reveal() }

// Body returns the start of the answer as it came, at most 64 KiB. It may hold a
// customer's words: do not log it.
func (e *Error) Body() []byte { return bytes.Clone(e.body.Reveal()) }

// Format prints the text of Error for every verb, so that %#v shows no raw body.
func (e *Error) Format(state fmt.State, verb rune) {
	FormatText(state, verb, e.Error())
}

// FormatText prints a text for every verb.
func FormatText(state fmt.State, verb rune, text string) {
	if verb == 'q' {
		text = strconv.Quote(text)
	}
	_, _ = io.WriteString(state, text) // fmt reports what it cannot write itself
}

// MarshalJSON writes what can be logged.
func (e *Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"error": e.Error(), "operation": e.Operation, "method": e.Method, "url": e.URL,
		"status": e.Status, "message": e.Message, "code": e.Code, "trace_id": e.TraceID,
		"retry_after_seconds": e.RetryAfter.Seconds(), "attempts": e.Attempts, "failed": e.failedTexts(),
		"reason": e.reason, "uncertain": e.Uncertain(),
	})
}

// LogValue gives slog what can be logged.
func (e *Error) LogValue() slog.Value {
	shown := []slog.Attr{
		slog.String("error", e.Error()), slog.String("operation", e.Operation), slog.String("reason", string(e.reason)),
		slog.Bool("uncertain", e.Uncertain()), slog.Int("status", e.Status), slog.Int("attempts", e.Attempts),
	}
	if e.Code != 0 {
		shown = append(shown, slog.Int64("code", e.Code))
	}
	if e.TraceID != "" {
		shown = append(shown, slog.String("trace_id", e.TraceID))
	}
	if e.RetryAfter > 0 {
		shown = append(shown, slog.Duration("retry_after", e.RetryAfter))
	}
	return slog.GroupValue(shown...)
}

// about fills in what was asked.
func (e *Error) about(call *Call, method string) {
	e.name = call.Settings.Name
	e.Operation = call.Operation.ID
	e.Method = method
	e.URL = shownURL(call)
	e.Attempts = call.attempts
}

// interrupted adds why there was no other attempt, although there should have been.
func (e *Error) interrupted(doing string, why error) {
	e.kinds = append(e.kinds, why)
	if e.Unwrap() == nil {
		e.cause = Hide(fmt.Errorf("%s: %w", doing, why))
	}
}

// sort makes a failure known by its reason.
func (e *Error) sort(reason Reason) {
	e.reason = reason
	switch reason {
	case ReasonNotConnected, ReasonUntrusted:
		e.kinds = append(e.kinds, ErrNotConnected)
	case ReasonBroken:
		e.kinds = append(e.kinds, ErrConnectionBroken)
	case ReasonHeldBack:
		e.kinds = append(e.kinds, ErrRateLimited)
	case ReasonUnusable:
		e.kinds = append(e.kinds, ErrUnexpectedAnswer)
	}
}

// sortByTime makes a failure known as one of time, if it is: also one that was not
// connected, or held back, for so long that a bound was reached.
func (e *Error) sortByTime(ctx context.Context) {
	switch {
	case isCancelled(ctx):
		e.kinds = append(e.kinds, context.Canceled) // also where a cause was given in its place
	case ctx.Err() != nil, isTimeout(e.Unwrap()):
		e.kinds = append(e.kinds, ErrTimeout, context.DeadlineExceeded)
	}
}

// transportError is a call that got no answer, or none that HTTP could read.
func transportError(call *Call, request *http.Request, err error) *Error {
	failure := &Error{cause: Hide(because(request.Context(), err))}
	failure.about(call, request.Method)
	return failure
}

// answerError is a call that was answered with a failure.
func answerError(call *Call, request *http.Request, response *http.Response, body []byte) *Error {
	body = body[:min(len(body), MaxErrorBody)]
	said := call.Protocol.Explain(Answer{Status: response.StatusCode, Header: response.Header, Body: body})
	sent := call.valuesOf(request)
	failure := &Error{
		Status:     response.StatusCode,
		Message:    sent.mask(said.Message),
		Code:       sent.code(said.Code),
		TraceID:    sent.identifier(said.TraceID),
		RetryAfter: retryAfter(response.Header, call.Settings.Now),
		hint:       said.Hint,
		kinds:      said.Kinds,
		body:       Hide(bytes.Clone(body)),
	}
	if response.StatusCode < http.StatusMultipleChoices {
		failure.kinds = append(failure.kinds, ErrUnexpectedAnswer)
	}
	failure.about(call, request.Method)
	return failure
}

// Explanation is what a service says of a failure.
type Explanation struct {
	// Message is in its own words, whatever they are.
	Message string
	// Code is a number that the failure goes by, 0 when there is none.
	Code int64
	// TraceID names the failure, "" when nothing does.
	TraceID string
	// Kinds are sentinels beside that of the status.
	Kinds []error
	// Hint is what may help, in words of the façade.
	Hint string
}

func kindOfStatus(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusPaymentRequired:
		return ErrPaymentRequired
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusTooManyRequests:
		return ErrRateLimited
	}
	switch {
	case status >= http.StatusInternalServerError:
		return ErrServer
	case status < http.StatusBadRequest:
		return ErrUnexpectedAnswer
	}
	return ErrBadRequest
}
