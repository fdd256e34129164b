package otelqismo

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// scope is whose spans and metrics they are.
const scope = "github.com/qismo-go/qismo/pkg/qismo/otelqismo"

// WithTelemetry has a client tell OpenTelemetry of its calls. Unless options say
// otherwise it goes through the global providers and the global propagator, which
// may be set later. Give it before [qismo.WithLogger], so that log lines are written
// within the spans. It is an option of a client, not of a call.
func WithTelemetry(opts ...Option) qismo.Option {
	return func(s *transport.Settings) error {
		if err := s.OnlyForClients("WithTelemetry"); err != nil {
			return err
		}
		if err := s.Once("telemetry"); err != nil {
			return err
		}
		watching, err := newTelemetry(opts)
		if err != nil {
			return fmt.Errorf("telemetry: %w", err)
		}
		s.AddHooks(qismo.Hooks{Operation: watching.call, Attempt: watching.attempt})
		return nil
	}
}

// Option says what telemetry goes through.
type Option func(*config) error

type config struct {
	tracers     trace.TracerProvider
	meters      metric.MeterProvider
	propagators propagation.TextMapPropagator
}

// WithTracerProvider sets what makes spans; the global provider otherwise. The one of
// package trace/noop makes none.
func WithTracerProvider(provider trace.TracerProvider) Option {
	return func(c *config) error {
		if provider == nil {
			return errors.New("the tracer provider is nil")
		}
		c.tracers = provider
		return nil
	}
}

// WithMeterProvider sets what makes metrics; the global provider otherwise. The one
// of package metric/noop makes none.
func WithMeterProvider(provider metric.MeterProvider) Option {
	return func(c *config) error {
		if provider == nil {
			return errors.New("the meter provider is nil")
		}
		c.meters = provider
		return nil
	}
}

// WithPropagators sets what writes the trace into the header of each attempt; the
// global propagator otherwise, which writes nothing until it is set. One that writes
// baggage sends it to the service: give propagation.TraceContext{} where baggage
// holds what the service must not see.
func WithPropagators(propagators propagation.TextMapPropagator) Option {
	return func(c *config) error {
		if propagators == nil {
			return errors.New("the propagator is nil")
		}
		c.propagators = propagators
		return nil
	}
}

func newTelemetry(opts []Option) (*telemetry, error) {
	through := config{otel.GetTracerProvider(), otel.GetMeterProvider(), otel.GetTextMapPropagator()}
	for _, option := range opts {
		if option == nil {
			return nil, errors.New("an option is nil")
		}
		if err := option(&through); err != nil {
			return nil, err
		}
	}
	instruments, err := newInstruments(through.meters.Meter(scope,
		metric.WithInstrumentationVersion(qismo.Version), metric.WithSchemaURL(semconv.SchemaURL)))
	if err != nil {
		return nil, err
	}
	return &telemetry{
		tracer: through.tracers.Tracer(scope,
			trace.WithInstrumentationVersion(qismo.Version), trace.WithSchemaURL(semconv.SchemaURL)),
		propagators: through.propagators,
		instruments: instruments,
	}, nil
}

// telemetry watches the calls of a client and their attempts.
type telemetry struct {
	tracer      trace.Tracer
	propagators propagation.TextMapPropagator
	instruments
}
