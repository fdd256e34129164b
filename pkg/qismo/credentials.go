package qismo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	headerAppID         = "Qiscus-App-Id"
	headerSecretKey     = "Qiscus-Secret-Key" //nolint:gosec // a header's name
	headerAuthorization = "Authorization"
	headerUserAgent     = "User-Agent"
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
// their own. It must be safe for concurrent use. Token(ctx) returns a token that
// should be good now; Expired(token) is told that the service refused one, after
// which the call is made once more with what Token returns then.
type TokenSource = transport.TokenSource

// TokenStore keeps the tokens of [WithLogin] where restarts, and other processes,
// find them: see [WithTokenStore]. Load(ctx) returns what Save(ctx, tokens) was
// given last, nil when that was nothing. What is saved is secret: whoever reads it
// can act as the user. An error of a store fails the call that needed a token; a
// store that would rather have the client log in returns nil. It must be safe for
// concurrent use.
type TokenStore = transport.TokenStore

// carriesCredential tells the headers that only credentials may set, also when
// they are written with underscores.
func carriesCredential(header string) bool {
	switch http.CanonicalHeaderKey(strings.ReplaceAll(header, "_", "-")) {
	case headerAppID, headerSecretKey, headerAuthorization, "Cookie", "Proxy-Authorization",
		"Qiscus-Sdk-App-Id", "Qiscus-Sdk-Secret", "Qiscus-Sdk-Token", "Qiscus-Sdk-User-Id": // of the chat server
		return true
	}
	return false
}

// CarriesCredential tells the headers that are the client's own to set, and whose
// values stay out of messages.
func (c *call) CarriesCredential(header string) bool { return carriesCredential(header) }

// Renew replaces the token that a request carried, when the service refused it in a
// way that a new one may help: the texts of 401 tell an expired token and an unknown
// one apart only loosely, and gateways say 403 for either.
func (c *call) Renew(refused *http.Request, failure *Error) (bool, error) {
	isAboutToken := errors.Is(failure, ErrTokenExpired) || errors.Is(failure, ErrInvalidToken)
	mayHelp := failure.Status == http.StatusUnauthorized || failure.Status == http.StatusForbidden && isAboutToken
	if !mayHelp || !takesToken(c.operation.Credential) {
		return false, nil
	}
	return c.Settings.Credentials.Renew(refused)
}

// Authorize gives a request the credential that its operation wants, and no
// other: a customer's widget call carries no secret key.
func (c *call) Authorize(request *http.Request) error {
	own := c.Settings.Credentials
	switch c.operation.Credential {
	case omnichannel.CredentialNone:
		return nil
	case omnichannel.CredentialAppID:
		request.Header.Set(headerAppID, c.appID)
		return nil
	case omnichannel.CredentialLongLivedToken, omnichannel.CredentialSDKToken:
		request.Header.Set(headerAppID, c.appID)
		request.Header.Set(headerAuthorization, c.ownToken.Reveal())
		return nil
	case omnichannel.CredentialLongLivedTokenAlone:
		request.Header.Set(headerAuthorization, c.ownToken.Reveal())
		return nil
	case omnichannel.CredentialSecretInAuthorization:
		if key, ok := own.(*secretKeyCredentials); ok {
			return key.authorizeAsToken(request)
		}
	case omnichannel.CredentialUserTokenInQuery:
		return authorizeInQuery(own, request)
	}
	return own.Authorize(request)
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
func authorizeInQuery(own transport.Credentials, request *http.Request) error {
	if err := own.Authorize(request); err != nil {
		return err
	}
	if token := request.Header.Get(headerAuthorization); token != "" {
		query := request.URL.Query()
		query.Set(queryToken, token)
		address := *request.URL // shared with other attempts
		address.RawQuery = query.Encode()
		request.URL = &address
	}
	return nil
}

// secretKeyCredentials are the App ID and the secret key, each as the values of a
// header, which are made once and shared.
type secretKeyCredentials struct {
	appID, secretKey []string
}

func (c *secretKeyCredentials) Authorize(request *http.Request) error {
	request.Header[headerAppID] = c.appID
	request.Header[headerSecretKey] = c.secretKey
	return nil
}

// authorizeAsToken puts the key where a token would be, for the one operation that
// takes it there.
func (c *secretKeyCredentials) authorizeAsToken(request *http.Request) error {
	request.Header[headerAppID] = c.appID
	request.Header[headerAuthorization] = c.secretKey
	return nil
}

func (*secretKeyCredentials) Renew(*http.Request) (bool, error) { return false, nil }
func (*secretKeyCredentials) Proof() string                     { return proofKey }

// String keeps the key out of whatever prints a client.
func (*secretKeyCredentials) String() string   { return "secret key ***" }
func (*secretKeyCredentials) GoString() string { return "secret key ***" }

// tokenCredentials are a user's token that nobody renews, as values of a header.
type tokenCredentials struct {
	appID, token []string
}

func (c *tokenCredentials) Authorize(request *http.Request) error {
	request.Header[headerAppID] = c.appID
	request.Header[headerAuthorization] = c.token
	return nil
}

func (*tokenCredentials) Renew(*http.Request) (bool, error) { return false, nil }
func (*tokenCredentials) Proof() string                     { return proofToken }
func (*tokenCredentials) String() string                    { return "token ***" }
func (*tokenCredentials) GoString() string                  { return "token ***" }

// sourceCredentials are tokens that a source supplies.
type sourceCredentials struct {
	appID  string
	from   string // begins the errors of the source, "" when they say enough
	source TokenSource
}

func (c *sourceCredentials) Authorize(request *http.Request) error {
	token, err := c.token(request.Context())
	if err != nil {
		return err
	}
	request.Header.Set(headerAppID, c.appID)
	request.Header.Set(headerAuthorization, token)
	return nil
}

// Renew gets another token. An error of it fails the call: to ask the source once more
// would be to try a wrong password twice.
func (c *sourceCredentials) Renew(refused *http.Request) (bool, error) {
	old := refused.Header.Get(headerAuthorization)
	c.source.Expired(old)
	token, err := c.token(refused.Context())
	return token != old, err
}

func (c *sourceCredentials) token(ctx context.Context) (string, error) {
	token, err := c.source.Token(ctx)
	if err != nil {
		return "", fmt.Errorf("%s%w", c.from, err)
	}
	if err := transport.CheckHeaderText("token", token); err != nil {
		return "", fmt.Errorf("%s%w", c.from, err)
	}
	return token, nil
}

func (*sourceCredentials) Proof() string    { return proofToken }
func (*sourceCredentials) String() string   { return "token source" }
func (*sourceCredentials) GoString() string { return "token source" }

// appIDCredentials prove nothing.
type appIDCredentials struct{ appID string }

func (*appIDCredentials) Authorize(*http.Request) error {
	return errors.New("authenticate: the operation needs more than the App ID, which is all there is")
}
func (*appIDCredentials) Renew(*http.Request) (bool, error) { return false, nil }
func (*appIDCredentials) Proof() string                     { return "" }
