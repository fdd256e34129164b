package chat

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// identityTokenLifetime is how long an identity token is good when nobody says. The
// vendor advises no more than two minutes.
const identityTokenLifetime = time.Minute

// identityTokenVersion is what the service wants in the header of an identity token.
const identityTokenVersion = "v2"

// IdentityClaims are what an identity token says: a back end vouches with it that a user
// is who they are.
type IdentityClaims struct {
	// UserID is the user's id, which must never change and never be another's.
	UserID string
	// Nonce is what the service gave the user, see [SessionService.Nonce].
	Nonce string
	// Name and AvatarURL are what the user is shown as; "" for none.
	Name, AvatarURL string
	// IssuedAt is when the token begins to be good: now when it is zero. Both times have
	// whole seconds.
	IssuedAt time.Time
	// ExpiresAt is when it ends: a minute after IssuedAt when it is zero. The vendor
	// advises no more than two minutes.
	ExpiresAt time.Time
}

// ErrInvalidIdentityToken refuses an identity token: it is malformed, of another app,
// signed with another secret, too old or not good yet.
var ErrInvalidIdentityToken = errors.New("the identity token is invalid")

// identityToken is how an identity token has its claims.
type identityToken struct {
	jwt.RegisteredClaims

	Nonce     string `json:"nce"`
	UserID    string `json:"prn"`
	Name      string `json:"name,omitempty"`
	AvatarURL string `json:"avatar_url,omitempty"`
}

// NewIdentityToken signs an identity token with the app's secret key: a JSON Web Token,
// signed by HMAC with SHA-256, whose header has version v2. It is for back ends, makes
// no request, and works without the service; [IdentityHandler] hands such tokens to
// signed-in users. The user trades it for a token of theirs, see [IdentityToken], once:
// whoever has it can be that user until it expires.
//
// Empty credentials, a user id or nonce that is empty or no text, and an end that is not
// after the beginning are errors.
func NewIdentityToken(appID, secret string, claims IdentityClaims) (flex.Secret, error) {
	if claims.IssuedAt.IsZero() {
		claims.IssuedAt = time.Now()
	}
	if claims.ExpiresAt.IsZero() {
		claims.ExpiresAt = claims.IssuedAt.Add(identityTokenLifetime)
	}
	if err := checkIdentity(appID, secret, claims); err != nil {
		return "", fmt.Errorf("%s: sign an identity token: %w", owner, err)
	}
	issued := jwt.NewNumericDate(claims.IssuedAt)
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, identityToken{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: appID, IssuedAt: issued, NotBefore: issued, ExpiresAt: jwt.NewNumericDate(claims.ExpiresAt),
		},
		Nonce: claims.Nonce, UserID: claims.UserID, Name: claims.Name, AvatarURL: claims.AvatarURL,
	})
	token.Header["ver"] = identityTokenVersion
	signed, err := token.SignedString([]byte(secret))
	if err != nil {
		return "", errors.New(owner + ": sign an identity token: it cannot be signed")
	}
	return flex.Secret(signed), nil
}

func checkIdentity(appID, secret string, claims IdentityClaims) error {
	switch {
	case claims.UserID == "":
		return errors.New("the user id is empty")
	case claims.Nonce == "":
		return errors.New("the nonce is empty")
	case !utf8.ValidString(claims.UserID) || !utf8.ValidString(claims.Nonce):
		return errors.New("the user id or the nonce is no text") // and could become another's
	case claims.ExpiresAt.Unix() <= claims.IssuedAt.Unix():
		return errors.New("it would have expired when it begins to be good")
	}
	return errors.Join(
		transport.CheckHeaderText("App ID", appID),
		transport.CheckHeaderText("secret key", secret),
	)
}

// VerifyIdentityToken checks an identity token as the service does, for tests of back
// ends and whatever stands in for the service, and returns what it says. The time is
// when it is to be good. Whether its nonce was given out, and used before, is not
// checked. A token that is refused is [ErrInvalidIdentityToken].
func VerifyIdentityToken(appID, secret, token string, at time.Time) (*IdentityClaims, error) {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"HS256", "HS384", "HS512"}),
		jwt.WithIssuer(appID),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return at }),
	)
	var said identityToken
	_, err := parser.ParseWithClaims(token, &said, func(read *jwt.Token) (any, error) {
		if err := checkIdentityHeader(read.Header); err != nil {
			return nil, err
		}
		return []byte(secret), nil
	})
	if err == nil {
		err = said.check(appID, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", owner, ErrInvalidIdentityToken, err)
	}
	return &IdentityClaims{
		UserID: said.UserID, Nonce: said.Nonce, Name: said.Name, AvatarURL: said.AvatarURL,
		IssuedAt: said.IssuedAt.Time, ExpiresAt: said.ExpiresAt.Time,
	}, nil
}

func checkIdentityHeader(header map[string]any) error {
	switch {
	case header["typ"] != "JWT":
		return errors.New("the header's typ is not JWT")
	case header["ver"] != identityTokenVersion:
		return errors.New("the header's ver is not " + identityTokenVersion)
	}
	return nil
}

// check refuses what package jwt does not ask for.
func (t *identityToken) check(appID, secret string) error {
	switch {
	case appID == "" || secret == "":
		return errors.New("there is no App ID or no secret key to check it with")
	case t.IssuedAt == nil || t.NotBefore == nil:
		return errors.New("it does not say when it begins to be good")
	case t.UserID == "":
		return errors.New("it names no user")
	case t.Nonce == "":
		return errors.New("it has no nonce")
	}
	return nil
}
