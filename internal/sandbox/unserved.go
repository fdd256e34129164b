package sandbox

import (
	"iter"
	"net/http"
)

// unserved are the rooms whose customers wait for an agent, in no order: those with
// an open session and nobody in them.
func (s *state) unserved() iter.Seq[*room] {
	return func(yield func(*room) bool) {
		for _, room := range s.rooms.all() {
			if room.service != nil && !room.resolved() && len(room.agents) == 0 && !yield(room) {
				return
			}
		}
	}
}

// countUnserved is the number of the rooms whose customers wait.
func (s *state) countUnserved() int {
	count := 0
	for range s.unserved() {
		count++
	}
	return count
}

// longestUnserved is the room whose customer waits longest; nil when nobody waits.
func (s *state) longestUnserved() *room {
	var longest *room
	for room := range s.unserved() {
		if longest == nil || room.service.id < longest.service.id {
			longest = room
		}
	}
	return longest
}

// takeOverUnresolvedRoom puts the caller into the room that has waited longest.
// Whoever is signed in may ask, also while offline: the platform's rule is not
// known.
func (s *Sandbox) takeOverUnresolvedRoom(r *request) (any, error) {
	if !s.state.settings.switches.takeover {
		return nil, noTakeOver("agent takeover is disabled")
	}
	room := s.state.longestUnserved()
	if room == nil {
		return nil, noTakeOver("there is no unserved customer")
	}
	if err := s.assign(room, r.caller.user, defaultMaxAgents, false, true); err != nil {
		return nil, err
	}
	return nil, nil // an empty body
}

// noTakeOver has its reason in bare text; the wordings are not recorded.
func noTakeOver(why string) *refusedError {
	return &refusedError{status: http.StatusBadRequest, body: object{"errors": why}}
}

func (s *Sandbox) countUnresolvedRooms(*request) (any, error) {
	return data(object{"total_unresolved": s.state.countUnserved()}), nil
}

// countUnservedRooms answers agents under another name than the others. That an
// agent's number is that of the whole app is a guess.
func (s *Sandbox) countUnservedRooms(r *request) (any, error) {
	name := "total_unserved"
	if text(r.parameters["role"]) == "agent" {
		name = "total_unresolved"
	}
	return data(object{name: s.state.countUnserved()}), nil
}
