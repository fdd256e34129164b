package sandbox

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const profilePath = "/api/v1/agent/get_profile"

func (w *world) withToken(method, path, token string) answer {
	w.t.Helper()
	return w.send(method, path, http.Header{"Authorization": {token}}, "", nil)
}

func (w *world) logIn(email, password string) answer {
	w.t.Helper()
	return w.call("POST", "/api/v1/auth", object{"email": email, "password": password})
}

// A token works until its user logs out with it; another login voids nothing.
func TestTokens(t *testing.T) {
	w := newWorld(t, Config{Agents: []Agent{{Name: "Rini Astuti", Email: "rini@example.id", Password: "rahasia"}}})
	assert.Equal(t, http.StatusUnauthorized, w.logIn("rini@example.id", "salah").status)

	first := w.logIn("rini@example.id", "rahasia")
	second := w.logIn("rini@example.id", "rahasia")
	firstToken := first.at("data/user/authentication_token").(string)
	secondToken := second.at("data/user/authentication_token").(string)
	assert.NotEqual(t, firstToken, secondToken)
	assert.Equal(t, w.Config().SecretKey, first.at("data/user/app/secret_key"))
	assert.Equal(t, "Rini Astuti", w.withToken("GET", profilePath, firstToken).at("data/name"))

	assert.Equal(t, http.StatusOK, w.withToken("POST", "/api/v1/auth/logout", firstToken).status)
	got := w.withToken("GET", profilePath, firstToken)
	assert.Equal(t, http.StatusUnauthorized, got.status)
	assert.JSONEq(t, `{"detail":"token_expired"}`, got.raw)
	assert.Equal(t, http.StatusOK, w.withToken("GET", profilePath, secondToken).status)

	long := first.at("data/long_lived_token").(string)
	renewed := w.withToken("POST", "/api/v2/auth/refresh_token", long).at("data/auth/token").(string)
	assert.Equal(t, http.StatusOK, w.withToken("GET", profilePath, renewed).status)
	assert.JSONEq(t, `{"errors":"invalid token"}`, w.withToken("POST", "/api/v2/auth/refresh_token", renewed).raw)
	assert.Equal(t, http.StatusUnauthorized, w.withToken("GET", profilePath, long).status)

	sent := w.delivered()
	assert.Equal(t, []string{"userLogout"}, events(sent))
	assert.Equal(t, "rini@example.id", sent[0].at("payload/user/email"))
}

// A token ends by the clock, after as long as the configuration says. The long-lived
// one goes on, and renews it.
func TestTokensExpire(t *testing.T) {
	for name, config := range map[string]Config{"by default": {Now: frozen}, "as set": {Now: frozen, TokenLife: time.Minute}} {
		w := newWorld(t, config)
		life := w.Config().TokenLife
		login := w.logIn(w.Config().AdminEmail, w.Config().AdminPassword)
		token := login.at("data/user/authentication_token").(string)
		w.move(life - time.Second)
		assert.Equal(t, http.StatusOK, w.withToken("GET", profilePath, token).status, name)
		w.move(time.Second)
		assert.JSONEq(t, `{"detail":"token_expired"}`, w.withToken("GET", profilePath, token).raw, name)
		long := login.at("data/long_lived_token").(string)
		renewed := w.withToken("POST", "/api/v2/auth/refresh_token", long).at("data/auth/token").(string)
		assert.Equal(t, http.StatusOK, w.withToken("GET", profilePath, renewed).status, name)
	}
	assert.Equal(t, 30*24*time.Hour, defaultTokenLife)
}

// Who logs in without end loses the oldest tokens and not the newest.
func TestTokensAreBounded(t *testing.T) {
	w := newWorld(t, Config{})
	user, now := w.state.admin(), time.Now()
	first, others := user.token, len(w.state.tokens)
	second := w.state.issueToken(user, now)
	for range maxTokens - 1 {
		w.state.issueToken(user, now)
	}
	assert.Len(t, w.state.tokens, others+maxTokens-1)
	_, err := w.state.bearer("userToken", first, now)
	require.Error(t, err)
	for _, token := range []string{second, user.token} {
		_, err = w.state.bearer("userToken", token, now)
		assert.NoError(t, err)
	}
}
