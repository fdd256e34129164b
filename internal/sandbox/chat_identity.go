package sandbox

import (
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// nonceLife is how long a nonce serves, and identityLife how long the identity tokens do
// that the inbox signs.
const (
	nonceLife    = 10 * time.Minute
	identityLife = 2 * time.Minute
)

// maxNonces is how many nonces are remembered, so that a program that asks without end
// does not fill the memory.
const maxNonces = 10_000

// identityVersion is what the header of an identity token must say.
const identityVersion = "v2"

// identityClaims are what an identity token says.
type identityClaims struct {
	jwt.RegisteredClaims

	Nonce  string `json:"nce"`
	UserID string `json:"prn"`
	Name   string `json:"name,omitempty"`
	Avatar string `json:"avatar_url,omitempty"`
}

// addNonce makes a nonce, and forgets those that nobody can use any more.
func (s *state) addNonce(now time.Time) (nonce string, expires time.Time) {
	if len(s.chat.nonces) >= maxNonces {
		for known, ends := range s.chat.nonces {
			if !now.Before(ends) || len(s.chat.nonces) >= maxNonces {
				s.useNonce(known)
			}
		}
	}
	nonce, expires = newNonce(), now.Add(nonceLife)
	s.chat.nonces[nonce] = expires
	s.touch(nonceThing(nonce))
	return nonce, expires
}

// useNonce forgets a nonce.
func (s *state) useNonce(nonce string) {
	delete(s.chat.nonces, nonce)
	s.touch(nonceThing(nonce))
}

// signIdentity signs an identity token as an app's back end does. With it, the user of the
// inbox's live chat, or an agent, logs in at the chat server.
func (s *Sandbox) signIdentity(user *chatUser, nonce string) string {
	now := jwt.NewNumericDate(s.now())
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, identityClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.config.AppCode, IssuedAt: now, NotBefore: now, ExpiresAt: jwt.NewNumericDate(s.now().Add(identityLife)),
		},
		Nonce: nonce, UserID: user.userID, Name: user.name(), Avatar: user.picture(),
	})
	token.Header["ver"] = identityVersion
	signed, err := token.SignedString([]byte(s.config.SecretKey))
	if err != nil {
		panic("sandbox: an identity token cannot be signed: " + err.Error()) // a mistake in this package
	}
	return signed
}

// readIdentity checks an identity token. Its words say what a back end has done wrong; how
// the platform says it is not known.
func (s *Sandbox) readIdentity(signed string) (*identityClaims, error) {
	var claims identityClaims
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"HS256", "HS384", "HS512"}), jwt.WithIssuer(s.config.AppCode),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(s.now),
	)
	token, err := parser.ParseWithClaims(signed, &claims, func(*jwt.Token) (any, error) {
		return []byte(s.config.SecretKey), nil
	})
	expires, isKnown := s.state.chat.nonces[claims.Nonce]
	wrong := ""
	switch {
	case err != nil:
		wrong = err.Error()
	case token.Header["typ"] != "JWT" || token.Header["ver"] != identityVersion:
		wrong = "its header has not the typ JWT and the ver " + identityVersion
	case claims.IssuedAt == nil || claims.NotBefore == nil:
		wrong = "it does not say since when it is good"
	case claims.UserID == "":
		wrong = "it names no user as prn"
	case !isKnown || !s.now().Before(expires):
		wrong = "its nonce was not given out, was used, or has expired"
	}
	if wrong != "" {
		return nil, refuse(http.StatusUnauthorized, "Unauthorized. The identity token is invalid: "+wrong)
	}
	return &claims, nil
}

func (s *Sandbox) sdkGetNonce(*request) (any, error) {
	nonce, expires := s.state.addNonce(s.now())
	return results(object{"nonce": nonce, "expired_at": expires.Unix()}), nil
}

func (s *Sandbox) sdkVerifyIdentityToken(r *request) (any, error) {
	claims, err := s.readIdentity(text(r.body["identity_token"]))
	if err != nil {
		return nil, err
	}
	s.state.useNonce(claims.Nonce)
	switch known, ok := s.state.findChatUser(claims.UserID); {
	case ok && !known.active:
		return nil, deactivated()
	case !ok && !isUserID(claims.UserID):
		return nil, badUserID()
	}
	user := s.state.registerChatUser(claims.UserID, claims.Name, claims.Avatar, nil, s.now())
	return results(object{"user": s.account(user, s.state.issueChatToken(user, s.now()))}), nil
}
