package chat_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestSyncCalls(t *testing.T) {
	t.Parallel()
	testUserCalls(t, []userCall{
		{
			"messages", func(ctx context.Context, user *chat.User) (any, error) {
				missed, err := user.Sync.Messages(ctx, "5", 20)
				assert.Equal(t, flex.ID("9"), missed.LastID)
				assert.True(t, missed.NeedClear)
				return idsOf(missed.Messages), err
			},
			"GET", "sync?last_received_comment_id=5&limit=20", "",
			`{"results":{"meta":{"last_received_comment_id":9,"need_clear":true},"comments":[` + posted(9) + `,` + posted(7) + `]}}`,
			[]flex.ID{"7", "9"},
		},
		{
			"messages from the beginning", func(ctx context.Context, user *chat.User) (any, error) {
				missed, err := user.Sync.Messages(ctx, "", 0)
				return missed.LastID, err
			},
			"GET", "sync?last_received_comment_id=0", "", `{"results":{"meta":{"last_received_comment_id":0},"comments":[]}}`, flex.ID("0"),
		},
		{
			"events from the beginning", func(ctx context.Context, user *chat.User) (any, error) {
				missed, err := user.Sync.Events(ctx, "")
				return missed.LastID, err
			},
			"GET", "sync_event?start_event_id=0", "", `{"events":[],"is_start_event_id_found":true}`, flex.ID("0"),
		},
		{
			"check", func(ctx context.Context, user *chat.User) (any, error) {
				return user.Sync.CheckTopic(ctx, "token-rahasia-rina/c")
			},
			"POST", "realtime", `{"topic":"token-rahasia-rina/c"}`, `{"results":{"status":true},"status":200}`, true,
		},
		{
			"report", func(ctx context.Context, user *chat.User) (any, error) {
				return nil, user.Sync.ReportEvent(ctx, chat.ReportEventParams{ModuleName: "REALTIME", Event: "DISCONNECTED", Message: "after 42 s"})
			},
			"POST", "event_report", `{"module_name":"REALTIME","event":"DISCONNECTED","message":"after 42 s"}`, ``, nil,
		},
	})
}

// Where to go on from never goes back, and skips no message that may be there.
func TestWhereASyncGoesOn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		want   flex.ID
	}{
		"as the service says":            {`{"results":{"meta":{"last_received_comment_id":9},"comments":[]}}`, "9"},
		"nothing new":                    {`{"results":{"meta":{"last_received_comment_id":5},"comments":[]}}`, "5"},
		"the service goes back":          {`{"results":{"meta":{"last_received_comment_id":3},"comments":[]}}`, "5"},
		"the service does not say":       {`{"results":{"meta":{},"comments":[` + posted(8) + `]}}`, "8"},
		"the service runs ahead":         {`{"results":{"meta":{"last_received_comment_id":99},"comments":[` + posted(8) + `]}}`, "8"},
		"messages of before":             {`{"results":{"meta":{"last_received_comment_id":5},"comments":[` + posted(2) + `]}}`, "5"},
		"the service says what is no id": {`{"results":{"meta":{"last_received_comment_id":"x"},"comments":[]}}`, "5"},
	} {
		missed, err := newRecorder(t, answerJSON(200, test.answer)).user(t).Sync.Messages(t.Context(), "5", 0)
		require.NoError(t, err, name)
		assert.Equal(t, test.want, missed.LastID, name)
	}
}

// Events are in order, and what they tell is in one place, wherever the service put it.
func TestEventsAreInOrder(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, `{"is_start_event_id_found":false,"events":[
		{"id":12,"timestamp":1770693247000000000,"action_topic":"delete_message","payload":{"deleted_messages":[{"room_id":"1","message_unique_ids":["go-7"]}],"is_hard_delete":true}},
		{"id":11,"timestamp":"1770693246000000000","action_topic":"clear_room","payload":{"deleted_rooms":[`+gudangRoom+`]}},
		{"id":10,"action_topic":"read","payload":{"actor":{"id":1,"email":"dewi","name":"Dewi"},"data":{"comment_id":7,"comment_unique_id":"go-7","email":"dewi","room_id":60418822}}},
		{"id":13,"action_topic":"delete_message","payload":{"actor":{"email":"dewi"},"data":{"deleted_messages":[{"room_id":"1","message_unique_ids":["go-8"]}],"is_hard_delete":false}}}]}`))
	missed, err := service.user(t).Sync.Events(t.Context(), "9")
	require.NoError(t, err)
	assert.Equal(t, flex.ID("13"), missed.LastID)
	assert.False(t, missed.IsStartFound)
	var ids []flex.ID
	for _, event := range missed.Events {
		ids = append(ids, event.ID)
		assert.Empty(t, event.Payload.DeletedMessages)
		assert.Empty(t, event.Payload.DeletedRooms)
	}
	require.Equal(t, []flex.ID{"10", "11", "12", "13"}, ids)
	assert.Equal(t, chat.NotificationRead, missed.Events[0].ActionTopic)
	assert.Equal(t, flex.ID("7"), missed.Events[0].Payload.Data.CommentID)
	assert.Equal(t, chat.NotificationClearedRooms, missed.Events[1].ActionTopic)
	assert.Equal(t, "9a4e0c7d", missed.Events[1].Payload.Data.DeletedRooms[0].UniqueID)
	assert.Equal(t, chat.NotificationDeletedMessages, missed.Events[2].ActionTopic)
	assert.Equal(t, []chat.DeletedMessages{{RoomID: "1", MessageUniqueIDs: []string{"go-7"}}}, missed.Events[2].Payload.Data.DeletedMessages)
	assert.True(t, missed.Events[2].Payload.Data.IsHardDelete)
	assert.False(t, missed.Events[3].Payload.Data.IsHardDelete)

	missed, err = newRecorder(t, answerJSON(200, `{"events":[]}`)).user(t).Sync.Events(t.Context(), "9")
	require.NoError(t, err)
	assert.Equal(t, flex.ID("9"), missed.LastID)
}

func TestSyncFails(t *testing.T) {
	t.Parallel()
	testUnusableAnswers(t, `{"results":{},"status":200}`, []unusable{
		{"the answer has no list of messages", func(ctx context.Context, user *chat.User) error { return second(user.Sync.Messages(ctx, "5", 0)) }},
		{"the answer has no list of events", func(ctx context.Context, user *chat.User) error { return second(user.Sync.Events(ctx, "5")) }},
		{"", func(ctx context.Context, user *chat.User) error { return second(user.Sync.CheckTopic(ctx, "t/c")) }},
		{"", func(ctx context.Context, user *chat.User) error {
			return user.Sync.ReportEvent(ctx, chat.ReportEventParams{})
		}},
	})
	testUnusableAnswers(t, `{"results":{"comments":[{"id":"tujuh","email":"a","message":"b","room_id":1,"timestamp":null,"type":"text","unique_temp_id":"c"}]}}`, []unusable{
		{"the answer has no number of a message", func(ctx context.Context, user *chat.User) error {
			return second(user.Sync.Messages(ctx, "5", 0))
		}},
	})
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkSync: the page or the limit is negative": func(ctx context.Context, user *chat.User) error {
			return second(user.Sync.Messages(ctx, "5", -1))
		},
		"sdkCheckRealtime: the topic is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Sync.CheckTopic(ctx, ""))
		},
	})
}
