package transport

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
