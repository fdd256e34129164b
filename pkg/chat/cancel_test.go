package chat_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

// stalledUser is a user of a service that does not answer, in one of the ways.
func stalledUser(t *testing.T, fault faults.Fault, who chat.Identity, opts ...chat.Option) (*chat.User, *faults.Server) {
	t.Helper()
	server := faults.NewServer(t, faults.Always(fault), nil)
	user, err := chat.NewUser(testAppID, who, append([]chat.Option{chat.WithBaseURL(server.URL)}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(user.CloseIdleConnections)
	return user, server
}

// cancelled cancels a call when it waits for the service, and returns its error.
func cancelled(t *testing.T, server *faults.Server, call func(ctx context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- call(ctx) }()
	require.NoError(t, server.Await(t.Context(), func(counts faults.Counts) bool { return counts.Received > 0 }))
	cancel()
	return <-ended
}

// Whatever a call waits for, it ends with its context: for its own answer, for that of a
// log-in, or for another's log-in.
func TestCallsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	given := chat.Token(testUserID, testToken)
	for name, test := range map[string]struct {
		who  chat.Identity
		call func(ctx context.Context, user *chat.User) error
	}{
		"a read": {given, func(ctx context.Context, user *chat.User) error { return second(user.Session.Profile(ctx)) }},
		"a message": {given, func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.Send(ctx, "7", chat.NewText("halo")))
		}},
		"a walk": {given, func(ctx context.Context, user *chat.User) error {
			return firstError(user.Rooms.All(ctx, chat.ListRoomsParams{}))
		}},
		"a log-in":         {rina(), func(ctx context.Context, user *chat.User) error { return second(user.Session.Profile(ctx)) }},
		"a nonce":          {chat.IdentityToken(signs), func(ctx context.Context, user *chat.User) error { return second(user.Messages.Receipts(ctx, "7")) }},
		"a token":          {rina(), func(ctx context.Context, user *chat.User) error { return second(user.Token(ctx)) }},
		"a log-out":        {given, func(ctx context.Context, user *chat.User) error { return user.Logout(ctx) }},
		"a route of one's": {given, func(ctx context.Context, user *chat.User) error { return user.Do(ctx, "POST", "/x", nil, nil) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user, server := stalledUser(t, faults.StallHeader(), test.who)
			err := cancelled(t, server, func(ctx context.Context) error { return test.call(ctx, user) })
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}

// Who waits for another's log-in gives up alone.
func TestWaitingForAnothersLogin(t *testing.T) {
	t.Parallel()
	user, server := stalledUser(t, faults.StallHeader(), rina())
	first, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- second(user.Token(first)) }()
	require.NoError(t, server.Await(t.Context(), func(counts faults.Counts) bool { return counts.Received == 1 }))
	hasty, give := context.WithCancel(t.Context())
	give()
	require.ErrorIs(t, second(user.Session.Profile(hasty)), context.Canceled)
	require.ErrorIs(t, second(user.Token(hasty)), context.Canceled)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	assert.Equal(t, 1, server.Counts().Received)
}

// The limiter that both façades share holds calls of this one back, too.
func TestALimiterOfTheOtherFacade(t *testing.T) {
	t.Parallel()
	limiter, err := ratelimit.New(ratelimit.Config{PerSecond: 0.01})
	require.NoError(t, err)
	service := newRecorder(t, answerJSON(200, rinasAccount))
	user := service.user(t, chat.WithLimiter(limiter))
	_, err = user.Session.Profile(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = user.Session.Profile(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, service.seen(), 1)
}
