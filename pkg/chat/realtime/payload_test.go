package realtime

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/chat"
)

func testNames() names { return names{appID: testApp, tokens: []string{"token-baru", "token-lama"}} }

func TestTopicsAreRead(t *testing.T) {
	for topic, want := range map[string]place{
		"token-baru/c":             {kind: newMessageTopic},
		"token-lama/c":             {kind: newMessageTopic},
		"token-baru/update":        {kind: editTopic},
		"token-baru/n":             {kind: notificationTopic},
		"token-baru/x":             {},
		"token-lain/c":             {},
		testApp + "/berita/c":      {kind: newMessageTopic},
		testApp + "/a/b/c":         {kind: newMessageTopic},
		testApp + "/berita/x":      {},
		"r/12/12/rina/t":           {kind: typingTopic, room: "12", user: "rina"},
		"r/12/12/rina/d":           {kind: deliveredTopic, room: "12", user: "rina"},
		"r/12/12/rina/r":           {kind: readTopic, room: "12", user: "rina"},
		"r/12/12/rina/x":           {room: "12", user: "rina"},
		"r/12/12/e":                {kind: customTopic, room: "12"},
		"r/12/12/x":                {},
		"r/12/typing":              {kind: botTypingTopic, room: "12"},
		"r/12/x":                   {},
		"u/rina@toko.example.id/s": {kind: presenceTopic, user: "rina@toko.example.id"},
		"u/rina/x":                 {},
		"u/rina":                   {},
		"":                         {},
	} {
		assert.Equal(t, want, testNames().read(topic), topic)
	}
}

func TestTopicsThatAreMadeAreRead(t *testing.T) {
	n := testNames()
	for _, topic := range append(ownTopics("token-baru"), channelTopics(testApp, "berita/pagi")...) {
		assert.NotEqual(t, unknownTopic, n.read(topic).kind, topic)
	}
	for _, topic := range roomTopics("12") {
		read := n.read(strings.ReplaceAll(topic, "+", "rina"))
		assert.NotEqual(t, unknownTopic, read.kind, topic)
		assert.Equal(t, "12", read.room)
	}
	assert.Equal(t, place{presenceTopic, "", "rina"}, n.read(presenceTopicOf("rina")))
	assert.Equal(t, place{typingTopic, "12", "rina"}, n.read(typingTopicOf("12", "rina")))
	assert.Equal(t, place{customTopic, "12", ""}, n.read(customTopicOf("12")))
}

func TestIDsThatCannotStandInATopic(t *testing.T) {
	for _, id := range []string{"", "a/b", "+", "#", "a#", "a\x00"} {
		require.Error(t, checkLevel("room's id", id), id)
		if id != "a/b" {
			require.Error(t, checkLevels("channel's unique id", id), id)
		}
	}
	require.NoError(t, checkLevel("user's id", "rina@toko.example.id"))
	require.NoError(t, checkLevels("channel's unique id", "a/b"))
}

