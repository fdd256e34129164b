package qismo_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Who calls is told in the User-Agent: the program before this library, or what the
// caller writes instead, and not both.
func TestUserAgents(t *testing.T) {
	const own = "qismo-go/" + qismo.Version
	key := qismo.WithSecretKey(testAppID, testSecretKey)
	for name, test := range map[string]struct {
		client, call []qismo.Option
		want         string
		wrong        string
	}{
		"by default":            {nil, nil, own, ""},
		"a program":             {[]qismo.Option{qismo.WithApplication("crm-bridge", "1.4")}, nil, "crm-bridge/1.4 " + own, ""},
		"without a version":     {[]qismo.Option{qismo.WithApplication("crm-bridge", "")}, nil, "crm-bridge " + own, ""},
		"a header":              {[]qismo.Option{qismo.WithHeader("user-agent", "x")}, nil, "x", ""},
		"another for a call":    {[]qismo.Option{qismo.WithApplication("a", "1")}, []qismo.Option{qismo.WithApplication("b", "2")}, "b/2 " + own, ""},
		"a header for a call":   {[]qismo.Option{qismo.WithApplication("a", "1")}, []qismo.Option{qismo.WithHeader("User-Agent", "x")}, "x", ""},
		"both":                  {[]qismo.Option{qismo.WithApplication("a", "1"), qismo.WithHeader("User-Agent", "x")}, nil, "", "user agent given twice"},
		"both, the other way":   {[]qismo.Option{qismo.WithHeader("USER-AGENT", "x"), qismo.WithApplication("a", "1")}, nil, "", "user agent given twice"},
		"two programs":          {[]qismo.Option{qismo.WithApplication("a", "1"), qismo.WithApplication("b", "2")}, nil, "", "user agent given twice"},
		"no name":               {[]qismo.Option{qismo.WithApplication("", "1")}, nil, "", "the application's name"},
		"a name of two words":   {[]qismo.Option{qismo.WithApplication("crm bridge", "1")}, nil, "", "the application's name"},
		"a name of two lines":   {[]qismo.Option{qismo.WithApplication("a\r\nX-Evil: 1", "1")}, nil, "", "the application's name"},
		"a name with a slash":   {[]qismo.Option{qismo.WithApplication("a/1", "1")}, nil, "", "the application's name"},
		"an odd version":        {[]qismo.Option{qismo.WithApplication("a", "1 (beta)")}, nil, "", "the application's name"},
		"a header of two lines": {[]qismo.Option{qismo.WithHeader("User-Agent", "a\nb")}, nil, "", "the header is not a valid one"},
	} {
		t.Run(name, func(t *testing.T) {
			service := newRecorder(t, answerJSON(200, `{"data":{}}`))
			if test.wrong != "" {
				_, err := qismo.New(append(test.client, key)...)
				require.ErrorContains(t, err, "qismo: make a client: "+test.wrong)
				_, err = service.client(t).Session.Profile(t.Context(), test.client...)
				require.ErrorContains(t, err, "qismo: getProfile: "+test.wrong)
				return
			}
			_, err := service.client(t, append(test.client, key)...).Session.Profile(t.Context(), test.call...)
			require.NoError(t, err)
			assert.Equal(t, []string{test.want}, service.seen()[0].Header["User-Agent"])
		})
	}
}

// An option can be kept, and used for one client after the other.
func TestOptionsCanBeUsedAgain(t *testing.T) {
	service := newLoginService(t)
	opts := []qismo.Option{
		qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"), qismo.WithApplication("crm-bridge", "1.4"),
		qismo.WithHeader("X-Team", "kopi"), qismo.WithTransport(&http.Transport{}), qismo.WithRole(qismo.RoleAgent),
		qismo.WithMaxAnswer(1 << 20), qismo.WithTimeout(time.Minute), qismo.WithTimeouts(qismo.Timeouts{Read: time.Minute}),
	}
	for range 3 {
		client := service.client(t, opts...)
		_, err := client.Rooms.Get(t.Context(), "5")
		require.NoError(t, err)
		client.CloseIdleConnections()
	}
	for _, request := range service.seen() {
		assert.Equal(t, "crm-bridge/1.4 qismo-go/"+qismo.Version, request.Header.Get("User-Agent"))
		assert.Equal(t, []string{"kopi"}, request.Header["X-Team"])
	}
	assert.EqualValues(t, 3, service.logins.Load(), "each client logs in by itself")
}

