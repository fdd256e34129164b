package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/control"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// world is a platform with a custom channel, the program, and the messenger beside it.
type world struct {
	*sandbox.Sandbox

	in        string       // where the messenger posts
	delivered chan message // what the messenger was told
	refuses   atomic.Int32 // how many messages it does not take
}

// Write is the messenger, which is told something.
func (w *world) Write(line []byte) (int, error) {
	if w.refuses.Add(-1) >= 0 {
		return 0, errors.New("not now")
	}
	var told message
	err := json.Unmarshal(line, &told)
	w.delivered <- told
	return len(line), err
}

// agent is somebody on the platform.
func (w *world) agent() int64 { return w.Config().Agents[0].ID }

// newWorld runs the whole program until the test ends.
func newWorld(t *testing.T) *world {
	t.Helper()
	platform, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/", platform)
	mux.Handle(control.Home, control.New(platform))
	api := httptest.NewServer(mux)
	w := &world{Sandbox: platform, delivered: make(chan message, 10)}
	t.Setenv("QISCUS_APP_ID", platform.Config().AppCode)
	t.Setenv("QISCUS_SECRET_KEY", platform.Config().SecretKey)
	t.Setenv("QISCUS_OMNICHANNEL_URL", api.URL)
	t.Setenv("WEBHOOK_SECRET", "rahasia")

	changed, unwatch := platform.Watch()
	defer unwatch()
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "127.0.0.1:0", w) }()
	t.Cleanup(func() {
		assert.NoError(t, platform.Shutdown(context.WithoutCancel(t.Context())))
		end()
		if err := <-ended; !errors.Is(err, context.Canceled) { // a short test may end before the program has begun
			assert.NoError(t, err)
		}
		api.Close()
	})
	for w.in == "" {
		for _, target := range platform.WebhookTargets() {
			if target.Event == "customChannelMessage" && target.URL != "" {
				w.in = strings.Replace(target.URL, "/hooks/", "/in/", 1)
			}
		}
		if w.in == "" {
			select {
			case <-changed:
			case err := <-ended:
				require.FailNow(t, "the program has ended", "%v", err)
			}
		}
	}
	return w
}

// post is the messenger.
func (w *world) post(t *testing.T, address, body string) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	require.NoError(t, err)
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

// count is how many messages the messenger's user has written, as the platform has it.
func (w *world) count() int {
	count := 0
	for _, room := range w.LatestRooms(w.CountRooms()) {
		for _, message := range w.Messages(room.ID) {
			if message.Author == sandbox.AuthorCustomer {
				count++
			}
		}
	}
	return count
}

// A conversation goes both ways, with files; nobody hears their own words, or who joins,
// or anything twice.
func TestCustomChannel(t *testing.T) {
	w := newWorld(t)
	halo := `{"id":"m-1","user":"budi","text":"halo"}`
	require.Equal(t, http.StatusOK, w.post(t, w.in, halo))
	require.Equal(t, http.StatusOK, w.post(t, w.in, halo), "the messenger repeats it")
	require.Equal(t, 1, w.count())
	room := w.LatestRooms(1)[0]
	assert.Equal(t, "budi", room.UserID)
	assert.Equal(t, "budi", room.Name)
	require.NoError(t, w.TakeOver(t.Context(), room.ID, w.agent()))
	require.NoError(t, w.AgentWrites(t.Context(), sandbox.AgentMessage{RoomID: room.ID, AgentID: w.agent(), Text: "Selamat pagi!"}))
	told := <-w.delivered
	assert.Equal(t, message{ID: told.ID, User: "budi", Text: "Selamat pagi!"}, told)
	assert.NotEmpty(t, told.ID)

	photo := `{"id":"m-2","user":"budi","text":"ini","file":"https://cdn.example.id/foto.jpg"}`
	require.Equal(t, http.StatusOK, w.post(t, w.in, photo))
	assert.Equal(t, "file_attachment", w.LatestRooms(1)[0].Last.Type)
	require.NoError(t, w.AgentWrites(t.Context(), sandbox.AgentMessage{
		RoomID: room.ID, AgentID: w.agent(), Type: "file_attachment",
		Payload: map[string]any{"url": "https://cdn.example.id/faktur.pdf", "caption": "faktur"},
	}))
	told = <-w.delivered
	assert.Equal(t, message{ID: told.ID, User: "budi", Text: "faktur", File: "https://cdn.example.id/faktur.pdf"}, told)
	require.NoError(t, w.Resolve(t.Context(), room.ID, w.agent(), ""))
	require.NoError(t, w.Shutdown(t.Context())) // when all webhooks were answered
	assert.Empty(t, w.delivered)
}

