package qismotest_test

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// moment has all digits of a nanosecond, of which shapes keep some.
var moment = time.Date(2026, 3, 4, 12, 6, 7, 123456789, time.FixedZone("WIB", 7*60*60))

func frozen() time.Time { return moment }

func bodyOf(t *testing.T, event *qismotest.Event) []byte {
	t.Helper()
	body, err := event.Body()
	require.NoError(t, err)
	return body
}

// parsed is an event as a handler of its URL reads it.
func parsed[E webhook.Event](t *testing.T, event *qismotest.Event) E {
	t.Helper()
	read, err := webhook.ParseAs(event.Name(), bodyOf(t, event))
	require.NoError(t, err)
	typed, ok := read.(E)
	require.True(t, ok, "%v", read)
	return typed
}

// allShapes are all shapes of all events.
func allShapes() iter.Seq2[webhook.Name, qismotest.Shape] {
	return func(yield func(webhook.Name, qismotest.Shape) bool) {
		for _, name := range webhook.Names() {
			for _, shape := range qismotest.Shapes(name) {
				if !yield(name, shape) {
					return
				}
			}
		}
	}
}

// Every shape fits the document, is read as its event, and loses nothing when it is
// written again.
func TestShapesFitTheDocument(t *testing.T) {
	events := qismotest.NewEvents()
	for name, shape := range allShapes() {
		t.Run(string(name)+" "+string(shape), func(t *testing.T) {
			body := bodyOf(t, events.New(name).Shape(shape))
			problems, err := webhook.ValidateAs(name, body)
			require.NoError(t, err)
			assert.Empty(t, problems)

			event := parsed[webhook.Event](t, events.New(name).Shape(shape))
			assert.Equal(t, name, event.Name())
			if shape == qismotest.ShapeCombined {
				return // either type leaves the other's members over
			}
			again, err := json.Marshal(event)
			require.NoError(t, err)
			assert.Equal(t, substance(t, event.Raw()), substance(t, again))
		})
	}
}

// substance is a body without what a typed event leaves out when it is written: null,
// and the zero value of what need not be there; and with ids as text.
func substance(t *testing.T, body []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value))
	return prune(value)
}

func prune(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			switch pruned := prune(member); pruned {
			case nil, false, "":
				delete(value, key)
			default:
				value[key] = pruned
			}
		}
		if len(value) == 0 {
			return nil
		}
	case []any:
		for i, item := range value {
			value[i] = prune(item)
		}
		if len(value) == 0 {
			return nil
		}
	case json.Number:
		return value.String()
	case string:
		if strings.HasPrefix(value, "invented-") {
			return "***" // a credential masks itself
		}
	}
	return value
}

// Content tells which event it is, as far as it can.
func TestShapesAreToldApart(t *testing.T) {
	events := qismotest.NewEvents()
	for name, shape := range allShapes() {
		t.Run(string(name)+" "+string(shape), func(t *testing.T) {
			names, problems, err := webhook.Validate(bodyOf(t, events.New(name).Shape(shape)))
			require.NoError(t, err)
			assert.Empty(t, problems)
			switch {
			case shape == qismotest.ShapeCombined:
				assert.ElementsMatch(t, []webhook.Name{webhook.WhatsAppForwardMessage, webhook.WhatsAppForwardStatus}, names)
			case name == webhook.CustomChannelMessage:
				assert.Len(t, names, 1, "of the same form as a bot's message")
			default:
				assert.Equal(t, []webhook.Name{name}, names)
			}
		})
	}
}

// Each event is another delivery: nothing by which a receiver recognises a repeat is
// the same. The same event's body stays the same.
func TestEventsAreFresh(t *testing.T) {
	events := qismotest.NewEvents(qismotest.Clock(frozen))
	keys := map[string]bool{}
	total := 0
	for name, shape := range allShapes() {
		t.Run(string(name)+" "+string(shape), func(t *testing.T) {
			for range 3 {
				event := events.New(name).Shape(shape)
				body := bodyOf(t, event)
				assert.Equal(t, body, bodyOf(t, event))
				told := factsOf(t, parsed[webhook.Event](t, event))
				// What a room or a customer has of its own, and each message.
				for _, fact := range []string{"room", "customer", "agent", "service", "temp id", "WhatsApp id"} {
					if fact == "agent" && name != webhook.UserLogout || len(told[fact]) == 0 {
						continue
					}
					key := string(name) + fact + told[fact][0]
					assert.False(t, keys[key], key)
					keys[key] = true
					total++
				}
			}
		})
	}
	assert.Greater(t, total, 100)
}

