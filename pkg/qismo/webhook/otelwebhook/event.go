package otelwebhook

import (
	"context"
	"errors"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// event watches the handling of an event. Its span is a child of the delivery's also
// where it outlives that: a request and all that came of it are one trace.
func (t *telemetry) event(
	ctx context.Context, start webhook.EventStart,
) (context.Context, func(webhook.EventEnd)) {
	event := slices.Concat(t.handler, []attribute.KeyValue{eventKey.String(string(start.Event))})
	ctx, span := t.tracer.Start(ctx, "webhook "+string(start.Event),
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(event...), trace.WithAttributes(
			semconv.MessagingSystemKey.String("qiscus"),
			semconv.MessagingOperationTypeProcess,
			semconv.MessagingOperationName("webhook"),
			waitedKey.Float64(start.Waited.Seconds()),
		))
	t.waitTime.Record(ctx, start.Waited.Seconds(), by(event))
	return ctx, func(end webhook.EventEnd) {
		result := resultAttributes(end)
		t.eventDuration.Record(ctx, end.Duration.Seconds(), by(event, result))
		span.SetAttributes(result...)
		if end.Err != nil {
			span.SetStatus(codes.Error, string(end.Outcome))
		}
		span.End()
	}
}

// resultAttributes say what became of an event. Of the error nothing is told but its
// kind: it may be a callback's, and hold anything.
func resultAttributes(end webhook.EventEnd) []attribute.KeyValue {
	attributes := []attribute.KeyValue{outcomeKey.String(string(end.Outcome))}
	if end.Err != nil {
		attributes = append(attributes, semconv.ErrorTypeKey.String(errorType(end)))
	}
	return attributes
}

// errorType is the outcome, and for the errors of callbacks whether time ran out.
func errorType(end webhook.EventEnd) string {
	switch {
	case end.Outcome != webhook.Failed:
	case errors.Is(end.Err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(end.Err, context.Canceled):
		return "cancelled"
	}
	return strings.ReplaceAll(string(end.Outcome), " ", "_")
}
