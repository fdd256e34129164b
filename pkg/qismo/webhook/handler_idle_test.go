package webhook_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// A handler for one event that gets another one says which that is.
func TestAnotherEventIsNamed(t *testing.T) {
	var told onErrors
	handler := newHandler(t, onMessage(func(context.Context, string) error { return nil }),
		webhook.Only(webhook.BotMessage), told.option())
	const resolved = `{"service":{"id":1},"resolved_by":{"id":2}}`
	checkAnswer(t, post(handler, resolved), http.StatusInternalServerError)
	errs := told.take()
	require.Len(t, errs, 1)
	require.EqualError(t, errs[0], "webhook: the body cannot be read as botMessage, and there is no callback for "+
		"unknown events: it lacks what the event that it was taken for must have, and has the marks of markAsResolved")
}

func TestItIsWaitedForUntilNothingIsHandled(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	handler := newHandler(t, onMessage(func(context.Context, string) error {
		close(begun)
		<-end
		return nil
	}), webhook.AnswerAtOnce())
	require.NoError(t, handler.WaitIdle(t.Context()))
	checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
	<-begun
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, handler.WaitIdle(ended), context.Canceled)
	close(end)
	require.NoError(t, handler.WaitIdle(t.Context()))
	waiting, handling := handler.Load()
	assert.Zero(t, waiting+handling)
	require.NoError(t, new(webhook.Handler).WaitIdle(t.Context()))
	shutDown(t, handler)
}

func TestEventsAreThoseWithCallbacks(t *testing.T) {
	callbacks := onMessage(func(context.Context, string) error { return nil })
	callbacks.MarkAsResolved = func(context.Context, *webhook.MarkAsResolvedEvent) error { return nil }
	assert.Equal(t, []webhook.Name{webhook.BotMessage, webhook.MarkAsResolved}, newHandler(t, callbacks).Events())
	assert.Equal(t, []webhook.Name{webhook.MarkAsResolved},
		newHandler(t, callbacks, webhook.Only(webhook.MarkAsResolved)).Events())
	unknown := webhook.Callbacks{Unknown: func(context.Context, *webhook.UnknownEvent) error { return nil }}
	assert.Empty(t, newHandler(t, unknown).Events())
	assert.Empty(t, new(webhook.Handler).Events())
}
