package webhook_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// OnError may have to store what is given up, when the contexts of callbacks are over.
func TestOnErrorContextDoesNotEnd(t *testing.T) {
	type key struct{}
	told := map[error]int{}
	begun := make(chan struct{})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	handler := newHandler(t, webhook.Callbacks{BotMessage: func(ctx context.Context, _ *webhook.BotMessageEvent) error {
		close(begun)
		<-ctx.Done()
		return errFated
	}}, webhook.AnswerAtOnce(), webhook.Workers(1), webhook.Waiting(1), webhook.OnError(func(ctx context.Context, _ webhook.Event, err error) {
		assert.NoError(t, ctx.Err(), err)
		assert.Equal(t, "mine", ctx.Value(key{}))
		told[err]++
	}))
	withValue := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		handler.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), key{}, "mine")))
	})

	body := newTemplates(t)[0]
	checkAnswer(t, post(withValue, string(body.fill(1, 1))), http.StatusOK)
	<-begun
	checkAnswer(t, post(withValue, string(body.fill(1, 2))), http.StatusOK)
	checkAnswer(t, post(withValue, string(body.fill(1, 3))), http.StatusServiceUnavailable)
	require.ErrorIs(t, handler.Shutdown(over), context.Canceled)
	require.NoError(t, handler.Shutdown(t.Context()))
	checkAnswer(t, post(withValue, string(body.fill(1, 4))), http.StatusServiceUnavailable)
	assert.Equal(t, map[error]int{webhook.ErrQueueFull: 1, errFated: 1, webhook.ErrShutdown: 2}, told)
}
