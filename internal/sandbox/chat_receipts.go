package sandbox

import "slices"

// This file tells how far messages have come. What somebody has read or received is one
// number for each room: the newest message, and all before it.

// authorOf is who wrote a message of a room, on the chat server; nil for the platform.
func (s *state) authorOf(room *conversation, said Message) *chatUser {
	switch said.Author {
	case AuthorCustomer:
		user, _ := s.findChatUser(room.inbox.userID)
		return user
	case AuthorBot:
		return s.staffUser(s.admin())
	case AuthorAgent:
		for _, member := range s.staff {
			if member.Email == said.Sender {
				return s.staffUser(member)
			}
		}
		return s.staffUser(s.admin()) // who has another address by now
	default:
		user, _ := s.findChatUser(said.Sender)
		return user
	}
}

// writer is who wrote a message. The platform itself writes as the app's own account,
// under the name that it gives itself.
func (s *state) writer(room *conversation, said Message) *chatUser {
	if author := s.authorOf(room, said); author != nil {
		return author
	}
	own := s.staffUser(s.admin())
	return &chatUser{id: own.id, userID: said.Sender, username: said.Name, avatar: own.picture(), active: true}
}

// wrote tells whether a user wrote a message.
func (s *state) wrote(room *conversation, said Message, user *chatUser) bool {
	author := s.authorOf(room, said)
	return author != nil && author.id == user.id
}

// cleared is the newest message of a room that a user no longer sees.
func (c *conversation) cleared(user *chatUser) int64 {
	if member := c.member(user); member != nil {
		return member.cleared
	}
	return 0
}

// hasRead is the newest message of a room that a user has read, and received. In a
// customer's room, what one of the staff has read all of them have.
func (s *state) hasRead(room *conversation, user *chatUser) (read, received int64) {
	if member := room.member(user); member != nil {
		read, received = member.read, member.delivered
	}
	if room.inbox != nil && user.staff != nil {
		read = max(read, room.inbox.readUpTo)
	}
	return read, max(read, received)
}

// reach tells how far a message has come with one of those who take part in its room.
func (s *Sandbox) reach(room *conversation, said Message, user *chatUser) string {
	isPlayed := room.inbox != nil && user.userID == room.inbox.userID && !user.hasLoggedIn()
	if isPlayed && said.Author != AuthorCustomer {
		return s.status(room.inbox, said, s.now())
	}
	switch read, received := s.state.hasRead(room, user); {
	case room.isChannel() || !said.visibleTo(user):
		return MessageSent
	case said.ID <= read:
		return MessageRead
	case said.ID <= received:
		return MessageDelivered
	default:
		return MessageSent
	}
}

// chatStatus tells how far a message has come with all others who take part: as far as
// with the last of them. In a customer's room it is as far as the inbox tells.
func (s *Sandbox) chatStatus(room *conversation, said Message) string {
	if room.inbox != nil {
		return s.status(room.inbox, said, s.now())
	}
	if room.isChannel() {
		return MessageSent
	}
	status, hasOthers := MessageRead, false
	for _, member := range room.chat.members {
		if !member.joined || s.state.wrote(room, said, member.user) {
			continue
		}
		hasOthers = true
		switch s.reach(room, said, member.user) {
		case MessageSent:
			return MessageSent
		case MessageDelivered:
			status = MessageDelivered
		}
	}
	if !hasOthers {
		return MessageSent
	}
	return status
}

// customersReceipt tells how far a message has come with the customer of a room, if that
// customer uses the chat server: it is known then, and not played.
func (s *state) customersReceipt(room *room, said Message) (status string, isKnown bool) {
	user, ok := s.findChatUser(room.userID)
	if !ok || !user.hasLoggedIn() {
		return "", false
	}
	switch read, received := s.hasRead(&room.conversation, user); {
	case said.ID <= read:
		return MessageRead, true
	case said.ID <= received:
		return MessageDelivered, true
	default:
		return MessageSent, true
	}
}

// countUnread counts the messages of others that a user has not read in a room. What the
// platform says by itself does not count.
func (s *Sandbox) countUnread(room *conversation, user *chatUser, wanted func(Message) bool) int {
	read, _ := s.state.hasRead(room, user)
	seen := max(read, room.cleared(user))
	count := 0
	for _, said := range slices.Backward(room.messages) {
		if said.ID <= seen {
			break
		}
		counts := said.Type != systemEvent && said.visibleTo(user) && wanted(said)
		if counts && !s.state.wrote(room, said, user) && s.reach(room, said, user) != MessageRead {
			count++
		}
	}
	return count
}

// anyMessage is wanted where all are.
func anyMessage(Message) bool { return true }

// mark notes that a user has received and read messages up to two of a room, and tells
// whether that is new. In a channel nobody is told of it.
func (s *Sandbox) mark(room *conversation, user *chatUser, received, read int64) (changed bool) {
	received, read = room.newestUpTo(received, user), room.newestUpTo(read, user)
	received = max(received, read)
	hadRead, hadReceived := s.state.hasRead(room, user)
	if received <= hadReceived && read <= hadRead {
		return false
	}
	member := s.state.memberOf(room, user)
	member.delivered, member.read = max(member.delivered, received), max(member.read, read)
	if room.inbox != nil && user.staff != nil {
		room.inbox.readUpTo = max(room.inbox.readUpTo, read)
		s.state.touchRoom(room.inbox)
	}
	if room.isChannel() {
		return true
	}
	if received > hadReceived {
		s.tellReceived(chatDelivered, room, user, received)
	}
	if read > hadRead {
		s.tellReceived(chatRead, room, user, read)
	}
	return true
}

// newestUpTo is the newest message with an id up to another that a user may see; 0 when
// there is none.
func (c *conversation) newestUpTo(id int64, user *chatUser) int64 {
	count, isOne := c.indexOf(id)
	if isOne {
		count++
	}
	for _, said := range slices.Backward(c.messages[:count]) {
		if said.visibleTo(user) {
			return said.ID
		}
	}
	return 0
}

func (s *Sandbox) tellReceived(kind chatEventKind, room *conversation, by *chatUser, id int64) {
	i, _ := room.indexOf(id)
	said := room.messages[i]
	s.state.happen(chatEvent{kind: kind, room: room, message: said, by: by, news: s.state.addNews(chatNews{
		kind: kind, at: s.now(), room: room, by: by, comment: id, uniqueIDs: []string{s.state.messageID(room, said)},
	})})
}
