package chat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// renewBefore is how long before its end a token is renewed, where the service tells
// when that is.
const renewBefore = time.Minute

// Token returns the user's token, which it gets first if need be. It should be good
// now; see [User.WatchToken] for when it changes.
func (u *User) Token(ctx context.Context) (flex.Secret, error) {
	session, err := u.tokens.Session(ctx)
	if err != nil {
		return "", withOwner(err)
	}
	return flex.Secret(session.Token), nil
}

// ID returns the user's id, as the service has it. It logs in first if need be.
func (u *User) ID(ctx context.Context) (string, error) {
	session, err := u.tokens.Session(ctx)
	if err != nil {
		return "", withOwner(err)
	}
	return session.UserID, nil
}

// WatchToken tells when the user has another token, and when they have their first: the
// channel holds something then, once for all changes since it was looked at last. What
// the token is says [User.Token]. The channel is never closed; end ends the watch.
func (u *User) WatchToken() (changed <-chan struct{}, end func()) { return u.tokens.Watch() }

// withOwner says whose an error is that did not come from a call.
func withOwner(err error) error {
	return fmt.Errorf("%s: %w", owner, &transport.CredentialError{Cause: err})
}

// userCredentials are the token of a user, which is renewed.
type userCredentials struct{ tokens *transport.Tokens }

func (c *userCredentials) authorize(request *http.Request) error {
	session, err := c.tokens.Session(request.Context())
	if err != nil {
		return err
	}
	setUser(request, session)
	return nil
}

// setUser makes a request that of a session's user.
func setUser(request *http.Request, session *transport.Session) {
	request.Header.Set(headerToken, session.Token)
	if session.UserID != "" {
		request.Header.Set(headerUserID, session.UserID)
	}
}

// renew gets another token when the service said that this one has expired, or that it
// does not know it: it says 403 for either. An error of it fails the call: to log in
// once more would be to try a wrong password twice.
func (c *userCredentials) renew(refused *http.Request, failure *Error) (bool, error) {
	if !refusesToken(failure) {
		return false, nil
	}
	old := refused.Header.Get(headerToken)
	c.tokens.Expired(old)
	session, err := c.tokens.Session(refused.Context())
	if err != nil {
		return false, err
	}
	return session.Token != old, nil
}

// refusesToken reports whether a failure is about the token that was sent.
func refusesToken(failure *Error) bool {
	return failure.Status == http.StatusUnauthorized || errors.Is(failure, ErrTokenExpired) ||
		failure.Status == http.StatusForbidden && saysUnauthorized(failure.Message)
}

func (*userCredentials) kind() wire.CredentialKind { return wire.CredentialUserToken }

// newTokens is where a user's tokens come from.
func newTokens(settings *transport.Settings, who Identity, session *SessionService) *transport.Tokens {
	return &transport.Tokens{
		Login:  loginName(settings, who),
		Margin: renewBefore,
		Store:  settings.TokenStore,
		Now:    settings.Now,
		Open: func(ctx context.Context, old *transport.Session) (*transport.Session, error) {
			return session.open(ctx, old)
		},
	}
}

// loginName tells the tokens of an identity from those of others that a store may hold:
// whoever changes the user's id must not go on as the user before. Of an [IdentityToken]
// no id is known ahead. It is a hash, as the id is nobody's business who looks into the
// store.
func loginName(settings *transport.Settings, who Identity) string {
	parts := []string{settings.BaseURL.String(), settings.AppID, who.userID}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}

// open renews a session with its refresh token, or logs in when there is none or it is
// refused.
func (s *SessionService) open(ctx context.Context, old *transport.Session) (*transport.Session, error) {
	if old != nil && old.LongLived != "" && old.UserID != "" {
		renewed, err := s.RefreshToken(ctx, RefreshTokenParams{
			UserID: old.UserID, Token: flex.Secret(old.Token), RefreshToken: flex.Secret(old.LongLived),
		})
		if err == nil {
			return sessionOfRefresh(old, renewed), nil
		}
		if !isRefusal(err) {
			return nil, err // it says nothing about the refresh token
		}
	}
	return s.who.open(ctx, s)
}

// isRefusal reports whether the service answered and said no for good.
func isRefusal(err error) bool {
	var failure *Error
	return errors.As(err, &failure) && failure.Status >= http.StatusBadRequest &&
		failure.Status < http.StatusInternalServerError && failure.Status != http.StatusTooManyRequests
}

// sessionOfRefresh is a session with other tokens. A refresh token that no other one
// takes the place of goes on.
func sessionOfRefresh(old *transport.Session, renewed *RefreshedToken) *transport.Session {
	return &transport.Session{
		Token:     renewed.Token.Reveal(),
		LongLived: cmp.Or(renewed.RefreshToken.Reveal(), old.LongLived),
		UserID:    old.UserID,
		Expires:   renewed.TokenExpiresAt.Time(),
	}
}

// sessionOf is the session of an account that has logged in.
func sessionOf(account *Account) *transport.Session {
	return &transport.Session{
		Token:     account.Token.Reveal(),
		LongLived: account.RefreshToken.Reveal(),
		UserID:    account.Email,
		Expires:   account.TokenExpiresAt.Time(),
	}
}
