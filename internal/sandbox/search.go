package sandbox

import "strings"

// RoomSearch says which rooms are wanted; the zero value wants all.
type RoomSearch struct {
	// Words must stand in the room's id, or in the customer's name or id, in capitals
	// or not.
	Words string
	// State is the one that a room is in; any when it is empty.
	State RoomState
}

// searchStretch is how many rooms are looked at before others get their turn: with
// a million of them, a search must not hold up the calls of the API.
const searchStretch = 5_000

// SearchRooms returns the rooms that are wanted, at most so many, those with the
// newest messages first. A room that becomes active while the search is under way
// may be missing.
func (s *Sandbox) SearchRooms(search RoomSearch, limit int) []RoomSnapshot {
	search.Words = strings.ToLower(search.Words)
	var found []RoomSnapshot
	for position := int64(0); len(found) < limit; {
		stretch, last := s.searchStretch(search, position, limit-len(found))
		found = append(found, stretch...)
		if last == 0 {
			break
		}
		position = last
	}
	return found
}

// searchStretch searches some rooms, from below a position on (0 for the newest). It
// tells the position of the last one that it looked at, 0 at the end.
func (s *Sandbox) searchStretch(search RoomSearch, below int64, limit int) (found []RoomSnapshot, last int64) {
	s.look(func() {
		rooms := &s.state.rooms
		if below == 0 {
			below = int64(rooms.activities) + 1
		}
		looked := 0
		rooms.byActivity.Descend(below-1, func(activity int64, room *room) bool {
			if len(found) == limit || looked == searchStretch {
				last = activity + 1
				return false
			}
			looked++
			if s.wanted(room, search) {
				found = append(found, s.snapshot(room))
			}
			return true
		})
	})
	return found, last
}

func (s *Sandbox) wanted(room *room, search RoomSearch) bool {
	if search.State != "" && s.roomState(room) != search.State {
		return false
	}
	return search.Words == "" || strings.Contains(room.id, search.Words) ||
		strings.Contains(strings.ToLower(room.name), search.Words) ||
		strings.Contains(strings.ToLower(room.userID), search.Words)
}
