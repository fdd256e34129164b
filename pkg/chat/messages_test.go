package chat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// posted is a message of a room as the service answers with it.
func posted(id int64) string {
	return fmt.Sprintf(`{"id":%d,"comment_before_id":%d,"email":"rina","message":"pesan %d","room_id":60418822,`+
		`"timestamp":"2026-02-10T03:14:07Z","type":"text","unique_temp_id":"go-%d"}`, id, id-1, id, id)
}

// listOf is an answer with messages.
func listOf(ids ...int64) string {
	var rows []string
	for _, id := range ids {
		rows = append(rows, posted(id))
	}
	return `{"results":{"comments":[` + strings.Join(rows, ",") + `]},"status":200}`
}

func idsOf(messages []chat.PostedMessage) []flex.ID {
	var ids []flex.ID
	for _, message := range messages {
		ids = append(ids, message.ID)
	}
	return ids
}

func TestMessagesCalls(t *testing.T) {
	t.Parallel()
	extras := jsonOf(t, map[string]string{"sumber": "katalog"})
	content := jsonOf(t, map[string]int{"liter": 1})
	idOf := func(message *chat.PostedMessage, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		return message.ID, nil
	}
	listed := func(messages []chat.PostedMessage, err error) (any, error) { return idsOf(messages), err }
	one := `{"results":{"comment":` + posted(7) + `},"status":200}`
	yes := true
	testUserCalls(t, []userCall{
		{
			"send", func(ctx context.Context, user *chat.User) (any, error) {
				return idOf(user.Messages.Send(ctx, "60418822", chat.NewText("halo").WithUniqueID("go-7").WithExtras(extras)))
			},
			"POST", "post_comment", `{"topic_id":"60418822","type":"text","comment":"halo","unique_temp_id":"go-7","extras":{"sumber":"katalog"}}`,
			one, flex.ID("7"),
		},
		{
			"post", func(ctx context.Context, user *chat.User) (any, error) {
				return idOf(user.Messages.Post(ctx, chat.PostMessageParams{TopicID: "60418822", Type: "pesanan", UniqueTempID: "go-7", Payload: content}))
			},
			"POST", "post_comment", `{"topic_id":"60418822","type":"pesanan","comment":"","unique_temp_id":"go-7","payload":{"liter":1}}`,
			one, flex.ID("7"),
		},
		{
			"edit", func(ctx context.Context, user *chat.User) (any, error) {
				return idOf(user.Messages.Edit(ctx, "go-7", chat.NewText("halo, kak").WithUniqueID("go-7")))
			},
			"POST", "update_message", `{"unique_id":"go-7","comment":"halo, kak","token":"token-rahasia-rina"}`, one, flex.ID("7"),
		},
		{
			"newest", func(ctx context.Context, user *chat.User) (any, error) {
				page, err := user.Messages.List(ctx, chat.ListMessagesParams{RoomID: "60418822", Limit: 3})
				assert.Equal(t, flex.ID("7"), page.Next)
				return idsOf(page.Items), err
			},
			"GET", "load_comments?topic_id=60418822&after=false&limit=3", "", listOf(8, 7, 9), []flex.ID{"9", "8", "7"},
		},
		{
			"read", func(ctx context.Context, user *chat.User) (any, error) {
				position, err := user.Messages.MarkRead(ctx, "60418822", "7")
				return position.LastCommentReadID, err
			},
			"POST", "update_comment_status", `{"room_id":"60418822","last_comment_read_id":"7"}`,
			`{"results":{"changed":true,"last_comment_read_id":7}}`, flex.ID("7"),
		},
		{
			"delivered", func(ctx context.Context, user *chat.User) (any, error) {
				position, err := user.Messages.MarkDelivered(ctx, "60418822", "7")
				return position.Changed, err
			},
			"POST", "update_comment_status", `{"room_id":"60418822","last_comment_received_id":"7"}`,
			`{"results":{"changed":true,"last_comment_received_id":7}}`, true,
		},
		{
			"delete", func(ctx context.Context, user *chat.User) (any, error) {
				return listed(user.Messages.Delete(ctx, []string{"go-7", "go-8"}))
			},
			"DELETE", "delete_messages?unique_ids%5B%5D=go-7&unique_ids%5B%5D=go-8&is_delete_for_everyone=true&is_hard_delete=true", "",
			listOf(7, 8), []flex.ID{"7", "8"},
		},
		{
			"clear", func(ctx context.Context, user *chat.User) (any, error) {
				rooms, err := user.Messages.ClearRooms(ctx, []string{"9a4e0c7d"})
				return rooms[0].ID, err
			},
			"DELETE", "clear_room_messages?room_channel_ids%5B%5D=9a4e0c7d", "", `{"results":{"rooms":[` + gudangRoom + `]}}`, flex.ID("60418822"),
		},
		{
			"receipts", func(ctx context.Context, user *chat.User) (any, error) {
				receipts, err := user.Messages.Receipts(ctx, "7")
				return receipts.ReadBy[0].User.Email, err
			},
			"GET", "comment_receipt?comment_id=7", "",
			`{"results":{"comment":` + posted(7) + `,"delivered_to":[],"pending":[],"read_by":[{"user":{"email":"dewi","username":"Dewi"}}]}}`, "dewi",
		},
		{
			"search", func(ctx context.Context, user *chat.User) (any, error) {
				page, err := user.Messages.Search(ctx, chat.SearchParams{
					Query: "kemeja", SenderID: "rina", Types: []chat.MessageType{chat.MessageText, chat.MessageReply},
					RoomIDs: []flex.ID{"60418822"}, RoomType: chat.KindGroup, IsPublic: &yes, Page: 2, Limit: 20,
				})
				return *page.Total, err
			},
			"POST", "search", `{"query":"kemeja","sender":"rina","type":["text","reply"],"room_ids":["60418822"],"room_type":"group","is_public":true,"page":2,"limit":20}`,
			`{"results":{"comments":[` + posted(7) + `],"limit":20,"page":2,"total":"21"}}`, int64(21),
		},
		{
			"search, the older way", func(ctx context.Context, user *chat.User) (any, error) {
				return listed(user.Messages.SearchV1(ctx, chat.SearchV1Params{Query: "kemeja", RoomID: "60418822", LastCommentID: "9"}))
			},
			"POST", "search_messages", `{"query":"kemeja","room_id":"60418822","last_comment_id":"9"}`, listOf(7), []flex.ID{"7"},
		},
	})
}

