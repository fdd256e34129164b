package webhook_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestNewHandlerRefusesBadOptions(t *testing.T) {
	onProblems := webhook.OnProblems(func(context.Context, webhook.Name, []webhook.Problem) {})
	onError := webhook.OnError(func(context.Context, webhook.Event, error) {})
	for name, options := range map[string][]webhook.Option{
		"no limit":               {webhook.MaxBody(0)},
		"negative limit":         {webhook.MaxBody(-1)},
		"no such mode":           {webhook.Validation(7)},
		"no such event":          {webhook.Only("canary")},
		"the unknown":            {webhook.Only(webhook.Unknown)},
		"nil on problems":        {webhook.OnProblems(nil)},
		"nil on error":           {webhook.OnError(nil)},
		"nil":                    {nil},
		"nil after others":       {onError, nil},
		"two limits":             {webhook.MaxBody(10), webhook.MaxBody(10)},
		"two modes":              {webhook.Validation(webhook.Strict), webhook.Validation(webhook.Off)},
		"two events":             {webhook.Only(webhook.BotMessage), webhook.Only(webhook.NewSession)},
		"on problems twice":      {onProblems, onProblems},
		"on error twice":         {onError, onError},
		"problems of no mode":    {webhook.Validation(webhook.Off), onProblems},
		"problems before no one": {onProblems, webhook.Validation(webhook.Off)},
		"no workers":             {webhook.Workers(0)},
		"workers twice":          {webhook.Workers(1), webhook.Workers(2)},
		"waiting below none":     {webhook.Waiting(-1)},
		"waiting twice":          {webhook.Waiting(1), webhook.Waiting(2)},
		"no time":                {webhook.Deadline(0)},
		"deadline twice":         {webhook.Deadline(1), webhook.Deadline(1)},
		"nil around":             {webhook.Use(nil)},
		"nil store":              {webhook.Deduplicate(nil)},
		"nil pointer to a store": {webhook.Deduplicate((*webhook.MemoryStore)(nil))},
		"nothing put around":     {webhook.Use(func(webhook.Callback) webhook.Callback { return nil })},
		"two stores":             {webhook.Deduplicate(&brokenStore{}), webhook.Deduplicate(&brokenStore{})},
		"no period":              {webhook.RememberFor(0)},
		"remembered unknowns":    {webhook.RememberFor(1, "canary")},
		"not deduplicated":       {webhook.WithoutDeduplication(webhook.Unknown)},
		"two periods":            {webhook.RememberFor(1), webhook.RememberFor(2)},
		"two periods of one":     {webhook.RememberFor(1, webhook.BotMessage), webhook.RememberFor(2, webhook.BotMessage)},
		"a period and none":      {webhook.RememberFor(1), webhook.WithoutDeduplication()},
		"empty hooks":            {webhook.WithHooks(webhook.Hooks{})},
		"nil logger":             {webhook.WithLogger(nil)},
		"two loggers":            {webhook.WithLogger(slog.Default()), webhook.WithLogger(slog.Default())},
	} {
		handler, err := webhook.NewHandler(webhook.PathSecret(secret), ignoring(), options...)
		require.Error(t, err, name)
		assert.Nil(t, handler, name)
		assert.NotContains(t, err.Error(), "canary", name)
	}
}

func TestNewHandlerRefusesToDropEverything(t *testing.T) {
	newSession := webhook.Callbacks{
		NewSession: func(context.Context, *webhook.NewSessionEvent) error { return nil },
	}
	for name, test := range map[string]struct {
		callbacks webhook.Callbacks
		options   []webhook.Option
		fails     bool
	}{
		"no callback":              {webhook.Callbacks{}, nil, true},
		"one":                      {newSession, nil, false},
		"only another event":       {newSession, []webhook.Option{webhook.Only(webhook.BotMessage)}, true},
		"only that event":          {newSession, []webhook.Option{webhook.Only(webhook.NewSession)}, false},
		"only unknown ones wanted": {ignoring(), []webhook.Option{webhook.Only(webhook.BotMessage)}, false},
	} {
		_, err := webhook.NewHandler(webhook.PathSecret(secret), test.callbacks, test.options...)
		assert.Equal(t, test.fails, err != nil, name)
	}
	var names []webhook.Name
	for _, name := range webhook.Names() {
		callbacks := recording(&names)
		callbacks.Unknown = nil
		_, err := webhook.NewHandler(webhook.PathSecret(secret), callbacks, webhook.Only(name))
		assert.NoError(t, err, name)
	}
}

// A handler that NewHandler did not make lets nobody in.
func TestZeroHandler(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		for _, body := range []string{"", "{}"} {
			request := httptest.NewRequestWithContext(t.Context(), method, "/", strings.NewReader(body))
			checkAnswer(t, send(&webhook.Handler{}, request), http.StatusUnauthorized)
		}
	}
}
