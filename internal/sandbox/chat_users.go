package sandbox

import (
	"strings"
	"time"
)

// staffChatID is the user id of a member of the staff on the chat server. The
// admin's is the app's own account, which the bot writes as.
func (s *state) staffChatID(member *staff) string {
	if member.Type == TypeAdmin {
		return s.ownChatID()
	}
	prefix, _, _ := strings.Cut(s.appCode, "-")
	return prefix + "_" + member.chatEmail
}

// ownChatID is the user id of the app's own account on the chat server.
func (s *state) ownChatID() string { return s.appCode + "_admin@qismo.com" }

// findChatUser finds a user to look at. A customer who has not logged in is made up of
// what the inbox knows, and forgotten again: who is to be changed comes from
// chatUser.
func (s *state) findChatUser(userID string) (*chatUser, bool) {
	if known, ok := s.chat.users[userID]; ok {
		return known, true
	}
	if customer, ok := s.book.byUser[userID]; ok {
		return &chatUser{
			id: customer.id, userID: userID, active: true, customer: customer,
			created: customer.rooms[0].created, updated: customer.rooms[0].created,
		}, true
	}
	return nil, false
}

// chatUser finds a user who may be changed.
func (s *state) chatUser(userID string) (*chatUser, bool) {
	user, ok := s.findChatUser(userID)
	if ok {
		s.chat.users[user.userID] = user
		s.touch(user)
	}
	return user, ok
}

// staffUser is the user that a member of the staff is.
func (s *state) staffUser(member *staff) *chatUser { return s.chat.users[s.staffChatID(member)] }

// addStaffUser makes a member of the staff a user, with the key that the inbox tells as
// password and as token.
func (s *state) addStaffUser(member *staff) {
	userID := s.staffChatID(member)
	if _, isKnown := s.chat.users[userID]; isKnown {
		return
	}
	made := &chatUser{
		id: member.ID + sdkUserOffset, userID: userID, password: sdkKey(member), active: true, staff: member,
		tokens: []chatToken{{text: sdkKey(member)}}, created: s.made, updated: s.made,
	}
	s.chat.users[userID] = made
	s.chat.tokens[sdkKey(member)] = made
}

// userOfToken tells whose a token is, and whether it still works.
func (s *state) userOfToken(token string, now time.Time) (user *chatUser, isLive bool) {
	user, ok := s.chat.tokens[token]
	if !ok {
		return nil, false
	}
	for _, issued := range user.tokens {
		if issued.text == token {
			return user, issued.isLive(now) && user.active
		}
	}
	return nil, false
}
