package otelwebhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/internal/version"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
)

// A message that is handled at once: all that its spans hold.
func TestSpans(t *testing.T) {
	o := newObserved()
	var within trace.SpanContext
	handler := o.handler(t, onMessage(func(ctx context.Context, _ string) error {
		within = trace.SpanContextFromContext(ctx)
		return nil
	}))
	ctx, server := o.provider.Tracer("server").Start(t.Context(), "POST")
	body := said("1", "a", "halo")
	require.Equal(t, http.StatusOK, post(ctx, handler, body))

	spans := o.ended()
	require.Len(t, spans, 2)
	event, delivery := spans[0], spans[1]

	assert.Equal(t, "webhook delivery", delivery.Name)
	assert.Equal(t, trace.SpanKindInternal, delivery.SpanKind)
	assert.Equal(t, server.SpanContext().SpanID(), delivery.Parent.SpanID())
	assert.Equal(t, map[string]any{
		"http.response.status_code": int64(200), "http.request.body.size": int64(len(body)),
		"qismo.webhook.event.names": []string{"botMessage"},
	}, attributes(t, delivery.Attributes))

	assert.Equal(t, "webhook botMessage", event.Name)
	assert.Equal(t, trace.SpanKindConsumer, event.SpanKind)
	assert.Equal(t, delivery.SpanContext.SpanID(), event.Parent.SpanID())
	assert.Equal(t, within.SpanID(), event.SpanContext.SpanID(), "what the callback does is below it")
	found := attributes(t, event.Attributes)
	assert.GreaterOrEqual(t, found["qismo.webhook.event.waited"], 0.0)
	delete(found, "qismo.webhook.event.waited")
	assert.Equal(t, map[string]any{
		"messaging.system": "qiscus", "messaging.operation.type": "process", "messaging.operation.name": "webhook",
		"qismo.webhook.event.name": "botMessage", "qismo.webhook.event.outcome": "succeeded",
	}, found)

	for _, span := range spans {
		assert.Equal(t, server.SpanContext().TraceID(), span.SpanContext.TraceID())
		assert.Equal(t, sdktrace.Status{Code: codes.Unset}, span.Status)
		assert.Empty(t, span.Events)
		assert.Empty(t, span.Links)
		assert.False(t, span.EndTime.Before(span.StartTime))
		assert.Equal(t, instrumentation.Scope{
			Name: "github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook", Version: version.Number,
			SchemaURL: "https://opentelemetry.io/schemas/1.43.0",
		}, span.InstrumentationScope)
	}
}

// An event that is handled behind the answer has its span below that of its delivery,
// which has ended.
func TestSpansBehindTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newObserved()
		handler := o.handler(t, onMessage(func(context.Context, string) error {
			<-time.After(time.Second)
			return nil
		}), webhook.AnswerAtOnce())
		for id := range 2 {
			require.Equal(t, http.StatusOK, post(t.Context(), handler, said("1", fmt.Sprint(id), "")))
		}
		require.Len(t, o.ended(), 2)
		require.NoError(t, handler.Shutdown(t.Context()))
		spans := o.ended()
		require.Len(t, spans, 4)
		for i, waited := range []float64{0, 1} {
			delivery, event := spans[i], spans[2+i]
			assert.Equal(t, delivery.SpanContext.SpanID(), event.Parent.SpanID())
			assert.Equal(t, delivery.SpanContext.TraceID(), event.SpanContext.TraceID())
			assert.True(t, delivery.EndTime.Before(event.EndTime))
			assert.Equal(t, time.Second, event.EndTime.Sub(event.StartTime))
			assert.InDelta(t, waited, attributes(t, event.Attributes)["qismo.webhook.event.waited"], 0)
			assert.Equal(t, "succeeded", attributes(t, event.Attributes)["qismo.webhook.event.outcome"])
		}
	})
}

// failingStore fails to say whether an event was handled before, or says that somebody
// else is at it.
type failingStore struct {
	webhook.Store

	claim webhook.Claim
	err   error
}

