package otelqismo_test

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/otelqismo"
)

// spanOf is the span that a request came from, as the service sees it.
func spanOf(ctx context.Context, header http.Header) trace.SpanContext {
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(header)))
}

// Each attempt tells the service of its own span.
func TestPropagation(t *testing.T) {
	target := newService(t, answer(http.StatusServiceUnavailable, `{}`), answerRoom())
	o := newObserved()
	_, err := o.client(t, target.URL).Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)
	spans, requests := o.ended(), target.requests()
	require.Len(t, spans, 3)
	require.Len(t, requests, 2)
	for i, request := range requests {
		seen := spanOf(t.Context(), request.header)
		assert.Equal(t, spans[i].SpanContext.SpanID(), seen.SpanID())
		assert.Equal(t, spans[i].SpanContext.TraceID(), seen.TraceID())
		assert.True(t, seen.IsSampled())
		assert.Len(t, request.header.Values("Traceparent"), 1)
	}
}

// The service is told of what the propagator writes, and of nothing else.
func TestPropagators(t *testing.T) {
	member, err := baggage.NewMember("pelanggan", "dewi")
	require.NoError(t, err)
	bag, err := baggage.New(member)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		propagators    propagation.TextMapPropagator
		trace, baggage bool
	}{
		"trace":    {propagation.TraceContext{}, true, false},
		"baggage":  {propagation.Baggage{}, false, true},
		"nothing":  {propagation.NewCompositeTextMapPropagator(), false, false},
		"thieving": {thieving{}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			target := newService(t, answerRoom())
			o := newObserved()
			client, err := qismo.New(withKey(), qismo.WithBaseURL(target.URL), otelqismo.WithTelemetry(
				otelqismo.WithTracerProvider(o.provider), otelqismo.WithMeterProvider(o.meters),
				otelqismo.WithPropagators(test.propagators)))
			require.NoError(t, err)
			_, err = client.Rooms.Get(baggage.ContextWithBaggage(t.Context(), bag), testRoomID)
			require.NoError(t, err)
			header := target.requests()[0].header
			assert.Equal(t, test.trace, header.Get("Traceparent") != "")
			assert.Equal(t, test.baggage, header.Get("Baggage") == "pelanggan=dewi")
			assert.Equal(t, testSecretKey, header.Get("Qiscus-Secret-Key"))
		})
	}
}

// thieving would change the credential.
type thieving struct{}

func (thieving) Inject(_ context.Context, carrier propagation.TextMapCarrier) {
	carrier.Set("Qiscus-Secret-Key", "lain")
}

func (thieving) Extract(ctx context.Context, _ propagation.TextMapCarrier) context.Context {
	return ctx
}
func (thieving) Fields() []string { return nil }

// global is where the global providers of this process lead, once they are set: they
// cannot be led elsewhere afterwards.
var global = sync.OnceValue(func() *observed {
	o := newObserved()
	otel.SetTracerProvider(o.provider)
	otel.SetMeterProvider(o.meters)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return o
})

// Without options everything goes through the global providers, also when the
// program sets them after it has made the client.
func TestGlobalProviders(t *testing.T) {
	target := newService(t, answerRoom())
	client, err := qismo.New(withKey(), qismo.WithBaseURL(target.URL), otelqismo.WithTelemetry())
	require.NoError(t, err)
	o := global()
	o.spans.Reset()
	_, err = client.Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)
	spans := o.ended()
	require.Len(t, spans, 2)
	assert.Equal(t, spans[0].SpanContext.SpanID(), spanOf(t.Context(), target.requests()[0].header).SpanID())
	assert.Len(t, o.collect(t), 3)
}

// tracing keeps the spans within which log lines are written.
type tracing struct {
	slog.Handler
	spans map[string]trace.SpanID
}

func (h tracing) Handle(ctx context.Context, record slog.Record) error {
	h.spans[record.Message] = trace.SpanContextFromContext(ctx).SpanID()
	return nil
}

// A logger that is given after telemetry writes within the spans.
func TestLogLinesAreWithinSpans(t *testing.T) {
	target := newService(t, answer(http.StatusServiceUnavailable, `{}`), answerRoom())
	o := newObserved()
	lines := tracing{slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}), map[string]trace.SpanID{}}
	client := o.client(t, target.URL, withKey(), qismo.WithLogger(slog.New(lines)))
	_, err := client.Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)
	spans := o.ended()
	require.Len(t, spans, 3)
	assert.Equal(t, map[string]trace.SpanID{
		"qismo attempt failed": spans[0].SpanContext.SpanID(), "qismo call": spans[2].SpanContext.SpanID(),
	}, lines.spans)
}
