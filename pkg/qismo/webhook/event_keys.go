package webhook

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// The rules that keys are made by. A rule is a part of its key, so that the same
// text under two rules is two keys.
const (
	byTempID  = "unique_temp_id"
	byID      = "id"
	byContent = "content"
)

// DeduplicationKey implements [Event].
func (e *BotMessageEvent) DeduplicationKey() string { return omnichannelMessageKey(e, &e.PostComment) }

// DeduplicationKey implements [Event].
func (e *CustomChannelMessageEvent) DeduplicationKey() string {
	return omnichannelMessageKey(e, &e.PostComment)
}

// DeduplicationKey implements [Event].
func (e *PostCommentEvent) DeduplicationKey() string {
	message := &e.Payload.Message
	if id := messageID(message); isSet(id) {
		return key(e, e.AppCode, byID, id)
	}
	if isSet(message.UniqueTempID) {
		return tempIDKey(e, &e.PostComment)
	}
	return contentKey(e, &e.PostComment)
}

// DeduplicationKey implements [Event].
func (e *CustomAgentAllocationEvent) DeduplicationKey() string {
	if !isSet(e.RoomID().String()) {
		return ""
	}
	app := e.AppID
	if app == "" {
		app = e.AppCode
	}
	service := "none"
	if e.LatestService != nil && isSet(e.LatestService.ID.String()) {
		service = e.LatestService.ID.String()
	}
	return key(e, app, e.RoomID().String(), service)
}

// DeduplicationKey implements [Event].
func (e *CustomButtonEvent) DeduplicationKey() string {
	if len(e.raw) == 0 {
		return ""
	}
	return key(e, "", string(e.raw))
}

// DeduplicationKey implements [Event].
func (e *MarkAsResolvedEvent) DeduplicationKey() string {
	if !isSet(e.Service.ID.String()) {
		return ""
	}
	return key(e, e.AppCode, e.Service.ID.String())
}

// DeduplicationKey implements [Event].
func (e *NewSessionEvent) DeduplicationKey() string {
	room := e.RoomID()
	if !isSet(room.String()) || e.Payload.Message.Timestamp.IsZero() {
		return ""
	}
	return key(e, "", room.String(), moment(e.Payload.Message.Timestamp))
}

// DeduplicationKey implements [Event].
func (e *UserLogoutEvent) DeduplicationKey() string {
	if !isSet(e.Payload.User.ID.String()) || e.Payload.Timestamp.IsZero() {
		return ""
	}
	return key(e, "", e.Payload.User.ID.String(), moment(e.Payload.Timestamp), e.Payload.Action)
}

// DeduplicationKey implements [Event].
func (e *WhatsAppForwardMessageEvent) DeduplicationKey() string {
	parts := make([]string, 0, len(e.Messages))
	for i := range e.Messages {
		if !isSet(e.Messages[i].ID) {
			return ""
		}
		parts = append(parts, e.Messages[i].ID)
	}
	if len(parts) == 0 {
		return ""
	}
	return key(e, e.AppCode, parts...)
}

// DeduplicationKey implements [Event].
func (e *WhatsAppForwardStatusEvent) DeduplicationKey() string {
	parts := make([]string, 0, 2*len(e.Statuses))
	for i := range e.Statuses {
		if !isSet(e.Statuses[i].ID) || e.Statuses[i].Status == "" {
			return ""
		}
		parts = append(parts, e.Statuses[i].ID, e.Statuses[i].Status)
	}
	if len(parts) == 0 {
		return ""
	}
	return key(e, e.AppCode, parts...)
}

// DeduplicationKey implements [Event]. It is always "", as nobody knows what tells
// one unknown thing from the next.
func (*UnknownEvent) DeduplicationKey() string { return "" }

// OrderingKey implements [Event].
func (e *BotMessageEvent) OrderingKey() string { return roomKey(e.RoomID()) }

// OrderingKey implements [Event].
func (e *CustomChannelMessageEvent) OrderingKey() string { return roomKey(e.RoomID()) }

// OrderingKey implements [Event].
func (e *PostCommentEvent) OrderingKey() string { return roomKey(e.RoomID()) }

// OrderingKey implements [Event].
func (e *CustomAgentAllocationEvent) OrderingKey() string {
	return roomKey(e.RoomID())
}

// OrderingKey implements [Event].
func (e *CustomButtonEvent) OrderingKey() string { return roomKey(e.RoomID()) }

