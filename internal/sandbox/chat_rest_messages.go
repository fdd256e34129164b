package sandbox

import "slices"

func (s *Sandbox) chatRestMessageHandlers() map[string]handler {
	return map[string]handler{
		"restPostComment":            s.restPostComment,
		"restLoadComments":           s.restLoadComments,
		"restLoadCommentsWithRange":  s.restLoadCommentsWithRange,
		"restPostSystemEventMessage": s.restPostSystemEventMessage,
		"restListWebhookLogs":        s.restListWebhookLogs,
	}
}

// restPostComment writes for a user, who must take part in the room.
func (s *Sandbox) restPostComment(r *request) (any, error) {
	user, err := s.state.chatUser(text(r.body["user_id"]))
	if err != nil {
		return nil, err
	}
	room, err := s.state.chatRoom(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	said, err := s.postChat(chatPost{
		by: user, room: room, extras: asObject(r.body["extras"]), byServer: true,
		said: Message{Type: text(r.body["type"]), Text: text(r.body["message"]), Payload: r.body["payload"]},
	})
	if err != nil {
		return nil, err
	}
	return results(object{"comment": s.serverMessage(room, said)}), nil
}

// restLoadComments gives pages that begin with the newest message.
func (s *Sandbox) restLoadComments(r *request) (any, error) {
	room, err := s.state.chatRoom(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	newest := slices.Clone(room.messages)
	slices.Reverse(newest)
	rows := []object{}
	for _, said := range cutPage(newest, readPage(r)) {
		rows = append(rows, s.serverMessage(room, said))
	}
	return results(object{"comments": rows}), nil
}

// restLoadCommentsWithRange gives all messages between two, these two included, the
// oldest first. Its rows alone have the unique ids.
func (s *Sandbox) restLoadCommentsWithRange(r *request) (any, error) {
	room, err := s.state.chatRoom(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	first, _ := number(r.parameters["first_comment_id"])
	last, _ := number(r.parameters["last_comment_id"])
	from, _ := room.indexOf(first)
	rows := []object{}
	for _, said := range room.messages[from:] {
		if said.ID > last {
			break
		}
		row := s.serverMessage(room, said)
		row["unique_id"] = s.state.messageID(room, said)
		rows = append(rows, row)
	}
	return results(object{"comments": rows}), nil
}

// restPostSystemEventMessage says what has happened, and lets nothing happen: the room
// has its name, and its participants, of other calls.
func (s *Sandbox) restPostSystemEventMessage(r *request) (any, error) {
	room, err := s.state.chatRoom(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	what := chatHappening{
		kind: text(r.body["system_event_type"]), roomName: text(r.body["updated_room_name"]),
		text: text(r.body["message"]), extras: asObject(r.body["extras"]), byServer: true,
	}
	if payload := asObject(r.body["payload"]); payload != nil {
		what.payload = payload
	}
	if subject := text(r.body["subject_user_id"]); subject != "" {
		if what.by, err = s.state.chatUser(subject); err != nil {
			return nil, err
		}
	}
	objects := texts(r.body["object_user_id"])
	if one := text(r.body["object_user_id"]); one != "" {
		objects = []string{one}
	}
	if what.to, err = s.state.chatUsersNamed(objects); err != nil {
		return nil, err
	}
	return results(object{"comment": s.serverMessage(room, s.tellInRoom(room, what))}), nil
}
