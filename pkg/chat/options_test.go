package chat_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// roundTripper carries requests by a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (carry roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	return carry(request)
}

// limiter counts the turns that it gives.
type limiter struct{ turns, answers atomic.Int32 }

func (l *limiter) Wait(context.Context) error  { l.turns.Add(1); return nil }
func (l *limiter) Answered(int, time.Duration) { l.answers.Add(1) }

// inspector counts what it sees.
type inspector struct{ seen atomic.Pointer[chat.Exchange] }

func (i *inspector) Inspect(exchange chat.Exchange) { i.seen.Store(&exchange) }

// Requests go to the cloud unless an option says otherwise.
func TestTheDefaultAddress(t *testing.T) {
	t.Parallel()
	var asked []string
	carry := chat.WithTransport(roundTripper(func(request *http.Request) (*http.Response, error) {
		asked = append(asked, request.Method+" "+request.URL.String())
		return nil, http.ErrServerClosed
	}))
	server, err := chat.NewServer(testAppID, testSecret, carry)
	require.NoError(t, err)
	assert.Equal(t, testAppID, server.AppID())
	_, err = server.Users.Get(t.Context(), "rina", chat.WithoutRetries())
	require.ErrorIs(t, err, http.ErrServerClosed)
	user, err := chat.NewUser(testAppID, chat.Token(testUserID, testToken), carry)
	require.NoError(t, err)
	assert.Equal(t, testAppID, user.AppID())
	_, err = user.Session.Profile(t.Context(), chat.WithoutRetries())
	require.ErrorIs(t, err, http.ErrServerClosed)
	assert.Equal(t, []string{
		"GET https://api.qiscus.com/api/v2.1/rest/user_profile?user_id=rina", "GET https://api.qiscus.com/api/v2/sdk/my_profile",
	}, asked)
}

// Options of clients do what those of package qismo do.
func TestOptionsOfAClient(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, rinasAccount))
	var log bytes.Buffer
	limiter, inspector := &limiter{}, &inspector{}
	operations := 0
	user := service.user(t,
		chat.WithApplication("toko-chat", "1.4"), chat.WithHeader("X-Toko", "wangi"), chat.WithTimeout(time.Minute),
		chat.WithTimeouts(chat.Timeouts{Attempt: time.Minute}), chat.WithLimiter(limiter), chat.WithMaxAnswer(1<<20),
		chat.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		chat.WithHooks(chat.Hooks{Operation: func(ctx context.Context, start chat.OperationStart) (context.Context, func(chat.OperationEnd)) {
			assert.Equal(t, "sdkGetMyProfile", start.Operation)
			return ctx, func(chat.OperationEnd) { operations++ }
		}}),
		chat.WithInspector(inspector), chat.WithoutProxy(), chat.WithMaxConnections(2), chat.WithTLS(&tls.Config{MinVersion: tls.VersionTLS13}),
	)
	_, err := user.Session.Profile(t.Context())
	require.NoError(t, err)
	request := service.seen()[0]
	assert.Equal(t, "toko-chat/1.4 qismo-go/"+qismo.Version, request.Header.Get("User-Agent"))
	assert.Equal(t, "wangi", request.Header.Get("X-Toko"))
	assert.EqualValues(t, 1, limiter.turns.Load())
	assert.EqualValues(t, 1, limiter.answers.Load())
	assert.Equal(t, "sdkGetMyProfile", inspector.seen.Load().Operation)
	assert.Equal(t, 1, operations)
	var line map[string]any
	require.NoError(t, json.Unmarshal(log.Bytes(), &line))
	assert.Equal(t, "chat call", line["msg"])
	assert.Equal(t, "sdkGetMyProfile", line["operation"])

	_, err = service.user(t, chat.WithMaxAnswer(10)).Session.Profile(t.Context())
	require.ErrorIs(t, err, chat.ErrUnexpectedAnswer)
	_, err = service.user(t, chat.WithTimeout(1)).Session.Profile(t.Context())
	require.ErrorIs(t, err, chat.ErrTimeout)
	_, err = service.user(t, chat.WithHTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, http.ErrServerClosed
	})})).Session.Profile(t.Context())
	require.ErrorIs(t, err, http.ErrServerClosed)
}

