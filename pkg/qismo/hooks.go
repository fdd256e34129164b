package qismo

import (
	"errors"
	"log/slog"

	"github.com/qismo-go/qismo/internal/transport"
)

// WithLogger writes a line for each call, and one for each attempt that failed, at
// slog's level of debugging. A line holds the operation, the method, the template of
// the path, the status, the duration, the attempts, the service's request id and the
// failure in a word, and nothing else: no secret, no id and no word of a customer or
// of the service.
func WithLogger(logger *slog.Logger) Option {
	return func(s *transport.Settings) error {
		if logger == nil {
			return errors.New("the logger is nil")
		}
		if err := s.Once("logger"); err != nil {
			return err
		}
		s.AddHooks(transport.LogHooks(logger, s.Name))
		return nil
	}
}

// WithHooks lets hooks watch calls and attempts. Given several times, all of them
// do: the first begins first and ends last.
func WithHooks(hooks Hooks) Option {
	return func(s *transport.Settings) error {
		if hooks.Operation == nil && hooks.Attempt == nil {
			return errors.New("the hooks are empty")
		}
		s.AddHooks(hooks)
		return nil
	}
}

// Hooks watch calls and their attempts, for logs, spans and metrics; package
// otelqismo has some for OpenTelemetry. They run in the caller's goroutine, which
// they must therefore not hold up, and must be safe for concurrent use. What they are
// told holds no secret, no query, no body and no id. Either field may be nil:
//
//   - Operation(ctx, OperationStart) is told of the beginning of a call. The call goes
//     on with the context that it returns, which must be made of the one it got; the
//     function that it returns, unless it is nil, is told the end.
//   - Attempt(ctx, AttemptStart) is told of the beginning of each attempt, in the same
//     way. What it puts into AttemptStart.Header goes with the request, unless it is a
//     header of credentials or of the connection.
type Hooks = transport.Hooks

// OperationStart is the beginning of a call: the Operation's id ("" for a call of
// [Client.Do]), the HTTP Method, the template of its Path, and the Scheme and Host of
// the service.
type OperationStart = transport.OperationStart

// OperationEnd is the end of a call: the error Err that the caller gets, the Status
// of the last answer, the number of Attempts, the Duration with all waits, and the
// service's RequestID. An answer that turns out later not to be of the type that was
// wanted still counts as a success here.
type OperationEnd = transport.OperationEnd

// AttemptStart is the beginning of an attempt: what [OperationStart] has, its Number
// from 1, how long the call Waited before it, and the Header to add to.
type AttemptStart = transport.AttemptStart

// AttemptEnd is the end of an attempt: the error Err and its Reason in a word, the
// Status, the Protocol that was spoken, such as "HTTP/2.0", the Duration without the
// wait before it, and the service's RequestID.
type AttemptEnd = transport.AttemptEnd

// ReasonOf returns why a call failed, in a word that can be counted by: "" for a nil
// error, and for one that is no [Error].
func ReasonOf(err error) Reason { return transport.ReasonOf(err) }
