package sandbox

import (
	"maps"
	"time"
)

// customerRoom is a room as the room routes write it. Who serves it is not part
// of it.
func customerRoom(room *room) object {
	row := object{
		"id": room.row, "room_id": room.id, "channel_id": room.channel.ID, "contact_id": room.contact,
		"name": room.name, "user_id": room.userID, "user_avatar_url": room.avatar,
		"source": room.channel.Source, "room_badge": badge(room.channel), "room_type": "individual",
		"is_handled_by_bot": room.handledByBot, "is_resolved": room.resolved(), "is_waiting": room.waiting(),
		"is_calling":          false,
		"last_comment_sender": nil, "last_comment_sender_type": nil, "last_comment_text": nil,
		"last_comment_timestamp":     nil,
		"last_customer_comment_text": nil, "last_customer_timestamp": nil,
	}
	if count := len(room.messages); count > 0 {
		last := room.messages[count-1]
		row["last_comment_sender"] = last.Sender
		row["last_comment_sender_type"] = last.Author
		row["last_comment_text"] = last.Text
		row["last_comment_timestamp"] = zoned(last.At)
	}
	if last, ok := room.lastByCustomer(); ok {
		row["last_customer_comment_text"] = last.Text
		row["last_customer_timestamp"] = zoned(last.At)
	}
	return row
}

// roomLog is the row behind a room. Its extras are JSON inside text.
func roomLog(room *room) object {
	return object{
		"id": room.row, "app_id": appRow, "user_id": room.userID, "room_id": room.id,
		"source": room.channel.Source, "channel_id": room.channel.ID, "name": room.name,
		"created_at": unzoned(room.created), "updated_at": unzoned(room.updated),
		"is_handled_by_bot": room.handledByBot, "start_service_comment_id": nil,
		"user_avatar_url": room.avatar, "has_no_message": len(room.messages) == 0,
		"extras": jsonText(roomExtras(room)), "check_wa_contact": false, "origin": room.origin,
		"room_badge": badge(room.channel), "is_waiting": room.waiting(), "resolved": room.resolved(),
		"resolved_ts": nil, "sub_source": nil, "type": nil, "deleted_at": nil, "customer_id": nil,
	}
}

// shortRoomLog is the row as it stands beside a message. Its extras are an
// object.
func shortRoomLog(room *room) object {
	return object{
		"user_id": room.userID, "room_id": room.id, "source": room.channel.Source, "channel_id": room.channel.ID,
		"name": room.name, "created_at": unzoned(room.created), "user_avatar_url": room.avatar,
		"has_no_message": len(room.messages) == 1, // the one it stands beside
		"extras":         roomExtras(room), "room_badge": badge(room.channel), "is_waiting": room.waiting(),
		"resolved": room.resolved(),
	}
}

func roomExtras(room *room) object {
	return object{
		"user_properties":   room.properties,
		"additional_extras": object{"timezone_offset": timezoneOffset},
		"notes":             nil,
		"timezone_offset":   timezoneOffset,
	}
}

// timezoneOffset is where all made-up customers live, in hours.
const timezoneOffset = 7

// serviceRow is a session; the routes differ in the form of its times.
func serviceRow(service *service, form func(time.Time) any) object {
	row := object{
		"id": service.id, "room_id": service.room.id, "user_id": nil, "app_id": appRow,
		"room_log_id": service.room.row, "notes": service.notes, "is_resolved": service.resolved,
		"resolved_at": form(service.ended), "retrieved_at": form(service.retrieved),
		"created_at": form(service.created), "updated_at": form(service.lastChanged),
		"first_comment_id": text(service.firstComment), "last_comment_id": text(service.lastComment),
		"first_comment_timestamp": zoned(service.firstCommentAt),
	}
	if service.agent != nil {
		row["user_id"] = service.agent.ID
	}
	return row
}

// chatRoom is the chat server's view of a room.
func (s *Sandbox) chatRoom(room *room) object {
	return object{
		"room_id": room.id, "room_name": room.name, "room_type": "group", "room_avatar_url": room.avatar,
		"room_channel_id": room.userID + "/" + s.config.AppCode, "room_options": jsonText(roomOptions(room)),
	}
}

// roomOptions are the options of a room on the chat server: those that were set,
// or those that every room has. How the room stands is always told as it is.
func roomOptions(room *room) object {
	options := maps.Clone(room.options)
	if options == nil {
		details := object{"channel_id": room.channel.ID, "name": room.channel.Name}
		if room.channel.Source == "wa" {
			details["phone"] = "+" + businessNumber
		}
		options = object{"channel": room.channel.Source, "channel_details": details, "source": room.channel.Source}
	}
	options["is_resolved"], options["is_waiting"] = room.resolved(), room.waiting() == true
	return options
}

func badge(channel *Channel) string {
	name := channel.Source
	if channel.Custom {
		name = "custom"
	}
	return "https://cdn.example.id/badge/" + name + ".svg"
}
