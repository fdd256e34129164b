package qismo

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	headerAppID         = "Qiscus-App-Id"
	headerSecretKey     = "Qiscus-Secret-Key" //nolint:gosec // a header's name
	headerAuthorization = "Authorization"
	queryToken          = "token"
)

// What proves a caller.
const (
	proofKey   = "secret key"
	proofToken = "user token"
)

// secret is a credential that prints as ***.
type secret = flex.Secret

// TokenSource supplies user tokens, for programs that keep them in a store of
// their own. It must be safe for concurrent use.
type TokenSource interface {
	// Token returns a token that should be good now.
	Token(ctx context.Context) (string, error)
	// Expired says that the service refused this token as expired or unknown. The
	// call is made once more with what Token returns then.
	Expired(token string)
}

// credentials put into a request what proves the caller.
type credentials interface {
	// authorize sets the headers of an operation that wants the app's credential.
	authorize(request *http.Request) error
	// renew drops what a refused request carried, and reports whether there may be
	// something better to try.
	renew(refused *http.Request) bool
	// proof names what proves the caller, as the document's table does.
	proof() string
}

// carriesCredential tells the headers that only credentials may set, also when
// they are written with underscores.
func carriesCredential(header string) bool {
	switch http.CanonicalHeaderKey(strings.ReplaceAll(header, "_", "-")) {
	case headerAppID, headerSecretKey, headerAuthorization, "Qiscus-Sdk-Secret", "Cookie", "Proxy-Authorization":
		return true
	}
	return false
}

// credentialsDoer authenticates each attempt, and makes a call once more whose
// token was refused, if another can be had: it was not carried out.
type credentialsDoer struct{ next doer }

func (d *credentialsDoer) Do(request *http.Request) (*http.Response, error) {
	current := callOf(request)
	if err := authorize(current, request); err != nil {
		return nil, transportError(current, request, err)
	}
	response, refusal := d.next.Do(request)
	// The texts of 401 tell an expired token and an unknown one apart only loosely:
	// whoever can get a new one does.
	if !errors.Is(refusal, ErrUnauthorized) || !takesToken(current.operation.Credential) ||
		!current.settings.credentials.renew(request) {
		return response, refusal
	}
	again := request.Clone(request.Context())
	if request.Body != nil && request.Body != http.NoBody {
		if request.GetBody == nil {
			return nil, refusal // a stream cannot be sent twice
		}
		body, err := request.GetBody()
		if err != nil {
			return nil, refusal
		}
		again.Body = body
	}
	if err := authorize(current, again); err != nil {
		return nil, transportError(current, request, err)
	}
	if again.Header.Get(headerAuthorization) == request.Header.Get(headerAuthorization) {
		return nil, refusal // there is nothing better to try
	}
	return d.next.Do(again)
}

// authorize gives a request the credential that its operation wants, and no
// other: a customer's widget call carries no secret key.
func authorize(current *call, request *http.Request) error {
	switch current.operation.Credential {
	case omnichannel.CredentialNone:
		return nil
	case omnichannel.CredentialAppID:
		request.Header.Set(headerAppID, current.settings.appID)
		return nil
	case omnichannel.CredentialLongLivedToken, omnichannel.CredentialSDKToken:
		request.Header.Set(headerAppID, current.settings.appID)
		setOwnToken(request)
		return nil
	case omnichannel.CredentialLongLivedTokenAlone:
		setOwnToken(request)
		return nil
	case omnichannel.CredentialSecretInAuthorization:
		if own, ok := current.settings.credentials.(*secretKeyCredentials); ok {
			return own.authorizeAsToken(request)
		}
	case omnichannel.CredentialUserTokenInQuery:
		return authorizeInQuery(current.settings.credentials, request)
	}
	return current.settings.credentials.authorize(request)
}

// ownTokenKey carries the token of a call whose operation wants another one than
// the client's: the long-lived token, or that of the Chat SDK.
type ownTokenKey struct{}

func setOwnToken(request *http.Request) {
	token, _ := request.Context().Value(ownTokenKey{}).(secret)
	request.Header.Set(headerAuthorization, token.Reveal())
}

