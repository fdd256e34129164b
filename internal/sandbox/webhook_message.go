package sandbox

import (
	"encoding/base64"
	"time"
)

// This file writes the bodies of the family that tells of a message: botMessage and
// customChannelMessage.

// Who posted a message: a client, or a server.
const (
	postedByClient = "post_comment_mobile"
	postedByServer = "post_comment_rest"
)

// botMessageBody is what a customer said.
func (s *Sandbox) botMessageBody(room *room, said Message) object {
	message := messageObject(room, said)
	switch s.state.settings.shapes["botMessage"] {
	case Shape2021:
		delete(message, "extras")
		delete(message, "disable_link_preview")
		timesAsText(message, said.At)
		return object{"payload": object{
			"type": postedByClient, "from": sender(room), "room": s.messageRoom(room), "message": message,
		}}
	case Shape2024:
		from := sender(room)
		delete(from, "id_str")
		delete(from, "avatar_url")
		return object{"type": postedByClient, "payload": object{
			"from": from, "room": s.oldestRoom(room),
			"message": object{"type": said.Type, "text": said.Text, "payload": objectOrEmpty(said.Payload)},
		}}
	default:
		return object{
			"app_code": s.config.AppCode, "channel": channelObject(room.channel), "type": postedByClient,
			"payload": object{
				"type": postedByClient, "from": sender(room), "room": s.messageRoom(room), "message": message,
			},
		}
	}
}

// oldestRoom is a room with ids as numbers and its options as an object.
func (s *Sandbox) oldestRoom(room *room) object {
	id, _ := number(room.id)
	participants := []object{}
	for _, member := range s.participants(room) {
		participants = append(participants, object{
			"id": member.id, "email": member.email, "username": member.name, "avatar_url": member.avatar,
		})
	}
	waiting := "false"
	if room.waiting() == true {
		waiting = "true"
	}
	return object{
		"id": id, "topic_id": id, "type": "group", "name": room.name, "participants": participants,
		"options": object{
			"channel_details": object{"channel_id": room.channel.ID, "name": room.channel.Name},
			"is_resolved":     room.resolved(), "is_waiting": waiting, "source": room.channel.Source,
		},
	}
}

// channelMessageBody is what was said to a customer of a custom channel, by a
// participant.
func (s *Sandbox) channelMessageBody(room *room, said Message, by participant) object {
	message := messageObject(room, said)
	payload := object{
		"from": object{
			"id": by.id, "id_str": text(by.id), "email": by.email, "name": by.name, "avatar_url": by.avatar,
		},
		"room": s.messageRoom(room), "message": message,
	}
	if s.state.settings.shapes["customChannelMessage"] == Shape2023 {
		payload["type"] = postedByServer
		timesAsText(message, said.At)
		message["created_at"] = zoned(said.At)
		return object{"payload": payload}
	}
	message["payload"], message["extras"] = objectOrEmpty(said.Payload), object{}
	message["created_at"], message["unix_nano_timestamp"] = precise(said.At), said.At.UnixNano()
	payload["room"] = s.roomWithReaders(room, before(room))
	return object{"app_code": s.config.AppCode, "type": postedByServer, "payload": payload}
}

// roomWithReaders is a room with ids as numbers, and with how far everybody has read:
// up to the message before.
func (s *Sandbox) roomWithReaders(room *room, read int64) object {
	id, _ := number(room.id)
	participants := []object{}
	for _, member := range s.participants(room) {
		participants = append(participants, object{
			"id": member.id, "id_str": text(member.id), "email": member.email, "username": member.name,
			"avatar_url": member.avatar, "active": true, "extras": object{},
			"last_comment_read_id": read, "last_comment_read_id_str": text(read),
			"last_comment_received_id": read, "last_comment_received_id_str": text(read),
		})
	}
	chat := s.messageRoom(room)
	chat["id"], chat["topic_id"], chat["participants"] = id, id, participants
	return chat
}

// messageObject is a room's newest message.
func messageObject(room *room, said Message) object {
	seconds, id, before := said.At.Unix(), said.ID, before(room)
	if chatServerIDUnknown(room) {
		id, before = 0, 0
	}
	return object{
		"id": id, "id_str": text(id), "comment_before_id": before, "comment_before_id_str": text(before),
		"unique_temp_id": uniqueTempID(room, said), "type": said.Type, "text": said.Text,
		"payload": objectOrNull(said.Payload), "extras": nil,
		"created_at": zoned(said.At), "timestamp": zoned(said.At), "unix_timestamp": seconds,
		"unix_nano_timestamp":  seconds * int64(time.Second/time.Millisecond), // milliseconds, in spite of the name
		"disable_link_preview": false,
	}
}

// before is the message before a room's newest; 0 when there is none.
func before(room *room) int64 {
	if count := len(room.messages); count > 1 {
		return room.messages[count-2].ID
	}
	return 0
}

// timesAsText writes a message's times as older bodies have them: real nanoseconds,
// and numbers as text.
func timesAsText(message object, at time.Time) {
	message["created_at"] = precise(at)
	message["unix_timestamp"], message["unix_nano_timestamp"] = text(at.Unix()), text(at.UnixNano())
}

// precise is 2026-11-20T02:59:40.093Z.
func precise(at time.Time) any { return writeTime(at, "2006-01-02T15:04:05.000Z") }

// madeUpMessageID begins the unique ids of what was not posted on the chat server.
const madeUpMessageID = "bq"

// uniqueTempID is the id that the sending client gave a message.
func uniqueTempID(room *room, said Message) string {
	if said.chat != nil && said.chat.uniqueID != "" {
		return said.chat.uniqueID
	}
	if room.channel.Source == "wa" {
		return "wa_" + whatsAppID(room.userID, said.ID)
	}
	return madeUpMessageID + text(said.ID)
}

// whatsAppID is WhatsApp's own id of a message, which holds the customer's number.
func whatsAppID(customer string, messageID int64) string {
	return "wamid." + base64.StdEncoding.EncodeToString([]byte(customer+text(messageID)))
}
