package otelqismo

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// outcome is what became of a call or an attempt. Of the error nothing is told but
// that there is one: its text may hold words of the service.
type outcome struct {
	err    error
	reason qismo.Reason
	status int
}

// attributes say what failed; there are none for a success.
func (o outcome) attributes() []attribute.KeyValue {
	switch {
	case o.err == nil:
		return nil
	case o.isRefusal():
		return []attribute.KeyValue{semconv.ErrorTypeKey.String(strconv.Itoa(o.status))}
	case o.reason == "":
		return []attribute.KeyValue{semconv.ErrorTypeOther}
	}
	return []attribute.KeyValue{semconv.ErrorTypeKey.String(strings.ReplaceAll(string(o.reason), " ", "_"))}
}

// isRefusal reports whether the HTTP status says what failed.
func (o outcome) isRefusal() bool {
	switch o.reason {
	case qismo.ReasonRefused, qismo.ReasonRateLimited, qismo.ReasonServerError:
		return true
	}
	return false
}

// end ends a span. The conventions want a description only where no HTTP status says
// as much.
func (o outcome) end(span trace.Span) {
	if o.err != nil {
		description := string(o.reason)
		if o.isRefusal() {
			description = ""
		}
		span.SetStatus(codes.Error, description)
	}
	span.End()
}
