package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// lines is a log that may be written to and read at once.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// freeAddress finds an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	return address
}

// get asks until the receiver listens.
func get(t *testing.T, url string) (status int) {
	t.Helper()
	for {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err == nil {
			require.NoError(t, response.Body.Close())
			return response.StatusCode
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-t.Context().Done():
			return 0
		}
	}
}

// The whole program: both secrets are good, strangers are refused, repetitions are
// noticed, the load balancer is told of the end, and no log has a secret.
func TestReceiver(t *testing.T) {
	address := freeAddress(t)
	t.Setenv("LISTEN", address)
	t.Setenv("WEBHOOK_SECRETS", "newer-canary,older-canary")
	ctx, end := context.WithCancel(t.Context())
	var log lines
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, slog.New(slog.NewJSONHandler(&log, nil))) }()
	require.Equal(t, http.StatusOK, get(t, "http://"+address+"/ready"))

	events := qismotest.NewEvents()
	message, waiting := events.BotMessage(), events.CustomAgentAllocation()
	for _, step := range []struct {
		path    string
		payload qismotest.Payload
		status  int
	}{
		{"bot/newer-canary", message, http.StatusOK},
		{"bot/older-canary", message, http.StatusOK},
		{"bot/stranger-canary", message, http.StatusUnauthorized},
		{"allocation/newer-canary", waiting, http.StatusOK},
		{"allocation/newer-canary", qismotest.Raw("{"), http.StatusBadRequest},
	} {
		sender, err := qismotest.NewHTTPSender(http.DefaultClient, "http://"+address+"/hooks/"+step.path)
		require.NoError(t, err)
		answer, err := sender.Deliver(t.Context(), step.payload)
		require.NoError(t, err)
		assert.Equal(t, step.status, answer.Status, step.path)
	}

	end()
	for get(t, "http://"+address+"/ready") == http.StatusOK {
		continue
	}
	require.NoError(t, <-ended)
	assert.Contains(t, log.String(), `"path":"/hooks/bot/***"`)
	assert.NotContains(t, log.String(), "canary")
}

func TestReceiverNeedsASecret(t *testing.T) {
	t.Setenv("WEBHOOK_SECRETS", "")
	require.ErrorContains(t, run(t.Context(), slog.New(slog.DiscardHandler)), "empty")
}

func TestReceiverKeepsThePasswordOfRedis(t *testing.T) {
	t.Setenv("REDIS_URL", "redis://:canary@%zz")
	err := run(t.Context(), slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "REDIS_URL")
	assert.NotContains(t, err.Error(), "canary")
}
