package webhook

import (
	"context"
	"errors"
	"time"
)

// DefaultMaxBody is the limit of a body unless [MaxBody] sets another. Known
// bodies stay below 2 KiB.
const DefaultMaxBody = 1 << 20

// Option sets something of a handler.
type Option func(*settings) error

type settings struct {
	maxBody    int64
	validation validation
	only       Name // "" when the content tells
	onProblems func(context.Context, Name, []Problem)
	onError    func(context.Context, Event, error)
	given      map[string]bool // the options that may be given once

	atOnce       bool
	workers      int
	waiting      int
	deadline     time.Duration
	around       []func(Callback) Callback
	store        Store
	remember     map[Name]time.Duration // of events that an option names
	rest         map[Name]time.Duration // of others, where it differs from the default
	withoutStore bool
	hooks        []Hooks
}

func defaultSettings() settings {
	return settings{
		maxBody: DefaultMaxBody, validation: defaultValidation(),
		workers: DefaultWorkers, waiting: DefaultWaiting, deadline: DefaultDeadline,
	}
}

// once refuses an option that was given before: which of the two is meant?
func (s *settings) once(option string) error {
	if s.given[option] {
		return errors.New(option + ": it was given twice")
	}
	if s.given == nil {
		s.given = map[string]bool{}
	}
	s.given[option] = true
	return nil
}

// MaxBody limits the bytes of a body.
func MaxBody(bytes int64) Option {
	return func(s *settings) error {
		if bytes <= 0 {
			return errors.New("MaxBody: the limit must be positive")
		}
		s.maxBody = bytes
		return s.once("MaxBody")
	}
}

// Only says that all bodies are this one event, so that their content is not
// asked, unless it lacks what the document requires: such a body is the event only
// if it has its marks. It is not for the URL of a WhatsApp forward, which gets
// messages and statuses alike.
func Only(name Name) Option {
	return func(s *settings) error {
		if newEvent(name, nil) == nil {
			return errors.New("Only: no event has that name")
		}
		s.only = name
		return s.once("Only")
	}
}

// OnProblems sets a function that is told of each event that does not fit the
// document, before its callback is called. How many
// problems it gets at most says [MaxProblems].
// The function must be safe for concurrent use, and the request waits for it. If it
// panics the event is handled all the same, and [OnError] is told the [PanicError].
func OnProblems(report func(ctx context.Context, name Name, problems []Problem)) Option {
	return func(s *settings) error {
		if report == nil {
			return errors.New("OnProblems: the function is nil")
		}
		s.onProblems = report
		return s.once("OnProblems")
	}
}

// OnError sets a function that is told of every event that was accepted and not
// handled, and of one that had to be refused, with the reason:
//
//   - the error of its callback, or a [PanicError]; one of the function of [OnProblems] is
//     no reason, and is told all the same
//   - that the body looks like an event with a callback, cannot be read as it, and there
//     is no callback for unknown events; the event is then an [UnknownEvent], which
//     says why
//   - [ErrOverdue]: the callback goes on after its deadline; what it returns counts
//   - [ErrQueueFull], [ErrShutdown], [ErrClaimedElsewhere]: it was not handled
//   - [ErrStore]: it was not handled (see [HandleWithoutStore]), or it was and the store
//     does not know of it, so that it may be handled again
//
// Without one nobody learns of the error: the client gets the status alone, and
// [WithLogger] writes no errors of callbacks, as these may hold anything. So set it,
// as the bot in the project's README does. The function must be safe for concurrent
// use, and bound its own time: the event's answer, its room, a worker and
// [Handler.Shutdown] wait for it. If it panics, that is caught, and nobody is told. Its
// context has the values of the request's, and does not end, so that it can store the event.
//
// What is refused before there is an event, as by [Strict], for its size or for its
// secret, it is not told; see [WithLogger].
func OnError(report func(ctx context.Context, event Event, err error)) Option {
	return func(s *settings) error {
		if report == nil {
			return errors.New("OnError: the function is nil")
		}
		s.onError = report
		return s.once("OnError")
	}
}
