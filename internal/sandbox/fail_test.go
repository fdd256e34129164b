package sandbox

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

const tagPath = "/api/v1/room_tag/create"

// unchecked is a world of which the answers are not validated, as those of a gateway
// are in no document.
func unchecked(t *testing.T, config Config) *world {
	t.Helper()
	w := newWorld(t, config)
	w.server.Close()
	w.server = httptest.NewServer(w.Sandbox)
	return w
}

// trouble sets rules.
func (w *world) trouble(seed uint64, texts ...string) {
	w.t.Helper()
	var rules []trouble.Rule
	for _, text := range texts {
		rule, err := trouble.ParseRule(text)
		require.NoError(w.t, err)
		rules = append(rules, rule)
	}
	require.NoError(w.t, w.SetTrouble(seed, rules...))
}

// tagRequest is a request that would tag a room.
func (w *world) tagRequest(ctx context.Context, roomID string) *http.Request {
	w.t.Helper()
	body := strings.NewReader(string(encode(object{"room_id": roomID, "tag": "grosir"})))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.server.URL+tagPath, body)
	require.NoError(w.t, err)
	request.Header = w.secret()
	request.Header.Set("Content-Type", "application/json")
	return request
}

// newest is the newest call in the timeline.
func (s *Sandbox) newest(t *testing.T) timeline.Entry {
	t.Helper()
	found := s.Timeline().Newest(1, timeline.Filter{Kind: timeline.Call}.Fits)
	require.Len(t, found, 1)
	return found[0]
}

func TestTroubleOfCalls(t *testing.T) {
	for rule, want := range map[string]struct {
		status      int
		contentType string
		retryAfter  string
		body        string
		done        bool
	}{
		"rate-limit":                {429, "application/json", "1", `{"errors":{"message":"too many requests"}}`, false},
		"rate-limit,delay=1m":       {429, "application/json", "60", "too many", false},
		"rate-limit,delay=1200ms":   {429, "application/json", "2", "too many", false},
		"server-error":              {503, "application/json", "", `{"errors":{"message":"the service failed"}}`, false},
		"server-error,status=500":   {500, "application/json", "", "the service failed", false},
		"html-error":                {502, "text/html", "", "<html>", false},
		"html-error,status=200":     {200, "text/html", "", "<html>", false},
		"lost-answer":               {504, "text/html", "", "<html>", true},
		"lost-answer,status=502":    {502, "text/html", "", "<html>", true},
		"expired-token":             {200, "application/json", "", "grosir", true}, // no token was sent
		"drop-webhook":              {200, "application/json", "", "grosir", true},
		"server-error,only=getRoom": {200, "application/json", "", "grosir", true},
	} {
		t.Run(rule, func(t *testing.T) {
			w := unchecked(t, Config{})
			roomID := w.anyRoom()
			w.trouble(1, rule)
			got := w.call("POST", tagPath, object{"room_id": roomID, "tag": "grosir"})
			assert.Equal(t, want.status, got.status)
			assert.Equal(t, want.contentType, got.header.Get("Content-Type"))
			assert.Equal(t, want.retryAfter, got.header.Get("Retry-After"))
			assert.Contains(t, got.raw, want.body)
			room, _ := w.Room(roomID)
			assert.Equal(t, want.done, len(room.Tags) == 1)

			entry := w.newest(t)
			assert.Equal(t, want.status, entry.Status)
			assert.Equal(t, "createRoomTagV1", entry.Name)
			assert.Equal(t, roomID, entry.RoomID)
			kind, _, _ := strings.Cut(rule, ",")
			if want.contentType == "text/html" || want.status != http.StatusOK {
				assert.Equal(t, []string{kind}, entry.Trouble)
			} else {
				assert.Empty(t, entry.Trouble, "nothing has struck")
			}
			w.trouble(1)
			assert.NotEqual(t, 503, w.call("POST", tagPath, object{"room_id": roomID, "tag": "eceran"}).status)
		})
	}
}

