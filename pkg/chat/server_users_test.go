package chat_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

var (
	windowFrom  = time.Date(2026, time.March, 1, 7, 0, 0, 0, time.FixedZone("WIB", 7*60*60))
	windowUntil = time.Date(2026, time.March, 31, 23, 59, 59, 0, time.UTC)
)

func TestServerUsers(t *testing.T) {
	extras, err := flex.NewJSON(map[string]string{"segmen": "grosir"})
	require.NoError(t, err)
	for _, call := range []serverCall{
		{
			name: "create or update", method: "POST", path: "login_or_register",
			body: `{"user_id":"budi-07","username":"Budi Santoso","password":"sandi-budi","avatar_url":"https://cdn.example.id/budi.png",
				"extras":{"segmen":"grosir"}}`,
			call: func(server *chat.Server) error {
				user, err := server.Users.CreateOrUpdate(t.Context(), chat.CreateOrUpdateUserParams{
					UserID: "budi-07", Username: "Budi Santoso", Password: "sandi-budi", AvatarURL: "https://cdn.example.id/budi.png",
					Extras: extras,
				})
				require.NoError(t, err)
				assert.NotEmpty(t, user.UserID)
				return nil
			},
		},
		{
			name: "get", method: "GET", path: "user_profile", query: url.Values{"user_id": {"budi+07@example.id"}},
			call: func(server *chat.Server) error {
				user, err := server.Users.Get(t.Context(), "budi+07@example.id")
				require.NoError(t, err)
				assert.NotEmpty(t, user.Username)
				return nil
			},
		},
		{
			name: "token", method: "GET", path: "get_user_token", query: url.Values{"user_id": {"budi-07"}},
			call: func(server *chat.Server) error {
				token, err := server.Users.Token(t.Context(), "budi-07")
				assert.NotEmpty(t, token.Reveal())
				assert.Equal(t, "***", token.String())
				return err
			},
		},
		{
			name: "reset token", method: "POST", path: "reset_user_token", body: `{"user_id":"budi-07"}`,
			call: func(server *chat.Server) error {
				token, err := server.Users.ResetToken(t.Context(), "budi-07")
				assert.NotEmpty(t, token.Reveal())
				return err
			},
		},
		{
			name: "list", method: "GET", path: "get_user_list",
			query: url.Values{"page": {"3"}, "limit": {"50"}, "show_all": {"true"}, "order_query": {"username asc"}},
			call: func(server *chat.Server) error {
				page, err := server.Users.List(t.Context(), chat.ServerListUsersParams{
					Page: 3, Limit: 50, ShowAll: true, OrderQuery: "username asc",
				})
				require.NoError(t, err)
				assert.NotEmpty(t, page.Items[0].Email)
				assert.NotNil(t, page.Total)
				return nil
			},
		},
		{
			name: "list unread", method: "GET", path: "get_unread_users",
			query: url.Values{
				"page": {"2"}, "limit": {"100"}, "start_time": {"2026-03-01 00:00:00"}, "end_time": {"2026-03-31 23:59:59"},
			},
			call: func(server *chat.Server) error {
				page, err := server.Users.ListUnread(t.Context(), chat.ListUnreadUsersParams{
					Page: 2, Limit: 100, From: windowFrom, Until: windowUntil,
				})
				require.NoError(t, err)
				assert.NotEmpty(t, page.Items[0])
				assert.Equal(t, flex.ID("3"), page.Next)
				return nil
			},
		},
		{
			name: "list unread by itself", method: "GET", path: "get_unread_users",
			call: func(server *chat.Server) error {
				_, err := server.Users.ListUnread(t.Context(), chat.ListUnreadUsersParams{})
				return err
			},
		},
		{
			name: "count unread", method: "GET", path: "get_user_unread_count",
			query: url.Values{"user_ids[]": {"budi-07", "rina@toko.example.id"}, "start_time": {"2026-03-01 00:00:00"}},
			call: func(server *chat.Server) error {
				counts, err := server.Users.CountUnread(t.Context(), chat.CountUnreadOfUsersParams{
					UserIDs: []string{"budi-07", "rina@toko.example.id"}, From: windowFrom,
				})
				assert.NotEmpty(t, counts)
				return err
			},
		},
		{
			name: "deactivate", method: "DELETE", path: "deactivate_users", body: `{"user_ids":["budi-07"]}`,
			call: func(server *chat.Server) error { return server.Users.Deactivate(t.Context(), []string{"budi-07"}) },
		},
		{
			name: "reactivate", method: "POST", path: "reactivate_users", body: `{"user_ids":["budi-07"]}`,
			call: func(server *chat.Server) error { return server.Users.Reactivate(t.Context(), []string{"budi-07"}) },
		},
		{
			name: "average reply time", method: "GET", path: "get_average_reply_time_user",
			query: url.Values{
				"user_id": {"budi-07"}, "start_time": {"2026-03-01 00:00:00"}, "end_time": {"2026-03-31 23:59:59"},
			},
			call: func(server *chat.Server) error {
				duration, err := server.Users.AverageReplyTime(t.Context(), chat.AverageReplyTimeParams{
					UserID: "budi-07", From: windowFrom, Until: windowUntil,
				})
				require.NoError(t, err)
				assert.Positive(t, duration.Longest)
				return nil
			},
		},
	} {
		t.Run(call.name, call.test)
	}
}

