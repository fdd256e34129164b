package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const expiredWords = "Unauthorized. Token is expired"

// The first login takes its key for the user's own; after that it must be the same.
func TestLoggingIn(t *testing.T) {
	w := newWorld(t, Config{})
	rina := w.chats("rina")
	assert.Equal(t, http.StatusUnauthorized, w.tryLogin("rina", "salah").status)
	elsewhere := w.chats("rina")
	assert.NotEqual(t, rina.token, elsewhere.token)
	for _, one := range []*chatter{rina, elsewhere} {
		assert.Equal(t, "rina", one.call("GET", "my_profile", nil).at("results/user/email"), "several devices")
		assert.Equal(t, one.token, one.call("GET", "my_profile", nil).at("results/user/token"))
	}
	assert.Nil(t, rina.call("GET", "my_profile", nil).at("results/user/token_expires_at"))
	stranger := elsewhere.try("POST", "logout", object{"user_id": "rina", "token": rina.token})
	assert.Equal(t, http.StatusUnauthorized, stranger.status)
	rina.call("POST", "logout", object{"user_id": "rina", "token": rina.token})
	assert.Equal(t, http.StatusUnauthorized, rina.try("GET", "my_profile", nil).status)
	elsewhere.call("GET", "my_profile", nil)

	w.fine(w.asServer("POST", "login_or_register", object{"user_id": "rina", "username": "Rina", "password": "lain"}))
	assert.Equal(t, http.StatusUnauthorized, w.tryLogin("rina", keyOfAll).status)
	w.fine(w.tryLogin("rina", "lain"))

	for _, id := range []string{"rina+1", "rina/1", "r#", "rina hartati"} {
		assert.Equal(t, http.StatusBadRequest, w.tryLogin(id, keyOfAll).status, id)
	}
	w.fine(w.tryLogin("rína_1.a-b@toko", keyOfAll))
	customer, _ := w.widget("+62 811", "Ratna Kusuma")
	assert.Equal(t, "+62 811", customer.call("GET", "my_profile", nil).at("results/user/email"), "the inbox takes more")
}

// Servers take users' tokens, and take them away.
func TestTokensOfServers(t *testing.T) {
	w := newWorld(t, Config{})
	w.writes("qiscus", "ratna", "Halo")
	token := func(method, path string) string {
		var body any
		if method == "POST" {
			body = object{"user_id": "ratna"}
		}
		return text(w.fine(w.asServer(method, path, body)).at("results/token"))
	}
	first := token("GET", "get_user_token?user_id=ratna")
	assert.Equal(t, first, token("GET", "get_user_token?user_id=ratna"))
	customer := &chatter{w: w, id: "ratna", token: first}
	assert.Equal(t, 0, customer.unread())
	second := token("POST", "reset_user_token")
	assert.NotEqual(t, first, second)
	assert.Equal(t, http.StatusUnauthorized, customer.try("GET", "my_profile", nil).status)
	customer.token = second
	customer.call("GET", "my_profile", nil)
	assert.Equal(t, http.StatusNotFound, w.asServer("GET", "get_user_token?user_id=tidak-ada", nil).status)
}

// Whoever is deactivated can neither log in nor go on, until they are active again.
func TestADeactivatedUser(t *testing.T) {
	w := newWorld(t, Config{})
	rina := w.chatter("rina")
	all := object{"user_ids": []string{"rina"}}
	done := w.fine(w.asServer("DELETE", "deactivate_users", all))
	assert.Equal(t, "successfully deactivate user", done.at("results/message"))
	assert.Equal(t, http.StatusUnauthorized, rina.try("GET", "my_profile", nil).status)
	assert.Equal(t, http.StatusUnauthorized, w.tryLogin("rina", keyOfAll).status)
	signed := w.identity(func(claims jwt.MapClaims, _ map[string]any) { claims["prn"] = "rina" })
	assert.Equal(t, http.StatusUnauthorized, w.asApp("auth/verify_identity_token", object{"identity_token": signed}).status)
	done = w.fine(w.asServer("POST", "reactivate_users", all))
	assert.Equal(t, "successfully reactivate user", done.at("results/message"))
	rina.call("GET", "my_profile", nil)
	unknown := w.asServer("DELETE", "deactivate_users", object{"user_ids": []string{"rina", "tidak-ada"}})
	assert.Equal(t, http.StatusNotFound, unknown.status)
	rina.call("GET", "my_profile", nil)
}

