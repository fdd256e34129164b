package chat_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestServerMessages(t *testing.T) {
	for _, call := range []serverCall{
		{
			name: "post", method: "POST", path: "post_comment",
			body: `{"room_id":"promo-maret","user_id":"rina","type":"buttons","payload":{"text":"x","buttons":[
				{"label":"1","type":"postback","payload":{"url":""}},{"label":"2","type":"postback","payload":{"url":""}},
				{"label":"3","type":"postback","payload":{"url":""}},{"label":"4","type":"postback","payload":{"url":""}}]}}`,
			call: func(server *chat.Server) error {
				var buttons []chat.Button
				for number := range 4 {
					buttons = append(buttons, chat.Button{Label: fmt.Sprint(number + 1), Type: chat.ButtonPostback})
				}
				posted, err := server.Messages.Post(t.Context(), chat.ServerPostMessageParams{
					RoomID: "promo-maret", UserID: "rina", Type: chat.MessageButtons,
					Payload: jsonOf(t, chat.ButtonsPayload{Text: "x", Buttons: buttons}),
				})
				require.NoError(t, err)
				assert.Positive(t, posted.ID)
				return nil
			},
		},
		{
			name: "list", method: "GET", path: "load_comments",
			query: url.Values{"room_id": {"48210977"}, "page": {"2"}, "limit": {"50"}},
			call: func(server *chat.Server) error {
				page, err := server.Messages.List(t.Context(), chat.ServerListMessagesParams{RoomID: "48210977", Page: 2, Limit: 50})
				require.NoError(t, err)
				require.Len(t, page.Items, 2)
				assert.Greater(t, page.Items[0].ID, page.Items[1].ID, "the newest first")
				return nil
			},
		},
		{
			name: "range", method: "GET", path: "load_comments_with_range",
			query: url.Values{"room_id": {"48210977"}, "first_comment_id": {"90113402"}, "last_comment_id": {"90113407"}},
			call: func(server *chat.Server) error {
				messages, err := server.Messages.Range(t.Context(), chat.MessageRangeParams{
					RoomID: "48210977", FirstCommentID: "90113402", LastCommentID: "90113407",
				})
				require.NoError(t, err)
				assert.NotEmpty(t, messages[0].UniqueID)
				return nil
			},
		},
	} {
		t.Run(call.name, call.test)
	}
}

func TestServerMessagesRefuse(t *testing.T) {
	t.Parallel()
	post := func(params chat.ServerPostMessageParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Messages.Post(t.Context(), params)
			return err
		}
	}
	sendTo := func(params chat.ServerSendParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Messages.Send(t.Context(), params)
			return err
		}
	}
	list := func(params chat.ServerListMessagesParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Messages.List(t.Context(), params)
			return err
		}
	}
	between := func(params chat.MessageRangeParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Messages.Range(t.Context(), params)
			return err
		}
	}
	halo := chat.NewText("halo")
	refused(t, map[string]func(server *chat.Server) error{
		"restPostComment: the room id is empty":                                 sendTo(chat.ServerSendParams{UserID: "a", Message: halo}),
		"restPostComment: the user id is empty":                                 sendTo(chat.ServerSendParams{RoomID: "1", Message: halo}),
		"restPostComment: the text is empty":                                    post(chat.ServerPostMessageParams{RoomID: "1", UserID: "a"}),
		"restPostComment: a system event is not sent as a message":              post(chat.ServerPostMessageParams{RoomID: "1", UserID: "a", Type: chat.MessageSystemEvent}),
		"restPostComment: the message has 4001 characters, 4000 are allowed":    post(chat.ServerPostMessageParams{RoomID: "1", UserID: "a", Message: strings.Repeat("a", 4001)}),
		"restLoadComments: the room id is empty":                                list(chat.ServerListMessagesParams{}),
		"restLoadComments: the page or the limit is negative":                   list(chat.ServerListMessagesParams{RoomID: "1", Limit: -1}),
		"restLoadCommentsWithRange: the room id is empty":                       between(chat.MessageRangeParams{}),
		"restLoadCommentsWithRange: the number of a message is missing or none": between(chat.MessageRangeParams{RoomID: "1", FirstCommentID: "4"}),
		"restLoadCommentsWithRange: the first message comes after the last":     between(chat.MessageRangeParams{RoomID: "1", FirstCommentID: "4", LastCommentID: "3"}),
	})
}

func TestServerMessagesMiss(t *testing.T) {
	t.Parallel()
	incomplete(t, map[string][]func(server *chat.Server) error{
		"message": {
			func(s *chat.Server) error { return send(t, s, chat.NewText("halo")) },
			func(s *chat.Server) error {
				_, err := s.Messages.SendSystemEvent(t.Context(), "1", chat.NewSystemEventJoinRoom("a"))
				return err
			},
		},
		"list of messages": {
			func(s *chat.Server) error {
				_, err := s.Messages.List(t.Context(), chat.ServerListMessagesParams{RoomID: "1"})
				return err
			},
			func(s *chat.Server) error {
				_, err := s.Messages.Range(t.Context(), chat.MessageRangeParams{RoomID: "1", FirstCommentID: "1", LastCommentID: "2"})
				return err
			},
		},
	})
}

