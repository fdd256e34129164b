package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// world is a sandbox behind a real server, with a receiver for its webhooks.
// Every answer and every webhook is validated against the documents, and in the end
// it is seen that all was kept.
type world struct {
	*Sandbox

	t        *testing.T
	server   *httptest.Server
	receiver *receiver
}

// newWorld starts a sandbox. All webhooks go to the receiver unless the
// configuration says where.
func newWorld(t *testing.T, config Config) *world {
	t.Helper()
	receiver := newReceiver(t)
	if config.Webhooks == (Webhooks{}) {
		config.Webhooks = receiver.addresses()
	}
	if config.Store == nil {
		config.Store = newMemoryStore()
	}
	sandbox, err := New(config)
	require.NoError(t, err)
	w := &world{Sandbox: sandbox, t: t, receiver: receiver}
	w.server = httptest.NewServer(conforming(t, sandbox))
	t.Cleanup(func() {
		w.server.Close()
		assert.NoError(t, sandbox.Shutdown(context.Background())) // t.Context() has ended by now
		receiver.server.Close()
		if store, isMemory := config.Store.(*memoryStore); isMemory && store.fails == nil {
			w.assertKept(t, newComparison())
		}
	})
	return w
}

// newWorldAround puts a sandbox that there is behind a server.
func newWorldAround(t *testing.T, sandbox *Sandbox) *world {
	t.Helper()
	w := &world{Sandbox: sandbox, t: t, server: httptest.NewServer(conforming(t, sandbox))}
	t.Cleanup(w.server.Close)
	return w
}

// frozen is a real time that stands still: in a world that has it, time goes by only
// when it is moved.
func frozen() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) }

// move moves the world's clock ahead.
func (w *world) move(by time.Duration) {
	w.t.Helper()
	require.NoError(w.t, w.Clock().Move(by))
}

// delivered waits until all webhooks have arrived and returns them. Nothing is
// sent after it.
func (w *world) delivered() []received {
	w.t.Helper()
	require.NoError(w.t, w.Shutdown(w.t.Context()))
	return w.receiver.all()
}

// anyRoom returns a room that an inventive customer made.
func (w *world) anyRoom() string {
	w.t.Helper()
	id, err := w.CustomerWrites(w.t.Context(), CustomerMessage{UserID: "628115559999", Name: "Wulan Sari", Text: "Halo"})
	require.NoError(w.t, err)
	return id
}

// roomNamed returns the room with an id, which there must be.
func (w *world) roomNamed(id string) *room {
	w.t.Helper()
	found, err := w.state.room(id)
	require.NoError(w.t, err)
	return found
}

// agentsIn are the agents who serve a room.
func (w *world) agentsIn(room string) []int64 {
	w.t.Helper()
	snapshot, ok := w.Room(room)
	require.True(w.t, ok)
	return snapshot.AgentIDs
}

// replaceRole puts a role into a path.
func replaceRole(path, role string) string { return strings.Replace(path, "{role}", role, 1) }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   any
}

// at follows a path of names and indexes separated by slashes, such as
// data/agents/0/id.
func (a answer) at(path string) any {
	value := a.body
	for name := range strings.SplitSeq(path, "/") {
		switch node := value.(type) {
		case map[string]any:
			value = node[name]
		case []any:
			var i int
			if json.Unmarshal([]byte(name), &i) != nil || i >= len(node) {
				return nil
			}
			value = node[i]
		default:
			return nil
		}
	}
	return value
}

// call sends a JSON request with the secret key. The body may be nil.
func (w *world) call(method, path string, body any) answer {
	w.t.Helper()
	contentType := ""
	var content []byte
	if body != nil {
		contentType = "application/json"
		content = encode(body)
	}
	return w.send(method, path, w.secret(), contentType, content)
}

// asAdmin sends a JSON request with the admin's token, as the dashboard does.
func (w *world) asAdmin(method, path string, body any) answer {
	w.t.Helper()
	contentType, content := "", []byte(nil)
	if body != nil {
		contentType, content = "application/json", encode(body)
	}
	header := http.Header{"Qiscus-App-Id": {w.Config().AppCode}, "Authorization": {w.state.admin().token}}
	return w.send(method, path, header, contentType, content)
}

func (w *world) secret() http.Header {
	config := w.Config()
	return http.Header{"Qiscus-App-Id": {config.AppCode}, "Qiscus-Secret-Key": {config.SecretKey}}
}

func (w *world) send(method, path string, header http.Header, contentType string, body []byte) answer {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, bytes.NewReader(body))
	require.NoError(w.t, err)
	maps.Copy(request.Header, header)
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	got := answer{status: response.StatusCode, header: response.Header, raw: string(raw)}
	if strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		require.NoError(w.t, json.Unmarshal(raw, &got.body))
	}
	return got
}

