package chat_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

const testKey = "kunci-rahasia-rina"

// loginService is a service in memory that logs a user in, in each of the ways, and
// gives out numbered tokens. Its calls are lists of what was called.
type loginService struct {
	lasts         time.Duration // of tokens; 0 for ever
	refreshes     bool          // it gives out what renews tokens
	refusals      map[string]refusal
	broken        string // the path whose next call breaks off
	mu            sync.Mutex
	tokens        int
	calls         []string
	current       string // the token that is good
	expires       time.Time
	isExpired     bool
	lastRefresh   string
	answeredNonce string
}

// refusal is how a path is answered in place of what it does.
type refusal struct {
	status int
	body   string
}

const saysExpired = `{"error":{"message":"Unauthorized. Token is expired"},"status":403}`

func (s *loginService) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	if request.Body == nil {
		request.Body = http.NoBody
	}
	if s.broken == request.URL.Path {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.calls = append(s.calls, request.URL.Path[len("/api/"):])
		s.broken = ""
		return nil, io.ErrUnexpectedEOF
	}
	s.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

func (s *loginService) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := request.URL.Path
	s.calls = append(s.calls, path[len("/api/"):])
	w.Header().Set("Content-Type", "application/json")
	if refused, ok := s.refusals[path]; ok {
		w.WriteHeader(refused.status)
		_, _ = w.Write([]byte(refused.body))
		return
	}
	var body map[string]string
	_ = json.NewDecoder(request.Body).Decode(&body)
	switch path {
	case "/api/v2/sdk/login_or_register":
		if body["password"] != testKey {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"error":{"message":"wrong password"},"status":401}`)
			return
		}
		s.account(w)
	case "/api/v2/sdk/auth/nonce":
		s.answeredNonce = fmt.Sprintf("nonce-%d", s.tokens+1)
		_, _ = fmt.Fprintf(w, `{"results":{"nonce":%q,"expired_at":1770693847},"status":200}`, s.answeredNonce)
	case "/api/v2/sdk/auth/verify_identity_token":
		claims, err := chat.VerifyIdentityToken(testAppID, testSecret, body["identity_token"], time.Now())
		if err != nil || claims.Nonce != s.answeredNonce {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"error":{"message":"invalid identity token"},"status":401}`)
			return
		}
		s.account(w)
	case "/api/v2.1/rest/get_user_token":
		s.newToken()
		_, _ = fmt.Fprintf(w, `{"results":{"token":%q},"status":200}`, s.current)
	case "/api/v2/sdk/refresh_user_token":
		if body["refresh_token"] != s.lastRefresh || body["user_id"] != testUserID || request.Header.Get("QISCUS-SDK-TOKEN") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"error":{"message":"Unauthorized"},"status":401}`)
			return
		}
		s.newToken()
		_, _ = fmt.Fprintf(w, `{"results":{"token":%q%s},"status":200}`, s.current, s.more())
	default:
		s.serve(w, request)
	}
}

// serve is a call that needs a good token.
func (s *loginService) serve(w http.ResponseWriter, request *http.Request) {
	isExpired := s.isExpired || !s.expires.IsZero() && !time.Now().Before(s.expires)
	if request.Header.Get("QISCUS-SDK-TOKEN") != s.current || isExpired {
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprint(w, saysExpired)
		return
	}
	_, _ = fmt.Fprintf(w, `{"results":{"user":{"email":%q,"username":"Rina"}},"status":200}`, request.Header.Get("QISCUS-SDK-USER-ID"))
}

func (s *loginService) newToken() {
	s.tokens++
	s.current, s.isExpired, s.expires = fmt.Sprintf("token-rahasia-%d", s.tokens), false, time.Time{}
	if s.lasts > 0 {
		s.expires = time.Now().Add(s.lasts).Truncate(time.Second)
	}
	if s.refreshes {
		s.lastRefresh = fmt.Sprintf("penyegar-rahasia-%d", s.tokens)
	}
}

func (s *loginService) more() string {
	more := ""
	if s.refreshes {
		more += fmt.Sprintf(`,"refresh_token":%q`, s.lastRefresh)
	}
	if !s.expires.IsZero() {
		more += fmt.Sprintf(`,"token_expires_at":%q`, s.expires.UTC().Format("2006-01-02T15:04:05Z"))
	}
	return more
}

func (s *loginService) account(w http.ResponseWriter) {
	s.newToken()
	_, _ = fmt.Fprintf(w, `{"results":{"user":{"email":%q,"username":"Rina","token":%q%s}},"status":200}`, testUserID, s.current, s.more())
}

// expire lets the token be refused from now on.
func (s *loginService) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isExpired = true
}

func (s *loginService) refuse(path string, status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusals == nil {
		s.refusals = map[string]refusal{}
	}
	s.refusals[path] = refusal{status, body}
}

// breakOff lets the next call of a path break off.
func (s *loginService) breakOff(path string) { s.broken = path }

// called lists what was called since the last time.
func (s *loginService) called() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := slices.Clone(s.calls)
	s.calls = nil
	return calls
}

// user makes a user of the service, who needs no network.
func (s *loginService) user(t *testing.T, who chat.Identity, opts ...chat.Option) *chat.User {
	t.Helper()
	user, err := chat.NewUser(testAppID, who, append([]chat.Option{chat.WithTransport(s), chat.WithoutRetries()}, opts...)...)
	require.NoError(t, err)
	return user
}

func (s *loginService) server(t *testing.T) *chat.Server {
	t.Helper()
	server, err := chat.NewServer(testAppID, testSecret, chat.WithTransport(s), chat.WithoutRetries())
	require.NoError(t, err)
	return server
}
