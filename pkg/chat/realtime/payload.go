package realtime

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// arrival is what came over MQTT, as the sequence takes it: one of these, or an event
// that only MQTT tells.
type arrival struct {
	message   *message
	happening *happening
	event     Event
}

// read reads what was published on a topic. What it does not understand is [Unknown].
func (n names) arrival(topic string, payload []byte) arrival {
	where := n.read(topic)
	var ok bool
	var read arrival
	switch where.kind {
	case newMessageTopic:
		read.message, ok = readMessage(payload)
	case editTopic:
		var edited *NewMessage
		if edited, ok = decodeMessage(payload); ok {
			read.event = &MessageEdited{Message: edited.Message}
		}
	case notificationTopic:
		read.happening, ok = readNotification(payload)
	case deliveredTopic, readTopic:
		read.happening, ok = readReceipt(where, string(payload))
	default:
		read.event, ok = readTransient(where, payload)
	}
	if !ok {
		return arrival{event: &Unknown{Topic: n.mask(topic), Payload: bytes.Clone(payload)}}
	}
	return read
}

// decodeMessage reads a message as the broker has it.
func decodeMessage(payload []byte) (*NewMessage, bool) {
	var m wire.RealtimeMessage
	if json.Unmarshal(payload, &m) != nil || m.ID.IsNone() {
		return nil, false
	}
	return &NewMessage{Message: messageOf(&m)}, true
}

// messageOf turns what the broker has for a message into what sync has for the same one.
func messageOf(m *wire.RealtimeMessage) wire.Message {
	return wire.Message{
		ID: m.ID, IDStr: m.ID.String(), UniqueTempID: m.UniqueTempID,
		CommentBeforeID: m.CommentBeforeID, CommentBeforeIDStr: m.CommentBeforeID.String(),
		RoomID: m.RoomID, RoomIDStr: m.RoomID.String(), TopicID: m.TopicID, TopicIDStr: m.TopicID.String(),
		RoomName: m.RoomName, ChatType: m.ChatType, RoomType: m.ChatType, IsPublicChannel: m.IsPublicChannel,
		Email: m.Email, Username: m.Username, UserAvatarURL: m.UserAvatar,
		Type: m.Type, Message: m.Message, Payload: m.Payload, Extras: m.Extras, DisableLinkPreview: m.DisableLinkPreview,
		Timestamp: m.Timestamp, UnixTimestamp: m.UnixTimestamp, UnixNanoTimestamp: m.UnixNanoTimestamp,
	}
}

func readMessage(payload []byte) (*message, bool) {
	posted, ok := decodeMessage(payload)
	if !ok {
		return nil, false
	}
	read, ok := sequenced(&posted.Message)
	read.event = posted
	return &read, ok
}

// sequenced is what the sequence has to know of a message, but for its event; false when
// it has no id to be told by.
func sequenced(m *wire.Message) (message, bool) {
	id, err := m.ID.Int64()
	if err != nil || id <= 0 {
		return message{}, false
	}
	before, err := m.CommentBeforeID.Int64()
	if err != nil || before >= id {
		before = 0 // it does not say
	}
	return message{id: id, before: before, room: m.RoomID.String()}, true
}

func readNotification(payload []byte) (*happening, bool) {
	var n wire.Notification
	if json.Unmarshal(payload, &n) != nil {
		return nil, false
	}
	h, ok := happeningOf(&n)
	if ok && h.event == nil {
		h.event = &Unknown{Payload: bytes.Clone(payload)}
	}
	return h, ok
}

