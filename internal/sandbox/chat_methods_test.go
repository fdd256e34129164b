package sandbox

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
	sdk "github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// chatOffer is the façade of the chat server.
func chatOffer(t *testing.T) offer {
	t.Helper()
	ours, err := document.Chat()
	require.NoError(t, err)
	return offer{
		file: "chat.yaml", document: ours, source: readFacade(t, "chat"),
		invented: (*shownWorld).inventedForChat, client: (*shownWorld).chatClient,
	}
}

// chatClient makes the client that a method is of, with its credentials.
func (w *shownWorld) chatClient(_ *document.Operation, method facade.Method, address string) any {
	w.t.Helper()
	app := w.Config().AppCode
	if strings.HasPrefix(method.Service, "Server.") {
		server, err := sdk.NewServer(app, w.Config().SecretKey, sdk.WithBaseURL(address))
		require.NoError(w.t, err)
		w.t.Cleanup(server.CloseIdleConnections)
		return server
	}
	user, err := sdk.NewUser(app, sdk.Token(shownUser, w.chat.token), sdk.WithBaseURL(address))
	require.NoError(w.t, err)
	w.t.Cleanup(user.CloseIdleConnections)
	return user
}

// inventedForChat are arguments that no example of the chat server's document has.
func (w *shownWorld) inventedForChat() map[string]any {
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	until := from.AddDate(0, 0, 29)
	times := map[string]any{"From": from, "Until": until, "userID": shownUser, "userIDs": []string{shownUser}}
	message, err := strconv.ParseInt(w.chat.message, 10, 64)
	require.NoError(w.t, err)
	receipt := func() sdk.UploadParams {
		return sdk.UploadParams{File: strings.NewReader("nota 118"), FileName: "nota-118.pdf"}
	}
	return map[string]any{
		"roomID": w.roomID, "room_ids[]": []string{w.roomID}, "messageID": w.chat.message, "token": w.chat.token,
		"page": 1, "limit": 20, "caption": "Nota Anda",
		"Server.Messages.Send.params": sdk.ServerSendParams{
			RoomID: flex.ID(w.roomID), UserID: shownUser, Message: sdk.NewText("Pesanan sudah kami kirim."),
		},
		"Server.Messages.SendSystemEvent.event": sdk.NewSystemEventChangeRoomName(shownUser, "Gudang Solo"),
		"Server.Backups.Export.params":          sdk.ExportParams{Type: sdk.BackupMessages, From: from, Until: until},
		"Server.Backups.Import.params":          sdk.ImportParams{Type: sdk.BackupUsers, File: w.usersToImport()},
		"Server.Messages.Range.params":          map[string]any{"room_id": w.roomID, "first_comment_id": message, "last_comment_id": message},
		"Server.Users.ListUnread.params":        times,
		"Server.Users.AllUnread.params":         times,
		"Server.Users.CountUnread.params":       times,
		"Server.Users.AverageReplyTime.params":  times,
		"User.Messages.Send.message":            sdk.NewText("Gamis biru ukuran L masih ada?"),
		"User.Messages.Edit.message":            sdk.NewText("Gamis biru ukuran XL masih ada?"),
		"User.Messages.SendFile.params":         receipt(),
		"User.Files.Upload.params":              receipt(),
		"User.Rooms.GetOrCreateWithUser.params": sdk.RoomWithUserParams{UserID: "bagas@toko.example.id"},
	}
}

func (w *shownWorld) usersToImport() *bytes.Reader {
	w.t.Helper()
	var written bytes.Buffer
	file := sdk.NewImportFile[sdk.ImportUser](&written)
	require.NoError(w.t, file.Write(sdk.ImportUser{Email: "joko.lama", Name: "Joko"}))
	require.NoError(w.t, file.Close())
	return bytes.NewReader(written.Bytes())
}
