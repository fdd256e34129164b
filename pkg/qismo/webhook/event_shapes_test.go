package webhook_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// at is a member inside members.
func at(members map[string]any, path ...string) map[string]any {
	for _, key := range path {
		members = members[key].(map[string]any)
	}
	return members
}

// asText packs a member into text; asObject takes it out.
func asText(members map[string]any, key string) {
	packed, err := json.Marshal(members[key])
	if err != nil {
		panic(err)
	}
	members[key] = string(packed)
}

func asObject(members map[string]any, key string) {
	var inner any
	if err := json.Unmarshal([]byte(members[key].(string)), &inner); err != nil {
		panic(err)
	}
	members[key] = inner
}

// otherForms writes every number or text of digits that is an id or a Unix time in the
// other form.
func otherForms(value any) {
	members, _ := value.(map[string]any)
	for key, member := range members {
		isID := key == "id" || strings.HasSuffix(key, "_id") && key != "user_id" || strings.HasPrefix(key, "unix_")
		switch number := member.(type) {
		case json.Number:
			if isID {
				members[key] = number.String()
			}
		case string:
			if isID && json.Valid([]byte(number)) {
				members[key] = json.Number(number)
			}
		}
		otherForms(member)
	}
	items, _ := value.([]any)
	for _, item := range items {
		otherForms(item)
	}
}

// older turns a newer form into an older one, or the other way round.
type older struct {
	name    string
	event   webhook.Name
	fixture string
	change  func(members map[string]any)
}

func olderForms() []older {
	oldRoom := func(members map[string]any) {
		delete(members, "channel")
		room := at(members, "payload", "room")
		asObject(room, "options")
		at(room, "options")["is_waiting"] = fmt.Sprint(at(room, "options")["is_waiting"])
		delete(room, "id_str")
	}
	none := func(map[string]any) {}
	return []older{
		{"options as an object and no channel", webhook.BotMessage, "botMessage-2025-whatsapp-text.json", oldRoom},
		{"the type inside", webhook.BotMessage, "botMessage-2025-whatsapp-text.json", func(members map[string]any) { delete(members, "type") }},
		{"the type outside", webhook.BotMessage, "botMessage-2025-whatsapp-text.json",
			func(members map[string]any) { delete(at(members, "payload"), "type") }},
		{"numbers and text", webhook.BotMessage, "botMessage-2025-whatsapp-text.json", none},
		{"numbers and text", webhook.CustomChannelMessage, "customChannelMessage-numeric-ids.json", none},
		{"numbers and text", webhook.CustomChannelMessage, "customChannelMessage-text-ids.json", none},
		{"options as an object", webhook.CustomChannelMessage, "customChannelMessage-numeric-ids.json",
			func(members map[string]any) { asObject(at(members, "payload", "room"), "options") }},
		{"participants by their ids alone", webhook.CustomChannelMessage, "customChannelMessage-numeric-ids.json",
			func(members map[string]any) {
				for _, item := range at(members, "payload", "room")["participants"].([]any) {
					for key := range item.(map[string]any) {
						if key != "email" {
							delete(item.(map[string]any), key)
						}
					}
				}
			}},
		{"numbers and text", webhook.PostComment, "postComment-full.json", none},
		{"no options", webhook.PostComment, "postComment-full.json",
			func(members map[string]any) { delete(at(members, "payload", "room"), "options") }},
		{"extras as an object", webhook.CustomAgentAllocation, "customAgentAllocation-2021.json",
			func(members map[string]any) { asObject(members, "extras") }},
		{"numbers and text", webhook.CustomAgentAllocation, "customAgentAllocation-2019.json", none},
		{"an app code too", webhook.CustomAgentAllocation, "customAgentAllocation-2021.json",
			func(members map[string]any) { members["app_code"] = members["app_id"] }},
		{"options and extras", webhook.NewSession, "newSession-2023-whatsapp-text.json",
			func(members map[string]any) {
				asObject(at(members, "payload", "room"), "options")
				asText(at(members, "room_log"), "extras")
			}},
		{"numbers and text", webhook.NewSession, "newSession-other-forms.json", none},
		{"options as text", webhook.NewSession, "newSession-other-forms.json", func(members map[string]any) {
			asText(at(members, "payload", "room"), "options")
			asObject(at(members, "room_log"), "extras")
		}},
		{"numbers and text", webhook.MarkAsResolved, "markAsResolved-2025.json", none},
		{"no channel, as it tells but the source", webhook.MarkAsResolved, "markAsResolved-2021.json",
			func(members map[string]any) {
				members["channel"] = map[string]any{"source": at(members, "service")["source"]}
			}},
		{"numbers and text", webhook.CustomButton, "customButton-agent.json", none},
		{"no lists", webhook.CustomButton, "customButton-agent.json", func(members map[string]any) { delete(members, "channel_type") }},
		{"numbers and text", webhook.UserLogout, "userLogout-agent.json", none},
		{"times with a space", webhook.UserLogout, "userLogout-agent.json", func(members map[string]any) {
			user := at(members, "payload", "user")
			user["created_at"] = strings.Replace(user["created_at"].(string), "T", " ", 1)
		}},
		{"numbers and text", webhook.WhatsAppForwardMessage, "whatsAppForwardMessage-text.json", none},
		{"time as a number", webhook.WhatsAppForwardMessage, "whatsAppForwardMessage-image.json",
			func(members map[string]any) { numberTimes(members["messages"]) }},
		{"time as a number", webhook.WhatsAppForwardStatus, "whatsAppForwardStatus-delivered.json",
			func(members map[string]any) { numberTimes(members["statuses"]) }},
	}
}

