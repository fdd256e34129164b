package webhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// What content says of bodies that only their URL could tell for certain: the
// three events of one envelope.
var undecidable = map[string]webhook.Name{
	"botMessage-nulls.json":                 webhook.CustomChannelMessage, // no channel, options null, app_code there
	"customChannelMessage-numeric-ids.json": webhook.BotMessage,           // the room's options have a source
	"customChannelMessage-text-ids.json":    webhook.PostComment,          // options empty, no app_code
	// The room's options have channel_details, be they null.
	"postComment-options-object-without-channel.json": webhook.BotMessage,
}

func TestParseFixtures(t *testing.T) {
	for _, file := range fixtureNames(t, fixtures) {
		t.Run(file, func(t *testing.T) {
			body := fixture(t, file)
			want := eventOf(file)
			if other, ok := undecidable[file]; ok {
				want = other
			}
			event := oneEvent(t, body)
			assert.Equal(t, want, event.Name())
			assert.Equal(t, bytes.TrimSpace(body), []byte(event.Raw()))

			known, err := webhook.ParseAs(eventOf(file), body)
			require.NoError(t, err)
			assert.Equal(t, eventOf(file), known.Name())

			wider := oneEvent(t, change(t, body, func(members map[string]any) { widen(members) }))
			assert.Equal(t, want, wider.Name(), "with new keys everywhere")
		})
	}
}

func TestParseBothWhatsAppLists(t *testing.T) {
	body := fixture(t, "combined/whatsApp-messages-and-statuses.json")
	events, err := webhook.Parse(body)
	require.NoError(t, err)
	require.Len(t, events, 2)
	statuses, ok := events[0].(*webhook.WhatsAppForwardStatusEvent)
	require.True(t, ok)
	messages, ok := events[1].(*webhook.WhatsAppForwardMessageEvent)
	require.True(t, ok)
	assert.NotEmpty(t, statuses.Statuses)
	assert.NotEmpty(t, messages.Messages)
	assert.Equal(t, statuses.Raw(), messages.Raw())
}

// The invalid fixtures are told apart as what they look like, and never lost.
func TestParseInvalidFixtures(t *testing.T) {
	differently := map[string]webhook.Name{
		"botMessage-type-missing.json":              webhook.BotMessage, // from, room and message tell
		"botMessage-type-of-another-family.json":    webhook.Unknown,    // it calls itself auth
		"newSession-other-webhook-type.json":        webhook.Unknown,    // it calls itself something else
		"userLogout-type-not-auth.json":             webhook.Unknown,
		"whatsAppForwardMessage-no-messages.json":   webhook.Unknown,
		"customButton-customer-missing.json":        webhook.Unknown,
		"botMessage-options-array.json":             webhook.BotMessage, // it has a channel, and options may be anything
		"customChannelMessage-room-id-missing.json": webhook.BotMessage, // see undecidable

		// What cannot be read is left out.
		"botMessage-unix-timestamp-not-digits.json":      webhook.BotMessage,
		"customAgentAllocation-created-at-month-13.json": webhook.CustomAgentAllocation,
		"customButton-info-item-text.json":               webhook.CustomButton,

		// Go is more tolerant than the document.
		"customAgentAllocation-agent-without-email.json": webhook.CustomAgentAllocation,
		"customAgentAllocation-room-id-null.json":        webhook.CustomAgentAllocation,
		"newSession-sender-name-null.json":               webhook.NewSession,
		"newSession-timestamp-null.json":                 webhook.NewSession,
		"markAsResolved-service-id-text.json":            webhook.MarkAsResolved,
		"userLogout-timestamp-text.json":                 webhook.UserLogout,
		"whatsAppForwardStatus-timestamp-number.json":    webhook.WhatsAppForwardStatus,
	}
	for _, file := range fixtureNames(t, fixtures+"/invalid") {
		t.Run(file, func(t *testing.T) {
			body := fixture(t, "invalid/"+file)
			want, ok := differently[file]
			if !ok {
				want = webhook.Unknown
			}
			event := oneEvent(t, body)
			assert.Equal(t, want, event.Name())
			assert.Equal(t, bytes.TrimSpace(body), []byte(event.Raw()))
		})
	}
}

