package webhook

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// posted is a post comment's body, with members of the message and the room.
func posted(message, room string) string {
	return `{"type":"post_comment_mobile","app_code":"toko-abc","payload":{"from":{"email":"62811"},` +
		`"room":{` + room + `},"message":{"type":"text","text":"halo"` + message + `}}}`
}

func mustParseAs(t *testing.T, name Name, body string) Event {
	t.Helper()
	event, err := ParseAs(name, []byte(body))
	require.NoError(t, err)
	require.Equal(t, name, event.Name())
	return event
}

// keyCase is bodies of one thing, and bodies of others.
type keyCase struct {
	event Name
	rule  string
	same  []string
	other []string
}

func keyCases() []keyCase {
	const room, otherRoom = `"id":"77"`, `"id":"78"`
	const at = `,"timestamp":"2025-09-02T01:14:08Z"`
	byTempID := keyCase{rule: "unique_temp_id", same: []string{
		posted(`,"unique_temp_id":"wa_1","id":0`, room),
		posted(`,"unique_temp_id":"wa_1","id_str":"5"`, room),
		posted(`,"unique_temp_id":"wa_1"`+at, `"id":77`),
		posted(`,"unique_temp_id":"wa_1"`, `"id":"0","id_str":"77"`),
	}, other: []string{
		posted(`,"unique_temp_id":"wa_2"`, room),
		posted(`,"unique_temp_id":"wa_1"`, otherRoom), // two customers of one millisecond
		strings.Replace(posted(`,"unique_temp_id":"wa_1"`, room), "toko-abc", "toko-abd", 1),
		posted(`,"id":1,"unique_temp_id":""`, room),
	}}
	byID := keyCase{rule: "message id", same: []string{
		posted(`,"id":5`, room), posted(`,"id_str":"5"`, room), posted(`,"id":5,"id_str":"5","unique_temp_id":""`, room),
	}, other: []string{posted(`,"id":6`, room), posted(`,"unique_temp_id":"5"`, room)}}
	byContent := keyCase{rule: "content", same: []string{
		posted(at, room), posted(at+`,"id":0,"id_str":"0"`, `"id":77`),
		posted(`,"timestamp":"2025-09-02T08:14:08+07:00","unique_temp_id":null`, `"id":"0","id_str":"77"`),
		posted(`,"unix_timestamp":1756775648`, room), posted(`,"unix_timestamp":"1756775648"`, room),
	}, other: []string{
		posted(at, otherRoom), posted(`,"timestamp":"2025-09-02T01:14:09Z"`, room),
		strings.Replace(posted(at, room), "halo", "halo!", 1), strings.Replace(posted(at, room), `"type":"text"`, `"type":"txt"`, 1),
	}}
	var cases []keyCase
	for _, name := range []Name{BotMessage, CustomChannelMessage} {
		for _, c := range []keyCase{byTempID, byID, byContent} {
			c.event = name
			cases = append(cases, c)
		}
	}
	byID.event, byContent.event = PostComment, PostComment
	byID.same = append(byID.same, posted(`,"id":5,"unique_temp_id":"wa_1"`, room), posted(`,"id":5,"unique_temp_id":"wa_2"`, otherRoom))
	return append(append(cases, byID, byContent, keyCase{PostComment, "unique_temp_id",
		[]string{posted(`,"unique_temp_id":"wa_1"`, room), posted(`,"unique_temp_id":"wa_1","id":0`, `"id":77`)},
		[]string{posted(`,"unique_temp_id":"wa_2"`, room), posted(`,"unique_temp_id":"wa_1"`, otherRoom), posted(`,"id":1,"unique_temp_id":"wa_1"`, room)},
	}), otherKeyCases()...)
}

