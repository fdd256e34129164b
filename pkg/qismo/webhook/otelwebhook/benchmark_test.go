package otelwebhook_test

import (
	"context"
	"os"
	"testing"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
)

// dropping takes spans and keeps none.
type dropping struct{}

func (dropping) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (dropping) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (dropping) ForceFlush(context.Context) error                { return nil }
func (dropping) Shutdown(context.Context) error                  { return nil }

// BenchmarkObservedDelivery receives a message: without telemetry; with telemetry that
// no SDK takes; with spans that are not sampled, and metrics; with spans that are, and
// metrics. Exporting is not part of it.
func BenchmarkObservedDelivery(b *testing.B) {
	read, err := os.ReadFile("../../../../testdata/webhooks/botMessage-2025-whatsapp-text.json")
	if err != nil {
		b.Fatal(err)
	}
	body := string(read)
	meters := otelwebhook.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader())))
	tracers := func(sampler sdktrace.Sampler) otelwebhook.Option {
		return otelwebhook.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler),
			sdktrace.WithSpanProcessor(dropping{})))
	}
	for _, way := range []struct {
		name    string
		options []webhook.Option
	}{
		{"plain", nil},
		{"observed-by-nobody", []webhook.Option{otelwebhook.WithTelemetry()}},
		{"observed-unsampled", []webhook.Option{otelwebhook.WithTelemetry(tracers(sdktrace.NeverSample()), meters)}},
		{"observed", []webhook.Option{otelwebhook.WithTelemetry(tracers(sdktrace.AlwaysSample()), meters)}},
	} {
		b.Run("handler="+way.name, func(b *testing.B) {
			handler, err := webhook.NewHandler(webhook.PathSecret(secret),
				onMessage(func(context.Context, string) error { return nil }),
				append(way.options, webhook.WithoutDeduplication())...)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if status := post(b.Context(), handler, body); status != 200 {
					b.Fatal(status)
				}
			}
		})
	}
}
