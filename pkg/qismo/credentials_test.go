package qismo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// loginService gives out tokens, and takes only the newest.
type loginService struct {
	*recorder
	logins, refreshes atomic.Int32
	valid             atomic.Pointer[string]
	refuseRefresh     atomic.Bool
}

func newLoginService(t *testing.T) *loginService {
	t.Helper()
	s := &loginService{}
	issue := func(kind string, n int32) string {
		token := fmt.Sprintf("%s-%d", kind, n)
		s.valid.Store(&token)
		return token
	}
	s.recorder = newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		switch request.URL.Path {
		case "/api/v1/auth":
			answerJSON(200, fmt.Sprintf(`{"data":{"user":{"id":1,"name":"a","email":"b","authentication_token":%q,"app":{}},"long_lived_token":"panjang"}}`,
				issue("masuk", s.logins.Add(1))))(w, request)
		case "/api/v2/auth/refresh_token":
			if s.refuseRefresh.Load() || request.Header.Get("Authorization") != "panjang" {
				answerJSON(401, `{"errors":"invalid token"}`)(w, request)
				return
			}
			answerJSON(200, fmt.Sprintf(`{"data":{"auth":{"token":%q}}}`, issue("segar", s.refreshes.Add(1))))(w, request)
		default:
			if valid := s.valid.Load(); valid == nil || request.Header.Get("Authorization") != *valid {
				answerJSON(401, `{"detail":"token_expired"}`)(w, request)
				return
			}
			answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`)(w, request)
		}
	})
	return s
}

func (s *loginService) expire() {
	none := "none"
	s.valid.Store(&none)
}

func TestLoginHappensOnceForManyGoroutines(t *testing.T) {
	service := newLoginService(t)
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			_, err := client.Rooms.Get(t.Context(), "5")
			assert.NoError(t, err)
		})
	}
	group.Wait()
	assert.EqualValues(t, 1, service.logins.Load())
}

func TestTokenIsRenewedWhenTheServiceRefusesIt(t *testing.T) {
	service := newLoginService(t)
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)

	service.expire()
	_, err = client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.EqualValues(t, 1, service.refreshes.Load(), "the long-lived token is tried first")
	assert.EqualValues(t, 1, service.logins.Load())

	service.expire()
	service.refuseRefresh.Store(true)
	require.NoError(t, client.Bot.SendText(t.Context(), "5", "halo"))
	assert.EqualValues(t, 2, service.logins.Load(), "then the password")

	var sent []string
	for _, request := range service.seen() {
		if strings.HasSuffix(request.URI, "/bot") {
			sent = append(sent, request.Header.Get("Authorization"))
			assert.Contains(t, request.Body, "halo", "the body is sent again whole")
		}
	}
	assert.Equal(t, []string{"segar-1", "masuk-2"}, sent, "refused once, carried out once")
}

// A refresh that gives nothing leads back to the password.
func TestRefreshThatGivesNothing(t *testing.T) {
	var logins atomic.Int32
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		switch {
		case request.URL.Path == "/api/v1/auth":
			answerJSON(200, fmt.Sprintf(`{"data":{"user":{"authentication_token":"t%d"},"long_lived_token":"l"}}`, logins.Add(1)))(w, request)
		case request.URL.Path == "/api/v2/auth/refresh_token":
			answerJSON(200, `{"data":{"auth":{"token":null}}}`)(w, request)
		case request.Header.Get("Authorization") == "t1":
			answerJSON(401, `{"errors":"Unauthorized"}`)(w, request)
		default:
			answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`)(w, request)
		}
	})
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.EqualValues(t, 2, logins.Load())
}

// A refresh that fails without an answer says nothing about the token: the
// password is not spent on it.
func TestRefreshThatBreaks(t *testing.T) {
	service := newLoginService(t)
	var broken atomic.Bool
	breaking := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if broken.Load() && request.URL.Path == "/api/v2/auth/refresh_token" {
			answer(503, "text/html", "<html>")(w, request)
			return
		}
		service.Config.Handler.ServeHTTP(w, request)
	})
	client := breaking.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	service.expire()
	broken.Store(true)
	_, err = client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrServer)
	assert.EqualValues(t, 1, service.logins.Load())
}

// A wrong password is tried once, however many calls wait for it.
func TestAFailedLoginIsShared(t *testing.T) {
	const calls = 16
	var logins atomic.Int32
	waiting, release := make(chan struct{}, calls), make(chan struct{})
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		logins.Add(1)
		<-release
		answerJSON(401, `{"errors":"wrong password"}`)(w, request)
	})
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	var group sync.WaitGroup
	for range calls {
		group.Go(func() {
			waiting <- struct{}{}
			_, err := client.Rooms.Get(t.Context(), "5")
			assert.ErrorIs(t, err, qismo.ErrUnauthorized)
		})
	}
	for range calls {
		<-waiting
	}
	close(release)
	group.Wait()
	assert.Less(t, logins.Load(), int32(calls))
}

