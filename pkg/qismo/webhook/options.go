package webhook

import (
	"context"
	"errors"
)

// DefaultMaxBody is the limit of a body unless [MaxBody] sets another. Known
// bodies stay below 2 KiB.
const DefaultMaxBody = 1 << 20

// ValidationMode says what a handler does with bodies that do not fit the
// document.
type ValidationMode int

const (
	// Report accepts them and tells the function of [OnProblems]. It is the default:
	// a form that the vendor changed must not lose a message. Without that function
	// nothing is validated.
	Report ValidationMode = iota
	// Strict refuses them with the status 400 and all reasons, and tells the function
	// of [OnProblems] too. Unknown events fit no document and are accepted.
	Strict
	// Off does not validate.
	Off
)

// Option sets something of a handler.
type Option func(*settings) error

type settings struct {
	anyContentType bool
	maxBody        int64
	mode           ValidationMode
	only           Name // "" when the content tells
	onProblems     func(context.Context, Name, []Problem)
	onError        func(context.Context, Event, error)
}

// AcceptAnyContentType also accepts requests that declare another content type
// than JSON. Which one the platform sends is not documented.
func AcceptAnyContentType() Option {
	return func(s *settings) error {
		s.anyContentType = true
		return nil
	}
}

// MaxBody limits the bytes of a body.
func MaxBody(bytes int64) Option {
	return func(s *settings) error {
		if bytes <= 0 {
			return errors.New("MaxBody: the limit must be positive")
		}
		s.maxBody = bytes
		return nil
	}
}

// Validation sets what happens to bodies that do not fit the document.
func Validation(mode ValidationMode) Option {
	return func(s *settings) error {
		if mode != Report && mode != Strict && mode != Off {
			return errors.New("Validation: no such mode")
		}
		s.mode = mode
		return nil
	}
}

// Only says that all bodies are this one event, so that their content is not
// asked. It is not for the URL of a WhatsApp forward, which gets messages and
// statuses alike.
func Only(name Name) Option {
	return func(s *settings) error {
		if newEvent(name, nil) == nil {
			return errors.New("Only: no event has that name")
		}
		s.only = name
		return nil
	}
}

// OnProblems sets a function that is told of each event that does not fit the
// document, before its callback is called. The function must be safe for
// concurrent use, and the request waits for it.
func OnProblems(report func(ctx context.Context, name Name, problems []Problem)) Option {
	return func(s *settings) error {
		if report == nil {
			return errors.New("OnProblems: the function is nil")
		}
		s.onProblems = report
		return nil
	}
}

// OnError sets a function that is told when a callback fails. Without one nobody
// learns of the error: a handler does not log, and the client gets the status 500
// alone. The function must be safe for concurrent use.
func OnError(report func(ctx context.Context, event Event, err error)) Option {
	return func(s *settings) error {
		if report == nil {
			return errors.New("OnError: the function is nil")
		}
		s.onError = report
		return nil
	}
}