func TestServerMessagesAreSentOnce(t *testing.T) {
	t.Parallel()
	neverRepeated(t, func(server *chat.Server) error { return send(t, server, chat.NewText("halo")) })
	neverRepeated(t, func(server *chat.Server) error {
		_, err := server.Messages.SendSystemEvent(t.Context(), "1", chat.NewSystemEventCustom("halo", nil))
		return err
	})
}

// comments writes messages with numbers from one to another, in that order.
func comments(numbers ...int) string {
	rows := make([]string, len(numbers))
	for i, number := range numbers {
		rows[i] = fmt.Sprintf(`{"id":%d,"type":"text","message":"m","timestamp":"2026-03-11T03:20:45Z","user":{"user_id":"a","username":"A"}}`, number)
	}
	return `{"comments":[` + strings.Join(rows, ",") + `]}`
}

func walk(t *testing.T, service *recorder) (found []flex.ID, err error) {
	t.Helper()
	for message, err := range service.server(t).Messages.All(t.Context(), chat.ServerListMessagesParams{RoomID: "1"}) {
		if err != nil {
			return found, err
		}
		found = append(found, message.ID)
	}
	return found, nil
}

// Messages come from the newest to the oldest, each once, whatever the order of a page
// and although new messages push older ones onto the next page.
func TestServerMessagesPageByPage(t *testing.T) {
	t.Parallel()
	service := pages(t, comments(), comments(9, 8, 7), comments(6, 7, 8), comments(5, 4), comments(4, 3))
	found, err := walk(t, service)
	require.NoError(t, err)
	assert.Equal(t, []flex.ID{"9", "8", "7", "6", "5", "4", "3"}, found)
	assert.Len(t, service.seen(), 5, "until there is an empty page")
}

// Answers of older services have no numbers; then nothing can be left out.
func TestServerMessagesWithoutNumbers(t *testing.T) {
	t.Parallel()
	row := `{"type":"text","message":%q,"timestamp":"2018-03-12T08:11:31Z","user":{"user_id":"a","username":"A"}}`
	service := pages(t, comments(), `{"comments":[`+fmt.Sprintf(row, "dua")+`,`+fmt.Sprintf(row, "satu")+`]}`)
	var found []string
	for message, err := range service.server(t).Messages.All(t.Context(), chat.ServerListMessagesParams{RoomID: "1"}) {
		require.NoError(t, err)
		found = append(found, message.Message)
	}
	assert.Equal(t, []string{"dua", "satu"}, found)
}

// A walk holds one page, and asks for the next one when it is needed.
func TestServerMessagesOfALargeRoom(t *testing.T) {
	t.Parallel()
	const size, last = 20, 1500 // more pages than a list whose length is not told may have
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		page := 1
		_, _ = fmt.Sscan(request.URL.Query().Get("page"), &page)
		var numbers []int
		for i := range size {
			if page <= last {
				numbers = append(numbers, (last-page+1)*size-i)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"results":`+comments(numbers...)+`,"status":200}`)
	})
	next := int64(size * last)
	for message, err := range service.server(t).Messages.All(t.Context(), chat.ServerListMessagesParams{RoomID: "1"}) {
		require.NoError(t, err)
		require.Equal(t, flex.ID(strconv.FormatInt(next, 10)), message.ID)
		next--
		if next == size*(last-1) {
			assert.Len(t, service.seen(), 1)
		}
	}
	assert.Zero(t, next)
}

// A service that does not heed the page asked for comes to an end: at once in a room
// where nobody writes, and in another by an error.
func TestServerMessagesWithoutPages(t *testing.T) {
	t.Parallel()
	quiet := newRecorder(t, answerJSON(http.StatusOK, `{"results":`+comments(2, 1)+`,"status":200}`))
	found, err := walk(t, quiet)
	require.NoError(t, err)
	assert.Equal(t, []flex.ID{"2", "1"}, found)

	newest := 1000
	busy := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		numbers := make([]int, 1000)
		for i := range numbers {
			numbers[i] = newest - i
		}
		newest += 1000
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"results":`+comments(numbers...)+`,"status":200}`)
	})
	found, err = walk(t, busy)
	require.EqualError(t, err, "chat: restLoadComments: the pages lead to no older messages")
	assert.Len(t, found, 1000)
}

// Where the pages begin with the oldest messages, a walk says that it left nearly all out.
func TestServerMessagesFromTheWrongEnd(t *testing.T) {
	t.Parallel()
	service := pages(t, comments(), comments(1, 2), comments(3, 4), comments(5))
	found, err := walk(t, service)
	require.EqualError(t, err, "chat: restLoadComments: the pages lead to no older messages")
	assert.Equal(t, []flex.ID{"2", "1"}, found)
}

