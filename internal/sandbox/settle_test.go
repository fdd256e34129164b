package sandbox

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestItSettlesWhenAllWebhooksWereAnswered(t *testing.T) {
	w := newWorld(t, Config{Webhooks: Webhooks{Bot: "http://127.0.0.1:9/replaced"}})
	w.SetWebhooks(w.receiver.addresses())
	require.NoError(t, w.Settle(t.Context()))

	arrived, answer := make(chan struct{}, 3), make(chan struct{})
	w.receiver.answer = func(received) {
		arrived <- struct{}{}
		<-answer
	}
	w.anyRoom()
	<-arrived
	ended, end := context.WithCancel(t.Context())
	end()
	require.ErrorIs(t, w.Settle(ended), context.Canceled)

	close(answer)
	require.NoError(t, w.Settle(t.Context()))
	assert.Equal(t, []string{"newSession", "botMessage", "customAgentAllocation"}, events(w.receiver.all()))
	require.NoError(t, w.Settle(t.Context()))
}

func TestOnlyTheAddressesThatAreGivenAreSet(t *testing.T) {
	w := newWorld(t, Config{})
	before := w.state.settings
	w.SetWebhooks(Webhooks{Resolve: "http://127.0.0.1:9/resolved"})
	assert.Equal(t, webhook{url: "http://127.0.0.1:9/resolved", on: true}, w.state.settings.resolve)
	assert.Equal(t, before.bot, w.state.settings.bot)
}
