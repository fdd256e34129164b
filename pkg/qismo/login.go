package qismo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// tokenLifetime is how long a user token is used: it lasts 30 days from its creation,
// and is renewed a day early.
const tokenLifetime = 29 * 24 * time.Hour

// loginCredentials log in on first use and keep the token fresh.
type loginCredentials struct {
	sourceCredentials

	email    string
	password secret
}

func (*loginCredentials) String() string   { return "login ***" }
func (*loginCredentials) GoString() string { return "login ***" }

// begin gives the credentials the client by which they log in.
func (c *loginCredentials) begin(client *Client) {
	c.source = &transport.Tokens{
		Login:    c.name(client.settings.BaseURL.String()),
		Lifetime: tokenLifetime,
		Store:    client.settings.TokenStore,
		Now:      client.settings.Now,
		Open: func(ctx context.Context, old *transport.Session) (*transport.Session, error) {
			return client.openSession(ctx, c, old)
		},
	}
}

// name tells the tokens of this log-in from those of others that a store may hold:
// whoever changes the e-mail address must not go on as the user before. It is a hash,
// as the address is nobody's business who looks into the store.
func (c *loginCredentials) name(baseURL string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{baseURL, c.appID, c.email}, "\n")))
	return hex.EncodeToString(sum[:16])
}

// openSession renews a session with its long-lived token, or logs in when there
// is none or it is refused.
func (c *Client) openSession(
	ctx context.Context, login *loginCredentials, old *transport.Session,
) (*transport.Session, error) {
	if old != nil && old.LongLived != "" {
		token, err := c.Session.RefreshToken(ctx, flex.Secret(old.LongLived))
		if err == nil {
			return &transport.Session{Token: token.Reveal(), LongLived: old.LongLived}, nil
		}
		// "Any refusal means: log in again"; anything else, such as a broken
		// connection, says nothing about the token.
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Status == 0 || refusal.Status >= http.StatusInternalServerError ||
			refusal.Status == http.StatusTooManyRequests {
			return nil, err
		}
	}
	result, err := c.Session.Login(ctx, LoginParams{
		Email: login.email, Password: flex.Credential(login.password.Reveal()),
	})
	if err != nil {
		return nil, err
	}
	return &transport.Session{
		Token: result.User.AuthenticationToken.Reveal(), LongLived: result.LongLivedToken.Reveal(),
	}, nil
}
