package chat_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// newSandboxServer makes a client for servers of a sandbox.
func newSandboxServer(t *testing.T) *chat.Server {
	t.Helper()
	platform, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	service := httptest.NewServer(platform)
	t.Cleanup(func() {
		service.Close()
		assert.NoError(t, platform.Shutdown(context.WithoutCancel(t.Context())))
	})
	config := platform.Config()
	server, err := chat.NewServer(config.AppCode, config.SecretKey, chat.WithBaseURL(service.URL))
	require.NoError(t, err)
	t.Cleanup(server.CloseIdleConnections)
	return server
}

// newGroup makes three users, and a group of two of them.
func newGroup(t *testing.T, server *chat.Server) *chat.ServerRoom {
	t.Helper()
	for _, id := range []string{"rina", "budi-07", "sari"} {
		user, err := server.Users.CreateOrUpdate(t.Context(), chat.CreateOrUpdateUserParams{UserID: id, Username: "Nama " + id})
		require.NoError(t, err)
		assert.Equal(t, id, user.UserID)
	}
	room, err := server.Rooms.CreateGroup(t.Context(), chat.ServerCreateGroupParams{
		RoomName: "Gudang", Creator: "rina", Participants: []string{"rina", "budi-07"},
	})
	require.NoError(t, err)
	return room
}

// Messages of every type are posted, and come back in order.
func TestServerMessagesInTheSandbox(t *testing.T) {
	t.Parallel()
	server := newSandboxServer(t)
	room := newGroup(t, server)
	var sent []flex.ID
	say := func(message chat.Message) *chat.ServerMessage {
		posted, err := server.Messages.Send(t.Context(), chat.ServerSendParams{RoomID: room.RoomID, UserID: "rina", Message: message})
		require.NoError(t, err)
		assert.Equal(t, message.Kind(), posted.Type)
		sent = append(sent, posted.ID)
		return posted
	}
	first := say(chat.NewText("halo"))
	reply := say(chat.NewReply("ada apa?", first.ID))
	var shown chat.ReplyPayload
	require.NoError(t, reply.Payload.Decode(&shown))
	assert.Equal(t, "halo", shown.RepliedCommentMessage)
	for name, built := range builtMessages(t) {
		if name == "reply" {
			continue // to a message of another room
		}
		posted := say(built.message)
		if posted.Type == chat.MessageContact || posted.Type == chat.MessageFile {
			assert.Equal(t, built.text, posted.Message, "the service writes the same")
		}
	}
	added, err := server.Messages.SendSystemEvent(t.Context(), room.RoomID, chat.NewSystemEventAddMember("rina", "sari"))
	require.NoError(t, err)
	sent = append(sent, added.ID)
	var event chat.SystemEventPayload
	require.NoError(t, added.Payload.Decode(&event))
	assert.Equal(t, []string{"sari"}, event.ObjectEmailList)

	var found []flex.ID
	for message, err := range server.Messages.All(t.Context(), chat.ServerListMessagesParams{RoomID: room.RoomID, Limit: 3}) {
		require.NoError(t, err)
		found = append([]flex.ID{message.ID}, found...)
	}
	assert.Equal(t, sent, found)
	between, err := server.Messages.Range(t.Context(), chat.MessageRangeParams{
		RoomID: room.RoomID, FirstCommentID: sent[0], LastCommentID: sent[2],
	})
	require.NoError(t, err)
	assert.Len(t, between, 3)
}

func TestServerRoomsInTheSandbox(t *testing.T) {
	t.Parallel()
	server := newSandboxServer(t)
	ctx := t.Context()
	group := newGroup(t, server)
	pair := chat.ServerRoomWithTargetParams{UserIDs: []string{"rina", "budi-07"}}
	two, err := server.Rooms.GetOrCreateWithTarget(ctx, pair)
	require.NoError(t, err)
	again, err := server.Rooms.GetOrCreateWithTarget(ctx, pair)
	require.NoError(t, err)
	assert.Equal(t, two.RoomID, again.RoomID)
	channel, err := server.Rooms.GetOrCreateChannel(ctx, chat.GetOrCreateChannelParams{
		UniqueID: "promo-maret", Participants: []string{"rina"}, RoomName: "Promo",
	})
	require.NoError(t, err)

	added, err := server.Rooms.AddParticipants(ctx, group.RoomID, []string{"sari"})
	require.NoError(t, err)
	assert.Equal(t, "sari", added[0].UserID)
	var who []string
	for user, err := range server.Rooms.AllParticipants(ctx, chat.ServerListParticipantsParams{RoomID: group.RoomID, Limit: 2}) {
		require.NoError(t, err)
		who = append(who, user.UserID)
	}
	assert.ElementsMatch(t, []string{"rina", "budi-07", "sari"}, who)
	_, err = server.Rooms.RemoveParticipants(ctx, group.RoomID, []string{"sari"})
	require.NoError(t, err)

	changed, err := server.Rooms.Update(ctx, chat.ServerUpdateRoomParams{
		RoomID: group.RoomID, RoomName: "Gudang Solo", RoomOptions: jsonOf(t, map[string]string{"cabang": "solo"}),
	})
	require.NoError(t, err)
	assert.True(t, changed.Changed)
	rooms, err := server.Rooms.Info(ctx, chat.ServerRoomsInfoParams{
		RoomIDs: []flex.ID{group.RoomID}, RoomChannelIDs: []string{"promo-maret"},
	})
	require.NoError(t, err)
	require.Len(t, rooms, 2)
	assert.Equal(t, "Gudang Solo", rooms[0].RoomName)
	assert.JSONEq(t, `{"cabang":"solo"}`, rooms[0].RoomOptions.String())
	assert.Equal(t, channel.Room.RoomID, rooms[1].RoomID)

	var ofRina []flex.ID
	for room, err := range server.Rooms.AllOfUser(ctx, chat.ServerListUserRoomsParams{UserID: "rina", Limit: 1}) {
		require.NoError(t, err)
		ofRina = append(ofRina, room.RoomID)
	}
	assert.ElementsMatch(t, []flex.ID{group.RoomID, two.RoomID, channel.Room.RoomID}, ofRina)
}

