package qismo

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

const (
	// DefaultBaseURL is the service's address, as its current documentation has it.
	DefaultBaseURL = "https://omnichannel.qiscus.com"
	// DefaultTimeout bounds a call with all its attempts.
	DefaultTimeout = 30 * time.Second
	// Version is this library's, and goes into the User-Agent.
	Version = "0.1.0"
)

// Option sets something of a client, or of one call: the same options serve
// both. Each says if it serves only one of them.
type Option func(*settings) error

// Role is the role that some paths name: that of the token's user. With the
// secret key it is [RoleAdmin].
type Role = omnichannel.Role

// The roles.
const (
	RoleAdmin      = omnichannel.RoleAdmin
	RoleAgent      = omnichannel.RoleAgent
	RoleSupervisor = omnichannel.RoleSpv
)

// WithSecretKey authenticates with the App ID and the app's secret key, both from
// the dashboard's page on app information.
func WithSecretKey(appID, secretKey string) Option {
	key := &secretKeyCredentials{appID: appID, secretKey: secret(secretKey)}
	return proven("secret key", secretKey, withCredentials(appID, key))
}

// WithToken authenticates with a user's token, which lasts 30 days. See
// [WithLogin] for one that is renewed.
func WithToken(appID, token string) Option {
	return proven("token", token, withCredentials(appID, &tokenCredentials{appID: appID, token: secret(token)}))
}

// WithTokenSource authenticates with the user tokens that a source of the
// caller's supplies.
func WithTokenSource(appID string, source TokenSource) Option {
	return func(s *settings) error {
		if source == nil {
			return errors.New("the token source is nil")
		}
		return withCredentials(appID, &sourceCredentials{appID: appID, source: source})(s)
	}
}

// WithLogin authenticates by logging in with e-mail and password, once for all
// goroutines, when the first call needs a token. The token is renewed before its
// 30 days are over, and when the service says that it has expired. It is an
// option of a client, not of a call.
func WithLogin(appID, email, password string) Option {
	return func(s *settings) error {
		if s.forOneCall {
			return errors.New("WithLogin is an option of a client, not of a call")
		}
		if email == "" {
			return errors.New("the e-mail address is empty")
		}
		login := &loginCredentials{
			appID:    appID,
			email:    email,
			password: secret(password),
			now:      s.now,
		}
		return proven("password", password, withCredentials(appID, login))(s)
	}
}

// WithAppID gives the App ID alone, for the few operations that need no
// credential: logging in, starting a live chat and posting into a custom
// channel. Any other operation fails.
func WithAppID(appID string) Option {
	return withCredentials(appID, &appIDCredentials{appID: appID})
}

func withCredentials(appID string, value credentials) Option {
	return func(s *settings) error {
		if err := s.once("credentials"); err != nil {
			return err
		}
		if err := checkHeaderText("App ID", appID); err != nil {
			return err
		}
		s.credentials, s.appID = value, appID
		return nil
	}
}

// proven checks the proof that credentials rest on before it sets them.
func proven(name, proof string, set Option) Option {
	return func(s *settings) error {
		if err := checkHeaderText(name, proof); err != nil {
			return err
		}
		return set(s)
	}
}

// checkHeaderText refuses what is nothing, and what would end a header and begin
// another.
func checkHeaderText(name, text string) error {
	switch {
	case text == "":
		return fmt.Errorf("the %s is empty", name)
	case strings.ContainsAny(text, "\r\n\x00"):
		return fmt.Errorf("the %s holds a line break", name)
	}
	return nil
}

// WithBaseURL sets the service's address, such as that of the sandbox or of an
// older host name. It must be https, except on loopback. It is an option of a
// client, not of a call.
func WithBaseURL(address string) Option {
	return func(s *settings) error {
		if s.forOneCall {
			return errors.New("WithBaseURL is an option of a client, not of a call")
		}
		if err := s.once("base URL"); err != nil {
			return err
		}
		base, err := parseBaseURL(address)
		s.baseURL = base
		return err
	}
}

// WithHTTPClient sets the HTTP client, with its transport, proxy and TLS. It is
// copied, never changed; redirects are followed only as far as credentials may
// go. It is an option of a client, not of a call.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) error {
		if s.forOneCall {
			return errors.New("WithHTTPClient is an option of a client, not of a call")
		}
		if client == nil {
			return errors.New("the HTTP client is nil")
		}
		if err := s.once("HTTP client"); err != nil {
			return err
		}
		duplicate := *client
		s.httpClient = &duplicate
		return nil
	}
}

// WithTimeout bounds a call with all its attempts; [DefaultTimeout] otherwise.
// Zero means no bound but the context's.
func WithTimeout(timeout time.Duration) Option {
	return func(s *settings) error {
		if timeout < 0 {
			return errors.New("the timeout is negative")
		}
		s.timeout = timeout
		return nil
	}
}

// WithRole sets the role of the token's user, which some paths name; [RoleAdmin]
// otherwise, which is also right with the secret key.
//
// Few paths exist for supervisors. For the others a supervisor's token goes where
// it was seen to go, and the client sees to that: to the path of agents for
// resolving a room and for profile and password, to that of admins for assigning,
// blocking and broadcasts.
func WithRole(role Role) Option {
	return func(s *settings) error {
		if !role.Valid() {
			return fmt.Errorf("unknown role %q: it is %s, %s or %s", role, RoleAdmin, RoleAgent, RoleSupervisor)
		}
		s.role = role
		return nil
	}
}

// WithHeader sets a header of each request. Headers that carry credentials, that
// belong to the body or the connection, or that make net/http send a request
// again by itself, are refused.
func WithHeader(name, value string) Option {
	return func(s *settings) error {
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case !isToken(name) || strings.ContainsAny(value, "\r\n\x00"):
			return errors.New("the header is not a valid one")
		case carriesCredential(canonical):
			return fmt.Errorf("the header %s carries a credential; use an option for credentials", canonical)
		case isReserved(canonical):
			return fmt.Errorf("the header %s is the client's own to set", canonical)
		}
		header := s.header.Clone()
		header.Set(canonical, value)
		s.header = header
		return nil
	}
}

// isReserved tells the headers that would break a request. To net/http an
// idempotency key says that a request may be sent again, which is not true here.
func isReserved(header string) bool {
	switch header {
	case "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "Connection",
		"Idempotency-Key", "X-Idempotency-Key":
		return true
	}
	return false
}

// isToken reports whether text can be a header's name (RFC 9110, section 5.6.2).
func isToken(text string) bool {
	for _, char := range text {
		isLetter := 'a' <= char && char <= 'z' || 'A' <= char && char <= 'Z' || '0' <= char && char <= '9'
		if !isLetter && !strings.ContainsRune("!#$%&'*+-.^_`|~", char) {
			return false
		}
	}
	return text != ""
}
