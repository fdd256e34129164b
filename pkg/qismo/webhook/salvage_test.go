package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// message is a valid botMessage, with more members of its room.
func message(more string) string {
	return `{"type":"post_comment_mobile","channel":{"source":"wa"},"payload":{"from":{"email":"628"},` +
		`"room":{"id":"9"` + more + `},"message":{"type":"text","text":"halo","unique_temp_id":"wa_1"}}}`
}

// A message is not lost because one member came in another form, and nobody who
// wants to know of it is left in the dark.
func TestSalvage(t *testing.T) {
	for more, problems := range map[string][]string{
		`,"is_public_channel":"false"`:                {"/payload/room/is_public_channel: must be null or boolean, is string"},
		`,"room_avatar":5`:                            {"/payload/room/room_avatar: must be null or string, is number"},
		`,"topic_id":1.0`:                             {"/payload/room/topic_id: cannot read a number with a fraction or an exponent as an id"},
		`,"topic_id":1e2`:                             {"/payload/room/topic_id: cannot read a number with a fraction or an exponent as an id"},
		`,"participants":{}`:                          {"/payload/room/participants: must be null or array, is object"},
		`,"participants":{"email":{"email":[1]}}`:     {"/payload/room/participants: must be null or array, is object"},
		`,"participants":[{"email":"a"},{"email":5}]`: {"/payload/room/participants/1/email: must be string, is number"},
		`,"participants":[7,{"email":"a"},{"email":"b","id":1.0}]`: {"/payload/room/participants/0: must be object, is number",
			"/payload/room/participants/2/id: cannot read a number with a fraction or an exponent as an id"},
		`,"id_str":[],"topic_id_str":{} , "name":false`: {"/payload/room/id_str: must be string or null, is array",
			"/payload/room/name: must be null or string, is boolean", "/payload/room/topic_id_str: must be string or null, is object"},
	} {
		t.Run(more, func(t *testing.T) {
			body := message(more)
			for _, mode := range []webhook.ValidationMode{webhook.Report, webhook.Strict, webhook.Off} {
				var got *webhook.BotMessageEvent
				var reported []string
				options := []webhook.Option{webhook.Validation(mode)}
				if mode != webhook.Off {
					options = append(options, webhook.OnProblems(func(_ context.Context, name webhook.Name, problems []webhook.Problem) {
						assert.Equal(t, webhook.BotMessage, name)
						for _, problem := range problems {
							reported = append(reported, problem.String())
						}
					}))
				}
				handler := newHandler(t, webhook.Callbacks{
					BotMessage: func(_ context.Context, event *webhook.BotMessageEvent) error { got = event; return nil },
				}, options...)
				status := http.StatusOK
				if mode == webhook.Strict {
					status = http.StatusBadRequest
				}
				checkAnswer(t, post(handler, body), status)
				if mode != webhook.Off {
					assert.ElementsMatch(t, problems, reported)
				}
				if mode == webhook.Strict {
					assert.Nil(t, got)
					continue
				}
				require.NotNil(t, got)
				assert.Equal(t, body, string(got.Raw()))
				assert.Equal(t, flex.ID("9"), got.RoomID())
				assert.Equal(t, "halo", got.Text())
				assert.Equal(t, "wa_1", got.UniqueTempID())
				assert.False(t, got.Payload.Room.IsPublicChannel)
				assert.Len(t, got.Payload.Room.Participants, strings.Count(more, `"email":"`))
			}
		})
	}
}