// A token that can expire is renewed with its refresh token, which works once.
func TestATokenExpires(t *testing.T) {
	at := frozen()
	w := newWorld(t, Config{Now: func() time.Time { return at }, ChatTokenLife: time.Hour})
	assert.Equal(t, true, w.fine(w.send("GET", usersPath+"config", http.Header{"Qiscus-Sdk-App-Id": {w.Config().AppCode}}, "", nil)).
		at("results/enable_refresh_token"))
	rina := w.chatter("rina")
	profile := rina.call("GET", "my_profile", nil)
	assert.Equal(t, "2026-11-20T04:00:00Z", profile.at("results/user/token_expires_at"))
	assert.Equal(t, rina.refresh, profile.at("results/user/refresh_token"))
	w.move(time.Hour - time.Second)
	rina.call("GET", "my_profile", nil)
	w.move(time.Second)
	expired := rina.try("GET", "my_profile", nil)
	assert.Equal(t, http.StatusForbidden, expired.status)
	assert.Equal(t, expiredWords, expired.at("error/message"))

	old := *rina
	rina.refreshes()
	rina.call("GET", "my_profile", nil)
	assert.Equal(t, expiredWords, old.try("GET", "my_profile", nil).at("error/message"))
	for name, c := range map[string]object{
		"once more":    {"user_id": "rina", "refresh_token": old.refresh},
		"made up":      {"user_id": "rina", "refresh_token": "cr-salah"},
		"another user": {"user_id": "bagus_17", "refresh_token": rina.refresh},
	} {
		assert.Equal(t, http.StatusUnauthorized, rina.try("POST", "refresh_user_token", c).status, name)
	}
	rina.call("POST", "expire_user_token", object{"user_id": "rina"})
	assert.Equal(t, expiredWords, rina.try("GET", "my_profile", nil).at("error/message"))
	rina.refreshes()
	rina.call("GET", "my_profile", nil)
	user, _ := w.state.findChatUser("rina")
	assert.Equal(t, []string{rina.token}, user.liveTokens(w.Clock().Now()))
}

// Of one user, so many tokens are remembered.
func TestChatTokensAreBounded(t *testing.T) {
	w := newWorld(t, Config{})
	first := w.chats("rina")
	for range maxChatTokens {
		w.chats("rina")
	}
	assert.Equal(t, http.StatusUnauthorized, first.try("GET", "my_profile", nil).status)
	assert.Len(t, w.state.chat.users["rina"].tokens, maxChatTokens)
}

// identity signs an identity token, with what a test changes in it.
func (w *world) identity(change func(claims jwt.MapClaims, header map[string]any)) string {
	w.t.Helper()
	now := w.Clock().Now()
	claims := jwt.MapClaims{
		"iss": w.Config().AppCode, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"nce": w.nonce(), "prn": "bagus_17", "name": "Bagus", "avatar_url": "https://cdn.example.id/avatar/bagus.png",
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	token.Header["ver"] = "v2"
	change(claims, token.Header)
	signed, err := token.SignedString([]byte(w.Config().SecretKey))
	require.NoError(w.t, err)
	return signed
}

// An identity token is checked to the last claim, and its nonce serves once.
func TestIdentityTokens(t *testing.T) {
	at := frozen()
	w := newWorld(t, Config{Now: func() time.Time { return at }})
	as := func(change func(claims jwt.MapClaims, header map[string]any)) answer {
		return w.asApp("auth/verify_identity_token", object{"identity_token": w.identity(change)})
	}
	good := func(jwt.MapClaims, map[string]any) {}
	made := w.fine(as(good))
	assert.Equal(t, "Bagus", made.at("results/user/username"))
	bagus := &chatter{w: w, id: "bagus_17", token: text(made.at("results/user/token"))}
	assert.Equal(t, "https://cdn.example.id/avatar/bagus.png", bagus.call("GET", "my_profile", nil).at("results/user/avatar_url"))

	claim := func(name string, value any) func(jwt.MapClaims, map[string]any) {
		return func(claims jwt.MapClaims, _ map[string]any) {
			claims[name] = value
			if value == nil {
				delete(claims, name)
			}
		}
	}
	for name, change := range map[string]func(jwt.MapClaims, map[string]any){
		"another app":     claim("iss", "lain-1"),
		"no app":          claim("iss", nil),
		"too old":         claim("exp", at.Unix()),
		"for ever":        claim("exp", nil),
		"not yet":         claim("nbf", at.Add(time.Minute).Unix()),
		"from when":       claim("nbf", nil),
		"of tomorrow":     claim("iat", at.Add(24*time.Hour).Unix()),
		"no issue":        claim("iat", nil),
		"nobody":          claim("prn", nil),
		"no nonce":        claim("nce", nil),
		"a made-up nonce": claim("nce", strings.Repeat("x", 40)),
		"another version": func(_ jwt.MapClaims, header map[string]any) { header["ver"] = "v1" },
		"another type":    func(_ jwt.MapClaims, header map[string]any) { header["typ"] = "JWS" },
	} {
		refused := as(change)
		assert.Equal(t, http.StatusUnauthorized, refused.status, name)
		assert.Contains(t, refused.at("error/message"), "Unauthorized. The identity token is invalid: ", name)
	}
	assert.Equal(t, http.StatusBadRequest, as(claim("prn", "rina/1")).status)
	again := w.identity(good)
	w.fine(w.asApp("auth/verify_identity_token", object{"identity_token": again}))
	assert.Contains(t, w.asApp("auth/verify_identity_token", object{"identity_token": again}).raw, "nonce")
	forged := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": w.Config().AppCode})
	signed, err := forged.SignedString([]byte("another secret"))
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, w.asApp("auth/verify_identity_token", object{"identity_token": signed}).status)

	late := w.nonce()
	w.move(nonceLife)
	refused := as(claim("nce", late))
	assert.Contains(t, refused.raw, "nonce", "it serves for ten minutes")
	assert.Len(t, late, 40)
}

