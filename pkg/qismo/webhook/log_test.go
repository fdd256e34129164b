package webhook_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// An event that is refused may be lost, so it is told at a level that is watched; what
// strangers cause is not.
func TestLoggerWarnsOfRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		method, path, contentType, body string
		status                          int
		warns                           bool
	}{
		"no JSON":       {http.MethodPost, "/" + secret, "application/json", "canary", http.StatusBadRequest, true},
		"too large":     {http.MethodPost, "/" + secret, "application/json", `{"canary-of-a-body":1}`, http.StatusRequestEntityTooLarge, true},
		"other content": {http.MethodPost, "/" + secret, "text/canary", "canary", http.StatusUnsupportedMediaType, true},
		"stranger":      {http.MethodPost, "/canary", "application/json", `{}`, http.StatusUnauthorized, false},
		"other method":  {http.MethodGet, "/" + secret, "application/json", `{}`, http.StatusMethodNotAllowed, false},
	} {
		t.Run(name, func(t *testing.T) {
			var lines bytes.Buffer
			handler := newHandler(t, ignoring(), webhook.MaxBody(16), webhook.WithLogger(slog.New(
				slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			request := httptest.NewRequestWithContext(t.Context(), test.method, test.path, strings.NewReader(test.body))
			request.Header.Set("Content-Type", test.contentType)
			assert.Equal(t, test.status, send(handler, request).Code)
			assert.Contains(t, lines.String(), fmt.Sprintf(" status=%d ", test.status))
			assert.Equal(t, test.warns, strings.Contains(lines.String(), "level=WARN"), lines.String())
			assert.NotContains(t, lines.String(), "canary")
		})
	}
}

// What nobody knows, and nobody waits for, is dropped with a warning; what is known and
// not wanted is not.
func TestLoggerWarnsOfWhatIsDropped(t *testing.T) {
	for body, warns := range map[string]bool{`{"type":"canary"}`: true, said("1", "a", ""): false} {
		var lines bytes.Buffer
		handler := newHandler(t, webhook.Callbacks{
			MarkAsResolved: func(context.Context, *webhook.MarkAsResolvedEvent) error { return nil },
		}, webhook.WithLogger(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		checkAnswer(t, post(handler, body), http.StatusOK)
		assert.Equal(t, warns, strings.Contains(lines.String(), "level=WARN"), lines.String())
		assert.Contains(t, lines.String(), "ignored=")
		assert.NotContains(t, lines.String(), "canary")
	}
}
