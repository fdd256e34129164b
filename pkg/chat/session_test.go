package chat_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const rinasAccount = `{"results":{"user":{"email":"rina@toko.example.id","username":"Rina Hartati","token":"token-rahasia-rina","last_comment_id":5520118790}},"status":200}`

func TestSessionCalls(t *testing.T) {
	t.Parallel()
	idOf := func(account *chat.Account, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		return account.Email + " " + string(account.LastCommentID), nil
	}
	testUserCalls(t, []userCall{
		{
			"log in", func(ctx context.Context, user *chat.User) (any, error) {
				return idOf(user.Session.LoginOrRegister(ctx, chat.LoginOrRegisterParams{Email: testUserID, Password: testKey, Username: "Rina"}))
			},
			"POST", "login_or_register", `{"email":"rina@toko.example.id","password":"kunci-rahasia-rina","username":"Rina"}`,
			rinasAccount, "rina@toko.example.id 5520118790",
		},
		{
			"nonce", func(ctx context.Context, user *chat.User) (any, error) { return user.Session.Nonce(ctx) },
			"POST", "auth/nonce", "", `{"results":{"nonce":"n0nce","expired_at":1770693847}}`,
			&chat.Nonce{Nonce: "n0nce", ExpiredAt: 1770693847},
		},
		{
			"verify", func(ctx context.Context, user *chat.User) (any, error) {
				return idOf(user.Session.VerifyIdentity(ctx, "a.b.c"))
			},
			"POST", "auth/verify_identity_token", `{"identity_token":"a.b.c"}`, rinasAccount, "rina@toko.example.id 5520118790",
		},
		{
			"profile", func(ctx context.Context, user *chat.User) (any, error) { return idOf(user.Session.Profile(ctx)) },
			"GET", "my_profile", "", rinasAccount, "rina@toko.example.id 5520118790",
		},
		{
			"update", func(ctx context.Context, user *chat.User) (any, error) {
				return idOf(user.Session.UpdateProfile(ctx, chat.UpdateProfileParams{Name: "Rina Hartati"}))
			},
			"PATCH", "my_profile", `{"name":"Rina Hartati"}`, rinasAccount, "rina@toko.example.id 5520118790",
		},
		{
			"config", func(ctx context.Context, user *chat.User) (any, error) { return user.Session.Config(ctx) },
			"GET", "config", "", `{"results":{"enable_realtime":true,"enable_sync":true,"sync_interval":5000}}`,
			&chat.Config{EnableRealtime: true, EnableSync: true, SyncInterval: 5000},
		},
		{
			"realtime", func(ctx context.Context, user *chat.User) (any, error) { return user.Session.RealtimeCredentials(ctx) },
			"GET", "mqtt_config", "", `{"results":{"username":"wangi","password":"rahasia"}}`,
			&chat.RealtimeCredentials{Username: "wangi", Password: "rahasia"},
		},
		{
			"expire", func(ctx context.Context, user *chat.User) (any, error) { return nil, user.Session.Expire(ctx) },
			"POST", "expire_user_token", `{"user_id":"rina@toko.example.id"}`, ``, nil,
		},
		{
			"log out", func(ctx context.Context, user *chat.User) (any, error) { return nil, user.Session.Logout(ctx) },
			"POST", "logout", `{"user_id":"rina@toko.example.id","token":"token-rahasia-rina"}`, `{}`, nil,
		},
	})
}

// What logs in proves itself by what it says, and not by a token.
func TestLoggingInSendsNoToken(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, rinasAccount))
	user := service.user(t)
	_, err := user.Session.LoginOrRegister(t.Context(), chat.LoginOrRegisterParams{Email: testUserID, Password: testKey})
	require.NoError(t, err)
	_, err = user.Session.VerifyIdentity(t.Context(), "a.b.c")
	require.NoError(t, err)
	for _, request := range service.seen() {
		assert.Equal(t, testAppID, request.Header.Get("QISCUS-SDK-APP-ID"))
		assert.Empty(t, request.Header.Get("QISCUS-SDK-TOKEN"))
		assert.Empty(t, request.Header.Get("QISCUS-SDK-USER-ID"))
	}
}

// A token is renewed for the user whose it is, whoever the client is of.
func TestRefreshToken(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, `{"results":{"token":"baru","refresh_token":"lagi","token_expires_at":"2026-03-01T07:00:00Z"}}`))
	user := service.user(t)
	renewed, err := user.Session.RefreshToken(t.Context(), chat.RefreshTokenParams{UserID: "budi", Token: "lama", RefreshToken: "penyegar"})
	require.NoError(t, err)
	assert.Equal(t, flex.Secret("baru"), renewed.Token)
	assert.Equal(t, flex.Secret("lagi"), renewed.RefreshToken)
	assert.EqualValues(t, 1772348400, renewed.TokenExpiresAt.Time().Unix())
	request := service.seen()[0]
	assert.JSONEq(t, `{"user_id":"budi","refresh_token":"penyegar"}`, request.Body)
	assert.Equal(t, "lama", request.Header.Get("QISCUS-SDK-TOKEN"))
	assert.Equal(t, "budi", request.Header.Get("QISCUS-SDK-USER-ID"))
}