func TestServerUsersInTheSandbox(t *testing.T) {
	t.Parallel()
	server := newSandboxServer(t)
	ctx := t.Context()
	room := newGroup(t, server)
	before, err := server.Users.Token(ctx, "rina")
	require.NoError(t, err)
	after, err := server.Users.ResetToken(ctx, "rina")
	require.NoError(t, err)
	assert.NotEqual(t, before.Reveal(), after.Reveal())

	_, err = server.Messages.Send(ctx, chat.ServerSendParams{RoomID: room.RoomID, UserID: "rina", Message: chat.NewText("halo")})
	require.NoError(t, err)
	var unread []string
	for id, err := range server.Users.AllUnread(ctx, chat.ListUnreadUsersParams{From: time.Now().Add(-time.Hour)}) {
		require.NoError(t, err)
		unread = append(unread, id)
	}
	assert.Equal(t, []string{"budi-07"}, unread)
	ofUser, err := server.Users.CountUnread(ctx, chat.CountUnreadOfUsersParams{UserIDs: []string{"budi-07"}})
	require.NoError(t, err)
	assert.EqualValues(t, 1, ofUser[0].UnreadCount)
	ofRoom, err := server.Rooms.CountUnread(ctx, chat.CountUnreadParams{UserID: "budi-07", RoomIDs: []flex.ID{room.RoomID}})
	require.NoError(t, err)
	assert.EqualValues(t, 1, ofRoom[0].UnreadCount)

	require.NoError(t, server.Users.Deactivate(ctx, []string{"sari"}))
	sari, err := server.Users.Get(ctx, "sari")
	require.NoError(t, err)
	assert.False(t, sari.Active)
	require.NoError(t, server.Users.Reactivate(ctx, []string{"sari"}))
	_, err = server.Users.Get(ctx, "siapa")
	require.ErrorIs(t, err, chat.ErrNotFound)
	found := map[string]bool{}
	for user, err := range server.Users.All(ctx, chat.ServerListUsersParams{Limit: 2}) {
		require.NoError(t, err)
		found[user.Email] = true
	}
	for _, id := range []string{"rina", "budi-07", "sari"} {
		assert.True(t, found[id], id)
	}
}

// What is written row by row is imported: users, then rooms, then messages.
func TestServerImportsInTheSandbox(t *testing.T) {
	t.Parallel()
	server := newSandboxServer(t)
	var users, rooms, messages bytes.Buffer
	userFile := chat.NewImportFile[chat.ImportUser](&users)
	for _, id := range []string{"rina@toko.example.id", "budi-07", "gudang-01"} {
		require.NoError(t, userFile.Write(chat.ImportUser{
			Email: id, Name: "Nama " + id, AuthenticationToken: flex.Credential("kunci-" + id), CreateAt: importedAt,
		}))
	}
	require.NoError(t, userFile.Close())
	roomFile := chat.NewImportFile[chat.ImportRoom](&rooms)
	require.NoError(t, roomFile.Write(importRoom()))
	require.NoError(t, roomFile.Close())
	messageFile := chat.NewImportFile[chat.ImportMessage](&messages)
	require.NoError(t, messageFile.Write(importMessage()))
	reply := importMessage()
	reply.UniqueID, reply.Message, reply.ParentCommentUniqueID = "lama-2", "besok", "lama-1"
	require.NoError(t, messageFile.Write(reply))
	require.NoError(t, messageFile.Close())

	for _, file := range []chat.ImportParams{
		{Type: chat.BackupUsers, File: &users}, {Type: chat.BackupRooms, File: &rooms}, {Type: chat.BackupMessages, File: &messages},
	} {
		job, err := server.Backups.Import(t.Context(), file)
		require.NoError(t, err, file.Type)
		done, err := job.Wait(t.Context(), often)
		require.NoError(t, err, "%s: %+v", file.Type, done.Errors)
		assert.Equal(t, chat.BackupFinished, done.Status)
	}
	page, err := server.Messages.List(t.Context(), chat.ServerListMessagesParams{RoomID: "pesanan-118"})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	assert.Equal(t, chat.MessageReply, page.Items[0].Type)
	assert.Equal(t, "kapan & di mana?", page.Items[1].Message)
}

func TestServerExportsInTheSandbox(t *testing.T) {
	t.Parallel()
	server := newSandboxServer(t)
	newGroup(t, server)
	today := time.Now()
	job, err := server.Backups.Export(t.Context(), chat.ExportParams{
		Type: chat.BackupUsers, From: today.AddDate(0, 0, -1), Until: today.AddDate(0, 0, 1),
	})
	require.NoError(t, err)
	export, err := job.Wait(t.Context(), often)
	require.NoError(t, err)
	assert.NotEmpty(t, export.DownloadURL.Reveal())
	assert.GreaterOrEqual(t, export.TotalRows, int64(3))
	found := 0
	for row, err := range server.Backups.AllExports(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, export.UniqueID, row.UniqueID)
		found++
	}
	assert.Equal(t, 1, found)
	_, err = server.Backups.DeleteExport(t.Context(), export.UniqueID)
	require.NoError(t, err)
	_, err = server.Backups.GetExport(t.Context(), export.UniqueID)
	require.ErrorIs(t, err, chat.ErrNotFound)
}
