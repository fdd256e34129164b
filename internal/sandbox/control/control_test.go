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
	"go.uber.org/goleak"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/control"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is when the worlds of the tests begin; their time stands still.
var start = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)

// stage is a sandbox with what controls it.
type stage struct {
	*sandbox.Sandbox

	t      *testing.T
	server *httptest.Server
}

func newStage(t *testing.T, config sandbox.Config) *stage {
	t.Helper()
	config.Now = func() time.Time { return start }
	platform, err := sandbox.New(config)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle(control.Home, control.New(platform, "sandbox.example.id"))
	mux.Handle("/", platform)
	s := &stage{Sandbox: platform, t: t, server: httptest.NewServer(mux)}
	t.Cleanup(func() {
		s.server.Close()
		http.DefaultClient.CloseIdleConnections()
		assert.NoError(t, platform.Shutdown(context.Background())) // t.Context() has ended by now
	})
	return s
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// ask sends a body, unless it is "".
func (s *stage) ask(method, path, body string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+control.Home+path, strings.NewReader(body))
	require.NoError(s.t, err)
	return s.send(request)
}

func (s *stage) send(request *http.Request) answer {
	s.t.Helper()
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	got := answer{status: response.StatusCode, header: response.Header, raw: string(raw)}
	if len(raw) > 0 {
		assert.Equal(s.t, "application/json", got.header.Get("Content-Type"))
		require.NoError(s.t, json.Unmarshal(raw, &got.body), got.raw)
	}
	return got
}

// good is the body of an answer of 200.
func (s *stage) good(method, path, body string) map[string]any {
	s.t.Helper()
	got := s.ask(method, path, body)
	require.Equal(s.t, http.StatusOK, got.status, got.raw)
	return got.body
}

// list is a list in an answer.
func (s *stage) list(method, path, body, name string) []map[string]any {
	s.t.Helper()
	items, isList := s.good(method, path, body)[name].([]any)
	require.True(s.t, isList, "%s is no list", name)
	rows := []map[string]any{}
	for _, item := range items {
		rows = append(rows, item.(map[string]any))
	}
	return rows
}

func (s *stage) customer(userID, text string) (roomID string) {
	s.t.Helper()
	roomID, err := s.CustomerWrites(s.t.Context(), sandbox.CustomerMessage{UserID: userID, Text: text})
	require.NoError(s.t, err)
	return roomID
}

// What is listed can be asked for.
func TestPathsAreListed(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	rows := s.list("GET", "", "", "paths")
	assert.Greater(t, len(rows), 30)
	for _, row := range rows {
		assert.NotEmpty(t, row["what"])
		path := strings.TrimPrefix(row["path"].(string), control.Home)
		got := s.ask("TRACE", strings.NewReplacer("{", "", "}", "").Replace(path), "")
		assert.Equal(t, http.StatusMethodNotAllowed, got.status, path)
		assert.Contains(t, got.header.Get("Allow"), row["method"])
	}
}

