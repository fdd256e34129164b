package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The text says whose error it is, what was asked, what came of it, and nothing that is
// not known.
func TestErrorTexts(t *testing.T) {
	t.Parallel()
	for want, failure := range map[string]*Error{
		"qismo":                       {},
		"qismo: getRoom":              {Operation: "getRoom"},
		"chat: getRoom":               {name: "chat", Operation: "getRoom", Method: "GET", URL: "https://x"},
		"qismo: GET https://x":        {Method: "GET", URL: "https://x"},
		"qismo: status 404 Not Found": {Status: 404},
		"qismo: status 599":           {Status: 599},
		"qismo: getRoom: status 404 Not Found: no route": {Operation: "getRoom", Status: 404, Message: "no route"},
		"qismo: it broke": {cause: Hide(errBroke)},
		"qismo: status 400 Bad Request (code 131047)": {Status: 400, Code: 131047},
		"qismo: status 500 Internal Server Error: down: it broke (code 1) (trace 7f) (try it)": {
			Status: 500, Message: "down", cause: Hide(errBroke), Code: 1, TraceID: "7f", hint: "try it",
		},
		"qismo: log in: login: status 401 Unauthorized": {
			cause: Hide(fmt.Errorf("log in: %w", &Error{Operation: "login", Status: 401})),
		},
		"qismo: log in: chat is quoted: login": {
			cause: Hide(fmt.Errorf("log in: chat is quoted: %w", &Error{name: "chat", Operation: "login"})),
		},
		"qismo: one attempt": {cause: Hide(errors.New("one attempt")), Failed: []FailedAttempt{{Reason: ReasonBroken}}},
		"qismo: two (failed attempts: connection broken, status 503)": {
			cause: Hide(errors.New("two")), Failed: []FailedAttempt{{Reason: ReasonBroken}, {Status: 503}},
		},
	} {
		assert.Equal(t, want, failure.Error())
		assert.Equal(t, want, fmt.Sprintf("%v", failure))
		assert.Equal(t, want, fmt.Sprintf("%#v", failure))
		assert.Equal(t, fmt.Sprintf("%q", want), fmt.Sprintf("%q", failure))
	}
}

// Each status is one kind, which tests can have by the status alone.
func TestKindsOfStatus(t *testing.T) {
	t.Parallel()
	kinds := map[int]error{
		300: ErrUnexpectedAnswer, 304: ErrUnexpectedAnswer, 400: ErrBadRequest, 401: ErrUnauthorized,
		402: ErrPaymentRequired, 403: ErrForbidden, 404: ErrNotFound, 409: ErrBadRequest, 429: ErrRateLimited,
		499: ErrBadRequest, 500: ErrServer, 503: ErrServer, 999: ErrServer, 0: nil, 200: nil,
	}
	for status, kind := range kinds {
		for _, sentinel := range sentinels() {
			assert.Equal(t, slices.Contains([]error{kind}, sentinel), errors.Is(&Error{Status: status}, sentinel), "%d, %s", status, sentinel)
		}
	}
}

// Kinds are found as errors are, also within others.
func TestKindsWithinOthers(t *testing.T) {
	t.Parallel()
	inner := errors.New("inner")
	failure := &Error{kinds: []error{fmt.Errorf("outer: %w", inner)}, cause: Hide(errBroke)}
	require.ErrorIs(t, failure, inner)
	require.ErrorIs(t, failure, errBroke)
	require.NotErrorIs(t, failure, ErrServer)
}

func TestUncertain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		failed []FailedAttempt
		want   bool
	}{
		"nothing":                 {nil, false},
		"not sent":                {[]FailedAttempt{{Reason: ReasonNotConnected}}, false},
		"refused":                 {[]FailedAttempt{{Reason: ReasonRefused}}, false},
		"broken":                  {[]FailedAttempt{{Reason: ReasonBroken}}, true},
		"broken, then refused":    {[]FailedAttempt{{Reason: ReasonBroken}, {Reason: ReasonRefused}}, true},
		"refused, then broken":    {[]FailedAttempt{{Reason: ReasonRateLimited}, {Reason: ReasonBroken}}, true},
		"refused, then not sent":  {[]FailedAttempt{{Reason: ReasonRateLimited}, {Reason: ReasonNotConnected}}, false},
		"cancelled before":        {[]FailedAttempt{{Reason: ReasonCancelled, settled: true}}, false},
		"cancelled in the middle": {[]FailedAttempt{{Reason: ReasonCancelled}}, true},
		"broken, but harmless":    {[]FailedAttempt{{Reason: ReasonBroken, Idempotent: true}}, false},
	} {
		assert.Equal(t, test.want, (&Error{Failed: test.failed}).Uncertain(), name)
	}
}

