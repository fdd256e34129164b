package sandbox

// customerSays adds a customer's message to a room and sets off the webhooks
// that follow from it. The platform does not define their order; here it is
// whatsAppForwardMessage, newSession, botMessage, customAgentAllocation. What a
// blocked customer says is lost.
func (s *Sandbox) customerSays(room *room, said Message) Message {
	if s.state.book.blocked[room.customer()] {
		return Message{}
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
	if to := s.state.forwardOf(room.channel); to.set() {
		s.post("whatsAppForwardMessage", to, room.id, s.forwardedMessage(room, said))
	}
	if isNewSession && s.wants(set.newSession) {
		s.post("newSession", set.newSession, room.id, s.newSessionBody(room, said))
	}
	isForBot := said.NotForBot == "" || said.NotForBot == NoBot && len(room.agents) == 0
	if isForBot && s.wants(set.bot) {
		s.post("botMessage", set.bot, room.id, s.botMessageBody(room, said))
	}
	if len(room.agents) == 0 && s.wants(set.allocation) && !set.allocates() {
		s.callForAgent(room, isNewSession)
	}
	s.respond(room, isNewSession)
	s.allocate(room)
	return said
}

// callForAgent asks the allocator for an agent: with each message that a customer
// writes until one has joined. Under load each call was seen to come twice.
func (s *Sandbox) callForAgent(room *room, isNewSession bool) {
	body := s.allocationBody(room, isNewSession)
	s.post("customAgentAllocation", s.state.settings.allocation, room.id, body)
	if s.config.DoubleAllocation {
		s.post("customAgentAllocation", s.state.settings.allocation, room.id, body)
	}
}

// wasSaid sets off what follows from a message to a customer, whoever wrote it. It is
// called for all of them, where they are added to the room.
func (s *Sandbox) wasSaid(room *room, said Message) {
	if to := s.state.hookOf(room.channel); to.set() {
		s.post("customChannelMessage", to, room.id, s.channelMessageBody(room, said, s.author(said)))
	}
	if said.Type != "system_event" { // of which WhatsApp is told nothing
		s.trackStatus(room, said)
	}
}

// author is who wrote a message to a customer, on the chat server. The platform
// itself has the app's account there.
func (s *Sandbox) author(said Message) participant {
	for _, member := range s.state.staff {
		if said.Author != AuthorSystem && member.Email == said.Sender {
			return staffParticipant(member)
		}
	}
	if user, ok := s.state.findChatUser(said.Sender); ok && said.Author == AuthorUser {
		return participant{user.id, user.userID, user.name(), user.picture()}
	}
	account := s.ownAccount()
	account.name = said.Name
	return account
}

// announceResolve tells that a room's session was resolved.
func (s *Sandbox) announceResolve(room *room, by *staff) {
	s.post("markAsResolved", s.state.settings.resolve, room.id, s.resolvedBody(room, by))
}

// announceLogout tells that a user logged out.
func (s *Sandbox) announceLogout(user *staff) {
	s.post("userLogout", s.state.settings.auth, "", s.logoutBody(user, s.now()))
}

// wants tells whether a webhook is to be made: it has somewhere to go, or is shown to
// people.
func (s *Sandbox) wants(to webhook) bool {
	return to.set() || s.config.ShowUnsent && s.config.Remember > 0
}

// post queues a webhook if it is wanted. Webhooks of one room are delivered one after
// the other.
func (s *Sandbox) post(event string, to webhook, roomID string, body object) {
	if !s.wants(to) {
		return
	}
	next := delivery{event: event, roomID: roomID, customer: s.state.customerOf(roomID), url: to.url, body: encode(body)}
	if to.set() {
		s.outbox = append(s.outbox, func() { s.deliveries.add(roomID, next) })
		return
	}
	next.url = ""
	entry := s.deliveries.entry(next, 0)
	s.outbox = append(s.outbox, func() {
		entry.Problems = webhookProblems(event, next.body)
		s.timeline.Add(entry)
	})
}