// Whatever goes wrong on the way in, a message is there once at most, and the messenger is
// told how it stands.
func TestTroubleOnTheWayIn(t *testing.T) {
	w := newWorld(t)
	for _, step := range []struct {
		rule     trouble.Rule
		status   int
		isThere  bool // after the first try
		comesNow bool // with the second
	}{
		{trouble.Rule{Kind: trouble.RateLimit, Times: 3, Delay: time.Nanosecond}, http.StatusServiceUnavailable, false, true},
		{trouble.Rule{Kind: trouble.LostAnswer, Times: 1}, http.StatusBadGateway, true, false},
		{trouble.Rule{Kind: trouble.BrokenAnswer, Times: 1}, http.StatusBadGateway, true, false},
		{trouble.Rule{Kind: trouble.ServerError, Times: 1}, http.StatusBadGateway, false, false}, // as far as anybody knows, it may be there
	} {
		kind := step.rule.Kind
		message := fmt.Sprintf(`{"id":%q,"user":"budi","text":"halo"}`, kind)
		before := w.count()
		step.rule.Rate, step.rule.Only = 1, "sendCustomChannelMessage"
		require.NoError(t, w.Trouble().Set(1, step.rule))
		assert.Equal(t, step.status, w.post(t, w.in, message), kind)
		assert.Equal(t, step.isThere, w.count() == before+1, kind)
		assert.Equal(t, http.StatusOK, w.post(t, w.in, message), kind)
		assert.Equal(t, step.isThere || step.comesNow, w.count() == before+1, kind)
	}
}

// What is no message, or nobody's who may post, is refused for good.
func TestWhatCannotBeTakenIn(t *testing.T) {
	w := newWorld(t)
	for name, body := range map[string]string{
		"no JSON":    `halo`,
		"no id":      `{"user":"budi","text":"halo"}`,
		"no user":    `{"id":"m-1","text":"halo"}`,
		"no words":   `{"id":"m-1","user":"budi"}`,
		"too long":   `{"id":"m-1","user":"budi","text":"` + strings.Repeat("a", qismo.MaxMessageLength+1) + `"}`,
		"no address": `{"id":"m-1","user":"budi","file":"foto.jpg"}`,
	} {
		assert.Equal(t, http.StatusBadRequest, w.post(t, w.in, body), name)
	}
	assert.Equal(t, http.StatusNotFound, w.post(t, w.in+"x", `{"id":"m-1","user":"budi","text":"halo"}`))
	assert.Zero(t, w.count())
}

// What the messenger does not take comes again; what it took does not, though the platform
// sends everything twice.
func TestTroubleOnTheWayOut(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, http.StatusOK, w.post(t, w.in, `{"id":"m-1","user":"budi","text":"halo"}`))
	require.NoError(t, w.Trouble().Set(1, trouble.Rule{Kind: trouble.RepeatWebhook, Rate: 1}))
	w.refuses.Store(1)
	room := w.LatestRooms(1)[0]
	for _, text := range []string{"satu", "dua"} {
		require.NoError(t, w.AgentWrites(t.Context(), sandbox.AgentMessage{RoomID: room.ID, AgentID: w.agent(), Text: text}))
		assert.Equal(t, text, (<-w.delivered).Text)
	}
	require.NoError(t, w.Shutdown(t.Context()))
	assert.Empty(t, w.delivered)
}

// Should the platform send what the user wrote, as it does to bots, they do not hear it.
func TestNobodyHearsTheirOwnWords(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, http.StatusOK, w.post(t, w.in, `{"id":"m-1","user":"budi","text":"halo"}`))
	room := w.LatestRooms(1)[0].ID
	hooks := strings.Replace(w.in, "/in/", "/hooks/", 1)
	events := qismotest.NewEvents()
	for _, said := range []*qismotest.Event{
		events.CustomChannelMessage().Room(room).Text("halo").Set("/payload/from/email", "budi"),
		events.CustomChannelMessage().Room(room).Text("Selamat pagi!"), // from an agent, as it is made
	} {
		body, err := said.Body()
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, w.post(t, hooks, string(body)))
	}
	assert.Equal(t, "Selamat pagi!", (<-w.delivered).Text)
	assert.Empty(t, w.delivered)
}
