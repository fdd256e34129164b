package sandbox

// handoverRoomFromBot ends the bot's turn. What the platform answers is not known.
func (s *Sandbox) handoverRoomFromBot(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	s.endBotsTurn(room)
	return nil, nil // an empty body
}

// handoverRoomToDivision ends the bot's turn and, if that is asked for, puts the
// least busy agent of the division who is online into the room. With nobody online
// the customer waits for one: from then on the platform proposes the division's
// agents only.
func (s *Sandbox) handoverRoomToDivision(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	wanted, err := s.state.divisionNumbered(text(r.body["role"]))
	if err != nil {
		return nil, err
	}
	if err := s.handOver(room, wanted, flag(r.body["find_online_agent"])); err != nil {
		return nil, err
	}
	return nil, nil // an empty body
}

// handOver asks for a division's agents, from now on, and for one at once if that is
// wanted.
func (s *Sandbox) handOver(room *room, wanted *division, now bool) error {
	room.division = wanted
	if agent := s.leastBusy(room, false); agent != nil && now {
		if err := s.assign(room, agent, defaultMaxAgents, false, false); err != nil {
			return err
		}
	}
	s.endBotsTurn(room)
	return nil
}

// endBotsTurn switches the bot off in a room, until the next session. Receivers of
// customAgentAllocation hear of it with the customer's next message, which is all
// that is known to set that off; automatic allocation does not wait for one.
func (s *Sandbox) endBotsTurn(room *room) {
	room.handledByBot = false
	room.updated = s.now()
	s.allocate(room)
}
