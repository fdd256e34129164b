package transport

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// expiring is a log-in to a service that tells when its tokens end.
func expiring(store TokenStore, lasts, margin time.Duration) *login {
	l := newLogin(store)
	l.Lifetime, l.Margin = 0, margin
	open := l.Open
	l.Open = func(ctx context.Context, old *Session) (*Session, error) {
		session, err := open(ctx, old)
		if err == nil && lasts != 0 {
			session.Expires = l.Now().Add(lasts)
		}
		if err == nil {
			session.UserID = "rina"
		}
		return session, err
	}
	return l
}

// A token whose end the service tells is renewed a margin before that, and never
// before half of its time is over.
func TestTokensEndWhenTheServiceSays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lasts, margin, by time.Duration
		renewed           bool
	}{
		"before the margin":         {time.Hour, time.Minute, 59*time.Minute - 1, false},
		"within the margin":         {time.Hour, time.Minute, 59 * time.Minute, true},
		"before half of it is over": {time.Minute, time.Hour, 30*time.Second - 1, false},
		"when half of it is over":   {time.Minute, time.Hour, 30 * time.Second, true},
		"no margin":                 {time.Hour, 0, time.Hour - 1, false},
		"at its end":                {time.Hour, 0, time.Hour, true},
		"had ended when it was had": {-time.Hour, time.Minute, time.Hour, false},
		"no end, long after":        {0, time.Minute, 10 * lifetime, false},
	} {
		login := expiring(nil, test.lasts, test.margin)
		require.Equal(t, "token-1", token(t, login), name)
		login.moveClock(test.by)
		wanted := "token-1"
		if test.renewed {
			wanted = "token-2"
		}
		assert.Equal(t, wanted, token(t, login), name)
	}
}

// The end of a token, and whose it is, outlast a restart.
func TestTheEndOfATokenIsStored(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	require.Equal(t, "token-1", token(t, expiring(store, time.Hour, time.Minute)))
	again := expiring(store, time.Hour, time.Minute)
	session, err := again.Session(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "rina", session.UserID)
	assert.Zero(t, again.opened.Load())
	again.moveClock(time.Hour)
	require.Equal(t, "token-1", token(t, again))
	assert.EqualValues(t, 1, again.opened.Load())
}

func TestAUserIDThatCannotBeSent(t *testing.T) {
	t.Parallel()
	login := newLogin(nil)
	login.Open = func(context.Context, *Session) (*Session, error) {
		return &Session{Token: "a", UserID: "rina\r\nX-Evil: 1"}, nil
	}
	_, err := login.Token(t.Context())
	require.ErrorContains(t, err, "cannot be sent")
}

func isTold(changed <-chan struct{}) bool {
	select {
	case <-changed:
		return true
	default:
		return false
	}
}

// Whoever watches is told of each other token, and not of the same one again.
func TestWatchingTokens(t *testing.T) {
	t.Parallel()
	login := newLogin(nil)
	changed, end := login.Watch()
	other, endOther := login.Watch()
	defer endOther()
	assert.False(t, isTold(changed))
	token(t, login)
	token(t, login)
	assert.True(t, isTold(changed), "the first")
	assert.False(t, isTold(changed))
	for _, expired := range []string{"token-1", "token-2"} {
		login.Expired(expired)
		token(t, login)
	}
	assert.True(t, isTold(changed))
	assert.False(t, isTold(changed), "two changes are told once")
	login.Open = func(context.Context, *Session) (*Session, error) { return &Session{Token: "token-3"}, nil }
	login.Expired("token-3")
	require.Equal(t, "token-3", token(t, login))
	assert.False(t, isTold(changed), "it is the same")
	end()
	end()
	login.moveClock(lifetime)
	login.Open = func(context.Context, *Session) (*Session, error) { return &Session{Token: "token-4"}, nil }
	token(t, login)
	assert.False(t, isTold(changed), "it has ended")
	assert.True(t, isTold(other))
}

// A session that was ended is dropped, unless another has taken its place.
func TestForgettingASession(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	login := newLogin(store)
	held, err := login.Held(t.Context())
	require.NoError(t, err)
	assert.Nil(t, held)
	require.Equal(t, "token-1", token(t, login))

	ended, err := newLogin(store).Held(t.Context())
	require.NoError(t, err, "it is in the store")
	require.Equal(t, "token-1", ended.Token)
	require.NoError(t, login.Forget(t.Context(), ended))
	assert.Empty(t, store.kept)
	held, err = login.Held(t.Context())
	require.NoError(t, err)
	assert.Nil(t, held)
	store.keep(t, *ended) // by another process, which has not heard of it
	require.Equal(t, "token-2", token(t, login), "what was ended is not used")

	require.NoError(t, login.Forget(t.Context(), ended))
	held, err = login.Held(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "token-2", held.Token)
	assert.NotEmpty(t, store.kept)

	store.fail = errors.New("the disk is full")
	require.EqualError(t, login.Forget(t.Context(), held), "drop the token from its store: the disk is full")
	store.failLoad = errors.New("the disk is gone")
	_, err = login.Held(t.Context())
	require.ErrorContains(t, err, "the disk is gone")
}

func TestForgettingWithoutAStore(t *testing.T) {
	t.Parallel()
	login := newLogin(nil)
	token(t, login)
	held, err := login.Held(t.Context())
	require.NoError(t, err)
	require.NoError(t, login.Forget(t.Context(), held))
	assert.Equal(t, "token-2", token(t, login))
}
