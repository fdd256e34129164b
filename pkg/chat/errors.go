package chat

import (
	"errors"
	"net/http"
	"strings"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Sentinels for errors.Is: what kind of failure a call met. The first group follows
// the status, the second is about the way to the service; the third names conditions
// that callers branch on. They are those of package qismo.
var (
	// ErrBadRequest is status 400, or another below 500 that has no sentinel of its
	// own: bad input, or a rule of the service broken.
	ErrBadRequest = qismo.ErrBadRequest
	// ErrUnauthorized is status 401: a wrong credential.
	ErrUnauthorized = qismo.ErrUnauthorized
	// ErrForbidden is status 403: the credential is not allowed here, or has expired.
	ErrForbidden = qismo.ErrForbidden
	// ErrNotFound is status 404: an unknown user, room, message or route.
	ErrNotFound = qismo.ErrNotFound
	// ErrRateLimited is status 429: too many requests, see Error.RetryAfter; or a turn
	// that the client's own limiter did not give in time, when Error.Status is 0.
	ErrRateLimited = qismo.ErrRateLimited
	// ErrServer is any status from 500: the service or its gateway failed.
	ErrServer = qismo.ErrServer
	// ErrUnexpectedAnswer is a success that cannot be one: not JSON, cut off, of the
	// wrong shape, too large, or holding a failure; or a redirect that was not
	// followed.
	ErrUnexpectedAnswer = qismo.ErrUnexpectedAnswer

	// ErrNotConnected is a connection that was never made, so that nothing was sent.
	ErrNotConnected = qismo.ErrNotConnected
	// ErrConnectionBroken is a connection that broke during the request or the answer.
	// Whether the service carried the call out is not known; see [Error].
	ErrConnectionBroken = qismo.ErrConnectionBroken
	// ErrTimeout is a bound of time that was reached: the call's, one of [Timeouts] or
	// the context's. It is context.DeadlineExceeded too.
	ErrTimeout = qismo.ErrTimeout

	// ErrTokenExpired refuses a user's token as expired. A [User] has got another by
	// itself where it can, and made the call once more: then that one was refused too.
	ErrTokenExpired = qismo.ErrTokenExpired
)

// errNothingToStore is a token store where no token is had that it could keep.
var errNothingToStore = errors.New("a token store keeps the tokens of a user who logs in, and there is none")

// Error is a call that failed: the Operation's id ("" for a call of [Server.Do] and
// [User.Do]), the Method and URL that were asked, the Status, the service's Message,
// RetryAfter, how many Attempts were begun and which of them Failed; see
// [qismo.Error]. Its method Uncertain reports whether the service may have carried the
// call out all the same, and a repeat would carry it out once more.
//
// It can be logged: its text, also in JSON and slog, holds no credential, of the URL
// neither ids nor query, and of the service's message only words that messages of
// failures are made of.
type Error = qismo.Error

// kindsOf sorts a failure, loosely, by what the service says.
func kindsOf(status int, message string) []error {
	if isAboutToken(status) && saysExpired(message) {
		return []error{ErrTokenExpired}
	}
	return nil
}

// isAboutToken reports whether a status may be about the credential. The upload of
// files has been seen to refuse an expired token with 422.
func isAboutToken(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// saysExpired tells "Unauthorized. Token is expired", and the like.
func saysExpired(message string) bool {
	said := strings.ToLower(message)
	return strings.Contains(said, "token is expired") || strings.Contains(said, "token expired") ||
		strings.Contains(said, "token has expired")
}

// saysUnauthorized tells "Unauthorized", for which clients log in again whether it
// comes as 401 or as 403.
func saysUnauthorized(message string) bool {
	return strings.Contains(strings.ToLower(message), "unauthorized")
}
