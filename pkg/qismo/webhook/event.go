package webhook

import (
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/qismo-go/qismo/gen/webhooks"
)

// Event is something that the platform told: one of the types of this package
// whose names end in Event, always as a pointer. A type switch tells them apart.
//
// An event prints as its name and size. As JSON it is its body, with personal data and
// with credentials masked.
type Event interface {
	// Name tells which event it is; [Unknown] for an [UnknownEvent].
	Name() Name
	// Raw returns the body as it came, without white space around it, with all keys
	// that the typed event does not have. It may hold credentials and personal data.
	// It must not be changed.
	Raw() json.RawMessage

	// DeduplicationKey is what every delivery of the same thing has in common, and
	// no other thing has: a text of letters, digits, "-", "_" and ":", at most 64
	// bytes long. It does not show what it is made of, which may be personal data. It
	// is "" when the body has nothing to tell by; such an event is handled each time.
	//
	// It is the event's name and a hash of the app's code, if the body has one, with
	// what the table says. "Else" is where an id is missing or 0, which stands for no
	// id yet. A body that lacks the last of it has no key.
	//
	//	botMessage              the room's id and message.unique_temp_id, else message.id,
	//	customChannelMessage    else the room's id, the message's time, its type and its text
	//	postComment             message.id, else the room's id and unique_temp_id, else as above
	//	customAgentAllocation   room_id and latest_service.id, or that there is none: all
	//	                        calls while the customer waits have the same
	//	markAsResolved          service.id
	//	newSession              the room's id and message.timestamp
	//	userLogout              user.id, timestamp and action
	//	customButton            the whole body, as nothing in it names the click: two
	//	                        honest clicks may be equal, so remember it for seconds only
	//	whatsAppForwardMessage  the id of each message
	//	whatsAppForwardStatus   the id and the status of each change
	//	unknown                 none
	//
	// Of apps that share a store, let each have its own prefix there: bodies of
	// customButton, newSession, userLogout, postComment and older ones of other events
	// do not name the app.
	DeduplicationKey() string

	// OrderingKey says which events must be handled in the order of their arrival: those
	// with the same one that come to one handler. It is the room for all events of a room,
	// as "room:" and its id; for a WhatsApp forward "whatsapp:" and the customer's number;
	// for userLogout "agent:" and the id of the user. "" is no order. It may hold personal
	// data: do not log it.
	OrderingKey() string

	// body is where the JSON is decoded to. Being unexported, it also lets the
	// interface grow without breaking anybody's own events.
	body() any
}

// received is what all events have.
type received struct {
	name Name
	raw  json.RawMessage
}

// Raw implements [Event]. It is nil for an event that was not received.
func (r received) Raw() json.RawMessage { return r.raw }

// Format prints an event as its name and size, whatever the verb. An event is
// full of personal data, and package fmt, given a verb that does not fit, prints
// even what masks itself. Print single fields instead.
func (r received) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "webhook event %s (%d bytes)", r.name, len(r.raw))
}

// LogValue gives package slog the same, so that no handler looks inside.
func (r received) LogValue() slog.Value {
	return slog.GroupValue(slog.String("event", string(r.name)), slog.Int("bytes", len(r.raw)))
}

// newEvent makes an empty event; nil when no event has the name.
func newEvent(name Name, raw json.RawMessage) Event {
	from := received{name, raw}
	switch name {
	case BotMessage:
		return &BotMessageEvent{received: from}
	case CustomAgentAllocation:
		return &CustomAgentAllocationEvent{received: from}
	case CustomButton:
		return &CustomButtonEvent{received: from}
	case MarkAsResolved:
		return &MarkAsResolvedEvent{received: from}
	case NewSession:
		return &NewSessionEvent{received: from}
	case UserLogout:
		return &UserLogoutEvent{received: from}
	case CustomChannelMessage:
		return &CustomChannelMessageEvent{received: from}
	case WhatsAppForwardMessage:
		return &WhatsAppForwardMessageEvent{received: from}
	case WhatsAppForwardStatus:
		return &WhatsAppForwardStatusEvent{received: from}
	case PostComment:
		return &PostCommentEvent{received: from}
	}
	return nil
}

// BotMessageEvent is a message of a customer, for a bot. It may also be a message
// that staff or the bot itself posted: see [BotMessageEvent.FromPlatform].
type BotMessageEvent struct {
	webhooks.PostComment
	received
}