func (s failingStore) Claim(context.Context, string, string, time.Duration) (webhook.Claim, error) {
	return s.claim, s.err
}

func (s failingStore) Release(context.Context, string, string) error { return s.err }

// What the span of an event holds that was not handled.
func TestSpansOfEventsThatFail(t *testing.T) {
	returning := func(err error) func(context.Context, string) error {
		return func(context.Context, string) error { return err }
	}
	waiting := func(ctx context.Context, _ string) error {
		<-ctx.Done()
		return fmt.Errorf("kanari: %w", ctx.Err())
	}
	for name, test := range map[string]struct {
		callback           func(context.Context, string) error
		options            []webhook.Option
		outcome, errorType string
		status             int
	}{
		"error":     {returning(errors.New("kanari")), nil, "failed", "failed", 500},
		"panic":     {func(context.Context, string) error { panic("kanari") }, nil, "panicked", "panicked", 500},
		"deadline":  {waiting, nil, "failed", "timeout", 500},
		"cancelled": {returning(fmt.Errorf("kanari: %w", context.Canceled)), nil, "failed", "cancelled", 500},
		"store": {
			returning(nil), []webhook.Option{webhook.Deduplicate(failingStore{err: errors.New("kanari")})},
			"store failed", "store_failed", 503,
		},
		"elsewhere": {
			returning(nil), []webhook.Option{webhook.Deduplicate(failingStore{claim: webhook.Busy})},
			"claimed elsewhere", "claimed_elsewhere", 503,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newObserved()
				handler := o.handler(t, onMessage(test.callback), test.options...)
				require.Equal(t, test.status, post(t.Context(), handler, said("1", "a", "")))
				spans := o.ended()
				require.Len(t, spans, 2)
				found := attributes(t, spans[0].Attributes)
				assert.Equal(t, test.outcome, found["qismo.webhook.event.outcome"])
				assert.Equal(t, test.errorType, found["error.type"])
				assert.Equal(t, sdktrace.Status{Code: codes.Error, Description: test.outcome}, spans[0].Status)
				assert.Equal(t, sdktrace.Status{Code: codes.Error}, spans[1].Status)
				assert.Equal(t, fmt.Sprint(test.status), attributes(t, spans[1].Attributes)["error.type"])
				assert.NotContains(t, fmt.Sprintf("%+v", spans), "kanari")
			})
		})
	}
}

// A repetition is no failure, and its callback is not called.
func TestSpansOfARepetition(t *testing.T) {
	o := newObserved()
	handler := o.handler(t, onMessage(func(context.Context, string) error { return nil }))
	for range 2 {
		require.Equal(t, http.StatusOK, post(t.Context(), handler, said("1", "a", "")))
	}
	event := o.ended()[2]
	assert.Equal(t, "duplicate", attributes(t, event.Attributes)["qismo.webhook.event.outcome"])
	assert.NotContains(t, attributes(t, event.Attributes), "error.type")
	assert.Equal(t, sdktrace.Status{Code: codes.Unset}, event.Status)
}

