package qismo

import (
	"errors"
	"net/http"
	"strings"

	"github.com/qismo-go/qismo/internal/transport"
)

// Sentinels for errors.Is: what kind of failure a call met. The first group
// follows the status, the second is about the way to the service; the third names
// conditions that callers branch on, which belong to a kind of the first as well.
var (
	// ErrBadRequest is status 400, or another below 500 that has no sentinel of its
	// own: bad input, or a rule of the platform broken.
	ErrBadRequest = transport.ErrBadRequest
	// ErrUnauthorized is status 401: a wrong or expired credential.
	ErrUnauthorized = transport.ErrUnauthorized
	// ErrPaymentRequired is status 402: credit or plan exhausted.
	ErrPaymentRequired = transport.ErrPaymentRequired
	// ErrForbidden is status 403: the credential is not allowed here, or the account
	// has no such route.
	ErrForbidden = transport.ErrForbidden
	// ErrNotFound is status 404: an unknown room, agent or route.
	ErrNotFound = transport.ErrNotFound
	// ErrRateLimited is status 429: too many requests, see Error.RetryAfter; or a turn
	// that the client's own limiter did not give in time, when Error.Status is 0.
	ErrRateLimited = transport.ErrRateLimited
	// ErrServer is any status from 500: the service or its gateway failed.
	ErrServer = transport.ErrServer
	// ErrUnexpectedAnswer is a success that cannot be one: not JSON, cut off, of the
	// wrong shape, too large, or holding a failure; or a redirect that was not
	// followed.
	ErrUnexpectedAnswer = transport.ErrUnexpectedAnswer

	// ErrNotConnected is a connection that was never made, so that nothing was sent:
	// no address for the name, nobody there, a proxy that refused, or a TLS certificate
	// that is not trusted.
	ErrNotConnected = transport.ErrNotConnected
	// ErrConnectionBroken is a connection that broke during the request or the answer.
	// Whether the service carried the call out is not known; see [Error.Uncertain].
	ErrConnectionBroken = transport.ErrConnectionBroken
	// ErrTimeout is a bound of time that was reached: the call's, one of [Timeouts] or
	// the context's. The error's text names it. It is context.DeadlineExceeded too.
	ErrTimeout = transport.ErrTimeout

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

// Error is a call that failed. It says what was asked, what came back, what was
// tried and, through errors.Is, what kind of failure that is. Its fields:
//
//   - Operation is the operation's id, "" for a call of [Client.Do].
//   - Method and URL say what was asked; the URL has the names of its parameters in
//     place of their values.
//   - Status is the HTTP status, 0 when no answer came.
//   - Message is the service's own, with the words masked that messages of failures
//     are not made of.
//   - Code is Meta's number of the failure, of calls that go through to WhatsApp.
//   - TraceID is the gateway's name for the failure, for the vendor's support.
//   - RetryAfter is how long the service asked to wait; 0 when it did not.
//   - Attempts is how often a request to the service was begun.
//   - Failed are the attempts that failed, each with its reason.
//
// Its method Uncertain reports whether the service may have carried the call out
// all the same, and a repeat would carry it out once more: whether a message may have
// reached its customer. It is false for reads and for what can be carried out twice.
//
// Its methods:
//
//	Error() string                   // all of that in one line
//	Uncertain() bool                 // it may have been carried out all the same
//	Is(target error) bool            // through errors.Is
//	Unwrap() error                   // what kept an answer from coming
//	Body() []byte                    // the raw answer: do not log it
//	MarshalJSON() ([]byte, error)    // what can be logged
//	LogValue() slog.Value            // the same for slog
//
// It can be logged: its text, also in JSON and slog, holds no credential, and of the
// URL neither ids nor query. What code of the caller's says, such as a token source
// or the cause of a context, is quoted as it is. The raw body, which can hold
// anything, is given out only by its method Body.
type Error = transport.Error

// metaOutsideWindow is Meta's number for a free message after the 24 hours.
const metaOutsideWindow = 131047

// kindsOfCode sorts a failure by Meta's number of it.
func kindsOfCode(code int64) []error {
	if code == metaOutsideWindow {
		return []error{ErrOutsideWindow}
	}
	return nil
}

// kindsOf sorts a failure, loosely, by what the service says.
func kindsOf(status int, message string) []error {
	var kinds []error
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
	case isRefusal(status) && strings.Contains(said, "invalid token"):
		kinds = append(kinds, ErrInvalidToken)
	}
	return kinds
}

// isRefusal reports whether a status is about the credential. Gateways say 403 where
// the service says 401.
func isRefusal(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}
