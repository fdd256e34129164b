package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const (
	// OmnichannelSignatureHeader is the header in which two public programs expect
	// a signature of Omnichannel; see [HMAC] for how unsure that is.
	OmnichannelSignatureHeader = "qiscus-signature-key"
	// ChatSDKSignatureHeader is the header of the Chat SDK's signature.
	ChatSDKSignatureHeader = "QISCUS-SDK-SIGNATURE"
)

// ErrUnauthenticated is what the authenticators of this package return, whatever
// the reason: a reason would help those who guess.
var ErrUnauthenticated = errors.New("webhook: the request is not authentic")

// Authenticator decides whether a request is from the platform. Any error means
// that it is not. It must be safe for concurrent use, and must not change body,
// which is the request's body as it came.
type Authenticator interface {
	Authenticate(request *http.Request, body []byte) error
}

// PathSecret accepts requests whose path ends in the secret, as the last segment.
// As no signature of Omnichannel is confirmed, a long random secret in the URL
// that one gives to the platform is the common way. Keep the path out of access
// logs.
func PathSecret(secret string) Authenticator {
	matches := matcher(secret)
	a := &authenticator{name: "PathSecret", misuse: secretMisuse(secret)}
	if strings.Contains(secret, "/") {
		a.misuse = errors.New("the secret holds a slash, so that it is not one segment of a path")
	}
	a.accepts = func(request *http.Request, _ []byte) bool {
		path := request.URL.Path
		return matches(path[strings.LastIndexByte(path, '/')+1:])
	}
	return a
}

// HeaderSecret accepts requests that carry the secret in a header, as a proxy in
// front of the receiver may add it.
func HeaderSecret(header, secret string) Authenticator {
	matches := matcher(secret)
	a := &authenticator{name: "HeaderSecret", misuse: secretMisuse(secret)}
	if header == "" {
		a.misuse = errors.New("the header has no name")
	}
	a.accepts = func(request *http.Request, _ []byte) bool { return matches(request.Header.Get(header)) }
	return a
}

// HMAC accepts requests that carry, in a header, the HMAC-SHA256 of the raw body
// with the secret as its key: as hexadecimal digits in either case, or as Base64.
//
// The header is [OmnichannelSignatureHeader] unless [FromHeader] says otherwise.
// That Omnichannel signs at all is not confirmed: no page of the vendor says so,
// one author expects Base64 in that header and another hexadecimal digits, and
// two who looked for a signature found none. Requests without one are refused, so
// try it on a live account first, and else use [PathSecret].
//
// For the Chat SDK the vendor documents a signature, in hexadecimal digits:
//
//	webhook.HMAC(token, webhook.FromHeader(webhook.ChatSDKSignatureHeader))
func HMAC(secret string, options ...HMACOption) Authenticator {
	settings := hmacSettings{header: OmnichannelSignatureHeader}
	a := &authenticator{name: "HMAC", misuse: secretMisuse(secret)}
	for _, option := range options {
		if option == nil {
			a.misuse = errors.New("an option is nil")
			continue
		}
		option(&settings)
	}
	if settings.header == "" {
		a.misuse = errors.New("the header has no name")
	}
	key := []byte(secret)
	a.accepts = func(request *http.Request, body []byte) bool {
		sent, ok := decodeSum(request.Header.Get(settings.header))
		if !ok {
			return false
		}
		hash := hmac.New(sha256.New, key)
		hash.Write(body)
		return hmac.Equal(sent, hash.Sum(nil))
	}
	return a
}

// HMACOption sets something of [HMAC].
type HMACOption func(*hmacSettings)

type hmacSettings struct{ header string }

// FromHeader names the header that carries the signature.
func FromHeader(name string) HMACOption {
	return func(settings *hmacSettings) { settings.header = name }
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

// authenticator is an authenticator of this package. Its secret is held by the
// function alone, where nothing that prints values finds it.
type authenticator struct {
	name    string
	misuse  error // why it refuses everything; nil when it is set up well
	accepts func(request *http.Request, body []byte) bool
}

// Authenticate implements [Authenticator].
func (a *authenticator) Authenticate(request *http.Request, body []byte) error {
	if a.misuse != nil || !a.accepts(request, body) {
		return ErrUnauthenticated
	}
	return nil
}

// configured says what is wrong with the set-up, so that a program with an empty
// secret does not start.
func (a *authenticator) configured() error {
	if a.misuse != nil {
		return fmt.Errorf("%s: %w", a.name, a.misuse)
	}
	return nil
}

// String, GoString and Format say which authenticator it is, and nothing of what
// it holds.
func (a *authenticator) String() string   { return "webhook." + a.name + "(***)" }
func (a *authenticator) GoString() string { return a.String() }

// Format writes the same for every verb.
func (a *authenticator) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, a.String()) }

// secretMisuse refuses a secret that protects nothing. White space alone is what
// is left of a variable that was never set.
func secretMisuse(secret string) error {
	if strings.TrimSpace(secret) == "" {
		return errors.New("the secret is empty")
	}
	return nil
}

// matcher compares with a secret. It compares sums, which have one length, so
// that the time it takes tells nothing, not even the secret's length.
func matcher(secret string) func(string) bool {
	want := sha256.Sum256([]byte(secret))
	return func(sent string) bool {
		got := sha256.Sum256([]byte(sent))
		return subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}
}

// decodeSum reads a SHA-256 sum. The length tells the two encodings apart.
func decodeSum(text string) ([]byte, bool) {
	var sum []byte
	var err error
	if len(text) == hex.EncodedLen(sha256.Size) {
		sum, err = hex.DecodeString(text)
	} else {
		sum, err = base64.StdEncoding.DecodeString(text)
	}
	return sum, err == nil && len(sum) == sha256.Size
}
