package world

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxSize bounds what is read.
const maxSize = 16 << 20

// Read reads a world from YAML. A key that there is none of, a value of another kind,
// and what refers to something that there is not, are errors that name the line.
func Read(reader io.Reader) (*World, error) {
	written, err := io.ReadAll(io.LimitReader(reader, maxSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("world: read: %w", err)
	case len(written) > maxSize:
		return nil, fmt.Errorf("world: read: it is larger than %d MiB", maxSize>>20)
	}
	w := &World{}
	if err := w.decode(written); err != nil {
		return nil, fmt.Errorf("world: read: %w", err)
	}
	if err := w.check(); err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	return w, nil
}

func (w *World) decode(written []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(written))
	decoder.KnownFields(true)
	if err := decoder.Decode(w); err != nil && !errors.Is(err, io.EOF) { // an empty world is one
		return plain(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("it goes on after its end")
	}
	var document yaml.Node
	if err := yaml.Unmarshal(written, &document); err != nil {
		return plain(err)
	}
	if len(document.Content) > 0 {
		w.source = document.Content[0]
	}
	return nil
}

// How YAML's reader speaks of keys and types, which are Go's.
var (
	unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)
	wrongKind  = regexp.MustCompile("cannot unmarshal (!!\\w+)(?: `.*`)? into (\\S+)")
)

// plain says what YAML's reader found in the words of YAML.
func plain(err error) error {
	var several *yaml.TypeError
	if !errors.As(err, &several) {
		return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	said := make([]string, 0, len(several.Errors))
	for _, one := range several.Errors {
		one = unknownKey.ReplaceAllString(one, `there is no key "$1" here`)
		one = wrongKind.ReplaceAllStringFunc(one, func(found string) string {
			parts := wrongKind.FindStringSubmatch(found)
			return "here is " + kinds(parts[1]) + ", and not " + kinds(parts[2])
		})
		said = append(said, one)
	}
	return errors.New(strings.Join(said, "; "))
}

// kinds names a type of Go's or a tag of YAML's.
func kinds(name string) string {
	switch {
	case name == "!!seq", strings.HasPrefix(name, "[]"):
		return "a list"
	case name == "!!map", strings.HasPrefix(name, "world."), strings.HasPrefix(name, "map["):
		return "keys with values"
	case name == "!!bool", name == "bool":
		return "true or false"
	case name == "!!int", name == "int64":
		return "a whole number"
	default:
		return "a text"
	}
}

// check sees that what is said fits together. What else the sandbox refuses, it
// refuses when it is made.
func (w *World) check() error {
	known := map[string]bool{}
	for i, member := range w.Staff {
		switch {
		case member.Email == "" || known[member.Email]:
			return w.fail(errors.New("the e-mail address is missing, or stands twice"), "staff", i, "email")
		case !slices.Contains([]string{"", "agent", "supervisor"}, member.Role):
			return w.fail(errors.New("the role is agent or supervisor"), "staff", i, "role")
		}
		known[member.Email] = true
	}
	for i, hours := range w.OfficeHours.Week {
		for j, day := range hours.Days {
			if _, ok := weekday(day); !ok {
				return w.fail(errors.New("the days are monday, tuesday and so on"), "office_hours", "week", i, "days", j)
			}
		}
	}
	for i, room := range w.Rooms {
		if err := w.checkRoom(i, room); err != nil {
			return err
		}
	}
	for i, broadcast := range w.Broadcasts {
		if broadcast.At == nil || broadcast.Template == "" || len(broadcast.To) == 0 {
			return w.fail(errors.New("a broadcast has a moment, a template and numbers"), "broadcasts", i)
		}
	}
	return nil
}

func (w *World) checkRoom(i int, room Room) error {
	switch {
	case room.Customer.ID == "":
		return w.fail(errors.New("the customer has no id"), "rooms", i, "customer", "id")
	case len(room.History) == 0:
		return w.fail(errors.New("nothing happened in the room, so there is none"), "rooms", i)
	case room.History[0].At == nil:
		return w.fail(errors.New("the first step has no moment"), "rooms", i, "history", 0)
	}
	for j, step := range room.History {
		if err := step.check(j == 0); err != nil {
			return w.fail(err, "rooms", i, "history", j)
		}
	}
	return nil
}

// things counts what happens in a step.
func (s Step) things() int {
	count := 0
	for _, happens := range []bool{
		s.From != "", s.Opens, s.Joins != "", s.Leaves != "", s.Resolves != "", s.HandsOver != "", s.Bot != nil,
	} {
		if happens {
			count++
		}
	}
	return count
}

// check sees that one thing happens in a step, and that a room exists by then.
func (s Step) check(isFirst bool) error {
	switch {
	case s.things() != 1:
		return errors.New("a step has one of from, opens, joins, leaves, resolves, hands_over and bot")
	case s.From == "" && (s.Text != "" || s.Type != "" || s.Payload != nil):
		return errors.New("text, type and payload go with from")
	case s.From != "" && s.Text == "" && s.Payload == nil:
		return errors.New("the message has neither text nor payload")
	case s.Resolves == "" && s.Notes != "":
		return errors.New("notes go with resolves")
	case isFirst && s.From != "customer" && !s.Opens:
		return errors.New("a room begins with its customer, from: customer or opens: true")
	}
	return nil
}