// Name implements [Event].
func (*BotMessageEvent) Name() Name  { return BotMessage }
func (e *BotMessageEvent) body() any { return &e.PostComment }

// CustomAgentAllocationEvent is a room that waits for an agent. It comes again
// for every message of the customer until an agent has joined.
//
// Its method Name hides the field of that name; see
// [CustomAgentAllocationEvent.CustomerName].
type CustomAgentAllocationEvent struct {
	webhooks.CustomAgentAllocation
	received
}

// Name implements [Event].
func (*CustomAgentAllocationEvent) Name() Name  { return CustomAgentAllocation }
func (e *CustomAgentAllocationEvent) body() any { return &e.CustomAgentAllocation }

// CustomButtonEvent is a click of a staff member on a custom button. It does not
// tell which button: let each have another URL.
type CustomButtonEvent struct {
	webhooks.CustomButton
	received
}

// Name implements [Event].
func (*CustomButtonEvent) Name() Name  { return CustomButton }
func (e *CustomButtonEvent) body() any { return &e.CustomButton }

// MarkAsResolvedEvent is a conversation that was resolved.
type MarkAsResolvedEvent struct {
	webhooks.MarkAsResolved
	received
}

// Name implements [Event].
func (*MarkAsResolvedEvent) Name() Name  { return MarkAsResolved }
func (e *MarkAsResolvedEvent) body() any { return &e.MarkAsResolved }

// NewSessionEvent is the first message of a session.
type NewSessionEvent struct {
	webhooks.NewSession
	received
}

// Name implements [Event].
func (*NewSessionEvent) Name() Name  { return NewSession }
func (e *NewSessionEvent) body() any { return &e.NewSession }

// UserLogoutEvent is a staff member who logged out of the dashboard.
type UserLogoutEvent struct {
	webhooks.UserLogout
	received
}

// Name implements [Event].
func (*UserLogoutEvent) Name() Name  { return UserLogout }
func (e *UserLogoutEvent) body() any { return &e.UserLogout }

// CustomChannelMessageEvent is a message that the receiver is to deliver to the
// customer of a custom channel. Drop one whose sender is that customer.
type CustomChannelMessageEvent struct {
	webhooks.PostComment
	received
}

// Name implements [Event].
func (*CustomChannelMessageEvent) Name() Name  { return CustomChannelMessage }
func (e *CustomChannelMessageEvent) body() any { return &e.PostComment }

// WhatsAppForwardMessageEvent is WhatsApp messages, one or more, nearly as Meta
// sent them.
type WhatsAppForwardMessageEvent struct {
	webhooks.WhatsAppForwardMessage
	received
}

// Name implements [Event].
func (*WhatsAppForwardMessageEvent) Name() Name  { return WhatsAppForwardMessage }
func (e *WhatsAppForwardMessageEvent) body() any { return &e.WhatsAppForwardMessage }

// WhatsAppForwardStatusEvent is changes, one or more, of WhatsApp messages that
// were sent. They may come the wrong way round.
type WhatsAppForwardStatusEvent struct {
	webhooks.WhatsAppForwardStatus
	received
}

// Name implements [Event].
func (*WhatsAppForwardStatusEvent) Name() Name  { return WhatsAppForwardStatus }
func (e *WhatsAppForwardStatusEvent) body() any { return &e.WhatsAppForwardStatus }

// PostCommentEvent is a message in a room of the Chat SDK.
type PostCommentEvent struct {
	webhooks.PostComment
	received
}

// Name implements [Event].
func (*PostCommentEvent) Name() Name  { return PostComment }
func (e *PostCommentEvent) body() any { return &e.PostComment }

// UnknownEvent is a body that is no known event, or one that could not be read as
// the event that it looks like, not even in part. Raw has all of it.
type UnknownEvent struct {
	// LooksLike is the event that the body was taken for; "" when it is of a kind that
	// nobody knows.
	LooksLike Name
	// Reason says in words why it is not that event.
	Reason string
	// Problems says what could not be read or is missing, if that is the reason. It
	// has at most 100.
	Problems []Problem
	received
}

// Name implements [Event].
func (*UnknownEvent) Name() Name { return Unknown }
func (*UnknownEvent) body() any  { return nil }
