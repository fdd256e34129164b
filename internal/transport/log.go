package transport

import (
	"context"
	"errors"
	"log/slog"
)

// LogHooks write a line for each call, and for each attempt that failed, at the
// level of debugging. What they write is a closed list: no text of the service, of
// a customer or of an error is in it.
func LogHooks(logger *slog.Logger, name string) Hooks {
	return Hooks{
		Operation: func(ctx context.Context, start OperationStart) (context.Context, func(OperationEnd)) {
			if !logger.Enabled(ctx, slog.LevelDebug) {
				return ctx, nil
			}
			return ctx, func(end OperationEnd) { logOperation(ctx, logger, name+" call", start, end) }
		},
		Attempt: func(ctx context.Context, start AttemptStart) (context.Context, func(AttemptEnd)) {
			if !logger.Enabled(ctx, slog.LevelDebug) {
				return ctx, nil
			}
			return ctx, func(end AttemptEnd) {
				if end.Err != nil {
					logAttempt(ctx, logger, name+" attempt failed", start, end)
				}
			}
		},
	}
}

func logOperation(ctx context.Context, logger *slog.Logger, message string, start OperationStart, end OperationEnd) {
	logger.LogAttrs(ctx, slog.LevelDebug, message,
		slog.String("operation", start.Operation),
		slog.String("method", start.Method),
		slog.String("path", start.Path),
		slog.Int("status", end.Status),
		slog.Duration("duration", end.Duration),
		slog.Int("attempts", end.Attempts),
		slog.String("request_id", end.RequestID),
		slog.String("failure", outcome(end.Err)),
	)
}

func logAttempt(ctx context.Context, logger *slog.Logger, message string, start AttemptStart, end AttemptEnd) {
	logger.LogAttrs(ctx, slog.LevelDebug, message,
		slog.String("operation", start.Operation),
		slog.String("method", start.Method),
		slog.String("path", start.Path),
		slog.Int("attempt", start.Number),
		slog.Int("status", end.Status),
		slog.Duration("duration", end.Duration),
		slog.String("request_id", end.RequestID),
		slog.String("failure", outcome(end.Err)),
	)
}

// outcome is a failure in a word, "" for a success.
func outcome(err error) string {
	switch reason := ReasonOf(err); {
	case err == nil, reason != "":
		return string(reason)
	case errors.Is(err, errCutShort):
		return "cut short"
	}
	return "not attempted"
}
