package sandbox

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/document"
)

// defaultTokenLife is how long a user's token works unless its user logs out. The
// long-lived token that a login also gives never ends: how long the platform's
// lives is not known.
const defaultTokenLife = 30 * 24 * time.Hour

// maxTokens is how many tokens of one user are remembered, so that a program that
// logs in without end does not fill the memory.
const maxTokens = 10_000

// caller is who sent a request. With the secret key it is the admin; with no
// credential, or the App ID alone, there is no user.
type caller struct {
	user     *staff
	chatUser *chatUser // of the chat server
	token    string    // the user's token, when that is what was sent
}

// userToken is a short-lived token.
type userToken struct {
	user    *staff
	expires time.Time
	number  int64 // of the tokens, in the order in which they were given out
}

// authenticate checks a request's credentials against the combinations of
// security schemes that the document accepts for the operation. When none is
// satisfied, the answer is that of the credential that was sent but is no good.
func (s *Sandbox) authenticate(operation *document.Operation, r *http.Request) (caller, error) {
	if len(operation.Security) == 0 {
		return caller{}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	refused := unauthorized()
	for _, schemes := range operation.Security {
		who, err := s.satisfyEither(operation, schemes, r)
		if err == nil {
			return who, nil
		}
		if specific := (*refusedError)(nil); errors.As(err, &specific) {
			refused = specific
		}
	}
	return caller{}, refused
}

// satisfyEither checks one combination of schemes, which mean other headers on the chat
// server.
func (s *Sandbox) satisfyEither(operation *document.Operation, schemes []string, r *http.Request) (caller, error) {
	if _, isChat := chatPath(operation.Path); isChat {
		return s.satisfyChat(operation, schemes, r.Header)
	}
	return s.satisfy(schemes, r)
}

// errNotSent says that a combination's credentials are missing or not ours.
var errNotSent = errors.New("the credentials were not sent")

// satisfy checks one combination of schemes, all of which must hold.
func (s *Sandbox) satisfy(schemes []string, r *http.Request) (caller, error) {
	var who caller
	header := r.Header
	if len(schemes) == 0 && sendsCredential(header) {
		return caller{}, errNotSent // who shows one that is no good learns of it
	}
	for _, scheme := range schemes {
		switch scheme {
		case "appID":
			// A token tells the app by itself, and some clients send nothing else.
			sent := header.Get("Qiscus-App-Id")
			if sent != s.config.AppCode && (sent != "" || !slices.ContainsFunc(schemes, isToken)) {
				return caller{}, errNotSent
			}
		case "secretKey", "sdkSecret", "secretInAuthorization":
			if header.Get(secretHeader(scheme)) != s.config.SecretKey {
				return caller{}, errNotSent
			}
			who.user = s.state.admin()
		case "userToken", "userTokenInQuery", "longLivedToken", "sdkToken":
			token := header.Get("Authorization")
			if scheme == "userTokenInQuery" {
				token = r.URL.Query().Get("token")
			}
			if token == "" {
				return caller{}, errNotSent
			}
			var err error
			if who, err = s.state.bearer(scheme, token, s.config.Now()); err != nil {
				return caller{}, err
			}
		default:
			return caller{}, errNotSent
		}
	}
	return who, nil
}

// sendsCredential reports whether a request shows any credential, good or not.
func sendsCredential(header http.Header) bool {
	for _, name := range []string{"Qiscus-App-Id", "Qiscus-Secret-Key", "QISCUS_SDK_SECRET", "Authorization"} {
		if header.Get(name) != "" {
			return true
		}
	}
	return false
}

// secretHeader is where a scheme has the secret key.
func secretHeader(scheme string) string {
	switch scheme {
	case "sdkSecret":
		return "QISCUS_SDK_SECRET"
	case "secretInAuthorization":
		return "Authorization"
	default:
		return "Qiscus-Secret-Key"
	}
}

func isToken(scheme string) bool {
	return scheme == "userToken" || scheme == "longLivedToken" || scheme == "sdkToken"
}

// bearer finds whose token it is.
func (s *state) bearer(scheme, token string, now time.Time) (caller, error) {
	if scheme == "longLivedToken" || scheme == "sdkToken" {
		for _, member := range s.staff {
			theirs := member.longToken
			if scheme == "sdkToken" {
				theirs = sdkKey(member) // which login also gives out as the Chat SDK's token
			}
			if theirs == token {
				return caller{user: member, token: token}, nil
			}
		}
		return caller{}, invalidToken()
	}
	issued, ok := s.tokens[token]
	if !ok || !now.Before(issued.expires) {
		return caller{}, tokenExpired()
	}
	return caller{user: issued.user, token: token}, nil
}

// issueToken gives a user a new token; older ones stay good, up to maxTokens.
func (s *state) issueToken(user *staff, now time.Time) string {
	user.token = newSecret("ut")
	s.tokens[user.token] = userToken{
		user: user, expires: now.Add(s.settings.tokenLife), number: s.tokenNumbers.next(),
	}
	user.tokens = append(user.tokens, user.token)
	s.touch(tokenThing{user.token, int64(s.tokenNumbers)})
	if len(user.tokens) > maxTokens {
		s.voidToken(user.tokens[0])
	}
	return user.token
}

// voidToken forgets a user's token.
func (s *state) voidToken(token string) {
	issued, ok := s.tokens[token]
	if !ok {
		return
	}
	delete(s.tokens, token)
	s.touch(tokenThing{token, issued.number})
	issued.user.tokens = slices.DeleteFunc(issued.user.tokens, func(one string) bool { return one == token })
}

// newSecret makes a secret that nobody can guess. The prefix tells what it is
// for.
func newSecret(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()) }
