package qismo

import (
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

// Sentinels for errors.Is: what kind of failure a call met. The first group
// follows the status; the second names conditions that callers branch on, which
// belong to a kind of the first as well.
var (
	// ErrBadRequest is status 400, or another below 500 that has no sentinel of its
	// own: bad input, or a rule of the platform broken.
	ErrBadRequest = errors.New("bad request")
	// ErrUnauthorized is status 401: a wrong or expired credential.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrPaymentRequired is status 402: credit or plan exhausted.
	ErrPaymentRequired = errors.New("payment required")
	// ErrForbidden is status 403: the credential is not allowed here, or the account
	// has no such route.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound is status 404: an unknown room, agent or route.
	ErrNotFound = errors.New("not found")
	// ErrRateLimited is status 429: too many requests. See Error.RetryAfter.
	ErrRateLimited = errors.New("rate limited")
	// ErrServer is any status from 500: the service or its gateway failed.
	ErrServer = errors.New("server error")
	// ErrUnexpectedAnswer is a success that cannot be one: not JSON, cut off, of the
	// wrong shape, too large, or holding a failure; or a redirect that was not
	// followed.
	ErrUnexpectedAnswer = errors.New("unexpected answer")

	// ErrMaxAgents refuses an assignment: the room has as many agents as max_agent
	// allows.
	ErrMaxAgents = errors.New("the room has its agents already")
	// ErrTagExists refuses a tag that the room has already.
	ErrTagExists = errors.New("the room has the tag already")
	// ErrNoApprovedTemplate says that a WhatsApp channel has no approved 24-hour
	// template.
	ErrNoApprovedTemplate = errors.New("the channel has no approved 24-hour template")
	// ErrTokenExpired refuses a user token as expired: get a new one, see
	// [SessionService.RefreshToken].
	ErrTokenExpired = errors.New("the token expired")
	// ErrInvalidToken refuses a token as unknown: a new one comes from logging in
	// only, as the one client known takes it.
	ErrInvalidToken = errors.New("the token is invalid")
	// ErrOutsideWindow refuses a free WhatsApp message: the customer has not written
	// for 24 hours, so that only a template reaches them. It is Meta's code 131047.
	ErrOutsideWindow = errors.New("the customer's 24 hours are over")
	// ErrNotSent is a broadcast that did not reach every recipient, although the
	// service took it; see [NotSentError].
	ErrNotSent = errors.New("not sent to everybody")
)

// Error is a call that failed. It says what was asked, what came back and, through
// errors.Is, what kind of failure that is.
//
// It can be logged: its text, also in JSON and slog, holds no credential and no
// query, and of the service's message no word of more than three characters that
// the request had said. The raw body, which can hold anything, is given out only
// by [Error.Body].
type Error struct {
	// Operation is the operation's id, "" for a call of [Client.Do].
	Operation string
	// Method and URL say what was asked; the URL has its query masked.
	Method, URL string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Message is the service's own, "" when it gave none.
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

	hint  string  // what may help
	kinds []error // what errors.Is finds
	cause error   // what went wrong, when no answer came or it could not be read
	body  []byte
}

// Error says what was attempted, and what came of it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("qismo: ")
	if e.Operation != "" {
		b.WriteString(e.Operation)
	} else {
		b.WriteString(e.Method + " " + e.URL)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": status %d", e.Status)
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	if e.Code != 0 {
		fmt.Fprintf(&b, " (code %d)", e.Code)
	}
	if e.TraceID != "" {
		b.WriteString(" (trace " + e.TraceID + ")")
	}
	if e.hint != "" {
		b.WriteString(" (" + e.hint + ")")
	}
	return b.String()
}

// Is reports whether the failure is of the kind that a sentinel names.
func (e *Error) Is(target error) bool {
	return slices.Contains(e.kinds, target)
}

// Unwrap returns what kept an answer from coming or from being read, such as
// context.DeadlineExceeded; nil when the service answered and refused.
func (e *Error) Unwrap() error { return e.cause }

// Body returns the start of the answer as it came, at most 64 KiB. It may hold a
// customer's words: do not log it.
func (e *Error) Body() []byte { return append([]byte(nil), e.body...) }

// Format prints the text of Error for every verb, so that %#v shows no raw body.
func (e *Error) Format(state fmt.State, verb rune) {
	formatText(state, verb, e.Error())
}

// formatText prints a text for every verb.
func formatText(state fmt.State, verb rune, text string) {
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
		"retry_after_seconds": e.RetryAfter.Seconds(), "attempts": e.Attempts,
	})
}

// LogValue gives slog what can be logged.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("error", e.Error()), slog.String("operation", e.Operation), slog.Int("status", e.Status),
		slog.Int64("code", e.Code), slog.Int("attempts", e.Attempts), slog.String("trace_id", e.TraceID))
}

// metaOutsideWindow is Meta's number for a free message after the 24 hours.
const metaOutsideWindow = 131047

// kindsOfCode sorts a failure by Meta's number of it.
func kindsOfCode(code int64) []error {
	if code == metaOutsideWindow {
		return []error{ErrOutsideWindow}
	}
	return nil
}

// kindsOf sorts a failure by its status and, loosely, by what the service says.
func kindsOf(status int, message string) []error {
	kinds := []error{kindOfStatus(status)}
	said := strings.ToLower(message)
	switch {
	case strings.Contains(said, "exceed max agent"):
		kinds = append(kinds, ErrMaxAgents)
	case strings.Contains(said, "tag already exist"):
		kinds = append(kinds, ErrTagExists)
	case strings.Contains(said, "no approved 24 hour"):
		kinds = append(kinds, ErrNoApprovedTemplate)
	case strings.Contains(said, "token_expired"):
		kinds = append(kinds, ErrTokenExpired)
	case status == http.StatusUnauthorized && strings.Contains(said, "invalid token"):
		kinds = append(kinds, ErrInvalidToken)
	}
	return kinds
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
