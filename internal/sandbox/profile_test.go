package sandbox

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sendAsUser sends JSON with a user's token.
func (w *world) sendAsUser(path, token string, body any) answer {
	w.t.Helper()
	return w.send("POST", path, http.Header{"Authorization": {token}}, "application/json", encode(body))
}

func (w *world) tokenOf(email, password string) string {
	w.t.Helper()
	token, _ := w.logIn(email, password).at("data/user/authentication_token").(string)
	require.NotEmpty(w.t, token)
	return token
}

func TestProfile(t *testing.T) {
	w := staffWorld(t)
	admin, agent := w.Config().AdminEmail, "putri@example.id"
	password := w.Config().AdminPassword
	token := w.tokenOf(agent, password)
	chatID := w.logIn(agent, password).at("data/user/sdk_email")
	changed := object{"name": "Putri H.", "email": "putri.h@example.id", "avatar_url": "https://cdn.example.id/p.png", "company_name": "Lain"}
	assert.Equal(t, http.StatusOK, w.sendAsUser("/api/v1/agent/update_profile", token, changed).status)

	assert.Equal(t, http.StatusUnauthorized, w.logIn(agent, password).status, "the old address is no longer one")
	again := w.logIn("putri.h@example.id", password)
	assert.Equal(t, "Putri H.", again.at("data/user/name"))
	assert.Equal(t, "https://cdn.example.id/p.png", again.at("data/user/avatar_url"))
	assert.Equal(t, chatID, again.at("data/user/sdk_email"), "the chat server keeps its id")
	profile := w.withToken("GET", profilePath, token)
	assert.Equal(t, "putri.h@example.id", profile.at("data/email"))
	assert.Equal(t, "https://cdn.example.id/p.png", profile.at("data/avatar_url"))
	assert.Equal(t, companyName, profile.at("data/company_name"), "which is the admin's to change")

	taken := object{"name": "Putri H.", "email": admin, "avatar_url": ""}
	assert.Equal(t, http.StatusBadRequest, w.sendAsUser("/api/v1/agent/update_profile", token, taken).status)
	assert.Equal(t, http.StatusUnauthorized, w.call("POST", "/api/v1/admin/update_profile", changed).status, "there is no user behind the secret key")
}

func TestAdminsProfile(t *testing.T) {
	w := newWorld(t, Config{})
	token := w.tokenOf(w.Config().AdminEmail, w.Config().AdminPassword)
	body := object{"name": "Sari W.", "email": w.Config().AdminEmail, "avatar_url": "", "company_name": "Kopi Wangi Jaya", "billing_emails": []string{"pajak@example.id"}}
	require.Equal(t, http.StatusOK, w.sendAsUser("/api/v1/admin/update_profile", token, body).status)
	profile := w.call("GET", "/api/v1/admin/get_profile", nil)
	assert.Equal(t, "Kopi Wangi Jaya", profile.at("data/company_name"))
	assert.Equal(t, "pajak@example.id", profile.at("data/billing_emails/0"))
	assert.Equal(t, "Jalan Melati 8, Bandung", profile.at("data/address"), "was not sent")
	assert.Nil(t, profile.at("data/avatar_url"))
}

func TestPassword(t *testing.T) {
	var elapsed atomic.Int64
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	w := newWorld(t, Config{Now: func() time.Time { return start.Add(time.Duration(elapsed.Load())) }})
	email, old := w.Config().AdminEmail, w.Config().AdminPassword
	token := w.tokenOf(email, old)
	elapsed.Store(int64(time.Hour))
	path := "/api/v1/admin/change_password"
	assert.Equal(t, http.StatusBadRequest, w.sendAsUser(path, token, object{"old_password": "salah", "new_password": "baru"}).status)
	assert.Equal(t, http.StatusOK, w.logIn(email, old).status)
	assert.Equal(t, http.StatusOK, w.sendAsUser(path, token, object{"old_password": old, "new_password": "baru"}).status)
	assert.Equal(t, http.StatusUnauthorized, w.logIn(email, old).status)
	assert.Equal(t, http.StatusOK, w.logIn(email, "baru").status)
	assert.Equal(t, "2026-11-20T04:00:00", w.withToken("GET", profilePath, token).at("data/last_password_update"), "the token stays good")
	details := w.withToken("GET", "/api/v2/app/details", token)
	assert.Equal(t, "2026-11-20T04:00:00", details.at("user/last_password_update"))
	assert.InDelta(t, start.Add(time.Hour+passwordLife).Unix(), details.at("user/expired_on"), 0)
}

