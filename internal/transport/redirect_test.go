package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only reads are redirected, only within the host, and only so often. Nobody else is
// ever asked.
func TestRedirects(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(func() {
		other.Close()
		assert.Zero(t, elsewhere.Load(), "credentials go to the configured host only")
	})
	for name, test := range map[string]struct {
		method string
		hops   int
		to     func(self string) string // the last hop's, the service itself when nil
		status int                      // of each hop, 302 when 0
		asked  int32
		fails  bool
	}{
		"a read":                  {method: http.MethodGet, hops: 1, asked: 2},
		"a look":                  {method: http.MethodHead, hops: 1, asked: 2},
		"as often as may be":      {method: http.MethodGet, hops: 4, asked: 5},
		"once too often":          {method: http.MethodGet, hops: 5, asked: 5, fails: true},
		"in a circle":             {method: http.MethodGet, hops: 1 << 30, asked: 5, fails: true},
		"a write":                 {method: http.MethodPost, hops: 1, asked: 1, fails: true},
		"a write, kept as it is":  {method: http.MethodPost, hops: 1, status: 307, asked: 1, fails: true},
		"a write, 303":            {method: http.MethodPut, hops: 1, status: 303, asked: 1, fails: true},
		"a removal, 308":          {method: http.MethodDelete, hops: 1, status: 308, asked: 1, fails: true},
		"elsewhere":               {method: http.MethodGet, hops: 1, to: func(string) string { return other.URL + "/x" }, asked: 1, fails: true},
		"elsewhere, 307":          {method: http.MethodGet, hops: 1, status: 307, to: func(string) string { return other.URL }, asked: 1, fails: true},
		"elsewhere, in two steps": {method: http.MethodGet, hops: 2, to: func(string) string { return other.URL }, asked: 2, fails: true},
		"to another name of it": {method: http.MethodGet, hops: 1, to: func(self string) string {
			return strings.Replace(self, "127.0.0.1", "localhost", 1)
		}, asked: 1, fails: true},
		"to another port":   {method: http.MethodGet, hops: 1, to: func(string) string { return "http://127.0.0.1:1" }, asked: 1, fails: true},
		"to another scheme": {method: http.MethodGet, hops: 1, to: func(self string) string { return strings.Replace(self, "http:", "https:", 1) }, asked: 1, fails: true},
		"without scheme":    {method: http.MethodGet, hops: 1, to: func(string) string { return strings.TrimPrefix(other.URL, "http:") }, asked: 1, fails: true},
		"with a user": {method: http.MethodGet, hops: 1, to: func(string) string {
			return strings.Replace(other.URL, "http://", "http://127.0.0.1@", 1)
		}, asked: 1, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			var server *httptest.Server
			server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "kunci-rahasia", r.Header.Get(secretHeader))
				hop := int(asked.Add(1))
				if hop > test.hops {
					_, _ = w.Write([]byte("here"))
					return
				}
				target := fmt.Sprintf("/rooms/5?hop=%d", hop)
				if hop == test.hops && test.to != nil {
					target = test.to(server.URL)
				}
				w.Header().Set("Location", target)
				w.WriteHeader(max(test.status, http.StatusFound))
			}))
			defer server.Close()
			body, err := serviceAt(t, server, Connection{}).ask(t.Context(), request{
				method: test.method, body: strings.NewReader("x"), write: true,
			})
			assert.Equal(t, test.asked, asked.Load())
			if test.fails {
				require.ErrorIs(t, err, ErrUnexpectedAnswer)
				assert.NotContains(t, err.Error(), "hop")
				return
			}
			require.NoError(t, err)
			if test.method != http.MethodHead {
				assert.Equal(t, "here", body)
			}
		})
	}
}

// A client of the caller's may allow less, never more.
func TestRedirectsThatTheCallerRefuses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/rooms/6", http.StatusFound)
	}))
	defer server.Close()
	for name, test := range map[string]struct {
		refusal error
		times   int
	}{
		"hand it back": {http.ErrUseLastResponse, 1},
		"fail":         {errors.New("not for me"), 1},
		"go on":        {nil, maxRedirects - 1},
	} {
		t.Run(name, func(t *testing.T) {
			times := 0
			service := serviceAt(t, server, Connection{Client: &http.Client{
				CheckRedirect: func(*http.Request, []*http.Request) error { times++; return test.refusal },
			}})
			service.settings.Retries = Backoff{Attempts: 1}
			failure := service.fail(t, request{})
			require.ErrorIs(t, failure, ErrUnexpectedAnswer)
			require.NotErrorIs(t, failure, ErrConnectionBroken)
			assert.Equal(t, test.times, times)
			if name == "fail" {
				require.ErrorIs(t, failure, test.refusal)
				assert.EqualError(t, failure, "test: getRoom: follow a redirect: not for me")
			}
		})
	}
}