// Every message that can be made is sent as the document has it.
func TestUsersSendEveryMessage(t *testing.T) {
	t.Parallel()
	for name, test := range builtMessages(t) {
		service := newRecorder(t, answerJSON(200, `{"results":{"comment":`+posted(7)+`}}`))
		_, err := service.user(t).Messages.Send(t.Context(), "60418822", test.message)
		require.NoError(t, err, name)
		request := service.seen()[0]
		checkRequest(t, request)
		var sent struct {
			Comment string          `json:"comment"`
			Payload json.RawMessage `json:"payload"`
		}
		require.NoError(t, json.Unmarshal([]byte(request.Body), &sent), name)
		assert.Equal(t, test.text, sent.Comment, name)
		if test.payload == "" {
			assert.Empty(t, sent.Payload, name)
		} else {
			assert.JSONEq(t, test.payload, string(sent.Payload), name)
		}
	}
}

// A message without an id gets one, and each its own.
func TestMessagesGetAnID(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, `{"results":{"comment":`+posted(7)+`}}`))
	user := service.user(t)
	message := chat.NewText("halo")
	for range 3 {
		_, err := user.Messages.Send(t.Context(), "60418822", message)
		require.NoError(t, err)
	}
	ids := map[string]bool{}
	for _, request := range service.seen() {
		var sent map[string]string
		require.NoError(t, json.Unmarshal([]byte(request.Body), &sent))
		assert.Regexp(t, `^go-[A-Z0-9]{26}$`, sent["unique_temp_id"])
		ids[sent["unique_temp_id"]] = true
	}
	assert.Len(t, ids, 3)
}

