package sandbox

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

func TestItSettlesWhenAllWebhooksWereAnswered(t *testing.T) {
	w := newWorld(t, Config{})
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

// A webhook that is late is waited for once its time has come, and not before.
func TestWhatIsLateIsNotUnderWayBeforeItsTime(t *testing.T) {
	w := newWorld(t, Config{})
	require.NoError(t, w.SetTrouble(1, trouble.Rule{
		Kind: trouble.LateWebhook, Rate: 1, Only: "botMessage", Delay: time.Hour,
	}))
	w.anyRoom()
	require.NoError(t, w.Settle(t.Context()))
	assert.Equal(t, []string{"newSession", "customAgentAllocation"}, events(w.receiver.all()))
	require.NoError(t, w.Clock().Move(time.Hour))
	require.NoError(t, w.Settle(t.Context()))
	assert.Equal(t, []string{"newSession", "customAgentAllocation", "botMessage"}, events(w.receiver.all()))
}
