package chat

import "github.com/qismo-go/qismo/internal/transport"

// SessionService logs in and out, and knows the user's own profile.
type SessionService struct {
	client *client
	tokens *transport.Tokens
}
