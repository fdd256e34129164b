package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const (
	secret    = "canary-secret"
	oldSecret = "canary-of-yesterday"
)

func sign(key, body string) []byte {
	hash := hmac.New(sha256.New, []byte(key))
	hash.Write([]byte(body))
	return hash.Sum(nil)
}

// postTo makes a request without a body.
func postTo(t testing.TB, target string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, nil)
}

func checkAuthentication(
	t *testing.T, authenticator webhook.Authenticator, request *http.Request, body string, want bool, name string,
) {
	t.Helper()
	err := authenticator.Authenticate(request, []byte(body))
	if want {
		assert.NoError(t, err, name)
		return
	}
	assert.Equal(t, webhook.ErrUnauthenticated, err, "%s: no reason is told", name)
}

// misuses are authenticators that are not set up well, and what is said of them.
func misuses() map[string]webhook.Authenticator {
	networks := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	return map[string]webhook.Authenticator{
		"PathSecret: there is no secret":                            webhook.PathSecret(),
		"PathSecret: secret 1 of 1 is empty":                        webhook.PathSecret(""),
		"PathSecret: secret 2 of 2 is empty":                        webhook.PathSecret(secret, ""),
		"PathSecret: secret 1 of 2 is empty":                        webhook.PathSecret(" \n", secret),
		"PathSecret: secret 1 of 1 begins or ends with white space": webhook.PathSecret(secret + "\n"),
		"PathSecret: secret 2 holds a slash":                        webhook.PathSecret(secret, "canary/secret"),
		"QuerySecret: there is no secret":                           webhook.QuerySecret("key"),
		"QuerySecret: secret 1 of 1 is empty":                       webhook.QuerySecret("key", ""),
		"QuerySecret: the parameter has no name":                    webhook.QuerySecret("", secret),
		"HeaderSecret: there is no secret":                          webhook.HeaderSecret("X-Hook-Secret"),
		"HeaderSecret: secret 1 of 1 is empty":                      webhook.HeaderSecret("X-Hook-Secret", "\t"),
		"HeaderSecret: secret 1 of 1 begins or ends":                webhook.HeaderSecret("X-Hook-Secret", " "+secret),
		"HeaderSecret: the header has no name":                      webhook.HeaderSecret("", secret),
		"HeaderSecret: no header can have that name":                webhook.HeaderSecret("X-Canary: x", secret),
		"HMAC: there is no secret":                                  webhook.HMAC(webhook.OmnichannelSignatureHeader),
		"HMAC: secret 1 of 1 is empty":                              webhook.HMAC(webhook.OmnichannelSignatureHeader, ""),
		"HMAC: the header has no name":                              webhook.HMAC("", secret),
		"HMAC: no header can have that name":                        webhook.HMAC("Kopfzeile-für-canary", secret),
		"FromNetworks: there are no networks":                       webhook.FromNetworks(nil, networks...),
		"FromNetworks: network 2 is invalid":                        webhook.FromNetworks(append(networks, netip.Prefix{})),
		"FromNetworks: trusted proxy 1 is invalid":                  webhook.FromNetworks(networks, netip.Prefix{}),
		"AllOf: there is no authenticator in it":                    webhook.AllOf(),
		"AnyOf: there is no authenticator in it":                    webhook.AnyOf(),
		"AllOf: authenticator 2 is nil":                             webhook.AllOf(webhook.PathSecret(secret), nil),
		"AnyOf: authenticator 1 is nil":                             webhook.AnyOf(nil, webhook.WithoutAuthentication()),
		"AllOf: authenticator 1 is nil":                             webhook.AllOf(authenticatorFunc(nil)),
		"AnyOf: PathSecret: secret 1 of 1 is empty":                 webhook.AnyOf(webhook.WithoutAuthentication(), webhook.PathSecret("")),
		"AllOf: AnyOf: there is no authenticator in it":             webhook.AllOf(asked(nil), webhook.AnyOf()),
		"AnyOf: AllOf: AnyOf: HMAC: there is no secret": webhook.AnyOf(webhook.WithoutAuthentication(),
			webhook.AllOf(asked(nil), webhook.AnyOf(asked(nil), webhook.HMAC("X-Sum")))),
		"AnyOf: AnyOf: authenticator 2 is nil": webhook.AnyOf(webhook.WithoutAuthentication(),
			webhook.AnyOf(webhook.WithoutAuthentication(), (*plainSecret)(nil))),
	}
}