// takesToken reports whether a user's token is among what an operation takes, so
// that a new one may help after a refusal.
func takesToken(kind omnichannel.CredentialKind) bool {
	switch kind {
	case omnichannel.CredentialApp, omnichannel.CredentialSecretInAuthorization, omnichannel.CredentialUserTokenInQuery:
		return true
	}
	return false
}

// authorizeInQuery puts a user's token into the query as well, where the one
// operation wants it that takes it from there. A secret key stays out of the URL,
// which proxies log: then the headers go alone, and the service decides.
func authorizeInQuery(own credentials, request *http.Request) error {
	if err := own.authorize(request); err != nil {
		return err
	}
	if token := request.Header.Get(headerAuthorization); token != "" {
		query := request.URL.Query()
		query.Set(queryToken, token)
		request.URL.RawQuery = query.Encode()
	}
	return nil
}

// secretKeyCredentials are the App ID and the secret key.
type secretKeyCredentials struct {
	appID     string
	secretKey secret
}

func (c *secretKeyCredentials) authorize(request *http.Request) error {
	request.Header.Set(headerAppID, c.appID)
	request.Header.Set(headerSecretKey, c.secretKey.Reveal())
	return nil
}

// authorizeAsToken puts the key where a token would be, for the one operation that
// takes it there.
func (c *secretKeyCredentials) authorizeAsToken(request *http.Request) error {
	request.Header.Set(headerAppID, c.appID)
	request.Header.Set(headerAuthorization, c.secretKey.Reveal())
	return nil
}

func (*secretKeyCredentials) renew(*http.Request) bool { return false }
func (*secretKeyCredentials) proof() string            { return proofKey }

// String keeps the key out of whatever prints a client: fmt does not ask an
// unexported field how it wants to be printed.
func (*secretKeyCredentials) String() string   { return "secret key ***" }
func (*secretKeyCredentials) GoString() string { return "secret key ***" }

// tokenCredentials are a user's token that nobody renews.
type tokenCredentials struct {
	appID string
	token secret
}

func (c *tokenCredentials) authorize(request *http.Request) error {
	request.Header.Set(headerAppID, c.appID)
	request.Header.Set(headerAuthorization, c.token.Reveal())
	return nil
}

func (*tokenCredentials) renew(*http.Request) bool { return false }
func (*tokenCredentials) proof() string            { return proofToken }
func (*tokenCredentials) String() string           { return "token ***" }
func (*tokenCredentials) GoString() string         { return "token ***" }

// sourceCredentials are tokens that the caller supplies.
type sourceCredentials struct {
	appID  string
	source TokenSource
}

func (c *sourceCredentials) authorize(request *http.Request) error {
	token, err := c.source.Token(request.Context())
	if err != nil {
		return &credentialError{"get a token from the token source", err}
	}
	if token == "" {
		return &credentialError{"get a token from the token source", errors.New("it returned an empty token")}
	}
	request.Header.Set(headerAppID, c.appID)
	request.Header.Set(headerAuthorization, token)
	return nil
}

func (c *sourceCredentials) renew(refused *http.Request) bool {
	c.source.Expired(refused.Header.Get(headerAuthorization))
	return true
}
func (*sourceCredentials) proof() string    { return proofToken }
func (*sourceCredentials) String() string   { return "token source" }
func (*sourceCredentials) GoString() string { return "token source" }

// appIDCredentials prove nothing.
type appIDCredentials struct{ appID string }

func (*appIDCredentials) authorize(*http.Request) error {
	return &credentialError{"authenticate", errors.New("the operation needs more than the App ID, which is all there is")}
}
func (*appIDCredentials) renew(*http.Request) bool { return false }
func (*appIDCredentials) proof() string            { return "" }

// credentialError is a credential that could not be had.
type credentialError struct {
	doing string
	cause error
}

func (e *credentialError) Error() string { return e.doing + ": " + e.cause.Error() }
func (e *credentialError) Unwrap() error { return e.cause }
