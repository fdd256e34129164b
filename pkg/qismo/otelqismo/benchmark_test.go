package otelqismo_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/otelqismo"
)

// dropping takes spans and keeps none.
type dropping struct{}

func (dropping) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (dropping) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (dropping) ForceFlush(context.Context) error                { return nil }
func (dropping) Shutdown(context.Context) error                  { return nil }

// BenchmarkObservedCall fetches a room over loopback: without telemetry; with
// telemetry that no SDK takes; with spans that are not sampled, and metrics; with
// spans that are, and metrics. Exporting is not part of it: an SDK does that in a
// goroutine of its own.
func BenchmarkObservedCall(b *testing.B) {
	target := httptest.NewServer(answerRoom())
	defer target.Close()
	meters := otelqismo.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader())))
	propagators := otelqismo.WithPropagators(propagation.TraceContext{})
	tracers := func(sampler sdktrace.Sampler) otelqismo.Option {
		return otelqismo.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler),
			sdktrace.WithSpanProcessor(dropping{})))
	}
	for _, way := range []struct {
		name string
		opts []qismo.Option
	}{
		{"qismo", nil},
		{"observed-by-nobody", []qismo.Option{otelqismo.WithTelemetry()}},
		{"observed-unsampled", []qismo.Option{otelqismo.WithTelemetry(tracers(sdktrace.NeverSample()), meters, propagators)}},
		{"observed", []qismo.Option{otelqismo.WithTelemetry(tracers(sdktrace.AlwaysSample()), meters, propagators)}},
	} {
		b.Run("client="+way.name, func(b *testing.B) {
			client, err := qismo.New(append(way.opts, withKey(), qismo.WithBaseURL(target.URL))...)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Rooms.Get(b.Context(), testRoomID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