// perhapsDone tells whether some attempt may have been carried out, though that may do
// no harm: most tests make calls that may be repeated.
func perhapsDone(failure *Error) bool {
	return slices.ContainsFunc(failure.Failed, FailedAttempt.Uncertain)
}

// What can be logged of an error, in JSON and by slog, is what its text says.
func TestErrorsInLogs(t *testing.T) {
	t.Parallel()
	failure := &Error{
		Operation: "getRoom", Method: "GET", URL: "https://x/rooms/{room_id}", Status: 429, Message: "slow down", Code: 5,
		TraceID: "7f", RetryAfter: 1500 * time.Millisecond, Attempts: 2,
		Failed: []FailedAttempt{{Reason: ReasonBroken}, {Reason: ReasonRateLimited, Status: 429}}, body: Hide([]byte("kartu-rahasia")),
		reason: ReasonRateLimited,
	}
	encoded, err := json.Marshal(failure)
	require.NoError(t, err)
	assert.JSONEq(t, `{"error":"qismo: getRoom: status 429 Too Many Requests: slow down (code 5) (trace 7f) (failed attempts: connection broken, status 429)",
		"operation":"getRoom","method":"GET","url":"https://x/rooms/{room_id}","status":429,"message":"slow down","code":5,
		"trace_id":"7f","retry_after_seconds":1.5,"attempts":2,"failed":["connection broken","status 429"],"reason":"rate limited","uncertain":true}`, string(encoded))

	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Error("x", "err", failure)
	assert.Contains(t, log.String(), "err.operation=getRoom err.reason=\"rate limited\" err.uncertain=true err.status=429 err.attempts=2 err.code=5 err.trace_id=7f err.retry_after=1.5s")
	for _, printed := range []string{string(encoded), log.String(), fmt.Sprintf("%v %+v %#v %x %d", failure, failure, failure, failure, failure)} {
		assert.NotContains(t, printed, "rahasia")
	}
	body := failure.Body()
	require.Equal(t, "kartu-rahasia", string(body))
	body[0] = 'x'
	assert.Equal(t, "kartu-rahasia", string(failure.Body()), "it is a copy")
}

// What net/http quotes of an answer is not told, and what it wraps is found all the
// same.
func TestCausesAreNotQuoted(t *testing.T) {
	t.Parallel()
	quoting := fmt.Errorf("malformed HTTP response %q: %w", "rahasia", errBroke)
	failure := newService(play(silent(quoting))).fail(t, request{write: true})
	require.EqualError(t, failure, `test: getRoom: malformed HTTP response "***": it ***`)
	require.ErrorIs(t, failure, errBroke)

	failure = newService(play(asks(&tls.CertificateVerificationError{Err: errors.New(`signed by "nobody"`)}))).fail(t, request{})
	require.EqualError(t, failure, `test: getRoom: tls: failed to verify certificate: signed by "nobody"`, "it is not an answer")

	failure = newService(play(silent(errors.New("dial tcp: no route to host")))).fail(t, request{write: true, path: "/rooms/5?search=rahasia"})
	require.EqualError(t, failure, "test: getRoom: dial tcp: no route to host", "the URL is left out")
}

// The cause of an ended context says more than the error that it led to.
func TestCausesOfContexts(t *testing.T) {
	t.Parallel()
	closed := errors.New("the shop closed")
	ctx, cancel := context.WithCancelCause(t.Context())
	service := newService(play(func(*http.Request) (*http.Response, error) {
		cancel(closed)
		return nil, errBroke
	}))
	_, err := service.ask(ctx, request{})
	require.EqualError(t, err, "test: getRoom: context canceled: the shop closed")
	require.ErrorIs(t, err, closed)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, ReasonCancelled, ReasonOf(err))
}

// A route of the caller's own is told by its host alone: nothing tells ids apart in it.
func TestWhereCallsWent(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://service.example.id":        "https://service.example.id",
		"https://service.example.id:8443/":  "https://service.example.id:8443",
		"https://service.example.id/omni/x": "https://service.example.id/omni/x",
	} {
		call := &Call{Settings: &Settings{BaseURL: parsed(t, base)}, Operation: Operation{Path: "/rooms/{room_id}"}}
		assert.Equal(t, want+"/rooms/{room_id}", shownURL(call))
		call.Operation.Path = ""
		assert.Equal(t, want, shownURL(call))
	}
}
