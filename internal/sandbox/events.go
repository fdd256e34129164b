package sandbox

import "time"

// customerSays adds a customer's message to a room and sets off the webhooks
// that follow from it. The platform does not define their order; here it is
// newSession, botMessage, customAgentAllocation. What a blocked customer says is
// lost.
func (s *Sandbox) customerSays(room *room, said Message) {
	if s.state.book.blocked[room.customer()] {
		return
	}
	now := s.now()
	isNewSession := room.service == nil || room.resolved()
	if isNewSession {
		s.state.openService(room, now)
	}
	said.Author, said.Sender, said.Name = AuthorCustomer, room.userID, room.name
	said.NotForBot = s.state.notForBot(room)
	said = s.state.say(room, said, now)

	set := s.state.settings
	if isNewSession {
		s.post("newSession", set.newSession, room.id, s.newSessionBody(room, said))
	}
	if said.NotForBot == "" {
		s.post("botMessage", set.bot, room.id, s.botMessageBody(room, said))
	}
	if len(room.agents) == 0 {
		s.post("customAgentAllocation", set.allocation, room.id, s.allocationBody(room, isNewSession))
	}
	s.respond(room, isNewSession)
	s.allocate(room)
}

// announceResolve tells that a room's session was resolved.
func (s *Sandbox) announceResolve(room *room, by *staff) {
	s.post("markAsResolved", s.state.settings.resolve, room.id, s.resolvedBody(room, by))
}

// announceLogout tells that a user logged out.
func (s *Sandbox) announceLogout(user *staff) {
	s.post("userLogout", s.state.settings.auth, "", s.logoutBody(user, s.now()))
}

// post queues a webhook if it is switched on. Webhooks of one room are
// delivered one after the other.
func (s *Sandbox) post(event string, to webhook, roomID string, body object) {
	if to.set() {
		s.deliveries.add(roomID, delivery{event: event, url: to.url, body: encode(body)})
	}
}

// logoutBody mixes two forms of time, as the platform does.
func (s *Sandbox) logoutBody(user *staff, now time.Time) object {
	return object{
		"type": "auth",
		"payload": object{
			"action":    "logout",
			"timestamp": now.Unix(),
			"user": object{
				"id": user.ID, "email": user.Email, "name": user.Name, "type": user.Type,
				"type_as_string": user.Type.String(), "is_available": user.available, "is_verified": true,
				"force_offline": false, "avatar_url": nullable(user.avatar), "created_at": unzoned(s.state.made),
				"updated_at": unzoned(s.state.made), "last_login": zoned(user.lastLogin),
				"sdk_email": s.sdkEmail(user), "sdk_key": sdkKey(user),
			},
		},
	}
}
