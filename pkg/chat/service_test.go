package chat_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

const (
	testAppID  = "wangi-qjxw1k2m3n4o"
	testSecret = "kunci-rahasia-aplikasi"
	testUserID = "rina@toko.example.id"
	testToken  = "token-rahasia-rina"
)

// recorder is a service that a test scripts, and that remembers what it was
// asked.
type recorder struct {
	*httptest.Server
	mu       sync.Mutex
	requests []recorded
}

type recorded struct {
	Method, URI string
	Header      http.Header
	Body        string
}

func newRecorder(t *testing.T, answer http.HandlerFunc) *recorder {
	t.Helper()
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(w, "cut off", http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		r.requests = append(r.requests, recorded{request.Method, request.URL.RequestURI(), request.Header.Clone(), string(body)})
		r.mu.Unlock()
		request.Body = io.NopCloser(bytes.NewReader(body))
		answer(w, request)
	}))
	t.Cleanup(r.Close)
	return r
}

// newPlainServer makes a service that reads as much of a request as its handler does.
func newPlainServer(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func (r *recorder) seen() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]recorded(nil), r.requests...)
}

// server makes a client of the server door, which tries nothing again unless the
// options say so.
func (r *recorder) server(t *testing.T, opts ...chat.Option) *chat.Server {
	t.Helper()
	server, err := chat.NewServer(testAppID, testSecret, r.options(opts)...)
	require.NoError(t, err)
	t.Cleanup(server.CloseIdleConnections)
	return server
}

// user makes a client of the user door, with a token.
func (r *recorder) user(t *testing.T, opts ...chat.Option) *chat.User {
	t.Helper()
	return r.userAs(t, chat.Token(testUserID, testToken), opts...)
}

func (r *recorder) userAs(t *testing.T, who chat.Identity, opts ...chat.Option) *chat.User {
	t.Helper()
	user, err := chat.NewUser(testAppID, who, r.options(opts)...)
	require.NoError(t, err)
	t.Cleanup(user.CloseIdleConnections)
	return user
}

func (r *recorder) options(opts []chat.Option) []chat.Option {
	return append([]chat.Option{chat.WithBaseURL(r.URL), chat.WithoutRetries()}, opts...)
}

// answer writes a body of a content type with a status.
func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func answerJSON(status int, body string) http.HandlerFunc {
	return answer(status, "application/json; charset=utf-8", body)
}