func numberTimes(items any) {
	for _, item := range items.([]any) {
		item.(map[string]any)["timestamp"] = json.Number(item.(map[string]any)["timestamp"].(string))
	}
}

// Whatever form a body has, the methods of its event tell the same.
func TestMethodsTellTheSameOfEachForm(t *testing.T) {
	covered := map[webhook.Name]bool{}
	for _, form := range olderForms() {
		covered[form.event] = true
		t.Run(string(form.event)+" "+form.name, func(t *testing.T) {
			body := fixture(t, form.fixture)
			members := generic(t, body).(map[string]any)
			form.change(members)
			if form.name == "numbers and text" {
				otherForms(members)
			}
			other, err := json.Marshal(members)
			require.NoError(t, err)
			require.NotEqual(t, generic(t, body), generic(t, other), "the form is the same")

			first, err := webhook.ParseAs(form.event, body)
			require.NoError(t, err)
			second, err := webhook.ParseAs(form.event, other)
			require.NoError(t, err)
			require.Equal(t, form.event, second.Name())
			told := tellAll(t, first)
			assert.Equal(t, told, tellAll(t, second))
			assert.NotEmpty(t, told)
		})
	}
	assert.Len(t, covered, len(webhook.Names()))
}

// tellAll is what all methods without parameters tell.
func tellAll(t *testing.T, event webhook.Event) map[string]any {
	t.Helper()
	told := map[string]any{}
	value := reflect.ValueOf(event)
	for i := range value.NumMethod() {
		name := value.Type().Method(i).Name
		if name == "Raw" || name == "LogValue" || value.Method(i).Type().NumIn() > 0 ||
			name == "DeduplicationKey" && event.Name() == webhook.CustomButton { // made of the bytes
			continue
		}
		for _, result := range value.Method(i).Call(nil) {
			told[name+" "+result.Type().String()] = result.Interface()
		}
	}
	return told
}