// happeningOf is what a notification tells, without an event where it is not known what
// that is; false when it has no id to be told by.
func happeningOf(n *wire.Notification) (*happening, bool) {
	id, err := n.ID.Int64()
	if err != nil || id <= 0 {
		return nil, false
	}
	h := &happening{id: id}
	data := n.Payload.Data
	switch n.ActionTopic {
	case "delete_message":
		deleted := data.DeletedMessages
		if deleted == nil {
			deleted = n.Payload.DeletedMessages
		}
		h.event = &MessagesDeleted{
			Deleted: deleted, IsHard: data.IsHardDelete || n.Payload.IsHardDelete,
			By: n.Payload.Actor, At: timeOf(n.Timestamp),
		}
	case "clear_room":
		rooms := data.DeletedRooms
		if rooms == nil {
			rooms = n.Payload.DeletedRooms
		}
		h.event = &RoomCleared{Rooms: rooms, By: n.Payload.Actor, At: timeOf(n.Timestamp)}
	case "delivered":
		h.addReceipt(data.RoomID, data.Email, data.CommentID, data.CommentUniqueID, false)
	case "read":
		h.addReceipt(data.RoomID, data.Email, data.CommentID, data.CommentUniqueID, true)
	}
	return h, true
}

// addReceipt makes a receipt of what happened, if it says how far.
func (h *happening) addReceipt(room flex.ID, user string, message flex.ID, uniqueID string, isRead bool) bool {
	id, err := message.Int64()
	if err != nil || id <= 0 || user == "" || room.IsNone() {
		return false
	}
	h.receipt = &receipt{about: receiptKey{room: room.String(), user: user, read: isRead}, message: id}
	if isRead {
		h.event = &Read{RoomID: room, UserID: user, MessageID: message, UniqueID: uniqueID}
	} else {
		h.event = &Delivered{RoomID: room, UserID: user, MessageID: message, UniqueID: uniqueID}
	}
	return true
}

// readReceipt reads the id of a message and, after a colon, its unique id.
func readReceipt(where place, payload string) (*happening, bool) {
	id, uniqueID, _ := strings.Cut(payload, ":")
	h := &happening{}
	ok := h.addReceipt(flex.ID(where.room), where.user, flex.ID(id), uniqueID, where.kind == readTopic)
	return h, ok
}

// readTransient reads what only MQTT tells.
func readTransient(where place, payload []byte) (Event, bool) {
	switch where.kind {
	case typingTopic:
		isTyping, ok := readDigit(string(payload))
		return &Typing{RoomID: flex.ID(where.room), UserID: where.user, IsTyping: isTyping}, ok
	case botTypingTopic:
		var bot wire.RealtimeTyping
		ok := json.Unmarshal(payload, &bot) == nil
		return &Typing{
			RoomID: flex.ID(where.room), UserID: bot.SenderID, IsTyping: bot.Status != 0,
			IsBot: true, Name: bot.SenderName, Text: bot.Text,
		}, ok
	case presenceTopic:
		return readPresence(where.user, string(payload))
	case customTopic:
		return readCustom(where.room, payload)
	}
	return nil, false
}

// readPresence reads a digit and, after a colon, since when. Of more than 13 digits the
// first are milliseconds.
func readPresence(user, payload string) (Event, bool) {
	digit, since, _ := strings.Cut(payload, ":")
	isOnline, ok := readDigit(digit)
	presence := &Presence{UserID: user, IsOnline: isOnline}
	const milliseconds = 13
	if at, err := strconv.ParseInt(since[:min(len(since), milliseconds)], 10, 64); err == nil && at > 0 {
		presence.At = time.UnixMilli(at)
	}
	return presence, ok
}

func readDigit(payload string) (is, ok bool) { return payload == "1", payload == "0" || payload == "1" }

// readCustom reads what a client published: its data with who it is, or, as some do, the
// data alone.
func readCustom(room string, payload []byte) (Event, bool) {
	if !json.Valid(payload) {
		return nil, false
	}
	custom := &Custom{RoomID: flex.ID(room)}
	var signed struct {
		Sender *string         `json:"sender"`
		Data   json.RawMessage `json:"data"`
	}
	if json.Unmarshal(payload, &signed) == nil && signed.Sender != nil && signed.Data != nil {
		custom.Sender, custom.Data = *signed.Sender, signed.Data
	} else {
		custom.Data = bytes.Clone(payload)
	}
	return custom, true
}

// timeOf turns nanoseconds into a time; none are the zero time.
func timeOf(nanoseconds flex.Int) time.Time {
	if nanoseconds <= 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(nanoseconds))
}