// OrderingKey implements [Event].
func (e *MarkAsResolvedEvent) OrderingKey() string { return roomKey(e.RoomID()) }

// OrderingKey implements [Event].
func (e *NewSessionEvent) OrderingKey() string { return roomKey(e.RoomID()) }

// OrderingKey implements [Event].
func (e *UserLogoutEvent) OrderingKey() string {
	return orderingKey("agent:", e.Payload.User.ID.String())
}

// OrderingKey implements [Event]. Of several messages the first one's sender counts.
func (e *WhatsAppForwardMessageEvent) OrderingKey() string {
	return orderingKey("whatsapp:", e.CustomerID())
}

// OrderingKey implements [Event]. Of several changes the first one's recipient counts.
func (e *WhatsAppForwardStatusEvent) OrderingKey() string {
	return orderingKey("whatsapp:", e.CustomerID())
}

// OrderingKey implements [Event]. It is always "".
func (*UnknownEvent) OrderingKey() string { return "" }

// split makes an event of each item of a WhatsApp forward, so that each has its own
// keys. Each keeps the body, and what the body says about all items. Any other
// event is returned alone.
func split(event Event) []Event {
	var events []Event
	switch event := event.(type) {
	case *WhatsAppForwardMessageEvent:
		for i := range event.Messages {
			one := *event
			one.Messages = event.Messages[i : i+1 : i+1]
			events = append(events, &one)
		}
	case *WhatsAppForwardStatusEvent:
		for i := range event.Statuses {
			one := *event
			one.Statuses = event.Statuses[i : i+1 : i+1]
			events = append(events, &one)
		}
	}
	if len(events) == 0 {
		return []Event{event}
	}
	return events
}

// omnichannelMessageKey prefers the id of the sender's program: a message from
// WhatsApp gets here before the chat server gives it an id of its own.
func omnichannelMessageKey(event Event, body *webhooks.PostComment) string {
	message := &body.Payload.Message
	if isSet(message.UniqueTempID) {
		return tempIDKey(event, body)
	}
	if id := messageID(message); isSet(id) {
		return key(event, body.AppCode, byID, id)
	}
	return contentKey(event, body)
}

// tempIDKey is by the id that the sender's program made up. It goes with the room, as
// programs of the vendor's make it of the time in milliseconds alone: two customers who
// write at one moment have the same.
func tempIDKey(event Event, body *webhooks.PostComment) string {
	room := roomID(&body.Payload.Room)
	return key(event, body.AppCode, byTempID, room.String(), body.Payload.Message.UniqueTempID)
}

// contentKey is for messages without any id. Two equal messages in one second, the
// finest time that all bodies have, are one.
func contentKey(event Event, body *webhooks.PostComment) string {
	room, message := roomID(&body.Payload.Room), &body.Payload.Message
	for _, at := range []flex.Time{message.Timestamp, message.UnixTimestamp, message.CreatedAt} {
		if !at.IsZero() && isSet(room.String()) {
			return key(event, body.AppCode, byContent, room.String(), moment(at), message.Type, message.Text)
		}
	}
	return ""
}

// messageID is the chat server's id, which a message carries twice.
func messageID(message *webhooks.Message) string {
	if isSet(message.IDStr.String()) {
		return message.IDStr.String()
	}
	return message.ID.String()
}

// isSet reports whether an id names something. All the ways to write 0 mean that
// there is no id yet: many things share it.
func isSet(id string) bool { return strings.Trim(id, " -0") != "" }

// moment writes a time so that its forms, numbers and text, give the same.
func moment(t flex.Time) string {
	return strconv.FormatInt(t.Time().Unix(), 10) + "." + strconv.Itoa(t.Time().Nanosecond())
}

// key makes a deduplication key. Its parts are hashed together, each behind its
// length, for the key is stored where others may read it, and parts are words and
// phone numbers of people. 128 bits are enough to never see two alike.
func key(event Event, app string, parts ...string) string {
	var text []byte
	for _, part := range append([]string{app}, parts...) {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	hash := sha256.Sum256(text)
	return string(event.Name()) + ":" + base64.RawURLEncoding.EncodeToString(hash[:16])
}

func roomKey(room flex.ID) string { return orderingKey("room:", room.String()) }

func orderingKey(kind, id string) string {
	if !isSet(id) {
		return ""
	}
	return kind + id
}
