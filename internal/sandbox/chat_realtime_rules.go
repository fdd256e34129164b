package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// RealtimeRules are the rules of a broker that [Sandbox.SetRealtime] is given.
func (s *Sandbox) RealtimeRules() realtime.Rules {
	return realtime.Rules{Connect: s.mayConnect, Subscribe: s.maySubscribe, Publish: s.hear}
}

// brokerLogin is the user name and the password with which a user connects to the broker.
// Nobody who does not know the secret key can make them up, and so they need not be kept.
func (s *Sandbox) brokerLogin(user *chatUser) (name, password string) {
	sum := hmac.New(sha256.New, []byte(s.config.SecretKey))
	sum.Write([]byte("broker " + user.userID))
	return user.userID, hex.EncodeToString(sum.Sum(nil))
}

// mayConnect tells who connects. Some clients show nothing, which Config.RefuseAnonymous
// forbids; older ones show the user's token as the password.
func (s *Sandbox) mayConnect(login realtime.Login) (userID string, allowed bool) {
	if login.UserName == "" && login.Password == "" {
		return "", !s.config.RefuseAnonymous
	}
	s.look(func() {
		user, isUser := s.state.findChatUser(login.UserName)
		if !isUser || !user.active {
			return
		}
		_, password := s.brokerLogin(user)
		owner, isLive := s.state.userOfToken(login.Password, s.now())
		allowed = hmac.Equal([]byte(login.Password), []byte(password)) || isLive && owner.id == user.id
	})
	if !allowed {
		return "", false
	}
	return login.UserName, true
}

// maySubscribe tells whether a client may hear of something: of what is a user's own, who
// knows a token of the user's that works, and is nobody else; of a room, whoever takes
// part in it; and of a channel and of who is online, everybody. Of a client that did not
// say who it is, the platform cannot know whether it takes part.
func (s *Sandbox) maySubscribe(client realtime.Client, to realtime.Topic) (allowed bool) {
	s.look(func() {
		switch to.Kind {
		case realtime.Messages, realtime.Updates, realtime.Notices:
			owner, isLive := s.state.userOfToken(to.Token, s.now())
			allowed = isLive && isOrUnknown(client, owner.userID)
		case realtime.ChannelMessages:
			room, isRoom := s.state.chat.byUniqueID[to.Channel]
			allowed = to.App == s.config.AppCode && isRoom && room.isChannel()
		case realtime.Presence:
			_, allowed = s.state.findChatUser(to.User)
		default:
			room, err := s.state.chatRoomWith(to.Room)
			allowed = err == nil && s.isInOrUnknown(client, room)
		}
	})
	return allowed
}

// isOrUnknown tells whether a client can be a user.
func isOrUnknown(client realtime.Client, userID string) bool {
	return client.User == "" || client.User == userID
}

// isInOrUnknown tells whether a client can be somebody who takes part in a room, or may
// as anybody in a channel.
func (s *Sandbox) isInOrUnknown(client realtime.Client, room *conversation) bool {
	if client.User == "" || room.isChannel() {
		return true
	}
	user, isUser := s.state.findChatUser(client.User)
	return isUser && s.state.takesPart(room, user)
}

// hear tells what is told of something that a client publishes: whether a user is online,
// by the time of the platform; and as it is, whether a user types in a room that the user
// takes part in, and events of the clients' own.
func (s *Sandbox) hear(client realtime.Client, to realtime.Topic, payload []byte) (told []byte, allowed bool) {
	s.look(func() {
		user, isUser := s.state.findChatUser(to.User)
		switch to.Kind {
		case realtime.Presence:
			online, isPresence := realtime.ParsePresence(payload)
			if allowed = isPresence && isUser && isOrUnknown(client, user.userID); allowed {
				told = s.realtime.note(user.userID, online, s.now()).payload()
			}
		case realtime.Typing:
			room, err := s.state.chatRoomWith(to.Room)
			isTyping := string(payload) == "0" || string(payload) == "1"
			allowed = err == nil && isTyping && isUser && isOrUnknown(client, user.userID) && s.state.takesPart(room, user)
			told = payload
		case realtime.Events:
			room, err := s.state.chatRoomWith(to.Room)
			allowed = err == nil && s.isInOrUnknown(client, room)
			told = payload
		}
	})
	return told, allowed
}