func otherKeyCases() []keyCase {
	allocation := func(members string) string {
		return `{"source":"wa","email":"62811","is_resolved":true` + members + `}`
	}
	resolved := func(service, members string) string {
		return `{"service":{"room_id":"7","is_resolved":true,"id":` + service + `},"resolved_by":{"id":1,"email":"a"},` +
			`"customer":{"user_id":"62811"}` + members + `}`
	}
	session := func(room, at string) string {
		return `{"webhook_type":"NEW_SESSION_WEBHOOK","is_new_session":true,"room_log":{"room_id":"1"},"payload":{"from":{"email":"62811"},` +
			`"room":{"id":` + room + `},"message":{"type":"text","text":"halo","timestamp":"` + at + `"}}}`
	}
	logout := func(user, at string) string {
		return `{"type":"auth","payload":{"action":"logout","timestamp":` + at + `,"user":{"id":` + user + `,"email":"a","type":1}}}`
	}
	button := func(note string) string {
		return `{"room_id":7,"agent":{},"customer":{"user_id":"62811"},"notes":"` + note + `"}`
	}
	const waMessage = `{"app_code":"%s","messages":[{"id":"%s","from":"62811","timestamp":"1756775648","type":"text"}]}`
	const waStatus = `{"app_code":"%s","statuses":[{"id":"%s","status":"%s","timestamp":"1756775648","recipient_id":"62811"}]}`
	return []keyCase{
		{CustomAgentAllocation, "service", []string{
			allocation(`,"app_id":"x","room_id":"7","latest_service":{"id":9}`),
			allocation(`,"app_id":"x","app_code":"x","room_id":7,"latest_service":{"id":9,"notes":"other"},"is_new_session":true`),
		}, []string{
			allocation(`,"app_id":"x","room_id":"7","latest_service":{"id":10}`), allocation(`,"app_id":"x","room_id":"7"`),
			allocation(`,"app_id":"x","room_id":"8","latest_service":{"id":9}`), allocation(`,"app_id":"y","room_id":"7","latest_service":{"id":9}`),
			allocation(`,"app_id":"x","room_id":"79","latest_service":null`),
		}},
		{CustomAgentAllocation, "no service", []string{
			allocation(`,"app_id":"x","room_id":"7","latest_service":null`), allocation(`,"app_id":"","app_code":"x","room_id":7`),
			allocation(`,"app_id":"x","room_id":7,"latest_service":{"id":0}`),
		}, []string{allocation(`,"app_id":"x","room_id":"8","latest_service":null`)}},
		{MarkAsResolved, "service", []string{resolved("9", ""), resolved("9", `,"channel":{"id":1}`)},
			[]string{resolved("10", ""), resolved("9", `,"app_code":"x"`)}},
		{NewSession, "time", []string{
			session(`"7"`, "2025-09-02T01:14:08Z"), session("7", "2025-09-02T01:14:08.000Z"), session("7", "2025-09-02T08:14:08+07:00"),
		}, []string{session(`"8"`, "2025-09-02T01:14:08Z"), session(`"7"`, "2025-09-02T01:14:09Z"), session(`"7"`, "2700-09-02T01:14:09Z")}},
		{UserLogout, "time", []string{logout("7", "1756775648"), strings.Replace(logout("7", "1756775648"), `"a"`, `"b"`, 1)},
			[]string{logout("8", "1756775648"), logout("7", "1756775649")}},
		{CustomButton, "body", []string{button("a"), " " + button("a")}, []string{button("b")}},
		{WhatsAppForwardMessage, "id", []string{fmt.Sprintf(waMessage, "x", "wamid.1"), strings.Replace(fmt.Sprintf(waMessage, "x", "wamid.1"), "text", "image", 1)},
			[]string{fmt.Sprintf(waMessage, "x", "wamid.2"), fmt.Sprintf(waMessage, "y", "wamid.1")}},
		{WhatsAppForwardStatus, "id and status", []string{fmt.Sprintf(waStatus, "x", "wamid.1", "read")},
			[]string{fmt.Sprintf(waStatus, "x", "wamid.1", "sent"), fmt.Sprintf(waStatus, "x", "wamid.1r", "ead"), fmt.Sprintf(waStatus, "y", "wamid.1", "read")}},
	}
}