func TestBrokenAnswer(t *testing.T) {
	w := unchecked(t, Config{})
	roomID := w.anyRoom()
	w.trouble(1, "broken-answer,times=1")
	_, err := http.DefaultClient.Do(w.tagRequest(t.Context(), roomID))
	require.Error(t, err)
	room, _ := w.Room(roomID)
	assert.Equal(t, []string{"grosir"}, room.Tags)
	entry := w.newest(t)
	assert.Zero(t, entry.Status)
	assert.Equal(t, "the connection was broken on purpose", entry.Failure)
	assert.Equal(t, []string{"broken-answer"}, entry.Trouble)
	assert.False(t, entry.OK())
	assert.Equal(t, http.StatusOK, w.call("POST", tagPath, object{"room_id": roomID, "tag": "eceran"}).status)
}

// A token that expires is void, and no other credential is touched.
func TestExpiredToken(t *testing.T) {
	w := unchecked(t, Config{})
	login := w.logIn(w.Config().AdminEmail, w.Config().AdminPassword)
	token := login.at("data/user/authentication_token").(string)
	w.trouble(1, "expired-token,times=1")
	assert.Equal(t, http.StatusOK, w.call("GET", profilePath, nil).status)
	renew := func() answer {
		return w.withToken("POST", "/api/v2/auth/refresh_token", login.at("data/long_lived_token").(string))
	}
	assert.Equal(t, http.StatusOK, renew().status)
	got := w.withToken("GET", profilePath, token)
	assert.Equal(t, http.StatusUnauthorized, got.status)
	assert.JSONEq(t, `{"detail":"token_expired"}`, got.raw)
	assert.Equal(t, []string{"expired-token"}, w.newest(t).Trouble)

	assert.Equal(t, http.StatusUnauthorized, w.withToken("GET", profilePath, token).status)
	assert.Empty(t, w.newest(t).Trouble, "it is void by now")
	renewed := renew().at("data/auth/token").(string)
	assert.Equal(t, http.StatusOK, w.withToken("GET", profilePath, renewed).status)
}

// Latency is real time: it ends also where the world's time stands still.
func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		still := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
		sandbox, err := New(Config{Now: func() time.Time { return still }})
		require.NoError(t, err)
		require.NoError(t, sandbox.SetTrouble(1, trouble.Rule{Kind: trouble.Latency, Rate: 1, Delay: 3 * time.Second}))
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, profilePath, nil)
		request.Header = http.Header{
			"Qiscus-App-Id": {sandbox.Config().AppCode}, "Qiscus-Secret-Key": {sandbox.Config().SecretKey},
		}
		recorder, began := httptest.NewRecorder(), time.Now()
		sandbox.ServeHTTP(recorder, request)
		assert.Equal(t, 3*time.Second, time.Since(began))
		assert.Equal(t, http.StatusOK, recorder.Code)
		entry := sandbox.newest(t)
		assert.Equal(t, []string{"latency"}, entry.Trouble)
		assert.Equal(t, 3*time.Second, entry.Duration)
		assert.True(t, entry.OK())
	})
}

// Who does not wait for a late answer has caused nothing.
func TestCallersThatDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, err := New(Config{})
		require.NoError(t, err)
		w := &world{t: t, Sandbox: sandbox, server: new(httptest.Server)}
		roomID := w.anyRoom()
		w.trouble(1, "latency,delay=1h", "lost-answer")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
			sandbox.ServeHTTP(httptest.NewRecorder(), w.tagRequest(ctx, roomID))
		}, "which breaks the connection")
		entry := w.newest(t)
		assert.Zero(t, entry.Status)
		assert.Equal(t, "the caller did not wait for the answer", entry.Failure)
		assert.Equal(t, []string{"latency"}, entry.Trouble, "what did not come about is not told")
		assert.Equal(t, time.Minute, entry.Duration)
		room, _ := w.Room(roomID)
		assert.Empty(t, room.Tags)
		require.NoError(t, sandbox.Shutdown(t.Context()))
	})
}