func TestParseRules(t *testing.T) {
	const envelope = `"payload":{"from":{},"room":{},"message":{}}`
	tests := map[string]struct {
		body string
		want webhook.Name
	}{
		"1 by its name alone":                   {`{"webhook_type":"NEW_SESSION_WEBHOOK"}`, webhook.NewSession},
		"1 short form with a flag":              {`{"is_new_session":true,"payload":{"room":{},"message":{}}}`, webhook.NewSession},
		"1 short form with a null row":          {`{"room_log":null,"payload":{"room":{},"message":{}}}`, webhook.NewSession},
		"1 needs the room":                      {`{"room_log":{},"payload":{"message":{}}}`, webhook.Unknown},
		"1 needs the message":                   {`{"room_log":{},"payload":{"room":{},"message":"text"}}`, webhook.Unknown},
		"1 the flag alone proves nothing":       {`{"is_new_session":true}`, webhook.Unknown},
		"1 before 3":                            {`{"is_new_session":true,"type":"post_comment_mobile",` + envelope + `}`, webhook.NewSession},
		"1 before 4":                            {`{"webhook_type":"NEW_SESSION_WEBHOOK","service":{},"resolved_by":{}}`, webhook.NewSession},
		"1 another name":                        {`{"webhook_type":"OTHER","room_log":{},` + envelope + `}`, webhook.Unknown},
		"1 another type":                        {`{"type":"other","room_log":{},` + envelope + `}`, webhook.Unknown},
		"2 logout":                              {`{"type":"auth","payload":{"action":"logout"}}`, webhook.UserLogout},
		"2 another action":                      {`{"type":"auth","payload":{"action":"login"}}`, webhook.Unknown},
		"2 needs a payload":                     {`{"type":"auth","payload":[]}`, webhook.Unknown},
		"2 before 4":                            {`{"type":"auth","payload":{"action":"logout"},"service":{},"resolved_by":{}}`, webhook.UserLogout},
		"2 an unknown action ends the search":   {`{"type":"auth","payload":{"action":"login"},"service":{},"resolved_by":{}}`, webhook.Unknown},
		"3 by the type":                         {`{"type":"post_comment_x"}`, webhook.PostComment},
		"3 by the inner type":                   {`{"payload":{"type":"post_comment_x"}}`, webhook.PostComment},
		"3 by the inner type beside another":    {`{"type":"other","payload":{"type":"post_comment_x"}}`, webhook.PostComment},
		"3 without any type":                    {`{` + envelope + `}`, webhook.PostComment},
		"3 without a type it needs the sender":  {`{"payload":{"room":{},"message":{}}}`, webhook.Unknown},
		"3 another type":                        {`{"type":"other",` + envelope + `}`, webhook.Unknown},
		"3 a null type is a type":               {`{"type":null,` + envelope + `}`, webhook.Unknown},
		"3 another inner type":                  {`{"payload":{"type":"other","from":{},"room":{},"message":{}}}`, webhook.Unknown},
		"3 a type that only begins alike":       {`{"type":"post_commentary",` + envelope + `}`, webhook.Unknown},
		"3 before 4":                            {`{"type":"post_comment_x","service":{},"resolved_by":{}}`, webhook.PostComment},
		"3 with a channel":                      {`{"channel":{},` + envelope + `}`, webhook.BotMessage},
		"3 a null channel is none":              {`{"channel":null,` + envelope + `}`, webhook.PostComment},
		"3 with options as text":                {`{"type":"post_comment_x","payload":{"room":{"options":"{\"source\":\"wa\"}"}}}`, webhook.BotMessage},
		"3 with options as an object":           {`{"type":"post_comment_x","payload":{"room":{"options":{"channel_details":null}}}}`, webhook.BotMessage},
		"3 with a channel in the options":       {`{"type":"post_comment_x","payload":{"room":{"options":{"channel":"wa"}}}}`, webhook.BotMessage},
		"3 options before the app":              {`{"app_code":"a","type":"post_comment_x","payload":{"room":{"options":{"source":"wa"}}}}`, webhook.BotMessage},
		"3 with an app":                         {`{"app_code":"a",` + envelope + `}`, webhook.CustomChannelMessage},
		"3 with an app and broken options":      {`{"app_code":"a","type":"post_comment_x","payload":{"room":{"options":"{"}}}`, webhook.CustomChannelMessage},
		"3 with options that are a list":        {`{"type":"post_comment_x","payload":{"room":{"options":["source"]}}}`, webhook.PostComment},
		"4 resolved":                            {`{"service":{"id":1},"resolved_by":{}}`, webhook.MarkAsResolved},
		"4 needs an object":                     {`{"service":{},"resolved_by":"joko"}`, webhook.Unknown},
		"4 with another type":                   {`{"type":"other","webhook_type":"OTHER","service":{},"resolved_by":{}}`, webhook.MarkAsResolved},
		"4 before 5":                            {`{"service":{},"resolved_by":{},"messages":[{}]}`, webhook.MarkAsResolved},
		"5 messages":                            {`{"messages":[{}],"statuses":[]}`, webhook.WhatsAppForwardMessage},
		"5 statuses":                            {`{"statuses":[{}],"messages":[]}`, webhook.WhatsAppForwardStatus},
		"5 with another type":                   {`{"type":"other","statuses":[{}]}`, webhook.WhatsAppForwardStatus},
		"5 empty lists":                         {`{"statuses":[],"messages":[]}`, webhook.Unknown},
		"5 no lists":                            {`{"statuses":{},"messages":"x"}`, webhook.Unknown},
		"5 before 6":                            {`{"messages":[{}],"latest_service":null,"room_id":1}`, webhook.WhatsAppForwardMessage},
		"6 a null candidate":                    {`{"candidate_agent":null,"room_id":"1"}`, webhook.CustomAgentAllocation},
		"6 a null service":                      {`{"latest_service":null,"room_id":1}`, webhook.CustomAgentAllocation},
		"6 an app and a flag":                   {`{"app_id":"a","is_resolved":false,"room_id":1}`, webhook.CustomAgentAllocation},
		"6 a numeric app":                       {`{"app_id":1,"is_resolved":false,"room_id":1}`, webhook.Unknown},
		"6 a flag as text":                      {`{"app_id":"a","is_resolved":"false","room_id":1}`, webhook.Unknown},
		"6 needs the room":                      {`{"candidate_agent":{}}`, webhook.Unknown},
		"6 not with a payload":                  {`{"candidate_agent":{},"room_id":1,"payload":null}`, webhook.Unknown},
		"6 not with a service":                  {`{"candidate_agent":{},"room_id":1,"service":null}`, webhook.Unknown},
		"6 not with an agent":                   {`{"candidate_agent":{},"room_id":1,"agent":null}`, webhook.Unknown},
		"6 with another type":                   {`{"type":"other","candidate_agent":{"id":1},"room_id":1}`, webhook.CustomAgentAllocation},
		"6 before 7, unless it is a button":     {`{"latest_service":null,"room_id":1,"agent":{},"customer":{}}`, webhook.CustomButton},
		"7 a button":                            {`{"agent":{},"customer":{},"room_id":1}`, webhook.CustomButton},
		"7 needs the room":                      {`{"agent":{},"customer":{}}`, webhook.Unknown},
		"7 needs the customer":                  {`{"agent":{},"customer":null,"room_id":1}`, webhook.Unknown},
		"7 with another type":                   {`{"webhook_type":"OTHER","agent":{},"customer":{},"room_id":1}`, webhook.CustomButton},
		"8 nothing at all":                      {`{}`, webhook.Unknown},
		"8 keys that several events share":      {`{"room_id":1,"customer":{},"channel":{},"app_code":"a"}`, webhook.Unknown},
		"a number beyond float64 is no trouble": {`{"agent":{},"customer":{},"room_id":1,"new":1e999}`, webhook.CustomButton},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, oneEvent(t, []byte(test.body)).Name())
		})
	}
}

