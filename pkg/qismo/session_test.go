package qismo_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// The log-ins of QR codes carry the token that they are given, and nothing of the
// client's own.
func TestTokensOfQRCodesOnTheWire(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"qismo_token":"a","authentication_token":"b"}}`))
	client := service.client(t)
	session, err := client.Session.MobileLogin(t.Context(), "token panjang", "sekali & lagi")
	require.NoError(t, err)
	assert.Equal(t, "a", session.QismoToken.Reveal())
	older, err := client.Session.TokenByQismoKey(t.Context(), "token obrolan", "kunci+lama")
	require.NoError(t, err)
	assert.Equal(t, "b", older.AuthenticationToken.Reveal())

	seen := service.seen()
	require.Len(t, seen, 2)
	assert.Equal(t, "token panjang", seen[0].Header.Get("Authorization"))
	assert.NotContains(t, seen[0].Header, "Qiscus-App-Id")
	form, err := url.ParseQuery(seen[0].Body)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"nonce": {"sekali & lagi"}}, form)

	assert.Equal(t, "token obrolan", seen[1].Header.Get("Authorization"))
	assert.Equal(t, testAppID, seen[1].Header.Get("Qiscus-App-Id"))
	form, err = url.ParseQuery(seen[1].Body)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"app_id": {testAppID}, "qismo_key": {"kunci+lama"}}, form)
	for _, request := range seen {
		assert.NotContains(t, request.Header, "Qiscus-Secret-Key")
		assert.Equal(t, "application/x-www-form-urlencoded", request.Header.Get("Content-Type"))
	}
}

// A refused token of these kinds is not the client's, and not renewed.
func TestRefusedTokensOfQRCodes(t *testing.T) {
	service := newRecorder(t, answerJSON(401, `{"errors":"invalid token: tok-panjang-sekali"}`))
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi"))
	_, err := client.Session.MobileLogin(t.Context(), "tok-panjang-sekali", "sekali")
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	assert.NotContains(t, err.Error(), "tok-panjang-sekali")
	_, err = client.Session.TokenByQismoKey(t.Context(), "tok-panjang-sekali", "kunci-rahasia")
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	assert.Len(t, service.seen(), 2)
}

func TestProfileOnTheWire(t *testing.T) {
	service := newRecorder(t, answer(200, "text/plain", "ok"))
	client := service.client(t, qismo.WithToken(testAppID, "tok"))
	require.NoError(t, client.Session.UpdateProfile(t.Context(), qismo.UpdateProfileParams{Name: "Sari", Email: "sari@example.id"}))
	require.NoError(t, client.Session.ChangePassword(t.Context(), "lama", "baru", qismo.WithRole(qismo.RoleSupervisor)))
	require.NoError(t, client.Session.SetAvailability(t.Context(), false))
	require.NoError(t, client.Session.SignUp(t.Context(), qismo.SignUpParams{Name: "a", Email: "b", Password: "c", Phone: "1", Industry: "e"}))

	seen := service.seen()
	require.Len(t, seen, 4)
	assert.Equal(t, "/api/v1/admin/update_profile", seen[0].URI)
	assert.JSONEq(t, `{"name":"Sari","email":"sari@example.id","avatar_url":""}`, seen[0].Body, "the three are always sent")
	assert.Equal(t, "/api/v1/agent/change_password", seen[1].URI, "supervisors have no path of their own")
	assert.JSONEq(t, `{"old_password":"lama","new_password":"baru"}`, seen[1].Body)
	assert.JSONEq(t, `{"is_available":false}`, seen[2].Body)
	assert.Equal(t, "tok", seen[2].Header.Get("Authorization"))
	assert.JSONEq(t, `{"name":"a","email":"b","password":"c","phone":"1","industry":"e"}`, seen[3].Body)
	assert.NotContains(t, seen[3].Header, "Authorization")
	assert.NotContains(t, seen[3].Header, "Qiscus-App-Id")
}

func TestSessionRefusesBeforeSending(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	session := service.client(t).Session
	ctx := t.Context()
	only := func(_ any, err error) error { return err }
	account := qismo.SignUpParams{Name: "a", Email: "b", Password: "c", Phone: "d", Industry: "e"}
	without := func(change func(*qismo.SignUpParams)) error {
		params := account
		change(&params)
		return session.SignUp(ctx, params)
	}
	for want, err := range map[string]error{
		"mobileLogin: the long-lived token is empty":        only(session.MobileLogin(ctx, "", "n")),
		"mobileLogin: the nonce is empty":                   only(session.MobileLogin(ctx, "t", "")),
		"getTokenByQismoKey: the Chat SDK token is empty":   only(session.TokenByQismoKey(ctx, "", "k")),
		"getTokenByQismoKey: the key is empty":              only(session.TokenByQismoKey(ctx, "t", "")),
		"getLatestMobileVersion: the app is not above zero": only(session.LatestMobileVersion(ctx, 0)),
		"updateProfile: the name is empty":                  session.UpdateProfile(ctx, qismo.UpdateProfileParams{Email: "b"}),
		"updateProfile: the e-mail address is empty":        session.UpdateProfile(ctx, qismo.UpdateProfileParams{Name: "a"}),
		"changePassword: the old password is empty":         session.ChangePassword(ctx, "", "b"),
		"changePassword: the new password is empty":         session.ChangePassword(ctx, "a", ""),
		"signUp: the name is empty":                         without(func(p *qismo.SignUpParams) { p.Name = "" }),
		"signUp: the e-mail address is empty":               without(func(p *qismo.SignUpParams) { p.Email = "" }),
		"signUp: the password is empty":                     without(func(p *qismo.SignUpParams) { p.Password = "" }),
		"signUp: the phone number is empty":                 without(func(p *qismo.SignUpParams) { p.Phone = "" }),
		"signUp: the industry is empty":                     without(func(p *qismo.SignUpParams) { p.Industry = "" }),
	} {
		require.EqualError(t, err, "qismo: "+want)
	}
	assert.Empty(t, service.seen())
}

func TestSessionsWithoutWhatWasAskedFor(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"qismo_token":"","authentication_token":null,"mobile_version":{}}}`))
	session := service.client(t).Session
	_, err := session.MobileLogin(t.Context(), "t", "n")
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	require.ErrorContains(t, err, "mobileLogin: status 200 OK: the answer has no token")
	_, err = session.TokenByQismoKey(t.Context(), "t", "k")
	require.ErrorContains(t, err, "getTokenByQismoKey: status 200 OK: the answer has no token")
	_, err = session.LatestMobileVersion(t.Context(), qismo.MobileAppIOS)
	require.ErrorContains(t, err, "the answer has no version")

	refusing := newRecorder(t, answerJSON(403, `{"message":"no","traceid":"5"}`)).client(t).Session
	_, err = refusing.LatestMobileVersion(t.Context(), qismo.MobileAppIOS)
	require.ErrorIs(t, err, qismo.ErrForbidden)
}

