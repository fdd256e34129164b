package qismo_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

const (
	testAppID     = "wangi-qjxw1k2m3n4o"
	testSecretKey = "kunci-rahasia-aplikasi"
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
		answer(w, request)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) seen() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]recorded(nil), r.requests...)
}

// client makes a client of the service that tries nothing again unless the options
// say so, with the secret key unless they bring other credentials.
func (r *recorder) client(t *testing.T, opts ...qismo.Option) *qismo.Client {
	t.Helper()
	if len(opts) == 0 {
		opts = []qismo.Option{qismo.WithSecretKey(testAppID, testSecretKey)}
	}
	client, err := qismo.New(append([]qismo.Option{qismo.WithBaseURL(r.URL), qismo.WithoutRetries()}, opts...)...)
	require.NoError(t, err)
	return client
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

// sprint is fmt.Sprintf with a verb that vet cannot know.
func sprint(verb string, value any) string { return fmt.Sprintf(verb, value) }