// What the span of a delivery holds that had to be refused: there is no other span.
func TestSpansOfRefusals(t *testing.T) {
	strict := []webhook.Option{webhook.Validation(webhook.Strict), webhook.Only(webhook.BotMessage), webhook.MaxBody(100)}
	for name, test := range map[string]struct {
		path, body string
		want       map[string]any
	}{
		"stranger": {"/wrong", "{}", map[string]any{
			"http.response.status_code": int64(401), "qismo.webhook.reason": "unauthorized",
		}},
		"too large": {"/" + secret, said("1", "a", ""), map[string]any{
			"http.response.status_code": int64(413), "qismo.webhook.reason": "the body is too large",
		}},
		"no JSON": {"/" + secret, "{", map[string]any{
			"http.response.status_code": int64(400), "qismo.webhook.reason": "the body is not a JSON object",
			"http.request.body.size": int64(1),
		}},
		"misfit": {"/" + secret, `{"type":"post_comment_x"}`, map[string]any{
			"http.response.status_code": int64(400), "qismo.webhook.reason": "the body does not fit the document",
			"http.request.body.size": int64(25), "qismo.webhook.event.names": []string{"botMessage"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newObserved()
			handler := o.handler(t, onMessage(func(context.Context, string) error { return nil }), strict...)
			postTo(t.Context(), handler, test.path, test.body)
			spans := o.ended()
			require.Len(t, spans, 1)
			assert.Equal(t, test.want, attributes(t, spans[0].Attributes))
			assert.Equal(t, sdktrace.Status{Code: codes.Unset}, spans[0].Status, "the program has not failed")
		})
	}
}

// What a panic ends that is no callback's does not stay open.
func TestSpansOfAPanic(t *testing.T) {
	o := newObserved()
	handler, err := webhook.NewHandler(panicking{}, onMessage(func(context.Context, string) error { return nil }),
		otelwebhook.WithTelemetry(o.through()...))
	require.NoError(t, err)
	assert.Panics(t, func() { post(t.Context(), handler, `{"type":"post_comment_x"}`) })
	spans := o.ended()
	require.Len(t, spans, 1)
	assert.Equal(t, map[string]any{
		"http.response.status_code": int64(500), "qismo.webhook.reason": "a panic", "error.type": "500",
	}, attributes(t, spans[0].Attributes))
}

// panicking is an authenticator of somebody's own.
type panicking struct{}

func (panicking) Authenticate(*http.Request, []byte) error { panic("kanari") }

// Each event of a body has a span of its own.
func TestSpansOfSeveralEvents(t *testing.T) {
	o := newObserved()
	handler := o.handler(t, webhook.Callbacks{}, webhook.Use(func(webhook.Callback) webhook.Callback {
		return func(context.Context, webhook.Event) error { return nil }
	}))
	const body = `{"messages":[{"id":"a","from":"1","timestamp":"1","type":"text"},{"id":"b","from":"1","timestamp":"1","type":"text"}],` +
		`"statuses":[{"id":"c","recipient_id":"1","timestamp":"1","status":"read"}]}`
	require.Equal(t, http.StatusOK, post(t.Context(), handler, body))
	spans := o.ended()
	require.Len(t, spans, 4)
	names := map[string]int{}
	for _, span := range spans[:3] {
		names[span.Name]++
		assert.Equal(t, spans[3].SpanContext.SpanID(), span.Parent.SpanID())
	}
	assert.Equal(t, map[string]int{"webhook whatsAppForwardMessage": 2, "webhook whatsAppForwardStatus": 1}, names)
	assert.Equal(t, []string{"whatsAppForwardStatus", "whatsAppForwardMessage"},
		attributes(t, spans[3].Attributes)["qismo.webhook.event.names"])
	deliveries := series[float64](t, o.collect(t)["qismo.webhook.delivery.duration"])
	assert.Contains(t, deliveries, "map[http.response.status_code:200 qismo.webhook.event.name:several]")
}

// A name is everywhere.
func TestName(t *testing.T) {
	o := newObserved()
	handler, err := webhook.NewHandler(webhook.PathSecret(secret), onMessage(func(context.Context, string) error { return nil }),
		otelwebhook.WithTelemetry(o.through(otelwebhook.WithName("bot"))...))
	require.NoError(t, err)
	unregister, err := otelwebhook.ObserveLoad(handler, o.through(otelwebhook.WithName("bot"))...)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, post(t.Context(), handler, said("1", "a", "")))
	for _, span := range o.ended() {
		assert.Equal(t, "bot", attributes(t, span.Attributes)["qismo.webhook.handler"])
	}
	found := o.collect(t)
	assert.Len(t, found, 5)
	for name, metric := range found {
		assert.Contains(t, fmt.Sprintf("%+v", metric.Data), "qismo.webhook.handler", name)
	}
	require.NoError(t, unregister())
}
