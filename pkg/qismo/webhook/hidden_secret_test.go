package webhook_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// seenInside is what a handler inside HideSecret gets of a request.
func seenInside(authenticator webhook.Authenticator, request *http.Request) (inside *http.Request) {
	webhook.HideSecret(authenticator, http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		inside = request
	})).ServeHTTP(httptest.NewRecorder(), request)
	return inside
}

// checkInside checks that all forms of the URL are those of a target, and that the
// true one is nowhere to be seen, and still authenticates.
func checkInside(t *testing.T, authenticator webhook.Authenticator, target, want string) {
	t.Helper()
	outside := postTo(t, target)
	before := *outside.URL
	accepted := authenticator.Authenticate(outside, nil)
	inside := seenInside(authenticator, outside)
	expected, err := url.ParseRequestURI(want)
	require.NoError(t, err)

	assert.Equal(t, want, inside.RequestURI, target)
	assert.Equal(t, want, inside.URL.RequestURI(), target)
	assert.Equal(t, want, inside.URL.String(), target)
	assert.Equal(t, expected.Path, inside.URL.Path, target)
	assert.Equal(t, expected.EscapedPath(), inside.URL.EscapedPath(), target)
	assert.Equal(t, expected.RawQuery, inside.URL.RawQuery, target)
	assert.Empty(t, leaks(inside, secret, oldSecret), target)
	assert.Empty(t, leaks(inside.Context(), secret, oldSecret), target)
	assert.Equal(t, accepted, authenticator.Authenticate(inside, nil), target)
	assert.Equal(t, before, *outside.URL, "the request outside is left alone")
	assert.Equal(t, target, outside.RequestURI)
}

func TestHideSecretOfThePath(t *testing.T) {
	for target, want := range map[string]string{
		"/hooks/bot/canary-secret":             "/hooks/bot/***",
		"/hooks/bot/canary-of-yesterday":       "/hooks/bot/***",
		"/hooks/bot/wrong":                     "/hooks/bot/***",
		"/canary-secret":                       "/***",
		"/":                                    "/",
		"/hooks/bot/":                          "/hooks/bot/",
		"/hooks/bot":                           "/hooks/***",
		"/hooks/bot/canary-secret/":            "/hooks/bot/***/",
		"/hooks/bot/canary-secret//":           "/hooks/bot/***//",
		"/hooks/canary-secret/bot":             "/hooks/***/***",
		"/hooks//canary-secret":                "/hooks//***",
		"/hooks/bot/canary%2Dsecret":           "/hooks/bot/***",
		"/hooks/bot/canary%252Dsecret":         "/hooks/bot/***",
		"/hooks/bot/canary%2Dsecret/":          "/hooks/bot/***/",
		"/hooks/bot%2Fcanary-secret":           "/hooks/***",
		"/hooks/bot/canary-secret%2F":          "/hooks/bot/***",
		"/hooks/a%2Fb/c%20d/canary-secret":     "/hooks/a%2Fb/c%20d/***",
		"/hooks/a%252Fb/canary-secret":         "/hooks/a%252Fb/***",
		"/hooks/bot/canary-secret;v=1":         "/hooks/bot/***",
		"/hooks/bot/canary-secret%3Fa":         "/hooks/bot/***",
		"/hooks/bot/canary-secret?a=b&c;d=%zz": "/hooks/bot/***?a=b&c;d=%zz",
		"/hooks/bot/canary-secret?":            "/hooks/bot/***?",
		"/hooks/bot/***":                       "/hooks/bot/***",
		"/h/%D0%BA/wrong":                      "/h/%D0%BA/***",
	} {
		checkInside(t, webhook.PathSecret(secret, oldSecret), target, want)
		checkInside(t, webhook.AnyOf(webhook.HMAC("X-Sum", secret), webhook.AllOf(webhook.PathSecret(secret, oldSecret))), target, want)
	}
}