func TestServerUsersRefuse(t *testing.T) {
	t.Parallel()
	create := func(id, name string) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Users.CreateOrUpdate(t.Context(), chat.CreateOrUpdateUserParams{UserID: id, Username: name})
			return err
		}
	}
	unread := func(params chat.ListUnreadUsersParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Users.ListUnread(t.Context(), params)
			return err
		}
	}
	count := func(params chat.CountUnreadOfUsersParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Users.CountUnread(t.Context(), params)
			return err
		}
	}
	average := func(params chat.AverageReplyTimeParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Users.AverageReplyTime(t.Context(), params)
			return err
		}
	}
	refused(t, map[string]func(server *chat.Server) error{
		"restLoginOrRegister: the user id is empty":                                      create("", "Budi"),
		"restLoginOrRegister: the user id has other signs than letters, digits and .-_@": create("budi/07", "Budi"),
		"restLoginOrRegister: the name is empty":                                         create("budi-07", ""),
		"restListUnreadUsers: the page or the limit is negative":                         unread(chat.ListUnreadUsersParams{Page: -1}),
		"restListUnreadUsers: the limit is above 100, the most there can be":             unread(chat.ListUnreadUsersParams{Limit: 101}),
		"restListUnreadUsers: the end is before the beginning":                           unread(chat.ListUnreadUsersParams{From: windowUntil, Until: windowFrom}),
		"restCountUnreadOfUsers: there is no user id, or one is empty":                   count(chat.CountUnreadOfUsersParams{}),
		"restCountUnreadOfUsers: the end is before the beginning":                        count(chat.CountUnreadOfUsersParams{UserIDs: []string{"a"}, From: windowUntil, Until: windowFrom}),
		"restGetAverageReplyTime: the user id is empty":                                  average(chat.AverageReplyTimeParams{}),
		"restGetAverageReplyTime: a time is missing":                                     average(chat.AverageReplyTimeParams{UserID: "a", From: windowFrom}),
		"restGetAverageReplyTime: the end is before the beginning":                       average(chat.AverageReplyTimeParams{UserID: "a", From: windowUntil, Until: windowFrom}),
		"restGetUserProfile: the user id is empty":                                       func(s *chat.Server) error { _, err := s.Users.Get(t.Context(), ""); return err },
		"restGetUserToken: the user id is empty":                                         func(s *chat.Server) error { _, err := s.Users.Token(t.Context(), ""); return err },
		"restResetUserToken: the user id is empty":                                       func(s *chat.Server) error { _, err := s.Users.ResetToken(t.Context(), ""); return err },
		"restDeactivateUsers: there is no user id, or one is empty":                      func(s *chat.Server) error { return s.Users.Deactivate(t.Context(), nil) },
		"restReactivateUsers: there is no user id, or one is empty":                      func(s *chat.Server) error { return s.Users.Reactivate(t.Context(), []string{"a", ""}) },
		"restListUsers: the page or the limit is negative": func(s *chat.Server) error {
			_, err := s.Users.List(t.Context(), chat.ServerListUsersParams{Limit: -1})
			return err
		},
	})
}

