package sandbox

import (
	"cmp"
	"net/http"
	"slices"
)

// unserved are the rooms whose customers wait for an agent, the longest first:
// those with an open session and nobody in them.
func (s *state) unserved() []*room {
	var waiting []*room
	for _, room := range s.rooms {
		if room.service != nil && !room.resolved() && len(room.agents) == 0 {
			waiting = append(waiting, room)
		}
	}
	slices.SortFunc(waiting, func(a, b *room) int { return cmp.Compare(a.service.id, b.service.id) })
	return waiting
}

// takeOverUnresolvedRoom puts the caller into the room that has waited longest.
// Whoever is signed in may ask, also while offline: the platform's rule is not
// known.
func (s *Sandbox) takeOverUnresolvedRoom(r *request) (any, error) {
	waiting := s.state.unserved()
	if len(waiting) == 0 {
		// The reason stands in bare text here; its wording is not recorded.
		return nil, &refusedError{
			status: http.StatusBadRequest, body: object{"errors": "there is no unserved customer"},
		}
	}
	if err := s.assign(waiting[0], r.caller.user, defaultMaxAgents, false, true); err != nil {
		return nil, err
	}
	return nil, nil // an empty body
}

func (s *Sandbox) countUnresolvedRooms(*request) (any, error) {
	return data(object{"total_unresolved": len(s.state.unserved())}), nil
}

// countUnservedRooms answers agents under another name than the others. That an
// agent's number is that of the whole app is a guess.
func (s *Sandbox) countUnservedRooms(r *request) (any, error) {
	name := "total_unserved"
	if text(r.parameters["role"]) == "agent" {
		name = "total_unresolved"
	}
	return data(object{name: len(s.state.unserved())}), nil
}
