package otelwebhook

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// several stands for the names of the events of one body, in metrics: there are two at
// most, of WhatsApp, and both are counted by themselves when they are handled.
const several = "several"

// delivery watches a request until it is answered.
func (t *telemetry) delivery(
	ctx context.Context, _ webhook.DeliveryStart,
) (context.Context, func(webhook.DeliveryEnd)) {
	ctx, span := t.tracer.Start(ctx, "webhook delivery",
		trace.WithSpanKind(trace.SpanKindInternal), trace.WithAttributes(t.handler...))
	return ctx, func(end webhook.DeliveryEnd) {
		answer := answerAttributes(end)
		measured := slices.Concat(t.handler, deliveredEvent(end.Events))
		t.deliveryDuration.Record(ctx, end.Duration.Seconds(), by(measured, answer))
		if end.Bytes > 0 {
			t.bodySize.Record(ctx, int64(end.Bytes), by(measured))
		}
		span.SetAttributes(answer...)
		span.SetAttributes(bodyAttributes(end)...)
		if failed(end) {
			span.SetStatus(codes.Error, "") // the HTTP status says it
		}
		span.End()
	}
}

// failed reports whether the handler failed. As in the conventions for HTTP servers, a
// request that had to be refused is no failure.
func failed(end webhook.DeliveryEnd) bool { return end.Status >= http.StatusInternalServerError }

// answerAttributes are those of the answer.
func answerAttributes(end webhook.DeliveryEnd) []attribute.KeyValue {
	attributes := []attribute.KeyValue{semconv.HTTPResponseStatusCode(end.Status)}
	if end.Reason != "" {
		attributes = append(attributes, reasonKey.String(end.Reason))
	}
	if failed(end) {
		attributes = append(attributes, semconv.ErrorTypeKey.String(strconv.Itoa(end.Status)))
	}
	return attributes
}

// bodyAttributes are those of a body that was read, for spans.
func bodyAttributes(end webhook.DeliveryEnd) []attribute.KeyValue {
	var attributes []attribute.KeyValue
	if end.Bytes > 0 {
		attributes = append(attributes, semconv.HTTPRequestBodySize(end.Bytes))
	}
	if len(end.Events) > 0 {
		names := make([]string, 0, len(end.Events))
		for _, name := range end.Events {
			names = append(names, string(name))
		}
		attributes = append(attributes, eventNamesKey.StringSlice(names))
	}
	return attributes
}

// deliveredEvent is what metrics tell of a body's events: a series for each pair of
// them would help nobody.
func deliveredEvent(events []webhook.Name) []attribute.KeyValue {
	switch len(events) {
	case 0:
		return nil
	case 1:
		return []attribute.KeyValue{eventKey.String(string(events[0]))}
	}
	return []attribute.KeyValue{eventKey.String(several)}
}
