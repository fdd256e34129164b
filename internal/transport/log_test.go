package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lines are those that a logger wrote, each with its members.
func lines(t *testing.T, written *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(written.String()) {
		var members map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &members))
		all = append(all, members)
	}
	return all
}

func loggerAt(level slog.Level) (*slog.Logger, *bytes.Buffer) {
	written := &bytes.Buffer{}
	return slog.New(slog.NewJSONHandler(written, &slog.HandlerOptions{Level: level})), written
}

// A line has a closed list of attributes, whatever became of the call.
func TestLogLines(t *testing.T) {
	t.Parallel()
	logger, written := loggerAt(slog.LevelDebug)
	service := newService(play(answers(503, "dewi lestari", "X-Request-Id", "7f3a"), answers(200, "ok", "X-Request-Id", "8b1c")))
	service.settings.Retries = &policy{attempts: 2}
	service.settings.AddHooks(LogHooks(logger, "test"))
	_, err := service.ask(t.Context(), request{path: "/rooms/98120734?search=dewi"})
	require.NoError(t, err)
	service.settings.Retries = Backoff{}
	service.protocol.authorize = func(*http.Request) error { return errors.New("kata sandi salah") }
	_ = service.fail(t, request{path: "/rooms/98120734"})

	logged := lines(t, written)
	require.Len(t, logged, 4)
	own := []string{"time", "level", "msg"}
	for i, attributes := range [][]string{
		{"operation", "method", "path", "attempt", "status", "duration", "request_id", "failure"},
		{"operation", "method", "path", "status", "duration", "attempts", "request_id", "failure"},
		{"operation", "method", "path", "attempt", "status", "duration", "request_id", "failure"},
		{"operation", "method", "path", "status", "duration", "attempts", "request_id", "failure"},
	} {
		assert.ElementsMatch(t, append(attributes, own...), slices.Collect(maps.Keys(logged[i])))
		assert.Equal(t, "DEBUG", logged[i]["level"])
		assert.Equal(t, "getRoom", logged[i]["operation"])
		assert.Equal(t, "/rooms/{room_id}", logged[i]["path"])
	}
	for i, want := range []map[string]any{
		{"msg": "test attempt failed", "attempt": 1.0, "status": 503.0, "request_id": "7f3a", "failure": "server error"},
		{"msg": "test call", "attempts": 2.0, "status": 200.0, "request_id": "8b1c", "failure": ""},
		{"msg": "test attempt failed", "attempt": 1.0, "status": 0.0, "request_id": "", "failure": "no credential"},
		{"msg": "test call", "attempts": 0.0, "status": 0.0, "request_id": "", "failure": "no credential"},
	} {
		for name, value := range want {
			assert.Equal(t, value, logged[i][name], "line %d, %s", i, name)
		}
	}
	for _, secret := range []string{"98120734", "dewi", "sandi", "rahasia"} {
		assert.NotContains(t, written.String(), secret)
	}
}

// A call that could not even be attempted, or was cut short, is told as such.
func TestLogLinesOfWhatWasNotAttempted(t *testing.T) {
	t.Parallel()
	logger, written := loggerAt(slog.LevelDebug)
	service := newService(play(func(*http.Request) (*http.Response, error) { panic("the transport broke") }))
	service.settings.AddHooks(LogHooks(logger, "test"))
	assert.Panics(t, func() { _, _ = service.ask(t.Context(), request{}) })
	logged := lines(t, written)
	require.Len(t, logged, 2)
	assert.Equal(t, "cut short", logged[0]["failure"])
	assert.Equal(t, "cut short", logged[1]["failure"])
}

// silentHandler is a handler above the level of debugging. Whatever else it is asked
// fails the test.
type silentHandler struct {
	slog.Handler
	asked int
}

func (h *silentHandler) Enabled(context.Context, slog.Level) bool { h.asked++; return false }

// Above the level of debugging nothing is made up for a line.
func TestNothingIsLoggedAboveItsLevel(t *testing.T) {
	handler := &silentHandler{}
	hooks := LogHooks(slog.New(handler), "test")
	ctx, endOperation := hooks.Operation(t.Context(), OperationStart{})
	assert.Nil(t, endOperation)
	assert.Equal(t, t.Context(), ctx)
	ctx, endAttempt := hooks.Attempt(t.Context(), AttemptStart{})
	assert.Nil(t, endAttempt)
	assert.Equal(t, t.Context(), ctx)
	assert.Equal(t, 2, handler.asked)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		hooks.Operation(context.Background(), OperationStart{})
		hooks.Attempt(context.Background(), AttemptStart{})
	}))

	service := newService(play(answers(503, ""), answers(200, "ok")))
	service.settings.Retries = &policy{attempts: 2}
	service.settings.AddHooks(hooks)
	_, err := service.ask(t.Context(), request{})
	require.NoError(t, err)
}