// conforming validates all that a sandbox answers.
func conforming(t *testing.T, sandbox *Sandbox) http.Handler {
	t.Helper()
	rest, err := document.REST()
	require.NoError(t, err)
	failure, err := rest.Schema("/components/schemas/Error")
	require.NoError(t, err)
	chat, err := document.Chat()
	require.NoError(t, err)
	chatFailure, err := chat.Schema("/components/schemas/Error")
	require.NoError(t, err)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		sandbox.ServeHTTP(recorder, r)
		where := r.Method + " " + r.URL.Path
		operation, _, err := sandbox.find(r.Method, r.URL.EscapedPath())
		_, isChat := chatPath(r.URL.EscapedPath())
		switch {
		case strings.HasPrefix(r.URL.Path, "/"+sandbox.config.AppCode+"/"): // a file
		case err != nil && isChat:
			validate(t, where, chatFailure, recorder.Body.Bytes())
		case err != nil:
			validate(t, where, failure, recorder.Body.Bytes())
		default:
			response, declared := operation.Response(recorder.Code)
			assert.True(t, declared, "%s answers %d, which the document does not have", where, recorder.Code)
			if body, hasBody := response.Content["application/json"]; hasBody {
				validate(t, where, body.Schema, recorder.Body.Bytes())
				assert.Equal(t, "application/json", recorder.Header().Get("Content-Type"), where)
			} else if len(response.Content) == 0 {
				assert.Empty(t, recorder.Body.String(), where)
			}
		}
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	})
}

func validate(t *testing.T, where string, schema *document.Schema, body []byte) {
	t.Helper()
	var value any
	if assert.NoError(t, json.Unmarshal(body, &value), "%s: %s", where, body) {
		assert.Empty(t, schema.Validate(value), "%s: %s", where, body)
	}
}

// receiver takes webhooks, each event at a path that is its name.
type receiver struct {
	server *httptest.Server
	// answer, when it is set, is called before a webhook is answered.
	answer func(received)

	mu   sync.Mutex
	list []received
}

type received struct {
	event  string
	header http.Header
	answer
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	webhooks, err := document.Webhooks()
	require.NoError(t, err)
	chat, err := document.Chat()
	require.NoError(t, err)
	r := &receiver{}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		event := strings.TrimPrefix(request.URL.Path, "/")
		raw, err := io.ReadAll(request.Body)
		assert.NoError(t, err)
		operation := webhooks.Operation(event)
		if event == postComment {
			operation = chat.Operation(event)
		}
		if !assert.NotNil(t, operation, event) {
			return
		}
		body, _ := operation.JSON()
		validate(t, event, body.Schema, raw)
		got := received{event: event, header: request.Header, answer: answer{raw: string(raw)}}
		assert.NoError(t, json.Unmarshal(raw, &got.body))
		r.mu.Lock()
		r.list = append(r.list, got)
		r.mu.Unlock()
		if r.answer != nil {
			r.answer(got)
		}
	}))
	return r
}

func (r *receiver) addresses() Webhooks {
	at := r.server.URL + "/"
	return Webhooks{
		Bot: at + "botMessage", NewSession: at + "newSession", Allocation: at + "customAgentAllocation",
		Resolve: at + "markAsResolved", Auth: at + "userLogout",
	}
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.list...)
}

// events lists the names of webhooks.
func events(list []received) []string {
	names := []string{}
	for _, got := range list {
		names = append(names, got.event)
	}
	return names
}

// count counts the webhooks of an event.
func count(list []received, event string) int {
	names := slices.DeleteFunc(events(list), func(name string) bool { return name != event })
	return len(names)
}

// asContent writes a JSON object in a content type.
func asContent(t *testing.T, contentType string, value any) (header string, body []byte) {
	t.Helper()
	switch contentType {
	case "":
		return "", nil
	case "application/json":
		return contentType, encode(value)
	}
	form := url.Values{}
	members, _ := value.(map[string]any)
	for name, member := range members {
		if items, isArray := member.([]any); isArray && !strings.Contains(string(encode(items)), "{") {
			for _, item := range items {
				form.Add(name+"[]", strings.Trim(string(encode(item)), `"`))
			}
			continue
		}
		if written, isText := member.(string); isText {
			form.Set(name, written)
		} else {
			form.Set(name, string(encode(member)))
		}
	}
	if contentType == "application/x-www-form-urlencoded" {
		return contentType, []byte(form.Encode())
	}
	var buffer bytes.Buffer
	writer := multipart.NewWriter(&buffer)
	for name, values := range form {
		for _, value := range values {
			require.NoError(t, writer.WriteField(name, value))
		}
	}
	require.NoError(t, writer.Close())
	return writer.FormDataContentType(), buffer.Bytes()
}
