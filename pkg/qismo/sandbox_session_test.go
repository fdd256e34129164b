package qismo_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// agent is one of the platform's agents.
func (p *platform) agent(t *testing.T, i int) sandbox.Agent {
	t.Helper()
	agents := p.Config().Agents
	require.Greater(t, len(agents), i)
	return agents[i]
}

func checkQRCodes(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	agent := p.agent(t, 0)
	login, err := client.Session.Login(t.Context(), qismo.LoginParams{Email: agent.Email, Password: flex.Credential(agent.Password)})
	require.NoError(t, err)

	session, err := client.Session.MobileLogin(t.Context(), login.LongLivedToken, "sekali")
	require.NoError(t, err)
	assert.NotEmpty(t, session.IdentityToken.Reveal())
	assert.EqualValues(t, 2, session.UserType)
	profile, err := p.client(t, qismo.WithToken(client.AppID(), session.QismoToken.Reveal())).Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, agent.Email, profile.Email)

	key := flex.Credential(session.QismoKey.Reveal())
	older, err := client.Session.TokenByQismoKey(t.Context(), login.Details.SdkUser.Token, key)
	require.NoError(t, err)
	assert.EqualValues(t, 2, older.Type)
	_, err = p.client(t, qismo.WithToken(client.AppID(), older.AuthenticationToken.Reveal())).Session.Profile(t.Context())
	require.NoError(t, err)
	_, err = client.Session.TokenByQismoKey(t.Context(), login.User.AuthenticationToken, key)
	require.ErrorIs(t, err, qismo.ErrUnauthorized, "a token of another kind")
	_, err = client.Session.MobileLogin(t.Context(), login.User.AuthenticationToken, "sekali")
	require.ErrorIs(t, err, qismo.ErrUnauthorized, "a token of another kind")

	version, err := client.Session.LatestMobileVersion(t.Context(), qismo.MobileAppIOS)
	require.NoError(t, err)
	assert.NotEmpty(t, version.Version)
	_, err = client.Session.LatestMobileVersion(t.Context(), 9)
	require.ErrorIs(t, err, qismo.ErrNotFound)
}

// checkProfile leaves everything as it was: others use the same platform.
func checkProfile(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	agent := p.agent(t, 1)
	old, changed := flex.Credential(agent.Password), flex.Credential("sandi-baru")
	mine := p.client(t, qismo.WithLogin(client.AppID(), agent.Email, agent.Password), qismo.WithRole(qismo.RoleAgent))

	require.ErrorIs(t, mine.Session.ChangePassword(t.Context(), changed, old), qismo.ErrBadRequest)
	require.NoError(t, mine.Session.ChangePassword(t.Context(), old, changed))
	_, err := client.Session.Login(t.Context(), qismo.LoginParams{Email: agent.Email, Password: old})
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	_, err = client.Session.Login(t.Context(), qismo.LoginParams{Email: agent.Email, Password: changed})
	require.NoError(t, err)
	require.NoError(t, mine.Session.ChangePassword(t.Context(), changed, old))

	require.NoError(t, mine.Session.SetAvailability(t.Context(), false))
	profile, err := mine.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.False(t, profile.IsAvailable)
	require.NoError(t, mine.Session.SetAvailability(t.Context(), true))
	profile, err = mine.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.True(t, profile.IsAvailable)

	params := qismo.UpdateProfileParams{Name: "Nama Baru", Email: agent.Email, AvatarURL: "https://cdn.example.id/baru.png"}
	require.NoError(t, mine.Session.UpdateProfile(t.Context(), params))
	profile, err = mine.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Nama Baru", profile.Name)
	assert.Equal(t, params.AvatarURL, profile.AvatarURL)
	require.NoError(t, mine.Session.UpdateProfile(t.Context(), qismo.UpdateProfileParams{Name: agent.Name, Email: agent.Email}))

	account := qismo.SignUpParams{Name: "Toko Melati", Email: "pemilik@melati.example.id", Password: "rahasia", Phone: "628115550177", Industry: "Retail"}
	require.NoError(t, client.Session.SignUp(t.Context(), account))
	err = client.Session.SignUp(t.Context(), account)
	require.ErrorContains(t, err, "already been taken")
	assert.NotContains(t, err.Error(), "rahasia")
}

func checkAgentChanges(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	offline := p.agent(t, len(p.Config().Agents)-1)
	id := flex.ID(sprint("%d", offline.ID))
	before, err := client.Agents.Get(t.Context(), id)
	require.NoError(t, err)
	params := qismo.UpdateAgentParams{
		Name: "Nama Lain", Email: before.Email, Channels: []qismo.ChannelFilter{{Source: "wa", ChannelID: "5120"}},
		RoleIDs: []flex.ID{before.UserRoles[0].ID},
	}
	agent, err := client.Agents.Update(t.Context(), id, params)
	require.NoError(t, err)
	require.NotNil(t, agent)
	assert.Equal(t, "Nama Lain", agent.Name)
	require.Len(t, agent.UserChannels, 1)
	assert.Equal(t, flex.ID("5120"), agent.UserChannels[0].ID)
	require.Len(t, agent.UserRoles, 1)
	_, err = client.Agents.Update(t.Context(), "1", params)
	require.ErrorIs(t, err, qismo.ErrNotFound)

	roomID := write(t, p, "628115550211")
	others := map[flex.ID]bool{}
	for agent, err := range client.Agents.AllOther(t.Context(), qismo.ListOtherAgentsParams{RoomID: roomID, Limit: 2}) {
		require.NoError(t, err)
		assert.False(t, others[agent.ID], "each once")
		others[agent.ID] = true
	}
	assert.Len(t, others, len(p.Config().Agents), "also who is offline")
	page, err := client.Agents.ListOther(t.Context(), qismo.ListOtherAgentsParams{RoomID: roomID, Search: "nama lain"})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	assert.Equal(t, id, page.Items[0].ID)
	assert.False(t, page.HasNext())
}