// Nonces that nobody uses do not fill the memory.
func TestNoncesAreBounded(t *testing.T) {
	w := newWorld(t, Config{})
	w.nonce()
	require.NoError(t, w.change(func() error {
		for range maxNonces {
			w.state.addNonce(w.now())
		}
		return nil
	}))
	assert.Len(t, w.state.chat.nonces, maxNonces)
}

// Headers may be written with underscores, the id of the user under its old name, and the
// paths for users under their other one. What is refused says so as the chat server does.
func TestWaysToCallTheChatServer(t *testing.T) {
	w := newWorld(t, Config{})
	rina, config := w.chatter("rina"), w.Config()
	underscored := http.Header{"QISCUS_SDK_APP_ID": {config.AppCode}, "QISCUS_SDK_SECRET": {config.SecretKey}}
	w.fine(w.send("GET", serversPath+"get_user_list", underscored, "", nil))
	mobile := http.Header{"Qiscus-Sdk-App-Id": {config.AppCode}, "Qiscus-Sdk-Token": {rina.token}, "Qiscus-Sdk-User-Email": {"rina"}}
	w.fine(w.send("GET", mobilePath+"my_profile", mobile, "", nil))
	w.fine(w.send("POST", "/api/v2/auth/nonce", mobile, "", nil))
	for path, status := range map[string]int{
		usersPath + "tidak_ada": http.StatusNotFound, serversPath + "user_profile/x": http.StatusNotFound,
		usersPath + "post_comment": http.StatusMethodNotAllowed,
	} {
		got := w.send("GET", path, mobile, "", nil)
		assert.Equal(t, status, got.status, path)
		assert.NotEmpty(t, got.at("error/message"), path)
		assert.EqualValues(t, status, got.at("status"), path)
	}
	wrong := rina.try("POST", "post_comment", object{"topic_id": "1", "comment": 7})
	assert.Equal(t, http.StatusBadRequest, wrong.status)
	assert.Len(t, wrong.at("error/detailed_messages"), 3)
}

// Devices are remembered, once each, and not without end.
func TestDevices(t *testing.T) {
	w := newWorld(t, Config{})
	rina := w.chatter("rina")
	device := object{"device_token": "d-1", "device_platform": "android"}
	assert.Equal(t, true, rina.call("POST", "set_user_device_token", device).at("results/changed"))
	assert.Equal(t, false, rina.call("POST", "set_user_device_token", device).at("results/changed"))
	assert.Len(t, w.state.chat.users["rina"].devices, 1)
	assert.Equal(t, true, rina.call("POST", "remove_user_device_token", device).at("results/success"))
	assert.Empty(t, w.state.chat.users["rina"].devices)
	for i := range maxChatDevices + 1 {
		rina.call("POST", "set_user_device_token", object{"device_token": text(int64(i)), "device_platform": "android"})
	}
	remembered := w.state.chat.users["rina"].devices
	assert.Len(t, remembered, maxChatDevices)
	assert.Equal(t, "1", remembered[0].token, "the first has made room")
}
