package sandbox

import (
	"cmp"
	"slices"
)

// How many can take part in a room.
const (
	maxGroup   = 100
	maxChannel = 5000
)

// participantsOf are those who take part in a room: in a customer's room the customer,
// the app's own account, the agents who serve, and whoever was added on the chat server.
func (s *state) participantsOf(room *conversation) []*chatUser {
	var all []*chatUser
	if room.inbox != nil {
		all = s.inboxParticipants(room.inbox)
	}
	if room.chat == nil {
		return all
	}
	known := len(all)
	for _, member := range room.chat.members {
		if member.joined && !hasUser(all[:known], member.user) {
			all = append(all, member.user)
		}
	}
	return all
}

// inboxParticipants are those of a customer's room whom the inbox has put there.
func (s *state) inboxParticipants(room *room) []*chatUser {
	all := make([]*chatUser, 0, 2+len(room.agents))
	if customer, ok := s.findChatUser(room.userID); ok {
		all = append(all, customer)
	}
	all = append(all, s.staffUser(s.admin()))
	for _, agent := range room.agents {
		if agent != s.admin() {
			all = append(all, s.staffUser(agent))
		}
	}
	return all
}

// isInInbox tells whether the inbox has put a user into a room.
func (s *state) isInInbox(room *conversation, user *chatUser) bool {
	switch {
	case room.inbox == nil:
		return false
	case user.staff != nil:
		return user.staff == s.admin() || slices.Contains(room.inbox.agents, user.staff)
	default:
		return user.userID == room.inbox.userID
	}
}

// takesPart tells whether a user takes part in a room.
func (s *state) takesPart(room *conversation, user *chatUser) bool {
	member := room.member(user)
	return member != nil && member.joined || s.isInInbox(room, user)
}

func hasUser(users []*chatUser, wanted *chatUser) bool {
	return slices.ContainsFunc(users, func(user *chatUser) bool { return user.id == wanted.id })
}

// member is what a room knows of a user; nil for nothing.
func (c *conversation) member(user *chatUser) *chatMember {
	if c.chat == nil {
		return nil
	}
	for _, member := range c.chat.members {
		if member.user.id == user.id {
			return member
		}
	}
	return nil
}

// memberOf is what a room knows of a user, to be changed.
func (s *state) memberOf(room *conversation, user *chatUser) *chatMember {
	member := room.member(user)
	if member == nil {
		s.keepChatUser(user)
		member = &chatMember{number: s.chat.memberships.next(), user: user}
		s.enterMember(room, member)
	}
	s.touch(memberThing{room, member})
	return member
}

// enterMember puts a member into a room, and the room among those of the user.
func (s *state) enterMember(room *conversation, member *chatMember) {
	if room.chat == nil {
		room.chat = &chatRoom{kind: groupRoom}
	}
	room.chat.members = append(room.chat.members, member)
	user := member.user
	place, _ := slices.BinarySearchFunc(user.rooms, room.id, func(one *conversation, id string) int {
		return cmp.Compare(one.id, id)
	})
	user.rooms = slices.Insert(user.rooms, place, room)
}

// countParticipants counts who takes part in a room.
func (s *state) countParticipants(room *conversation) int {
	if room.inbox != nil {
		return len(s.participantsOf(room))
	}
	count := 0
	for _, member := range room.chat.members {
		if member.joined {
			count++
		}
	}
	return count
}

// join lets users take part in a room, those who do not yet, and returns them. What was
// said before counts as read by them: so nothing that all had read becomes unread.
func (s *state) join(room *conversation, users []*chatUser) (joined []*chatUser, err error) {
	for _, user := range users {
		if !s.takesPart(room, user) {
			joined = append(joined, user)
		}
	}
	most := maxGroup
	if room.isChannel() {
		most = maxChannel
	}
	if s.countParticipants(room)+len(joined) > most {
		return nil, tooMany(most)
	}
	for _, user := range joined {
		member := s.memberOf(room, user)
		member.joined = true
		member.delivered, member.read = room.lastID(), room.lastID()
	}
	return joined, nil
}

func tooMany(most int) *refusedError {
	return badRequest("a room of this kind has at most " + text(int64(most)) + " participants")
}

// leave takes users out of a room, those who take part on the chat server, and returns
// them. Whom the inbox has put there stays.
func (s *state) leave(room *conversation, users []*chatUser) (left []*chatUser) {
	for _, user := range users {
		if member := room.member(user); member != nil && member.joined {
			member.joined = false
			s.touch(memberThing{room, member})
			left = append(left, user)
		}
	}
	return left
}
