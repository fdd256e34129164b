package sandbox

// sendBotMessage writes into a room as the bot. Its answer has no body: no
// client was ever seen to read one.
func (s *Sandbox) sendBotMessage(r *request) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	s.state.say(room, Message{
		Author:  AuthorBot,
		Sender:  text(r.body["sender_email"]),
		Name:    "Bot " + companyName,
		Type:    text(r.body["type"]),
		Text:    text(r.body["message"]),
		Payload: fromJSONText(r.body["payload"]),
	}, s.now())
	return nil, nil // an empty body
}

func (s *Sandbox) setBotInRoom(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	if flag(r.body["is_active"]) {
		room.handledByBot, room.updated = true, s.now()
	} else {
		s.endBotsTurn(room)
	}
	return data(roomLog(room)), nil
}
