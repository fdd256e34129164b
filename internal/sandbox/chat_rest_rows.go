package sandbox

// This file writes users, rooms and messages as the chat server tells them to servers.

func serverUser(user *chatUser) object {
	return object{
		"user_id": user.userID, "username": user.name(), "avatar_url": user.picture(), "extras": orEmpty(user.extras),
		"active": user.active,
	}
}

func serverUsers(users []*chatUser) []object {
	rows := []object{}
	for _, user := range users {
		rows = append(rows, serverUser(user))
	}
	return rows
}

// serverRoom is a room. A room of two has neither a name nor a unique id.
func (s *Sandbox) serverRoom(room *conversation) object {
	row := object{
		"room_id": room.id, "room_name": room.name, "room_type": roomType(room), "room_avatar_url": room.avatar,
		"room_options": optionsOf(room), "room_channel_id": s.state.uniqueIDOf(room),
	}
	if room.isSingle() {
		row["room_name"], row["room_channel_id"] = "", ""
	}
	return row
}

func (s *Sandbox) serverRooms(rooms []*conversation) []object {
	rows := []object{}
	for _, room := range rooms {
		rows = append(rows, s.serverRoom(room))
	}
	return rows
}

func (s *Sandbox) serverMessage(room *conversation, said Message) object {
	row := object{
		"id": said.ID, "message": said.Text, "type": said.Type, "payload": objectOrEmpty(payloadOf(said)),
		"extras": object{}, "timestamp": zoned(said.At), "user": serverUser(s.state.writer(room, said)),
	}
	if said.chat != nil {
		row["extras"] = orEmpty(said.chat.extras)
	}
	return row
}
