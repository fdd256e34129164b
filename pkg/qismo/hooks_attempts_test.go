package qismo_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// watched are hooks that keep the ends that they are told, in their order.
type watched struct {
	attempts   []qismo.AttemptEnd
	operations []qismo.OperationEnd
	order      []string
}

func (w *watched) option() qismo.Option {
	return qismo.WithHooks(qismo.Hooks{
		Operation: func(ctx context.Context, _ qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
			return ctx, func(end qismo.OperationEnd) {
				w.operations, w.order = append(w.operations, end), append(w.order, "operation")
			}
		},
		Attempt: func(ctx context.Context, _ qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
			return ctx, func(end qismo.AttemptEnd) {
				w.attempts, w.order = append(w.attempts, end), append(w.order, "attempt")
			}
		},
	})
}

// Hooks are told what was spoken, whatever came of it.
func TestHooksAreToldTheProtocol(t *testing.T) {
	for name, test := range map[string]struct {
		http2    bool
		status   int
		protocol string
	}{
		"a success over HTTP/1.1": {false, http.StatusOK, "HTTP/1.1"},
		"a success over HTTP/2":   {true, http.StatusOK, "HTTP/2.0"},
		"a failure over HTTP/2":   {true, http.StatusNotFound, "HTTP/2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			service := httptest.NewUnstartedServer(answerJSON(test.status, `{}`))
			service.EnableHTTP2 = test.http2
			service.StartTLS()
			t.Cleanup(service.Close)
			hooks := &watched{}
			client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(service.URL),
				qismo.WithTLS(&tls.Config{RootCAs: service.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}),
				hooks.option())
			require.NoError(t, err)
			err = client.Do(t.Context(), http.MethodGet, "/api/v9", nil, nil)
			assert.Equal(t, test.status != http.StatusOK, err != nil, err)
			require.Len(t, hooks.attempts, 1)
			assert.Equal(t, test.protocol, hooks.attempts[0].Protocol)
			assert.Equal(t, test.status, hooks.attempts[0].Status)
		})
	}
}

// oneToken is a source that has one token and no other after it.
type oneToken struct{ given bool }

func (s *oneToken) Token(context.Context) (string, error) {
	if s.given {
		return "", errors.New("there is no other token")
	}
	s.given = true
	return "satu", nil
}

func (*oneToken) Expired(string) {}

// An attempt without an answer does not tell of the one before.
func TestAnAttemptTellsItsOwnAnswer(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "0badc0de")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	hooks := &watched{}
	client := service.client(t, qismo.WithTokenSource(testAppID, &oneToken{}), hooks.option(),
		qismo.WithRetries(qismo.Backoff{First: time.Nanosecond}))
	require.Error(t, client.Do(t.Context(), http.MethodGet, "/api/v9", nil, nil))

	require.Len(t, hooks.attempts, 2)
	failed, unsent := hooks.attempts[0], hooks.attempts[1]
	assert.Equal(t, http.StatusServiceUnavailable, failed.Status)
	assert.Equal(t, "HTTP/1.1", failed.Protocol)
	assert.Equal(t, "0badc0de", failed.RequestID)
	assert.Equal(t, qismo.ReasonCredential, unsent.Reason)
	assert.Zero(t, unsent.Status)
	assert.Empty(t, unsent.Protocol)
	assert.Empty(t, unsent.RequestID)
}

type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic("of the caller's") }

// What a panic ends is told as ended: a span that was begun would stay open.
func TestHooksAreToldOfAPanic(t *testing.T) {
	hooks := &watched{}
	client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL("http://127.0.0.1:1"),
		qismo.WithTransport(panicking{}), hooks.option())
	require.NoError(t, err)
	assert.PanicsWithValue(t, "of the caller's", func() {
		_ = client.Do(t.Context(), http.MethodGet, "/api/v9", nil, nil)
	})
	assert.Equal(t, []string{"attempt", "operation"}, hooks.order)
	require.Error(t, hooks.attempts[0].Err)
	require.Error(t, hooks.operations[0].Err)
	assert.Empty(t, hooks.attempts[0].Reason)
}