func TestDeduplicationKey(t *testing.T) {
	covered := map[Name]bool{}
	form := regexp.MustCompile(`^[a-zA-Z]+:[A-Za-z0-9_-]{22}$`)
	for _, tt := range keyCases() {
		covered[tt.event] = true
		t.Run(string(tt.event)+" by "+tt.rule, func(t *testing.T) {
			key := mustParseAs(t, tt.event, tt.same[0]).DeduplicationKey()
			assert.Regexp(t, form, key)
			assert.LessOrEqual(t, len(key), 64)
			known := map[string]bool{key: true}
			for _, body := range tt.same {
				assert.Equal(t, key, mustParseAs(t, tt.event, body).DeduplicationKey(), body)
			}
			for _, body := range tt.other {
				other := mustParseAs(t, tt.event, body).DeduplicationKey()
				assert.Regexp(t, form, other, body)
				assert.False(t, known[other], body)
				known[other] = true
			}
		})
	}
	assert.Len(t, covered, len(Names()))
}

// A key stays the same from one version to the next: a store outlives a program.
func TestDeduplicationKeyIsStable(t *testing.T) {
	event := mustParseAs(t, BotMessage, posted(`,"unique_temp_id":"wa_1"`, `"id":"77"`))
	assert.Equal(t, "botMessage:OJbMWg37RwXXELXiHKdhIQ", event.DeduplicationKey())
}

func TestDeduplicationKeyNeedsAnID(t *testing.T) {
	for name, bodies := range map[Name][]string{
		BotMessage: {posted(``, `"id":"77"`), posted(`,"id":0,"unix_timestamp":1756775648`, `"id":"0","id_str":"0"`),
			posted(`,"unix_timestamp":1756775648,"unique_temp_id":"0"`, `"id":"-0"`)},
		CustomChannelMessage:  {posted(`,"id_str":"0","unique_temp_id":" "`, `"id":77`)},
		PostComment:           {posted(`,"id":0`, `"id":77`)},
		CustomAgentAllocation: {`{"app_id":"x","source":"wa","email":"a","is_resolved":true,"room_id":"0","latest_service":{"id":5}}`},
		MarkAsResolved: {`{"service":{"room_id":"0","is_resolved":true,"id":0},"resolved_by":{"id":1,"email":"a"},` +
			`"customer":{"user_id":"62811"}}`},
		NewSession: {`{"webhook_type":"NEW_SESSION_WEBHOOK","is_new_session":true,"room_log":{"room_id":"1"},"payload":` +
			`{"from":{"email":"62811"},"room":{"id":0},"message":{"type":"text","text":"halo","timestamp":"2025-09-02T01:14:08Z"}}}`},
		UserLogout:             {`{"type":"auth","payload":{"action":"logout","timestamp":1756775648,"user":{"id":0,"email":"a","type":1}}}`},
		WhatsAppForwardMessage: {`{"messages":[{"id":"","from":"0","timestamp":"1756775648","type":"text"}]}`},
		WhatsAppForwardStatus: {`{"statuses":[{"id":"","status":"read","timestamp":"1756775648","recipient_id":""}]}`,
			`{"statuses":[{"id":"x","status":"","timestamp":"1756775648","recipient_id":""}]}`},
	} {
		for _, body := range bodies {
			assert.Empty(t, mustParseAs(t, name, body).DeduplicationKey(), body)
		}
	}
	for _, name := range Names() {
		assert.Empty(t, newEvent(name, nil).DeduplicationKey(), name)
		assert.Empty(t, newEvent(name, nil).OrderingKey(), name)
	}
	assert.Empty(t, (&UnknownEvent{received: received{Unknown, []byte(`{}`)}}).DeduplicationKey())
}

