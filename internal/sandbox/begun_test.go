package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that goes on while its sandbox is started again remembers what it handled:
// the new world's messages and sessions are not those, though its rooms are.
func TestAWorldThatIsBegunAgain(t *testing.T) {
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	said := func(begun time.Time) (string, Message, int64) {
		sandbox, err := New(Config{Now: func() time.Time { return begun }})
		require.NoError(t, err)
		room, err := sandbox.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115550101", Text: "halo"})
		require.NoError(t, err)
		found, err := sandbox.state.room(room)
		require.NoError(t, err)
		require.NoError(t, sandbox.Shutdown(t.Context()))
		return room, found.messages[0], found.service.id
	}
	room, message, service := said(start)
	again, otherMessage, otherService := said(start.Add(time.Second))
	assert.Equal(t, room, again)
	assert.Greater(t, otherMessage.ID, message.ID)
	assert.Greater(t, otherService, service)
	_, same, _ := said(start)
	assert.Equal(t, message.ID, same.ID, "a moment has one world")
	_, old, _ := said(start.AddDate(-5, 0, 0))
	assert.Equal(t, int64(firstComment+1), old.ID)
}