// WhatsApp messages have no id until the chat server gives them one.
func TestIDsOfWhatsAppAreZero(t *testing.T) {
	events := qismotest.NewEvents()
	bot := parsed[*webhook.BotMessageEvent](t, events.BotMessage())
	assert.Equal(t, []string{"0", "0", "0"}, []string{
		bot.Payload.Message.ID.String(), bot.Payload.Message.IDStr.String(), bot.Payload.From.ID.String(),
	})
	session := parsed[*webhook.NewSessionEvent](t, events.NewSession())
	assert.Equal(t, "0", session.Payload.Message.ID.String())
	comment := parsed[*webhook.PostCommentEvent](t, events.PostComment())
	next := parsed[*webhook.PostCommentEvent](t, events.PostComment())
	assert.NotEqual(t, comment.Payload.Message.ID, next.Payload.Message.ID)
}

// Several items of one body are told apart too.
func TestItemsHaveTheirOwnIDs(t *testing.T) {
	events := qismotest.NewEvents()
	ids := map[string]bool{}
	for range 2 {
		several := parsed[*webhook.WhatsAppForwardMessageEvent](t, events.WhatsAppForwardMessage().Shape(qismotest.ShapeSeveral))
		require.Len(t, several.Messages, 2)
		for _, message := range several.Messages {
			ids[message.ID] = true
		}
		combined, err := webhook.ParseAs(webhook.WhatsAppForwardStatus,
			bodyOf(t, events.WhatsAppForwardMessage().Shape(qismotest.ShapeCombined)))
		require.NoError(t, err)
		ids[combined.(*webhook.WhatsAppForwardStatusEvent).Statuses[0].ID] = true
	}
	assert.Len(t, ids, 6)
	states := parsed[*webhook.WhatsAppForwardStatusEvent](t, events.WhatsAppForwardStatus().Shape(qismotest.ShapeSeveral))
	assert.Equal(t, states.Statuses[0].ID, states.Statuses[1].ID, "two states of one message")
}

// A test with a clock that stands still sees the same bodies each time.
func TestEventsAreRepeatable(t *testing.T) {
	body := func(now func() time.Time) []byte {
		events := qismotest.NewEvents(qismotest.Clock(now))
		events.UserLogout()
		return bodyOf(t, events.BotMessage())
	}
	first := body(frozen)
	assert.Equal(t, first, body(frozen))
	later := func() time.Time { return moment.Add(time.Second) }
	assert.NotEqual(t, body(frozen), body(later))
	assert.Contains(t, string(body(frozen)), `"created_at":"2026-03-04T05:06:07Z"`)
	assert.Contains(t, string(body(frozen)), `"unix_nano_timestamp":1772600767123,`, "milliseconds, as in 2025")
}

// A clock may begin anywhere.
func TestEventsOfOddClocks(t *testing.T) {
	for _, moment := range []time.Time{time.Unix(0, 0), time.Unix(1, 0), time.Date(2261, 1, 1, 0, 0, 0, 0, time.UTC)} {
		events := qismotest.NewEvents(qismotest.Clock(func() time.Time { return moment }))
		for name, shape := range allShapes() {
			problems, err := webhook.ValidateAs(name, bodyOf(t, events.New(name).Shape(shape)))
			require.NoError(t, err)
			assert.Empty(t, problems)
		}
	}
}

// Times are written as the shape writes them.
func TestTimesKeepTheirForm(t *testing.T) {
	events := qismotest.NewEvents()
	for text, event := range map[string]*qismotest.Event{
		`"created_at":"2026-03-04T05:06:07.123Z"`:     events.BotMessage().Shape(qismotest.Shape2021),
		`"unix_nano_timestamp":"1772600767123456789"`: events.BotMessage().Shape(qismotest.Shape2021),
		`"unix_timestamp":"1772600767"`:               events.BotMessage().Shape(qismotest.Shape2021),
		`"unix_timestamp":1772600767}`:                events.BotMessage(),
		`"unix_nano_timestamp":1772600767123456789,`:  events.PostComment(),
		`"created_at":"2026-03-04T05:06:07"`:          events.NewSession(),
		`"timestamp":1772600767`:                      events.UserLogout(),
		`"timestamp":"1772600767","type":"text"`:      events.WhatsAppForwardMessage(),
		`"timestamp":"1772600767"}`:                   events.WhatsAppForwardStatus().Shape(qismotest.ShapeSeveral),
	} {
		assert.Contains(t, string(bodyOf(t, event.At(moment))), text)
	}
}

