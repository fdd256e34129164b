package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/qismo-go/qismo/internal/quick"
)

// ErrNotObject says that a body is not a JSON object, so that there is nothing to
// read. Errors that wrap it tell the place and never the value.
var ErrNotObject = errors.New("webhook: the body is not a JSON object")

var errNoSuchEvent = errors.New("webhook: no event has that name")

// Parse reads a body whose content tells which event it is. It gives one event,
// or two for a body with WhatsApp messages and statuses. What is not a known
// event, or cannot be read as the one that it looks like, is an [UnknownEvent];
// that is no error. The only error is [ErrNotObject].
//
// A body of more than 10,000 values is not decoded; it is an UnknownEvent too.
//
// A member or an item that cannot be read does not spoil the event: the event is
// without it, as long as everything is there that the document requires. The same
// goes for a member that stands twice, of which the last counts, and for one whose
// name differs from a known one in case. [Event.Raw] has all of it, and [Validate]
// tells of it.
//
// The first rule that matches decides; keys beyond those named here play no part:
//
//   - [NewSession]: webhook_type is NEW_SESSION_WEBHOOK; or payload has a room
//     and a message and beside it stands room_log or is_new_session
//   - [UserLogout]: type is auth, and payload's action is logout
//   - type, at the top or in payload, starts with post_comment_; or is in neither
//     place, and payload has from, room and message: see below
//   - [MarkAsResolved]: the objects service and resolved_by
//   - [WhatsAppForwardStatus], [WhatsAppForwardMessage] or both: the lists
//     statuses and messages, not empty
//   - [CustomAgentAllocation]: candidate_agent or latest_service, or app_id as
//     text with is_resolved as a boolean; with room_id, and without payload,
//     service and agent
//   - [CustomButton]: the objects agent and customer, with room_id
//
// A body whose type or webhook_type is none of these values is only ever matched
// by the last four.
//
// Three events share the third form, which content cannot tell apart for certain:
// a body with a channel, or with one in its room's options, is taken for a
// [BotMessage], else one with app_code for a [CustomChannelMessage], else for a
// [PostComment]. Use [ParseAs] where the URL says which event it is.
func Parse(body []byte) ([]Event, error) {
	schemas, err := loadSchemas()
	if err != nil {
		return nil, err
	}
	d, err := open(bytes.Clone(body))
	if err != nil {
		return nil, err
	}
	readings, err := d.read(tellApart(d.members(), false), rules{schemas: schemas, maxProblems: DefaultMaxProblems})
	if err != nil {
		return nil, err
	}
	events := make([]Event, 0, len(readings))
	for _, reading := range readings {
		events = append(events, reading.event)
	}
	return events, nil
}

// ParseAs reads a body that is known to be the event, by the URL that it came to.
// A body that cannot be read as the event is an [UnknownEvent], as in [Parse]; so
// is one without the marks of the event that lacks what the document requires of
// it. It is an error if the body is not a JSON object, or if no event has the
// name.
func ParseAs(name Name, body []byte) (Event, error) {
	if newEvent(name, nil) == nil {
		return nil, errNoSuchEvent
	}
	schemas, err := loadSchemas()
	if err != nil {
		return nil, err
	}
	d, err := open(bytes.Clone(body))
	if err != nil {
		return nil, err
	}
	readings, err := d.read([]Name{name}, rules{schemas: schemas, maxProblems: DefaultMaxProblems})
	if err != nil {
		return nil, err
	}
	return readings[0].event, nil
}

// jsonSpace is what JSON has for white space.
const jsonSpace = " \t\r\n"

// delivery is a body that begins like a JSON object. Whether it is one is known
// when it has been read: encoding/json checks that anyway, and first.
type delivery struct {
	raw  json.RawMessage
	seen object // what members has found
}

// members are those of the body that tell events apart. Who knows which event it is
// does without.
func (d *delivery) members() object {
	if d.seen == nil {
		d.seen = membersOf(d.raw)
	}
	return d.seen
}

