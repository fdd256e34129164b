package otelwebhook_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
)

var errWorn = errors.New("the meter is worn out")

// brokenMeters make meters that cannot make instruments.
type brokenMeters struct{ noop.MeterProvider }

func (brokenMeters) Meter(string, ...metric.MeterOption) metric.Meter { return brokenMeter{} }

type brokenMeter struct{ noop.Meter }

func (brokenMeter) Float64Histogram(string, ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return nil, errWorn
}

func (brokenMeter) Int64ObservableUpDownCounter(
	string, ...metric.Int64ObservableUpDownCounterOption,
) (metric.Int64ObservableUpDownCounter, error) {
	return nil, errWorn
}

// lockedMeters make meters that let nobody observe.
type lockedMeters struct{ noop.MeterProvider }

func (lockedMeters) Meter(string, ...metric.MeterOption) metric.Meter { return lockedMeter{} }

type lockedMeter struct{ noop.Meter }

func (lockedMeter) RegisterCallback(metric.Callback, ...metric.Observable) (metric.Registration, error) {
	return nil, errWorn
}

// What cannot work is told when the handler is made, and when its load is to be
// observed.
func TestOptionsThatCannotWork(t *testing.T) {
	callbacks := onMessage(func(context.Context, string) error { return nil })
	plain, err := webhook.NewHandler(webhook.PathSecret(secret), callbacks)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		option otelwebhook.Option
		want   string
	}{
		"no tracers":    {otelwebhook.WithTracerProvider(nil), "the tracer provider is nil"},
		"no meters":     {otelwebhook.WithMeterProvider(nil), "the meter provider is nil"},
		"no name":       {otelwebhook.WithName(""), "the name is empty"},
		"no option":     {nil, "an option is nil"},
		"no instrument": {otelwebhook.WithMeterProvider(brokenMeters{}), "the meter is worn out"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := webhook.NewHandler(webhook.PathSecret(secret), callbacks, otelwebhook.WithTelemetry(test.option))
			require.ErrorContains(t, err, "webhook: WithTelemetry: "+test.want)
			assert.Equal(t, name == "no instrument", errors.Is(err, errWorn))
			_, err = otelwebhook.ObserveLoad(plain, test.option)
			require.ErrorContains(t, err, "otelwebhook: ObserveLoad: "+test.want)
			assert.Equal(t, name == "no instrument", errors.Is(err, errWorn))
		})
	}
	once := otelwebhook.WithTelemetry()
	_, err = webhook.NewHandler(webhook.PathSecret(secret), callbacks, once, otelwebhook.WithTelemetry())
	require.ErrorContains(t, err, "webhook: WithTelemetry: it was given twice")
	_, err = otelwebhook.ObserveLoad(nil)
	require.ErrorContains(t, err, "otelwebhook: ObserveLoad: the handler is nil")
	_, err = otelwebhook.ObserveLoad(plain, otelwebhook.WithMeterProvider(lockedMeters{}))
	require.ErrorIs(t, err, errWorn)
}

// A tracer that makes no spans leaves deliveries and metrics alone.
func TestWithoutSpans(t *testing.T) {
	o := newObserved()
	o.provider = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()), sdktrace.WithSyncer(o.spans))
	handler := o.handler(t, onMessage(func(context.Context, string) error { return nil }))
	require.Equal(t, http.StatusOK, post(t.Context(), handler, said("1", "a", "")))
	assert.Empty(t, o.ended())
	assert.Len(t, o.collect(t), 4)
}

// Without an SDK all goes nowhere, and nothing else changes.
func TestWithoutAnSDK(t *testing.T) {
	handler, err := webhook.NewHandler(webhook.PathSecret(secret),
		onMessage(func(context.Context, string) error { return nil }), otelwebhook.WithTelemetry())
	require.NoError(t, err)
	unregister, err := otelwebhook.ObserveLoad(handler)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, post(t.Context(), handler, said("1", "a", "")))
	require.NoError(t, unregister())
}
