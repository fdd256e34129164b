package otelqismo_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/otelqismo"
)

// brokenMeters make meters that cannot make instruments.
type brokenMeters struct{ noop.MeterProvider }

func (brokenMeters) Meter(string, ...metric.MeterOption) metric.Meter { return brokenMeter{} }

type brokenMeter struct{ noop.Meter }

func (brokenMeter) Float64Histogram(string, ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return nil, errors.New("the meter is worn out")
}

// What cannot work is told when the client is made.
func TestOptionsThatCannotWork(t *testing.T) {
	for name, test := range map[string]struct {
		opts []qismo.Option
		want string
	}{
		"no tracers":    {[]qismo.Option{otelqismo.WithTelemetry(otelqismo.WithTracerProvider(nil))}, "telemetry: the tracer provider is nil"},
		"no meters":     {[]qismo.Option{otelqismo.WithTelemetry(otelqismo.WithMeterProvider(nil))}, "telemetry: the meter provider is nil"},
		"no propagator": {[]qismo.Option{otelqismo.WithTelemetry(otelqismo.WithPropagators(nil))}, "telemetry: the propagator is nil"},
		"no option":     {[]qismo.Option{otelqismo.WithTelemetry(nil)}, "telemetry: an option is nil"},
		"no instrument": {
			[]qismo.Option{otelqismo.WithTelemetry(otelqismo.WithMeterProvider(brokenMeters{}))}, "telemetry: the meter is worn out",
		},
		"twice": {[]qismo.Option{otelqismo.WithTelemetry(), otelqismo.WithTelemetry()}, "telemetry given twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := qismo.New(append(test.opts, withKey())...)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

// A call cannot have telemetry of its own: it would be told twice.
func TestTelemetryIsAnOptionOfAClient(t *testing.T) {
	o := newObserved()
	client := o.client(t, "http://127.0.0.1:7080", withKey(), qismo.WithTransport(carrier{"HTTP/1.1"}))
	_, err := client.Rooms.Get(t.Context(), testRoomID, o.option())
	require.ErrorContains(t, err, "WithTelemetry is an option of a client, not of a call")
	assert.Empty(t, o.ended())
}
