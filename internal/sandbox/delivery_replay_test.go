package sandbox

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

func TestReplayAWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := newPosting(t, Config{
			Webhooks: Webhooks{Bot: botURL}, Delivery: DeliverySettings{Attempts: 3},
			SignWebhook: func(_ string, request *http.Request, _ []byte) { request.Header.Set("X-Signature", "tanda") },
		})
		require.NoError(t, sandbox.Trouble().Set(1, trouble.Rule{Kind: trouble.DropWebhook, Rate: 1}))
		room := says(t, sandbox, "Halo")
		synctest.Wait()
		dropped := sandbox.Timeline().Newest(1, nil)[0]
		assert.Empty(t, box.all())

		box.answer = refusing(1, http.StatusTeapot)
		again, err := sandbox.Replay(t.Context(), dropped.ID)
		require.NoError(t, err)
		assert.Equal(t, http.StatusTeapot, again.Status, "that it is refused is no error, and it is not tried again")
		assert.Equal(t, dropped.ID, again.ReplayOf)
		assert.Equal(t, room, again.RoomID)
		assert.Equal(t, dropped.Request.Bytes, again.Request.Bytes)
		assert.Equal(t, "tanda", again.Request.Header.Get("X-Signature"))
		assert.Empty(t, again.Trouble)
		known, _ := sandbox.Timeline().Get(again.ID)
		assert.Equal(t, again, known)
		assert.Equal(t, []any{"Halo"}, box.texts())

		require.NoError(t, sandbox.Shutdown(t.Context()))
		_, err = sandbox.Replay(t.Context(), dropped.ID)
		require.ErrorIs(t, err, ErrShutdown)
	})
}

func TestReplayACall(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	path := "/api/v2/room_tags/" + room
	require.Equal(t, http.StatusOK, w.call("POST", path, object{"tag": "grosir"}).status)
	first := w.Timeline().Newest(1, func(entry timeline.Entry) bool { return entry.Name == "createRoomTag" })[0]
	again, err := w.Replay(t.Context(), first.ID)
	require.NoError(t, err)
	assert.Equal(t, "createRoomTag", again.Name)
	assert.Equal(t, room, again.RoomID)
	assert.Equal(t, http.StatusBadRequest, again.Status, "the room has the tag by now")
	assert.Equal(t, first.ID, again.ReplayOf)
	assert.Equal(t, first.Request.Bytes, again.Request.Bytes)
	assert.Contains(t, string(again.Response.Bytes), "Tag already exist")

	snapshot, _ := w.Room(room)
	require.Equal(t, []string{"grosir"}, snapshot.Tags)
	w.roomNamed(room).tags = nil
	again, err = w.Replay(t.Context(), again.ID)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, again.Status)
	snapshot, _ = w.Room(room)
	assert.Equal(t, []string{"grosir"}, snapshot.Tags)

	require.NoError(t, w.Trouble().Set(1, trouble.Rule{Kind: trouble.BrokenAnswer, Rate: 1}))
	again, err = w.Replay(t.Context(), first.ID)
	require.NoError(t, err, "a broken connection breaks nobody's program here")
	assert.Zero(t, again.Status)
}

func TestWhatCannotBeReplayed(t *testing.T) {
	w := newWorld(t, Config{})
	_, err := w.Replay(t.Context(), 99)
	require.ErrorIs(t, err, ErrForgotten)

	long := CustomerMessage{UserID: "628115559999", Type: "reply", Payload: object{"text": strings.Repeat("a", timeline.MaxBody)}}
	_, err = w.CustomerWrites(t.Context(), long)
	require.NoError(t, err)
	w.delivered()
	sent := w.Timeline().Newest(1, func(entry timeline.Entry) bool { return entry.Name == "botMessage" })[0]
	assert.Len(t, sent.Request.Bytes, timeline.MaxBody)
	_, err = w.Replay(t.Context(), sent.ID)
	require.ErrorIs(t, err, ErrIncomplete)

	refused := w.send("POST", assignPath, nil, "application/json", []byte(`{"room_id":"1","agent_id":1}`))
	require.Equal(t, http.StatusUnauthorized, refused.status)
	unread := w.Timeline().Newest(1, nil)[0]
	_, err = w.Replay(t.Context(), unread.ID)
	require.ErrorIs(t, err, ErrIncomplete, "nobody read what it said")

	require.Equal(t, http.StatusOK, w.call("GET", "/api/v2/app/configs", nil).status)
	_, err = w.Replay(t.Context(), w.Timeline().Newest(1, nil)[0].ID)
	require.NoError(t, err, "a call without a body is whole")
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = w.Replay(ended, unread.ID)
	require.ErrorIs(t, err, context.Canceled)
}