// An authenticator that is not set up well refuses whoever guesses what is missing,
// and no handler can be made with it.
func TestMisusedAuthenticatorsFailClosed(t *testing.T) {
	for problem, authenticator := range misuses() {
		for _, target := range []string{"/", "/hooks/", "/hooks/" + secret, "/?key=", "/?=", "/?key=" + secret, "/?=" + secret} {
			for _, value := range []string{"", secret, hex.EncodeToString(sign("", "{}")), hex.EncodeToString(sign(secret, "{}"))} {
				request := postTo(t, target)
				request.RemoteAddr = "192.0.2.1:1234"
				for _, header := range []string{"X-Hook-Secret", "X-Sum", webhook.OmnichannelSignatureHeader, ""} {
					request.Header.Set(header, value)
				}
				checkAuthentication(t, authenticator, request, "{}", false, problem)
			}
		}
		handler, err := webhook.NewHandler(authenticator, ignoring())
		require.ErrorContains(t, err, "webhook: "+problem)
		assert.Nil(t, handler, problem)
		assert.NotContains(t, err.Error(), "canary", problem)
		assert.NotContains(t, err.Error(), "\n", problem)
	}
}

func TestNewHandlerRefusesNilAuthenticators(t *testing.T) {
	for name, authenticator := range map[string]webhook.Authenticator{
		"nil":          nil,
		"nil function": authenticatorFunc(nil),
		"nil pointer":  (*plainSecret)(nil),
	} {
		_, err := webhook.NewHandler(authenticator, ignoring())
		require.ErrorContains(t, err, "webhook: the authenticator is nil; WithoutAuthentication", name)
	}
}

// Of all the ways to fail none can be told from another, and none has read the body
// that need not.
func TestUnauthorizedAnswersAreAlike(t *testing.T) {
	network := []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
	refusing := authenticatorFunc(func(*http.Request, []byte) error { return fmt.Errorf("because of %s", secret) })
	var want *httptest.ResponseRecorder
	for _, authenticator := range []webhook.Authenticator{
		webhook.PathSecret(secret), webhook.PathSecret(secret, oldSecret),
		webhook.QuerySecret("key", secret), webhook.QuerySecret("other", secret),
		webhook.HeaderSecret("X-Hook-Secret", secret), webhook.HeaderSecret("X-Other", secret),
		webhook.HMAC("X-Sum", secret), webhook.HMAC("X-Other", secret), webhook.HMAC("X-Hook-Secret", secret),
		webhook.FromNetworks(network), webhook.FromNetworks(network, netip.MustParsePrefix("0.0.0.0/0")), refusing,
		webhook.AllOf(webhook.WithoutAuthentication(), refusing), webhook.AllOf(webhook.WithoutAuthentication(), webhook.PathSecret(secret)),
		webhook.AnyOf(webhook.PathSecret(secret), refusing), webhook.AnyOf(webhook.PathSecret(secret), webhook.HMAC("X-Sum", secret)),
	} {
		handler, err := webhook.NewHandler(authenticator, ignoring())
		require.NoError(t, err)
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/wrong?key=wrong", strings.NewReader("{}"))
		request.Header.Set("X-Hook-Secret", "wrong")
		request.Header.Set("X-Sum", hex.EncodeToString(sign("wrong", "{}")))
		got := send(handler, request)
		checkAnswer(t, got, http.StatusUnauthorized)
		if want == nil {
			want = got
		}
		assert.Equal(t, want.Body.String(), got.Body.String(), "%v", authenticator)
		assert.Equal(t, want.Header(), got.Header(), "%v", authenticator)
	}
}

// A stranger does not make the handler read a body, where the body is not needed to
// know a stranger.
func TestHandlerAuthenticatesBeforeTheBody(t *testing.T) {
	path, sum := webhook.PathSecret(secret), webhook.HMAC("X-Sum", secret)
	own := authenticatorFunc(func(*http.Request, []byte) error { return webhook.ErrUnauthenticated })
	for name, test := range map[string]struct {
		authenticator webhook.Authenticator
		reads         bool
	}{
		"path":                {path, false},
		"query":               {webhook.QuerySecret("key", secret), false},
		"header":              {webhook.HeaderSecret("X-Hook-Secret", secret), false},
		"network":             {webhook.FromNetworks([]netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}), false},
		"hmac":                {sum, true},
		"own":                 {own, true},
		"all without a body":  {webhook.AllOf(path, webhook.WithoutAuthentication()), false},
		"all, one with":       {webhook.AllOf(path, sum), true},
		"all, own":            {webhook.AllOf(path, own), true},
		"any without a body":  {webhook.AnyOf(path, webhook.QuerySecret("key", secret)), false},
		"any, one with":       {webhook.AnyOf(path, sum), true},
		"nested, without":     {webhook.AnyOf(path, webhook.AllOf(path, path)), false},
		"nested, one of them": {webhook.AnyOf(path, webhook.AllOf(path, webhook.AnyOf(sum))), true},
	} {
		handler, err := webhook.NewHandler(test.authenticator, ignoring(), webhook.MaxBody(10))
		require.NoError(t, err)
		for _, length := range []int64{11, -1} { // too much by its own account, and by what comes
			body := strings.NewReader(`{"a":"bcdefghij"}`)
			before := body.Len()
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/wrong", body)
			request.ContentLength = length
			status := send(handler, request).Code
			if test.reads {
				assert.Equal(t, http.StatusRequestEntityTooLarge, status, name)
				continue
			}
			assert.Equal(t, http.StatusUnauthorized, status, name)
			assert.Equal(t, before, body.Len(), "%s: the body was read", name)
		}
	}
}