func TestHeaderOption(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	for header, fine := range map[string]bool{
		"X-Team": true, "x-team": true, "Accept": true, "Traceparent": true, "X_Under": true,
		"": false, "X Team": false, "X-Team:": false, "Ä": false,
		"Authorization": false, "authorization": false, "Qiscus-App-Id": false, "QISCUS_SECRET_KEY": false, "qiscus-sdk-secret": false,
		"Cookie": false, "Proxy-Authorization": false, "proxy_authorization": false,
		"Host": false, "Content-Type": false, "Content-Length": false, "Transfer-Encoding": false, "Accept-Encoding": false,
		"Connection": false, "Idempotency-Key": false, "X-Idempotency-Key": false,
	} {
		_, err := service.client(t).Session.Profile(t.Context(), qismo.WithHeader(header, "x"))
		assert.Equal(t, fine, err == nil, "%q: %v", header, err)
	}
	for value, fine := range map[string]bool{"": true, "a\tb": true, "ä": true, "a\rb": false, "a\nb": false, "a\x00b": false, "\x7f": false} {
		_, err := service.client(t).Session.Profile(t.Context(), qismo.WithHeader("X-Team", value))
		assert.Equal(t, fine, err == nil, "%q: %v", value, err)
	}
}

// What is not given comes from the environment, each by itself: an option wins, and
// the rest is still looked up.
func TestTheEnvironmentFillsIn(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	key := qismo.WithSecretKey(testAppID, testSecretKey)
	at := qismo.WithBaseURL(service.URL)
	for name, test := range map[string]struct {
		appID, secretKey, address string
		opts                      []qismo.Option
		sent                      string // the secret key that is sent
		wrong                     string
	}{
		"everything":                 {"app", "kunci", service.URL, nil, "kunci", ""},
		"options win":                {"app", "kunci", "https://elsewhere.example.id", []qismo.Option{key, at}, testSecretKey, ""},
		"the key alone":              {"app", "kunci", "", []qismo.Option{at}, "kunci", ""},
		"the address alone":          {"", "", service.URL, []qismo.Option{key}, testSecretKey, ""},
		"a token instead of the key": {"app", "kunci", service.URL, []qismo.Option{qismo.WithToken(testAppID, "tok")}, "", ""},
		"no App ID":                  {"", "kunci", service.URL, nil, "", "no credentials"},
		"no secret key":              {"app", "", service.URL, nil, "", "no credentials"},
		"an address in the open":     {"app", "kunci-rahasia", "http://elsewhere.example.id", nil, "", "in the open"},
		"an address that is none":    {"app", "kunci-rahasia", "elsewhere", nil, "", "not an absolute one"},
		"a key of two lines":         {"app", "kunci-rahasia\n", service.URL, nil, "", "the secret key holds a line break"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("QISCUS_APP_ID", test.appID)
			t.Setenv("QISCUS_SECRET_KEY", test.secretKey)
			t.Setenv("QISCUS_OMNICHANNEL_URL", test.address)
			client, err := qismo.New(test.opts...)
			if test.wrong != "" {
				require.ErrorContains(t, err, "qismo: make a client: ")
				require.ErrorContains(t, err, test.wrong)
				assert.NotContains(t, err.Error(), "rahasia")
				return
			}
			require.NoError(t, err)
			_, err = client.Session.Profile(t.Context())
			require.NoError(t, err)
			seen := service.seen()
			assert.Equal(t, test.sent, seen[len(seen)-1].Header.Get("Qiscus-Secret-Key"))
		})
	}
}
