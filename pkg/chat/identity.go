package chat

import (
	"context"
	"errors"

	"github.com/qismo-go/qismo/internal/transport"
)

// Identity is who a [User] is, and how they prove it. Make one with [Password],
// [LoginOrRegister], [Token], [IdentityToken] or [TokenOf]. It can be printed.
type Identity struct {
	// name tells the tokens of this identity from those of others that a store holds.
	name string
	// open gets a token anew.
	open func(ctx context.Context, session *SessionService) (*transport.Session, error)
	// isFixed says that there is no other token than the one that was given.
	isFixed bool
	// problem is why it can be nobody's.
	problem error
}

// String keeps what an identity holds out of whatever prints it.
func (Identity) String() string { return "identity ***" }

// GoString is like String.
func (Identity) GoString() string { return "identity ***" }

// Token is a user's token that somebody else got, such as a back end. Nobody renews it:
// calls fail with [ErrTokenExpired] when it has expired.
func Token(userID, token string) Identity {
	return Identity{
		name: userID, isFixed: true,
		problem: errors.Join(
			transport.CheckHeaderText("user id", userID),
			transport.CheckHeaderText("token", token),
		),
		open: func(context.Context, *SessionService) (*transport.Session, error) {
			return &transport.Session{Token: token, UserID: userID}, nil
		},
	}
}
