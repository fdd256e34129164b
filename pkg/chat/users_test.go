package chat_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

const bagas = `{"results":{"user":{"id":71902,"email":"bagas@toko.example.id","username":"Bagas"}},"status":200}`

func TestUsersCalls(t *testing.T) {
	t.Parallel()
	emailOf := func(user *chat.ListedUser, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		return user.Email, nil
	}
	testUserCalls(t, []userCall{
		{
			"list", func(ctx context.Context, user *chat.User) (any, error) {
				page, err := user.Users.List(ctx, chat.ListUsersParams{Page: 2, Limit: 5, Query: "rina", OrderQuery: "username asc"})
				return *page.Total, err
			},
			"GET", "get_user_list?page=2&limit=5&query=rina&order_query=username+asc", "",
			`{"results":{"meta":{"total_data":7,"total_page":2},"users":[]}}`, int64(7),
		},
		{
			"block", func(ctx context.Context, user *chat.User) (any, error) {
				return emailOf(user.Users.Block(ctx, "bagas@toko.example.id"))
			},
			"POST", "block_user", `{"user_email":"bagas@toko.example.id"}`, bagas, "bagas@toko.example.id",
		},
		{
			"unblock", func(ctx context.Context, user *chat.User) (any, error) {
				return emailOf(user.Users.Unblock(ctx, "bagas@toko.example.id"))
			},
			"POST", "unblock_user", `{"user_email":"bagas@toko.example.id"}`, bagas, "bagas@toko.example.id",
		},
		{
			"blocked", func(ctx context.Context, user *chat.User) (any, error) {
				page, err := user.Users.ListBlocked(ctx, chat.ListBlockedUsersParams{Limit: 5})
				return page.Items[0].Email, err
			},
			"GET", "get_blocked_users?limit=5", "",
			`{"results":{"blocked_users":[{"id":71902,"email":"bagas@toko.example.id","username":"Bagas"}],"total":1}}`, "bagas@toko.example.id",
		},
		{
			"status", func(ctx context.Context, user *chat.User) (any, error) {
				return user.Users.Status(ctx, []string{"rina", "bagas"})
			},
			"POST", "users/status", `{"user_ids":["rina","bagas"]}`,
			`{"results":{"user_status":[{"email":"rina","status":1,"timestamp":1770693247}]}}`,
			[]chat.UserStatus{{Email: "rina", Status: 1, Timestamp: 1770693247}},
		},
	})
}

func TestWalkingUsers(t *testing.T) {
	t.Parallel()
	emailOf := func(user chat.ListedUser) string { return user.Email }
	row := func(email string) string { return `{"id":1,"email":"` + email + `","username":"x"}` }
	service := pages(t, `{"meta":{},"users":[]}`,
		`{"meta":{"total_data":3,"total_page":2},"users":[`+row("a")+`,`+row("b")+`]}`,
		`{"meta":{"total_data":3,"total_page":2},"users":[`+row("c")+`]}`)
	users := service.user(t).Users.All(t.Context(), chat.ListUsersParams{Limit: 2, Query: "toko"})
	assert.Equal(t, []string{"a", "b", "c"}, collected(t, users, emailOf))
	assert.Equal(t, []string{"limit=2&query=toko", "limit=2&page=2&query=toko"}, service.queries(t))

	blocking := pages(t, `{"blocked_users":[],"total":3}`,
		`{"blocked_users":[`+row("a")+`,`+row("b")+`],"total":3}`, `{"blocked_users":[`+row("c")+`],"total":3}`)
	blocked := blocking.user(t).Users.AllBlocked(t.Context(), chat.ListBlockedUsersParams{})
	assert.Equal(t, []string{"a", "b", "c"}, collected(t, blocked, emailOf))
	page, err := blocking.user(t).Users.ListBlocked(t.Context(), chat.ListBlockedUsersParams{})
	require.NoError(t, err)
	assert.True(t, page.HasNext())
	assert.EqualValues(t, 3, *page.Total)
}

func TestUnusableUsers(t *testing.T) {
	t.Parallel()
	testUnusableAnswers(t, `{"results":{},"status":200}`, []unusable{
		{"the answer has no list of users", func(ctx context.Context, user *chat.User) error {
			return second(user.Users.List(ctx, chat.ListUsersParams{}))
		}},
		{"the answer has no user id", func(ctx context.Context, user *chat.User) error { return second(user.Users.Block(ctx, "bagas")) }},
		{"the answer has no user id", func(ctx context.Context, user *chat.User) error { return second(user.Users.Unblock(ctx, "bagas")) }},
		{"the answer has no list of users", func(ctx context.Context, user *chat.User) error {
			return firstError(user.Users.AllBlocked(ctx, chat.ListBlockedUsersParams{}))
		}},
		{"the answer has no list of users", func(ctx context.Context, user *chat.User) error {
			return second(user.Users.Status(ctx, []string{"bagas"}))
		}},
	})
}

func TestUsersRefuse(t *testing.T) {
	t.Parallel()
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkListUsers: the page or the limit is negative": func(ctx context.Context, user *chat.User) error {
			return second(user.Users.List(ctx, chat.ListUsersParams{Page: -1}))
		},
		"sdkBlockUser: the user id is empty":   func(ctx context.Context, user *chat.User) error { return second(user.Users.Block(ctx, "")) },
		"sdkUnblockUser: the user id is empty": func(ctx context.Context, user *chat.User) error { return second(user.Users.Unblock(ctx, "")) },
		"sdkListBlockedUsers: the page or the limit is negative": func(ctx context.Context, user *chat.User) error {
			return second(user.Users.ListBlocked(ctx, chat.ListBlockedUsersParams{Limit: -1}))
		},
		"sdkGetUsersStatus: there is no user id, or one is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Users.Status(ctx, []string{"rina", ""}))
		},
	})
}
