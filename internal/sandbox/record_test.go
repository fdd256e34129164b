package sandbox

import (
	"bytes"
	"fmt"
	"io"
	stdlog "log" // prism_test.go has a log of its own
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

func TestCallsAreRemembered(t *testing.T) {
	w := newWorld(t, Config{})
	roomID := w.anyRoom()
	w.call("POST", tagPath, object{"room_id": roomID, "tag": "grosir"})
	entry := w.newest(t)
	assert.Equal(t, "createRoomTagV1", entry.Name)
	assert.Equal(t, roomID, entry.RoomID)
	assert.Equal(t, http.MethodPost, entry.Method)
	assert.Equal(t, tagPath, entry.URL)
	assert.Equal(t, http.StatusOK, entry.Status)
	assert.JSONEq(t, `{"room_id":"`+roomID+`","tag":"grosir"}`, string(entry.Request.Bytes))
	assert.False(t, entry.Request.Cut)
	assert.Equal(t, w.Config().SecretKey, entry.Request.Header.Get("Qiscus-Secret-Key"))
	assert.Equal(t, "***", entry.Shown().Request.Header.Get("Qiscus-Secret-Key"))
	assert.Contains(t, string(entry.Response.Bytes), "grosir")
	assert.Equal(t, "application/json", entry.Response.Header.Get("Content-Type"))
	assert.Positive(t, entry.Duration)
	assert.True(t, entry.OK())

	w.call("POST", tagPath, object{"room_id": roomID})
	entry = w.newest(t)
	assert.Equal(t, http.StatusBadRequest, entry.Status)
	assert.Equal(t, []string{`/: the required member "tag" is missing`}, entry.Problems)

	w.call("GET", "/nowhere?token=rahasia", nil)
	entry = w.newest(t)
	assert.Empty(t, entry.Name)
	assert.Equal(t, http.StatusNotFound, entry.Status)
	assert.Equal(t, "/nowhere?token=***", entry.Shown().URL)
}

// An answer that does not fit is told, without what it says.
func TestAnswersThatDoNotFitAreTold(t *testing.T) {
	w := unchecked(t, Config{})
	w.handlers["listDivisions"] = func(*request) (any, error) { return data("rahasia"), nil }
	assert.Equal(t, http.StatusOK, w.call("GET", "/api/v2/divisions", nil).status)
	entry := w.newest(t)
	require.Len(t, entry.Problems, 1)
	assert.Contains(t, entry.Problems[0], "/data: ")
	assert.NotContains(t, entry.Problems[0], "rahasia")
	assert.False(t, entry.OK())
}

func TestBodiesAreRememberedInPart(t *testing.T) {
	form := func(size int) string {
		return "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n" +
			strings.Repeat("6", size) + "\r\n--x--\r\n"
	}
	long := form(3 * timeline.MaxBody)
	for name, test := range map[string]struct {
		method, path, contentType string
		body                      io.Reader
		kept                      string
		cut                       bool
	}{
		"none":                  {"GET", profilePath, "", nil, "", false},
		"a short one":           {"POST", tagPath, "application/json", strings.NewReader(`{"a":1}`), `{"a":1}`, false},
		"of unknown length":     {"POST", tagPath, "application/json", io.MultiReader(strings.NewReader(`{}`)), `{}`, false},
		"a long one":            {"POST", "/api/v3/admin/broadcast/upload_csv", "multipart/form-data; boundary=x", strings.NewReader(long), long[:timeline.MaxBody], true},
		"one that nobody reads": {"POST", "/nowhere", "application/json", strings.NewReader(`{"a":1}`), "", true},
		"one of a read":         {"GET", profilePath, "application/json", strings.NewReader(`{"a":1}`), "", true},
		"too long": {
			"POST", tagPath, "application/json", strings.NewReader(strings.Repeat(" ", maxBody+1)),
			strings.Repeat(" ", timeline.MaxBody), true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := unchecked(t, Config{})
			request, err := http.NewRequestWithContext(t.Context(), test.method, w.server.URL+test.path, test.body)
			require.NoError(t, err)
			request.Header = w.secret()
			request.Header.Set("Content-Type", test.contentType)
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			entry := w.newest(t)
			assert.Equal(t, test.kept, string(entry.Request.Bytes))
			assert.Equal(t, test.cut, entry.Request.Cut)
			assert.LessOrEqual(t, cap(entry.Request.Bytes), 2*timeline.MaxBody)
		})
	}
}

// Of a long answer a part is kept, and the rest is let go.
func TestAnswersAreRememberedInPart(t *testing.T) {
	w := newWorld(t, Config{Rooms: 200})
	got := w.call("POST", "/api/v2/customer_rooms", object{"limit": 200})
	require.Greater(t, len(got.raw), timeline.MaxBody)
	entry := w.newest(t)
	assert.Equal(t, got.raw[:timeline.MaxBody], string(entry.Response.Bytes))
	assert.True(t, entry.Response.Cut)
	assert.Equal(t, timeline.MaxBody, cap(entry.Response.Bytes))
}

