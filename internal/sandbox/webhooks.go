package sandbox

import (
	"encoding/base64"
	"time"
)

// This file writes the bodies of the webhooks in their newest known shape, that
// of 2025: with the app's code and the channel where those were seen.

// postCommentType is who posted, in botMessage: a client, not a server.
const postCommentType = "post_comment_mobile"

func (s *Sandbox) botMessageBody(room *room, said Message) object {
	seconds := said.At.Unix()
	id, before := said.ID, int64(0)
	if count := len(room.messages); count > 1 {
		before = room.messages[count-2].ID
	}
	if chatServerIDUnknown(room) {
		id, before = 0, 0
	}
	return object{
		"app_code": s.config.AppCode,
		"channel":  channelObject(room.channel),
		"type":     postCommentType,
		"payload": object{
			"type": postCommentType,
			"from": sender(room),
			"room": s.messageRoom(room),
			"message": object{
				"id": id, "id_str": text(id), "comment_before_id": before, "comment_before_id_str": text(before),
				"unique_temp_id": uniqueTempID(room, said), "type": said.Type, "text": said.Text,
				"payload": objectOrNull(said.Payload), "extras": nil,
				"created_at": zoned(said.At), "timestamp": zoned(said.At), "unix_timestamp": seconds,
				"unix_nano_timestamp":  seconds * int64(time.Second/time.Millisecond), // milliseconds, in spite of the name
				"disable_link_preview": false,
			},
		},
	}
}

// newSessionBody has neither the app nor the channel.
func (s *Sandbox) newSessionBody(room *room, said Message) object {
	id := said.ID
	if chatServerIDUnknown(room) {
		id = 0
	}
	return object{
		"webhook_type":   "NEW_SESSION_WEBHOOK",
		"is_new_session": true,
		"payload": object{
			"from": sender(room),
			"room": s.messageRoom(room),
			"message": object{
				"id": id, "id_str": text(id), "type": said.Type, "text": said.Text,
				"payload": objectOrNull(said.Payload), "timestamp": zoned(said.At),
			},
		},
		"room_log": shortRoomLog(room),
	}
}

// allocationBody proposes the least busy agent. Its is_resolved speaks of the
// session before this one, which it carries too.
func (s *Sandbox) allocationBody(room *room, isNewSession bool) object {
	latest := room.latestService()
	body := object{
		"app_id": s.config.AppCode, "app_code": s.config.AppCode, "channel": channelObject(room.channel),
		"source": room.channel.Source, "name": room.name, "email": room.userID, "avatar_url": room.avatar,
		"extras": jsonText(roomExtras(room)), "is_resolved": latest != nil && latest.resolved,
		"is_new_session": isNewSession, "room_id": room.id, "latest_service": nil, "candidate_agent": nil,
	}
	if latest != nil {
		body["latest_service"] = serviceRow(latest, spaced)
	}
	if agent := s.leastBusy(room, false); agent != nil {
		body["candidate_agent"] = s.candidateAgent(agent)
	}
	return body
}

func (s *Sandbox) candidateAgent(agent *staff) object {
	return object{
		"id": agent.ID, "email": agent.Email, "name": agent.Name, "is_available": agent.available,
		"is_verified": true, "force_offline": false, "type": agent.Type, "type_as_string": agent.Type.String(),
		"avatar_url": nullable(agent.avatar), "last_login": zoned(agent.lastLogin), "created_at": zoned(s.state.made),
		"updated_at": zoned(s.state.made), "sdk_email": s.sdkEmail(agent), "sdk_key": sdkKey(agent),
	}
}

func (s *Sandbox) resolvedBody(room *room, by *staff) object {
	return object{
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
}

// chatServerIDUnknown tells whether ids of the chat server are 0 in webhooks:
// WhatsApp's messages reach them before the chat server has given them one.
func chatServerIDUnknown(room *room) bool { return room.channel.Source == "wa" }

// uniqueTempID is the id that the sending client gave a message. WhatsApp's own
// holds the number of the customer.
func uniqueTempID(room *room, said Message) string {
	if room.channel.Source == "wa" {
		return "wa_wamid." + base64.StdEncoding.EncodeToString([]byte(room.userID+text(said.ID)))
	}
	return "bq" + text(said.ID)
}

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

func (s *Sandbox) messageRoom(room *room) object {
	participants := []object{{"email": room.userID}, {"email": s.botEmail()}}
	for _, agent := range room.agents {
		participants = append(participants, object{"email": agent.Email})
	}
	return object{
		"id": room.id, "id_str": room.id, "topic_id": room.id, "topic_id_str": room.id, "type": "group",
		"name": room.name, "options": jsonText(roomOptions(room)), "is_public_channel": false,
		"room_avatar": room.avatar, "participants": participants,
	}
}

// objectOrNull is a message's payload: webhooks have an object there, or null.
func objectOrNull(payload any) any {
	if members, ok := payload.(object); ok {
		return members
	}
	return nil
}
