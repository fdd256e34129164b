package qismo

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
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

// settings are what options set. Those of a client never change; a call with
// options has a changed copy.
type settings struct {
	baseURL     *url.URL
	httpClient  *http.Client
	credentials credentials
	appID       string
	role        Role
	timeout     time.Duration
	header      http.Header // of every request; replaced and never changed
	now         func() time.Time
	inspector   Inspector // nil for none

	forOneCall bool
	given      map[string]bool // options that must not be given twice
}

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

// once refuses an option that was given before: which of the two is meant would
// be a guess.
func (s *settings) once(what string) error {
	if s.given[what] {
		return fmt.Errorf("%s given twice", what)
	}
	s.given[what] = true
	return nil
}

func newSettings(opts []Option) (*settings, error) {
	s := &settings{
		role:    RoleAdmin,
		timeout: DefaultTimeout,
		header: http.Header{
			"Accept":     {"application/json"},
			"User-Agent": {"qismo-go/" + Version},
		},
		now:   time.Now,
		given: map[string]bool{},
	}
	if err := s.apply(opts); err != nil {
		return nil, err
	}
	if s.credentials == nil {
		appID, secretKey := os.Getenv("QISCUS_APP_ID"), os.Getenv("QISCUS_SECRET_KEY")
		if appID == "" || secretKey == "" {
			return nil, errors.New("no credentials: pass an option such as WithSecretKey, " +
				"or set QISCUS_APP_ID and QISCUS_SECRET_KEY")
		}
		if err := WithSecretKey(appID, secretKey)(s); err != nil {
			return nil, err
		}
	}
	if s.baseURL == nil {
		address := os.Getenv("QISCUS_OMNICHANNEL_URL")
		if address == "" {
			address = DefaultBaseURL
		}
		if err := WithBaseURL(address)(s); err != nil {
			return nil, err
		}
	}
	if s.httpClient == nil {
		s.httpClient = &http.Client{Transport: defaultTransport()}
	}
	s.httpClient.CheckRedirect = guardRedirects(s.httpClient.CheckRedirect)
	return s, nil
}

// forCall returns a copy with the options of one call applied.
func (s *settings) forCall(opts []Option) (*settings, error) {
	changed := *s
	changed.forOneCall = true
	changed.given = map[string]bool{}
	if err := changed.apply(opts); err != nil {
		return nil, err
	}
	return &changed, nil
}

// apply applies options, and tells of all that cannot work.
func (s *settings) apply(opts []Option) error {
	var problems []error
	for _, option := range opts {
		if option == nil {
			problems = append(problems, errors.New("an option is nil"))
			continue
		}
		problems = append(problems, option(s))
	}
	return errors.Join(problems...)
}

// roleFor is the role that an operation's path takes. Supervisors have no path of
// their own in these; what they use instead was seen in one client.
func (s *settings) roleFor(id omnichannel.OperationID) Role {
	if s.role != RoleSupervisor {
		return s.role
	}
	switch id {
	case omnichannel.OperationAssignAgent, omnichannel.OperationBlockCustomer, omnichannel.OperationUnblockCustomer,
		omnichannel.OperationSendBroadcast, omnichannel.OperationSendHsm24Template:
		return RoleAdmin
	case omnichannel.OperationResolveRoom, omnichannel.OperationGetProfile,
		omnichannel.OperationUpdateProfile, omnichannel.OperationChangePassword:
		return RoleAgent
	}
	return s.role
}

func parseBaseURL(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, errors.New("the base URL is not an absolute one, such as https://omnichannel.qiscus.com")
	}
	switch {
	case base.User != nil, base.RawQuery != "", base.Fragment != "":
		return nil, errors.New("the base URL must hold no user, query or fragment")
	case base.Scheme == "https", base.Scheme == "http" && isLoopback(base.Hostname()):
		return base, nil
	}
	return nil, fmt.Errorf("the base URL must be https, except on loopback: credentials would travel to %s in the open",
		base.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// defaultTransport is the standard one, with its proxies from the environment
// and HTTP/2, but with as many idle connections to the one host as there can be
// calls in flight: with the standard two, 64 parallel calls keep opening new
// ones.
func defaultTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConns = 0 // no limit in all; there is one host
	transport.MaxIdleConnsPerHost = 100
	return transport
}

// guardRedirects keeps requests, which carry credentials and messages, where
// they were meant to go: only reads are redirected, and only within a host. Any
// other redirect is handed back as the answer, and becomes an error.
func guardRedirects(next func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(request *http.Request, via []*http.Request) error {
		first := via[0]
		sameHost := request.URL.Scheme == first.URL.Scheme && request.URL.Host == first.URL.Host
		isRead := first.Method == http.MethodGet || first.Method == http.MethodHead
		if !sameHost || !isRead || len(via) >= 10 {
			return http.ErrUseLastResponse
		}
		if next != nil {
			return next(request, via)
		}
		return nil
	}
}
