package qismo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Which refusals lead to another token: each 401, and those with 403 that speak of the
// token.
func TestRefusalsThatRenewTheToken(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		renews bool
	}{
		"401, expired":             {401, `{"detail":"token_expired"}`, true},
		"401, unknown":             {401, `{"errors":"Unauthorized"}`, true},
		"401, of no known shape":   {401, `<html>`, true},
		"403, expired":             {403, `{"detail":"authentication failed: token_expired"}`, true},
		"403, expired, a message":  {403, `{"message":"jwt: token_expired at gate","traceid":"7f"}`, true},
		"403, invalid token":       {403, `{"errors":{"message":"Invalid token"}}`, true},
		"403, no such right":       {403, `{"message":"You cannot consume this service","traceid":"7f"}`, false},
		"403, about another token": {403, `{"message":"identity token is missing"}`, false},
		"403, empty":               {403, ``, false},
		"400, expired":             {400, `{"detail":"token_expired"}`, false},
		"404, invalid token":       {404, `{"errors":"Invalid token"}`, false},
		"500, expired":             {500, `{"detail":"token_expired"}`, false},
		"200 that holds a failure": {200, `{"errors":"token_expired"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			service := newRecorder(t, answerJSON(test.status, test.body))
			source := &countingSource{}
			_, err := service.client(t, qismo.WithTokenSource(testAppID, source)).Rooms.Get(t.Context(), "5")
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, test.status, failure.Status)
			wanted := []string{"token-0"}
			if test.renews {
				wanted = []string{"token-0", "token-1"}
			}
			var sent []string
			for _, request := range service.seen() {
				sent = append(sent, request.Header.Get("Authorization"))
			}
			assert.Equal(t, wanted, sent, "once more, and only once")
			assert.EqualValues(t, len(wanted)-1, source.expired.Load())
		})
	}
}

// A renewed token does not use up an attempt that the policy allows, and the call is
// made once more although the policy allows none.
func TestRenewalAndRetries(t *testing.T) {
	var asked atomic.Int32
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		switch asked.Add(1) {
		case 1:
			answerJSON(401, `{"detail":"token_expired"}`)(w, request)
		case 2:
			answerJSON(503, ``)(w, request)
		default:
			answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`)(w, request)
		}
	})
	client := service.client(t, qismo.WithTokenSource(testAppID, &countingSource{}))
	_, err := client.Rooms.Get(t.Context(), "5", qismo.WithRetries(qismo.Backoff{First: time.Nanosecond}))
	require.NoError(t, err)
	assert.EqualValues(t, 3, asked.Load())
}

// failingSource gives a first token and then none.
type failingSource struct{ asked atomic.Int32 }

func (s *failingSource) Token(context.Context) (string, error) {
	if s.asked.Add(1) == 1 {
		return "first", nil
	}
	return "", errors.New("the vault is closed")
}
func (*failingSource) Expired(string) {}

// A source that fails is asked once for each call.
func TestASourceThatFailsIsAskedOnce(t *testing.T) {
	service := newRecorder(t, answerJSON(401, `{"detail":"token_expired"}`))
	source := &failingSource{}
	_, err := service.client(t, qismo.WithTokenSource(testAppID, source)).Rooms.Get(t.Context(), "5")
	require.EqualError(t, err, "qismo: getRoom: get a token from the token source: the vault is closed "+
		"(failed attempts: status 401, no credential)")
	assert.EqualValues(t, 2, source.asked.Load())
	assert.Len(t, service.seen(), 1)
}

// A token that no header can hold never leaves the program, nor its error.
func TestATokenThatCannotBeSent(t *testing.T) {
	for _, token := range []string{"", "rahasia\r\nX-Evil: 1", "rahasia\n", "rahasia\x00", "rahasia\x7f"} {
		service := newRecorder(t, answerJSON(200, `{}`))
		_, err := service.client(t, qismo.WithTokenSource(testAppID, fixedSource(token))).Rooms.Get(t.Context(), "5")
		require.ErrorContains(t, err, "qismo: getRoom: get a token from the token source: the token ")
		assert.NotContains(t, err.Error(), "rahasia")
		assert.Equal(t, qismo.ReasonCredential, qismo.ReasonOf(err))
		assert.Empty(t, service.seen())
	}
}

