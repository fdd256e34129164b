package otelqismo_test

import (
	"fmt"
	"hash/fnv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/otelqismo"
)

// Whatever operation is called and however it fails, no span and no metric holds a
// secret or a customer's word. In short one way to fail in 24 is driven.
func TestSoakTelemetryShowsNothing(t *testing.T) {
	var shown atomic.Int64
	report := canary.Drive(t, canary.Plan{
		Observers: []canary.Observer{func() canary.Watched { return watchTelemetry(t, &shown) }},
		Failure:   func(name string) bool { return soak.Full() || hashOf(name)%24 == 0 },
	})
	t.Logf("%+v, %d of them spans and metrics", report.Numbers, shown.Load())
	for _, finding := range report.Findings[:min(len(report.Findings), 20)] {
		t.Error(finding)
	}
	assert.Empty(t, report.Findings)
	assert.Greater(t, shown.Load(), int64(report.Operations), "there are spans to search")
}

func hashOf(name string) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name))
	return hash.Sum32()
}

// watchTelemetry lets spans and metrics be searched.
func watchTelemetry(t *testing.T, shown *atomic.Int64) canary.Watched {
	t.Helper()
	spans, reader := tracetest.NewInMemoryExporter(), sdkmetric.NewManualReader()
	return canary.Watched{
		Options: []qismo.Option{otelqismo.WithTelemetry(
			otelqismo.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))),
			otelqismo.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader),
				sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter))),
		)},
		Sinks: []canary.Sink{
			{Name: "spans", Take: func() []string {
				defer spans.Reset()
				texts := []string{}
				for _, span := range spans.GetSpans() {
					// All but the ids, whose random bytes look like any number.
					texts = append(texts, fmt.Sprintf("%s %+v %+v %+v %+v %+v", span.Name, span.Attributes, span.Status,
						span.Events, span.Resource, span.InstrumentationScope))
				}
				shown.Add(int64(len(texts)))
				return texts
			}},
			{Name: "metrics", Take: func() []string {
				var collected metricdata.ResourceMetrics
				require.NoError(t, reader.Collect(t.Context(), &collected))
				shown.Add(1)
				return []string{fmt.Sprintf("%+v", collected.ScopeMetrics)}
			}},
		},
	}
}
