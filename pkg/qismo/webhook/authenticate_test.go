package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const secret = "canary-secret"

func sign(key, body string) []byte {
	hash := hmac.New(sha256.New, []byte(key))
	hash.Write([]byte(body))
	return hash.Sum(nil)
}

func TestPathSecret(t *testing.T) {
	for path, want := range map[string]bool{
		"/canary-secret":           true,
		"/hooks/canary-secret":     true,
		"/hooks/canary%2Dsecret":   true,
		"/hooks/canary-secret/":    false,
		"/hooks/canary-secret/bot": false,
		"/hooks/canary-secre":      false,
		"/hooks/canary-secrets":    false,
		"/hooks/CANARY-SECRET":     false,
		"/hooks/x-canary-secret":   false,
		"/hooks/":                  false,
		"/":                        false,
		"/?canary-secret":          false,
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, nil)
		checkAuthentication(t, webhook.PathSecret(secret), request, "", want, path)
	}
}

func TestHeaderSecret(t *testing.T) {
	for header, want := range map[string]bool{
		secret:                       true,
		secret + "x":                 false,
		secret[1:]:                   false,
		strings.ToUpper(secret):      false,
		"":                           false,
		strings.Repeat("x", 1<<10):   false,
		strings.Repeat(secret, 1000): false,
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		request.Header.Set("X-Hook-Secret", header)
		checkAuthentication(t, webhook.HeaderSecret("x-hook-secret", secret), request, "", want, header)
	}
	missing := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	checkAuthentication(t, webhook.HeaderSecret("x-hook-secret", secret), missing, "", false, "missing")
}

func TestHMAC(t *testing.T) {
	const body = "{\"type\":\"auth\"}\n"
	sum := sign(secret, body)
	for name, test := range map[string]struct {
		signature string
		want      bool
	}{
		"hex":                     {hex.EncodeToString(sum), true},
		"hex in capitals":         {strings.ToUpper(hex.EncodeToString(sum)), true},
		"hex in either case":      {strings.ToUpper(hex.EncodeToString(sum[:16])) + hex.EncodeToString(sum[16:]), true},
		"base64":                  {base64.StdEncoding.EncodeToString(sum), true},
		"missing":                 {"", false},
		"of another key":          {hex.EncodeToString(sign("another", body)), false},
		"of an empty key":         {hex.EncodeToString(sign("", body)), false},
		"of the body re-encoded":  {hex.EncodeToString(sign(secret, strings.TrimSpace(body))), false},
		"of another key, base64":  {base64.StdEncoding.EncodeToString(sign("another", body)), false},
		"half":                    {hex.EncodeToString(sum[:16]), false},
		"one digit short":         {hex.EncodeToString(sum)[1:], false},
		"twice":                   {hex.EncodeToString(sum) + hex.EncodeToString(sum), false},
		"one byte more in base64": {base64.StdEncoding.EncodeToString(append([]byte{0}, sum...)), false},
		"digits that are none":    {strings.Repeat("z", 64), false},
		"neither":                 {"%%%", false},
		"the secret itself":       {secret, false},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		if test.signature != "" {
			request.Header.Set("Qiscus-Signature-Key", test.signature)
		}
		checkAuthentication(t, webhook.HMAC(secret), request, body, test.want, name)
	}
}

func TestHMACFromAnotherHeader(t *testing.T) {
	authenticator := webhook.HMAC(secret, webhook.FromHeader(webhook.ChatSDKSignatureHeader))
	signature := hex.EncodeToString(sign(secret, "{}"))

	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	request.Header.Set("qiscus-sdk-signature", signature)
	checkAuthentication(t, authenticator, request, "{}", true, "in its header")

	request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	request.Header.Set(webhook.OmnichannelSignatureHeader, signature)
	checkAuthentication(t, authenticator, request, "{}", false, "in the default header")
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

// An authenticator that is not set up refuses whoever guesses what is missing,
// and no handler can be made with it.
func TestUnconfiguredAuthenticatorsFailClosed(t *testing.T) {
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/", nil)
	request.Header.Set("X-Hook-Secret", "")
	request.Header.Set(webhook.OmnichannelSignatureHeader, hex.EncodeToString(sign("", "{}")))
	for name, authenticator := range map[string]webhook.Authenticator{
		"path":           webhook.PathSecret(""),
		"path, blank":    webhook.PathSecret(" \n"),
		"path, slash":    webhook.PathSecret("canary/secret"),
		"header":         webhook.HeaderSecret("X-Hook-Secret", ""),
		"header, blank":  webhook.HeaderSecret("X-Hook-Secret", "\t"),
		"header, noname": webhook.HeaderSecret("", secret),
		"hmac":           webhook.HMAC(""),
		"hmac, noname":   webhook.HMAC(secret, webhook.FromHeader("")),
	} {
		require.ErrorIs(t, authenticator.Authenticate(request, []byte("{}")), webhook.ErrUnauthenticated, name)
		handler, err := webhook.NewHandler(authenticator, ignoring())
		require.Error(t, err, name)
		assert.Nil(t, handler, name)
		assert.NotContains(t, err.Error(), "canary", name)
	}
	_, err := webhook.NewHandler(nil, ignoring())
	require.ErrorContains(t, err, "WithoutAuthentication")
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	var numbers []string
	for _, form := range []any{[]byte(secret), sha256.Sum256([]byte(secret))} {
		numbers = append(numbers, strings.Trim(fmt.Sprint(form), "[]"))
	}
	for _, authenticator := range []webhook.Authenticator{
		webhook.PathSecret(secret), webhook.HeaderSecret("X-Hook-Secret", secret), webhook.HMAC(secret), plainSecret{secret},
	} {
		handler, err := webhook.NewHandler(authenticator, ignoring())
		require.NoError(t, err)
		values := []any{handler, *handler, struct{ hidden any }{handler}}
		if _, custom := authenticator.(plainSecret); !custom {
			values = append(values, authenticator, []webhook.Authenticator{authenticator}, struct{ hidden any }{authenticator})
		}
		for _, value := range values {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
				shown := fmt.Sprintf(verb, value)
				assert.NotContains(t, shown, secret, verb)
				assert.NotContains(t, strings.ToLower(shown), hex.EncodeToString([]byte(secret)), verb)
				for _, form := range numbers {
					assert.NotContains(t, shown, form, verb)
				}
			}
			var log strings.Builder
			slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", value)
			slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
			assert.NotContains(t, log.String(), secret)
			if marshaled, err := json.Marshal(value); err == nil {
				assert.NotContains(t, string(marshaled), secret)
			}
		}
	}
	assert.Equal(t, "webhook.PathSecret(***)", fmt.Sprint(webhook.PathSecret(secret)))
}

// plainSecret is a careless authenticator of somebody else's.
type plainSecret struct{ value string }

func (p plainSecret) Authenticate(*http.Request, []byte) error { return nil }
