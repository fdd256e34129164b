package otelwebhook

import (
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Attributes that no convention has.
const (
	handlerKey    = attribute.Key("qismo.webhook.handler")
	reasonKey     = attribute.Key("qismo.webhook.reason")
	eventKey      = attribute.Key("qismo.webhook.event.name")
	eventNamesKey = attribute.Key("qismo.webhook.event.names")
	outcomeKey    = attribute.Key("qismo.webhook.event.outcome")
	waitedKey     = attribute.Key("qismo.webhook.event.waited")
	stateKey      = attribute.Key("qismo.webhook.event.state")
)

// by makes attributes those that a measurement is made by.
func by(attributes ...[]attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(slices.Concat(attributes...)...))
}
