package otelwebhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
)

const secret = "rahasia-penerima-0a"

// observed is where a test's spans and metrics go.
type observed struct {
	spans    *tracetest.InMemoryExporter
	provider *sdktrace.TracerProvider
	metrics  *sdkmetric.ManualReader
	meters   *sdkmetric.MeterProvider
}

func newObserved() *observed {
	o := &observed{spans: tracetest.NewInMemoryExporter(), metrics: sdkmetric.NewManualReader()}
	o.provider = sdktrace.NewTracerProvider(sdktrace.WithSyncer(o.spans))
	o.meters = sdkmetric.NewMeterProvider(sdkmetric.WithReader(o.metrics))
	return o
}

// through are the options that make all of it come here.
func (o *observed) through(more ...otelwebhook.Option) []otelwebhook.Option {
	return append(more, otelwebhook.WithTracerProvider(o.provider), otelwebhook.WithMeterProvider(o.meters))
}

// handler makes a handler that is observed.
func (o *observed) handler(tb testing.TB, callbacks webhook.Callbacks, options ...webhook.Option) *webhook.Handler {
	tb.Helper()
	handler, err := webhook.NewHandler(webhook.PathSecret(secret), callbacks,
		append(options, otelwebhook.WithTelemetry(o.through()...))...)
	require.NoError(tb, err)
	return handler
}

// ended are the spans in the order in which they ended.
func (o *observed) ended() tracetest.SpanStubs { return o.spans.GetSpans() }

// collect returns the metrics by their names.
func (o *observed) collect(t *testing.T) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, o.metrics.Collect(t.Context(), &all))
	found := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		for _, metric := range scope.Metrics {
			found[metric.Name] = metric
		}
	}
	return found
}

// attributes makes a map of attributes, and sees that no key is there twice.
func attributes(t *testing.T, all []attribute.KeyValue) map[string]any {
	t.Helper()
	values := map[string]any{}
	for _, one := range all {
		assert.NotContains(t, values, string(one.Key))
		values[string(one.Key)] = one.Value.AsInterface()
	}
	return values
}

// series are the count and the sum of a histogram's series, by its attributes, which
// are written as package fmt writes maps, in order.
func series[N int64 | float64](t *testing.T, metric metricdata.Metrics) map[string]measured[N] {
	t.Helper()
	histogram, ok := metric.Data.(metricdata.Histogram[N])
	require.True(t, ok, "%s is a %T", metric.Name, metric.Data)
	all := map[string]measured[N]{}
	for _, point := range histogram.DataPoints {
		all[fmt.Sprint(attributes(t, point.Attributes.ToSlice()))] = measured[N]{point.Count, point.Sum}
	}
	return all
}

type measured[N int64 | float64] struct {
	count uint64
	sum   N
}

// said is the body of a customer's message.
func said(room, id, text string) string {
	return fmt.Sprintf(`{"type":"post_comment_mobile","channel":{"id":1},"payload":{"from":{"email":"6281"},`+
		`"room":{"id":%q},"message":{"type":"text","text":%q,"unique_temp_id":%q}}}`, room, text, id)
}

// onMessage makes callbacks of one that gets the text of bots' messages.
func onMessage(callback func(ctx context.Context, text string) error) webhook.Callbacks {
	return webhook.Callbacks{BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
		return callback(ctx, event.Text())
	}}
}

// postTo sends a body to a path, and tells the status.
func postTo(ctx context.Context, handler http.Handler, path, body string) int {
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(body))
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Code
}

func post(ctx context.Context, handler http.Handler, body string) int {
	return postTo(ctx, handler, "/"+secret, body)
}