// A message whose answer is lost is not sent again, and the error says so.
func TestMessagesAreNeverSentTwice(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if assert.NoError(t, err) {
			assert.NoError(t, connection.Close())
		}
	})
	user := service.user(t, chat.WithRetries(chat.Backoff{Attempts: 5}))
	_, err := user.Messages.Send(t.Context(), "60418822", chat.NewText("halo"))
	var failure *chat.Error
	require.ErrorAs(t, err, &failure)
	assert.True(t, failure.Uncertain())
	assert.Len(t, service.seen(), 1)
}

// The body of a change holds the token that its headers have, also after another one
// had to be got, and the change is repeated where it failed in passing.
func TestAnEditHasTheTokenOfItsHeaders(t *testing.T) {
	t.Parallel()
	service := &loginService{}
	var sent []string
	edits := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path != "/api/v2/sdk/update_message" {
			service.ServeHTTP(w, request)
			return
		}
		sent = append(sent, request.Header.Get("QISCUS-SDK-TOKEN"))
		switch len(sent) {
		case 1:
			answerJSON(403, saysExpired)(w, request)
		case 2:
			answerJSON(503, ``)(w, request)
		default:
			answerJSON(200, `{"results":{"comment":`+posted(7)+`}}`)(w, request)
		}
	})
	user := edits.userAs(t, rina(), chat.WithRetries(chat.Backoff{First: 1}), chat.WithHooks(chat.Hooks{
		Attempt: nil, Operation: func(ctx context.Context, _ chat.OperationStart) (context.Context, func(chat.OperationEnd)) {
			return ctx, nil
		},
	}))
	_, err := user.Messages.Edit(t.Context(), "go-7", chat.NewText("halo, kak"))
	require.NoError(t, err)
	assert.Equal(t, []string{"token-rahasia-1", "token-rahasia-2", "token-rahasia-2"}, sent)
	for i, request := range edits.seen() {
		if request.URI == "/api/v2/sdk/update_message" {
			assert.Contains(t, request.Body, `"token":"`+request.Header.Get("QISCUS-SDK-TOKEN")+`"`, i)
		}
	}
}

// A failure that quotes the token of the body, or what the message says, is masked.
func TestAnEditTellsNothing(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(400, `{"error":{"message":"invalid token-rahasia-rina: rempeyek bayam Bu Dewi","detailed_messages":["unique_id go-7 not found"]}}`))
	_, err := service.user(t).Messages.Edit(t.Context(), "go-7", chat.NewText("rempeyek bayam Bu Dewi"))
	require.ErrorIs(t, err, chat.ErrBadRequest)
	for _, secret := range []string{"token-rahasia-rina", "rempeyek", "Dewi", "go-7"} {
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), secret)
	}
	assert.ErrorContains(t, err, "unique_id *** not found")
}

func TestUnusableMessages(t *testing.T) {
	t.Parallel()
	list := chat.ListMessagesParams{RoomID: "60418822"}
	testUnusableAnswers(t, `{"results":{},"status":200}`, []unusable{
		{"the answer has no message id", func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.Send(ctx, "1", chat.NewText("halo")))
		}},
		{"the answer has no message id", func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.Edit(ctx, "go-7", chat.NewText("halo")))
		}},
		{"the answer has no list of messages", func(ctx context.Context, user *chat.User) error { return second(user.Messages.List(ctx, list)) }},
		{"the answer has no list of messages", func(ctx context.Context, user *chat.User) error {
			return firstError(user.Messages.After(ctx, "1", "2", 0))
		}},
		{"", func(ctx context.Context, user *chat.User) error { return second(user.Messages.MarkRead(ctx, "1", "2")) }},
		{"the answer has no list of messages", func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.Delete(ctx, []string{"go-7"}))
		}},
		{"", func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.ClearRooms(ctx, []string{"u"}))
		}},
		{"the answer has no message id", func(ctx context.Context, user *chat.User) error { return second(user.Messages.Receipts(ctx, "7")) }},
		{"the answer has no list of messages", func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.Search(ctx, chat.SearchParams{Query: "x"}))
		}},
		{"the answer has no list of messages", func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.SearchV1(ctx, chat.SearchV1Params{Query: "x"}))
		}},
	})
	testUnusableAnswers(t, `{"results":{"comments":[{"id":"tujuh","email":"a","message":"b","room_id":1,"timestamp":null,"type":"text","unique_temp_id":"c"}]}}`, []unusable{
		{"the answer has no number of a message", func(ctx context.Context, user *chat.User) error { return second(user.Messages.List(ctx, list)) }},
	})
}