// A walk that its caller ends asks for nothing more.
func TestServerMessagesUntilTheCallerEnds(t *testing.T) {
	t.Parallel()
	service := pages(t, comments(), comments(9, 8), comments(7, 6))
	for message, err := range service.server(t).Messages.All(t.Context(), chat.ServerListMessagesParams{RoomID: "1"}) {
		require.NoError(t, err)
		if message.ID == "8" {
			break
		}
	}
	assert.Len(t, service.seen(), 1)
}

func TestSystemEvents(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		event chat.SystemEvent
		body  string
	}{
		{
			chat.NewSystemEventCreateRoom("rina", "Gudang"),
			`{"system_event_type":"create_room","room_id":"1","subject_user_id":"rina","updated_room_name":"Gudang"}`,
		},
		{
			chat.NewSystemEventChangeRoomName("rina", "Gudang Solo"),
			`{"system_event_type":"change_room_name","room_id":"1","subject_user_id":"rina","updated_room_name":"Gudang Solo"}`,
		},
		{
			chat.NewSystemEventChangeRoomAvatar("rina"),
			`{"system_event_type":"change_room_avatar","room_id":"1","subject_user_id":"rina"}`,
		},
		{
			chat.NewSystemEventAddMember("rina", "budi-07", "gudang-01"),
			`{"system_event_type":"add_member","room_id":"1","subject_user_id":"rina","object_user_id":["budi-07","gudang-01"]}`,
		},
		{
			chat.NewSystemEventRemoveMember("rina", "budi-07"),
			`{"system_event_type":"remove_member","room_id":"1","subject_user_id":"rina","object_user_id":["budi-07"]}`,
		},
		{chat.NewSystemEventJoinRoom("rina"), `{"system_event_type":"join_room","room_id":"1","subject_user_id":"rina"}`},
		{chat.NewSystemEventLeftRoom("rina"), `{"system_event_type":"left_room","room_id":"1","subject_user_id":"rina"}`},
		{
			chat.NewSystemEventCustom("Pesanan lunas", map[string]string{"nomor": "118"}).WithUser("rina").
				WithExtras(map[string]string{"sumber": "kasir"}),
			`{"system_event_type":"custom","room_id":"1","subject_user_id":"rina","message":"Pesanan lunas","payload":{"nomor":"118"},
				"extras":{"sumber":"kasir"}}`,
		},
		{chat.NewSystemEventCustom("Toko tutup", nil), `{"system_event_type":"custom","room_id":"1","message":"Toko tutup"}`},
	} {
		serverCall{
			method: "POST", path: "post_system_event_message", body: test.body,
			call: func(server *chat.Server) error {
				posted, err := server.Messages.SendSystemEvent(t.Context(), "1", test.event)
				require.NoError(t, err)
				assert.Equal(t, chat.MessageSystemEvent, posted.Type)
				return nil
			},
		}.test(t)
	}
}

func TestSystemEventsRefuse(t *testing.T) {
	t.Parallel()
	tell := func(event chat.SystemEvent) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Messages.SendSystemEvent(t.Context(), "1", event)
			return err
		}
	}
	refused(t, map[string]func(server *chat.Server) error{
		"restPostSystemEventMessage: the event is empty: make one with NewSystemEventCustom or another function": tell(chat.SystemEvent{}),
		"restPostSystemEventMessage: create_room: the room's name is empty":                                      tell(chat.NewSystemEventCreateRoom("a", "")),
		"restPostSystemEventMessage: change_room_name: the user id is empty":                                     tell(chat.NewSystemEventChangeRoomName("", "x")),
		"restPostSystemEventMessage: join_room: the user id is empty":                                            tell(chat.NewSystemEventJoinRoom("")),
		"restPostSystemEventMessage: add_member: there is no member's id, or one is empty":                       tell(chat.NewSystemEventAddMember("a")),
		"restPostSystemEventMessage: remove_member: there is no member's id, or one is empty":                    tell(chat.NewSystemEventRemoveMember("a", "")),
		"restPostSystemEventMessage: custom: the message is empty":                                               tell(chat.NewSystemEventCustom("", nil)),
		"restPostSystemEventMessage: custom: the payload: it is no object":                                       tell(chat.NewSystemEventCustom("x", []int{1})),
		"restPostSystemEventMessage: custom: the message has 4001 characters, 4000 are allowed":                  tell(chat.NewSystemEventCustom(strings.Repeat("é", 4001), nil)),
		"restPostSystemEventMessage: custom: the user id is empty":                                               tell(chat.NewSystemEventCustom("x", nil).WithUser("")),
		"restPostSystemEventMessage: custom: the extras: they are missing":                                       tell(chat.NewSystemEventCustom("x", nil).WithExtras(nil)),
		"restPostSystemEventMessage: the room id is empty": func(server *chat.Server) error {
			_, err := server.Messages.SendSystemEvent(t.Context(), "", chat.NewSystemEventJoinRoom("a"))
			return err
		},
	})
}
