package sandbox

import (
	"fmt"
	"slices"
)

// The most that one export holds.
const (
	maxExportedUsers    = 1000
	maxExportedRooms    = 1000
	maxExportedMessages = 5000
)

// exportRows writes the file of an export. What the platform's looks like is not known;
// this one can be imported, but for passwords and tokens, which it does not have.
func (s *Sandbox) exportRows(wanted *chatBackup) (file []byte, count int, problem string) {
	rows, most := s.exportedMessages(wanted), maxExportedMessages
	switch wanted.resource {
	case "users":
		rows, most = s.exportedUsers(wanted), maxExportedUsers
	case "rooms":
		rows, most = s.exportedRooms(wanted), maxExportedRooms
	}
	if len(rows) > most {
		return nil, 0, fmt.Sprintf("there are %d %s, and an export holds %d", len(rows), wanted.resource, most)
	}
	return encode(rows), len(rows), ""
}

func (s *Sandbox) exportedUsers(wanted *chatBackup) []object {
	var users []*chatUser
	for user := range s.state.allChatUsers() {
		if !user.created.Before(wanted.from) && user.created.Before(wanted.to) {
			users = append(users, user)
		}
	}
	sortUsers(users, "created_at")
	rows := []object{}
	for _, user := range users {
		rows = append(rows, object{
			"Email": user.userID, "Name": user.name(), "AvatarUrl": user.picture(), "CreateAt": zoned(user.created),
		})
	}
	return rows
}

// allChatRooms are all rooms, the inbox's first.
func (s *state) allChatRooms() []*conversation {
	var rooms []*conversation
	for _, room := range s.rooms.all() {
		rooms = append(rooms, &room.conversation)
	}
	return append(rooms, s.chat.rooms.entries...)
}

// exportedRooms leaves channels out, which cannot be imported.
func (s *Sandbox) exportedRooms(wanted *chatBackup) []object {
	rows := []object{}
	for _, room := range s.state.allChatRooms() {
		if room.isChannel() || room.created.Before(wanted.from) || !room.created.Before(wanted.to) {
			continue
		}
		creator, ids := s.state.ownChatID(), []string{}
		if room.inbox == nil {
			creator = room.chat.creator
		}
		for _, user := range s.state.participantsOf(room) {
			ids = append(ids, user.userID)
		}
		rows = append(rows, object{
			"Name": room.name, "Type": roomType(room), "Options": optionsOf(room), "CreatorEmail": creator,
			"CreatedAt": zoned(room.created), "AvatarUrl": room.avatar, "UniqueId": s.state.uniqueIDOf(room),
			"ParticipantEmails": ids,
		})
	}
	return rows
}

// exportedMessages are the messages of all rooms in the order in which they were said.
func (s *Sandbox) exportedMessages(wanted *chatBackup) []object {
	type placed struct {
		room *conversation
		said Message
	}
	var found []placed
	for _, room := range s.state.allChatRooms() {
		for _, said := range room.messages {
			if !said.At.Before(wanted.from) && said.At.Before(wanted.to) {
				found = append(found, placed{room, said})
			}
		}
	}
	slices.SortFunc(found, func(a, b placed) int { return int(a.said.ID - b.said.ID) })
	rows := []object{}
	for _, one := range found {
		row := object{
			"Message": one.said.Text, "DisableLinkPreview": false, "Type": one.said.Type,
			"UniqueId": s.state.messageID(one.room, one.said), "CreatorEmail": s.state.writer(one.room, one.said).userID,
			"RoomUniqueId": s.state.uniqueIDOf(one.room), "CreatedAt": zoned(one.said.At),
			"Payload": one.said.Payload, "ParentCommentUniqueId": "",
		}
		if one.said.Type == "reply" {
			s.exportReply(row, one.room, asObject(one.said.Payload))
		}
		rows = append(rows, row)
	}
	return rows
}

// exportReply names the message that is replied to by its unique id, which it keeps where
// it is imported.
func (s *Sandbox) exportReply(row object, room *conversation, payload object) {
	row["Payload"] = object{"text": text(payload["text"]), "replied_comment_id": 1}
	replied, _ := number(payload["replied_comment_id"])
	if i, ok := room.indexOf(replied); ok {
		row["ParentCommentUniqueId"] = s.state.messageID(room, room.messages[i])
	}
}
