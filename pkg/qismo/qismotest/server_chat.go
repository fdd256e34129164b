package qismotest

import (
	"context"
	"errors"
	"time"

	"github.com/qismo-go/qismo/pkg/chat"
)

// ChatServer makes a client of the app's chat server, with its secret key, that tries
// again what a [chat.Backoff] does, but without any wait; the options may say otherwise.
// The rooms and messages are those of the inbox, and more.
func (s *Server) ChatServer(options ...chat.Option) *chat.Server {
	s.t.Helper()
	client, err := chat.NewServer(s.AppID, s.SecretKey, s.chatOptions(options)...)
	if err != nil {
		s.t.Fatalf("%v", err)
		return nil
	}
	s.t.Cleanup(client.CloseIdleConnections)
	return client
}

// ChatUser makes a client of one user of the chat server, like [Server.ChatServer] does:
// of a customer by the customer's user id, of a member of the staff by theirs, and of
// anybody else, who is made by the first call. The broker is at the port of the API, and
// takes the user's token.
func (s *Server) ChatUser(userID string, options ...chat.Option) *chat.User {
	s.t.Helper()
	user, err := chat.NewUser(s.AppID, chat.IdentityToken(s.signs(userID)), s.chatOptions(options)...)
	if err != nil {
		s.t.Fatalf("%v", err)
		return nil
	}
	s.t.Cleanup(user.CloseIdleConnections)
	return user
}

// signs returns what the app's back end does for a user who logs in, by the app's time.
func (s *Server) signs(userID string) func(ctx context.Context, nonce string) (string, error) {
	return func(_ context.Context, nonce string) (string, error) {
		now := s.sandbox.Clock().Now()
		token, err := chat.NewIdentityToken(s.AppID, s.SecretKey, chat.IdentityClaims{
			UserID: userID, Nonce: nonce, IssuedAt: now, ExpiresAt: now.Add(time.Minute),
		})
		return token.Reveal(), err
	}
}

func (s *Server) chatOptions(options []chat.Option) []chat.Option {
	own := []chat.Option{chat.WithBaseURL(s.URL), chat.WithoutProxy(), chat.WithRetries(atOnce{})}
	return append(own, options...)
}

// WithChatTokens lets a token of the chat server work for so long, in the app's time, until
// it has to be renewed. Without it they work for ever, as they do unless an app asks for
// more.
func WithChatTokens(life time.Duration) Option {
	return func(s *settings) error {
		if life <= 0 {
			return errors.New("WithChatTokens: it is not positive")
		}
		s.world.ChatTokenLife = life
		return nil
	}
}

// WithBrokerLogin lets clients into the broker only with the user name and the password
// that they are told. Without it they may also come with none, as older ones do.
func WithBrokerLogin() Option {
	return func(s *settings) error {
		s.world.RefuseAnonymous = true
		return nil
	}
}

// BreaksConnections breaks all connections to the broker, as a network does, and returns
// how many there were.
func (s *Server) BreaksConnections() int { return s.sandbox.BreakConnections() }

// BotTypes tells who is in a room that the bot is typing, or no longer is, and what it
// says of that.
func (s *Server) BotTypes(roomID, says string, isTyping bool) {
	s.t.Helper()
	if err := s.sandbox.BotTypes(s.t.Context(), roomID, says, isTyping); err != nil {
		s.t.Fatalf("%v", err)
	}
}
