package sandbox

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"
)

// newUUID makes up a random id in the form of a UUID.
func newUUID() string {
	var bits [16]byte
	_, _ = rand.Read(bits[:]) // which does not fail
	bits[6], bits[8] = bits[6]&0x0f|0x40, bits[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", bits[:4], bits[4:6], bits[6:8], bits[8:10], bits[10:])
}

// chatRoomWith finds a room by its id, the inbox's or not.
func (s *state) chatRoomWith(id string) (*conversation, error) {
	if room, ok := s.rooms.find(id); ok {
		s.touchRoom(room)
		return &room.conversation, nil
	}
	if room, ok := s.chat.rooms.find(id); ok {
		s.touch(room)
		return room, nil
	}
	return nil, notFound("room")
}

// chatRoomNamed finds a room by its unique id.
func (s *state) chatRoomNamed(uniqueID string) (*conversation, error) {
	if room, ok := s.chat.byUniqueID[uniqueID]; ok {
		s.touch(room)
		return room, nil
	}
	if id, isInbox := strings.CutPrefix(uniqueID, s.appCode+"-"); isInbox {
		return s.chatRoomWith(id)
	}
	return nil, notFound("room")
}

// chatRoom finds a room by its id or its unique id.
func (s *state) chatRoom(name string) (*conversation, error) {
	if room, err := s.chatRoomWith(name); err == nil {
		return room, nil
	}
	return s.chatRoomNamed(name)
}

// uniqueIDOf is the unique id of a room. That of a customer's room is made of its id.
func (s *state) uniqueIDOf(room *conversation) string {
	if room.inbox != nil {
		return s.appCode + "-" + room.id
	}
	return room.chat.uniqueID
}

// optionsOf is what the app keeps with a room, as JSON inside text.
func optionsOf(room *conversation) string {
	if room.inbox != nil {
		return jsonText(roomOptions(room.inbox))
	}
	return room.chat.options
}

// chatRoomPlan is a room to be made.
type chatRoomPlan struct {
	kind                           chatRoomKind
	uniqueID                       string // made up when empty
	name, avatar, options, creator string
	created                        time.Time
}

// addChatRoom makes a room that the inbox does not have.
func (s *state) addChatRoom(plan chatRoomPlan) *conversation {
	made := &conversation{
		id: text(s.chat.rooms.next()), name: plan.name, avatar: plan.avatar, created: plan.created, updated: plan.created,
		chat: &chatRoom{
			kind: plan.kind, uniqueID: orDefault(plan.uniqueID, newUUID()), options: orDefault(plan.options, "{}"),
			creator: plan.creator,
		},
	}
	s.chat.rooms.add(made)
	s.chat.byUniqueID[made.chat.uniqueID] = made
	s.touch(made)
	return made
}

// singleRoomOf finds the room of two users, or makes it.
func (s *state) singleRoomOf(one, other *chatUser, options string, now time.Time) (*conversation, error) {
	if one.id == other.id {
		return nil, badRequest("a room of two needs two users")
	}
	for _, room := range one.rooms {
		if room.isSingle() && room.member(other) != nil {
			s.touch(room)
			return room, nil
		}
	}
	made := s.addChatRoom(chatRoomPlan{
		kind: singleRoom, name: one.userID + " " + other.userID, options: options, creator: one.userID, created: now,
	})
	_, err := s.join(made, []*chatUser{one, other})
	return made, err
}

// groupOf makes a group.
func (s *state) groupOf(plan chatRoomPlan, users []*chatUser) (*conversation, error) {
	if len(users) > maxGroup {
		return nil, tooMany(maxGroup)
	}
	plan.kind = groupRoom
	made := s.addChatRoom(plan)
	_, err := s.join(made, users)
	return made, err
}

// channelOf finds a channel by its unique id, or makes it, and lets users join. It tells
// whether anything has changed.
func (s *state) channelOf(plan chatRoomPlan, users []*chatUser) (room *conversation, changed bool, err error) {
	room, missing := s.chatRoomNamed(plan.uniqueID) // a customer's room has one as well
	switch {
	case len(users) > maxChannel:
		return nil, false, tooMany(maxChannel)
	case missing != nil:
		plan.kind, plan.name = channelRoom, orDefault(plan.name, plan.uniqueID)
		room, changed = s.addChatRoom(plan), true
	case !room.isChannel():
		return nil, false, badRequest("unique_id is that of a room that is no channel")
	default:
		changed = s.describe(room, plan)
	}
	joined, err := s.join(room, users)
	return room, changed || len(joined) > 0, err
}

// describe changes what is not empty of a room's name, avatar, options and unique id, and
// tells whether that makes a difference.
func (s *state) describe(room *conversation, plan chatRoomPlan) (changed bool) {
	set := func(what *string, to string) {
		if to != "" && *what != to {
			*what, changed = to, true
		}
	}
	set(&room.name, plan.name)
	set(&room.avatar, plan.avatar)
	if room.inbox != nil {
		s.touchRoom(room.inbox)
		if members, isObject := fromJSONText(plan.options).(object); plan.options != "" && isObject {
			room.inbox.options, changed = members, true
		}
		return changed
	}
	set(&room.chat.options, plan.options)
	if plan.uniqueID != "" && plan.uniqueID != room.chat.uniqueID {
		delete(s.chat.byUniqueID, room.chat.uniqueID)
		room.chat.uniqueID, changed = plan.uniqueID, true
		s.chat.byUniqueID[plan.uniqueID] = room
	}
	s.touch(room)
	return changed
}

// seen are the messages of a room that a user sees, the oldest first.
func (s *state) seen(room *conversation, user *chatUser) []Message {
	first, isOne := room.indexOf(room.cleared(user))
	if isOne {
		first++
	}
	left := room.messages[first:]
	isHidden := func(said Message) bool { return !said.visibleTo(user) }
	if !room.isSingle() || !slices.ContainsFunc(left, isHidden) { // nobody is blocked elsewhere
		return left
	}
	var seen []Message
	for _, said := range left {
		if said.visibleTo(user) {
			seen = append(seen, said)
		}
	}
	return seen
}
