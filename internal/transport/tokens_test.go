package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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

// memoryStore keeps tokens in memory, as a file or a database would.
type memoryStore struct {
	mu             sync.Mutex
	kept           []byte
	loads, saves   int
	failLoad, fail error // of the next Load, and Save
}

func (s *memoryStore) Load(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	defer func() { s.failLoad = nil }()
	return s.kept, s.failLoad
}

func (s *memoryStore) Save(_ context.Context, tokens []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saves++
	if s.fail != nil {
		defer func() { s.fail = nil }()
		return s.fail
	}
	s.kept = tokens
	return nil
}

func (s *memoryStore) keep(t *testing.T, session Session) {
	t.Helper()
	kept, err := json.Marshal(session)
	require.NoError(t, err)
	s.kept = kept
}

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

// After a restart the token is found, and nobody logs in.
func TestARestart(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	require.Equal(t, "token-1", token(t, newLogin(store)))
	again := newLogin(store)
	again.moveClock(lifetime - time.Hour)
	assert.Equal(t, "token-1", token(t, again))
	assert.Equal(t, "token-1", token(t, again))
	assert.Zero(t, again.opened.Load())
	assert.Equal(t, 1, store.saves)
	assert.Equal(t, 2, store.loads, "once for each process")

	again.moveClock(time.Hour)
	assert.Equal(t, "token-1", token(t, again), "its first, as the other process was another program")
	assert.EqualValues(t, 1, again.opened.Load(), "it had grown old")
	require.Len(t, again.olds, 1)
	assert.Equal(t, "panjang", again.olds[0].LongLived)
	assert.Equal(t, 2, store.saves)
}

// What another process saved meanwhile is taken instead of a log-in of one's own.
func TestTheTokenOfAnotherProcess(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	login := newLogin(store)
	require.Equal(t, "token-1", token(t, login))
	store.keep(t, Session{Login: "sari", Token: "of another", LongLived: "panjang-2", Since: now()})
	assert.Equal(t, "token-1", token(t, login), "as long as one's own is good, nobody asks")
	login.Expired("token-1")
	assert.Equal(t, "of another", token(t, login))
	assert.EqualValues(t, 1, login.opened.Load())

	// It is refused as well, and must not be taken again, neither now nor when it is
	// asked for after a failure.
	login.Expired("of another")
	login.fails = errors.New("the service is down")
	for range 2 {
		_, err := login.Token(t.Context())
		require.ErrorContains(t, err, "the service is down")
	}
	login.fails = nil
	assert.Equal(t, "token-4", token(t, login))
	assert.Equal(t, "panjang-2", login.olds[3].LongLived, "the newer one helps")
}

// What is in a store may be anything.
func TestRubbishInAStore(t *testing.T) {
	t.Parallel()
	write := func(session Session) string {
		kept, err := json.Marshal(session)
		require.NoError(t, err)
		return string(kept)
	}
	fine := Session{Login: "sari", Token: "kept", LongLived: "panjang", Since: now().Add(-time.Hour)}
	change := func(do func(*Session)) string {
		changed := fine
		do(&changed)
		return write(changed)
	}
	for name, test := range map[string]struct {
		kept string
		used bool
		old  bool // it helps to renew
	}{
		"a session":                {write(fine), true, false},
		"with more in it":          {strings.Replace(write(fine), "{", `{"version":2,`, 1), true, false},
		"nothing":                  {"", false, false},
		"null":                     {"null", false, false},
		"an empty object":          {"{}", false, false},
		"a list":                   {"[]", false, false},
		"cut off":                  {write(fine)[:40], false, false},
		"text":                     {"token-lama", false, false},
		"binary":                   {"\x00\xff\xfe", false, false},
		"a token that is a number": {`{"login":"sari","token":5,"since":"2026-11-20T07:00:00Z"}`, false, false},
		"a time that is none":      {`{"login":"sari","token":"kept","since":"yesterday"}`, false, false},
		"without a time":           {`{"login":"sari","token":"kept"}`, false, true},
		"without a token":          {change(func(s *Session) { s.Token = "" }), false, false},
		"a token of two lines":     {change(func(s *Session) { s.Token = "a\nb" }), false, false},
		"a bad long-lived one":     {change(func(s *Session) { s.LongLived = "a\nb" }), false, false},
		"another's":                {change(func(s *Session) { s.Login = "budi" }), false, false},
		"nobody's":                 {change(func(s *Session) { s.Login = "" }), false, false},
		"old":                      {change(func(s *Session) { s.Since = now().Add(-lifetime) }), false, true},
		"a clock a little ahead":   {change(func(s *Session) { s.Since = now().Add(clockSkew) }), true, false},
		"from the future":          {change(func(s *Session) { s.Since = now().Add(clockSkew + 1) }), false, true},
		"from far in the future":   {change(func(s *Session) { s.Since = now().AddDate(900, 0, 0) }), false, true},
		"from long ago":            {change(func(s *Session) { s.Since = time.Time{} }), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			login := newLogin(&memoryStore{kept: []byte(test.kept)})
			got := token(t, login)
			if test.used {
				assert.Equal(t, "kept", got)
				assert.Zero(t, login.opened.Load())
				return
			}
			assert.Equal(t, "token-1", got)
			require.Len(t, login.olds, 1)
			assert.Equal(t, test.old, login.olds[0] != nil)
		})
	}
}

// An error of a store fails the call that met it, once, and the next one works.
func TestAStoreThatFails(t *testing.T) {
	t.Parallel()
	closed := errors.New("the vault is closed")
	store := &memoryStore{failLoad: closed}
	login := newLogin(store)
	_, err := login.Token(t.Context())
	require.ErrorIs(t, err, closed)
	require.EqualError(t, err, "load the token from its store: the vault is closed")
	assert.Zero(t, login.opened.Load(), "a log-in would be one too many")
	require.Equal(t, "token-1", token(t, login))

	store = &memoryStore{fail: closed}
	login = newLogin(store)
	_, err = login.Token(t.Context())
	require.ErrorIs(t, err, closed)
	require.EqualError(t, err, "save the token in its store: the vault is closed")
	require.Equal(t, "token-1", token(t, login), "what was got is not thrown away")
	assert.EqualValues(t, 1, login.opened.Load())
	assert.Equal(t, 1, store.saves)
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

// A session from the future is never good for longer than its lifetime.
func FuzzStoredSessions(f *testing.F) {
	f.Add([]byte(`{"login":"sari","token":"kept","long_lived_token":"panjang","since":"2026-11-20T07:00:00Z"}`))
	f.Add([]byte(`{"login":"sari","token":"kept","since":"9999-11-20T07:00:00Z"}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, kept []byte) {
		login := newLogin(&memoryStore{kept: kept})
		got := token(t, login)
		if got == "" || !IsHeaderValue(got) {
			t.Errorf("%q gave the token %q", kept, got)
		}
		before := login.opened.Load()
		login.moveClock(lifetime + clockSkew)
		token(t, login)
		if login.opened.Load() == before {
			t.Errorf("%q is good after its time", kept)
		}
	})
}
