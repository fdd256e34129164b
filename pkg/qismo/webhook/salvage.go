package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/internal/quick"
)

// examination reads a body that is not certainly valid, or does not fit its Go
// type.
type examination struct {
	delivery *delivery
	name     Name
	schema   *schema
	cleaned  []byte // the body, or what is left of it
	problems []Problem
	bounded  bool // whether it can be validated in a reasonable time
}

const (
	unreadableReason = "it cannot be read as the event that it looks like"
	lackingReason    = "it lacks what the event that it was taken for must have"
	ambiguousReason  = "stands twice, or under a name that differs only in case"
)

// maxSalvage is how often members are taken out. Each time the lack moves at least
// one level up, and no event is deeper.
const maxSalvage = 10

// examine reads the body as the event, as well as it can be read. The event is what
// decoding the whole body gave. Without validate it tells no problems of what can
// be read.
func (d *delivery) examine(event Event, unreadable error, schema *schema, validate bool) reading {
	name := event.Name()
	x := &examination{delivery: d, name: name, schema: schema, cleaned: d.raw}
	if !x.disambiguate() {
		return x.unknown(unreadableReason)
	}
	if len(x.problems) > 0 {
		event, unreadable = x.decode(x.cleaned)
	}
	marked := d.marked(name)
	if unreadable == nil && marked && !validate {
		return x.typed(event)
	}
	x.validate()
	switch {
	case unreadable != nil && !x.bounded:
		x.problems = append(x.problems, decodingProblem("", unreadable))
		return x.unknown(unreadableReason)
	case unreadable != nil:
		return x.salvage()
	case !marked && (!x.bounded || slices.ContainsFunc(x.problems, isLack)):
		return x.unknown(lackingReason)
	}
	return x.typed(event)
}

func (x *examination) typed(event Event) reading { return reading{x.name, event, x.problems} }

func (x *examination) unknown(reason string) reading {
	return reading{x.name, &UnknownEvent{
		LooksLike: x.name,
		Reason:    reason,
		Problems:  atMost(maxReported, x.problems),
		received:  received{Unknown, x.delivery.raw},
	}, x.problems}
}

// disambiguate takes out what encoding/json and the schema would read differently.
// It is false if there is so much of it that nobody meant it well.
func (x *examination) disambiguate() bool {
	ambiguous := x.schema.quick.Ambiguous(x.cleaned, maxReported)
	for _, part := range ambiguous {
		x.problems = append(x.problems, Problem{part.Pointer, ambiguousReason})
	}
	x.cut(ambiguous)
	return len(ambiguous) < maxReported
}

func (x *examination) cut(parts []quick.Part) {
	if len(parts) > 0 {
		x.cleaned = quick.Cut(x.cleaned, parts)
	}
}

func (x *examination) validate() {
	excess := quick.Excess(x.cleaned, maxReported)
	x.bounded = len(excess) == 0
	for _, beyond := range excess {
		x.problems = append(x.problems, Problem{beyond.Pointer, excessReason(beyond.Kind)})
	}
	if x.bounded {
		x.problems = append(x.problems, x.schema.validate(x.cleaned)...)
	}
}

func excessReason(kind quick.Kind) string {
	switch kind {
	case quick.TooManyItems:
		return fmt.Sprintf("has more than the %d items that are looked at", quick.MaxParts)
	case quick.TooManyMembers:
		return fmt.Sprintf("has more than the %d members that are looked at", quick.MaxParts)
	case quick.TooDeep:
		return fmt.Sprintf("is deeper than the %d levels that are looked at", quick.MaxDepth)
	default:
		return fmt.Sprintf("has more than the %d values that are looked at", quick.MaxValues)
	}
}

