package chat

import (
	"log/slog"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// WithLogger writes a line for each call, and one for each attempt that failed, at
// slog's level of debugging: the operation, the method, the template of the path, the
// status, the duration, the attempts, the service's request id and the failure in a
// word, and nothing else.
func WithLogger(logger *slog.Logger) Option { return qismo.WithLogger(logger) }

// Hooks watch calls and their attempts, for logs, spans and metrics; see [qismo.Hooks].
// Package otelqismo has some for OpenTelemetry.
type Hooks = transport.Hooks

// What hooks are told; see [qismo.OperationStart] and its like.
type (
	// OperationStart is the beginning of a call.
	OperationStart = transport.OperationStart
	// OperationEnd is the end of a call.
	OperationEnd = transport.OperationEnd
	// AttemptStart is the beginning of an attempt.
	AttemptStart = transport.AttemptStart
	// AttemptEnd is the end of an attempt.
	AttemptEnd = transport.AttemptEnd
)

// WithHooks lets hooks watch calls and attempts. Given several times, all of them do:
// the first begins first and ends last.
func WithHooks(hooks Hooks) Option { return qismo.WithHooks(hooks) }

// Inspector sees every answer of the service, as it came; see [qismo.Inspector].
type Inspector = transport.Inspector

// Exchange is one answer of the service; see [qismo.Exchange].
type Exchange = transport.Exchange

// WithInspector lets an inspector see the answers.
func WithInspector(inspector Inspector) Option { return qismo.WithInspector(inspector) }
