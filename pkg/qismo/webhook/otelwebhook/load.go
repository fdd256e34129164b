package otelwebhook

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// What the load of a handler is made of.
const (
	waiting  = "waiting"
	handling = "handling"
)

// ObserveLoad measures how many events of a handler wait and how many are being
// handled, whenever metrics are collected: see [webhook.Handler.Load]. It takes the
// options of [WithTelemetry], of which the tracer provider is of no use here. Of
// several handlers in one program give each a name, with [WithName]: two without one
// would measure the same series.
//
// The function that it returns ends that. Call it after [webhook.Handler.Shutdown], if
// the program goes on; until then the handler is held.
func ObserveLoad(handler *webhook.Handler, opts ...Option) (unregister func() error, err error) {
	if handler == nil {
		return nil, errors.New("otelwebhook: ObserveLoad: the handler is nil")
	}
	through, err := newConfig(opts)
	if err != nil {
		return nil, fmt.Errorf("otelwebhook: ObserveLoad: %w", err)
	}
	unregister, err = observeLoad(handler, through)
	if err != nil {
		return nil, fmt.Errorf("otelwebhook: ObserveLoad: %w", err)
	}
	return unregister, nil
}

func observeLoad(handler *webhook.Handler, through *config) (unregister func() error, err error) {
	meter := through.meter()
	// No gauge: what several handlers and processes have to do adds up.
	count, err := meter.Int64ObservableUpDownCounter("qismo.webhook.event.count",
		metric.WithDescription("Events that wait for their turn, and events that are being handled."),
		metric.WithUnit("{event}"))
	if err != nil {
		return nil, err //nolint:wrapcheck // ObserveLoad says what was attempted
	}
	inWaiting := by(through.handler, []attribute.KeyValue{stateKey.String(waiting)})
	inHandling := by(through.handler, []attribute.KeyValue{stateKey.String(handling)})
	registration, err := meter.RegisterCallback(func(_ context.Context, observer metric.Observer) error {
		nowWaiting, nowHandling := handler.Load()
		observer.ObserveInt64(count, int64(nowWaiting), inWaiting)
		observer.ObserveInt64(count, int64(nowHandling), inHandling)
		return nil
	}, count)
	if err != nil {
		return nil, err //nolint:wrapcheck // ObserveLoad says what was attempted
	}
	return registration.Unregister, nil
}
