package webhook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// A bot sends an answer, and the service takes it and hangs up: the customer gets it
// once, however often the message is delivered.
func TestABotDoesNotRepeatWhatMayHaveGoneOut(t *testing.T) {
	var sent atomic.Int64
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		_, _ = io.Copy(io.Discard, request.Body)
		sent.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer service.Close()
	client, err := qismo.New(qismo.WithSecretKey("app", "key"), qismo.WithBaseURL(service.URL))
	require.NoError(t, err)
	var told onErrors
	bot := newHandler(t, webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
			return client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text())
		},
	}, told.option())
	for range 3 {
		checkAnswer(t, post(bot, said("1", "a", "halo")), http.StatusOK)
	}
	assert.Equal(t, int64(1), sent.Load())
	errs := told.take()
	require.Len(t, errs, 1)
	var failed *qismo.Error
	require.ErrorAs(t, errs[0], &failed)
	assert.True(t, failed.Uncertain())
	assert.False(t, webhook.Unhandled(errs[0]))
	shutDown(t, bot)
}