// The methods tell what the fixtures hold, and not merely the same of each.
func TestMethodsTellWhatIsThere(t *testing.T) {
	parse := func(name webhook.Name, file string) webhook.Event {
		event, err := webhook.ParseAs(name, fixture(t, file))
		require.NoError(t, err)
		return event
	}
	shop := webhook.Channel{ID: "2218", Name: "Toko Teduh WA", Source: "wa"}
	bot := parse(webhook.BotMessage, "botMessage-2025-whatsapp-text.json").(*webhook.BotMessageEvent)
	assert.Equal(t, *bot.PostComment.Channel, bot.Channel())

	custom := parse(webhook.CustomChannelMessage, "customChannelMessage-numeric-ids.json").(*webhook.CustomChannelMessageEvent)
	assert.Equal(t, flex.ID("77310650"), custom.RoomID())
	assert.Equal(t, "joko@example.id", custom.SenderID())
	assert.Equal(t, []string{"pelanggan-00871"}, custom.Receivers())
	assert.Equal(t, "Barang dikirim besok.", custom.Text())
	assert.Equal(t, webhook.Channel{Source: "toko-daring"}, custom.Channel())
	assert.Equal(t, time.Date(2025, 8, 14, 9, 6, 40, 31e6, time.UTC), custom.SentAt())
	assert.NotEmpty(t, custom.UniqueTempID())

	comment := parse(webhook.PostComment, "postComment-full.json").(*webhook.PostCommentEvent)
	assert.Equal(t, flex.ID("40718"), comment.RoomID())
	assert.Equal(t, "rini-22", comment.SenderID())
	assert.Equal(t, "Rapat jam berapa?", comment.Text())
	assert.Empty(t, comment.Channel())
	assert.Equal(t, time.Date(2025, 8, 14, 9, 20, 11, 742e6, time.UTC), comment.SentAt())
	options, err := comment.RoomOptions()
	require.NoError(t, err)
	assert.Empty(t, options)
	assert.NotEmpty(t, comment.UniqueTempID())

	session := parse(webhook.NewSession, "newSession-other-forms.json").(*webhook.NewSessionEvent)
	assert.Equal(t, flex.ID("77310402"), session.RoomID())
	assert.Equal(t, "628115557034", session.CustomerID())
	assert.Equal(t, "Selamat sore", session.Text())
	assert.Equal(t, shop, session.Channel())
	assert.Equal(t, time.Date(2023, 11, 7, 9, 30, 18, 0, time.UTC), session.SentAt())
	options, err = session.RoomOptions()
	require.NoError(t, err)
	assert.Equal(t, "+628115557000", options.ChannelDetails.Phone)
	extras, err := session.CustomerExtras()
	require.NoError(t, err)
	assert.Len(t, extras.UserProperties, 3)
	session.RoomLog.UserID, session.Payload.Room.Options = "", flex.JSON{}
	assert.Equal(t, "628115557034", session.CustomerID())
	assert.Equal(t, webhook.Channel{ID: "2218", Source: "wa"}, session.Channel())

	waiting := parse(webhook.CustomAgentAllocation, "customAgentAllocation-returning-customer.json").(*webhook.CustomAgentAllocationEvent)
	assert.Equal(t, flex.ID("77310311"), waiting.RoomID())
	assert.Equal(t, "pelanggan-00871", waiting.CustomerID())
	assert.Equal(t, webhook.Channel{Source: "toko-daring"}, waiting.Channel())
	waiting.CustomAgentAllocation.Channel = &webhook.Channel{ID: "5"}
	assert.Equal(t, webhook.Channel{ID: "5", Source: "toko-daring"}, waiting.Channel(), "the source goes with it")
	extras, err = waiting.CustomerExtras()
	require.NoError(t, err)
	assert.Empty(t, extras)

	resolved := parse(webhook.MarkAsResolved, "markAsResolved-2025.json").(*webhook.MarkAsResolvedEvent)
	assert.Equal(t, flex.ID("77310284"), resolved.RoomID())
	assert.Equal(t, "628115557021", resolved.CustomerID())
	assert.Equal(t, shop, resolved.Channel())

	button := parse(webhook.CustomButton, "customButton-agent.json").(*webhook.CustomButtonEvent)
	assert.Equal(t, flex.ID("77310284"), button.RoomID())
	assert.Equal(t, "628115557021", button.CustomerID())
	assert.Equal(t, webhook.Channel{ID: "2218", Name: "Toko Teduh WA"}, button.Channel(), "a label is no source")

	logout := parse(webhook.UserLogout, "userLogout-agent.json").(*webhook.UserLogoutEvent)
	assert.Equal(t, time.Unix(1755187262, 0).UTC(), logout.SentAt())

	picture := parse(webhook.WhatsAppForwardMessage, "whatsAppForwardMessage-image.json").(*webhook.WhatsAppForwardMessageEvent)
	assert.Equal(t, picture.Messages[0].Image.Caption, picture.Text())
	assert.Equal(t, picture.Messages[0].From, picture.CustomerID())
	assert.Equal(t, webhook.Channel{ID: "2218", Source: "wa"}, picture.Channel())
	assert.Equal(t, picture.Messages[0].Timestamp.Time(), picture.SentAt())
	words := parse(webhook.WhatsAppForwardMessage, "whatsAppForwardMessage-text.json").(*webhook.WhatsAppForwardMessageEvent)
	assert.Equal(t, words.Messages[0].Text.Body, words.Text())
	several := parse(webhook.WhatsAppForwardMessage, "whatsAppForwardMessage-several-and-other-type.json").(*webhook.WhatsAppForwardMessageEvent)
	assert.Empty(t, several.Text(), "the first one is a sound")

	status := parse(webhook.WhatsAppForwardStatus, "whatsAppForwardStatus-delivered.json").(*webhook.WhatsAppForwardStatusEvent)
	assert.Equal(t, "628115557021", status.CustomerID())
	assert.Equal(t, webhook.Channel{ID: "2218", Source: "wa"}, status.Channel())
	assert.Equal(t, time.Unix(1755160012, 0).UTC(), status.SentAt())

	for _, empty := range []interface {
		CustomerID() string
		SentAt() time.Time
	}{&webhook.WhatsAppForwardMessageEvent{}, &webhook.WhatsAppForwardStatusEvent{}} {
		assert.Empty(t, empty.CustomerID())
		assert.True(t, empty.SentAt().IsZero())
	}
	assert.Empty(t, (&webhook.WhatsAppForwardMessageEvent{}).Text())
}

