package otelwebhook

import (
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/internal/version"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// scope is whose spans and metrics they are.
const scope = "github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"

// WithTelemetry has a handler tell OpenTelemetry of deliveries and of the handling of
// their events. Unless options say otherwise it goes through the global providers,
// which may be set later. Give it before [webhook.WithLogger], so that log lines are
// written within the spans. Given twice, it is an error of [webhook.NewHandler], as an
// option is that cannot work.
func WithTelemetry(opts ...Option) webhook.Option {
	return webhook.HooksOption("WithTelemetry", func() (webhook.Hooks, error) {
		through, err := newConfig(opts)
		if err != nil {
			return webhook.Hooks{}, err
		}
		watching, err := newTelemetry(through)
		if err != nil {
			return webhook.Hooks{}, err
		}
		return webhook.Hooks{Delivery: watching.delivery, Event: watching.event}, nil
	})
}

// Option says what telemetry goes through, and what it is known by.
type Option func(*config) error

type config struct {
	tracers trace.TracerProvider
	meters  metric.MeterProvider
	handler []attribute.KeyValue // its name, if it has one
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

// WithName gives a handler a name in spans and metrics, the attribute
// qismo.webhook.handler. A program with several handlers, one for each URL, needs it to
// tell whose requests are refused, and what each has to do: see [ObserveLoad]. It must
// be one of few, and no secret: not the URL.
func WithName(name string) Option {
	return func(c *config) error {
		if name == "" {
			return errors.New("the name is empty")
		}
		c.handler = []attribute.KeyValue{handlerKey.String(name)}
		return nil
	}
}

func newConfig(opts []Option) (*config, error) {
	through := &config{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	for _, option := range opts {
		if option == nil {
			return nil, errors.New("an option is nil")
		}
		if err := option(through); err != nil {
			return nil, err
		}
	}
	return through, nil
}

func (c *config) tracer() trace.Tracer {
	return c.tracers.Tracer(scope,
		trace.WithInstrumentationVersion(version.Number), trace.WithSchemaURL(semconv.SchemaURL))
}

func (c *config) meter() metric.Meter {
	return c.meters.Meter(scope,
		metric.WithInstrumentationVersion(version.Number), metric.WithSchemaURL(semconv.SchemaURL))
}

// telemetry watches the deliveries to a handler, and the handling of their events.
type telemetry struct {
	tracer  trace.Tracer
	handler []attribute.KeyValue
	instruments
}

func newTelemetry(through *config) (*telemetry, error) {
	instruments, err := newInstruments(through.meter())
	if err != nil {
		return nil, err
	}
	return &telemetry{tracer: through.tracer(), handler: through.handler, instruments: instruments}, nil
}
