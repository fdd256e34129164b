package sandbox

import (
	"slices"
	"time"
)

// How many tokens and devices of one user are remembered; more devices than one user has.
const (
	maxChatTokens  = 100
	maxChatDevices = 100
)

// chatToken is a user's token for the chat server.
type chatToken struct {
	text    string
	refresh string    // gives a new one, once; "" for one that does not expire
	expires time.Time // zero when it does not
}

// isLive tells whether a token works at a time.
func (t chatToken) isLive(now time.Time) bool { return t.expires.IsZero() || now.Before(t.expires) }

// liveTokens are the tokens of a user that work at a time, the oldest first.
func (u *chatUser) liveTokens(now time.Time) []string {
	var live []string
	for _, token := range u.tokens {
		if u.active && token.isLive(now) {
			live = append(live, token.text)
		}
	}
	return live
}

// issueChatToken gives a user a new token, beside those that there are: whether the
// platform gives each device its own is not known, and a client cannot tell.
func (s *state) issueChatToken(user *chatUser, now time.Time) chatToken {
	issued := chatToken{text: newSecret("ct")}
	if life := s.settings.chatTokenLife; life > 0 {
		issued.refresh, issued.expires = newSecret("cr"), now.Add(life)
	}
	if len(user.tokens) == maxChatTokens {
		s.voidChatToken(user, user.tokens[0].text)
	}
	user.tokens = append(user.tokens, issued)
	s.chat.tokens[issued.text] = user
	s.keepChatUser(user)
	return issued
}

// chatTokenOf is the newest token of a user that works, or a new one.
func (s *state) chatTokenOf(user *chatUser, now time.Time) chatToken {
	for _, token := range slices.Backward(user.tokens) {
		if token.isLive(now) {
			return token
		}
	}
	return s.issueChatToken(user, now)
}

// voidChatToken forgets a user's token.
func (s *state) voidChatToken(user *chatUser, text string) {
	user.tokens = slices.DeleteFunc(user.tokens, func(one chatToken) bool { return one.text == text })
	delete(s.chat.tokens, text)
	s.touch(user)
}

// voidChatTokens forgets all tokens of a user.
func (s *state) voidChatTokens(user *chatUser) {
	for _, token := range slices.Clone(user.tokens) {
		s.voidChatToken(user, token.text)
	}
}

// expireChatToken lets a token expire before its time.
func (s *state) expireChatToken(user *chatUser, text string, now time.Time) {
	for i := range user.tokens {
		if token := &user.tokens[i]; token.text == text {
			token.expires = now
		}
	}
	s.touch(user)
}

// refreshChatToken gives a new token for the one that a refresh token belongs to, which
// has expired then. A refresh token works once: whether the platform's work twice is not
// known.
func (s *state) refreshChatToken(user *chatUser, refresh string, now time.Time) (issued chatToken, ok bool) {
	i := slices.IndexFunc(user.tokens, func(one chatToken) bool { return one.refresh != "" && one.refresh == refresh })
	if i < 0 || !user.active {
		return chatToken{}, false
	}
	user.tokens[i].expires, user.tokens[i].refresh = now, ""
	return s.issueChatToken(user, now), true
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
