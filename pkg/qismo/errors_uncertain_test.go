package qismo_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// A call that ends before anything of it can have been sent leaves nothing open.
func TestWhatWasNotSentIsCertain(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{}`))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	dialing, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	defer close(over)
	neverDials := qismo.WithTransport(&http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		cancel()
		<-over
		return nil, net.ErrClosed
	}})
	key := qismo.WithSecretKey(testAppID, testSecretKey)
	for name, c := range map[string]struct {
		ctx      context.Context
		client   *qismo.Client
		reason   qismo.Reason
		attempts int
	}{
		"cancelled before":           {cancelled, service.client(t), qismo.ReasonCancelled, 0},
		"out of time before":         {late, service.client(t), qismo.ReasonTimeout, 0},
		"cancelled while connecting": {dialing, service.client(t, key, neverDials), qismo.ReasonCancelled, 1},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.client.Bot.SendText(c.ctx, "5", "halo")
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, c.reason, qismo.ReasonOf(err))
			assert.False(t, failure.Uncertain())
			assert.Equal(t, c.attempts, failure.Attempts)
		})
	}
	assert.Empty(t, service.seen())
}

// A call that is given up while the service has it leaves open what became of it.
func TestWhatWasGivenUpIsUncertain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	service := newRecorder(t, func(http.ResponseWriter, *http.Request) { cancel(); <-ended })
	defer close(ended)
	err := service.client(t).Bot.SendText(ctx, "5", "halo")
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, qismo.ReasonCancelled, qismo.ReasonOf(err))
	assert.True(t, failure.Uncertain())
}

// Time that is over while a connection is made is both: no connection, and a timeout.
func TestTimeIsOverWhileConnecting(t *testing.T) {
	for name, call := range map[string]func(context.Context, *qismo.Client) error{
		"the context's": func(ctx context.Context, client *qismo.Client) error {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			return client.Bot.SendText(ctx, "5", "halo")
		},
		"the call's": func(ctx context.Context, client *qismo.Client) error {
			return client.Bot.SendText(ctx, "5", "halo", qismo.WithTimeout(time.Second))
		},
		"that of connecting": func(ctx context.Context, client *qismo.Client) error {
			return client.Bot.SendText(ctx, "5", "halo", qismo.WithTimeouts(qismo.Timeouts{Connect: time.Second}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{})
				defer close(over)
				client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithoutRetries(),
					qismo.WithTransport(&http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
						<-over
						return nil, net.ErrClosed
					}}))
				require.NoError(t, err)
				err = call(t.Context(), client)
				require.ErrorIs(t, err, qismo.ErrNotConnected)
				require.ErrorIs(t, err, qismo.ErrTimeout)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				var failure *qismo.Error
				require.ErrorAs(t, err, &failure)
				assert.False(t, failure.Uncertain())
			})
		})
	}
}