// salvage takes out what does not fit the Go type and, where something required
// goes with it, what required that. A message must not be lost because the vendor
// changed the form of its room's picture.
func (x *examination) salvage() reading {
	x.cut(x.unreadable())
	for range maxSalvage {
		lacks := slices.DeleteFunc(x.schema.validate(x.cleaned), func(p Problem) bool { return !isLack(p) })
		if len(lacks) == 0 {
			event, err := x.decode(x.cleaned)
			if err != nil {
				break
			}
			return x.typed(event)
		}
		parts := make([]quick.Part, 0, len(lacks))
		for _, lack := range lacks {
			part, ok := quick.Find(x.cleaned, lack.Pointer)
			if !ok { // the whole body
				return x.unknown(unreadableReason)
			}
			parts = append(parts, part)
		}
		x.cut(parts)
	}
	return x.unknown(unreadableReason)
}

// unreadable finds the smallest parts that do not fit the Go type, and tells of
// those that the schema has nothing against.
func (x *examination) unreadable() []quick.Part {
	known := map[string]bool{}
	for _, problem := range x.problems {
		known[problem.Pointer] = true
	}
	f := &finder{data: x.cleaned, decode: func(part []byte) error {
		_, err := x.decode(part)
		return err
	}}
	f.find(0, "", "", "")
	for i, part := range f.found {
		if !known[part.Pointer] {
			x.problems = append(x.problems, decodingProblem(part.Pointer, f.errs[i]))
		}
	}
	return f.found
}

// finder finds what does not fit a Go type. The errors of encoding/json do not
// name the place of all, and name one at a time, so each part is decoded alone:
// inside the objects and arrays that it is in, of which all else is left out.
type finder struct {
	data   []byte
	decode func(part []byte) error
	found  []quick.Part
	errs   []error
}

// find looks through the value at the place, of which it is known that it does not
// fit. Before and after it stand the openings and ends of what it is in.
func (f *finder) find(at int, pointer, before, after string) {
	for part := range quick.Parts(f.data, at) {
		inside, outside := before+"[", "]"+after
		if part.Key != nil { // not the bytes before the value: white space may be any amount
			key, _ := json.Marshal(string(part.Key)) //nolint:errchkjson // text always marshals
			inside, outside = before+"{"+string(key)+":", "}"+after
		}
		err := f.decode([]byte(inside + string(f.data[part.Value:part.End]) + outside))
		if err == nil {
			continue
		}
		part.Pointer = part.Under(pointer)
		known := len(f.found)
		if empty := emptied(f.data[part.Value]); empty != "" && f.decode([]byte(inside+empty+outside)) == nil {
			f.find(part.Value, part.Pointer, inside, outside)
		}
		if len(f.found) == known { // it is not because of what is in it
			f.found, f.errs = append(f.found, part), append(f.errs, err)
		}
	}
}

// emptied is an object or an array without its parts; "" for any other value.
func emptied(first byte) string {
	switch first {
	case '{':
		return "{}"
	case '[':
		return "[]"
	}
	return ""
}

// decode makes an event of a body. Its raw bytes are those that came.
func (x *examination) decode(body []byte) (Event, error) {
	event := newEvent(x.name, x.delivery.raw)
	return event, json.Unmarshal(body, event.body())
}

// isLack reports whether a problem is that something required is not there.
func isLack(problem Problem) bool { return document.Problem(problem).IsLack() }

// decodingProblem words what kept a value out of its Go type. It takes over only
// what is known to hold no value: the errors of encoding/json quote numbers.
func decodingProblem(pointer string, err error) Problem {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		form, _, _ := strings.Cut(mismatch.Value, " ") // "number 1.5" is a form and a value
		if pointer != "" {
			return Problem{pointer, fmt.Sprintf("a %s of this form cannot be read", form)}
		}
		return Problem{"", fmt.Sprintf("the %s at %q cannot be read", form, mismatch.Field)}
	}
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(err) {
		err = cause
	}
	if reason, ok := strings.CutPrefix(err.Error(), "flex: "); ok { // flex promises no values
		return Problem{pointer, reason}
	}
	return Problem{pointer, "cannot be read"}
}

// maxReported bounds the problems that a function or an event gets.
const maxReported = 100

func atMost(limit int, problems []Problem) []Problem {
	if len(problems) > limit {
		return problems[:limit:limit]
	}
	return problems
}
