package qismo_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// What cannot be meant is an error before anything is sent.
func TestRoomCallsRefuseWhatIsMissing(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	client, ctx := service.client(t), t.Context()
	options, err := flex.NewJSON(map[string]any{"notes": ""})
	require.NoError(t, err)
	list, err := flex.NewJSON([]string{"notes"})
	require.NoError(t, err)
	lookUp := func(params qismo.FindRoomParams) func() error {
		return func() error { _, err := client.Rooms.FindByCustomer(ctx, params); return err }
	}
	for want, call := range map[string]func() error{
		"qismo: addAgentToRoom: the room id is empty":                                  func() error { return client.Allocation.AddAgent(ctx, qismo.AddAgentParams{AgentID: "73012"}) },
		"qismo: addAgentToRoom: the agent id is empty":                                 func() error { return client.Allocation.AddAgent(ctx, qismo.AddAgentParams{RoomID: "1", AgentID: "0"}) },
		"qismo: startWaBulkResolve: the channel id is empty or cannot stand in a path": func() error { _, err := client.Allocation.StartBulkResolve(ctx, ""); return err },
		"qismo: getWaBulkResolve: the channel id is empty or cannot stand in a path":   func() error { _, _, err := client.Allocation.BulkResolveJob("").State(ctx); return err },
		"qismo: abortWaBulkResolve: the channel id is empty or cannot stand in a path": func() error { _, err := client.Allocation.AbortBulkResolve(ctx, ""); return err },
		"qismo: markRoomAsRead: the room id is empty or cannot stand in a path":        func() error { return client.Rooms.MarkAsRead(ctx, "") },
		"qismo: getLatestRoom: the source is empty":                                    lookUp(qismo.FindRoomParams{ChannelID: "5120", CustomerID: "628115550123"}),
		"qismo: getLatestRoom: the channel id is empty":                                lookUp(qismo.FindRoomParams{Source: "wa", ChannelID: "0", CustomerID: "628115550123"}),
		"qismo: getLatestRoom: the customer id is empty":                               lookUp(qismo.FindRoomParams{Source: "wa", ChannelID: "5120"}),
		"qismo: updateRoomOptions: the room id is empty":                               func() error { return client.Rooms.UpdateOptions(ctx, "", options) },
		"qismo: updateRoomOptions: the options are not an object":                      func() error { return client.Rooms.UpdateOptions(ctx, "1", list) },
		"qismo: exportConversations: the room id is empty":                             func() error { _, _, err := client.Rooms.ExportJob("").State(ctx); return err },
		"qismo: setRoomInfo: a pair has no key": func() error {
			_, err := client.Rooms.MergeInfo(ctx, "1", []qismo.UserProperty{{Value: "x"}})
			return err
		},
		"qismo: listRoomsByQuery: the page or the limit is negative": func() error {
			_, err := client.Rooms.ListByQuery(ctx, qismo.ListRoomsByQueryParams{Limit: -1})
			return err
		},
		"qismo: listTags: the page or the limit is negative": func() error { _, err := client.Tags.ListOfApp(ctx, qismo.ListTagsParams{Page: -1}); return err },
		"qismo: listTags: 0 cannot be searched for":          func() error { _, err := client.Tags.ListOfApp(ctx, qismo.ListTagsParams{Name: "0"}); return err },
		"qismo: createRoomTagV1: the room id is empty":       func() error { _, err := client.Tags.CreateV1(ctx, "", "grosir"); return err },
		"qismo: createRoomTagV1: the tag is empty":           func() error { _, err := client.Tags.CreateV1(ctx, "1", ""); return err },
		"qismo: createRoomTag: the tag is empty":             func() error { _, err := client.Tags.Ensure(ctx, "1", []string{"grosir", ""}); return err },
	} {
		require.EqualError(t, call(), want)
	}
	require.Error(t, client.Rooms.UpdateOptions(ctx, "1", flex.JSON{}), "no options at all")
	assert.Empty(t, service.seen())
}