// A transport that panics takes its own goroutine with it, not those who wait.
func TestALoginThatPanicsLeavesNobodyWaiting(t *testing.T) {
	client, err := qismo.New(qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"), qismo.WithHTTPClient(&http.Client{
		Transport: roundTripper(func(*http.Request) (*http.Response, error) { panic("the transport broke") }),
	}))
	require.NoError(t, err)
	for range 2 {
		assert.PanicsWithValue(t, "the transport broke", func() { _, _ = client.Rooms.Get(t.Context(), "5") })
	}
}

// A source that has nothing better leads to no second request.
func TestTheSameTokenIsNotTriedTwice(t *testing.T) {
	service := newRecorder(t, answerJSON(401, `{"detail":"token_expired"}`))
	client := service.client(t, qismo.WithTokenSource(testAppID, stuckSource{}))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrTokenExpired)
	assert.Len(t, service.seen(), 1)
}

type stuckSource struct{}

func (stuckSource) Token(context.Context) (string, error) { return "always-the-same", nil }
func (stuckSource) Expired(string)                        {}

func TestLoginThatFails(t *testing.T) {
	service := newRecorder(t, answerJSON(401, `{"errors":"wrong password sandi-rahasia"}`))
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	assert.Contains(t, err.Error(), "getRoom: log in: ")
	assert.NotContains(t, err.Error(), "sandi-rahasia")
	assert.Len(t, service.seen(), 1)
}

// Whoever waits for another's log-in gives up with their own context.
func TestWaitingForALoginHeedsTheContext(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		close(entered)
		<-release
		answerJSON(500, `{}`)(w, request)
	})
	client := service.client(t, qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"))
	var group sync.WaitGroup
	group.Go(func() { _, _ = client.Rooms.Get(t.Context(), "5") })
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Rooms.Get(ctx, "5")
	require.ErrorIs(t, err, context.Canceled)
	close(release)
	group.Wait()
}

type countingSource struct {
	expired atomic.Int32
	err     error
}

func (s *countingSource) Token(context.Context) (string, error) {
	return fmt.Sprintf("token-%d", s.expired.Load()), s.err
}
func (s *countingSource) Expired(string) { s.expired.Add(1) }

func TestTokenSource(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Authorization") != "token-1" {
			answerJSON(401, `{"errors":"Unauthorized"}`)(w, request)
			return
		}
		answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`)(w, request)
	})
	source := &countingSource{}
	client := service.client(t, qismo.WithTokenSource(testAppID, source))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.EqualValues(t, 1, source.expired.Load())

	source.err = errors.New("the vault is closed")
	_, err = client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, source.err)
	assert.Contains(t, err.Error(), "the vault is closed")
}

func TestARefusedTokenIsTriedOnceMoreAtMost(t *testing.T) {
	service := newRecorder(t, answerJSON(401, `{"detail":"token_expired"}`))
	client := service.client(t, qismo.WithTokenSource(testAppID, &countingSource{}))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrTokenExpired)
	assert.Len(t, service.seen(), 2)
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, 2, failure.Attempts)

	_, err = service.client(t).Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	assert.Len(t, service.seen(), 3, "a secret key that is refused stays refused")
}

func TestAppIDAlone(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"identity_token":"x"}}`))
	client := service.client(t, qismo.WithAppID(testAppID))
	_, err := client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{UserID: "dewi", Name: "Dewi", Nonce: "n"})
	require.NoError(t, err)
	_, err = client.Rooms.Get(t.Context(), "5")
	require.ErrorContains(t, err, "needs more than the App ID")
	assert.Len(t, service.seen(), 1)
}

func TestCredentialsDoNotPrint(t *testing.T) {
	for name, option := range map[string]qismo.Option{
		"secret key": qismo.WithSecretKey(testAppID, "sandi-rahasia"),
		"token":      qismo.WithToken(testAppID, "sandi-rahasia"),
		"login":      qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"),
	} {
		t.Run(name, func(t *testing.T) {
			client, err := qismo.New(option, qismo.WithBaseURL("http://127.0.0.1:1"))
			require.NoError(t, err)
			for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
				assert.NotContains(t, fmt.Sprintf(verb, client), "sandi-rahasia", verb)
				assert.NotContains(t, fmt.Sprintf(verb, *client), "sandi-rahasia", verb)
			}
		})
	}
}
