package otelqismo

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Attributes that no convention has.
const (
	operationKey = attribute.Key("qismo.operation")
	attemptsKey  = attribute.Key("qismo.attempts")
)

// ownRoute is what a call of a route of the program's own goes by: no operation is
// called so.
const ownRoute = "do"

// call watches a call as a whole.
func (t *telemetry) call(
	ctx context.Context, start qismo.OperationStart,
) (context.Context, func(qismo.OperationEnd)) {
	name := start.Operation
	if name == "" {
		name = ownRoute
	}
	operation := operationKey.String(name)
	ctx, span := t.tracer.Start(ctx, "qismo."+name,
		trace.WithSpanKind(trace.SpanKindInternal), trace.WithAttributes(operation))
	return ctx, func(end qismo.OperationEnd) {
		result := outcome{end.Err, qismo.ReasonOf(end.Err), end.Status}
		by := metric.WithAttributeSet(attribute.NewSet(append(result.attributes(), operation)...))
		t.callDuration.Record(ctx, end.Duration.Seconds(), by)
		t.callAttempts.Record(ctx, int64(end.Attempts), by)
		span.SetAttributes(append(result.attributes(), attemptsKey.Int(end.Attempts))...)
		result.end(span)
	}
}