// A success without what was asked for is a failure; without a room, it is a room
// that was not found.
func TestRoomCallsMissWhatIsNotAnswered(t *testing.T) {
	ctx := t.Context()
	latest := func(c *qismo.Client) error {
		_, err := c.Rooms.FindByCustomer(ctx, qismo.FindRoomParams{Source: "wa", ChannelID: "5120", CustomerID: "628115550123"})
		return err
	}
	for name, test := range map[string]struct {
		body string
		call func(*qismo.Client) error
		want error
	}{
		"count without a number": {`{"data":{"total":3}}`, func(c *qismo.Client) error { _, err := c.Allocation.CountUnserved(ctx); return err }, qismo.ErrUnexpectedAnswer},
		"older count with null":  {`{"data":{"total_unresolved":null}}`, func(c *qismo.Client) error { _, err := c.Allocation.CountUnresolved(ctx); return err }, qismo.ErrUnexpectedAnswer},
		"search without rooms": {`{"data":{"rooms":[]}}`, func(c *qismo.Client) error {
			_, err := c.Rooms.ListByQuery(ctx, qismo.ListRoomsByQueryParams{})
			return err
		}, qismo.ErrUnexpectedAnswer},
		"older tag without id": {`{"data":{"name":"grosir"}}`, func(c *qismo.Client) error { _, err := c.Tags.CreateV1(ctx, "1", "grosir"); return err }, qismo.ErrUnexpectedAnswer},
		"no room id":           {`{"data":{"customer":"x"}}`, latest, qismo.ErrNotFound},
		"room id null":         {`{"data":{"room_id":null}}`, latest, qismo.ErrNotFound},
		"room id zero":         {`{"data":{"room_id":0}}`, latest, qismo.ErrNotFound},
		"data null":            {`{"data":null}`, latest, qismo.ErrNotFound},
		"nothing":              {`{}`, latest, qismo.ErrNotFound},
	} {
		err := test.call(newRecorder(t, answerJSON(200, test.body)).client(t))
		require.ErrorIs(t, err, test.want, name)
		assert.True(t, strings.HasPrefix(err.Error(), "qismo: "), name)
	}
}