func TestPayloadsAreRead(t *testing.T) {
	unknown := func(topic, payload string) Event { return &Unknown{Topic: topic, Payload: []byte(payload)} }
	for _, test := range []struct {
		topic, payload string
		want           Event
	}{
		{"r/12/12/rina/t", "1", &Typing{RoomID: "12", UserID: "rina", IsTyping: true}},
		{"r/12/12/rina/t", "2", unknown("r/12/12/rina/t", "2")},
		{"r/12/typing", "{}", &Typing{RoomID: "12", IsBot: true}},
		{"r/12/typing", "1", unknown("r/12/typing", "1")},
		{"u/rina/s", "1", &Presence{UserID: "rina", IsOnline: true}},
		{"u/rina/s", "0", &Presence{UserID: "rina"}},
		{"u/rina/s", "0:1700000000000", &Presence{UserID: "rina", At: time.UnixMilli(1700000000000)}},
		{"u/rina/s", "1:1700000000000123", &Presence{UserID: "rina", IsOnline: true, At: time.UnixMilli(1700000000000)}},
		{"u/rina/s", "1:kemarin", &Presence{UserID: "rina", IsOnline: true}},
		{"u/rina/s", "", unknown("u/rina/s", "")},
		{"r/12/12/e", `[1]`, &Custom{RoomID: "12", Data: []byte(`[1]`)}},
		{"r/12/12/e", `{"sender": "rina"}`, &Custom{RoomID: "12", Data: []byte(`{"sender": "rina"}`)}},
		{"r/12/12/e", `{"sender": 7, "data": 1}`, &Custom{RoomID: "12", Data: []byte(`{"sender": 7, "data": 1}`)}},
		{"r/12/12/e", `{"sender": "rina", "data": null}`, &Custom{RoomID: "12", Sender: "rina", Data: []byte(`null`)}},
		{"r/12/12/e", `{`, unknown("r/12/12/e", `{`)},
		{"r/12/12/rina/d", "x:unik", unknown("r/12/12/rina/d", "x:unik")},
		{"r/12/12/rina/d", "0", unknown("r/12/12/rina/d", "0")},
		{"token-baru/c", "{}", unknown("***/c", "{}")},
		{"token-baru/c", `{"id": "bukan-angka"}`, unknown("***/c", `{"id": "bukan-angka"}`)},
		{"token-baru/update", "[]", unknown("***/update", "[]")},
		{"token-lama/n", "[]", unknown("***/n", "[]")},
		{"token-lama/n", `{"id": 0}`, unknown("***/n", `{"id": 0}`)},
		{"token-lama/lain", "x", unknown("***/lain", "x")},
	} {
		assert.Equal(t, arrival{event: test.want}, testNames().arrival(test.topic, []byte(test.payload)), test.topic+" "+test.payload)
	}
}

func TestMessagesAreRead(t *testing.T) {
	read := testNames().arrival("token-baru/c", []byte(`{"id": 31, "comment_before_id": 30, "room_id": 12, "email": "agus",
		"user_avatar": "https://cdn.example.id/a.png", "message": "halo", "type": "text", "chat_type": "group", "unique_temp_id": "unik"}`))
	require.NotNil(t, read.message)
	assert.Equal(t, &message{id: 31, before: 30, room: "12", event: &NewMessage{Message: chat.PostedMessage{
		ID: "31", IDStr: "31", CommentBeforeID: "30", CommentBeforeIDStr: "30", RoomID: "12", RoomIDStr: "12", Email: "agus",
		UserAvatarURL: "https://cdn.example.id/a.png", Message: "halo", Type: "text", ChatType: "group", RoomType: "group",
		UniqueTempID: "unik",
	}}}, read.message)
	for payload, before := range map[string]int64{
		`{"id": 31}`: 0, `{"id": 31, "comment_before_id": 0}`: 0, `{"id": 31, "comment_before_id": 31}`: 0,
		`{"id": 31, "comment_before_id": "tidak ada"}`: 0, `{"id": "31", "comment_before_id": "7"}`: 7,
	} {
		assert.Equal(t, before, testNames().arrival("token-baru/c", []byte(payload)).message.before, payload)
	}
	edited := testNames().arrival("token-baru/update", []byte(`{"id": 31, "message": "halo!"}`))
	assert.Equal(t, "halo!", edited.event.(*MessageEdited).Message.Message)
}