func TestHideSecretOfTheQuery(t *testing.T) {
	for query, want := range map[string]string{
		"key=canary-secret":                     "key=***",
		"key=wrong":                             "key=***",
		"a=b&key=canary-secret&c=d":             "a=b&key=***&c=d",
		"key=canary-secret&key=wrong&key":       "key=***&key=***&key",
		"%6Bey=canary%2Dsecret":                 "%6Bey=***",
		"key=canary%252Dsecret":                 "key=***",
		"key=%zzcanary-secret":                  "key=***",
		"key==canary-secret":                    "key=***",
		"key=":                                  "key=***",
		"key":                                   "key",
		"a=b":                                   "a=b",
		"a=b;key=canary-secret":                 "a=b;key=***",
		"a=b;c;key=canary;secret&d=e":           "a=b;c;key=***&d=e",
		"key=;canary-secret":                    "key=***",
		"Key=canary-secret":                     "Key=***",
		"other=canary%2Dsecret&x=1":             "other=***&x=1",
		"=canary-secret":                        "=***",
		"k%zz=canary-secret":                    "k%zz=***",
		"monkey=wrong":                          "monkey=wrong",
		"&&;&":                                  "&&;&",
		"key[]=wrong":                           "key[]=wrong",
		"a=%zz&key=canary-of-yesterday&b=c%20d": "a=%zz&key=***&b=c%20d",
	} {
		checkInside(t, webhook.QuerySecret("key", secret, oldSecret), "/hooks/bot/x?"+query, "/hooks/bot/x?"+want)
	}
	checkInside(t, webhook.QuerySecret("key", secret), "/hooks/bot/x", "/hooks/bot/x")
	checkInside(t, webhook.QuerySecret("my key", secret), "/?my+key=a&my%20key=b&my%2Bkey=c", "/?my+key=***&my%20key=***&my%2Bkey=c")
}

// A URL that was typed into the dashboard the wrong way shows the secret to nobody.
func TestHideSecretInTheWrongPlace(t *testing.T) {
	path, query := webhook.PathSecret(secret), webhook.QuerySecret("key", secret)
	checkInside(t, path, "/hooks/bot?key=canary-secret", "/hooks/***?key=***")
	checkInside(t, path, "/hooks/bot/x?a=b&canary%2Dsecret=c", "/hooks/bot/***?a=b&***")
	checkInside(t, path, "/hooks/bot/x?=wrong&a;canary-secret", "/hooks/bot/***?=wrong&a;***")
	checkInside(t, query, "/hooks/canary-secret", "/hooks/***")
	checkInside(t, query, "/hooks/canary%2Dsecret/a%2Fb?canary-secret", "/hooks/***/a%2Fb?***")
}

func TestHideSecretOfBoth(t *testing.T) {
	both := webhook.AllOf(webhook.PathSecret(secret), webhook.QuerySecret("key", oldSecret))
	checkInside(t, both, "/hooks/canary-secret?key=canary-of-yesterday", "/hooks/***?key=***")
	checkInside(t, both, "/hooks/wrong?key=wrong", "/hooks/***?key=***")
}

// What is hidden outside once stays true for the authenticators inside.
func TestHideSecretTwice(t *testing.T) {
	path, query := webhook.PathSecret(secret), webhook.QuerySecret("key", oldSecret)
	inside := seenInside(query, seenInside(path, postTo(t, "/hooks/canary-secret?key=canary-of-yesterday")))
	assert.Equal(t, "/hooks/***?key=***", inside.RequestURI)
	assert.Empty(t, leaks(inside, secret, oldSecret))
	checkAuthentication(t, webhook.AllOf(path, query), inside, "", true, "both")
	checkAuthentication(t, webhook.PathSecret("***"), inside, "", false, "the mask")
}

// wrapper is an authenticator of somebody's own around another.
type wrapper struct {
	webhook.Authenticator

	refused *int
}

func (w wrapper) Authenticate(request *http.Request, body []byte) error {
	err := w.Authenticator.Authenticate(request, body)
	if err != nil {
		*w.refused++
	}
	return err
}

