package sandbox

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// maxSynced is how much is told at once of what somebody has missed.
const maxSynced = 1000

func (s *Sandbox) chatSyncHandlers() map[string]handler {
	return map[string]handler{
		"sdkSync":          s.sdkSync,
		"sdkSyncEvent":     s.sdkSyncEvent,
		"sdkCheckRealtime": s.sdkCheckRealtime,
		"sdkGetMqttConfig": s.sdkGetMqttConfig,
		"sdkReportEvent":   func(*request) (any, error) { return nil, nil }, // an empty body
	}
}

// sdkSync gives the oldest of all messages after one, in order.
func (s *Sandbox) sdkSync(r *request) (any, error) {
	user := r.caller.chatUser
	after, _ := number(r.parameters["last_received_comment_id"])
	limit := min(positive(r.parameters["limit"], defaultRows), maxSynced)
	rows, last := []object{}, after
	for _, one := range s.missed(user, after, limit) {
		row := s.commentRow(one.room, one.said)
		row["chat_type"] = row["room_type"]
		rows, last = append(rows, row), one.said.ID
	}
	return results(object{
		"comments": rows, "meta": object{"last_received_comment_id": last, "need_clear": false},
	}), nil
}

// missed are the oldest of what was said to a user after a message, at most so many. Of
// many rooms, no more than that many times two are held at once.
func (s *Sandbox) missed(user *chatUser, after int64, most int) []found {
	var oldest []found
	newest := int64(math.MaxInt64) // of those that may still be among the oldest
	for room := range s.missedRooms(user, after) {
		seen := s.state.seen(room, user)
		place, isOne := slices.BinarySearchFunc(seen, after, byID)
		if isOne {
			place++
		}
		for _, said := range seen[place:min(place+most, len(seen))] {
			if said.ID > newest {
				break
			}
			oldest = append(oldest, found{room, said})
		}
		if len(oldest) >= 2*most {
			oldest = oldestOf(oldest, most)
			newest = oldest[most-1].said.ID
		}
	}
	return oldestOf(oldest, most)
}

// oldestOf are the oldest of some messages, in order.
func oldestOf(all []found, most int) []found {
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.said.ID, b.said.ID) })
	return all[:min(most, len(all))]
}

// byID finds a message by its id.
func byID(said Message, id int64) int { return cmp.Compare(said.ID, id) }

// missedRooms are the rooms in which something was said after a message. The staff's come
// by their last message, and so those after the first that is older need not be looked at.
func (s *Sandbox) missedRooms(user *chatUser, after int64) iter.Seq[*conversation] {
	return func(yield func(*conversation) bool) {
		for room := range s.state.inboxRoomsOf(user) {
			isMissed := room.lastID() > after
			if !isMissed && user.staff != nil && len(room.messages) > 0 {
				break
			}
			if isMissed && !yield(room) {
				return
			}
		}
		for room := range s.state.joinedRoomsOf(user) {
			if room.lastID() > after && !yield(room) {
				return
			}
		}
	}
}

// sdkSyncEvent is not wrapped as other answers are.
func (s *Sandbox) sdkSyncEvent(r *request) (any, error) {
	start, _ := number(r.parameters["start_event_id"])
	news, isFound := s.state.newsAfter(start)
	rows := []object{}
	for _, one := range news {
		if len(rows) < maxSynced && one.concerns(s.state, r.caller.chatUser) {
			rows = append(rows, s.notification(one))
		}
	}
	return object{"events": rows, "is_start_event_id_found": isFound}, nil
}

func (s *Sandbox) sdkCheckRealtime(r *request) (any, error) {
	return results(object{"status": s.realtime.subscribed(text(r.body["topic"]))}), nil
}

func (s *Sandbox) sdkGetMqttConfig(r *request) (any, error) {
	name, password := s.brokerLogin(r.caller.chatUser)
	return results(object{"username": name, "password": password}), nil
}