func TestParseRefusesWhatIsNoObject(t *testing.T) {
	for _, body := range []string{
		"", " ", "canary", `{"canary":`, `{"canary":1}x`, "null", "true", "12", `"canary"`, `["canary"]`, "\ufeff{}",
	} {
		t.Run(body, func(t *testing.T) {
			_, err := webhook.Parse([]byte(body))
			require.ErrorIs(t, err, webhook.ErrNotObject)
			assert.NotContains(t, err.Error(), "canary")
			_, err = webhook.ParseAs(webhook.BotMessage, []byte(body))
			require.ErrorIs(t, err, webhook.ErrNotObject)
			_, _, err = webhook.Validate([]byte(body))
			require.ErrorIs(t, err, webhook.ErrNotObject)
			_, err = webhook.ValidateAs(webhook.BotMessage, []byte(body))
			require.ErrorIs(t, err, webhook.ErrNotObject)
		})
	}
}

func TestParseAsWantsAnEvent(t *testing.T) {
	for _, name := range []webhook.Name{"", "canary", webhook.Unknown, "BotMessage"} {
		_, err := webhook.ParseAs(name, []byte(`{}`))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
		_, err = webhook.ValidateAs(name, []byte(`{}`))
		require.Error(t, err)
	}
}

// Nobody is called with an event full of nothing because a URL says what comes to
// it: then a body must have what the document requires, or the event's marks.
func TestParseAsWantsWhatIsRequired(t *testing.T) {
	for _, name := range webhook.Names() {
		for _, body := range []string{`{}`, `{"type":"other"}`, `{"a":[` + strings.Repeat(`0,`, 1000) + `0]}`} {
			event, err := webhook.ParseAs(name, []byte(body))
			require.NoError(t, err)
			unknown, ok := event.(*webhook.UnknownEvent)
			require.True(t, ok, "%s of %.20s", name, body)
			assert.Equal(t, name, unknown.LooksLike)
			assert.NotEmpty(t, unknown.Problems)
			assert.Contains(t, unknown.Reason, "lacks")
		}
	}
	for body, want := range map[string]webhook.Name{
		`{"type":"post_comment_x"}`: webhook.BotMessage, // its marks say so, however little it has
		`{"payload":{"type":"post_comment_x","from":{"email":"e"},"room":{"id":1},"message":{"type":"text","text":""}}}`: webhook.BotMessage,
		`{"type":"other","payload":{"from":{"email":"e"},"room":{"id":1},"message":{"type":"text","text":""}}}`:          webhook.BotMessage, // all is there
		`{"type":"other","payload":{"from":{"email":"e"},"room":{"id":1},"message":{"type":"text"}}}`:                    webhook.Unknown,
	} {
		event, err := webhook.ParseAs(webhook.BotMessage, []byte(body))
		require.NoError(t, err)
		assert.Equal(t, want, event.Name(), body)
	}
}