// Each is asked once, and the body that it gets is there if it is asked late.
func TestHandlerAuthenticatesOnce(t *testing.T) {
	var bodies []string
	for _, authenticator := range []webhook.Authenticator{
		asked(&bodies), webhook.AllOf(webhook.PathSecret(secret), asked(&bodies)), webhook.AnyOf(asked(&bodies)),
	} {
		bodies = nil
		handler, err := webhook.NewHandler(authenticator, ignoring())
		require.NoError(t, err)
		checkAnswer(t, post(handler, `{"a":1}`), http.StatusOK)
		assert.Equal(t, []string{`{"a":1}`}, bodies)
	}
}

// asked accepts everything, and notes the bodies that it was asked with.
func asked(bodies *[]string) webhook.Authenticator {
	return authenticatorFunc(func(_ *http.Request, body []byte) error {
		*bodies = append(*bodies, string(body))
		return nil
	})
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	path, header := webhook.PathSecret(secret, oldSecret), webhook.HeaderSecret("X-Hook-Secret", secret, oldSecret)
	query, sum := webhook.QuerySecret("key", secret, oldSecret), webhook.HMAC("X-Sum", secret, oldSecret)
	for name, authenticator := range map[string]webhook.Authenticator{
		"webhook.PathSecret(***)":   path,
		"webhook.QuerySecret(***)":  query,
		"webhook.HeaderSecret(***)": header,
		"webhook.HMAC(***)":         sum,
		"webhook.AllOf(***)":        webhook.AllOf(path, header, plainSecret{secret}),
		"webhook.AnyOf(***)":        webhook.AnyOf(sum, webhook.AllOf(query, &plainSecret{secret}, webhook.AnyOf(plainSecret{secret}))),
		"":                          plainSecret{secret},
	} {
		handler, err := webhook.NewHandler(authenticator, ignoring())
		require.NoError(t, err)
		values := []any{handler, *handler, struct{ hidden any }{handler}}
		if name != "" {
			assert.Equal(t, name, fmt.Sprint(authenticator))
			assert.Equal(t, name, fmt.Sprintf("%#v", authenticator))
			values = append(values, authenticator, []webhook.Authenticator{authenticator},
				map[string]any{"a": authenticator}, struct{ Shown, hidden any }{authenticator, authenticator},
				webhook.HideSecret(authenticator, http.NotFoundHandler()))
		}
		for _, value := range values {
			assert.Empty(t, leaks(value, secret, oldSecret), name)
		}
	}
}

// leaks prints a value in every way that there is, and returns the secrets that show.
func leaks(value any, secrets ...string) (found []string) {
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T"} {
		fmt.Fprintf(&shown, verb+"\n", value)
	}
	for _, logger := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
		slog.New(logger).Info("x", "value", value, slog.Group("group", "value", value))
	}
	if marshaled, err := json.Marshal(value); err == nil { // what cannot be marshaled shows nothing
		shown.Write(marshaled)
	}
	for _, secret := range secrets {
		sum := sha256.Sum256([]byte(secret))
		for _, form := range []string{
			secret, hex.EncodeToString([]byte(secret)), hex.EncodeToString(sum[:]),
			strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]"), strings.Trim(fmt.Sprintf("%d", sum), "[]"),
		} {
			if strings.Contains(strings.ToLower(shown.String()), form) {
				found = append(found, form)
			}
		}
	}
	return found
}

// The search for secrets finds them, or it would prove nothing.
func TestLeaksAreFound(t *testing.T) {
	for name, value := range map[string]any{
		"text": secret, "bytes": []byte(secret), "sum": sha256.Sum256([]byte(secret)), "JSON": map[string]any{"a": secret},
		"field": struct{ hidden any }{plainSecret{secret}}, "list": []webhook.Authenticator{plainSecret{secret}},
	} {
		assert.NotEmpty(t, leaks(value, oldSecret, secret), name)
		assert.Empty(t, leaks(value, oldSecret), name)
	}
}

// plainSecret is a careless authenticator of somebody else's.
type plainSecret struct{ value string }

func (p plainSecret) Authenticate(*http.Request, []byte) error { return nil }