func TestOrderingKey(t *testing.T) {
	const room = `"room_id":7`
	for want, bodies := range map[string]map[Name]string{
		"room:7": {
			BotMessage:            posted("", `"id":"7"`),
			CustomChannelMessage:  posted("", `"id":7`),
			PostComment:           posted("", `"id":0,"id_str":"7"`),
			CustomAgentAllocation: `{"app_id":"x","source":"wa","email":"a","is_resolved":true,"room_id":"7"}`,
			CustomButton:          `{` + room + `,"agent":{},"customer":{"user_id":"62811"}}`,
			MarkAsResolved: `{"service":{"room_id":"7","is_resolved":true,"id":1},"resolved_by":{"id":1,"email":"a"},` +
				`"customer":{"user_id":"62811"}}`,
			NewSession: `{"webhook_type":"NEW_SESSION_WEBHOOK","is_new_session":true,"room_log":{"room_id":"7"},"payload":` +
				`{"from":{"email":"62811"},"room":{"id":7},"message":{"type":"text","text":"halo","timestamp":"2025-09-02T01:14:08Z"}}}`,
		},
		"agent:3":        {UserLogout: `{"type":"auth","payload":{"action":"logout","timestamp":1,"user":{"id":3,"email":"a","type":1}}}`},
		"whatsapp:62811": {WhatsAppForwardMessage: `{"messages":[{"id":"1","from":"62811","timestamp":"1","type":"text"}]}`},
		"whatsapp:62812": {WhatsAppForwardStatus: `{"statuses":[{"id":"1","status":"read","timestamp":"1","recipient_id":"62812"}]}`},
	} {
		for name, body := range bodies {
			assert.Equal(t, want, mustParseAs(t, name, body).OrderingKey(), name)
		}
	}
	assert.Empty(t, (&UnknownEvent{received: received{Unknown, []byte(`{"room_id":7}`)}}).OrderingKey())
}

func TestSplit(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "testdata", "webhooks")
	body, err := os.ReadFile(filepath.Join(folder, "whatsAppForwardMessage-several-and-other-type.json"))
	require.NoError(t, err)
	whole := mustParseAs(t, WhatsAppForwardMessage, string(body)).(*WhatsAppForwardMessageEvent)
	require.Greater(t, len(whole.Messages), 1)
	keys := map[string]bool{whole.DeduplicationKey(): true}
	events := split(whole)
	require.Len(t, events, len(whole.Messages))
	for i, event := range events {
		one := event.(*WhatsAppForwardMessageEvent)
		assert.Equal(t, whole.Messages[i:i+1], one.Messages)
		assert.Equal(t, whole.Contacts, one.Contacts)
		assert.Equal(t, whole.Raw(), one.Raw())
		assert.Equal(t, "whatsapp:"+whole.Messages[i].From, one.OrderingKey())
		assert.False(t, keys[one.DeduplicationKey()])
		keys[one.DeduplicationKey()] = true
	}

	statuses := mustParseAs(t, WhatsAppForwardStatus, `{"channel_id":4,"statuses":[`+
		`{"id":"1","status":"sent","timestamp":"1","recipient_id":"62811"},{"id":"1","status":"read","timestamp":"1","recipient_id":"62812"}]}`)
	events = split(statuses)
	require.Len(t, events, 2)
	assert.Equal(t, "whatsapp:62811", events[0].OrderingKey())
	assert.Equal(t, "whatsapp:62812", events[1].OrderingKey())
	assert.NotEqual(t, events[0].DeduplicationKey(), events[1].DeduplicationKey())
	assert.Equal(t, "4", events[1].(*WhatsAppForwardStatusEvent).ChannelID.String())

	for _, alone := range []Event{&UnknownEvent{}, newEvent(BotMessage, nil), newEvent(WhatsAppForwardStatus, nil), events[0]} {
		assert.Len(t, split(alone), 1)
	}
}