// An event without something required is not lost, and says why without a value.
func TestParseKeepsWhatItCannotDecode(t *testing.T) {
	const rest = `"resolved_by":{"id":2,"email":"e"},"customer":{"user_id":"u"}`
	tests := map[string]struct{ body, problem string }{
		"an id with a comma":   {`{"service":{"id":8675309.5,"room_id":"1","is_resolved":true},` + rest + `}`, "/service/id: must be integer, is number"},
		"an id with a zero":    {`{"service":{"id":8675309.0,"room_id":"1","is_resolved":true},` + rest + `}`, "/service/id: cannot read a number with a fraction or an exponent as an id"},
		"an id that is a list": {`{"service":{"id":["canary"],"room_id":"1","is_resolved":true},` + rest + `}`, "/service/id: must be integer, is array"},
		"much is missing":      {`{"service":{"id":1,"notes":{"canary":8675309}},"resolved_by":{}}`, "/service/notes: must be null or string, is object"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			event, ok := oneEvent(t, []byte(test.body)).(*webhook.UnknownEvent)
			require.True(t, ok)
			assert.Equal(t, webhook.MarkAsResolved, event.LooksLike)
			assert.JSONEq(t, test.body, string(event.Raw()))
			assert.Contains(t, fmt.Sprint(event.Problems), test.problem)
			shown := fmt.Sprintf("%+v %#v %v", event, event, event.Problems)
			assert.NotContains(t, shown, "canary")
			assert.NotContains(t, shown, "8675309")
		})
	}
}

func TestUnknownEventSaysWhy(t *testing.T) {
	login, ok := oneEvent(t, []byte(`{"type":"auth","payload":{"action":"login"}}`)).(*webhook.UnknownEvent)
	require.True(t, ok)
	assert.Empty(t, login.LooksLike, "it is of a kind that nobody knows, and no logout")
	assert.Contains(t, login.Reason, "auth")

	other, ok := oneEvent(t, []byte(`{"type":"other"}`)).(*webhook.UnknownEvent)
	require.True(t, ok)
	assert.Empty(t, other.LooksLike)
	assert.NotEmpty(t, other.Reason)
	assert.Empty(t, other.Problems)
}

// The events are the caller's: what happens to the slice later is nothing to
// them, nor they to each other's growth.
func TestParseCopiesTheBody(t *testing.T) {
	body := []byte(` {"type":"other"} `)
	event := oneEvent(t, body)
	for i := range body {
		body[i] = 'x'
	}
	assert.JSONEq(t, `{"type":"other"}`, string(event.Raw()))
	assert.Equal(t, len(event.Raw()), cap(event.Raw()))
}