func TestFile(t *testing.T) {
	events := qismotest.NewEvents()
	const address = "https://cdn.example.id/file/nota.pdf?a=1&b=2"
	bot := parsed[*webhook.BotMessageEvent](t, events.BotMessage().File(address, "Nota"))
	assert.Equal(t, "file_attachment", bot.Payload.Message.Type)
	assert.Equal(t, "[file] "+address+" [/file]", bot.Text())
	assert.JSONEq(t, `{"url":"`+address+`","caption":"Nota"}`, bot.Payload.Message.Payload.String())
	session := parsed[*webhook.NewSessionEvent](t, events.NewSession().File(address, "Nota"))
	assert.Equal(t, "Nota", session.Payload.Message.Text)
	_, err := events.UserLogout().File(address, "").Body()
	assert.EqualError(t, err, "qismotest: userLogout 2022: File: the event has no place for it in this shape")
}

// A bot must not answer what it said itself.
func TestFromPlatform(t *testing.T) {
	events := qismotest.NewEvents()
	for _, shape := range qismotest.Shapes(webhook.BotMessage) {
		event := parsed[*webhook.BotMessageEvent](t, events.BotMessage().Shape(shape).FromPlatform())
		assert.True(t, event.FromPlatform(), shape)
		for _, told := range []string{event.Type, event.Payload.Type} {
			assert.Contains(t, []string{"", "post_comment_rest"}, told, shape)
		}
	}
	event := events.BotMessage().FromPlatform().AppCode("toko-baru")
	assert.Equal(t, "toko-baru_admin@qismo.com", parsed[*webhook.BotMessageEvent](t, event).SenderID())
	_, err := events.NewSession().FromPlatform().Body()
	assert.EqualError(t, err, "qismotest: newSession 2023: FromPlatform: the event has no place for it in this shape")
}

func TestSetAndRemove(t *testing.T) {
	events := qismotest.NewEvents(qismotest.Clock(frozen))
	event := events.BotMessage().
		Set("/payload/message/extras", map[string]any{"pengirim": "ponsel"}).
		Set("/payload/room/options/channel_details/phone", "+628115550199").
		Set("/payload/room/participants/-", map[string]any{"email": "sari@example.id"}).
		Set("/payload/room/participants/0/a~1b~0c", 12345678901234567890.0).
		Remove("/payload/room/participants/1").
		Remove("/channel")
	bot := parsed[*webhook.BotMessageEvent](t, event)
	assert.JSONEq(t, `{"pengirim":"ponsel"}`, bot.Payload.Message.Extras.String())
	options, err := bot.RoomOptions()
	require.NoError(t, err)
	assert.Equal(t, "+628115550199", options.ChannelDetails.Phone)
	assert.True(t, bot.Payload.Room.Options.FromText(), "it is JSON inside text, as before")
	require.Len(t, bot.Payload.Room.Participants, 3)
	assert.Equal(t, "sari@example.id", bot.Payload.Room.Participants[2].Email)
	assert.Nil(t, bot.PostComment.Channel)
	assert.Contains(t, string(bot.Raw()), `"a/b~c":12345678901234567000`)

	// A place that is empty in a shape stays so, and text is sent as it was given.
	session := parsed[*webhook.NewSessionEvent](t, events.NewSession().Shape(qismotest.Shape2022).Room("7001").Text("<a> & b"))
	assert.Equal(t, "7001", session.Payload.Room.TopicID.String())
	assert.Empty(t, session.Payload.Room.TopicIDStr.String())
	assert.Contains(t, string(session.Raw()), `"text":"<a> & b"`)

	// What is said later counts, and what is given is not kept.
	extras := map[string]any{"a": 1}
	event = events.BotMessage().Set("/payload/message/text", "first").Text("second").Set("/payload/message/extras", extras)
	extras["a"] = 2
	bot = parsed[*webhook.BotMessageEvent](t, event)
	assert.Equal(t, "second", bot.Text())
	assert.JSONEq(t, `{"a":1}`, bot.Payload.Message.Extras.String())
	assert.Equal(t, "third", parsed[*webhook.BotMessageEvent](t, event.Set("/payload/message/text", "third")).Text())
}