// What goes over the wire where the method does not say it by itself.
func TestRoomCallsOnTheWire(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"room_id":98120734,"download_url":"https://cdn.example.id/x","total_unserved":4,"total_unresolved":9}}`))
	client, ctx := service.client(t), t.Context()
	require.NoError(t, client.Allocation.AddAgent(ctx, qismo.AddAgentParams{RoomID: "98120734", AgentID: "73012"}))
	number, err := client.Allocation.CountUnserved(ctx, qismo.WithRole(qismo.RoleSupervisor))
	require.NoError(t, err)
	assert.EqualValues(t, 4, number, "where both numbers come")
	roomID, err := client.Rooms.Latest(ctx, qismo.FindRoomParams{Source: "wa", ChannelID: "5120", CustomerID: "628115550123"})
	require.NoError(t, err)
	assert.Equal(t, flex.ID("98120734"), roomID, "from a number")
	_, err = client.Rooms.Export(ctx, "98120734")
	require.NoError(t, err)
	var asText flex.JSON
	require.NoError(t, asText.UnmarshalJSON([]byte(`"{\"notes\":\"a\",\"nomor\":9007199254740993}"`)))
	require.NoError(t, client.Rooms.UpdateOptions(ctx, "98120734", asText))
	require.NoError(t, client.Rooms.MarkAsRead(ctx, "98120734"))

	var lines []string
	for _, request := range service.seen() {
		lines = append(lines, request.Method+" "+request.URI+" "+request.Body)
	}
	assert.Equal(t, []string{
		"POST /api/v2/agent/service/add_agent agent_id=73012&room_id=98120734",
		"GET /api/v2/spv/service/total_unserved ",
		"GET /api/v2/rooms/latest?channel_id=5120&source=wa&user_id=628115550123 ",
		"GET /api/v1/export/conversations?room_id=98120734 ",
		`POST /api/v1/update_room_info {"room_id":"98120734","room_options":{"notes":"a","nomor":9007199254740993}}`,
		"POST /api/v2/customer_rooms/98120734/mark_as_read ",
	}, lines)
}

// With Page it goes by number, until a page is empty.
func TestRoomsByQueryByNumber(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		page := request.URL.Query().Get("page")
		rows := `{"room_id":"` + page + `"}`
		if page == "3" {
			rows = ""
		}
		answerJSON(200, `{"data":{"customer_rooms":[`+rows+`]},"meta":{"cursor_after":"x"}}`)(w, request)
	})
	params := qismo.ListRoomsByQueryParams{Page: 1, Limit: 1, Status: qismo.RoomExpired}
	assert.Equal(t, []flex.ID{"1", "2"}, collect(t, service.client(t).Rooms.AllByQuery(t.Context(), params), roomID))
	assert.Equal(t, "/api/v2/customer_rooms?status=expired&page=3&limit=1", service.seen()[2].URI)
}

// A merge keeps the order, and writes nothing when there is nothing to write.
func TestMergeInfo(t *testing.T) {
	for name, test := range map[string]struct {
		has     string
		changes []qismo.UserProperty
		written string // "" when nothing is
	}{
		"changed in its place": {
			`[{"key":"a","value":"1"},{"key":"b","value":"2"}]`, []qismo.UserProperty{{Key: "c", Value: "3"}, {Key: "a", Value: "9"}},
			`{"user_properties":[{"key":"a","value":"9"},{"key":"b","value":"2"},{"key":"c","value":"3"}]}`,
		},
		"the last value of a key": {
			`null`, []qismo.UserProperty{{Key: "a", Value: "1"}, {Key: "a", Value: "2"}},
			`{"user_properties":[{"key":"a","value":"2"}]}`,
		},
		"a key that stands there twice": {
			`[{"key":"a","value":"1"},{"key":"a","value":"2"}]`, []qismo.UserProperty{{Key: "a", Value: "3"}},
			`{"user_properties":[{"key":"a","value":"3"},{"key":"a","value":"3"}]}`,
		},
		"numbers become text": {
			`[{"key":"a","value":7}]`, []qismo.UserProperty{{Key: "b", Value: "1"}},
			`{"user_properties":[{"key":"a","value":"7"},{"key":"b","value":"1"}]}`,
		},
		"the same":  {`[{"key":"a","value":7}]`, []qismo.UserProperty{{Key: "a", Value: "7"}}, ""},
		"no change": {`[{"key":"a","value":"1"}]`, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			service := newRecorder(t, answerJSON(200, `{"data":{"user_id":"dewi","extras":{"user_properties":`+test.has+`}}}`))
			info, err := service.client(t).Rooms.MergeInfo(t.Context(), "98120734", test.changes, qismo.WithHeader("X-Jejak", "7"))
			require.NoError(t, err)
			assert.Equal(t, "dewi", info.UserID)
			asked := service.seen()
			for _, request := range asked {
				assert.Equal(t, "7", request.Header.Get("X-Jejak"), "options are for both calls")
			}
			if test.written == "" {
				assert.Len(t, asked, 1)
				return
			}
			require.Len(t, asked, 2)
			assert.JSONEq(t, test.written, asked[1].Body)
		})
	}
	refused := newRecorder(t, answerJSON(404, `{"errors":{"message":"room not found"}}`))
	_, err := refused.client(t).Rooms.MergeInfo(t.Context(), "1", []qismo.UserProperty{{Key: "a", Value: "1"}})
	require.ErrorIs(t, err, qismo.ErrNotFound)
	assert.Len(t, refused.seen(), 1)
}

// Another writer may be faster between the list and the tag.
func TestEnsureTags(t *testing.T) {
	lists := []string{`{"data":[{"id":1,"name":"lama"}]}`, `{"data":[{"id":1,"name":"lama"},{"id":2,"name":"baru"}]}`}
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodPost {
			answerJSON(400, `{"errors":{"message":"Tag already exist"}}`)(w, request)
			return
		}
		answerJSON(200, lists[0])(w, request)
		lists = lists[1:]
	})
	tags, err := service.client(t).Tags.Ensure(t.Context(), "98120734", []string{"lama", "baru"})
	require.NoError(t, err)
	assert.Equal(t, []string{"lama", "baru"}, tagNames(tags))
	assert.Len(t, service.seen(), 3)

	there := newRecorder(t, answerJSON(200, `{"data":[{"id":1,"name":"lama"}]}`))
	tags, err = there.client(t).Tags.Ensure(t.Context(), "98120734", []string{"lama", "lama"})
	require.NoError(t, err)
	assert.Equal(t, []string{"lama"}, tagNames(tags))
	assert.Len(t, there.seen(), 1, "nothing is sent for what is there")

	for method, status := range map[string]int{http.MethodGet: 500, http.MethodPost: 403} {
		failing := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
			if request.Method == method {
				answerJSON(status, `{"errors":"no"}`)(w, request)
				return
			}
			answerJSON(200, `{"data":[]}`)(w, request)
		})
		_, err = failing.client(t).Tags.Ensure(t.Context(), "98120734", []string{"a", "b"})
		var failure *qismo.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, status, failure.Status)
	}
}

// A service that gives the same page again has no more.
func TestTagsOfAppEnd(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":[{"id":1,"name":"a"},{"id":2,"name":"b"}]}`))
	all := collect(t, service.client(t).Tags.AllOfApp(t.Context(), qismo.ListTagsParams{Name: "x", Limit: 2}), func(tag qismo.Tag) flex.ID { return tag.ID })
	assert.Equal(t, []flex.ID{"1", "2"}, all)
	asked := service.seen()
	require.Len(t, asked, 2)
	assert.Equal(t, "/api/v2/tags?limit=2&name=x", asked[0].URI)
	assert.Equal(t, "/api/v2/tags?page=2&limit=2&name=x", asked[1].URI)
}

