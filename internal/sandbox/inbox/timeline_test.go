package inbox_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// listed are the names of the entries on a page, the newest first.
func listed(page string) []string {
	var names []string
	_, list, _ := strings.Cut(page, `id="entry-list"`)
	for _, found := range regexp.MustCompile(`<b class="name">([^<]*)</b>`).FindAllStringSubmatch(list, -1) {
		names = append(names, found[1])
	}
	return names
}

// enter adds something to the timeline that has not happened.
func (w *world) enter(entry timeline.Entry) string {
	w.t.Helper()
	entry.At = w.Clock().Now()
	return fmt.Sprint(w.Timeline().Add(entry).ID)
}

func TestTimelineFilters(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	w.enter(timeline.Entry{Kind: timeline.Call, Name: "getRoom", Method: "GET", RoomID: room, Status: 200})
	w.enter(timeline.Entry{Kind: timeline.Call, Name: "assignAgent", RoomID: "7", Status: 404})
	w.enter(timeline.Entry{Kind: timeline.Delivery, Name: "botMessage", RoomID: room, Status: 200, Request: timeline.Body{Bytes: []byte(`{"text":"Halo Gayo"}`)}})
	w.enter(timeline.Entry{Kind: timeline.Delivery, Name: "newSession", RoomID: room, Failure: "connection refused"})
	w.enter(timeline.Entry{Kind: timeline.Call, Method: "GET", URL: "/api/v3/rooms?a=b", Status: 404, Problems: []string{"/a: odd"}})
	for name, test := range map[string]struct{ query, found []string }{
		"all":        {nil, []string{"GET /api/v3/rooms", "newSession", "botMessage", "assignAgent", "getRoom"}},
		"calls":      {[]string{"kind", "call"}, []string{"GET /api/v3/rooms", "assignAgent", "getRoom"}},
		"deliveries": {[]string{"kind", "delivery"}, []string{"newSession", "botMessage"}},
		"failed":     {[]string{"failed", "1"}, []string{"GET /api/v3/rooms", "newSession", "assignAgent"}},
		"here":       {[]string{"here", "1", "room", room}, []string{"newSession", "botMessage", "getRoom"}},
		"text":       {[]string{"text", "gayo"}, []string{"botMessage"}},
		"changes":    {[]string{"changes", "1"}, []string{"newSession", "botMessage", "assignAgent"}},
		"several":    {[]string{"kind", "delivery", "failed", "1", "here", "1"}, []string{"newSession"}},
		"none":       {[]string{"text", "tidak ada"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.found, listed(w.get("/", test.query...).body))
		})
	}
	page := w.get("/").body
	totals := regexp.MustCompile(`<dt>(API calls|failed|Webhooks)</dt><dd>(\d+)</dd>`).FindAllStringSubmatch(page, -1)
	var counted []string
	for _, total := range totals {
		counted = append(counted, total[2]+" "+total[1])
	}
	assert.Equal(t, []string{"3 API calls", "2 failed", "2 Webhooks", "1 failed"}, counted)
	assert.Contains(t, page, `aria-label="3 calls and 2 webhooks in 10 minutes"`)
	assert.Regexp(t, `<rect class="calls"[^>]* height="\d+"`, page)
}

// When the clock was moved, the chart shows what happened last.
func TestChartAfterTheClockWasMoved(t *testing.T) {
	began := time.Date(2026, time.March, 12, 9, 41, 0, 0, time.Local)
	w := newWorld(t, sandbox.Config{Now: func() time.Time { return began }})
	w.enter(timeline.Entry{Kind: timeline.Call, Name: "getRoom", Status: 200})
	assert.Contains(t, w.get("/").body, "<figcaption>10 minutes</figcaption>")
	require.NoError(t, w.Clock().Move(24*time.Hour))
	page := w.get("/").body
	assert.Contains(t, page, "<figcaption>10 minutes until 12 Mar</figcaption>")
	assert.Contains(t, page, `aria-label="1 calls and 0 webhooks in 10 minutes until 12 Mar"`)
	assert.Contains(t, page, `<rect class="calls"`)
	w.enter(timeline.Entry{Kind: timeline.Call, Name: "getRoom", Status: 200})
	assert.Contains(t, w.get("/").body, "<figcaption>10 minutes</figcaption>")
}

