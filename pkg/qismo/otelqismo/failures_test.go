package otelqismo_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// failing is a way to fail: what a client has to be made with, and a context to call
// with.
type failing func(t *testing.T) (ctx context.Context, address string, opts []qismo.Option)

// answering fails with an answer.
func answering(status int, contentType, body string) failing {
	return func(t *testing.T) (context.Context, string, []qismo.Option) {
		t.Helper()
		return t.Context(), newService(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}).URL, nil
	}
}

// silent is a service that does not answer until the test is over.
func silent(t *testing.T, arrived func()) *httptest.Server {
	t.Helper()
	over := make(chan struct{})
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		arrived()
		select {
		case <-over:
		case <-request.Context().Done():
		}
	}))
	t.Cleanup(target.Close)
	t.Cleanup(func() { close(over) })
	return target
}

func notConnected(t *testing.T) (context.Context, string, []qismo.Option) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	return t.Context(), address, nil
}

func notTrusted(t *testing.T) (context.Context, string, []qismo.Option) {
	t.Helper()
	target := httptest.NewUnstartedServer(answerRoom())
	target.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that fails
	target.StartTLS()
	t.Cleanup(target.Close)
	return t.Context(), target.URL, nil
}

func tooSlow(t *testing.T) (context.Context, string, []qismo.Option) {
	t.Helper()
	return t.Context(), silent(t, func() {}).URL, []qismo.Option{qismo.WithTimeouts(qismo.Timeouts{Read: moment})}
}

func cutOff(whole bool) failing {
	return func(t *testing.T) (context.Context, string, []qismo.Option) {
		t.Helper()
		return t.Context(), newService(t, func(w http.ResponseWriter, _ *http.Request) {
			if whole {
				panic(http.ErrAbortHandler) // net/http closes the connection
			}
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(roomAnswer))
		}).URL, nil
	}
}

func cancelled(t *testing.T) (context.Context, string, []qismo.Option) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, silent(t, cancel).URL, nil
}

// lateLimiter lets so many attempts pass.
type lateLimiter struct{ left int }

func (l *lateLimiter) Wait(context.Context) error {
	if l.left == 0 {
		return errors.New("the turn comes too late")
	}
	l.left--
	return nil
}

func (*lateLimiter) Answered(int, time.Duration) {}

// noToken is a source that has none.
type noToken struct{}

func (noToken) Token(context.Context) (string, error) { return "", errors.New("the vault is locked") }
func (noToken) Expired(string)                        {}

func withoutCredential(t *testing.T) (context.Context, string, []qismo.Option) {
	t.Helper()
	return t.Context(), newService(t, answerRoom()).URL, []qismo.Option{qismo.WithTokenSource(testAppID, noToken{})}
}

// What the spans of a failed call hold: both are the same failure.
func TestSpansOfFailures(t *testing.T) {
	for name, test := range map[string]struct {
		fail        failing
		errorType   string
		status      int64
		description string
		attempts    int64
	}{
		"bad request":   {answering(400, "application/json", `{}`), "400", 400, "", 1},
		"not found":     {answering(404, "application/json", `{}`), "404", 404, "", 1},
		"server error":  {answering(500, "text/html", `<p>`), "500", 500, "", 1},
		"a redirect":    {answering(302, "application/json", ``), "unusable_answer", 302, "unusable answer", 1},
		"HTML":          {answering(200, "text/html", `<p>`), "unusable_answer", 200, "unusable answer", 1},
		"not connected": {notConnected, "not_connected", 0, "not connected", 1},
		"not trusted":   {notTrusted, "not_trusted", 0, "not trusted", 1},
		"timeout":       {tooSlow, "timeout", 0, "timeout", 1},
		"broken":        {cutOff(true), "connection_broken", 0, "connection broken", 1},
		"broken answer": {cutOff(false), "connection_broken", 200, "connection broken", 1},
		"cancelled":     {cancelled, "cancelled", 0, "cancelled", 1},
		"no credential": {withoutCredential, "no_credential", 0, "no credential", 0},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, address, opts := test.fail(t)
			if len(opts) == 0 || test.errorType == "timeout" {
				opts = append(opts, withKey())
			}
			o := newObserved()
			_, err := o.client(t, address, append(opts, qismo.WithoutRetries())...).Rooms.Get(ctx, testRoomID)
			require.Error(t, err)

			spans := o.ended()
			require.Len(t, spans, 2)
			host, port := addressOf(t, address)
			want := map[string]any{
				"http.request.method": "GET", "server.address": host, "server.port": port, "url.template": roomTemplate,
				"error.type": test.errorType,
			}
			if test.status != 0 {
				want["http.response.status_code"] = test.status
				want["network.protocol.name"], want["network.protocol.version"] = "http", "1.1"
			}
			assert.Equal(t, want, attributes(t, spans[0].Attributes))
			assert.Equal(t, map[string]any{
				"qismo.operation": "getRoom", "qismo.attempts": test.attempts, "error.type": test.errorType,
			}, attributes(t, spans[1].Attributes))
			for _, span := range spans {
				assert.Equal(t, sdktrace.Status{Code: codes.Error, Description: test.description}, span.Status)
				assert.Empty(t, span.Events)
			}
		})
	}
}

// A turn that the limiter does not give is the end of a call, but no attempt; and it
// is not the status of the attempt before.
func TestSpansOfACallHeldBack(t *testing.T) {
	for name, test := range map[string]struct{ passes, attempts int }{
		"at once":              {0, 0},
		"after a server error": {1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := newObserved()
			target := newService(t, answer(http.StatusServiceUnavailable, `{}`))
			client := o.client(t, target.URL, withKey(), qismo.WithLimiter(&lateLimiter{test.passes}))
			_, err := client.Rooms.Get(t.Context(), testRoomID)
			require.Error(t, err)
			spans := o.ended()
			require.Len(t, spans, test.attempts+1)
			call := spans[test.attempts]
			assert.Equal(t, map[string]any{
				"qismo.operation": "getRoom", "qismo.attempts": int64(test.attempts), "error.type": "held_back",
			}, attributes(t, call.Attributes))
			assert.Equal(t, sdktrace.Status{Code: codes.Error, Description: "held back"}, call.Status)
		})
	}
}

type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic("of the caller's") }

// What a panic ends does not stay open.
func TestSpansOfAPanic(t *testing.T) {
	o := newObserved()
	client := o.client(t, "http://127.0.0.1:7080", withKey(), qismo.WithTransport(panicking{}))
	assert.Panics(t, func() { _, _ = client.Rooms.Get(t.Context(), testRoomID) })
	spans := o.ended()
	require.Len(t, spans, 2)
	for _, span := range spans {
		assert.Equal(t, "_OTHER", attributes(t, span.Attributes)["error.type"])
		assert.Equal(t, sdktrace.Status{Code: codes.Error}, span.Status)
	}
}
