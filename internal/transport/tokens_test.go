package transport

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const lifetime = 29 * 24 * time.Hour

// login is a log-in of tests: it opens sessions with numbered tokens.
type login struct {
	*Tokens
	opened atomic.Int32
	olds   []*Session
	fails  error
	took   time.Duration
	clock  atomic.Pointer[time.Time]
}

func newLogin(store TokenStore) *login {
	l := &login{}
	l.setClock(now())
	l.Tokens = &Tokens{
		Login: "sari", Lifetime: lifetime, Store: store,
		Now: func() time.Time { return *l.clock.Load() },
		Open: func(ctx context.Context, old *Session) (*Session, error) {
			l.olds = append(l.olds, old)
			number := l.opened.Add(1)
			if l.took > 0 {
				select {
				case <-time.After(l.took):
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}
			if l.fails != nil {
				return nil, l.fails
			}
			return &Session{Token: fmt.Sprintf("token-%d", number), LongLived: "panjang"}, nil
		},
	}
	return l
}

func (l *login) setClock(to time.Time)      { l.clock.Store(&to) }
func (l *login) moveClock(by time.Duration) { l.setClock(l.Now().Add(by)) }

func token(t *testing.T, source TokenSource) string {
	t.Helper()
	token, err := source.Token(t.Context())
	require.NoError(t, err)
	return token
}

// said is a token, or why there is none.
func said(token string, err error) string {
	if err != nil {
		return err.Error()
	}
	return token
}

// One log-in serves many goroutines, at the beginning and whenever a token is renewed.
func TestOneLoginForMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		login := newLogin(&memoryStore{})
		login.took = time.Second
		for round := 1; round <= 3; round++ {
			var group sync.WaitGroup
			for range 64 {
				group.Go(func() {
					assert.Equal(t, fmt.Sprintf("token-%d", round), said(login.Token(t.Context())))
				})
			}
			group.Wait()
			assert.EqualValues(t, round, login.opened.Load())
			for range 64 { // all of them are refused, some late
				group.Go(func() { login.Expired(fmt.Sprintf("token-%d", round)) })
			}
			group.Wait()
		}
	})
}

// Whoever comes too late for a log-in, and before they noticed, does not log in again.
func TestNobodyRenewsWhatIsFresh(t *testing.T) {
	t.Parallel()
	login := newLogin(nil)
	require.Equal(t, "token-1", token(t, login))
	held, err := login.renew(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "token-1", held.Token)
	assert.EqualValues(t, 1, login.opened.Load())
}

// A log-in that fails is tried once, for all who wait.
func TestOneFailureForMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		login := newLogin(nil)
		login.took, login.fails = time.Second, errors.New("wrong password")
		var group sync.WaitGroup
		for range 64 {
			group.Go(func() {
				assert.Equal(t, "log in: wrong password", said(login.Token(t.Context())))
			})
		}
		group.Wait()
		assert.EqualValues(t, 1, login.opened.Load())

		login.fails = nil
		assert.Equal(t, "token-2", token(t, login), "the next call tries again")
	})
}

// Who gives up takes nobody with them: another who waits logs in instead.
func TestWhoeverGivesUpIsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		login := newLogin(nil)
		login.took = time.Minute
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			_, err := login.Token(hasty)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
		synctest.Wait()
		for range 8 {
			group.Go(func() {
				assert.Equal(t, "token-2", said(login.Token(t.Context())))
			})
		}
		<-time.After(2 * time.Second) // one of them logs in now
		group.Go(func() {             // waits, and gives up in the middle of it
			patient, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			began := time.Now()
			assert.Equal(t, "wait for the log-in: context deadline exceeded", said(login.Token(patient)))
			assert.Equal(t, 30*time.Second, time.Since(began))
		})
		group.Wait()
		assert.EqualValues(t, 2, login.opened.Load())
	})
}

// A log-in that panics leaves nobody waiting.
func TestALoginThatPanics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		login := newLogin(nil)
		open := login.Open
		login.Open = func(context.Context, *Session) (*Session, error) {
			<-time.After(time.Second)
			panic("the transport broke")
		}
		var group sync.WaitGroup
		group.Go(func() {
			assert.PanicsWithValue(t, "the transport broke", func() { _, _ = login.Token(t.Context()) })
		})
		synctest.Wait()
		group.Go(func() {
			_, err := login.Token(t.Context())
			assert.EqualError(t, err, "the log-in was cut short")
		})
		group.Wait()
		login.Open = open
		assert.Equal(t, "token-1", token(t, login))
	})
}

// A token is used for its lifetime, by the clock that was given.
func TestTokensGrowOld(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		by      time.Duration
		renewed bool
	}{
		"at once":              {0, false},
		"just before its end":  {lifetime - 1, false},
		"at its end":           {lifetime, true},
		"long after":           {10 * lifetime, true},
		"a clock set back":     {-time.Hour, false},
		"a clock set far back": {-time.Hour - 1, true},
	} {
		login := newLogin(nil)
		require.Equal(t, "token-1", token(t, login), name)
		login.moveClock(test.by)
		wanted := "token-1"
		if test.renewed {
			wanted = "token-2"
		}
		assert.Equal(t, wanted, token(t, login), name)
	}
}

// While a machine sleeps its clock of ticks stands still: a token's age is by the
// calendar.
func TestTheAgeOfATokenIsByTheCalendar(t *testing.T) {
	t.Parallel()
	login := newLogin(nil)
	login.Now = time.Now
	token(t, login)
	assert.NotContains(t, login.current.Load().Since.String(), "m=", "it has no ticks")
}

// A refusal makes a token stale, but not the one that came after it.
func TestARefusalIsOfOneToken(t *testing.T) {
	t.Parallel()
	login := newLogin(nil)
	login.Expired("token-1") // nobody has one yet
	require.Equal(t, "token-1", token(t, login))
	login.Expired("token-1")
	require.Equal(t, "token-2", token(t, login))
	login.Expired("token-1") // a call that was under way all the while
	login.Expired("")
	require.Equal(t, "token-2", token(t, login))
	require.Len(t, login.olds, 2)
	assert.Nil(t, login.olds[0])
	assert.Equal(t, "token-1", login.olds[1].Token, "what was there may help")
	assert.Equal(t, "panjang", login.olds[1].LongLived)
}

// What a log-in gives has to be fit for a header.
func TestALoginThatGivesRubbish(t *testing.T) {
	t.Parallel()
	for _, session := range []Session{{}, {Token: "a\r\nX-Evil: 1"}, {Token: "a", LongLived: "b\x00"}} {
		login := newLogin(&memoryStore{})
		login.Open = func(context.Context, *Session) (*Session, error) { return &session, nil }
		_, err := login.Token(t.Context())
		require.EqualError(t, err, "log in: the service gave a token that cannot be sent")
	}
}

// Tokens are not shown by what prints their source.
func TestTokensDoNotPrint(t *testing.T) {
	t.Parallel()
	login := newLogin(nil)
	require.Equal(t, "token-1", token(t, login))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "token ***", fmt.Sprintf(verb, login.Tokens), verb)
	}
}