// What is wrong is told with the member that is at fault, and nothing has happened.
func TestRefusals(t *testing.T) {
	s := newStage(t, sandbox.Config{Rooms: 1})
	room := s.FirstRooms(1)[0].ID
	in := "rooms/" + room + "/"
	for _, test := range []struct {
		method, path, body string
		status             int
		member, message    string
	}{
		{"GET", "nowhere", "", 404, "", "there is no such path"},
		{"DELETE", "clock", "", 405, "", "the path has no DELETE"},

		{"POST", "clock", "", 400, "move", "say either move or to"},
		{"POST", "clock", `{"move":"1h","to":"2027-01-01T00:00:00Z"}`, 400, "move", "say either"},
		{"POST", "clock", `{"move":"soon"}`, 400, "move", "it must be a duration such as 90m or 24h"},
		{"POST", "clock", `{"move":"-1h"}`, 400, "move", "a clock is moved ahead only"},
		{"POST", "clock", `{"move":60}`, 400, "move", "it must be text"},
		{"POST", "clock", `{"to":"tomorrow"}`, 400, "to", "it must be a time such as"},
		{"POST", "clock", `{"to":"2020-01-01T00:00:00Z"}`, 400, "to", "a clock is moved ahead only"},
		{"POST", "clock", `{"to":"2999-01-01T00:00:00Z"}`, 400, "to", "not moved further ahead than"},
		{"POST", "clock", `{"move":"1h","mood":"good"}`, 400, "mood", "there is no such member"},
		{"POST", "clock", `[]`, 400, "", "the body is not a JSON object"},
		{"POST", "clock", `null`, 400, "", "the body is not a JSON object"},
		{"POST", "clock", `{"move":"1h"} x`, 400, "", "the body is not a JSON object"},
		{"POST", "clock", strings.Repeat(" ", 1<<20+1), 413, "", "larger than 1 MiB"},

		{"PUT", "trouble", `{"seed":1}`, 400, "rules", "it is missing"},
		{"PUT", "trouble", `{"rules":"all=5%"}`, 400, "rules", "it must be a list"},
		{"PUT", "trouble", `{"seed":-1,"rules":[]}`, 400, "seed", "a whole number that is not negative"},
		{"PUT", "trouble", `{"rules":["latency=5%","earthquake"]}`, 400, "rules/1", `there is no trouble "earthquake"; there is all, `},
		{"PUT", "trouble", `{"rules":[{"kind":"latency","rats":1}]}`, 400, "rules/0", `unknown field "rats"`},
		{"PUT", "trouble", `{"rules":[{"kind":"latency","delay":5}]}`, 400, "rules/0", "delay: it must not be a number"},
		{"PUT", "trouble", `{"rules":["latency,only=getRom"]}`, 400, "rules/0", "getRom is no such operation or event"},

		{"GET", "timeline?kind=both", "", 400, "kind", "it must be call or delivery"},
		{"GET", "timeline?ok=yes", "", 400, "ok", "it must be true or false"},
		{"GET", "timeline?limit=-1", "", 400, "limit", "a whole number from 0 to"},
		{"GET", "timeline?limit=many", "", 400, "limit", "a whole number from 0 to"},
		{"GET", "timeline?rom=1", "", 400, "rom", "there is no such parameter"},
		{"GET", "timeline?%zz", "", 400, "", "the query cannot be read"},
		{"GET", "timeline/99", "", 404, "id", "the timeline does not hold it"},
		{"GET", "timeline/first", "", 404, "id", "whole numbers"},
		{"POST", "timeline/99/replay", "", 404, "", "the timeline does not hold it"},
		{"POST", "timeline/1/replay", `{"times":2}`, 400, "times", "there is no such member"},
		{"GET", "timeline/chart?interval=soon", "", 400, "interval", "it must be a duration"},
		{"GET", "timeline/chart?interval=1500ms", "", 400, "interval", "it must have whole seconds"},
		{"GET", "timeline/chart?intervals=99999", "", 400, "intervals", "a whole number from 0 to 3600"},

		{"POST", "messages", `{"text":"halo"}`, 400, "user_id", "it is missing"},
		{"POST", "messages", `{"user_id":"1"}`, 400, "text", "it is missing, and so is the payload"},
		{"POST", "messages", `{"user_id":1,"text":"halo"}`, 400, "user_id", "it must be text"},
		{"POST", "messages", `{"user_id":"1","text":"halo","source":"fax"}`, 400, "source", "there is no such channel"},
		{"POST", "messages", `{"user_id":"1","text":"halo","channel_id":"5120"}`, 400, "channel_id", "a whole number"},
		{"POST", "messages", `{"user_id":"1","text":"halo","channel_id":5}`, 400, "source", "there is no such channel"},
		{"POST", "messages", `{"user_id":"1","type":"file_attachment","payload":{"url":1}}`, 400, "", "the message: /payload"},
		{"POST", in + "messages", `{"type":"file_attachment","payload":{"url":1}}`, 400, "", "the message: /payload"},
		{"GET", "rooms?state=odd", "", 400, "state", "it must be one of"},
		{"GET", "rooms/1", "", 404, "room", "there is no such room"},
		{"GET", "rooms/1/messages", "", 404, "room", "there is no such room"},
		{"POST", "rooms/1/resolve", "", 404, "room", "there is no such room"},
		{"POST", in + "messages", "", 400, "text", "it is missing, and so is the payload"},
		{"POST", in + "take-over", `{"agent_id":1}`, 400, "agent_id", "there is no such agent"},
		{"POST", in + "take-over", `{"agent":1}`, 400, "agent", "there is no such member"},
		{"POST", in + "hand-over", `{"division":"Langit"}`, 409, "", `there is no division "Langit"`},
		{"POST", in + "typing", `{}`, 400, "typing", "it is missing"},
		{"POST", in + "button", `{}`, 400, "name", "it is missing"},
		{"POST", in + "button", `{"name":"Terbang"}`, 409, "", `there is no button "Terbang"`},
		{"DELETE", in + "tags/grosir", "", 409, "", "it does not have the tag"},
		{"PATCH", "agents/1", `{"available":true}`, 404, "id", "there is no such agent"},
		{"PATCH", "agents/73011", `{}`, 400, "available", "it is missing"},
		{"PATCH", "agents/73011", `{"available":"true"}`, 400, "available", "it must be true or false"},

		{"PUT", "webhooks/fax", `{"url":""}`, 404, "name", "there is no such webhook"},
		{"PUT", "webhooks/botMessage", `{"url":"::"}`, 400, "url", ""},
		{"PUT", "webhooks/botMessage", `{"uri":"http://127.0.0.1:1/"}`, 400, "uri", "there is no such member"},
		{"PUT", "shapes", `{}`, 400, "shape", "it is missing"},
		{"PUT", "shapes", `{"shape":"round"}`, 400, "shape", "round"},
		{"PUT", "shapes/botMessage", `{"shape":"1999"}`, 400, "shape", "1999"},
		{"PUT", "shapes/fax", `{"shape":"old"}`, 404, "event", "no such event is sent"},
		{"PUT", "buttons", `{}`, 400, "buttons", "it is missing"},
		{"PUT", "buttons", `{"buttons":[{"name":"a"},{"url":"b"}]}`, 400, "buttons/1/name", "it is missing"},
		{"PUT", "buttons", `{"buttons":[{"name":"a","size":1}]}`, 400, "buttons/0/size", "there is no such member"},
		{"PUT", "buttons", `{"buttons":[{"name":"a"},{"name":"a"}]}`, 400, "buttons", "it stands twice"},
	} {
		t.Run(test.method+" "+test.path+" "+test.body[:min(len(test.body), 60)], func(t *testing.T) {
			got := s.ask(test.method, test.path, test.body)
			assert.Equal(t, test.status, got.status, got.raw)
			failure, _ := got.body["error"].(map[string]any)
			member, _ := failure["member"].(string)
			assert.Equal(t, test.member, member)
			assert.Contains(t, failure["message"], test.message)
		})
	}
	assert.Zero(t, s.Clock().Ahead())
	_, rules := s.Trouble().Rules()
	assert.Empty(t, rules)
	assert.Equal(t, 1, s.CountRooms())
	assert.Len(t, s.Messages(room), 1)
	assert.Len(t, s.Buttons(), 1)
}

func TestHeadIsAnswered(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	got := s.ask("HEAD", "clock", "")
	assert.Equal(t, http.StatusOK, got.status)
	assert.Empty(t, got.raw)
}

func TestAfterShutdown(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	require.NoError(t, s.Shutdown(t.Context()))
	assert.Equal(t, http.StatusServiceUnavailable, s.ask("POST", "messages", `{"user_id":"1","text":"halo"}`).status)
	assert.Equal(t, http.StatusOK, s.ask("GET", "clock", "").status)
}
