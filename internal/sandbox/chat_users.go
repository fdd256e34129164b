package sandbox

import (
	"iter"
	"slices"
	"strings"
	"time"
	"unicode"
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

// findChatUser finds a user to look at. A customer who has never logged in is made up of
// what the inbox knows, and forgotten again: who is to be changed comes from chatUser.
func (s *state) findChatUser(userID string) (*chatUser, bool) {
	if known, ok := s.chat.users[userID]; ok {
		return known, true
	}
	if customer, ok := s.book.byUser[userID]; ok {
		return userOfCustomer(userID, customer), true
	}
	return nil, false
}

func userOfCustomer(userID string, customer *contact) *chatUser {
	began := customer.rooms[0].created
	return &chatUser{
		id: customer.id, userID: userID, active: true, customer: customer, created: began, updated: began,
	}
}

// chatUser finds a user who may be changed.
func (s *state) chatUser(userID string) (*chatUser, error) {
	user, ok := s.findChatUser(userID)
	if !ok {
		return nil, notFound("user")
	}
	s.keepChatUser(user)
	return user, nil
}

// keepChatUser remembers a user, who is about to be changed.
func (s *state) keepChatUser(user *chatUser) {
	s.chat.users[user.userID] = user
	s.touch(user)
}

// chatUsersNamed finds all of some users, in their order and each once.
func (s *state) chatUsersNamed(userIDs []string) ([]*chatUser, error) {
	var all []*chatUser
	for _, userID := range userIDs {
		user, err := s.chatUser(userID)
		if err != nil {
			return nil, err
		}
		if !hasUser(all, user) {
			all = append(all, user)
		}
	}
	return all, nil
}

// registerChatUser finds a user or makes one, and writes the profile. What is empty or
// nil stays as it is.
func (s *state) registerChatUser(userID, username, avatar string, extras object, now time.Time) *chatUser {
	user, ok := s.findChatUser(userID)
	if !ok {
		user = &chatUser{id: s.chat.userIDs.next(), userID: userID, username: userID, active: true, created: now}
	}
	if username != user.name() { // what the inbox knows goes on with the inbox
		user.username = orDefault(username, user.username)
	}
	if avatar != user.picture() {
		user.avatar = orDefault(avatar, user.avatar)
	}
	if extras != nil {
		user.extras = extras
	}
	user.updated = now
	s.keepChatUser(user)
	return user
}

// isUserID tells whether a new user may have an id: of the signs that are neither letters
// nor digits, four. The inbox is not so strict with its customers'.
func isUserID(id string) bool {
	return !strings.ContainsFunc(id, func(sign rune) bool {
		isPlain := sign > unicode.MaxASCII || unicode.IsLetter(sign) || unicode.IsDigit(sign)
		return unicode.IsSpace(sign) || !isPlain && !strings.ContainsRune(".-_@", sign)
	})
}

func badUserID() *refusedError {
	return badRequest("a user id has no other symbols than . - _ @")
}

// staffUser is the user that a member of the staff is.
func (s *state) staffUser(member *staff) *chatUser { return s.chat.users[s.staffChatID(member)] }

// addStaffUser makes a member of the staff a user, unless that is done, with the key that
// the inbox tells as password and as token.
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

// allChatUsers are all users: those who are known by themselves, and the customers.
func (s *state) allChatUsers() iter.Seq[*chatUser] {
	return func(yield func(*chatUser) bool) {
		for _, user := range s.chat.users {
			if !yield(user) {
				return
			}
		}
		for userID, customer := range s.book.byUser {
			if _, isKnown := s.chat.users[userID]; !isKnown && !yield(userOfCustomer(userID, customer)) {
				return
			}
		}
	}
}

// newestRoom is the newest room of a customer; nil of somebody else.
func (u *chatUser) newestRoom() *room {
	if u.customer == nil {
		return nil
	}
	return u.customer.rooms[len(u.customer.rooms)-1]
}

// name is the name to show. The admin's account is the app's.
func (u *chatUser) name() string {
	switch newest := u.newestRoom(); {
	case u.username != "":
		return u.username
	case u.staff != nil && u.staff.Type == TypeAdmin:
		return companyName
	case u.staff != nil:
		return u.staff.Name
	case newest != nil:
		return newest.name
	default:
		return u.userID
	}
}

// picture is the address of the user's picture.
func (u *chatUser) picture() string {
	switch newest := u.newestRoom(); {
	case u.avatar != "":
		return u.avatar
	case u.staff != nil:
		return orDefault(u.staff.avatar, defaultAvatar)
	case newest != nil:
		return newest.avatar
	default:
		return defaultAvatar
	}
}

// hasLoggedIn tells whether somebody has ever used the chat server as this user.
func (u *chatUser) hasLoggedIn() bool { return len(u.tokens) > 0 }

// hasBlocked tells whether the user has blocked another one.
func (u *chatUser) hasBlocked(other *chatUser) bool { return slices.Contains(u.blocked, other.id) }

// roomsOf are the rooms that a user takes part in: those of the inbox by the time of their
// last message, the newest first, and then the others.
func (s *state) roomsOf(user *chatUser) iter.Seq[*conversation] {
	return func(yield func(*conversation) bool) {
		for room := range s.inboxRoomsOf(user) {
			if !yield(room) {
				return
			}
		}
		for room := range s.joinedRoomsOf(user) {
			if !yield(room) {
				return
			}
		}
	}
}

// joinedRoomsOf are the rooms that a user takes part in without the inbox.
func (s *state) joinedRoomsOf(user *chatUser) iter.Seq[*conversation] {
	return func(yield func(*conversation) bool) {
		for _, room := range user.rooms {
			if room.member(user).joined && !s.isInInbox(room, user) && !yield(room) {
				return
			}
		}
	}
}

// inboxRoomsOf are the rooms that the inbox has put a user into: a customer's own, those
// that an agent serves, and all of them for the app's own account.
func (s *state) inboxRoomsOf(user *chatUser) iter.Seq[*conversation] {
	return func(yield func(*conversation) bool) {
		if user.staff == nil && user.customer == nil {
			return
		}
		if user.staff == nil {
			for _, room := range slices.Backward(user.customer.rooms) {
				if !yield(&room.conversation) {
					return
				}
			}
			return
		}
		isAdmin := user.staff == s.admin()
		s.rooms.byActivity.Reverse(func(_ int64, room *room) bool {
			isIn := isAdmin || slices.Contains(room.agents, user.staff)
			return !isIn || yield(&room.conversation)
		})
	}
}
