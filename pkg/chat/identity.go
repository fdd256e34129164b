package chat

import (
	"context"
	"errors"
	"fmt"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Identity is who a [User] is, and how they prove it. Make one with [Password],
// [LoginOrRegister], [Token], [IdentityToken] or [TokenOf]. It can be printed.
type Identity struct {
	// userID is "" where only the back end knows it.
	userID string
	// appID is of which app the user has to be; "" for any.
	appID string
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

// Password is a user who logs in with their id and the key that goes with it. Who is not
// known yet is made, with that key, and without a name: see [LoginOrRegister] for one.
func Password(userID, key string) Identity {
	return LoginOrRegister(LoginOrRegisterParams{Email: userID, Password: flex.Credential(key)})
}

// LoginOrRegister is like [Password], and writes the name, the picture and the extras
// into the profile at each log-in.
func LoginOrRegister(params LoginOrRegisterParams) Identity {
	return Identity{
		userID: params.Email,
		problem: errors.Join(
			transport.CheckHeaderText("user id", params.Email),
			checkKey(params.Password),
		),
		open: func(ctx context.Context, session *SessionService) (*transport.Session, error) {
			account, err := session.LoginOrRegister(ctx, params)
			if err != nil {
				return nil, err
			}
			return sessionOf(account), nil
		},
	}
}

func checkKey(key flex.Credential) error {
	if key == "" {
		return errors.New("the key is empty")
	}
	return nil
}

// Token is a user's token that somebody else got, such as a back end. Nobody renews it:
// calls fail with [ErrTokenExpired] when it has expired.
func Token(userID, token string) Identity {
	return Identity{
		userID:  userID,
		isFixed: true,
		problem: errors.Join(
			transport.CheckHeaderText("user id", userID),
			transport.CheckHeaderText("token", token),
		),
		open: func(context.Context, *SessionService) (*transport.Session, error) {
			return &transport.Session{Token: token, UserID: userID}, nil
		},
	}
}

// IdentityToken is a user for whom a back end vouches. At each log-in the service gives
// a nonce, the function gets an identity token for it from the back end, such as one
// that has an [IdentityHandler], and the service takes that for the user's proof. The
// function is called for one log-in at a time, and must not call the user itself, who
// waits for it. Its error fails the calls that needed a token.
//
// Who the user is, only the back end knows. So a token store that was filled for one
// user serves whoever comes next: give each their own store, or [User.Logout] first.
func IdentityToken(sign func(ctx context.Context, nonce string) (identityToken string, err error)) Identity {
	who := Identity{open: func(ctx context.Context, session *SessionService) (*transport.Session, error) {
		nonce, err := session.Nonce(ctx)
		if err != nil {
			return nil, err
		}
		signed, err := sign(ctx, nonce.Nonce.Reveal())
		if err != nil {
			return nil, fmt.Errorf("get an identity token: %w", err)
		}
		if signed == "" {
			return nil, errors.New("get an identity token: it is empty")
		}
		account, err := session.VerifyIdentity(ctx, flex.Secret(signed))
		if err != nil {
			return nil, err
		}
		return sessionOf(account), nil
	}}
	if sign == nil {
		who.problem = errors.New("there is nothing that gets an identity token")
	}
	return who
}

// TokenOf is a user of whom a server has the token: for back ends that act as one of
// their users, where what the [Server] can do by itself does not suffice. The user must
// be there. The server and the user have to be of the same app.
//
// What the service gives for a token that has expired is not known: if it is the same,
// calls fail with [ErrTokenExpired], and
// [ServerUsersService.ResetToken] makes another.
func TokenOf(server *Server, userID string) Identity {
	if server == nil {
		return Identity{problem: errors.New("the server is nil")}
	}
	return Identity{
		userID:  userID,
		appID:   server.AppID(),
		problem: transport.CheckHeaderText("user id", userID),
		open: func(ctx context.Context, _ *SessionService) (*transport.Session, error) {
			token, err := server.Users.Token(ctx, userID)
			if err != nil {
				return nil, err
			}
			return &transport.Session{Token: token.Reveal(), UserID: userID}, nil
		},
	}
}
