package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/quick"
)

// examination reads a body that is not certainly valid, or does not fit its Go
// type.
type examination struct {
	delivery    *delivery
	name        Name
	schema      *schema
	maxProblems int    // of an unknown event
	cleaned     []byte // the body, or what is left of it
	problems    []Problem
	bounded     bool // whether it can be validated in a reasonable time
}

const (
	unreadableReason = "it cannot be read as the event that it looks like"
	lackingReason    = "it lacks what the event that it was taken for must have"
	ambiguousReason  = "stands twice, or under a name that differs only in case"
)

// maxSalvage is how often members are taken out. Each time the lack moves at least
// one level up, and no event is deeper.
const maxSalvage = 10

// maxUnreadable is how many parts that cannot be read are too many: to look for them
// takes a microsecond and a kilobyte for each, and for each of their neighbours.
const maxUnreadable = 1000

// examine reads the body as the event, as well as it can be read. The event is what
// decoding the whole body gave. Of one that is not validated it tells no problems of
// what can be read.
func (d *delivery) examine(event Event, unreadable error, by rules) reading {
	name := event.Name()
	x := &examination{delivery: d, name: name, schema: by.schemas[name], maxProblems: by.maxProblems, cleaned: d.raw}
	if !x.disambiguate() {
		return x.unknown(unreadableReason)
	}
	if len(x.problems) > 0 {
		event, unreadable = x.decode(x.cleaned)
	}
	marked := d.marked(name)
	if unreadable == nil && marked && !by.validates(name) {
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
		return x.unknown(lackingReason + d.otherMarks())
	}
	return x.typed(event)
}

// otherMarks says which other event the body's own content makes it.
func (d *delivery) otherMarks() string {
	told := tellApart(d.members(), false)
	if len(told) == 0 {
		return ""
	}
	return fmt.Sprintf(", and has the marks of %s", told[0])
}

func (x *examination) typed(event Event) reading { return reading{x.name, event, x.problems} }

func (x *examination) unknown(reason string) reading {
	return reading{x.name, &UnknownEvent{
		LooksLike: x.name,
		Reason:    reason,
		Problems:  atMost(x.maxProblems, x.problems),
		received:  received{Unknown, x.delivery.raw},
	}, x.problems}
}

// disambiguate takes out what encoding/json and the schema would read differently.
// It is false if there is so much of it that nobody meant it well.
func (x *examination) disambiguate() bool {
	ambiguous := x.schema.quick.Ambiguous(x.cleaned, maxHostile)
	for _, part := range ambiguous {
		x.problems = append(x.problems, Problem{part.Pointer, ambiguousReason})
	}
	x.cut(ambiguous)
	return len(ambiguous) < maxHostile
}

func (x *examination) cut(parts []quick.Part) {
	if len(parts) > 0 {
		x.cleaned = quick.Cut(x.cleaned, parts)
	}
}

func (x *examination) validate() {
	excess := quick.Excess(x.cleaned, maxHostile)
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
	default:
		return fmt.Sprintf("is deeper than the %d levels that are looked at", quick.MaxDepth)
	}
}

// salvage takes out what does not fit the Go type and, where something required
// goes with it, what required that. A message must not be lost because the vendor
// changed the form of its room's picture.
func (x *examination) salvage() reading {
	unreadable := x.unreadable()
	if len(unreadable) >= maxUnreadable {
		return x.unknown(unreadableReason)
	}
	x.cut(unreadable)
	for range maxSalvage {
		lacks := slices.DeleteFunc(x.schema.validate(x.cleaned), func(p Problem) bool { return !isLack(p) })
		if len(lacks) == 0 {
			event, err := x.decode(x.cleaned)
			if err != nil {
				break
			}
			return x.typed(event)
		}
		pointers := make([]string, 0, len(lacks))
		for _, lack := range lacks {
			if lack.Pointer == "" { // the whole body
				return x.unknown(unreadableReason)
			}
			pointers = append(pointers, lack.Pointer)
		}
		x.cut(quick.Find(x.cleaned, pointers))
	}
	return x.unknown(unreadableReason)
}

// unreadable finds the smallest parts that do not fit the Go type, up to the bound,
// and tells of those that the schema has nothing against.
func (x *examination) unreadable() []quick.Part {
	known := map[string]bool{}
	for _, problem := range x.problems {
		known[problem.Pointer] = true
	}
	event := newEvent(x.name, nil) // one for all parts: it is only asked whether they fit
	f := &finder{data: x.cleaned, into: event.body()}
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
	into   any    // what the whole is decoded into; its content is of no use
	buffer []byte // of what is decoded
	found  []quick.Part
	errs   []error
}

// find looks through the value at the place, of which it is known that it does not
// fit. Before and after it stand the openings and ends of what it is in.
func (f *finder) find(at int, pointer, before, after string) {
	for part := range quick.Parts(f.data, at) {
		if len(f.found) >= maxUnreadable {
			return
		}
		inside, outside := before+"[", "]"+after
		if part.Key != nil { // not the bytes before the value: white space may be any amount
			key, _ := json.Marshal(string(part.Key)) //nolint:errchkjson // text always marshals
			inside, outside = before+"{"+string(key)+":", "}"+after
		}
		err := f.decode(inside, f.data[part.Value:part.End], outside)
		if err == nil {
			continue
		}
		part.Pointer = part.Under(pointer)
		known := len(f.found)
		if empty := emptied(f.data[part.Value]); empty != nil && f.decode(inside, empty, outside) == nil {
			f.find(part.Value, part.Pointer, inside, outside)
		}
		if len(f.found) == known { // it is not because of what is in it
			f.found, f.errs = append(f.found, part), append(f.errs, err)
		}
	}
}

func (f *finder) decode(before string, value []byte, after string) error {
	f.buffer = append(append(append(f.buffer[:0], before...), value...), after...)
	return json.Unmarshal(f.buffer, f.into) //nolint:wrapcheck // decodingProblem words it
}

// emptied is an object or an array without its parts; nil for any other value.
func emptied(first byte) []byte {
	switch first {
	case '{':
		return []byte("{}")
	case '[':
		return []byte("[]")
	}
	return nil
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

// maxHostile is how much of one kind is looked for of what nobody sends who means it
// well. It does not depend on how many problems somebody wants to know.
const maxHostile = 100

func atMost(limit int, problems []Problem) []Problem {
	if len(problems) > limit {
		return problems[:limit:limit]
	}
	return problems
}