func TestServerUsersMiss(t *testing.T) {
	t.Parallel()
	incomplete(t, map[string][]func(server *chat.Server) error{
		"user id": {func(s *chat.Server) error { _, err := s.Users.Get(t.Context(), "a"); return err }},
		"token":   {func(s *chat.Server) error { _, err := s.Users.Token(t.Context(), "a"); return err }},
		"list of users": {func(s *chat.Server) error {
			_, err := s.Users.List(t.Context(), chat.ServerListUsersParams{})
			return err
		}},
		"list of user ids": {func(s *chat.Server) error {
			_, err := s.Users.ListUnread(t.Context(), chat.ListUnreadUsersParams{})
			return err
		}},
		"list of counts": {func(s *chat.Server) error {
			_, err := s.Users.CountUnread(t.Context(), chat.CountUnreadOfUsersParams{UserIDs: []string{"a"}})
			return err
		}},
		"duration": {func(s *chat.Server) error {
			_, err := s.Users.AverageReplyTime(t.Context(), chat.AverageReplyTimeParams{UserID: "a", From: windowFrom, Until: windowUntil})
			return err
		}},
	})
}

// A token that is replaced twice would log out whoever got the first.
func TestServerTokensAreReplacedOnce(t *testing.T) {
	t.Parallel()
	neverRepeated(t, func(server *chat.Server) error {
		_, err := server.Users.ResetToken(t.Context(), "budi-07")
		return err
	})
}

func TestServerUsersPageByPage(t *testing.T) {
	t.Parallel()
	service := pages(t, `{"users":[],"meta":{"total_data":3,"total_page":2}}`,
		`{"users":[{"id":1,"email":"a"},{"id":2,"email":"b"}],"meta":{"total_data":3,"total_page":2}}`,
		`{"users":[{"id":3,"email":"c"}],"meta":{"total_data":3,"total_page":2}}`)
	var found []string
	for user, err := range service.server(t).Users.All(t.Context(), chat.ServerListUsersParams{}) {
		require.NoError(t, err)
		found = append(found, user.Email)
		assert.LessOrEqual(t, len(service.seen()), (len(found)+1)/2, "a page is asked for when it is needed")
	}
	assert.Equal(t, []string{"a", "b", "c"}, found)
	assert.Len(t, service.seen(), 2, "the number of pages is told")
}

func TestServerUnreadUsersPageByPage(t *testing.T) {
	t.Parallel()
	service := pages(t, `{"user_ids":[]}`, `{"user_ids":["a","b"]}`, `{"user_ids":["c"]}`)
	var found []string
	for id, err := range service.server(t).Users.AllUnread(t.Context(), chat.ListUnreadUsersParams{From: windowFrom}) {
		require.NoError(t, err)
		found = append(found, id)
	}
	assert.Equal(t, []string{"a", "b", "c"}, found)
	seen := service.seen()
	require.Len(t, seen, 3, "until there is an empty page")
	for _, request := range seen {
		assert.Contains(t, request.URI, "start_time=2026-03-01")
	}
	for _, err := range service.server(t).Users.AllUnread(t.Context(), chat.ListUnreadUsersParams{Limit: 1000}) {
		require.Error(t, err)
	}
	assert.Len(t, service.seen(), 3)
}
