package control_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/control"
)

// received takes webhooks without a network.
type received struct{}

func (received) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: request}, nil
}

// Whatever is asked of the API, in whichever order, it answers: with JSON, and with a
// status below 500. A script has a request on each line: the method, the path, and the
// body if there is one.
func FuzzScripts(f *testing.F) {
	for _, script := range []string{
		"GET \nGET clock\nPOST clock {\"move\":\"24h\"}\nPOST clock {\"to\":\"2027-01-01T00:00:00Z\"}",
		"PUT trouble {\"seed\":7,\"rules\":[\"all=50%\",{\"kind\":\"latency\",\"rate\":0.5,\"delay\":\"1ms\"}]}\nGET trouble\n" +
			"DELETE trouble\nGET trouble/kinds",
		"POST messages {\"user_id\":\"628115550123\",\"name\":\"Dewi\",\"text\":\"halo\"}\nGET rooms?words=dewi&state=new&limit=2\n" +
			"GET rooms/ROOM\nGET rooms/ROOM/messages",
		"POST messages {\"source\":\"qiscus\",\"user_id\":\"a\",\"type\":\"file_attachment\",\"payload\":{\"url\":\"https://cdn.example.id/a.jpg\"}}",
		"POST rooms/ROOM/messages {\"text\":\"halo\"}\nPOST rooms/ROOM/take-over {\"agent_id\":AGENT}\nPOST rooms/ROOM/leave {\"agent_id\":AGENT}",
		"POST rooms/ROOM/hand-over\nPUT rooms/ROOM/tags/grosir\nDELETE rooms/ROOM/tags/grosir\nPOST rooms/ROOM/resolve {\"notes\":\"selesai\"}",
		"PUT buttons {\"buttons\":[{\"name\":\"Kirim\",\"url\":\"http://127.0.0.1:1/b\"}]}\nGET buttons\nPOST rooms/ROOM/button {\"name\":\"Kirim\"}",
		"POST rooms/ROOM/typing {\"typing\":true,\"text\":\"sebentar\"}\nDELETE connections",
		"GET agents\nPATCH agents/AGENT {\"available\":false}\nGET channels",
		"PUT webhooks/newSession {\"url\":\"http://127.0.0.1:1/h\",\"on\":true}\nGET webhooks\nPUT shapes {\"shape\":\"old\"}\n" +
			"PUT shapes/botMessage {\"shape\":\"new\"}\nGET shapes\nPOST messages {\"user_id\":\"1\",\"text\":\"x\"}\nPOST settle\n" +
			"GET timeline?kind=delivery&bodies=true\nPOST timeline/1/replay\nGET timeline/1\nGET timeline/chart?interval=10s&intervals=6\nDELETE timeline",
		"GET timeline?after=0&limit=1&ok=false&text=x&room_id=ROOM",
	} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		platform, err := sandbox.New(sandbox.Config{
			Rooms: 2, Now: func() time.Time { return start }, HTTPClient: &http.Client{Transport: received{}},
		})
		require.NoError(t, err)
		// What is late may be so for a year: it is given up and not awaited.
		ended, end := context.WithCancel(context.Background())
		end()
		defer func() { _ = platform.Shutdown(ended) }()
		api := control.New(platform)
		names := strings.NewReplacer("ROOM", platform.FirstRooms(1)[0].ID, "AGENT", "73011")
		for line := range strings.Lines(names.Replace(script)) {
			ask(t, api, strings.TrimSuffix(line, "\n"))
		}
	})
}

// ask has a line of a script answered.
func ask(t *testing.T, api http.Handler, line string) {
	t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(rest, " ")
	// Who waits for what never comes gives up.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, "http://localhost"+control.Home+path, strings.NewReader(body))
	if err != nil {
		return // no client could send it
	}
	recorder := httptest.NewRecorder()
	api.ServeHTTP(recorder, request)
	assert.Less(t, recorder.Code, http.StatusInternalServerError, "%s: %s", line, recorder.Body)
	if recorder.Code == http.StatusOK {
		assert.True(t, json.Valid(recorder.Body.Bytes()), "%s: %s", line, recorder.Body)
	}
}
