package chat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

// What was called, by its path.
const (
	loggedIn  = "v2/sdk/login_or_register"
	nonce     = "v2/sdk/auth/nonce"
	verified  = "v2/sdk/auth/verify_identity_token"
	gotToken  = "v2.1/rest/get_user_token"
	refreshed = "v2/sdk/refresh_user_token"
	profile   = "v2/sdk/my_profile"
	loggedOut = "v2/sdk/logout"
)

func rina() chat.Identity { return chat.Password(testUserID, testKey) }

// signs is a back end that vouches for Rina.
func signs(_ context.Context, nonce string) (string, error) {
	token, err := chat.NewIdentityToken(testAppID, testSecret, chat.IdentityClaims{UserID: testUserID, Nonce: nonce})
	return token.Reveal(), err
}

// In each of the ways a user is logged in by the first call that needs a token, and a
// token that expires is replaced in the same way; the call is made once more.
func TestIdentities(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		who   func(*loginService) chat.Identity
		login []string
	}{
		"password": {func(*loginService) chat.Identity { return rina() }, []string{loggedIn}},
		"with a profile": {func(*loginService) chat.Identity {
			return chat.LoginOrRegister(chat.LoginOrRegisterParams{Email: testUserID, Password: testKey, Username: "Rina"})
		}, []string{loggedIn}},
		"identity token": {func(*loginService) chat.Identity { return chat.IdentityToken(signs) }, []string{nonce, verified}},
		"of a server":    {func(s *loginService) chat.Identity { return chat.TokenOf(s.server(t), testUserID) }, []string{gotToken}},
	} {
		service := &loginService{}
		user := service.user(t, test.who(service))
		for range 2 {
			account, err := user.Session.Profile(t.Context())
			require.NoError(t, err, name)
			assert.Equal(t, testUserID, account.Email, name)
		}
		once := append(append([]string{}, test.login...), profile)
		assert.Equal(t, append(append([]string{}, once...), profile), service.called(), name)

		service.expire()
		_, err := user.Session.Profile(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, append([]string{profile}, once...), service.called(), name)
		token, err := user.Token(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, "token-rahasia-2", token.Reveal(), name)
		id, err := user.ID(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, testUserID, id, name)
		assert.Empty(t, service.called(), name)
	}
}

// A token that was given is used as it is, and nobody renews it.
func TestAGivenToken(t *testing.T) {
	t.Parallel()
	service := &loginService{current: testToken}
	user := service.user(t, chat.Token(testUserID, testToken))
	token, err := user.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, testToken, token.Reveal())
	_, err = user.Session.Profile(t.Context())
	require.NoError(t, err)
	service.expire()
	for range 2 {
		_, err = user.Session.Profile(t.Context())
		require.ErrorIs(t, err, chat.ErrTokenExpired)
		require.ErrorIs(t, err, chat.ErrForbidden)
	}
	assert.Equal(t, []string{profile, profile, profile}, service.called())
}

// However many calls find that the token has expired, one of them logs in.
func TestManyRenewOnce(t *testing.T) {
	t.Parallel()
	service := &loginService{refreshes: true}
	user := service.user(t, rina())
	for round := range 3 {
		if round > 0 {
			service.expire()
		}
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				_, err := user.Session.Profile(t.Context())
				assert.NoError(t, err)
			})
		}
		group.Wait()
		assert.Equal(t, round+1, service.tokens)
	}
}

// Which refusals lead to another token: each 401, and those with another status that
// speak of the token.
func TestRefusalsThatRenewTheToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		renews bool
		kind   error
	}{
		"403, expired":             {403, saysExpired, true, chat.ErrTokenExpired},
		"403, expired, in capital": {403, `{"error":{"message":"UNAUTHORIZED. TOKEN IS EXPIRED"}}`, true, chat.ErrTokenExpired},
		"401, expired":             {401, `{"error":{"message":"token expired"}}`, true, chat.ErrTokenExpired},
		"422, expired":             {422, `{"error":{"message":"Token has expired"}}`, true, chat.ErrTokenExpired},
		"401":                      {401, `{"error":{"message":"Unauthorized"}}`, true, chat.ErrUnauthorized},
		"401, of no known shape":   {401, `<html>`, true, chat.ErrUnauthorized},
		"403, unauthorized":        {403, `{"error":{"message":"Unauthorized"}}`, true, chat.ErrForbidden},
		"403, no such right":       {403, `{"error":{"message":"you are not a participant"}}`, false, chat.ErrForbidden},
		"404, expired":             {404, saysExpired, false, chat.ErrNotFound},
		"422":                      {422, `{"error":{"message":"the file is too large"}}`, false, chat.ErrBadRequest},
		"503, expired":             {503, saysExpired, false, chat.ErrServer},
		"200 that holds a failure": {200, saysExpired, false, chat.ErrUnexpectedAnswer},
	} {
		service := &loginService{}
		service.refuse("/api/v2/sdk/my_profile", test.status, test.body)
		_, err := service.user(t, rina()).Session.Profile(t.Context())
		require.ErrorIs(t, err, test.kind, name)
		wanted := []string{loggedIn, profile}
		if test.renews {
			wanted = append(wanted, loggedIn, profile) // once more, and only once
		}
		assert.Equal(t, wanted, service.called(), name)
	}
}

