package chat_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

// Only numbers of pages and rows are unset by zero. An id that is 0 is sent like any
// other: without it the service would be asked for something else.
func TestZerosInQueries(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(http.StatusOK,
		`{"results":{"user":{"user_id":"0"},"comments":[],"rooms":[],"users":[],"user_unread_count":[]},"status":200}`))
	server, user := service.server(t), service.user(t)
	for want, call := range map[string]func() error{
		"user_id=0": func() error { return second(server.Users.Get(t.Context(), "0")) },
		"user_ids[]=0&user_ids[]=rina": func() error {
			return second(server.Users.CountUnread(t.Context(), chat.CountUnreadOfUsersParams{UserIDs: []string{"0", "rina"}}))
		},
		"room_channel_ids[]=0": func() error { return second(user.Messages.ClearRooms(t.Context(), []string{"0"})) },
		"unique_ids[]=0&unique_ids[]=go-1&is_delete_for_everyone=true&is_hard_delete=true": func() error {
			return second(user.Messages.Delete(t.Context(), []string{"0", "go-1"}))
		},
		"query=0": func() error { return second(user.Users.List(t.Context(), chat.ListUsersParams{Query: "0"})) },
		"topic_id=17&after=false": func() error {
			return second(user.Messages.List(t.Context(), chat.ListMessagesParams{RoomID: "17", Before: "0"}))
		},
	} {
		require.NoError(t, call(), want)
		seen := service.seen()
		asked, err := url.Parse(seen[len(seen)-1].URI)
		require.NoError(t, err)
		query, err := url.QueryUnescape(asked.RawQuery)
		require.NoError(t, err)
		assert.Equal(t, want, query)
	}
}
