package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
)

// WithLogger writes a line for each request and one for each event that was handled: at
// slog's level of debugging, and at that of warnings where something may be lost:
//
//   - an answer of 500 and above, where the handler failed
//   - one of 400, 413 and 415, which may refuse an event of the platform's, though
//     strangers can cause them too; what these cause as a rule, 401 and 405, is for
//     debugging
//   - a body of a kind that nobody knows, and nobody waits for
//   - an event that did not succeed
//
// A line holds the event's name, the status or the outcome, the reason in words of this
// package, the duration and the size, and nothing else: no secret, no id and no word of
// a customer. What a callback's error says, only [OnError] is told.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) error {
		if logger == nil {
			return errors.New("WithLogger: the logger is nil")
		}
		s.hooks = append(s.hooks, logHooks(logger))
		return s.once("WithLogger")
	}
}

func logHooks(logger *slog.Logger) Hooks {
	return Hooks{
		Delivery: func(ctx context.Context, _ DeliveryStart) (context.Context, func(DeliveryEnd)) {
			return ctx, func(end DeliveryEnd) { logDelivery(ctx, logger, end) }
		},
		Event: func(ctx context.Context, start EventStart) (context.Context, func(EventEnd)) {
			return ctx, func(end EventEnd) { logEvent(ctx, logger, start, end) }
		},
	}
}

func logDelivery(ctx context.Context, logger *slog.Logger, end DeliveryEnd) {
	level := levelOf(mayLose(end.Status) || slices.Contains(end.Ignored, Unknown))
	if !logger.Enabled(ctx, level) {
		return
	}
	attributes := []slog.Attr{
		slog.Any("events", end.Events), slog.Int("status", end.Status),
		slog.Duration("duration", end.Duration), slog.Int("bytes", end.Bytes),
	}
	if len(end.Ignored) > 0 {
		attributes = append(attributes, slog.Any("ignored", end.Ignored))
	}
	if end.Reason != "" {
		attributes = append(attributes, slog.String("reason", end.Reason))
	}
	logger.LogAttrs(ctx, level, "webhook delivery", attributes...)
}

// mayLose reports whether a request so answered may have been an event that is lost.
func mayLose(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return true
	}
	return status >= http.StatusInternalServerError
}

func logEvent(ctx context.Context, logger *slog.Logger, start EventStart, end EventEnd) {
	level := levelOf(end.Err != nil)
	if !logger.Enabled(ctx, level) {
		return
	}
	logger.LogAttrs(ctx, level, "webhook event",
		slog.String("event", string(start.Event)), slog.String("outcome", string(end.Outcome)),
		slog.Duration("duration", end.Duration), slog.Duration("waited", start.Waited))
}

func levelOf(isWarning bool) slog.Level {
	if isWarning {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}
