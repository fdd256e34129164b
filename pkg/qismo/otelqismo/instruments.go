package otelqismo

import (
	"errors"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
)

// instruments are the metrics.
type instruments struct {
	requestDuration httpconv.ClientRequestDuration
	callDuration    metric.Float64Histogram
	callAttempts    metric.Int64Histogram
}

func newInstruments(meter metric.Meter) (instruments, error) {
	requestDuration, requestErr := httpconv.NewClientRequestDuration(meter)
	callDuration, durationErr := meter.Float64Histogram("qismo.client.call.duration",
		metric.WithDescription("Duration of calls, with all their attempts and waits."),
		metric.WithUnit("s"),
		// The conventions' buckets for requests, and some for waits before others.
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75,
			1, 2.5, 5, 7.5, 10, 15, 30, 60))
	callAttempts, attemptsErr := meter.Int64Histogram("qismo.client.call.attempts",
		metric.WithDescription("Attempts that calls made."),
		metric.WithUnit("{attempt}"),
		metric.WithExplicitBucketBoundaries(0, 1, 2, 3, 5, 10))
	return instruments{requestDuration, callDuration, callAttempts}, errors.Join(requestErr, durationErr, attemptsErr)
}
