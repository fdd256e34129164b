package sandbox

import (
	"fmt"
	"strings"
)

// systemEvent is the type of what the platform says by itself.
const systemEvent = "system_event"

// chatHappening is what a message of the type system_event tells.
type chatHappening struct {
	kind     string // such as add_member
	by       *chatUser
	to       []*chatUser // who was added or removed
	roomName string
	text     string // of a custom one
	payload  any    // of a custom one
	extras   object
	byServer bool
}

// sentence is what people read.
func (h chatHappening) sentence() string {
	by, to := "", make([]string, 0, len(h.to))
	if h.by != nil {
		by = h.by.name()
	}
	for _, user := range h.to {
		to = append(to, user.name())
	}
	switch h.kind {
	case "create_room":
		return fmt.Sprintf("%s created room '%s'", by, h.roomName)
	case "add_member":
		return fmt.Sprintf("%s added %s to this conversation", by, strings.Join(to, ", "))
	case "join_room":
		return by + " joined this conversation"
	case "remove_member":
		return fmt.Sprintf("%s removed %s from this conversation", by, strings.Join(to, ", "))
	case "left_room":
		return by + " left this conversation"
	case "change_room_name":
		return fmt.Sprintf("%s changed room name to '%s'", by, h.roomName)
	case "change_room_avatar":
		return by + " changed room avatar"
	default:
		return h.text
	}
}

// members are what programs read.
func (h chatHappening) members() object {
	emails, names := []string{}, []string{}
	for _, user := range h.to {
		emails, names = append(emails, user.userID), append(names, user.name())
	}
	members := object{
		"type": h.kind, "subject_email": "", "subject_username": "", "object_email": "", "object_username": "",
		"object_email_list": asItems(emails), "object_username_list": asItems(names), "room_name": h.roomName,
		"payload": payloadOrEmpty(h.payload),
	}
	if h.by != nil {
		members["subject_email"], members["subject_username"] = h.by.userID, h.by.name()
	}
	if len(h.to) > 0 {
		members["object_email"], members["object_username"] = emails[0], names[0]
	}
	return members
}

// asItems are texts as a JSON array is read.
func asItems(texts []string) []any {
	items := make([]any, 0, len(texts))
	for _, one := range texts {
		items = append(items, one)
	}
	return items
}

// tellInRoom says in a room what has happened there.
func (s *Sandbox) tellInRoom(room *conversation, what chatHappening) Message {
	what.roomName = orDefault(what.roomName, room.name)
	said := Message{
		Author: AuthorSystem, Sender: "System", Name: "System", Type: systemEvent, Text: what.sentence(),
		Payload: what.members(),
		chat:    &chatMessage{uniqueID: newUUID(), extras: what.extras, byServer: what.byServer},
	}
	if what.by != nil {
		said.Sender, said.Name = what.by.userID, what.by.name()
	}
	if room.inbox != nil {
		return s.state.say(room.inbox, said, s.now())
	}
	return s.state.enter(room, said, s.now())
}