// What began last stands first, whenever it ended: a webhook stands below the calls
// that its receiver made before it answered. Of what began at once, what ended last
// stands first.
func TestOrderOfTheTimeline(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	began := w.Clock().Now()
	for _, entry := range []timeline.Entry{
		{Kind: timeline.Call, Name: "sendBotMessage", At: began.Add(20 * time.Millisecond)},
		{Kind: timeline.Call, Name: "getRoom", At: began.Add(10 * time.Millisecond)},
		{Kind: timeline.Delivery, Name: "botMessage", At: began, Duration: 30 * time.Millisecond},
		{Kind: timeline.Delivery, Name: "newSession", At: began},
	} {
		w.Timeline().Add(entry)
	}
	assert.Equal(t, []string{"sendBotMessage", "getRoom", "newSession", "botMessage"}, listed(w.get("/").body))
}

// Of many entries the newest are shown.
func TestLongTimelines(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	for i := range 200 {
		w.enter(timeline.Entry{Kind: timeline.Call, Name: fmt.Sprintf("call%d", i), Status: 200})
	}
	page := w.get("/").body
	assert.Len(t, listed(page), 60)
	assert.Equal(t, "call199", listed(page)[0])
	assert.Contains(t, page, `href="/?entries=120"`)
	assert.Len(t, listed(w.get("/", "entries", "500").body), 200)
}

// An open entry shows what went over the wire, but for credentials.
func TestEntry(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	id := w.enter(timeline.Entry{
		Kind: timeline.Call, Name: "getRoom", Method: "GET", URL: "/api/v2/rooms?token=rahasia-alamat", Status: 200,
		Duration: 1500 * time.Microsecond, Problems: []string{"/data: is missing"}, Trouble: []string{"latency"}, ReplayOf: 3,
		Request: timeline.Body{
			Header: http.Header{"Authorization": {"rahasia-kepala"}, "Qiscus-Secret-Key": {"rahasia-kunci"}, "Accept": {"text/plain"}},
			Bytes:  []byte("b=2&a=1+1"), Cut: true,
		},
		Response: timeline.Body{Header: http.Header{"Content-Type": {"application/json"}}, Bytes: []byte(`{"a":[1,"dua",null]}`)},
	})
	page := w.get("/", "entry", id).body
	for _, shown := range []string{
		"GET /api/v2/rooms?token=***", "1 ms", "/data: is missing", "does not fit", `class="flag trouble">latency`, "Repeats #3",
		"<dt>Accept</dt><dd>text/plain</dd>", "The rest was not kept.", "b=2&amp;a=1&#43;1",
		`<span class="json-name">&#34;a&#34;</span>: [` + "\n    " + `<span class="json-number">1</span>`, `<span class="json-word">null</span>`,
	} {
		assert.Contains(t, page, shown)
	}
	assert.NotContains(t, page, "rahasia")
	assert.NotContains(t, w.get("/").body, "text/plain", "closed, it shows none of this")

	for name, test := range map[string]struct {
		entry timeline.Entry
		shown []string
	}{
		"a form": {
			timeline.Entry{Kind: timeline.Call, Name: "login", Status: 200, Request: timeline.Body{
				Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Bytes: []byte("b=2&a=1+1"),
			}},
			[]string{`<span class="json-name">a</span> = <span class="json-text">1 1</span>`, "fits the document", "login"},
		},
		"no text": {
			timeline.Entry{Kind: timeline.Call, Name: "upload", Status: 200, Request: timeline.Body{Bytes: []byte("\xff\xd8")}},
			[]string{"this is not text"},
		},
		"no answer": {
			timeline.Entry{Kind: timeline.Delivery, Name: "botMessage", Failure: "connection refused", Attempt: 2, Duration: 12 * time.Second},
			[]string{`<span class="status">failed</span>`, "connection refused", "attempt 2", "12s"},
		},
		"very much": {
			timeline.Entry{Kind: timeline.Call, Name: "listRooms", Status: 200, Response: timeline.Body{Bytes: []byte(`["` + strings.Repeat("a", 40_000) + `"]`)}},
			[]string{"[\n  &#34;aaaa"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			page := w.get("/", "entry", w.enter(test.entry)).body
			for _, shown := range test.shown {
				assert.Contains(t, page, shown)
			}
		})
	}
}