func TestUsersMessagesRefuse(t *testing.T) {
	t.Parallel()
	list := func(params chat.ListMessagesParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Messages.List(ctx, params)) }
	}
	send := func(roomID flex.ID, message chat.Message) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.Send(ctx, roomID, message))
		}
	}
	post := func(params chat.PostMessageParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Messages.Post(ctx, params)) }
	}
	edit := func(id string, message chat.Message) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Messages.Edit(ctx, id, message)) }
	}
	search := func(params chat.SearchParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Messages.Search(ctx, params)) }
	}
	halo := chat.NewText("halo")
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkPostComment: the room id is empty":                                            send("0", halo),
		"sdkPostComment: the message is empty: make one with NewText or another function": send("1", chat.Message{}),
		"sdkPostComment: text: the text is empty":                                         send("1", chat.NewText("")),
		"sdkPostComment: the text is empty":                                               post(chat.PostMessageParams{TopicID: "1"}),
		"sdkPostComment: a system event is not sent as a message":                         post(chat.PostMessageParams{TopicID: "1", Type: chat.MessageSystemEvent, Comment: "x"}),
		"sdkUpdateMessage: the unique id is empty":                                        edit("", halo),
		"sdkUpdateMessage: text: the text is empty":                                       edit("go-7", chat.NewText("")),
		"sdkUpdateMessage: the message has another unique id":                             edit("go-7", halo.WithUniqueID("go-8")),
		"sdkLoadComments: the room id is empty":                                           list(chat.ListMessagesParams{}),
		"sdkLoadComments: the page or the limit is negative":                              list(chat.ListMessagesParams{RoomID: "1", Limit: -1}),
		"sdkLoadComments: the message id is no number":                                    list(chat.ListMessagesParams{RoomID: "1", Before: "go-1"}),
		"sdkLoadComments: the message id is empty": func(ctx context.Context, user *chat.User) error {
			return firstError(user.Messages.After(ctx, "1", "", 0))
		},
		"sdkUpdateCommentStatus: the room id is empty": func(ctx context.Context, user *chat.User) error { return second(user.Messages.MarkRead(ctx, "", "2")) },
		"sdkUpdateCommentStatus: the message id is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.MarkDelivered(ctx, "1", "0"))
		},
		"sdkDeleteMessages: there is no unique id, or one is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.Delete(ctx, nil))
		},
		"sdkClearRoomMessages: there is no unique id, or one is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.ClearRooms(ctx, []string{""}))
		},
		"sdkGetCommentReceipt: the message id is empty": func(ctx context.Context, user *chat.User) error { return second(user.Messages.Receipts(ctx, "")) },
		"sdkSearch: the query is empty":                 search(chat.SearchParams{}),
		"sdkSearch: a room id is empty":                 search(chat.SearchParams{Query: "x", RoomIDs: []flex.ID{"0"}}),
		"sdkSearch: the page or the limit is negative":  search(chat.SearchParams{Query: "x", Page: -1}),
		"sdkSearchMessages: the query is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.SearchV1(ctx, chat.SearchV1Params{}))
		},
		"sdkSearchMessages: the page or the limit is negative": func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.SearchV1(ctx, chat.SearchV1Params{Query: "x", Page: -1}))
		},
	})
}