func TestSentAtIsTheFinestTimeThatAgrees(t *testing.T) {
	second := time.Date(2025, 9, 2, 1, 14, 8, 0, time.UTC)
	for name, test := range map[string]struct {
		message string
		want    time.Time
	}{
		"nothing":                    {``, time.Time{}},
		"nanoseconds":                {`"timestamp":"2025-09-02T01:14:08Z","unix_nano_timestamp":1756775648123456789`, second.Add(123456789)},
		"microseconds as text":       {`"timestamp":"2025-09-02T01:14:08Z","unix_nano_timestamp":"1756775648123456"`, second.Add(123456000)},
		"milliseconds":               {`"unix_timestamp":"1756775648","unix_nano_timestamp":1756775648123`, second.Add(123e6)},
		"round milliseconds":         {`"unix_timestamp":1756775648,"unix_nano_timestamp":1756775648000`, second},
		"created finer than nanos":   {`"unix_timestamp":1756775648,"unix_nano_timestamp":1756775648000,"created_at":"2025-09-02T01:14:08.5Z"`, second.Add(5e8)},
		"nanos that do not agree":    {`"timestamp":"2025-09-02T01:14:08Z","unix_nano_timestamp":17567756481`, second},
		"created that does not":      {`"timestamp":"2025-09-02T08:14:08+07:00","created_at":"2025-09-02T01:14:09.5Z"`, second},
		"nanos alone":                {`"unix_nano_timestamp":1756775648000`, second},
		"created alone":              {`"created_at":"2025-09-02 01:14:08"`, second},
		"created alone with a zone":  {`"created_at":"2025-09-02T08:14:08.25+07:00"`, second.Add(25e7)},
		"seconds before what is odd": {`"timestamp":null,"unix_timestamp":1756775648,"created_at":"0001-01-01T00:00:00Z"`, second},
	} {
		var event webhook.BotMessageEvent
		require.NoError(t, json.Unmarshal([]byte(`{`+test.message+`}`), &event.Payload.Message), name)
		assert.Equal(t, test.want, event.SentAt(), name)
	}
}

// Options and extras that do not fit give what could be read, and an error without
// what could not.
func TestInnerJSONIsSalvaged(t *testing.T) {
	event := &webhook.CustomAgentAllocationEvent{}
	for _, packed := range []bool{false, true} {
		var err error
		event.Extras, err = flex.NewJSON(json.RawMessage(`{"timezone_offset":"canary","user_properties":[7,{"key":"Kota","value":1},{"key":{"canary":1}}],"notes":"n"}`))
		require.NoError(t, err)
		if packed {
			event.Extras, err = flex.NewJSON(" " + event.Extras.String())
			require.NoError(t, err)
		}
		extras, err := event.CustomerExtras()
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
		assert.Equal(t, "n", extras.Notes)
		require.Len(t, extras.UserProperties, 2, "an item without its key is an item all the same")
		assert.Equal(t, "Kota", extras.UserProperties[0].Key)
		assert.Zero(t, extras.TimezoneOffset)
	}
	for _, broken := range []any{"canary", []string{"canary"}, " ", json.RawMessage(`{"user_properties":[` + strings.Repeat(`1,`, 20000) + `1]}`)} {
		var err error
		event.Extras, err = flex.NewJSON(broken)
		require.NoError(t, err)
		_, err = event.CustomerExtras()
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
	}

	message := &webhook.PostCommentEvent{}
	require.NoError(t, json.Unmarshal([]byte(`{"is_waiting":{},"channel_details":{"channel_id":1.5,"name":"Toko"},"channel":"wa"}`), &message.Payload.Room.Options))
	options, err := message.RoomOptions()
	require.Error(t, err)
	assert.Equal(t, webhooks.RoomOptions{Channel: "wa", ChannelDetails: webhooks.ChannelDetails{Name: "Toko"}}, options)
	assert.Equal(t, webhook.Channel{Name: "Toko", Source: "wa"}, message.Channel())
}