// Options of one call hold for that call.
func TestOptionsOfACall(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, rinasAccount))
	user := service.user(t)
	_, err := user.Session.Profile(t.Context(), chat.WithHeader("X-Toko", "wangi"))
	require.NoError(t, err)
	_, err = user.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "wangi", service.seen()[0].Header.Get("X-Toko"))
	assert.Empty(t, service.seen()[1].Header.Get("X-Toko"))
	for want, option := range map[string]chat.Option{
		"WithBaseURL is an option of a client, not of a call":                             chat.WithBaseURL("https://api.example.id"),
		"WithTokenStore is an option of a client, not of a call":                          chat.WithTokenStore(chat.TokenFile("x")),
		"WithProxy is an option of a client, not of a call":                               chat.WithProxy("http://proxy.example.id"),
		"the timeout is negative":                                                         chat.WithTimeout(-1),
		"an option is nil":                                                                nil,
		"who calls is said when the client is made, and not by an option":                 qismo.WithSecretKey(testAppID, testSecret),
		"the header Qiscus-Sdk-Token carries a credential; use an option for credentials": chat.WithHeader("QISCUS-SDK-TOKEN", "x"),
	} {
		_, err := user.Session.Profile(t.Context(), option)
		require.EqualError(t, err, "chat: sdkGetMyProfile: "+want)
	}
	assert.Len(t, service.seen(), 2)
}

// What cannot work is told when a client is made.
func TestClientsThatCannotBe(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		appID, secret string
		opts          []chat.Option
	}{
		"the App ID is empty":     {"", testSecret, nil},
		"the secret key is empty": {testAppID, "", nil},
		"the App ID holds a line break or another control character": {"a\nb", testSecret, nil},
		"base URL given twice": {testAppID, testSecret, []chat.Option{chat.WithBaseURL("https://a.example.id"), chat.WithBaseURL("https://b.example.id")}},
		"the base URL must be https, except on loopback: credentials would travel to a.example.id in the open": {testAppID, testSecret, []chat.Option{chat.WithBaseURL("http://a.example.id")}},
		"who calls is said when the client is made, and not by an option":                                      {testAppID, testSecret, []chat.Option{qismo.WithToken(testAppID, testToken)}},
		"a token store keeps the tokens of a user who logs in, and there is none":                              {testAppID, testSecret, []chat.Option{chat.WithTokenStore(chat.TokenFile("x"))}},
	} {
		_, err := chat.NewServer(test.appID, test.secret, test.opts...)
		require.EqualError(t, err, "chat: make a server: "+want)
	}
	_, err := chat.NewUser("", chat.Token(testUserID, testToken))
	require.EqualError(t, err, "chat: make a user: the App ID is empty")
	_, err = chat.NewServer(testAppID, testSecret, chat.WithHTTPClient(&http.Client{}), chat.WithMaxConnections(1))
	require.ErrorContains(t, err, "an HTTP client brings its own transport")
}

// Routes that have no method are called with the credentials of their door.
func TestDo(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, `{"results":{"total":7},"status":200}`))
	server, user := service.server(t), service.user(t)
	var out struct{ Results struct{ Total int } }
	require.NoError(t, server.Do(t.Context(), http.MethodPost, "/api/v2/rest/x?a=1", map[string]int{"b": 2}, &out))
	assert.Equal(t, 7, out.Results.Total)
	var raw []byte
	require.NoError(t, user.Do(t.Context(), http.MethodPut, "/api/v2/sdk/x", chat.Body{ContentType: "text/csv", Reader: strings.NewReader("a,b")}, &raw))
	assert.JSONEq(t, `{"results":{"total":7},"status":200}`, string(raw))
	seen := service.seen()
	assert.Equal(t, "/api/v2/rest/x?a=1", seen[0].URI)
	assert.JSONEq(t, `{"b":2}`, seen[0].Body)
	assert.Equal(t, testSecret, seen[0].Header.Get("QISCUS-SDK-SECRET"))
	assert.Equal(t, "text/csv", seen[1].Header.Get("Content-Type"))
	assert.Equal(t, "a,b", seen[1].Body)
	assert.Equal(t, testToken, seen[1].Header.Get("QISCUS-SDK-TOKEN"))

	for want, call := range map[string]func() error{
		"chat: GET: the path must begin with one slash and name no host":      func() error { return user.Do(t.Context(), "GET", "//jahat.example.id/x", nil, nil) },
		"chat: GET: the path must not hold dot segments":                      func() error { return user.Do(t.Context(), "GET", "/api/../x", nil, nil) },
		"chat: GET: the answer needs a pointer that is not nil, not a string": func() error { return user.Do(t.Context(), "GET", "/x", nil, "x") },
		"chat: POST: a reader needs a content type: pass a Body": func() error {
			return user.Do(t.Context(), "POST", "/x", strings.NewReader("x"), nil)
		},
		"chat: POST: the body has no reader": func() error {
			return user.Do(t.Context(), "POST", "/x", chat.Body{ContentType: "text/csv"}, nil)
		},
		"chat: make the request: the method or the path is malformed": func() error { return user.Do(t.Context(), "G T", "/x", nil, nil) },
	} {
		require.EqualError(t, call(), want)
	}
	assert.Len(t, service.seen(), 2)
	failing := newRecorder(t, answer(404, "text/plain", "404 page not found"))
	err := failing.user(t).Do(t.Context(), "GET", "/api/v2/sdk/x", nil, nil)
	require.EqualError(t, err, "chat: GET "+failing.URL+": status 404 Not Found: 404 page not found")
}