// What an agent is changed to goes out whole.
func TestUpdateAgentOnTheWire(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":null}`))
	agents := service.client(t).Agents
	params := qismo.UpdateAgentParams{
		Name: "Rini", Email: "rini@example.id", Channels: []qismo.ChannelFilter{{Source: "wa", ChannelID: "5120"}}, RoleIDs: []flex.ID{"811"},
	}
	agent, err := agents.Update(t.Context(), "73012", params)
	require.NoError(t, err)
	assert.Nil(t, agent, "nobody is known to read the answer: one without the agent is no failure")
	params.Channels, params.RoleIDs = []qismo.ChannelFilter{}, []flex.ID{}
	_, err = agents.Update(t.Context(), "73012", params)
	require.NoError(t, err)
	seen := service.seen()
	require.Len(t, seen, 2)
	assert.Equal(t, "/api/v2/admin/agent/73012/update", seen[0].URI)
	assert.JSONEq(t, `{"name":"Rini","email":"rini@example.id","channels":[{"source":"wa","channel_id":5120}],"role_ids":["811"]}`, seen[0].Body)
	assert.JSONEq(t, `{"name":"Rini","email":"rini@example.id","channels":[],"role_ids":[]}`, seen[1].Body)

	for want, change := range map[string]func(*qismo.UpdateAgentParams){
		"the name is empty":           func(p *qismo.UpdateAgentParams) { p.Name = "" },
		"the e-mail address is empty": func(p *qismo.UpdateAgentParams) { p.Email = "" },
		"Channels is nil":             func(p *qismo.UpdateAgentParams) { p.Channels = nil },
		"RoleIDs is nil":              func(p *qismo.UpdateAgentParams) { p.RoleIDs = nil },
	} {
		changed := params
		change(&changed)
		_, err := agents.Update(t.Context(), "73012", changed)
		require.ErrorContains(t, err, "qismo: updateAgent: "+want)
	}
	_, err = agents.Update(t.Context(), "", params)
	require.ErrorContains(t, err, "agent id is empty")
	assert.Len(t, service.seen(), 2)
}

func TestOtherAgentsOnTheWire(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"agents":null}}`))
	client := service.client(t, qismo.WithToken(testAppID, "tok"), qismo.WithRole(qismo.RoleSupervisor))
	_, err := client.Agents.ListOther(t.Context(), qismo.ListOtherAgentsParams{RoomID: "9", Search: "rini"})
	require.ErrorContains(t, err, "the answer has no list of agents")
	assert.Equal(t, "/api/v2/spv/service/other_agents?room_id=9&search=rini", service.seen()[0].URI)
	_, err = client.Agents.ListOther(t.Context(), qismo.ListOtherAgentsParams{})
	require.EqualError(t, err, "qismo: listOtherAgents: the room id is empty")
	for _, err := range client.Agents.AllOther(t.Context(), qismo.ListOtherAgentsParams{}) {
		require.Error(t, err)
	}
	assert.Len(t, service.seen(), 1)
	refusing := newRecorder(t, answerJSON(403, `{"message":"no"}`)).client(t)
	_, err = refusing.Agents.ListOther(t.Context(), qismo.ListOtherAgentsParams{RoomID: "9"})
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, err = refusing.Agents.Update(t.Context(), "1", qismo.UpdateAgentParams{Name: "a", Email: "b", Channels: []qismo.ChannelFilter{}, RoleIDs: []flex.ID{}})
	require.ErrorIs(t, err, qismo.ErrForbidden)
}