// Where there are no credentials for the broker, that is no error.
func TestNoRealtimeCredentials(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"an unknown path":       answer(404, "text/plain", "404 page not found"),
		"an empty answer":       answer(200, "", ""),
		"no results":            answerJSON(200, `{"results":null,"status":200}`),
		"empty results":         answerJSON(200, `{"results":{},"status":200}`),
		"empty members":         answerJSON(200, `{"results":{"username":"","password":null},"status":200}`),
		"an answer without any": answerJSON(200, `{}`),
	} {
		credentials, err := newRecorder(t, answer).user(t).Session.RealtimeCredentials(t.Context())
		require.NoError(t, err, name)
		assert.Nil(t, credentials, name)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"a failure":         answerJSON(500, ``),
		"a failure inside":  answerJSON(200, `{"error":{"message":"internal server error"},"status":500}`),
		"a page":            answer(200, "text/html", "<html>"),
		"no object in JSON": answerJSON(200, `[]`),
	} {
		_, err := newRecorder(t, answer).user(t).Session.RealtimeCredentials(t.Context())
		require.Error(t, err, name)
	}
}

func TestUnusableSessions(t *testing.T) {
	t.Parallel()
	var (
		login = func(ctx context.Context, user *chat.User) error {
			return second(user.Session.LoginOrRegister(ctx, chat.LoginOrRegisterParams{Email: testUserID, Password: testKey}))
		}
		nonce  = func(ctx context.Context, user *chat.User) error { return second(user.Session.Nonce(ctx)) }
		verify = func(ctx context.Context, user *chat.User) error {
			return second(user.Session.VerifyIdentity(ctx, "a.b.c"))
		}
		refresh = func(ctx context.Context, user *chat.User) error {
			return second(user.Session.RefreshToken(ctx, chat.RefreshTokenParams{UserID: "budi", Token: "lama", RefreshToken: "p"}))
		}
		profile = func(ctx context.Context, user *chat.User) error { return second(user.Session.Profile(ctx)) }
		update  = func(ctx context.Context, user *chat.User) error {
			return second(user.Session.UpdateProfile(ctx, chat.UpdateProfileParams{Name: "Rina"}))
		}
		config   = func(ctx context.Context, user *chat.User) error { return second(user.Session.Config(ctx)) }
		realtime = func(ctx context.Context, user *chat.User) error { return second(user.Session.RealtimeCredentials(ctx)) }
		expire   = func(ctx context.Context, user *chat.User) error { return user.Session.Expire(ctx) }
	)
	testUnusableAnswers(t, `{"results":{"user":{"username":"Rina"}},"status":200}`, []unusable{
		{"the answer has no user id", login}, {"the answer has no nonce", nonce}, {"the answer has no user id", verify},
		{"the answer has no token", refresh}, {"the answer has no user id", profile}, {"the answer has no user id", update},
		{"", config}, {"", realtime}, {"", expire},
	})
	testUnusableAnswers(t, `{"results":{"user":{"email":"rina@toko.example.id","username":"Rina"}},"status":200}`, []unusable{
		{"the answer has no token", login}, {"the answer has no token", verify},
	})
}

func TestSessionsRefuse(t *testing.T) {
	t.Parallel()
	login := func(id, key string) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error {
			return second(user.Session.LoginOrRegister(ctx, chat.LoginOrRegisterParams{Email: id, Password: flex.Credential(key)}))
		}
	}
	refresh := func(id, token, refreshToken flex.Secret) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error {
			return second(user.Session.RefreshToken(ctx, chat.RefreshTokenParams{UserID: string(id), Token: token, RefreshToken: refreshToken}))
		}
	}
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkLoginOrRegister: the user id is empty":        login("", "k"),
		"sdkLoginOrRegister: the key is empty":            login("rina", ""),
		"sdkRefreshUserToken: the user id is empty":       refresh("", "a", "b"),
		"sdkRefreshUserToken: the token is empty":         refresh("rina", "", "b"),
		"sdkRefreshUserToken: the refresh token is empty": refresh("rina", "a", ""),
		"sdkVerifyIdentityToken: the identity token is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Session.VerifyIdentity(ctx, ""))
		},
	})
}
