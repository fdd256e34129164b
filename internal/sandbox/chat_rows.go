package sandbox

import "time"

// This file writes users, rooms and messages as the chat server tells them to its users.

// account is a user as the owner of a token sees it.
func (s *Sandbox) account(user *chatUser, token chatToken) object {
	row := s.userRow(user)
	row["active"] = user.active
	row["app"] = object{"code": s.config.AppCode, "id": appRow, "id_str": text(int64(appRow)), "name": companyName}
	row["last_comment_id"], row["last_comment_id_str"] = s.newestFor(user), text(s.newestFor(user))
	row["last_sync_event_id"] = s.state.lastNews()
	row["pn_android_configured"], row["pn_ios_configured"] = true, false
	row["rtKey"] = "rk-" + text(user.id)
	row["token"] = token.text
	if !token.expires.IsZero() {
		row["refresh_token"], row["token_expires_at"] = nullable(token.refresh), zoned(token.expires)
	}
	return row
}

// newestFor is the newest message of all rooms of a user: from there on a new client asks
// for what it has missed.
func (s *Sandbox) newestFor(user *chatUser) (id int64) {
	for room := range s.state.roomsOf(user) {
		if seen := s.state.seen(room, user); len(seen) > 0 {
			id = max(id, seen[len(seen)-1].ID)
		}
	}
	return id
}

// userRow is a user as blocking and being blocked have it.
func (s *Sandbox) userRow(user *chatUser) object {
	return object{
		"id": user.id, "id_str": text(user.id), "email": user.userID, "username": user.name(),
		"avatar": avatar(user.picture()), "avatar_url": user.picture(), "extras": orEmpty(user.extras),
	}
}

func avatar(address string) object { return object{"avatar": object{"url": address}} }

// listedUser is a user as both doors list them.
func listedUser(user *chatUser) object {
	return object{
		"id": user.id, "email": user.userID, "name": user.name(), "username": user.name(), "avatar_url": user.picture(),
		"extras": orEmpty(user.extras), "active": user.active,
		"created_at": micro(user.created), "updated_at": micro(user.updated),
	}
}

// micro is 2026-11-20T02:59:40.093000Z.
func micro(at time.Time) any { return writeTime(at, "2006-01-02T15:04:05.000000Z") }

// orEmpty is an object that is there, even when it was never set.
func orEmpty(members object) object {
	if members == nil {
		return object{}
	}
	return members
}

// payloadOf is a message's payload. What the inbox says by itself has none there; on the
// chat server it is one of its own kind.
func payloadOf(said Message) any {
	if said.Payload == nil && said.Type == systemEvent {
		return chatHappening{kind: "custom"}.members()
	}
	return payloadOrEmpty(said.Payload)
}

// payloadOrEmpty is a payload as the chat server tells one where there is none.
func payloadOrEmpty(payload any) any {
	if payload == nil {
		return object{}
	}
	return payload
}

// participantRow is somebody who takes part in a room.
func (s *Sandbox) participantRow(room *conversation, user *chatUser) object {
	read, received := s.state.hasRead(room, user)
	return object{
		"id": user.id, "id_str": text(user.id), "email": user.userID, "username": user.name(),
		"avatar_url": user.picture(), "extras": orEmpty(user.extras), "active": user.active,
		"last_comment_read_id": read, "last_comment_read_id_str": text(read),
		"last_comment_received_id": received, "last_comment_received_id_str": text(received),
	}
}

func (s *Sandbox) participantRows(room *conversation, users []*chatUser) []object {
	rows := []object{}
	for _, user := range users {
		rows = append(rows, s.participantRow(room, user))
	}
	return rows
}

// roomType is what the chat server calls a room's kind. A channel is a public group.
func roomType(room *conversation) string {
	if room.isSingle() {
		return string(singleRoom)
	}
	return string(groupRoom)
}

// shownName is a room's name to a user: of a room of two, that of the other one.
func (s *state) shownName(room *conversation, user *chatUser) string {
	if room.isSingle() {
		for _, member := range room.chat.members {
			if member.user.id != user.id {
				return member.user.name()
			}
		}
	}
	return room.name
}

// shownPicture is a room's picture to a user: of a room of two, that of the other one.
func (s *state) shownPicture(room *conversation, user *chatUser) string {
	if room.isSingle() && room.avatar == "" {
		for _, member := range room.chat.members {
			if member.user.id != user.id {
				return member.user.picture()
			}
		}
	}
	return room.avatar
}

// plainRoomRow is what all forms of a room have.
func (s *Sandbox) plainRoomRow(room *conversation, user *chatUser) object {
	id, _ := number(room.id)
	return object{
		"id": id, "id_str": room.id, "unique_id": s.state.uniqueIDOf(room), "chat_type": roomType(room),
		"room_name": s.state.shownName(room, user), "raw_room_name": room.name,
		"avatar_url": s.state.shownPicture(room, user), "options": optionsOf(room),
		"unread_count": s.countUnread(room, user, anyMessage),
	}
}