// Of an authenticator of somebody's own nobody knows where its secret is. What it wraps
// still knows who is right.
func TestHideSecretOfAnUnknownAuthenticator(t *testing.T) {
	refused := 0
	path, query := wrapper{webhook.PathSecret(secret), &refused}, wrapper{webhook.QuerySecret("key", secret), &refused}
	sum := webhook.HMAC("X-Sum", secret)
	for target, want := range map[string]string{
		"/hooks/bot/canary-secret":                      "/hooks/bot/***",
		"/hooks/bot/wrong":                              "/hooks/bot/***",
		"/hooks/bot/canary%2Dsecret":                    "/hooks/bot/***",
		"/hooks/bot/canary-secret%2F":                   "/hooks/bot/***",
		"/hooks/bot/canary-secret/":                     "/hooks/bot/***/",
		"/hooks/bot//canary-secret//":                   "/hooks/bot//***//",
		"/canary-secret":                                "/***",
		"/":                                             "/",
		"/hooks/bot?key=canary-secret":                  "/hooks/***?key=***",
		"/hooks/bot?a=b&key=canary%2Dsecret&c=d":        "/hooks/***?a=***&key=***&c=***",
		"/hooks/bot?canary-secret":                      "/hooks/***?***",
		"/hooks/bot?=canary-secret":                     "/hooks/***?=***",
		"/hooks/bot?canary-secret=":                     "/hooks/***?***",
		"/hooks/bot?canary-secret==":                    "/hooks/***?***",
		"/hooks/bot?a=b;canary-secret":                  "/hooks/***?a=***",
		"/hooks/bot?canary-secret;a=b":                  "/hooks/***?***",
		"/hooks/bot?&&":                                 "/hooks/***?&&",
		"/hooks/bot/x?":                                 "/hooks/bot/***?",
		"/h%2Fi/%D0%BA/canary-secret?key=%zzcanary&x=1": "/h%2Fi/%D0%BA/***?key=***&x=***",
	} {
		for _, authenticator := range []webhook.Authenticator{
			path, query, &query, webhook.AnyOf(sum, path), webhook.AllOf(webhook.AnyOf(sum, webhook.AllOf(query))),
			webhook.AnyOf(path, webhook.QuerySecret("key", oldSecret)),
		} {
			checkInside(t, authenticator, target, want)
		}
	}
	inside := seenInside(path, postTo(t, "/hooks/canary-secret"))
	checkAuthentication(t, path, inside, "", true, "the right one")
	refused = 0
	checkAuthentication(t, path, seenInside(path, postTo(t, "/hooks/***")), "", false, "the mask")
	assert.Equal(t, 1, refused, "it was asked")
	for _, unset := range []webhook.Authenticator{nil, webhook.AllOf(nil)} {
		assert.Equal(t, "/hooks/***?***", seenInside(unset, postTo(t, "/hooks/canary-secret?x")).RequestURI)
	}
}

// Requests that no client of the platform sends.
func TestHideSecretOfOddRequests(t *testing.T) {
	path := webhook.PathSecret(secret)
	inside := seenInside(path, postTo(t, "http://hooks.example.id/bot/canary-secret?a=b"))
	assert.Equal(t, "/bot/***?a=b", inside.RequestURI)
	assert.Equal(t, "http://hooks.example.id/bot/***?a=b", inside.URL.String())

	made, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://hooks.example.id/bot/canary-secret", nil)
	require.NoError(t, err)
	inside = seenInside(path, made)
	assert.Empty(t, inside.RequestURI, "a client would refuse to send it")
	assert.Equal(t, "https://hooks.example.id/bot/***", inside.URL.String())

	opaque := postTo(t, "/")
	opaque.URL, opaque.RequestURI = &url.URL{Scheme: "http", Opaque: secret, RawQuery: "a=b"}, "http:canary-secret?a=b"
	inside = seenInside(path, opaque)
	assert.Empty(t, leaks(inside, secret))
	assert.Equal(t, "***?a=b", inside.RequestURI)
	checkAuthentication(t, path, inside, "", false, "opaque")

	star := seenInside(path, postTo(t, "*"))
	assert.Equal(t, "***", star.RequestURI)
}

// Where there is nothing to hide nothing is done.
func TestHideSecretOfNothing(t *testing.T) {
	next := http.NewServeMux()
	for _, authenticator := range []webhook.Authenticator{
		webhook.WithoutAuthentication(), webhook.HeaderSecret("X-Hook-Secret", secret), webhook.HMAC("X-Sum", secret),
		webhook.FromNetworks([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}), webhook.AllOf(),
		webhook.AnyOf(webhook.HMAC("X-Sum", secret), webhook.AllOf(webhook.WithoutAuthentication())),
	} {
		assert.Same(t, next, webhook.HideSecret(authenticator, next))
		assert.Same(t, http.DefaultServeMux, webhook.HideSecret(authenticator, nil))
	}
	recorder := send(webhook.HideSecret(webhook.PathSecret(secret), nil), postTo(t, "/no/such/"+secret))
	assert.Equal(t, http.StatusNotFound, recorder.Code, "the mux that every program has")
}

