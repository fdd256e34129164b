package sandbox

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

func hasUser(users []*chatUser, wanted *chatUser) bool {
	for _, user := range users {
		if user.id == wanted.id {
			return true
		}
	}
	return false
}