func TestNotificationsAreRead(t *testing.T) {
	for name, test := range map[string]struct {
		payload string
		want    Event
	}{
		"deleted": {
			`{"id": 3, "action_topic": "delete_message", "timestamp": 1770693247118000000, "payload": {"actor": {"email": "agus"},
				"data": {"deleted_messages": [{"room_id": "12", "message_unique_ids": ["a", "b"]}], "is_hard_delete": true}}}`,
			&MessagesDeleted{
				Deleted: []chat.DeletedMessages{{RoomID: "12", MessageUniqueIDs: []string{"a", "b"}}}, IsHard: true,
				By: Actor{Email: "agus"}, At: time.Unix(0, 1770693247118000000),
			},
		},
		"deleted, flat": {
			`{"id": 3, "action_topic": "delete_message", "payload": {"deleted_messages": [{"room_id": 12, "message_unique_ids": ["a"]}], "is_hard_delete": true}}`,
			&MessagesDeleted{Deleted: []chat.DeletedMessages{{RoomID: "12", MessageUniqueIDs: []string{"a"}}}, IsHard: true},
		},
		"cleared":       {`{"id": 3, "action_topic": "clear_room", "payload": {"data": {"deleted_rooms": [{"id": 12}]}}}`, &RoomCleared{Rooms: []chat.RoomInfo{{ID: "12"}}}},
		"cleared, flat": {`{"id": 3, "action_topic": "clear_room", "payload": {"deleted_rooms": [{"id": 12}]}}`, &RoomCleared{Rooms: []chat.RoomInfo{{ID: "12"}}}},
		"another":       {`{"id": 3, "action_topic": "lain"}`, &Unknown{Payload: []byte(`{"id": 3, "action_topic": "lain"}`)}},
		"a receipt of nothing": {
			`{"id": 3, "action_topic": "read", "payload": {"data": {"email": "agus"}}}`,
			&Unknown{Payload: []byte(`{"id": 3, "action_topic": "read", "payload": {"data": {"email": "agus"}}}`)},
		},
	} {
		read := testNames().arrival("token-baru/n", []byte(test.payload))
		assert.Equal(t, arrival{happening: &happening{id: 3, event: test.want}}, read, name)
	}
	read := testNames().arrival("token-baru/n", []byte(`{"id": 3, "action_topic": "delivered", "payload": {"data":
		{"room_id": 12, "email": "agus", "comment_id": 31, "comment_unique_id": "a"}}}`))
	assert.Equal(t, &happening{
		id: 3, event: &Delivered{RoomID: "12", UserID: "agus", MessageID: "31", UniqueID: "a"},
		receipt: &receipt{about: receiptKey{room: "12", user: "agus"}, message: 31},
	}, read.happening)
}

// Whatever is published, it is told as something, once, and no token is in a topic.
func FuzzArrival(f *testing.F) {
	for topic, payload := range map[string]string{
		"token-baru/c": `{"id": 31, "comment_before_id": 30, "room_id": 12}`, "token-lama/update": `{"id": 31}`,
		"token-baru/n":   `{"id": 3, "action_topic": "delete_message", "payload": {}}`,
		"r/12/12/rina/t": "1", "r/12/12/rina/d": "12:unik", "r/12/12/rina/r": "12:", "u/rina/s": "1:1700000000000",
		"r/12/12/e": `{"sender": "rina", "data": {}}`, "r/12/typing": `{"sender_id": "bot", "status": 1}`,
		testApp + "/berita/c": `{"id": 31}`, "token-baru": "", "/": "\x00",
	} {
		f.Add(topic, []byte(payload))
	}
	f.Fuzz(func(t *testing.T, topic string, payload []byte) {
		read := testNames().arrival(topic, payload)
		given := 0
		if read.message != nil {
			given++
			assert.Positive(t, read.message.id)
			assert.Less(t, read.message.before, read.message.id)
			assert.NotNil(t, read.message.event)
		}
		if read.happening != nil {
			given++
			assert.NotNil(t, read.happening.event)
		}
		if read.event != nil {
			given++
			if unknown, is := read.event.(*Unknown); is {
				assert.NotContains(t, unknown.Topic, "token-baru")
				assert.NotContains(t, unknown.Topic, "token-lama")
				assert.Equal(t, string(payload), string(unknown.Payload))
			}
		}
		assert.Equal(t, 1, given)
		s := newSequence(Position{}, 10, 10)
		s.reconnected()
		if read.message != nil {
			s.arrived(*read.message)
			s.gotMessages([]message{*read.message}, 0, 0)
			s.gotMessages(nil, 0, 0)
			events := takeAll(s)
			assert.Len(t, events, 1)
		}
	})
}

func TestSyncsMessagesAreThoseOfTheBroker(t *testing.T) {
	_, ok := sequenced(&wire.Message{})
	assert.False(t, ok)
	_, ok = sequenced(&wire.Message{ID: "x"})
	assert.False(t, ok)
}