// What is wrong is told with its name, and never with a value.
func TestEventsThatAreWrong(t *testing.T) {
	events := qismotest.NewEvents()
	bot := func() *qismotest.Event { return events.BotMessage() }
	for name, test := range map[string]struct {
		event *qismotest.Event
		err   string
	}{
		"no slash":        {bot().Set("payload", 1), `botMessage 2025: Set("payload"): the pointer does not begin with a slash`},
		"empty pointer":   {bot().Remove(""), `botMessage 2025: Remove(""): the pointer is empty, and would stand for the whole body`},
		"bad escape":      {bot().Set("/a~2", 1), `botMessage 2025: Set("/a~2"): the pointer has a ~ that is followed by neither 0 nor 1`},
		"tilde at end":    {bot().Set("/a~", 1), `botMessage 2025: Set("/a~"): the pointer has a ~ that is followed by neither 0 nor 1`},
		"no parent":       {bot().Set("/payload/mesage/text", 1), `botMessage 2025: Set("/payload/mesage/text"): /payload/mesage is not there`},
		"no item":         {bot().Set("/payload/room/participants/3", 1), `botMessage 2025: Set("/payload/room/participants/3"): /payload/room/participants/3 is not there`},
		"item with zero":  {bot().Set("/payload/room/participants/00", 1), `botMessage 2025: Set("/payload/room/participants/00"): /payload/room/participants/00 is not there`},
		"inside a number": {bot().Set("/payload/from/id/x", 1), `botMessage 2025: Set("/payload/from/id/x"): /payload/from/id is neither an object nor a list`},
		"inside text":     {bot().Set("/payload/from/name/x", 1), `botMessage 2025: Set("/payload/from/name/x"): /payload/from/name is neither an object nor a list`},
		"deep in options": {bot().Set("/payload/room/options/a/b", 1), `botMessage 2025: Set("/payload/room/options/a/b"): /payload/room/options/a is not there`},
		"nothing there":   {bot().Remove("/statuses"), `botMessage 2025: Remove("/statuses"): /statuses is not there`},
		"under a removed": {bot().Remove("/payload/room").Room("1"), `botMessage 2025: Room: /payload/room is not there`},
		"no JSON":         {bot().Set("/x", func() {}), `botMessage 2025: Set("/x"): a func() cannot be written as JSON`},
		"two things":      {bot().Set("x", 1).Status("read"), "botMessage 2025: Set(\"x\"): the pointer does not begin with a slash\nqismotest: botMessage 2025: Status: the event has no place for it in this shape"},
		"no number":       {bot().Shape(qismotest.Shape2024).Room("rahasia"), `botMessage 2024: Room: in this shape /payload/room/id is a number, and what was given is none`},
		"zero in front":   {events.CustomButton().Room("01"), `customButton 2022: Room: in this shape /room_id is a number, and what was given is none`},
		"empty number":    {events.UserLogout().Agent("", "a@example.id", "A"), `userLogout 2022: Agent: in this shape /payload/user/id is a number, and what was given is none`},
		"no such shape":   {bot().Shape(qismotest.Shape2018), `botMessage: it has no shape "2018"; there are ["2025" "2024" "2021"]`},
		"no such event": {events.New("botMesage"), `botMesage: no event has the name "botMesage"; there are ["botMessage" ` +
			`"customAgentAllocation" "customButton" "markAsResolved" "newSession" "userLogout" "customChannelMessage" ` +
			`"whatsAppForwardMessage" "whatsAppForwardStatus" "postComment"]`},
		"before time":     {bot().At(time.Time{}), `botMessage 2025: At: the time is not between 1970 and 2261, and cannot be written in all forms`},
		"after time":      {bot().At(time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC)), `botMessage 2025: At: the time is not between 1970 and 2261, and cannot be written in all forms`},
		"clock of year 1": {qismotest.NewEvents(qismotest.Clock(func() time.Time { return time.Time{} })).BotMessage(), `botMessage 2025: the time is not between 1970 and 2261, and cannot be written in all forms`},
		"nil option":      {qismotest.NewEvents(nil).BotMessage(), "an option is nil"},
		"no clock":        {qismotest.NewEvents(qismotest.Clock(nil)).BotMessage(), "Clock: the function is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.event.Body()
			assert.EqualError(t, err, "qismotest: "+test.err)
		})
	}
	assert.Nil(t, qismotest.Shapes("botMesage"))
}

// Each method of the source makes the event of its name.
func TestEventsByMethod(t *testing.T) {
	events := qismotest.NewEvents()
	for name, event := range map[webhook.Name]*qismotest.Event{
		webhook.BotMessage:             events.BotMessage(),
		webhook.CustomAgentAllocation:  events.CustomAgentAllocation(),
		webhook.CustomButton:           events.CustomButton(),
		webhook.MarkAsResolved:         events.MarkAsResolved(),
		webhook.NewSession:             events.NewSession(),
		webhook.UserLogout:             events.UserLogout(),
		webhook.CustomChannelMessage:   events.CustomChannelMessage(),
		webhook.WhatsAppForwardMessage: events.WhatsAppForwardMessage(),
		webhook.WhatsAppForwardStatus:  events.WhatsAppForwardStatus(),
		webhook.PostComment:            events.PostComment(),
	} {
		assert.Equal(t, name, event.Name())
		bodyOf(t, event)
	}
}
