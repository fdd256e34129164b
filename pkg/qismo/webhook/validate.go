package webhook

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/quick"
)

// Problem is one thing that is wrong with a body.
type Problem struct {
	// Pointer is the JSON pointer of the offending value; "" is the whole body, or
	// a place that is not known.
	Pointer string `json:"pointer"`
	// Reason says what is wanted. It never holds the value.
	Reason string `json:"reason"`
}

// String writes the problem as one line.
func (p Problem) String() string { return document.Problem(p).String() }

// Validate tells by a body's content which events it is, as [Parse] does, and
// checks it against the document, as a handler in the mode [Strict] does. Without
// problems, Parse gives a typed event for each name.
//
// An unknown event has no names, and then nothing was checked: do not take the
// lack of problems alone for a pass. The error is [ErrNotObject].
func Validate(body []byte) ([]Name, []Problem, error) {
	d, err := open(body)
	if err != nil {
		return nil, nil, err
	}
	names := tellApart(d.members(), false)
	problems, err := d.problems(names)
	if err != nil {
		return nil, nil, err
	}
	return names, problems, nil
}

// ValidateAs checks a body that is known to be the event, by the URL that it came
// to. It is an error if the body is not a JSON object, or if no event has the
// name.
func ValidateAs(name Name, body []byte) ([]Problem, error) {
	if newEvent(name, nil) == nil {
		return nil, errNoSuchEvent
	}
	d, err := open(body)
	if err != nil {
		return nil, err
	}
	return d.problems([]Name{name})
}

// problems checks the body as each of the events.
func (d *delivery) problems(names []Name) ([]Problem, error) {
	schemas, err := loadSchemas()
	if err != nil {
		return nil, err
	}
	readings, err := d.read(names, rules{schemas: schemas, validate: func(Name) bool { return true }})
	if err != nil {
		return nil, err
	}
	return allProblems(readings), nil
}

// allProblems tells the problems of all events of a body. Two events share
// members, whose problems are told once.
func allProblems(readings []reading) []Problem {
	if len(readings) == 1 {
		return readings[0].problems
	}
	var problems []Problem
	known := map[Problem]bool{}
	for _, reading := range readings {
		for _, problem := range reading.problems {
			if !known[problem] {
				known[problem] = true
				problems = append(problems, problem)
			}
		}
	}
	return problems
}

// schema is the document's schema of an event's body.
type schema struct {
	quick *quick.Schema
	full  *document.Schema
}

// validate checks a body that is well-formed JSON, and within bounds: it takes up
// to a hundred microseconds for each problem.
func (s *schema) validate(wellFormed json.RawMessage) []Problem {
	if s.quick.Accepts(wellFormed) {
		return nil
	}
	// Numbers become float64, although a json.Number would keep all digits: the
	// validator computes with numbers exactly, for which a short 1e999999999 takes
	// all memory. A number beyond float64 is an error here, and reads as null.
	var value any
	_ = json.Unmarshal(wellFormed, &value)
	var problems []Problem
	for _, problem := range s.full.Validate(value) {
		problems = append(problems, Problem(problem))
	}
	return problems
}

// The document never changes, so its schemas are compiled once, when they are
// first asked for.
//
//nolint:gochecknoglobals // a memoised constant
var loadSchemas = sync.OnceValues(compileSchemas)

func compileSchemas() (map[Name]*schema, error) {
	events, err := document.Webhooks()
	if err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	schemas := map[Name]*schema{}
	for _, name := range Names() {
		operation := events.Operation(string(name))
		if operation == nil {
			return nil, fmt.Errorf("webhook: the document has no event %s", name)
		}
		body, ok := operation.JSON()
		if !ok {
			return nil, fmt.Errorf("webhook: the document has no body of the event %s", name)
		}
		schemas[name] = &schema{quick: quick.Compile(events.At, body.Pointer), full: body.Schema}
	}
	return schemas, nil
}