// A lack moves up until something is left out that need not be there.
func TestSalvageItems(t *testing.T) {
	const good = `{"id":"2","from":"628","timestamp":"3","type":"text","text":{"body":"b"}}`
	event, ok := oneEvent(t, []byte(`{"app_code":[],"messages":[{"id":{"a":1},"from":"1","timestamp":"1","type":"text"},`+good+`]}`)).(*webhook.WhatsAppForwardMessageEvent)
	require.True(t, ok)
	require.Len(t, event.Messages, 1)
	assert.Equal(t, "2", event.Messages[0].ID)

	unknown, ok := oneEvent(t, []byte(`{"messages":[{"id":{"a":1},"from":"1","timestamp":"1","type":"text"}]}`)).(*webhook.UnknownEvent)
	require.True(t, ok, "an event without messages is none")
	assert.Equal(t, webhook.WhatsAppForwardMessage, unknown.LooksLike)

	body := change(t, fixture(t, "customAgentAllocation-2021.json"), func(members map[string]any) {
		members["candidate_agent"].(map[string]any)["id"] = 1.5
	})
	allocation, ok := oneEvent(t, body).(*webhook.CustomAgentAllocationEvent)
	require.True(t, ok)
	_, ok = allocation.Candidate()
	assert.False(t, ok, "an agent without an id is none")

	// What the document refuses and Go can read stays.
	resolved, ok := oneEvent(t, []byte(`{"service":{"id":"7","room_id":"1","is_resolved":true,"notes":5},
		"resolved_by":{"id":2,"email":"e"},"customer":{"user_id":"u"}}`)).(*webhook.MarkAsResolvedEvent)
	require.True(t, ok)
	assert.Equal(t, flex.ID("7"), resolved.Service.ID)
}

// What cannot be salvaged is not dropped in silence either.
func TestUnreadableEventsAreNotDropped(t *testing.T) {
	lost := strings.Replace(message(""), `"id":"9"`, `"id":{"canary":1}`, 1)
	var called []webhook.Name
	for name, test := range map[string]struct {
		callbacks webhook.Callbacks
		body      string
		status    int
		told      webhook.Name
	}{
		"it has a callback":                  {withoutUnknown(recording(&called)), lost, http.StatusInternalServerError, webhook.BotMessage},
		"unknown events have one":            {recording(&called), lost, http.StatusOK, ""},
		"nobody would have got it":           {webhook.Callbacks{NewSession: recording(&called).NewSession}, lost, http.StatusOK, ""},
		"of an unknown kind":                 {withoutUnknown(recording(&called)), `{"type":"other"}`, http.StatusOK, ""},
		"of an unknown kind of a known clan": {withoutUnknown(recording(&called)), `{"type":"auth","payload":{"action":"login"}}`, http.StatusOK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var told webhook.Name
			handler := newHandler(t, test.callbacks, webhook.OnError(func(_ context.Context, event webhook.Event, err error) {
				unknown, ok := event.(*webhook.UnknownEvent)
				require.True(t, ok)
				assert.NotEmpty(t, unknown.Problems)
				assert.NotContains(t, err.Error(), "canary")
				told = unknown.LooksLike
			}))
			checkAnswer(t, post(handler, test.body), test.status)
			assert.Equal(t, test.told, told)
		})
	}
	handler := newHandler(t, withoutUnknown(recording(&called)), webhook.Only(webhook.BotMessage))
	called = nil
	checkAnswer(t, post(handler, `{}`), http.StatusInternalServerError)
	assert.Empty(t, called)
}

func withoutUnknown(callbacks webhook.Callbacks) webhook.Callbacks {
	callbacks.Unknown = nil
	return callbacks
}

