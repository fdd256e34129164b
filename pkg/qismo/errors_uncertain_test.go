package qismo_test

import (
	"context"
	"net"
	"net/http"
	"strings"
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

// An answer that cannot be used does not tell what became of a message. One that says
// that it was not sent does.
func TestAnswersThatCannotBeUsedAreUncertain(t *testing.T) {
	for name, c := range map[string]struct {
		body      string
		call      func(*qismo.Client) error
		uncertain bool
	}{
		"an id is missing":  {`{"messages":[]}`, sendOnWhatsApp, true},
		"of another shape":  {`{"messages":"sent"}`, sendOnWhatsApp, true},
		"not JSON":          {`sent`, sendOnWhatsApp, true},
		"the send failed":   {`{"data":{"broadcast_logs":[{"status":"failed"}]}}`, broadcast, false},
		"no room was found": {`{"data":{}}`, findRoom, false},
		"a failure inside":  {`{"errors":{"message":"gagal"}}`, sendOnWhatsApp, true},
		"too large":         {`{"messages":[{"id":"wamid.` + strings.Repeat("x", 1<<10) + `"}]}`, sendOnWhatsApp, true},
	} {
		t.Run(name, func(t *testing.T) {
			service := newRecorder(t, answerJSON(200, c.body))
			err := c.call(service.client(t, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithMaxAnswer(1<<10)))
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, qismo.ReasonUnusable, qismo.ReasonOf(err))
			assert.Equal(t, c.uncertain, failure.Uncertain())
			assert.NotContains(t, err.Error(), "failed attempts", "there was one")
		})
	}
}

func sendOnWhatsApp(client *qismo.Client) error {
	_, err := client.WhatsApp.Send(context.Background(), "5120", qismo.NewWhatsAppText("628115550033", "halo"))
	return err
}

func broadcast(client *qismo.Client) error {
	_, err := client.Broadcasts.Send(context.Background(), qismo.SendBroadcastParams{
		PhoneNumber: "628115550033", TemplateDetailID: "61021",
	})
	return err
}

func findRoom(client *qismo.Client) error {
	_, err := client.Rooms.Latest(context.Background(), qismo.FindRoomParams{Source: "wa", ChannelID: "5120", CustomerID: "628115550033"})
	return err
}
