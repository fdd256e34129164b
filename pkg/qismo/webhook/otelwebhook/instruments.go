package otelwebhook

import (
	"errors"

	"go.opentelemetry.io/otel/metric"
)

// instruments are the metrics of deliveries and events.
type instruments struct {
	deliveryDuration metric.Float64Histogram
	bodySize         metric.Int64Histogram
	eventDuration    metric.Float64Histogram
	waitTime         metric.Float64Histogram
}

func newInstruments(meter metric.Meter) (instruments, error) {
	// The conventions' buckets for requests, some before for what is only refused or
	// accepted, and some behind, up to the deadline of a callback and beyond.
	seconds := metric.WithExplicitBucketBoundaries(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075,
		0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60)
	deliveryDuration, deliveryErr := meter.Float64Histogram("qismo.webhook.delivery.duration",
		metric.WithDescription("Duration of deliveries, from the request to the answer."),
		metric.WithUnit("s"), seconds)
	bodySize, sizeErr := meter.Int64Histogram("qismo.webhook.delivery.body.size",
		metric.WithDescription("Size of the bodies that were read."),
		metric.WithUnit("By"),
		metric.WithExplicitBucketBoundaries(256, 512, 1024, 2048, 4096, 8192, 16384, 65536, 262144, 1048576))
	eventDuration, eventErr := meter.Float64Histogram("qismo.webhook.event.duration",
		metric.WithDescription("Duration of the handling of events, without the time that they waited."),
		metric.WithUnit("s"), seconds)
	waitTime, waitErr := meter.Float64Histogram("qismo.webhook.event.wait_time",
		metric.WithDescription("Time that events waited for their turn."),
		metric.WithUnit("s"), seconds)
	return instruments{deliveryDuration, bodySize, eventDuration, waitTime},
		errors.Join(deliveryErr, sizeErr, eventErr, waitErr)
}