// What encoding/json and the document would read differently is refused, or taken
// for the same by both.
func TestAmbiguousMembers(t *testing.T) {
	const other = `{"from":{"email":"evil"},"room":{"id":"EVIL"},"message":{"type":"","text":"lain"}}`
	valid := message("")
	for name, test := range map[string]struct{ body, pointer string }{
		"another case":             {strings.TrimSuffix(valid, "}") + `,"PAYLOAD":` + other + `}`, "/PAYLOAD"},
		"another case, before":     {`{"Payload":` + other + `,` + valid[1:], "/Payload"},
		"a letter that folds to s": {message(`,"optionſ":"evil"`), "/payload/room/optionſ"},
		"another case, escaped":    {strings.Replace(valid, `"type":"text"`, `"type":"text","unique_temp_id":"wa_1","uni\u0071ue_temp_id":"wa_1","ty\u0070E":"x"`, 1), "/payload/message/typE"},
		"twice":                    {`{"payload":` + other + `,` + valid[1:], "/payload"},
		"twice, once escaped":      {`{"\u0070ayload":` + other + `,` + valid[1:], "/payload"},
		"inside":                   {message(`,"ID":"EVIL","options":{"SOURCE":"evil"}`), "/payload/room/options/SOURCE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems, err := webhook.Validate([]byte(test.body))
			require.NoError(t, err)
			assert.Contains(t, problems, webhook.Problem{Pointer: test.pointer, Reason: ambiguous})
			checkAnswer(t, post(newHandler(t, ignoring(), webhook.Validation(webhook.Strict)), test.body), http.StatusBadRequest)

			event, ok := oneEvent(t, []byte(test.body)).(*webhook.BotMessageEvent)
			require.True(t, ok)
			assert.Equal(t, test.body, string(event.Raw()))
			event.Payload.Room.Options = flex.JSON{}
			want := oneEvent(t, []byte(valid)).(*webhook.BotMessageEvent)
			assert.Equal(t, want.PostComment, event.PostComment)
		})
	}
	lists := `{"messages":[{"id":"1","from":"2","timestamp":"3","type":"text","text":{"body":"lama"}}],"messages":[{"id":"9","from":"8","timestamp":"7","type":"image"}]}`
	messages := oneEvent(t, []byte(lists)).(*webhook.WhatsAppForwardMessageEvent)
	require.Len(t, messages.Messages, 1)
	assert.Nil(t, messages.Messages[0].Text, "nothing of the first list is left in the second")

	free := message(`,"participants":[{"email":"e","extras":{"EMAIL":1,"a":1,"a":2}}]`)
	_, problems, err := webhook.Validate([]byte(free))
	require.NoError(t, err)
	assert.Empty(t, problems, "objects of free form are nobody's")
}

func TestLoggedEventsShowNothing(t *testing.T) {
	bodies := [][]byte{[]byte(`{"type":"canary"}`), []byte(strings.ReplaceAll(message(""), "halo", "canary"))}
	for _, file := range fixtureNames(t, fixtures) {
		bodies = append(bodies, fixture(t, file))
	}
	for _, body := range bodies {
		event := oneEvent(t, body)
		var shown bytes.Buffer
		slog.New(slog.NewJSONHandler(&shown, nil)).Info("got", "it", event)
		var line struct {
			It map[string]any `json:"it"`
		}
		require.NoError(t, json.Unmarshal(shown.Bytes(), &line))
		assert.Equal(t, map[string]any{"event": string(event.Name()), "bytes": float64(len(event.Raw()))}, line.It)
		shown.Reset()
		slog.New(slog.NewTextHandler(&shown, nil)).Info("got", "it", event)
		assert.Contains(t, shown.String(), fmt.Sprintf("msg=got it.event=%s it.bytes=%d\n", event.Name(), len(event.Raw())))
	}
}

// Hundreds of parts that changed their form do not lose the event; a thousand are no
// change of form.
func TestSalvageIsBounded(t *testing.T) {
	odd := func(count int) []byte {
		return []byte(message(`,"participants":[` + strings.Repeat(`{"email":"e","id":{}},`, count) + `{"email":"e"}]`))
	}
	event, ok := oneEvent(t, odd(999)).(*webhook.BotMessageEvent)
	require.True(t, ok)
	assert.Len(t, event.Payload.Room.Participants, 1000)
	both := []byte(strings.Replace(string(odd(500)), `"message":{`, `"message":{"id":{},"id_str":5,`, 1))
	event, ok = oneEvent(t, both).(*webhook.BotMessageEvent)
	require.True(t, ok)
	assert.Len(t, event.Payload.Room.Participants, 501)

	two := strings.Replace(string(odd(999)), `"message":{`, `"message":{"id":{},`, 1)
	unknown, ok := oneEvent(t, []byte(two)).(*webhook.UnknownEvent)
	require.True(t, ok)
	assert.Equal(t, webhook.BotMessage, unknown.LooksLike)
	assert.NotEmpty(t, unknown.Problems)
}