func TestAvailability(t *testing.T) {
	w := staffWorld(t)
	room := w.anyRoom()
	token := w.tokenOf("putri@example.id", w.Config().AdminPassword)
	available := func() []int64 {
		return ids(w.call("GET", "/api/v2/admin/service/available_agents?room_id="+room, nil).at("data/agents"))
	}
	assert.Equal(t, []int64{80001, 80002}, available())
	assert.Equal(t, http.StatusOK, w.sendAsUser("/api/v1/set_availability", token, object{"is_available": true}).status)
	assert.Equal(t, []int64{80001, 80002, 80003}, available())
	assert.Equal(t, true, w.withToken("GET", profilePath, token).at("data/is_available"))
	assert.Equal(t, http.StatusOK, w.sendAsUser("/api/v1/set_availability", token, object{"is_available": false}).status)
	assert.Equal(t, []int64{80001, 80002}, available())
	assert.Equal(t, http.StatusBadRequest, w.sendAsUser("/api/v1/set_availability", token, object{"is_available": "true"}).status)
}

func TestSignUp(t *testing.T) {
	w := newWorld(t, Config{})
	account := object{"name": "Toko Melati", "email": "pemilik@melati.example.id", "password": "rahasia", "phone": "628115550177", "industry": "Retail"}
	signUp := func() answer { return w.send("POST", "/api/v1/sign_up", nil, "application/json", encode(account)) }
	assert.Equal(t, http.StatusOK, signUp().status)
	assert.JSONEq(t, `{"errors":"email has already been taken"}`, signUp().raw)
	assert.Equal(t, http.StatusUnauthorized, w.logIn("pemilik@melati.example.id", "rahasia").status, "it is another app")
	account["email"] = w.Config().AdminEmail
	assert.Equal(t, http.StatusBadRequest, signUp().status)
}

// The two log-ins of QR codes take tokens of their own kinds, and no others.
func TestQRCodes(t *testing.T) {
	w := newWorld(t, Config{})
	login := w.logIn(w.Config().AdminEmail, w.Config().AdminPassword)
	token, _ := login.at("data/user/authentication_token").(string)
	long, _ := login.at("data/long_lived_token").(string)
	chat, _ := login.at("data/details/sdk_user/token").(string)
	form := "application/x-www-form-urlencoded"
	send := func(path, token, body string) answer {
		return w.send("POST", path, http.Header{"Authorization": {token}}, form, []byte(body))
	}

	scanned := send("/api/v2/auth/mobile_login", long, "nonce=sekali")
	fresh, _ := scanned.at("data/qismo_token").(string)
	assert.Equal(t, http.StatusOK, w.withToken("GET", profilePath, fresh).status)
	assert.InDelta(t, 1, scanned.at("data/user_type"), 0)
	key, _ := scanned.at("data/qismo_key").(string)
	assert.Equal(t, login.at("data/user/qismo_key"), key)
	assert.Equal(t, http.StatusBadRequest, send("/api/v2/auth/mobile_login", long, "").status, "a nonce is wanted")

	older := "/api/v1/auth/get_token_by_qismo_key"
	body := "app_id=" + w.Config().AppCode + "&qismo_key="
	traded := send(older, chat, body+key)
	fresh, _ = traded.at("data/authentication_token").(string)
	assert.Equal(t, http.StatusOK, w.withToken("GET", profilePath, fresh).status)
	assert.Equal(t, http.StatusUnauthorized, send(older, chat, body+"lain").status)
	assert.Equal(t, http.StatusNotFound, send(older, chat, "app_id=lain&qismo_key="+key).status)

	for _, other := range []string{token, chat, "salah"} {
		assert.Equal(t, http.StatusUnauthorized, send("/api/v2/auth/mobile_login", other, "nonce=sekali").status)
	}
	for _, other := range []string{token, long, "salah"} {
		assert.Equal(t, http.StatusUnauthorized, send(older, other, body+key).status)
	}
	assert.Equal(t, http.StatusUnauthorized, w.withToken("GET", profilePath, chat).status)
}

func TestMobileVersion(t *testing.T) {
	w := newWorld(t, Config{})
	assert.Equal(t, "3.14.2", w.call("GET", "/api/v2/mobile_version/latest?type=2", nil).at("data/mobile_version/version"))
	assert.Equal(t, http.StatusNotFound, w.call("GET", "/api/v2/mobile_version/latest?type=9", nil).status)
	assert.Equal(t, http.StatusBadRequest, w.call("GET", "/api/v2/mobile_version/latest", nil).status)
}
