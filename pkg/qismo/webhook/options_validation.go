package webhook

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"

	"github.com/qismo-go/qismo/internal/quick"
)

// The limits of a handler whose options set no others. Known bodies have a depth of 6
// and texts below 2 KiB; a message may have 4,000 characters.
const (
	// DefaultMaxProblems is how many problems are told, see [MaxProblems].
	DefaultMaxProblems = 100
	// DefaultMaxDepth is how deep a body may be, see [MaxDepth].
	DefaultMaxDepth = 64
	// DefaultMaxText is how many bytes a text may have, see [MaxText].
	DefaultMaxText = 256 << 10
)

// ValidationMode says what a handler does with bodies that do not fit the
// document.
type ValidationMode int

const (
	// Report accepts them and tells the function of [OnProblems]. It is the default:
	// a form that the vendor changed must not lose a message. Without that function
	// only bodies are validated that cannot be read, or lack the marks of the event
	// that [Only] says they are.
	Report ValidationMode = iota
	// Strict refuses them with the status 400 and the reasons, and tells the function
	// of [OnProblems] too. Unknown events fit no document and are accepted.
	Strict
	// Off reports and refuses nothing.
	Off
)

// Validation sets what happens to bodies that do not fit the document: to those of the
// named events, or without names to those of all events that no other Validation
// names. So it may be given several times, but once for an event.
//
// A body may hold two events, messages and statuses of WhatsApp. It is refused if one
// does not fit whose mode is [Strict].
//
// In every mode but Strict a body of which some members cannot be read is
// salvaged: the event is made of the rest, if that has everything that the document
// requires, and [Event.Raw] still has all of it. The same goes for a member that
// stands twice, of which the last counts, and for one whose name differs from a
// known one in case alone. All of it are problems, of which [OnProblems] is told.
//
// A body that cannot be salvaged is an [UnknownEvent]: see [Callbacks].
func Validation(mode ValidationMode, names ...Name) Option {
	names = slices.Clone(names)
	return func(s *settings) error {
		if mode != Report && mode != Strict && mode != Off {
			return errors.New("Validation: no such mode")
		}
		if len(names) == 0 {
			s.validation.general = mode
			return s.once("Validation")
		}
		for _, name := range names {
			if newEvent(name, nil) == nil {
				return errors.New("Validation: no event has that name")
			}
			if err := s.once(fmt.Sprintf("Validation of %s", name)); err != nil {
				return err
			}
			if s.validation.single == nil {
				s.validation.single = map[Name]ValidationMode{}
			}
			s.validation.single[name] = mode
		}
		return nil
	}
}

// MaxProblems limits how many problems of one event an answer, the function of
// [OnProblems] and an [UnknownEvent] are told; [math.MaxInt] is all of them. An answer
// says how many more there are. What nobody sends who means it well, such as members
// that stand twice, is not looked for any further after a hundred in any case.
func MaxProblems(problems int) Option {
	return func(s *settings) error {
		if problems <= 0 {
			return errors.New("MaxProblems: the limit must be positive")
		}
		s.validation.maxProblems = problems
		return s.once("MaxProblems")
	}
}

// MaxDepth limits how many objects and arrays of a body may lie inside one another,
// the body itself included. JSON inside text does not count. A body beyond is refused
// before it is decoded.
func MaxDepth(levels int) Option {
	return func(s *settings) error {
		if levels <= 0 {
			return errors.New("MaxDepth: the limit must be positive")
		}
		s.validation.maxDepth = levels
		return s.once("MaxDepth")
	}
}

// MaxText limits the bytes of each text of a body, as it is written there: escapes
// count as they stand. A name of a member is a text. A body beyond is refused before
// it is decoded.
func MaxText(bytes int) Option {
	return func(s *settings) error {
		if bytes <= 0 {
			return errors.New("MaxText: the limit must be positive")
		}
		s.validation.maxText = bytes
		return s.once("MaxText")
	}
}

// validation is what the options of this file set.
type validation struct {
	general     ValidationMode
	single      map[Name]ValidationMode
	maxProblems int
	maxDepth    int
	maxText     int
}

func defaultValidation() validation {
	return validation{maxProblems: DefaultMaxProblems, maxDepth: DefaultMaxDepth, maxText: DefaultMaxText}
}

// mode is what happens to bodies of an event that do not fit.
func (v *validation) mode(name Name) ValidationMode {
	if mode, ok := v.single[name]; ok {
		return mode
	}
	return v.general
}

// validates reports whether an event is validated even if it can be read.
func (s *settings) validates(name Name) bool {
	mode := s.validation.mode(name)
	return mode == Strict || mode == Report && s.onProblems != nil
}

// contradictoryValidation finds what is set and can have no effect.
func (s *settings) contradictoryValidation() error {
	names := Names()
	if s.only != "" {
		names = []Name{s.only}
	}
	for name := range s.validation.single {
		if !slices.Contains(names, name) {
			return fmt.Errorf("webhook: Validation of %s: with Only(%s) there is no such event", name, s.only)
		}
	}
	if s.onProblems != nil && !slices.ContainsFunc(names, func(name Name) bool { return s.validation.mode(name) != Off }) {
		return errors.New("webhook: OnProblems: with Validation(Off) it would never be called")
	}
	return nil
}

// excessive is the answer to a body that is too deep, or has a text that is too long;
// nil if it has not. Ordinary bodies are not even looked through: a body cannot be
// deeper than it has brackets, nor a text longer than all of it.
func (v *validation) excessive(body []byte) *answer {
	if !quick.AtMost(body).Exceeds(quick.Size{Depth: v.maxDepth, Text: v.maxText, Values: math.MaxInt}) {
		return nil
	}
	switch size := quick.Measure(body); {
	case size.Depth > v.maxDepth:
		return refuse(http.StatusBadRequest, "the body is nested too deeply")
	case size.Text > v.maxText:
		return refuse(http.StatusRequestEntityTooLarge, "a text in the body is too long")
	}
	return nil
}

// misfit is the answer to a body with an event that must fit the document and does
// not; nil if there is none.
func (v *validation) misfit(readings []reading) *answer {
	var misfits []reading
	for _, reading := range readings {
		if len(reading.problems) > 0 && v.mode(reading.name) == Strict {
			misfits = append(misfits, reading)
		}
	}
	if len(misfits) == 0 {
		return nil
	}
	problems := allProblems(misfits)
	told := atMost(v.maxProblems, problems)
	return &answer{
		status: http.StatusBadRequest, reason: "the body does not fit the document",
		problems: told, more: len(problems) - len(told),
	}
}

// reported is what OnProblems is told of an event.
func (v *validation) reported(r reading) []Problem {
	if v.mode(r.name) == Off {
		return nil
	}
	return atMost(v.maxProblems, r.problems)
}