// Where the service gives out what renews a token, that is used; where it is void, the
// user logs in anew; where the service fails, nobody gives it up.
func TestRefreshing(t *testing.T) {
	t.Parallel()
	service := &loginService{refreshes: true}
	user := service.user(t, rina())
	call := func() error { _, err := user.Session.Profile(t.Context()); return err }
	require.NoError(t, call())
	for range 2 {
		service.expire()
		require.NoError(t, call())
	}
	assert.Equal(t, []string{loggedIn, profile, profile, refreshed, profile, profile, refreshed, profile}, service.called())

	service.expire()
	for status, kind := range map[int]error{503: chat.ErrServer, 429: chat.ErrRateLimited} {
		service.refuse("/api/v2/sdk/refresh_user_token", status, "")
		require.ErrorIs(t, call(), kind)
		assert.Contains(t, service.called(), refreshed)
	}
	service.breakOff("/api/v2/sdk/refresh_user_token")
	require.ErrorIs(t, call(), chat.ErrConnectionBroken)
	assert.Equal(t, []string{refreshed}, service.called())

	service.refuse("/api/v2/sdk/refresh_user_token", 401, `{"error":{"message":"Unauthorized"},"status":401}`)
	require.NoError(t, call())
	assert.Equal(t, []string{refreshed, loggedIn, profile}, service.called())
}

// A refresh token that no other one takes the place of goes on.
func TestARefreshTokenThatStays(t *testing.T) {
	t.Parallel()
	service := &loginService{refreshes: true}
	user := service.user(t, rina())
	_, err := user.Token(t.Context())
	require.NoError(t, err)
	service.refreshes = false
	for range 2 {
		service.expire()
		_, err = user.Session.Profile(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, []string{loggedIn, profile, refreshed, profile, profile, refreshed, profile}, service.called())
}

// A token whose end the service tells is renewed before that.
func TestTokensAreRenewedBeforeTheyExpire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &loginService{refreshes: true, lasts: time.Hour}
		user := service.user(t, rina())
		call := func() {
			_, err := user.Session.Profile(t.Context())
			require.NoError(t, err)
		}
		call()
		<-time.After(58 * time.Minute)
		call()
		assert.Equal(t, []string{loggedIn, profile, profile}, service.called())
		<-time.After(time.Minute + time.Second)
		call()
		assert.Equal(t, []string{refreshed, profile}, service.called())
		<-time.After(58 * time.Minute)
		call()
		assert.Equal(t, []string{profile}, service.called())
		<-time.After(time.Minute + time.Second)
		call()
		assert.Equal(t, []string{refreshed, profile}, service.called(), "that of a renewed token is told, too")
	})
}

// A token that has not ended yet serves while no other can be had.
func TestATokenServesUntilItEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &loginService{refreshes: true, lasts: time.Hour}
		user := service.user(t, rina())
		call := func() error { _, err := user.Session.Profile(t.Context()); return err }
		require.NoError(t, call())
		service.refuse("/api/v2/sdk/refresh_user_token", 503, "")
		<-time.After(59*time.Minute + time.Second)
		require.NoError(t, call())
		assert.Equal(t, []string{loggedIn, profile, refreshed, profile}, service.called())
		<-time.After(time.Minute)
		require.ErrorIs(t, call(), chat.ErrServer)
		assert.Equal(t, []string{refreshed}, service.called())
	})
}

// Whoever watches is told of each other token.
func TestWatchingTheToken(t *testing.T) {
	t.Parallel()
	service := &loginService{}
	user := service.user(t, rina())
	changed, end := user.WatchToken()
	defer end()
	_, err := user.Session.Profile(t.Context())
	require.NoError(t, err)
	<-changed
	service.expire()
	_, err = user.Session.Profile(t.Context())
	require.NoError(t, err)
	<-changed
	_, err = user.Session.Profile(t.Context())
	require.NoError(t, err)
	select {
	case <-changed:
		t.Error("nothing has changed")
	default:
	}
}

