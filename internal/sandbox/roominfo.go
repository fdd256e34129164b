package sandbox

import (
	"maps"
	"time"
)

func (s *Sandbox) getRoomInfo(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	info := roomInfo(room, zoned)
	info["channel_id"] = room.channel.ID
	info["channel_name"] = room.channel.Name
	info["is_blocked"] = s.state.book.blocked[room.customer()]
	info["channel"] = s.channelRow(room.channel)
	if room.channel.Source == "wa" {
		info["hsm_24_enabled"] = s.state.resumingTemplate(room.channel.ID) != nil
	}
	return data(info), nil
}

// setRoomInfo replaces all pairs. Its answer is shorter than that of getRoomInfo
// and has its times in another form.
func (s *Sandbox) setRoomInfo(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	pairs, _ := r.body["user_properties"].([]any)
	s.setProperties(room, pairs)
	return data(roomInfo(room, dateObject)), nil
}

func (s *Sandbox) setProperties(room *room, pairs []any) {
	room.properties = pairs
	room.updated = s.now()
}

// updateRoomOptions replaces a room's options. Whether is_resolved could resolve
// the room is not known; here it changes nothing.
func (s *Sandbox) updateRoomOptions(r *request) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	room.options, _ = r.body["room_options"].(object)
	room.updated = s.now()
	return nil, nil // an empty body
}

// roomInfo is what both answers have.
func roomInfo(room *room, form func(time.Time) any) object {
	info := object{
		"extras": roomExtras(room), "user_id": room.userID, "first_initiated": nil,
		"first_agent_response_time": form(room.firstResponse),
	}
	if len(room.messages) > 0 {
		info["first_initiated"] = form(room.messages[0].At)
	}
	return info
}

// channelRow is a channel with its secrets; the members differ by its kind.
func (s *Sandbox) channelRow(channel *Channel) object {
	details := s.state.detailsOf(channel)
	row := object{
		"id": channel.ID, "app_id": appRow, "name": channel.Name, "badge_url": details.badge,
		"is_active": !details.off, "forward_enabled": false, "use_channel_responder": details.responder.on,
		"forward_url": nil,
		"created_at":  unzoned(details.made), "updated_at": unzoned(details.changed),
	}
	switch channel.Source {
	case "qiscus":
		row["app_code"] = s.config.AppCode
		row["secret_key"] = channelSecret("cs", channel)
	case "wa":
		maps.Copy(row, whatsAppMembers())
		row["hsm_24_enabled"] = s.state.resumingTemplate(channel.ID) != nil
	}
	return row
}

func whatsAppMembers() object {
	return object{ //nolint:gosec // invented secrets, which the platform's answer leaks
		"base_url": "https://wa.example.id", "platform": "cloud", "phone_number": businessNumber,
		"business_id": "1020304050", "phone_number_id": "5040302010",
		"base64_user_credential": "bm90LWEtcmVhbC1vbmU", "token": "not-a-real-token", "pin": "000000",
		"is_ssl_enabled": true, "read_enabled": true, "allow_intl_hsm": false,
		"on_sync": false, "is_auto_responder_enabled": false, "is_bot_enabled": true, "is_on_cloud": true,
		"alter_app_id": nil, "extras": nil, "phone_number_status": nil, "business_verification_status": nil,
	}
}
