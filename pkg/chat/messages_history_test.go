package chat_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// roomOf is a service with a room of messages, by their ids, that gives some at a time.
func roomOf(t *testing.T, atATime int64, ids ...int64) *recorder {
	t.Helper()
	return newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		query := request.URL.Query()
		last, err := flex.ID(query.Get("last_comment_id")).Int64()
		isFirst := err != nil
		var found []int64
		if query.Get("after") == "true" {
			for _, id := range ids {
				if id > last && int64(len(found)) < atATime {
					found = append([]int64{id}, found...) // the newest first
				}
			}
		} else {
			for i := len(ids) - 1; i >= 0 && int64(len(found)) < atATime; i-- {
				if isFirst || ids[i] < last {
					found = append(found, ids[i])
				}
			}
		}
		answerJSON(200, listOf(found...))(w, request)
	})
}

// A room is walked from the newest to the oldest, and from a message to the newest; the
// walk stops where the service says that there is nothing before.
func TestWalkingMessages(t *testing.T) {
	t.Parallel()
	idOf := func(message chat.PostedMessage) string { return message.ID.String() }
	service := roomOf(t, 3, 2, 3, 5, 8, 13, 21, 34)
	user := service.user(t)
	all := user.Messages.All(t.Context(), chat.ListMessagesParams{RoomID: "60418822"})
	assert.Equal(t, []string{"34", "21", "13", "8", "5", "3", "2"}, collected(t, all, idOf))
	assert.Len(t, service.seen(), 4, "an empty page is the end")

	older := user.Messages.All(t.Context(), chat.ListMessagesParams{RoomID: "60418822", Before: "8"})
	assert.Equal(t, []string{"5", "3", "2"}, collected(t, older, idOf))

	newer := user.Messages.After(t.Context(), "60418822", "3", 0)
	assert.Equal(t, []string{"5", "8", "13", "21", "34"}, collected(t, newer, idOf))
	assert.Empty(t, collected(t, user.Messages.After(t.Context(), "60418822", "34", 0), idOf))

	whole := roomOf(t, 3, 1, 2, 3, 4)
	all = whole.user(t).Messages.All(t.Context(), chat.ListMessagesParams{RoomID: "60418822"})
	assert.Equal(t, []string{"4", "3", "2", "1"}, collected(t, all, idOf))
	assert.Len(t, whole.seen(), 2, "nothing comes before the first message")
}

// What the service gives beside what was asked for is left out, so that nothing comes
// twice and every walk ends.
func TestWalkingMessagesOfAServiceThatGivesMore(t *testing.T) {
	t.Parallel()
	idOf := func(message chat.PostedMessage) string { return message.ID.String() }
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		answerJSON(200, map[string]string{
			"":  listOf(9, 8, 7),
			"7": listOf(8, 7, 6, 5), // the message itself, and a newer one
			"5": listOf(9, 8, 7, 6, 5),
		}[request.URL.Query().Get("last_comment_id")])(w, request)
	})
	all := service.user(t).Messages.All(t.Context(), chat.ListMessagesParams{RoomID: "60418822"})
	assert.Equal(t, []string{"9", "8", "7", "6", "5"}, collected(t, all, idOf))

	heedless := newRecorder(t, answerJSON(200, listOf(9, 8, 7)))
	after := heedless.user(t).Messages.After(t.Context(), "60418822", "7", 0)
	assert.Equal(t, []string{"8", "9"}, collected(t, after, idOf))
	assert.Len(t, heedless.seen(), 2)
}

func TestWalkingWhatWasFound(t *testing.T) {
	t.Parallel()
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, []string{
			`{"results":{"comments":[` + posted(9) + `,` + posted(8) + `],"total":"3"}}`,
			`{"results":{"comments":[` + posted(7) + `],"total":"3"}}`,
			`{"results":{"comments":[],"total":"3"}}`,
		}[turn-1])(w, request)
	})
	found := service.user(t).Messages.AllFound(t.Context(), chat.SearchParams{Query: "pesan"})
	assert.Equal(t, []string{"9", "8", "7"}, collected(t, found, func(message chat.PostedMessage) string { return message.ID.String() }))
	assert.JSONEq(t, `{"query":"pesan"}`, service.seen()[0].Body)
	assert.JSONEq(t, `{"query":"pesan","page":2}`, service.seen()[1].Body)
}