// open keeps a body.
func open(body []byte) (*delivery, error) {
	raw := bytes.Trim(body, jsonSpace)
	if !bytes.HasPrefix(raw, []byte("{")) {
		return nil, ErrNotObject
	}
	return &delivery{raw: slices.Clip(raw)}, nil
}

// reading is what a body is when it is read as one event.
type reading struct {
	name     Name // what the body was read as; "" for none
	event    Event
	problems []Problem
}

// rules say how bodies are read.
type rules struct {
	schemas map[Name]*schema
	// validate says which events are validated even if they can be read: all if it is
	// true for the event, none if it is nil.
	validate func(Name) bool
	// maxProblems is how many problems an unknown event tells.
	maxProblems int
}

func (r *rules) validates(name Name) bool { return r.validate != nil && r.validate(name) }

// read reads the body as the events. A body of no event is one reading too. Of an
// event that is not validated it tells no problems but those that matter to reading.
func (d *delivery) read(names []Name, by rules) ([]reading, error) {
	vast := quick.AtMost(d.raw).Values > quick.MaxValues && quick.Measure(d.raw).Values > quick.MaxValues
	if vast || len(names) == 0 {
		var anything struct{}
		if err := wellFormed(json.Unmarshal(d.raw, &anything)); err != nil {
			return nil, err
		}
	}
	if len(names) == 0 {
		return []reading{{event: d.unknown()}}, nil
	}
	readings := make([]reading, 0, len(names))
	for _, name := range names {
		if vast {
			readings = append(readings, d.vast(name))
			continue
		}
		reading, err := d.readAs(name, by)
		if err != nil {
			return nil, err
		}
		readings = append(readings, reading)
	}
	return readings, nil
}

// vast is a body with so many values that its sender means no good: decoded they can
// take a hundred times as much memory as the body.
func (d *delivery) vast(name Name) reading {
	problems := []Problem{{"", fmt.Sprintf("has more than the %d values that are looked at", quick.MaxValues)}}
	return reading{name, &UnknownEvent{
		LooksLike: name, Reason: unreadableReason, Problems: problems, received: received{Unknown, d.raw},
	}, problems}
}

// readAs reads the body as one event. Nearly every body is certainly valid and
// can be read, and then it has been read.
func (d *delivery) readAs(name Name, by rules) (reading, error) {
	event := newEvent(name, d.raw)
	unreadable := json.Unmarshal(d.raw, event.body())
	if err := wellFormed(unreadable); err != nil {
		return reading{}, err
	}
	if unreadable == nil && by.schemas[name].quick.Accepts(d.raw) {
		return reading{name: name, event: event}, nil
	}
	return d.examine(event, unreadable, by), nil
}

// marked reports whether the body's own content says that it is the event, or one
// that content cannot tell from it.
func (d *delivery) marked(name Name) bool {
	return slices.ContainsFunc(tellApart(d.members(), false), func(told Name) bool {
		return told == name || ofPostComment(told) && ofPostComment(name)
	})
}

func ofPostComment(name Name) bool {
	return name == BotMessage || name == CustomChannelMessage || name == PostComment
}

// unknown is the event of a body that no rule matches.
func (d *delivery) unknown() *UnknownEvent {
	event := &UnknownEvent{Reason: "it has the marks of no known event", received: received{Unknown, d.raw}}
	if isAuth(d.members()) {
		event.Reason = "it is of the family auth, as userLogout is, but its action is not logout"
	}
	return event
}

// wellFormed tells an error of decoding that means that there is no JSON from one
// that means that the JSON does not fit.
func wellFormed(decoding error) error {
	var syntax *json.SyntaxError
	if errors.As(decoding, &syntax) { // its text quotes the body
		return fmt.Errorf("%w: it is not JSON at byte %d", ErrNotObject, syntax.Offset)
	}
	return nil
}
