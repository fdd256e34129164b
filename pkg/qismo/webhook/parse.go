package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/pkg/qismo/webhook/internal/quick"
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
	d, err := open(bytes.Clone(body))
	if err != nil {
		return nil, err
	}
	readings, err := d.read(tellApart(d.members, false), nil)
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
// A body that cannot be read as the event is an [UnknownEvent], as in [Parse]. It
// is an error if the body is not a JSON object, or if no event has the name.
func ParseAs(name Name, body []byte) (Event, error) {
	if newEvent(name, nil) == nil {
		return nil, errNoSuchEvent
	}
	d, err := open(bytes.Clone(body))
	if err != nil {
		return nil, err
	}
	readings, err := d.read([]Name{name}, nil)
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
	raw     json.RawMessage
	members object
}

// open looks into a body, and keeps it.
func open(body []byte) (*delivery, error) {
	raw := bytes.Trim(body, jsonSpace)
	members := quick.Members(raw)
	if members == nil {
		return nil, ErrNotObject
	}
	return &delivery{raw: slices.Clip(raw), members: members}, nil
}

// reading is what a body is when it is read as one event.
type reading struct {
	name     Name // what the body was read as; "" for none
	event    Event
	problems []Problem
}

// read reads the body as the events, and validates it where there is a schema. A
// body of no event is one reading too.
func (d *delivery) read(names []Name, schemas map[Name]*schema) ([]reading, error) {
	if len(names) == 0 {
		var anything struct{}
		if err := wellFormed(json.Unmarshal(d.raw, &anything)); err != nil {
			return nil, err
		}
		return []reading{{event: d.unknown()}}, nil
	}
	readings := make([]reading, 0, len(names))
	for _, name := range names {
		event, problems, err := d.readAs(name, schemas[name])
		if err != nil {
			return nil, err
		}
		readings = append(readings, reading{name, event, problems})
	}
	return readings, nil
}

// readAs reads the body as one event. The problems are those of the document or,
// when the document has none but the body cannot be read, of reading it.
func (d *delivery) readAs(name Name, schema *schema) (Event, []Problem, error) {
	event := newEvent(name, d.raw)
	unreadable := json.Unmarshal(d.raw, event.body())
	if err := wellFormed(unreadable); err != nil {
		return nil, nil, err
	}
	problems := schema.validate(d.raw)
	if unreadable == nil {
		return event, problems, nil
	}
	if len(problems) == 0 {
		problems = []Problem{decodingProblem(unreadable)}
	}
	return &UnknownEvent{
		LooksLike: name,
		Reason:    "it cannot be read as the event that it looks like",
		Problems:  problems,
		received:  received{Unknown, d.raw},
	}, problems, nil
}

// unknown is the event of a body that no rule matches.
func (d *delivery) unknown() *UnknownEvent {
	event := &UnknownEvent{Reason: "it has the marks of no known event", received: received{Unknown, d.raw}}
	if isAuth(d.members) {
		event.LooksLike = UserLogout
		event.Reason = "it is of the family auth, but its action is not logout"
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

// decodingProblem words what kept a body out of its Go type. It takes over only
// what is known to hold no value: the errors of encoding/json quote numbers.
func decodingProblem(err error) Problem {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		form, _, _ := strings.Cut(mismatch.Value, " ") // "number 1.5" is a form and a value
		return Problem{Reason: fmt.Sprintf("the %s at %q cannot be read", form, mismatch.Field)}
	}
	for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(err) {
		err = cause
	}
	if reason, ok := strings.CutPrefix(err.Error(), "flex: "); ok { // flex promises no values
		return Problem{Reason: reason}
	}
	return Problem{Reason: "a value cannot be read"}
}