func TestSetTrouble(t *testing.T) {
	w := newWorld(t, Config{})
	for text, why := range map[string]string{
		"server-error,only=getRom":     "server-error can strike nothing: getRom is no such operation or event",
		"server-error,only=botMessage": "server-error strikes calls only, and botMessage is an event",
		"drop-webhook,only=getRoom":    "drop-webhook strikes webhooks only, and getRoom is an operation",
		"drop-realtime,only=getRoom":   "drop-realtime strikes realtime only, and getRoom is an operation",
		"latency,only=delivered":       "latency strikes calls only, and delivered is told by the broker",
		"all,only=getRom":              "all can strike nothing",
	} {
		rule, err := trouble.ParseRule(text)
		require.NoError(t, err)
		require.ErrorContains(t, w.SetTrouble(1, rule), why)
	}
	require.ErrorContains(t, w.SetTrouble(1, trouble.Rule{Kind: "earthquake"}), "there is no trouble")
	_, rules := w.Trouble().Rules()
	assert.Empty(t, rules)

	w.trouble(7, "all=5%,only=botMessage")
	seed, rules := w.Trouble().Rules()
	assert.Equal(t, uint64(7), seed)
	for _, rule := range rules {
		assert.Equal(t, trouble.Webhooks, rule.Of(), rule.Kind)
	}
	assert.Len(t, rules, 3)
}

// Over HTTP, too, the same seed lets the same calls of each room fail, whichever room
// is faster.
func TestTroubleComesAgain(t *testing.T) {
	statuses := func() map[string][]int {
		w := unchecked(t, Config{Rooms: 6})
		w.trouble(11, "server-error=30%", "html-error=20%,status=200")
		all := map[string][]int{}
		var mu sync.Mutex
		var busy sync.WaitGroup
		for _, room := range w.FirstRooms(6) {
			busy.Go(func() {
				var theirs []int
				for range 20 {
					theirs = append(theirs, w.call("GET", "/api/v2/customer_rooms/"+room.ID, nil).status)
				}
				mu.Lock()
				defer mu.Unlock()
				all[room.ID] = theirs
			})
		}
		busy.Wait()
		return all
	}
	first := statuses()
	assert.Equal(t, first, statuses())
	assert.Contains(t, fmt.Sprint(first), "503")
}

// To whom a message fails does not depend on who else is written to before, by whichever
// operation.
func TestTroubleOfCustomersInAnotherOrder(t *testing.T) {
	customers := []string{"628115551001", "628115551002", "628115551003", "628115551004", "628115551005", "628115551006"}
	for name, write := range map[string]func(w *world, to string) int{
		"sendWaMessage": func(w *world, to string) int {
			return w.call("POST", messagesPath, object{"to": to, "type": "template", "template": object{
				"namespace": "", "name": "salam", "language": object{"policy": "deterministic", "code": "id"},
			}}).status
		},
		"sendBroadcast": func(w *world, to string) int {
			return w.call("POST", broadcastPath, object{"phone_number": to, "template_detail_id": promoTemplate}).status
		},
	} {
		t.Run(name, func(t *testing.T) {
			statuses := func(customers []string) map[string]int {
				w := unchecked(t, Config{})
				w.trouble(7, "server-error=50%")
				told := map[string]int{}
				for _, customer := range customers {
					told[customer] = write(w, customer)
				}
				return told
			}
			first := statuses(customers)
			backwards := slices.Clone(customers)
			slices.Reverse(backwards)
			assert.Equal(t, first, statuses(backwards))
			assert.Contains(t, slices.Collect(maps.Values(first)), http.StatusOK)
			assert.Contains(t, slices.Collect(maps.Values(first)), http.StatusServiceUnavailable)
		})
	}
}
