package chat_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

// A session is stored, with its end and what renews it, and taken up after a restart.
func TestTheTokenStore(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token.json")
	service := &loginService{refreshes: true, lasts: time.Hour}
	first := service.user(t, rina(), chat.WithTokenStore(chat.TokenFile(file)))
	_, err := first.Session.Profile(t.Context())
	require.NoError(t, err)
	again := service.user(t, rina(), chat.WithTokenStore(chat.TokenFile(file)))
	_, err = again.Session.Profile(t.Context())
	require.NoError(t, err)
	id, err := again.ID(t.Context())
	require.NoError(t, err)
	assert.Equal(t, testUserID, id)
	assert.Equal(t, []string{loggedIn, profile, profile}, service.called())

	service.expire()
	_, err = again.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{profile, refreshed, profile}, service.called())

	other := service.user(t, chat.LoginOrRegister(chat.LoginOrRegisterParams{Email: "budi@toko.example.id", Password: testKey}),
		chat.WithTokenStore(chat.TokenFile(file)))
	_, err = other.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{loggedIn}, service.called(), "another's token is not used")

	own := &keptTokens{}
	for _, elsewhere := range []struct{ appID, address string }{
		{testAppID, "https://api.example.id"}, {"toko-lain", "https://api.example.id"}, {"toko-lain", chat.DefaultBaseURL},
	} {
		user, err := chat.NewUser(elsewhere.appID, rina(), chat.WithTransport(service), chat.WithBaseURL(elsewhere.address), chat.WithTokenStore(own))
		require.NoError(t, err)
		_, err = user.Token(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{loggedIn}, service.called(), "a token of another app or service is not used")
	}
}

// keptTokens is a store in memory.
type keptTokens struct{ kept []byte }

func (s *keptTokens) Load(context.Context) ([]byte, error)      { return s.kept, nil }
func (s *keptTokens) Save(_ context.Context, kept []byte) error { s.kept = kept; return nil }

// Logging out ends the session at the service, here and in the store; a token that is
// void already is no error.
func TestLogout(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token.json")
	service := &loginService{refreshes: true}
	user := service.user(t, rina(), chat.WithTokenStore(chat.TokenFile(file)))
	require.NoError(t, user.Logout(t.Context()))
	assert.Empty(t, service.called(), "nobody is logged in")

	_, err := user.Token(t.Context())
	require.NoError(t, err)
	service.refuse("/api/v2/sdk/logout", 200, ``)
	require.NoError(t, user.Logout(t.Context()))
	assert.Equal(t, []string{loggedIn, loggedOut}, service.called())
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Empty(t, kept)
	require.NoError(t, user.Logout(t.Context()))
	assert.Empty(t, service.called())

	_, err = user.Token(t.Context())
	require.NoError(t, err)
	service.refuse("/api/v2/sdk/logout", 403, saysExpired)
	require.NoError(t, service.user(t, rina(), chat.WithTokenStore(chat.TokenFile(file))).Logout(t.Context()), "after a restart")
	assert.Equal(t, []string{loggedIn, loggedOut}, service.called(), "without what was ended, and not renewed")

	_, err = user.Token(t.Context())
	require.NoError(t, err)
	service.refuse("/api/v2/sdk/logout", 503, ``)
	require.ErrorIs(t, user.Logout(t.Context()), chat.ErrServer)
	_, err = user.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{loggedOut}, service.called(), "who is not logged out stays logged in")

	given := &loginService{}
	given.refuse("/api/v2/sdk/logout", 200, `{}`)
	require.NoError(t, given.user(t, chat.Token(testUserID, testToken)).Logout(t.Context()))
	assert.Equal(t, []string{loggedOut}, given.called())
}

// A store that fails ends what needs it.
func TestALogoutWithAStoreThatFails(t *testing.T) {
	t.Parallel()
	service := &loginService{}
	service.refuse("/api/v2/sdk/logout", 200, ``)
	store := &brokenStore{}
	user := service.user(t, rina(), chat.WithTokenStore(store))
	_, err := user.Token(t.Context())
	require.NoError(t, err)
	store.fails = errors.New("the disk is full")
	require.EqualError(t, user.Logout(t.Context()), "chat: drop the token from its store: the disk is full")
	other := service.user(t, rina(), chat.WithTokenStore(store))
	require.EqualError(t, other.Logout(t.Context()), "chat: load the token from its store: the disk is full")
}

type brokenStore struct{ fails error }

func (s *brokenStore) Load(context.Context) ([]byte, error) { return nil, s.fails }
func (s *brokenStore) Save(context.Context, []byte) error   { return s.fails }