// The whole way, over real connections: an access log in between sees no secret, the
// mux finds its routes, and the handler knows who is right.
func TestHideSecretAroundALogAndAMux(t *testing.T) {
	path, query := webhook.PathSecret(secret), webhook.QuerySecret("key", oldSecret)
	both := webhook.AnyOf(path, query)
	handler, err := webhook.NewHandler(both, ignoring())
	require.NoError(t, err)
	var log strings.Builder
	mux := http.NewServeMux()
	mux.Handle("/hooks/bot/", handler)
	mux.HandleFunc("POST /hooks/wildcard/{secret}", func(w http.ResponseWriter, request *http.Request) {
		fmt.Fprintln(&log, request.PathValue("secret"), request.Pattern)
		handler.ServeHTTP(w, request)
	})
	mux.Handle("/hooks/stripped/", http.StripPrefix("/hooks/stripped", handler))
	server := httptest.NewServer(webhook.HideSecret(both, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		fmt.Fprintf(&log, "%v %+v %#v %s %s\n", request, request, request, request.RequestURI, request.URL)
		mux.ServeHTTP(w, request)
		_ = request.ParseForm()
		fmt.Fprintln(&log, request.Form, request.Context(), w.Header())
	})))
	defer server.Close()

	for target, want := range map[string]int{
		"/hooks/bot/canary-secret":                      http.StatusOK,
		"/hooks/bot/canary%2Dsecret":                    http.StatusOK,
		"/hooks/bot/x/y%2Fz/canary-secret":              http.StatusOK,
		"http://x.example/hooks/bot/canary-secret":      http.StatusOK,
		"/hooks/bot/?key=canary-of-yesterday":           http.StatusOK,
		"/hooks/bot/x?a=b&key=canary%2Dof-yesterday":    http.StatusOK,
		"/hooks/wildcard/canary-secret":                 http.StatusOK,
		"/hooks/wildcard/wrong?key=canary-of-yesterday": http.StatusOK,
		"/hooks/stripped/canary-secret":                 http.StatusOK,
		"/hooks/bot/wrong":                              http.StatusUnauthorized,
		"/hooks/bot/":                                   http.StatusUnauthorized,
		"/hooks/bot/canary-secret/":                     http.StatusUnauthorized,
		"/hooks/bot/***":                                http.StatusUnauthorized,
		"/hooks/bot/?key=canary-of-yesterday&key=wrong": http.StatusUnauthorized,
		"/hooks/wildcard/wrong":                         http.StatusUnauthorized,
		"/hooks/stripped/wrong":                         http.StatusUnauthorized,
		"/hooks/wildcard/x/canary-secret":               http.StatusNotFound,
		"/hooks/canary-secret":                          http.StatusNotFound,
		"/hooks//bot/canary-secret?key=wrong":           http.StatusTemporaryRedirect, // to where it is masked
	} {
		assert.Equal(t, want, rawPost(t, server, target), target)
	}
	assert.Empty(t, leaks(log.String(), secret, oldSecret))
	for _, line := range []string{"*** POST /hooks/wildcard/{secret}\n", "Location:[/hooks/bot/%2A%2A%2A?key=***]"} {
		assert.True(t, strings.Contains(log.String(), line), line) //nolint:testifylint // the log is too long to be shown
	}
}

// rawPost writes a request with a target that a client of package http would tidy up.
func rawPost(t *testing.T, server *httptest.Server, target string) (status int) {
	t.Helper()
	dialer := net.Dialer{}
	conn, err := dialer.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", target)
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	return response.StatusCode
}

// Whatever the URL, a secret in its place does not show, the rest stays, and who is
// right outside is right inside.
func FuzzHideSecret(f *testing.F) {
	f.Add("/hooks/", "a=b", true)
	f.Add("/a%2Fb/%D0%BA/..//", "key=x;y&%zz", false)
	f.Add("/ {/", "%", false)
	f.Add("/canary-secret/", "key=canary-secret", true)
	path, query := webhook.PathSecret(secret), webhook.QuerySecret("key", oldSecret)
	f.Fuzz(func(t *testing.T, prefix, rest string, right bool) {
		segment := "canary%2Dsecret"
		if !right {
			segment = "canary-secret%2Fx"
		}
		target, err := url.ParseRequestURI("/" + prefix + "/" + segment + "?key=" + oldSecret + "&" + rest)
		if err != nil || strings.ContainsAny(prefix, "?#") || strings.Contains(prefix+rest, "canary") {
			return
		}
		outside := postTo(t, "/")
		outside.URL, outside.RequestURI = target, target.RequestURI()
		inside := seenInside(webhook.AllOf(path, query), outside)
		if strings.Contains(inside.RequestURI+inside.URL.Path+inside.URL.String(), "canary") {
			t.Fatalf("%q became %q", outside.RequestURI, inside.RequestURI)
		}
		// A path with characters that no path may have is escaped anew as a whole.
		before, asSent := strings.CutSuffix(target.EscapedPath(), segment)
		if got := inside.URL.EscapedPath(); asSent && got != before+"***" {
			t.Fatalf("the path %q became %q", target.EscapedPath(), got)
		}
		for _, authenticator := range []webhook.Authenticator{path, query} {
			if want, got := authenticator.Authenticate(outside, nil), authenticator.Authenticate(inside, nil); !errors.Is(got, want) {
				t.Fatalf("%v: %v outside, %v inside", authenticator, want, got)
			}
		}
		if right != (path.Authenticate(inside, nil) == nil) {
			t.Fatalf("%q: right is %v", outside.RequestURI, right)
		}
	})
}
