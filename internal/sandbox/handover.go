package sandbox

import "slices"

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
// the customer waits.
func (s *Sandbox) handoverRoomToDivision(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	wanted := text(r.body["role"])
	isWanted := func(division *division) bool { return text(division.id) == wanted }
	if !slices.ContainsFunc(s.state.divisions, isWanted) {
		return nil, notFound("division")
	}
	if flag(r.body["find_online_agent"]) {
		free := s.state.candidates(room, false)
		i := slices.IndexFunc(free, func(agent *staff) bool { return slices.ContainsFunc(agent.divisions, isWanted) })
		if i >= 0 {
			if err := s.assign(room, free[i], defaultMaxAgents, false, false); err != nil {
				return nil, err
			}
		}
	}
	s.endBotsTurn(room)
	return nil, nil // an empty body
}

func (s *Sandbox) endBotsTurn(room *room) {
	room.handledByBot = false
	room.updated = s.now()
}