type fixedSource string

func (s fixedSource) Token(context.Context) (string, error) { return string(s), nil }
func (fixedSource) Expired(string)                          {}

// A log-in that is refused while a token is renewed is not tried twice: an account
// would be locked the sooner.
func TestARenewalTriesThePasswordOnce(t *testing.T) {
	service := newLoginService(t)
	var wrong atomic.Bool
	var tries atomic.Int32
	locking := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if wrong.Load() && request.URL.Path == "/api/v1/auth" {
			tries.Add(1)
			answerJSON(401, `{"errors":"wrong password"}`)(w, request)
			return
		}
		service.Config.Handler.ServeHTTP(w, request)
	})
	client := locking.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	wrong.Store(true)
	service.expire()
	service.refuseRefresh.Store(true)
	_, err = client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	assert.Contains(t, err.Error(), "qismo: getRoom: log in: login: status 401 Unauthorized: wrong password")
	assert.EqualValues(t, 1, tries.Load())
}

// scriptedLogin is a service in memory that gives out numbered tokens.
type scriptedLogin struct {
	mu     sync.Mutex
	logins int
	used   []string
}

func (s *scriptedLogin) RoundTrip(request *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := `{"data":{"customer_room":{"room_id":"5"}}}`
	switch request.URL.Path {
	case "/api/v1/auth":
		s.logins++
		body = fmt.Sprintf(`{"data":{"user":{"authentication_token":"t%d"}}}`, s.logins)
	default:
		s.used = append(s.used, request.Header.Get("Authorization"))
	}
	return inMemory(http.StatusOK, body), nil
}

// A token is renewed a day before its 30 days are over, without a refusal.
func TestTokensAreRenewedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &scriptedLogin{}
		client, err := qismo.New(qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"), qismo.WithTransport(service))
		require.NoError(t, err)
		for _, wait := range []time.Duration{0, 28 * 24 * time.Hour, 24*time.Hour - 1, 1, 29 * 24 * time.Hour} {
			<-time.After(wait)
			_, err := client.Rooms.Get(t.Context(), "5")
			require.NoError(t, err)
		}
		assert.Equal(t, []string{"t1", "t1", "t1", "t2", "t3"}, service.used)
	})
}

// brokenStore fails once in each of its methods.
type brokenStore struct {
	load, save error
	kept       []byte
}

func (s *brokenStore) Load(context.Context) ([]byte, error) {
	err := s.load
	s.load = nil
	return s.kept, err
}

func (s *brokenStore) Save(_ context.Context, tokens []byte) error {
	err := s.save
	s.save = nil
	s.kept = tokens
	return err
}

// What a store fails with fails one call, also where a token was renewed meanwhile, and
// the next call works.
func TestAStoreThatFailsOnce(t *testing.T) {
	closed := errors.New("the vault is closed")
	service := newLoginService(t)
	store := &brokenStore{load: closed}
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"), qismo.WithTokenStore(store))
	fails := func(text string) {
		t.Helper()
		_, err := client.Rooms.Get(t.Context(), "5")
		require.ErrorIs(t, err, closed)
		require.ErrorContains(t, err, "qismo: getRoom: "+text+" the token ")
		_, err = client.Rooms.Get(t.Context(), "5")
		require.NoError(t, err)
	}
	fails("load")
	service.expire()
	store.save = closed
	fails("save")
	service.expire()
	store.load = closed
	_, err := client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, closed)
	require.ErrorContains(t, err, "(failed attempts: status 401, no credential)")
	_, err = client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.EqualValues(t, 1, service.logins.Load())
	assert.EqualValues(t, 2, service.refreshes.Load())
}