// The words for how a bulk resolve stands are not known but for one: any other
// goes on, and one that has gone again ends it.
func TestBulkResolveJobs(t *testing.T) {
	states := []string{``, `"status":"queued"`, `"status":"working"`, `"status":null`}
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		answerJSON(200, `{"data":{"progress":{`+states[turn%len(states)]+`},"total_rooms":3}}`)(w, request)
		turn++
	})
	job := service.client(t).Allocation.BulkResolveJob("5120")
	var ends []bool
	for range states {
		_, done, err := job.State(t.Context())
		require.NoError(t, err)
		ends = append(ends, done)
	}
	assert.Equal(t, []bool{false, false, false, true}, ends)

	for body, want := range map[string]bool{`{"data":{"progress":{"status":"queued"}}}`: true, `{"data":{"progress":null}}`: false} {
		service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
			if request.Method == http.MethodGet {
				body = `{"data":{"progress":{"status":""}}}`
			}
			answerJSON(200, body)(w, request)
		})
		job, err := service.client(t).Allocation.StartBulkResolve(t.Context(), "5120")
		require.NoError(t, err)
		_, done, err := job.State(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, done, "a status that the start told has gone")
	}
}

// A room without a history gets no link, however long one waits.
func TestExportJobEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		transport := roundTripper(func(request *http.Request) (*http.Response, error) {
			asked++
			body := io.NopCloser(strings.NewReader(`{"data":{"download_url":null}}`))
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, Request: request}, nil
		})
		client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithHTTPClient(&http.Client{Transport: transport}))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		link, err := client.Rooms.ExportJob("98120734").Wait(ctx, qismo.WaitParams[flex.Secret]{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Empty(t, link)
		assert.Greater(t, asked, 10)
	})
}

func TestRoomCallsPassRefusalsOn(t *testing.T) {
	refused := newRecorder(t, answerJSON(403, `{"errors":"no"}`)).client(t)
	_, err := refused.Allocation.StartBulkResolve(t.Context(), "5120")
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, err = refused.Allocation.AbortBulkResolve(t.Context(), "5120")
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, err = refused.Allocation.ListBulkResolves(t.Context())
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, err = refused.Allocation.CountUnresolved(t.Context())
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, _, err = refused.Rooms.ExportJob("1").State(t.Context())
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, err = refused.Tags.ListV1(t.Context(), "1")
	require.ErrorIs(t, err, qismo.ErrForbidden)
	_, err = refused.Tags.ListOfApp(t.Context(), qismo.ListTagsParams{})
	require.ErrorIs(t, err, qismo.ErrForbidden)
}
