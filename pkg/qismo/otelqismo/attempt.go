package otelqismo

import (
	"context"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// attempt watches one attempt of a call, and sends its trace along.
func (t *telemetry) attempt(
	ctx context.Context, start qismo.AttemptStart,
) (context.Context, func(qismo.AttemptEnd)) {
	request := requestAttributes(start.OperationStart)
	ctx, span := t.tracer.Start(ctx, attemptName(start.OperationStart), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(slices.Concat(request, spanOnlyAttributes(start))...))
	t.propagators.Inject(ctx, propagation.HeaderCarrier(start.Header))
	return ctx, func(end qismo.AttemptEnd) {
		result := outcome{end.Err, end.Reason, end.Status}
		answer := slices.Concat(answerAttributes(end), result.attributes())
		by := attribute.NewSet(slices.Concat(request, answer)...)
		t.requestDuration.RecordSet(ctx, end.Duration.Seconds(), by)
		span.SetAttributes(answer...)
		result.end(span)
	}
}

// attemptName is the method and, where there is one, the template of the path; never
// the path, which holds ids.
func attemptName(start qismo.OperationStart) string {
	method := start.Method
	if !isKnown(method) {
		method = "HTTP"
	}
	if start.Path == "" {
		return method
	}
	return method + " " + start.Path
}