// A log-in that fails ends the call, and is tried once for each.
func TestALoginThatFails(t *testing.T) {
	t.Parallel()
	vault := errors.New("the vault is closed")
	for name, test := range map[string]struct {
		who  chat.Identity
		want string
		kind error
	}{
		"a wrong key": {
			chat.Password(testUserID, "kunci-salah"),
			"log in: sdkLoginOrRegister: status 401 Unauthorized: wrong password", chat.ErrUnauthorized,
		},
		"a back end that fails": {
			chat.IdentityToken(func(context.Context, string) (string, error) { return "", vault }),
			"log in: get an identity token: the vault is closed", vault,
		},
		"a back end that gives nothing": {
			chat.IdentityToken(func(context.Context, string) (string, error) { return "", nil }),
			"log in: get an identity token: it is empty", nil,
		},
		"a back end of another app": {
			chat.IdentityToken(func(context.Context, string) (string, error) { return "a.b.c", nil }),
			"log in: sdkVerifyIdentityToken: status 401 Unauthorized: invalid identity token", chat.ErrUnauthorized,
		},
	} {
		service := &loginService{}
		user := service.user(t, test.who)
		_, err := user.Session.Profile(t.Context())
		require.EqualError(t, err, "chat: sdkGetMyProfile: "+test.want, name)
		if test.kind != nil {
			require.ErrorIs(t, err, test.kind, name)
		}
		assert.NotContains(t, service.called(), profile, name)
		_, err = user.Token(t.Context())
		require.EqualError(t, err, "chat: "+test.want, name)
		_, err = user.ID(t.Context())
		require.EqualError(t, err, "chat: "+test.want, name)
		err = user.Session.Expire(t.Context())
		require.EqualError(t, err, "chat: "+test.want, name)
	}
}

// An answer to a log-in that cannot be used is none.
func TestALoginWithoutAToken(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"results":{"user":{"email":"rina@toko.example.id","username":"Rina"}}}`: "the answer has no token",
		`{"results":{"user":{"username":"Rina","token":"x"}}}`:                    "the answer has no user id",
		`{"results":null}`: "the answer has no results",
	} {
		service := &loginService{}
		service.refuse("/api/v2/sdk/login_or_register", 200, body)
		_, err := service.user(t, rina()).Token(t.Context())
		require.ErrorIs(t, err, chat.ErrUnexpectedAnswer)
		require.ErrorContains(t, err, want)
	}
}

// Identities that can be nobody's are refused when the user is made.
func TestIdentitiesThatAreNobodys(t *testing.T) {
	t.Parallel()
	elsewhere, err := chat.NewServer("toko-lain", testSecret)
	require.NoError(t, err)
	store := chat.WithTokenStore(chat.TokenFile("x"))
	for want, test := range map[string]struct {
		who  chat.Identity
		opts []chat.Option
	}{
		"the identity is empty":                                     {chat.Identity{}, nil},
		"the user id is empty":                                      {chat.Password("", "k"), nil},
		"the key is empty":                                          {chat.Password("rina", ""), nil},
		"the token is empty":                                        {chat.Token("rina", ""), nil},
		"there is nothing that gets an identity token":              {chat.IdentityToken(nil), nil},
		"the server is nil":                                         {chat.TokenOf(nil, "rina"), nil},
		"the server that gives out the tokens is of another app":    {chat.TokenOf(elsewhere, "rina"), nil},
		"the token holds a line break or another control character": {chat.Token("rina", "a\nb"), nil},
		"a token store keeps the tokens of a user who logs in, and there is none": {chat.Token("rina", "a"), []chat.Option{store}},
	} {
		_, err := chat.NewUser(testAppID, test.who, test.opts...)
		require.EqualError(t, err, "chat: make a user: "+want)
	}
}

// Nothing that prints shows what an identity holds.
func TestIdentitiesDoNotPrint(t *testing.T) {
	t.Parallel()
	service := &loginService{refreshes: true}
	user := service.user(t, rina())
	_, err := user.Token(t.Context())
	require.NoError(t, err)
	server := service.server(t)
	handler, err := chat.IdentityHandler(testAppID, testSecret, func(*http.Request) (chat.SignedInUser, error) { return chat.SignedInUser{}, nil })
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		for _, value := range []any{rina(), chat.Token(testUserID, testToken), user, *user, server, *server, handler, user.Session, *user.Session} {
			printed := fmt.Sprintf(verb, value)
			for _, secret := range []string{testKey, testToken, testSecret, "token-rahasia", "penyegar-rahasia"} {
				assert.NotContains(t, printed, secret, verb)
				assert.NotContains(t, printed, fmt.Sprintf("%x", secret), verb)
			}
		}
	}
}