// A call of a program is there as soon as it was answered, and so is a webhook.
func TestWhatHappensIsInTheTimeline(t *testing.T) {
	hook := receiver(t, func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusTeapot) })
	w := newWorld(t, sandbox.Config{Webhooks: sandbox.Webhooks{NewSession: hook}})
	added, end := w.Timeline().Watch()
	defer end()
	room := w.wulan()
	<-added
	assert.Equal(t, http.StatusOK, w.call(http.MethodGet, "/api/v2/customer_rooms", nil))
	page := w.get("/", "entry", "1").body
	assert.Equal(t, []string{"listRoomsByQuery", "newSession"}, listed(page))
	assert.Contains(t, page, `<span class="status">418</span>`)
	assert.Contains(t, page, "<span>room "+room+"</span>")
	assert.Contains(t, page, "NEW_SESSION_WEBHOOK")
	require.Contains(t, page, hook)
}

// A webhook tells whether it fits the document, and what its failure may mean.
func TestWebhookEntries(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	const (
		fits  = "fits the document"
		unset = "No address is set: nobody was sent this."
		gone  = "No program listens there."
		other = "was it started again with another address or secret?"
	)
	webhook := func(change func(*timeline.Entry)) timeline.Entry {
		entry := timeline.Entry{
			Kind: timeline.Delivery, Name: "botMessage", Method: "POST", URL: "http://127.0.0.1:1/bot", Attempt: 1, Status: 200,
		}
		change(&entry)
		return entry
	}
	for name, test := range map[string]struct {
		change       func(*timeline.Entry)
		grade        string
		shown, lacks []string
	}{
		"sent":     {func(*timeline.Entry) {}, "good", []string{fits, "POST http://127.0.0.1:1/bot"}, []string{unset, gone, other}},
		"replayed": {func(e *timeline.Entry) { e.ReplayOf = 7 }, "good", []string{fits, "Repeats #7"}, nil},
		"odd":      {func(e *timeline.Entry) { e.Problems = []string{"/a: odd"} }, "odd", []string{"/a: odd"}, []string{fits}},
		"unsent": {
			func(e *timeline.Entry) { e.URL, e.Attempt, e.Status = "", 0, 0 }, "unsent",
			[]string{fits, unset, `popovertarget="sheet-hooks">`, "not sent"}, []string{gone, other, `class="address"`},
		},
		"nobody there": {
			func(e *timeline.Entry) {
				e.Status, e.Failure = 0, "deliver: dial tcp 127.0.0.1:1: connect: connection refused"
			},
			"bad", []string{fits, gone}, []string{unset, other},
		},
		"late":    {func(e *timeline.Entry) { e.Status, e.Failure = 0, "deliver: context deadline exceeded" }, "bad", []string{fits}, []string{gone, other}},
		"secret":  {func(e *timeline.Entry) { e.Status = 401 }, "odd", []string{fits, other}, []string{gone}},
		"address": {func(e *timeline.Entry) { e.Status = 404 }, "odd", []string{other}, []string{gone}},
		"dropped": {func(e *timeline.Entry) { e.Attempt, e.Status, e.Failure = 0, 0, "it was dropped on purpose" }, "bad", nil, []string{fits, unset}},
	} {
		t.Run(name, func(t *testing.T) {
			id := w.enter(webhook(test.change))
			page := w.get("/", "entry", id).body
			_, entry, found := strings.Cut(page, `<li id="entry-`+id+`"`)
			require.True(t, found)
			entry, _, _ = strings.Cut(entry, "</li>\n    <li")
			assert.Contains(t, entry, `class="entry delivery `+test.grade+` opened"`)
			for _, text := range test.shown {
				assert.Contains(t, entry, text)
			}
			for _, text := range test.lacks {
				assert.NotContains(t, entry, text)
			}
		})
	}
	assert.NotContains(t, w.get("/", "entry", w.enter(timeline.Entry{Kind: timeline.Call, Name: "getRoom", Status: 404})).body, other)
}
