package chat_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/pkg/chat"
)

// faultyCalls are two calls of one door: one that posts, and one that does no harm twice.
type faultyCalls struct {
	post, repeat func(ctx context.Context, address string, opts ...chat.Option) error
}

// faultyDoors are such calls of both doors.
func faultyDoors() map[string]faultyCalls {
	server := func(call func(context.Context, *chat.Server) error) func(context.Context, string, ...chat.Option) error {
		return func(ctx context.Context, address string, opts ...chat.Option) error {
			server, err := chat.NewServer(testAppID, testSecret, append(opts, chat.WithBaseURL(address))...)
			if err != nil {
				return err
			}
			defer server.CloseIdleConnections()
			return call(ctx, server)
		}
	}
	user := func(call func(context.Context, *chat.User) error) func(context.Context, string, ...chat.Option) error {
		return func(ctx context.Context, address string, opts ...chat.Option) error {
			who := chat.Token(testUserID, testToken)
			user, err := chat.NewUser(testAppID, who, append(opts, chat.WithBaseURL(address))...)
			if err != nil {
				return err
			}
			defer user.CloseIdleConnections()
			return call(ctx, user)
		}
	}
	return map[string]faultyCalls{
		"server": {
			server(func(ctx context.Context, server *chat.Server) error {
				return second(server.Messages.Send(ctx, chat.ServerSendParams{
					RoomID: "48210977", UserID: testUserID, Message: chat.NewText("Pesanan sudah kami kirim."),
				}))
			}),
			server(func(ctx context.Context, server *chat.Server) error {
				return server.Users.Deactivate(ctx, []string{"bagus_17"})
			}),
		},
		"user": {
			user(func(ctx context.Context, user *chat.User) error {
				return second(user.Messages.Send(ctx, "48210977", chat.NewText("Masih ada?")))
			}),
			user(func(ctx context.Context, user *chat.User) error {
				return second(user.Messages.MarkRead(ctx, "48210977", "90113402"))
			}),
		},
	}
}

// Whatever meets every request of a call: what posts is sent again only where it is sure
// that nothing came of it, and what does no harm twice is where that may help.
func TestWhatPostsIsNeverRepeatedUncertainly(t *testing.T) {
	t.Parallel()
	var uncertain, repeated atomic.Int32
	t.Cleanup(func() {
		assert.GreaterOrEqual(t, uncertain.Load(), int32(60), "posts of which nobody knows")
		assert.GreaterOrEqual(t, repeated.Load(), int32(60), "calls that were made again")
	})
	for door, calls := range faultyDoors() {
		for i, fault := range faults.All("", "") {
			t.Run(door+"/"+fault.String(), func(t *testing.T) {
				t.Parallel()
				posted, postErr := meet(t, i, calls.post)
				made, err := meet(t, i, calls.repeat)
				if isUncertain(postErr) {
					uncertain.Add(1)
					assert.Equal(t, 1, posted, postErr)
					if !errors.Is(err, chat.ErrUnexpectedAnswer) { // the service has answered, and will not otherwise
						assert.Equal(t, 2, made, err)
					}
				} else {
					assert.Equal(t, posted, made, "the same: %v and %v", postErr, err)
				}
				if made > 1 {
					repeated.Add(1)
				}
				assert.False(t, isUncertain(err), "what may be done twice is never uncertain")
			})
		}
	}
}

// meet makes a call whose every request meets one of the faults, and counts them.
func meet(
	t *testing.T, fault int, call func(context.Context, string, ...chat.Option) error,
) (requests int, err error) {
	t.Helper()
	elsewhere := faults.NewServer(t, faults.Never(), nil)
	struck := faults.All(elsewhere.OtherHostURL(), "")[fault]
	server := faults.NewServer(t, faults.Always(struck), http.HandlerFunc(answerAsFaultless))
	opts := []chat.Option{chat.WithRetries(chat.Backoff{Attempts: 2, First: time.Millisecond, LongestRetryAfter: time.Millisecond})}
	if name := struck.String(); strings.Contains(name, "never") || strings.Contains(name, "stops") {
		opts = append(opts, chat.WithTimeouts(chat.Timeouts{Read: 100 * time.Millisecond}))
	}
	err = call(t.Context(), server.URL, opts...)
	server.Close()
	assert.Zero(t, elsewhere.Counts().Begun, "requests at another host")
	return server.Counts().Begun, err
}

func isUncertain(err error) bool {
	var failure *chat.Error
	return errors.As(err, &failure) && failure.Uncertain()
}

// answerAsFaultless answers each of the calls as they want it.
func answerAsFaultless(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	body := `{"results":{"comment":{"id":1,"type":"text"}},"status":200}`
	if strings.HasSuffix(request.URL.Path, "deactivate_users") {
		body = `{"results":{"users":["bagus_17"]},"status":200}`
	}
	_, _ = io.WriteString(w, body)
}

// A call that a fault kept from being made goes through when it is over.
func TestFaultsThatPass(t *testing.T) {
	t.Parallel()
	for door, calls := range faultyDoors() {
		for name, fault := range map[string]faults.Fault{"a reset": faults.ResetUnanswered(), "too many": faults.RateLimited()} {
			server := faults.NewServer(t, faults.First(1, fault), http.HandlerFunc(answerAsFaultless))
			retries := chat.WithRetries(chat.Backoff{Attempts: 2, First: time.Millisecond})
			require.NoError(t, calls.repeat(t.Context(), server.URL, retries), "%s, %s", door, name)
			assert.Equal(t, 2, server.Counts().Begun)
		}
	}
}
