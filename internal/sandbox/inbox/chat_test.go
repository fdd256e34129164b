package inbox_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// What users of the chat server write, change and delete in a customer's room is on the
// page at once, under their names; their own rooms are not.
func TestTheChatServerOnThePage(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	stream := w.listen("room=" + room)
	server, err := chat.NewServer(w.Config().AppCode, w.Config().SecretKey, chat.WithBaseURL(w.server.URL))
	require.NoError(t, err)
	t.Cleanup(server.CloseIdleConnections)
	const gudang = "gudang@toko.example.id"
	_, err = server.Users.CreateOrUpdate(t.Context(), chat.CreateOrUpdateUserParams{UserID: gudang, Username: "Gudang Bandung"})
	require.NoError(t, err)
	_, err = server.Rooms.AddParticipants(t.Context(), flex.ID(room), []string{gudang})
	require.NoError(t, err)

	send := func(room flex.ID, userID, text string) {
		t.Helper()
		_, err = server.Messages.Send(t.Context(), chat.ServerSendParams{RoomID: room, UserID: userID, Message: chat.NewText(text)})
		require.NoError(t, err)
	}
	send(flex.ID(room), gudang, "Stoknya dua")
	stream.until("room", "Stoknya dua")
	page := w.get("/", "room", room)
	assert.Equal(t, http.StatusOK, page.status)
	assert.Contains(t, page.body, `class="message by-user first"`)
	assert.Contains(t, page.body, `<b>Gudang Bandung</b><span class="role">user</span>`)
	assert.Contains(t, page.body, "Gudang: Stoknya dua", "in the list of rooms")

	send(flex.ID(room), "6281155501234", "Saya ambil satu")
	stream.until("room", "Saya ambil satu")
	assert.Contains(t, w.get("/", "room", room).body, `class="message by-customer first"`)

	user, err := chat.NewUser(w.Config().AppCode, chat.TokenOf(server, gudang), chat.WithBaseURL(w.server.URL))
	require.NoError(t, err)
	t.Cleanup(user.CloseIdleConnections)
	posted, err := user.Messages.Send(t.Context(), flex.ID(room), chat.NewText("Besok dikirim"))
	require.NoError(t, err)
	stream.until("room", "Besok dikirim")
	_, err = user.Messages.Edit(t.Context(), posted.UniqueTempID, chat.NewText("Lusa dikirim"))
	require.NoError(t, err)
	stream.until("room", "Lusa dikirim")
	_, err = user.Messages.Delete(t.Context(), []string{posted.UniqueTempID})
	require.NoError(t, err)
	stream.until("room", "This message has been deleted.")

	own, err := server.Rooms.GetOrCreateWithTarget(t.Context(), chat.ServerRoomWithTargetParams{UserIDs: []string{gudang, "6281155501234"}})
	require.NoError(t, err)
	send(own.RoomID, gudang, "Di luar kotak masuk")
	for _, query := range [][]string{nil, {"room", string(own.RoomID)}} {
		page = w.get("/", query...)
		assert.Equal(t, http.StatusOK, page.status)
		assert.NotContains(t, page.body, "Di luar kotak masuk")
	}
	assert.Equal(t, 1, w.CountRooms())
}
