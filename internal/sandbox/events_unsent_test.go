package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// People see which webhooks their program would get before they have one.
func TestWhatHasNoAddressIsShown(t *testing.T) {
	w := newWorld(t, Config{ShowUnsent: true, Webhooks: Webhooks{Resolve: "http://127.0.0.1:1/resolved"}})
	ctx, room := t.Context(), w.anyRoom()
	shown := w.Timeline().Newest(10, nil)
	names := []string{}
	for _, entry := range shown {
		names = append(names, entry.Name)
		assert.True(t, entry.Unsent())
		assert.True(t, entry.OK(), "nothing failed: %+v", entry)
		assert.Equal(t, room, entry.RoomID)
		assert.Empty(t, webhookProblems(entry.Name, entry.Request.Bytes))
	}
	assert.Equal(t, []string{"customAgentAllocation", "botMessage", "newSession"}, names)

	// While somebody serves, a bot would hear nothing either.
	require.NoError(t, w.TakeOver(ctx, room, 0))
	w.anyRoom()
	assert.Len(t, w.Timeline().Newest(10, nil), len(shown))

	// Once there is a program, it can have what it missed.
	missed := shown[1]
	_, err := w.Replay(ctx, missed.ID)
	require.ErrorIs(t, err, ErrNoAddress)
	require.NoError(t, w.SetWebhook("botMessage", w.receiver.server.URL+"/botMessage", true))
	sent, err := w.Replay(ctx, missed.ID)
	require.NoError(t, err)
	assert.Equal(t, missed.Request.Bytes, sent.Request.Bytes)
	assert.Equal(t, missed.ID, sent.ReplayOf)
	assert.Equal(t, []string{"botMessage"}, events(w.delivered()))

	// Without the setting, nothing is made that goes nowhere.
	quiet := newWorld(t, Config{Webhooks: Webhooks{Resolve: "http://127.0.0.1:1/resolved"}})
	quiet.anyRoom()
	assert.Empty(t, quiet.Timeline().Newest(1, func(entry timeline.Entry) bool { return entry.Kind == timeline.Delivery }))
}
