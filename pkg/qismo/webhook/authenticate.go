package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
)

// ErrUnauthenticated is what the authenticators of this package return, whatever
// the reason: a reason would help those who guess.
var ErrUnauthenticated = errors.New("webhook: the request is not authentic")

// Authenticator decides whether a request is from the platform. Any error means
// that it is not. It must be safe for concurrent use, and must not change body,
// which is the request's body as it came.
//
// An authenticator of one's own is asked when the body has been read. Those of this
// package that do not look at the body are asked before, with none, so that a
// stranger's is never read.
type Authenticator interface {
	Authenticate(request *http.Request, body []byte) error
}

// WithoutAuthentication accepts every request: whoever knows the URL can feed the
// program with made-up events. It is for tests, and for programs that have
// authenticated the request before.
func WithoutAuthentication() Authenticator {
	return &authenticator{
		name:    "WithoutAuthentication",
		accepts: func(*http.Request, []byte) bool { return true },
	}
}

// authenticator is an authenticator of this package. Its secrets and its members are
// held by functions alone, where nothing that prints values finds them.
type authenticator struct {
	name      string
	misuse    error // why it refuses everything; nil when it is set up well
	needsBody bool
	accepts   func(request *http.Request, body []byte) bool
	hide      func(target *url.URL) // masks where the URL has the secret; nil if it has none
}

// Authenticate implements [Authenticator].
func (a *authenticator) Authenticate(request *http.Request, body []byte) error {
	if a.misuse != nil || !a.accepts(request, body) {
		return ErrUnauthenticated
	}
	return nil
}

// String says which authenticator it is, and nothing of what it holds.
func (a *authenticator) String() string { return "webhook." + a.name + "(***)" }

// Format writes the same for every verb, %#v too.
func (a *authenticator) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, a.String()) }

// misuseOf says what is wrong with an authenticator's set-up, so that a program with
// an empty secret does not start.
func misuseOf(given Authenticator) error {
	if isNil(given) {
		return errors.New("the authenticator is nil; WithoutAuthentication accepts every request")
	}
	if own, ok := given.(*authenticator); ok && own.misuse != nil {
		return fmt.Errorf("%s: %w", own.name, own.misuse)
	}
	return nil
}

// isNil also finds the nil pointer and the nil function in an interface that is not
// nil: they would fail at the first request.
func isNil(given any) bool {
	value := reflect.ValueOf(given)
	switch value.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func:
		return value.IsNil()
	default:
		return false
	}
}

// needsBody reports whether an authenticator can decide only when the body has been
// read. Of those that are not of this package nobody knows.
func needsBody(given Authenticator) bool {
	own, ok := given.(*authenticator)
	return !ok || own.needsBody
}
