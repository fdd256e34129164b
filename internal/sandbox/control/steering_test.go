package control_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

func TestClock(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	assert.Equal(t, map[string]any{"now": "2026-11-20T03:00:00Z", "ahead": "0s"}, s.good("GET", "clock", ""))
	moved := map[string]any{"now": "2026-11-21T03:30:00Z", "ahead": "24h30m0s"}
	assert.Equal(t, moved, s.good("POST", "clock", `{"move":"24h30m"}`))
	assert.Equal(t, moved, s.good("GET", "clock", ""))
	moved = map[string]any{"now": "2026-12-01T03:00:00Z", "ahead": "264h0m0s"}
	assert.Equal(t, moved, s.good("POST", "clock", `{"to":"2026-12-01T10:00:00+07:00"}`))
	assert.Equal(t, start.AddDate(0, 0, 11), s.Clock().Now())
}

func TestTrouble(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	none := map[string]any{"seed": 0.0, "rules": []any{}}
	assert.Equal(t, none, s.good("GET", "trouble", ""))
	set := s.good("PUT", "trouble", `{"seed":7,"rules":["latency=10%,only=getRoom",{"kind":"rate-limit","rate":1,"delay":"3s","times":2}]}`)
	want := map[string]any{"seed": 7.0, "rules": []any{
		map[string]any{"kind": "latency", "rate": 0.1, "delay": "500ms", "only": "getRoom"},
		map[string]any{"kind": "rate-limit", "rate": 1.0, "delay": "3s", "times": 2.0},
	}}
	assert.Equal(t, want, set)
	assert.Equal(t, want, s.good("GET", "trouble", ""))
	assert.True(t, s.Trouble().Call("listRooms", "").Has(trouble.RateLimit))

	all := s.good("PUT", "trouble", `{"rules":["all=5%"]}`)
	assert.Len(t, all["rules"], len(trouble.Kinds()))
	assert.InDelta(t, trouble.DefaultSeed, all["seed"], 0)
	assert.Empty(t, s.good("DELETE", "trouble", "")["rules"])
	assert.Empty(t, s.good("PUT", "trouble", `{"rules":[]}`)["rules"])

	kinds := s.list("GET", "trouble/kinds", "", "kinds")
	assert.Len(t, kinds, len(trouble.Kinds()))
	assert.Equal(t, map[string]any{
		"kind": "latency", "what": "the answer is late by the delay", "of": "calls", "delay": "500ms",
	}, kinds[0])
}

// platform makes a call of the API.
func (s *stage) platform(method, path string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, nil)
	require.NoError(s.t, err)
	request.Header.Set("Qiscus-App-Id", s.Config().AppCode)
	request.Header.Set("Qiscus-Secret-Key", s.Config().SecretKey)
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	require.NoError(s.t, response.Body.Close())
}

func TestTimeline(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte{0xff, 0xfe})
	}))
	defer receiver.Close()
	s := newStage(t, sandbox.Config{Webhooks: sandbox.Webhooks{Bot: receiver.URL + "/rahasia-alamat"}})
	s.platform("GET", "/api/v2/divisions?token=rahasia")
	s.platform("GET", "/nowhere")
	room := s.customer("628115550123", "Halo")
	assert.Equal(t, http.StatusNoContent, s.ask("POST", "settle", "").status)

	rows := s.list("GET", "timeline", "", "entries")
	require.Len(t, rows, 3)
	assert.Equal(t, "botMessage", rows[0]["name"], "the newest first")
	assert.Equal(t, room, rows[0]["room_id"])
	assert.Equal(t, receiver.URL+"/rahasia-alamat", rows[0]["url"])
	assert.Equal(t, true, rows[0]["ok"])
	assert.Equal(t, "/api/v2/divisions?token=***", rows[2]["url"])
	assert.Equal(t, "2026-11-20T03:00:00Z", rows[2]["at"])
	assert.NotContains(t, rows[2], "request")

	for query, ids := range map[string][]float64{
		"kind=call": {2, 1}, "kind=delivery": {3}, "name=listDivisions": {1}, "room_id=" + room: {3},
		"ok=true": {3, 1}, "ok=false": {2}, "text=HALO": {3}, "limit=1": {3}, "limit=0": {}, "after=1": {2, 3},
		"after=0&limit=2": {1, 2}, "after=9": {}, "kind=call&ok=true&limit=5": {1},
	} {
		got := []float64{}
		for _, row := range s.list("GET", "timeline?"+query, "", "entries") {
			got = append(got, row["id"].(float64))
		}
		assert.Equal(t, ids, got, query)
	}

	whole := s.good("GET", "timeline/1", "")
	request, response := whole["request"].(map[string]any), whole["response"].(map[string]any)
	assert.Equal(t, []any{"***"}, request["header"].(map[string]any)["Qiscus-Secret-Key"])
	assert.Contains(t, response["text"], "Penjualan")
	delivery := s.good("GET", "timeline/3", "")
	assert.Equal(t, "//4=", delivery["response"].(map[string]any)["base64"])
	assert.Contains(t, s.list("GET", "timeline?bodies=true&limit=1", "", "entries")[0], "request")

	again := s.good("POST", "timeline/3/replay", "")
	assert.InDelta(t, 4, again["id"], 0)
	assert.InDelta(t, 3, again["replay_of"], 0)
	assert.InDelta(t, 200, again["status"], 0)

	chart := s.good("GET", "timeline/chart?interval=1m&intervals=2", "")
	assert.Equal(t, "1m0s", chart["interval"])
	total := map[string]any{"calls": 2.0, "failed_calls": 1.0, "deliveries": 2.0, "failed_deliveries": 0.0}
	assert.Equal(t, total, chart["total"])
	buckets := chart["buckets"].([]any)
	require.Len(t, buckets, 2)
	total["begin"] = "2026-11-20T03:00:00Z"
	assert.Equal(t, total, buckets[1])

	assert.Equal(t, http.StatusNoContent, s.ask("DELETE", "timeline", "").status)
	assert.Empty(t, s.list("GET", "timeline", "", "entries"))
}

// Settle answers when the receiver has, and not before.
func TestSettle(t *testing.T) {
	asked, released := make(chan struct{}), make(chan struct{})
	var answered atomic.Bool
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-released
		answered.Store(true)
	}))
	defer receiver.Close()
	s := newStage(t, sandbox.Config{Webhooks: sandbox.Webhooks{Bot: receiver.URL}})
	s.customer("628115550123", "Halo")
	<-asked
	settled := make(chan answer, 1)
	go func() { settled <- s.ask("POST", "settle", "") }()
	select {
	case <-settled:
		assert.Fail(t, "the webhook is under way")
	case <-time.After(20 * time.Millisecond):
	}
	close(released)
	assert.Equal(t, http.StatusNoContent, (<-settled).status)
	assert.True(t, answered.Load())
}
