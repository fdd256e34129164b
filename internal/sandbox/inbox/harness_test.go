package inbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/inbox"
)

// world is a sandbox with its page, behind a real server.
type world struct {
	*sandbox.Sandbox

	t      *testing.T
	page   *inbox.Inbox
	server *httptest.Server
}

func newWorld(t *testing.T, config sandbox.Config) *world {
	t.Helper()
	platform, err := sandbox.New(config)
	require.NoError(t, err)
	w := &world{Sandbox: platform, t: t, page: inbox.New(platform)}
	mux := http.NewServeMux()
	mux.Handle("/{$}", w.page)
	mux.Handle(inbox.Home, w.page)
	mux.Handle("/", platform)
	w.server = httptest.NewUnstartedServer(mux)
	w.server.Config.RegisterOnShutdown(w.page.Close)
	w.server.Start()
	t.Cleanup(func() {
		assert.NoError(t, w.server.Config.Shutdown(context.Background())) // t.Context() has ended by now
		w.server.Close()
		assert.NoError(t, platform.Shutdown(context.Background()))
	})
	return w
}

// receiver is a server for webhooks that answers them with a status.
func receiver(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

// writes lets a customer write, and returns the room.
func (w *world) writes(source, userID, name, text string) string {
	w.t.Helper()
	return w.writesMessage(sandbox.CustomerMessage{Source: source, UserID: userID, Name: name, Text: text})
}

func (w *world) writesMessage(message sandbox.CustomerMessage) string {
	w.t.Helper()
	room, err := w.CustomerWrites(w.t.Context(), message)
	require.NoError(w.t, err)
	return room
}

// wulan is a customer on WhatsApp, in whose room most happens.
func (w *world) wulan() string {
	w.t.Helper()
	return w.writes("wa", "6281155501234", "Wulan Sari", "Halo, kopi Gayo masih ada?")
}

// bot writes as the bot, through the API.
func (w *world) bot(room, kind, text string, payload any) {
	w.t.Helper()
	body := map[string]any{"sender_email": w.Config().AppCode + "_admin@qismo.com", "room_id": room, "message": text, "type": kind}
	if payload != nil {
		body["payload"] = payload
	}
	w.call(http.MethodPost, "/"+w.Config().AppCode+"/bot", body)
}

// call calls the API with the secret key.
func (w *world) call(method, path string, body any) int {
	w.t.Helper()
	var content io.Reader
	if body != nil {
		written, err := json.Marshal(body)
		require.NoError(w.t, err)
		content = strings.NewReader(string(written))
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, content)
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Qiscus-App-Id", w.Config().AppCode)
	request.Header.Set("Qiscus-Secret-Key", w.Config().SecretKey)
	answer, err := w.server.Client().Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	return answer.StatusCode
}

// answered is what a browser gets.
type answered struct {
	status int
	header http.Header
	body   string
}

// get asks for a page, with names and values of the query.
func (w *world) get(path string, query ...string) answered {
	w.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+path, nil)
	require.NoError(w.t, err)
	return w.send(request)
}

// post sends a form, as a browser without a script does.
func (w *world) post(action string, fields ...string) answered {
	w.t.Helper()
	return w.send(w.form(action, fields...))
}

func (w *world) form(action string, fields ...string) *http.Request {
	w.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	request, err := http.NewRequestWithContext(
		w.t.Context(), http.MethodPost, w.server.URL+inbox.Home+action, strings.NewReader(values.Encode()),
	)
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return request
}

// send sends a request and does not follow where the answer leads.
func (w *world) send(request *http.Request) answered {
	w.t.Helper()
	client := *w.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answered{answer.StatusCode, answer.Header, string(body)}
}

// shown is a room as it is now.
func (w *world) shown(room string) sandbox.RoomSnapshot {
	w.t.Helper()
	found, ok := w.Room(room)
	require.True(w.t, ok)
	return found
}

// pollEvery is how often something is looked at that will come.
const pollEvery = 20 * time.Millisecond

// picture is the smallest picture that there is.
const picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