// roomRow is a room by itself, with all who take part; of a channel, which may have
// thousands, with the first of them.
func (s *Sandbox) roomRow(room *conversation, user *chatUser) object {
	row := s.plainRoomRow(room, user)
	id, seen := row["id"], s.state.seen(room, user)
	row["is_public_channel"] = room.isChannel()
	row["last_comment_id"], row["last_comment_id_str"], row["last_comment_message"] = 0, "0", ""
	if count := len(seen); count > 0 {
		last := seen[count-1]
		row["last_comment_id"], row["last_comment_id_str"], row["last_comment_message"] = last.ID, text(last.ID), last.Text
	}
	row["last_topic_id"], row["last_topic_id_str"] = id, room.id
	users := s.state.participantsOf(room)
	row["participants"] = s.participantRows(room, users[:min(len(users), maxGroup)])
	row["room_total_participants"] = len(users)
	return row
}

// roomInfoRow is a room in a list.
func (s *Sandbox) roomInfoRow(room *conversation, user *chatUser, withParticipants bool) object {
	row := s.plainRoomRow(room, user)
	row["is_public_channel"] = room.isChannel()
	isRemoved := !s.state.takesPart(room, user)
	row["is_removed"], row["last_comment"] = isRemoved, nil
	if isRemoved && !room.isChannel() { // what is said there is no longer the user's to know
		row["unread_count"] = 0
	} else if seen := s.state.seen(room, user); len(seen) > 0 {
		row["last_comment"] = s.commentRow(room, seen[len(seen)-1])
	}
	row["room_total_participants"] = s.state.countParticipants(room)
	if withParticipants {
		row["participants"] = s.participantRows(room, s.state.participantsOf(room))
	}
	return row
}

// clearedRoom is a room whose messages a user no longer sees.
func (s *Sandbox) clearedRoom(room *conversation, user *chatUser) object {
	row := s.plainRoomRow(room, user)
	row["last_comment"], row["options"] = nil, orEmpty(asObject(fromJSONText(optionsOf(room))))
	return row
}

func asObject(value any) object {
	members, _ := value.(object)
	return members
}

// commentRows are the newest of some messages, the newest first.
func (s *Sandbox) commentRows(room *conversation, messages []Message, limit int) []object {
	rows := []object{}
	for i := len(messages) - 1; i >= 0 && len(rows) < limit; i-- {
		rows = append(rows, s.commentRow(room, messages[i]))
	}
	return rows
}

// commentRow is a message.
func (s *Sandbox) commentRow(room *conversation, said Message) object {
	by, before := s.state.writer(room, said), room.before(said.ID)
	roomID, _ := number(room.id)
	row := object{
		"id": said.ID, "id_str": text(said.ID), "comment_before_id": before, "comment_before_id_str": text(before),
		"unique_temp_id": s.state.messageID(room, said), "type": said.Type, "message": said.Text,
		"payload": payloadOf(said), "extras": object{}, "is_deleted": said.isDeleted(),
		"status": s.chatStatus(room, said), "disable_link_preview": false,
		"room_id": roomID, "room_id_str": room.id, "topic_id": roomID, "topic_id_str": room.id, "room_name": room.name,
		"room_avatar": room.avatar, "room_type": roomType(room), "is_public_channel": room.isChannel(),
		"user_id": by.id, "user_id_str": text(by.id), "email": by.userID, "username": by.name(),
		"user_avatar": avatar(by.picture()), "user_avatar_url": by.picture(), "user_extras": orEmpty(by.extras),
		"timestamp": zoned(said.At), "unix_timestamp": said.At.Unix(), "unix_nano_timestamp": said.At.UnixNano(),
	}
	if said.chat != nil {
		row["extras"] = orEmpty(said.chat.extras)
	}
	return row
}

// realtimeComment is a message as the broker tells it: with less than the API does.
func (s *Sandbox) realtimeComment(room *conversation, said Message) object {
	whole := s.commentRow(room, said)
	row := object{"user_avatar": whole["user_avatar_url"], "chat_type": whole["room_type"], "created_at": precise(said.At)}
	for _, name := range []string{
		"id", "comment_before_id", "unique_temp_id", "type", "message", "payload", "extras", "disable_link_preview",
		"room_id", "topic_id", "room_name", "email", "username", "timestamp", "unix_timestamp", "unix_nano_timestamp",
	} {
		row[name] = whole[name]
	}
	if room.isChannel() {
		row["is_public_channel"] = true
	}
	return row
}

// before is the message before one with an id; 0 when there is none.
func (c *conversation) before(id int64) int64 {
	if i, _ := c.indexOf(id); i > 0 {
		return c.messages[i-1].ID
	}
	return 0
}
