package sandbox

import "time"

// This file writes the bodies of the webhooks about sessions and staff, and what
// several bodies share. Each body has the shape that is chosen for its event.

// newSessionBody has neither the app nor the channel.
func (s *Sandbox) newSessionBody(room *room, said Message) object {
	id := said.ID
	if chatServerIDUnknown(room) {
		id = 0
	}
	chat, log := s.messageRoom(room), shortRoomLog(room)
	log["extras"] = object{"user_properties": room.properties}
	if s.state.settings.shapes["newSession"] == Shape2022 {
		chat["topic_id_str"], log["extras"] = "", nil
	}
	return object{
		"webhook_type":   "NEW_SESSION_WEBHOOK",
		"is_new_session": true,
		"payload": object{
			"from": sender(room),
			"room": chat,
			"message": object{
				"id": id, "id_str": text(id), "type": said.Type, "text": said.Text,
				"payload": objectOrNull(said.Payload), "timestamp": zoned(said.At),
			},
		},
		"room_log": log,
	}
}

func (s *Sandbox) resolvedBody(room *room, by *staff) object {
	body := object{
		"app_code": s.config.AppCode,
		"channel":  channelObject(room.channel),
		"service": object{
			"id": room.service.id, "room_id": room.id, "is_resolved": true,
			"first_comment_id": text(room.service.firstComment), "last_comment_id": text(room.service.lastComment),
			"notes": room.service.notes, "source": room.channel.Source,
		},
		"resolved_by": object{
			"id": by.ID, "email": by.Email, "name": by.Name, "type": by.Type.String(), "is_available": by.available,
		},
		"customer": object{
			"user_id": room.userID, "name": room.name, "avatar": room.avatar, "additional_info": room.properties,
		},
	}
	if s.state.settings.shapes["markAsResolved"] == Shape2021 {
		withoutApp(body)
	}
	return body
}

// logoutBody mixes two forms of time, as the platform does.
func (s *Sandbox) logoutBody(user *staff, now time.Time) object {
	return object{
		"type": "auth",
		"payload": object{
			"action":    "logout",
			"timestamp": now.Unix(),
			"user": object{
				"id": user.ID, "email": user.Email, "name": user.Name, "type": user.Type,
				"type_as_string": user.Type.String(), "is_available": user.available, "is_verified": true,
				"force_offline": false, "avatar_url": nullable(user.avatar), "created_at": unzoned(s.state.made),
				"updated_at": unzoned(s.state.made), "last_login": zoned(user.lastLogin),
				"sdk_email": s.sdkEmail(user), "sdk_key": sdkKey(user),
			},
		},
	}
}

// withoutApp takes away what bodies have had since 2025.
func withoutApp(body object) {
	delete(body, "app_code")
	delete(body, "channel")
}

// chatServerIDUnknown tells whether ids of the chat server are 0 in webhooks:
// WhatsApp's messages reach them before the chat server has given them one.
func chatServerIDUnknown(room *room) bool { return room.channel.Source == "wa" }

func sender(room *room) object {
	id := room.contact
	if chatServerIDUnknown(room) {
		id = 0
	}
	return object{
		"id": id, "id_str": text(id), "email": room.userID, "name": room.name, "avatar_url": room.avatar,
	}
}

func channelObject(channel *Channel) object {
	return object{"id": channel.ID, "name": channel.Name, "source": channel.Source}
}

// messageRoom is a room as the chat server sees it.
func (s *Sandbox) messageRoom(room *room) object {
	participants := []object{}
	for _, member := range s.participants(room) {
		participants = append(participants, object{"email": member.email})
	}
	return object{
		"id": room.id, "id_str": room.id, "topic_id": room.id, "topic_id_str": room.id, "type": "group",
		"name": room.name, "options": jsonText(roomOptions(room)), "is_public_channel": false,
		"room_avatar": room.avatar, "participants": participants,
	}
}

// participant is somebody in a room on the chat server.
type participant struct {
	id                  int64
	email, name, avatar string
}

// defaultAvatar is the picture of whoever has none.
const defaultAvatar = "https://cdn.example.id/avatar/default.svg"

// participants are the customer, the app's own account and the agents.
func (s *Sandbox) participants(room *room) []participant {
	list := []participant{{room.contact, room.userID, room.name, room.avatar}, s.ownAccount()}
	for _, agent := range room.agents {
		list = append(list, staffParticipant(agent))
	}
	return list
}

// ownAccount is the app's account on the chat server, which is the admin's too.
func (s *Sandbox) ownAccount() participant {
	return participant{adminID + sdkUserOffset, s.botEmail(), companyName, defaultAvatar}
}

func staffParticipant(member *staff) participant {
	return participant{member.ID + sdkUserOffset, member.Email, member.Name, orDefault(member.avatar, defaultAvatar)}
}

// objectOrNull is a message's payload: webhooks have an object there, or null.
func objectOrNull(payload any) any {
	if members, ok := payload.(object); ok {
		return members
	}
	return nil
}

// objectOrEmpty is a message's payload where a shape knows no null.
func objectOrEmpty(payload any) object {
	if members, ok := payload.(object); ok {
		return members
	}
	return object{}
}