func TestBotMessage(t *testing.T) {
	event, ok := oneEvent(t, fixture(t, "botMessage-2025-whatsapp-text.json")).(*webhook.BotMessageEvent)
	require.True(t, ok)
	assert.Equal(t, flex.ID("77310284"), event.RoomID())
	assert.Equal(t, event.Payload.Message.Text, event.Text())
	assert.Equal(t, "628115557021", event.SenderID())
	assert.False(t, event.FromPlatform())
	options, err := event.RoomOptions()
	require.NoError(t, err)
	assert.Equal(t, "wa", options.Source)
	assert.Equal(t, flex.ID("2218"), options.ChannelDetails.ChannelID)

	event, ok = oneEvent(t, fixture(t, "botMessage-options-object.json")).(*webhook.BotMessageEvent)
	require.True(t, ok)
	options, err = event.RoomOptions()
	require.NoError(t, err)
	assert.Equal(t, event.Payload.Room.ID, event.RoomID())
	assert.Equal(t, "wa", options.Source)
}

func TestBotMessageRoomOptionsAreTolerant(t *testing.T) {
	for given, wantError := range map[string]bool{
		`null`:                    false,
		`""`:                      false,
		`"{}"`:                    false,
		`"canary"`:                true,
		`["canary"]`:              true,
		`{"source":{"canary":1}}`: true,
	} {
		event := oneEvent(t, []byte(`{"channel":{},"type":"post_comment_mobile","payload":{"room":{"options":`+given+`}}}`))
		message, ok := event.(*webhook.BotMessageEvent)
		require.True(t, ok, given)
		options, err := message.RoomOptions()
		assert.Empty(t, options)
		if assert.Equal(t, wantError, err != nil, given) && wantError {
			assert.NotContains(t, err.Error(), "canary")
		}
	}
}

func TestBotMessageFromPlatform(t *testing.T) {
	for sender, want := range map[string]bool{
		"teduh-h7vkp2m9xq4d_admin@qismo.com": true,
		"TEDUH-H7VKP2M9XQ4D_ADMIN@QISMO.COM": true,
		"joko@example.id":                    false,
		"admin@qismo.com":                    false,
		"_admin@qismo.com.example.id":        false,
		"":                                   true,
		" ":                                  true,
	} {
		event := &webhook.BotMessageEvent{}
		event.Payload.From.Email = sender
		assert.Equal(t, want, event.FromPlatform(), sender)
	}
	for _, payload := range []string{`{}`, `{"from":null}`, `{"from":{}}`, `{"from":{"email":null}}`} {
		event := oneEvent(t, []byte(`{"channel":{},"type":"post_comment_rest","payload":`+payload+`}`))
		message, ok := event.(*webhook.BotMessageEvent)
		require.True(t, ok, payload)
		assert.True(t, message.FromPlatform(), payload)
	}
}

func TestCustomAgentAllocationCandidate(t *testing.T) {
	event, ok := oneEvent(t, fixture(t, "customAgentAllocation-2021.json")).(*webhook.CustomAgentAllocationEvent)
	require.True(t, ok)
	agent, ok := event.Candidate()
	require.True(t, ok)
	assert.NotEmpty(t, agent.Email)
	assert.NotEmpty(t, event.CustomerName())

	event, ok = oneEvent(t, fixture(t, "customAgentAllocation-returning-customer.json")).(*webhook.CustomAgentAllocationEvent)
	require.True(t, ok)
	_, ok = event.Candidate()
	assert.False(t, ok)
}

// Whoever prints an event does not print what it holds, neither as text nor as
// the numbers of its bytes.
func TestPrintedEventsShowNothing(t *testing.T) {
	const canary = "canary-of-an-agent"
	body := change(t, fixture(t, "customAgentAllocation-2019.json"), func(members map[string]any) {
		members["candidate_agent"].(map[string]any)["authentication_token"] = canary
	})
	event := oneEvent(t, body)
	bytesOfCanary := strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		shown := fmt.Sprintf(verb, event)
		assert.NotContains(t, shown, canary, verb)
		assert.NotContains(t, shown, bytesOfCanary, verb)
		assert.NotContains(t, shown, fmt.Sprintf("%x", canary), verb)
	}
	assert.Contains(t, string(event.Raw()), canary)
	assert.Equal(t, fmt.Sprintf("webhook event customAgentAllocation (%d bytes)", len(event.Raw())), fmt.Sprint(event))
	masked, err := json.Marshal(event)
	require.NoError(t, err)
	assert.NotContains(t, string(masked), canary)
}

func TestEventsMadeByHandHaveNoBytes(t *testing.T) {
	event := &webhook.PostCommentEvent{PostComment: webhooks.PostComment{Type: "post_comment_rest"}}
	assert.Nil(t, event.Raw())
}