// A panic goes on to the server, which tells where it was; the call is remembered, and
// the next one is answered.
func TestPanicsAreRemembered(t *testing.T) {
	w := newWorld(t, Config{})
	w.server.Close()
	w.handlers["getProfile"] = func(*request) (any, error) { panic("a mistake of ours") }
	var said lines
	w.server = httptest.NewUnstartedServer(w.Sandbox)
	w.server.Config.ErrorLog = stdlog.New(&said, "", 0)
	w.server.Start()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+profilePath, nil)
	require.NoError(t, err)
	request.Header = w.secret()
	_, err = http.DefaultClient.Do(request)
	require.Error(t, err)
	entry := w.newest(t)
	assert.Equal(t, "getProfile", entry.Name)
	assert.Equal(t, "the sandbox panicked; its log says where", entry.Failure)
	assert.Zero(t, entry.Status)
	w.server.Close() // by now it was logged
	assert.Contains(t, said.String(), "a mistake of ours")
	assert.Contains(t, said.String(), "TestPanicsAreRemembered", "where it was")

	w.server = httptest.NewServer(w.Sandbox)
	assert.Equal(t, http.StatusOK, w.call("GET", "/api/v2/divisions", nil).status)
}

// lines is a log that is read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// rawConn is a connection on which a test writes HTTP itself.
func (w *world) rawConn() net.Conn {
	w.t.Helper()
	conn, err := new(net.Dialer).DialContext(w.t.Context(), "tcp", w.server.Listener.Addr().String())
	require.NoError(w.t, err)
	return conn
}

// A caller that breaks off in its body is told of as one whose body cannot be read.
func TestRequestsThatBreakOff(t *testing.T) {
	w := unchecked(t, Config{})
	added, end := w.Timeline().Watch()
	defer end()
	conn := w.rawConn()
	_, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: a\r\nQiscus-App-Id: %s\r\nQiscus-Secret-Key: %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"room_id\":",
		tagPath, w.Config().AppCode, w.Config().SecretKey)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	<-added
	entry := w.newest(t)
	assert.Equal(t, http.StatusBadRequest, entry.Status)
	assert.Equal(t, `{"room_id":`, string(entry.Request.Bytes))
	assert.True(t, entry.Request.Cut)
	assert.Equal(t, []string{"/: the body cannot be read"}, entry.Problems)
}

// Who reads an answer slowly holds up nobody, and is in the timeline already.
func TestSlowReaders(t *testing.T) {
	w := unchecked(t, Config{Rooms: 30_000})
	added, end := w.Timeline().Watch()
	defer end()
	conn := w.rawConn()
	defer func() { assert.NoError(t, conn.Close()) }()
	body := `{"limit":30000}` // several megabytes, which no buffer on the way holds
	_, err := fmt.Fprintf(conn, "POST /api/v2/customer_rooms HTTP/1.1\r\nHost: a\r\nQiscus-App-Id: %s\r\n"+
		"Qiscus-Secret-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		w.Config().AppCode, w.Config().SecretKey, len(body), body)
	require.NoError(t, err)
	<-added
	assert.Equal(t, "listRooms", w.newest(t).Name)
	roomID := w.FirstRooms(1)[0].ID
	assert.Equal(t, http.StatusOK, w.call("POST", tagPath, object{"room_id": roomID, "tag": "grosir"}).status)
	answer, err := io.ReadAll(io.LimitReader(conn, 15))
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 200 OK", string(answer))
}

func TestNothingIsRemembered(t *testing.T) {
	w := newWorld(t, Config{Remember: -1})
	assert.Equal(t, http.StatusOK, w.call("GET", profilePath, nil).status)
	assert.Empty(t, w.Timeline().Newest(9, nil))
	assert.Zero(t, w.Timeline().Total())
}

// BenchmarkServeHTTP is a call with and without what remembers it.
func BenchmarkServeHTTP(b *testing.B) {
	for name, remember := range map[string]int{"remembered": 0, "not remembered": -1} {
		b.Run(name, func(b *testing.B) {
			sandbox, err := New(Config{Rooms: 1000, Remember: remember})
			require.NoError(b, err)
			body := []byte(`{"limit":20}`)
			b.ReportAllocs()
			for b.Loop() {
				request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/api/v2/customer_rooms", bytes.NewReader(body))
				request.Header = http.Header{
					"Qiscus-App-Id": {sandbox.Config().AppCode}, "Qiscus-Secret-Key": {sandbox.Config().SecretKey},
					"Content-Type": {"application/json"},
				}
				recorder := httptest.NewRecorder()
				sandbox.ServeHTTP(recorder, request)
				require.Equal(b, http.StatusOK, recorder.Code)
			}
		})
	}
}
