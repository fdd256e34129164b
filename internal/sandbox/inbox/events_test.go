package inbox_test

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/inbox"
)

// listener reads a stream of events.
type listener struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Scanner
	end    context.CancelFunc
}

func (w *world) listen(query string) *listener {
	w.t.Helper()
	ctx, end := context.WithCancel(w.t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+inbox.Home+"events?"+query, nil)
	require.NoError(w.t, err)
	answer, err := w.server.Client().Do(request)
	require.NoError(w.t, err)
	w.t.Cleanup(func() {
		end()
		answer.Body.Close()
	})
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	return &listener{t: w.t, answer: answer, lines: lines, end: end}
}

// next reads one event; the name is "" at the end of the stream.
func (l *listener) next() (name, data string) {
	l.t.Helper()
	for l.lines.Scan() {
		field, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "data":
			data += value + "\n"
		case "":
			return name, data
		default:
			assert.Fail(l.t, "there is no such field", l.lines.Text())
		}
	}
	return "", ""
}

// until reads events until a part holds a text.
func (l *listener) until(part, text string) {
	l.t.Helper()
	for {
		name, data := l.next()
		require.NotEmpty(l.t, name, "the stream has ended")
		if name == part && strings.Contains(data, text) {
			return
		}
	}
}

// A browser that listens gets the page's parts, and then those that change.
func TestEvents(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 3})
	room := w.wulan()
	stream := w.listen("room=" + room)
	assert.Equal(t, "text/event-stream", stream.answer.Header.Get("Content-Type"))
	for _, part := range []string{"bar", "rooms", "room", "timeline"} {
		name, data := stream.next()
		assert.Equal(t, part, name)
		assert.Contains(t, data, `id="`+part+`"`)
	}
	w.writes("wa", "6281155501234", "Wulan Sari", "baris satu\r\revent: bar\n\nbaris dua")
	var parts []string
	for !slices.Contains(parts, "room") {
		name, data := stream.next()
		if name == "rooms" || name == "room" { // the clock and the chart go on by themselves
			parts = append(parts, name)
			assert.Contains(t, data, "baris dua")
		}
		if name == "room" {
			assert.Contains(t, data, "&#13;event: bar", "what is written does not end an event")
		}
	}
	assert.Equal(t, []string{"rooms", "room"}, parts)
	w.call(http.MethodGet, "/api/v2/customer_rooms", nil)
	stream.until("timeline", "listRoomsByQuery")
	w.post("clock", "by", "24h")
	stream.until("bar", "1 d ahead")
}

// What happens at once is told at once.
func TestEventsAreTakenTogether(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	stream := w.listen("room=" + room)
	stream.until("timeline", "")
	for range 500 {
		w.wulan()
	}
	w.writes("wa", "6281155501234", "Wulan Sari", "yang terakhir")
	told := 0
	for {
		name, data := stream.next()
		if name != "room" {
			continue
		}
		told++
		if strings.Contains(data, "yang terakhir") {
			break
		}
	}
	assert.Less(t, told, 250, "and not one for each")
}

// A server that is shut down does not wait for browsers that listen.
func TestShutdownEndsStreams(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	stream := w.listen("")
	stream.until("timeline", "")
	require.NoError(t, w.server.Config.Shutdown(t.Context()))
	name, _ := stream.next()
	assert.Empty(t, name)
	w.page.Close() // again
}

// There is a bound to how many may listen, and who has gone makes room.
func TestTooManyStreams(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	var streams []*listener
	for range 64 {
		streams = append(streams, w.listen(""))
	}
	assert.Equal(t, http.StatusServiceUnavailable, w.get(inbox.Home+"events").status)
	streams[0].end()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		again := w.listen("")
		defer again.end()
		assert.Equal(c, http.StatusOK, again.answer.StatusCode)
	}, patience, pollEvery)
}
