package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// watcher is hooks that write down what they are told.
type watcher struct {
	mutex      sync.Mutex
	deliveries []webhook.DeliveryEnd
	starts     []webhook.EventStart
	ends       []webhook.EventEnd
	order      []string
}

type watcherKey struct{}

func (w *watcher) note(what func()) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	what()
}

func (w *watcher) hooks(name string) webhook.Option {
	return webhook.WithHooks(webhook.Hooks{
		Delivery: func(ctx context.Context, _ webhook.DeliveryStart) (context.Context, func(webhook.DeliveryEnd)) {
			w.note(func() { w.order = append(w.order, name+" delivery") })
			return context.WithValue(ctx, watcherKey{}, name), func(end webhook.DeliveryEnd) {
				w.note(func() { w.deliveries, w.order = append(w.deliveries, end), append(w.order, name+" answered") })
			}
		},
		Event: func(ctx context.Context, start webhook.EventStart) (context.Context, func(webhook.EventEnd)) {
			from, _ := ctx.Value(watcherKey{}).(string)
			w.note(func() { w.starts, w.order = append(w.starts, start), append(w.order, name+" event of "+from) })
			return ctx, func(end webhook.EventEnd) {
				w.note(func() { w.ends, w.order = append(w.ends, end), append(w.order, name+" handled") })
			}
		},
	})
}

// The first hooks begin first and end last, and an event's context comes from that of
// its delivery.
func TestHooksAreNested(t *testing.T) {
	var watch watcher
	none := webhook.WithHooks(webhook.Hooks{
		Delivery: func(context.Context, webhook.DeliveryStart) (context.Context, func(webhook.DeliveryEnd)) {
			return nil, nil
		},
	})
	handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error {
		watch.order = append(watch.order, "callback")
		return nil
	}), watch.hooks("a"), none, watch.hooks("b"))
	checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
	assert.Equal(t, []string{
		"a delivery", "b delivery", "a event of b", "b event of b", "callback", "b handled", "a handled", "b answered", "a answered",
	}, watch.order)
}

func TestHooksAreToldOfEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("failed")
		var watch watcher
		handler := newHandler(t, onMessage(func(_ context.Context, text string) error {
			<-time.After(time.Second)
			switch text {
			case "fail":
				return failed
			case "panic":
				panic("x")
			}
			return nil
		}), watch.hooks(""), webhook.AnswerAtOnce())
		for _, text := range []string{"fine", "fine", "fail", "panic"} {
			checkAnswer(t, post(handler, said("1", text, text)), http.StatusOK)
		}
		checkAnswer(t, post(handler, `{"type":"of no interest"}`), http.StatusOK)
		shutDown(t, handler)
		assert.Equal(t, []webhook.EventStart{
			{Event: webhook.BotMessage}, {Event: webhook.BotMessage, Waited: time.Second},
			{Event: webhook.BotMessage, Waited: time.Second}, {Event: webhook.BotMessage, Waited: 2 * time.Second},
		}, watch.starts)
		require.Len(t, watch.ends, 4)
		assert.Equal(t, webhook.EventEnd{Outcome: webhook.Succeeded, Duration: time.Second}, watch.ends[0])
		assert.Equal(t, webhook.EventEnd{Outcome: webhook.Duplicate}, watch.ends[1])
		assert.Equal(t, webhook.EventEnd{Outcome: webhook.Failed, Err: failed, Duration: time.Second}, watch.ends[2])
		assert.Equal(t, webhook.Panicked, watch.ends[3].Outcome)
		var panicked *webhook.PanicError
		require.ErrorAs(t, watch.ends[3].Err, &panicked)
	})
}

func TestHooksAreToldOfAnswers(t *testing.T) {
	message := said("1", "a", "")
	for name, test := range map[string]struct {
		path, body string
		options    []webhook.Option
		want       webhook.DeliveryEnd
	}{
		"handled": {secret, message, nil, webhook.DeliveryEnd{
			Status: 200, Events: []webhook.Name{webhook.BotMessage}, Bytes: len(message),
		}},
		"unknown": {secret, "{}", nil, webhook.DeliveryEnd{
			Status: 200, Events: []webhook.Name{webhook.Unknown}, Ignored: []webhook.Name{webhook.Unknown}, Bytes: 2,
		}},
		"stranger": {"wrong", "{}", nil, webhook.DeliveryEnd{Status: 401, Reason: "unauthorized"}},
		"no JSON":  {secret, "{", nil, webhook.DeliveryEnd{Status: 400, Reason: "the body is not a JSON object", Bytes: 1}},
		"misfit": {secret, `{"type":"post_comment_x"}`, []webhook.Option{webhook.Validation(webhook.Strict), webhook.Only(webhook.BotMessage)},
			webhook.DeliveryEnd{Status: 400, Reason: "the body does not fit the document", Events: []webhook.Name{webhook.BotMessage}, Bytes: 25}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var watch watcher
				handler := newHandler(t, onMessage(func(context.Context, string) error { return nil }),
					append(test.options, watch.hooks(""))...)
				send(handler, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+test.path, strings.NewReader(test.body)))
				assert.Equal(t, []webhook.DeliveryEnd{test.want}, watch.deliveries)
			})
		})
	}
}

// A panic that is no callback's leaves the request to net/http, and the hooks are told.
func TestHooksAreToldOfPanics(t *testing.T) {
	var watch watcher
	handler, err := webhook.NewHandler(panicking{}, ignoring(), watch.hooks(""))
	require.NoError(t, err)
	assert.Panics(t, func() { post(handler, `{"type":"post_comment_x"}`) })
	require.Len(t, watch.deliveries, 1)
	assert.Equal(t, http.StatusInternalServerError, watch.deliveries[0].Status)
	assert.Equal(t, "a panic", watch.deliveries[0].Reason)
}

// panicking is an authenticator of somebody's own.
type panicking struct{}

func (panicking) Authenticate(*http.Request, []byte) error { panic("x") }

func TestLogger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug,
			ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
				if attr.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return attr
			}}))
		handler := newHandler(t, onMessage(func(_ context.Context, text string) error {
			if text == "canary" {
				return errors.New("canary")
			}
			return nil
		}), webhook.WithLogger(logger))
		checkAnswer(t, post(handler, said("1", "1", "fine")), http.StatusOK)
		checkAnswer(t, post(handler, said("1", "2", "canary")), http.StatusInternalServerError)
		send(handler, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/canary", strings.NewReader("")))
		const bytes1, bytes2 = "bytes=164", "bytes=166"
		assert.Equal(t, `level=DEBUG msg="webhook event" event=botMessage outcome=succeeded duration=0s waited=0s
level=DEBUG msg="webhook delivery" events=[botMessage] status=200 duration=0s `+bytes1+`
level=WARN msg="webhook event" event=botMessage outcome=failed duration=0s waited=0s
level=WARN msg="webhook delivery" events=[botMessage] status=500 duration=0s `+bytes2+` reason="the event could not be handled"
level=DEBUG msg="webhook delivery" events=[] status=401 duration=0s bytes=0 reason=unauthorized
`, lines.String())

		lines.Reset()
		quiet := newHandler(t, onMessage(func(context.Context, string) error { return nil }),
			webhook.WithLogger(slog.New(slog.NewTextHandler(&lines, nil))))
		checkAnswer(t, post(quiet, said("1", "1", "fine")), http.StatusOK)
		assert.Empty(t, lines.String())
	})
}
