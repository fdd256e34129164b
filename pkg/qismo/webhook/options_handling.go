package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What a handler does unless it is told otherwise.
const (
	// DefaultWorkers is how many events are handled at once; see [Workers].
	DefaultWorkers = 64
	// DefaultWaiting is how many events may wait; see [Waiting].
	DefaultWaiting = 1024
	// DefaultDeadline is the time of a callback; see [Deadline].
	DefaultDeadline = 30 * time.Second
	// DefaultMemory is how many events the handler's own store remembers; see
	// [Deduplicate].
	DefaultMemory = 100_000
)

// longestDeadline is as good as none, and leaves room to add to it.
const longestDeadline = 100 * 365 * 24 * time.Hour

// Callback handles an event of any kind. Its context has the values of the request's,
// ends at the deadline (see [Deadline]), and does not end when the platform hangs up.
type Callback func(ctx context.Context, event Event) error

// AnswerAtOnce makes the handler answer 200 as soon as an event is accepted, and handle
// it behind the answer. Without it the handler answers when the callback has returned.
//
// A platform that is answered at once does not wait for slow callbacks, and never
// learns that one failed: [OnError] does. An event that waits is lost with the process
// unless that calls [Handler.Shutdown]. So it is for callbacks that are slow, as they
// talk to a language model, and that are not worth a queue of the program's own.
func AnswerAtOnce() Option {
	return func(s *settings) error {
		s.atOnce = true
		return nil
	}
}

// Workers sets how many events are handled at once, 64 unless told otherwise. The
// events of one room, and those of one WhatsApp number, are handled one after the
// other, in the order in which they were accepted: see [Event]. Handlers do not know of
// each other.
func Workers(count int) Option {
	return func(s *settings) error {
		if count <= 0 {
			return errors.New("Workers: there must be one at least")
		}
		s.workers = count
		return s.once("Workers")
	}
}

// Waiting sets how many events may wait while all workers are busy, or while an
// earlier event of their rooms is handled: 1024 unless told otherwise. What comes
// beyond is answered with 503 and Retry-After, and [OnError] is told [ErrQueueFull]. So
// is what comes for a room that takes a quarter of all places, those of [Workers] among
// them, if that is 16 or more, so that it does not keep out the others. Workers that have
// nothing to do count as places too.
// [math.MaxInt] is no limit but that of the memory.
func Waiting(count int) Option {
	return func(s *settings) error {
		if count < 0 {
			return errors.New("Waiting: the count is negative")
		}
		s.waiting = count
		return s.once("Waiting")
	}
}

// Deadline sets how long a callback may take, 30 seconds unless told otherwise: its
// context ends then. A callback that goes on all the same is told to [OnError] a second
// later as [ErrOverdue]; the request is answered with 500, another worker takes its place,
// and the room's next event waits until the callback has returned. No request waits for
// longer than 12 seconds beyond the deadline: what waits for its room then is answered with
// 503, and handled later. [math.MaxInt64] is as good as no deadline.
func Deadline(limit time.Duration) Option {
	return func(s *settings) error {
		if limit <= 0 {
			return errors.New("Deadline: the time must be positive")
		}
		s.deadline = min(limit, longestDeadline)
		return s.once("Deadline")
	}
}

// Use puts functions around the callbacks of all events, also of those that have no
// callback: for spans, for keeping each event, for values in the context. The first
// one is called first. What is a repetition does not get here. Given several times,
// the functions add up.
//
// A function may return without calling the next one, and then the event counts as
// handled, or as failed if it returns an error.
func Use(around ...func(next Callback) Callback) Option {
	return func(s *settings) error {
		for _, function := range around {
			if function == nil {
				return errors.New("Use: a function is nil")
			}
		}
		s.around = append(s.around, around...)
		return nil
	}
}

// Deduplicate sets the store that remembers which events were handled, so that one
// which is delivered twice is handled once: see [Event] for what is taken for the same.
// The repetition is answered with 200.
//
// Without it the handler has one of its own, in memory, for 100,000 events. Where
// several processes receive the events of one app they need one that they share.
func Deduplicate(store Store) Option {
	return func(s *settings) error {
		if isNil(store) {
			return errors.New("Deduplicate: the store is nil")
		}
		s.store = store
		return s.once("Deduplicate")
	}
}

// RememberFor sets for how long it is remembered that an event was handled: for the
// events with the names, or without names for all that no other RememberFor or
// [WithoutDeduplication] names, but two. Unless told otherwise that is a day, and for the
// two:
//
//   - a minute for [CustomAgentAllocation], which says the same each time that its room
//     waits for an agent, and must be handled again if the agent leaves;
//   - 5 seconds for [CustomButton], which says the same for each click.
//
// So it may be given several times, but once for an event.
func RememberFor(period time.Duration, names ...Name) Option {
	names = slices.Clone(names)
	return func(s *settings) error {
		if period <= 0 {
			return errors.New("RememberFor: the time must be positive; see WithoutDeduplication")
		}
		if len(names) == 0 {
			rest := slices.DeleteFunc(Names(), func(name Name) bool {
				return name == CustomAgentAllocation || name == CustomButton
			})
			return s.rememberRest(period, rest)
		}
		return s.rememberNamed("RememberFor", period, names)
	}
}

// WithoutDeduplication hands events to their callbacks however often they come: those
// with the names, or all that no RememberFor names.
func WithoutDeduplication(names ...Name) Option {
	names = slices.Clone(names)
	return func(s *settings) error {
		if len(names) == 0 {
			return s.rememberRest(0, Names())
		}
		return s.rememberNamed("WithoutDeduplication", 0, names)
	}
}

func (s *settings) rememberRest(period time.Duration, names []Name) error {
	s.rest = map[Name]time.Duration{}
	for _, name := range names {
		s.rest[name] = period
	}
	return s.once("RememberFor or WithoutDeduplication, without names")
}

func (s *settings) rememberNamed(option string, period time.Duration, names []Name) error {
	if s.remember == nil {
		s.remember = map[Name]time.Duration{}
	}
	for _, name := range names {
		if newEvent(name, nil) == nil {
			return errors.New(option + ": no event has that name")
		}
		if err := s.once(fmt.Sprintf("RememberFor or WithoutDeduplication of %s", name)); err != nil {
			return err
		}
		s.remember[name] = period
	}
	return nil
}

// HandleWithoutStore makes the handler handle an event also when its store fails, so
// that it may be handled twice. Without it such an event is answered with 503; with
// AnswerAtOnce it is not handled, and OnError gets it.
func HandleWithoutStore() Option {
	return func(s *settings) error {
		s.withoutStore = true
		return nil
	}
}
