package sandbox

// sendBotMessage writes into a room as the bot. Its answer has no body: no
// client was ever seen to read one. WhatsApp takes nothing but templates when its window
// has closed; how the platform tells the bot so is not known, and here it is as
// sendWaMessage is told.
func (s *Sandbox) sendBotMessage(r *request) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	if room.channel.Source == "wa" && !s.windowOpen(room.channel, room.userID) {
		return nil, outsideWindow()
	}
	said, problems := s.checked(Message{
		Author:  AuthorBot,
		Sender:  text(r.body["sender_email"]),
		Name:    "Bot " + companyName,
		Type:    text(r.body["type"]),
		Text:    text(r.body["message"]),
		Payload: r.body["payload"],
	})
	if len(problems) > 0 {
		return nil, refuseMessage(problems)
	}
	s.state.say(room, said, s.now())
	return nil, nil // an empty body
}

func (s *Sandbox) setBotInRoom(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	s.setBot(room, flag(r.body["is_active"]))
	return data(roomLog(room)), nil
}

func (s *Sandbox) setBot(room *room, on bool) {
	if !on {
		s.endBotsTurn(room)
		return
	}
	room.handledByBot, room.updated = true, s.now()
}
