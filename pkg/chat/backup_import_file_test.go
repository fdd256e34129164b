package chat_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

var importedAt = flex.NewTime(time.Date(2026, time.March, 11, 10, 20, 45, 0, time.FixedZone("WIB", 7*60*60)))

func importUser() chat.ImportUser {
	return chat.ImportUser{
		Email: "rina@toko.example.id", Name: "Rina Hartati", AuthenticationToken: "kunci-rina", Password: "sandi-rina",
		CreateAt: importedAt,
	}
}

func importRoom() chat.ImportRoom {
	return chat.ImportRoom{
		UniqueID: "pesanan-118", Type: chat.RoomGroup, Name: "Pesanan 118", CreatorEmail: "rina@toko.example.id",
		ParticipantEmails: []string{"budi-07", "gudang-01"}, CreatedAt: importedAt,
	}
}

func importMessage() chat.ImportMessage {
	return chat.ImportMessage{
		UniqueID: "lama-1", RoomUniqueID: "pesanan-118", CreatorEmail: "budi-07", Message: "kapan & di mana?", CreatedAt: importedAt,
	}
}

// checkImport holds a file against the document.
func checkImport(t *testing.T, file []byte) {
	t.Helper()
	schema, err := chatDocument(t).Schema("/components/schemas/ImportFile")
	require.NoError(t, err)
	var rows any
	require.NoError(t, json.Unmarshal(file, &rows))
	assert.Empty(t, schema.Validate(rows))
}

func TestImportFileOfUsers(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	users := chat.NewImportFile[chat.ImportUser](&file)
	require.NoError(t, users.Write(importUser()))
	second := importUser()
	second.Email, second.AuthenticationToken, second.AvatarURL = "Budi_07-a", "kunci-budi", "https://cdn.example.id/budi.png"
	require.NoError(t, users.Write(second))
	require.NoError(t, users.Write(chat.ImportUser{Email: "gudang.01", Name: "Gudang"}))
	require.NoError(t, users.Write(chat.ImportUser{Email: "gudang.02", Name: "Gudang"}), "no token is no twin")
	assert.Equal(t, 4, users.Rows())
	require.NoError(t, users.Close())
	checkImport(t, file.Bytes())
	assert.JSONEq(t, `[
		{"Email":"rina@toko.example.id","Name":"Rina Hartati","AuthenticationToken":"kunci-rina",
			"Password":"sandi-rina","CreateAt":"2026-03-11T10:20:45+07:00"},
		{"Email":"Budi_07-a","Name":"Rina Hartati","AvatarUrl":"https://cdn.example.id/budi.png",
			"AuthenticationToken":"kunci-budi","Password":"sandi-rina","CreateAt":"2026-03-11T10:20:45+07:00"},
		{"Email":"gudang.01","Name":"Gudang"},
		{"Email":"gudang.02","Name":"Gudang"}]`, file.String())
	assert.NotContains(t, fmt.Sprintf("%v %+v", second, second), "kunci")
}

func TestImportFileOfRooms(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	rooms := chat.NewImportFile[chat.ImportRoom](&file)
	require.NoError(t, rooms.Write(importRoom()))
	pair := importRoom()
	pair.UniqueID, pair.Type, pair.Name = "berdua", chat.RoomSingle, ""
	pair.ParticipantEmails = []string{"budi-07", "rina@toko.example.id"}
	options, err := flex.NewJSON(map[string]string{"asal": "web"})
	require.NoError(t, err)
	pair.Options = options
	require.NoError(t, rooms.Write(pair))
	require.NoError(t, rooms.Close())
	checkImport(t, file.Bytes())
	assert.JSONEq(t, `[
		{"Name":"Pesanan 118","Type":"group","CreatorEmail":"rina@toko.example.id",
			"CreatedAt":"2026-03-11T10:20:45+07:00","UniqueId":"pesanan-118","ParticipantEmails":["budi-07","gudang-01"]},
		{"Name":"","Type":"single","Options":"{\"asal\":\"web\"}","CreatorEmail":"rina@toko.example.id",
			"CreatedAt":"2026-03-11T10:20:45+07:00","UniqueId":"berdua","ParticipantEmails":["budi-07","rina@toko.example.id"]}]`,
		file.String())
}

func TestImportFileOfMessages(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	messages := chat.NewImportFile[chat.ImportMessage](&file)
	require.NoError(t, messages.Write(importMessage()))
	reply := importMessage()
	reply.UniqueID, reply.Message, reply.ParentCommentUniqueID, reply.DisableLinkPreview = "lama-2", "besok", "lama-1", true
	require.NoError(t, messages.Write(reply))
	reply.UniqueID, reply.Type = "lama-3", "reply"
	require.NoError(t, messages.Write(reply))
	require.NoError(t, messages.Close())
	checkImport(t, file.Bytes())
	var rows []map[string]any
	require.NoError(t, json.Unmarshal(file.Bytes(), &rows))
	assert.Equal(t, map[string]any{
		"Message": "kapan & di mana?", "Type": "text", "UniqueId": "lama-1", "CreatorEmail": "budi-07",
		"RoomUniqueId": "pesanan-118", "CreatedAt": "2026-03-11T10:20:45+07:00",
	}, rows[0])
	assert.Equal(t, map[string]any{
		"Message": "besok", "DisableLinkPreview": true, "Type": "reply", "UniqueId": "lama-2", "CreatorEmail": "budi-07",
		"RoomUniqueId": "pesanan-118", "CreatedAt": "2026-03-11T10:20:45+07:00", "ParentCommentUniqueId": "lama-1",
		"Payload": map[string]any{"text": "besok", "replied_comment_id": 1.0},
	}, rows[1])
}

func TestImportFileRefusesRows(t *testing.T) {
	t.Parallel()
	user := func(change func(*chat.ImportUser)) error {
		row := importUser()
		change(&row)
		return chat.NewImportFile[chat.ImportUser](new(bytes.Buffer)).Write(row)
	}
	room := func(change func(*chat.ImportRoom)) error {
		row := importRoom()
		change(&row)
		return chat.NewImportFile[chat.ImportRoom](new(bytes.Buffer)).Write(row)
	}
	message := func(change func(*chat.ImportMessage)) error {
		row := importMessage()
		change(&row)
		return chat.NewImportFile[chat.ImportMessage](new(bytes.Buffer)).Write(row)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{user(func(u *chat.ImportUser) { u.Email = "" }), "the user id is empty"},
		{user(func(u *chat.ImportUser) { u.Email = "rahasia dua" }), "the user id has other signs than letters, digits and .-_@"},
		{user(func(u *chat.ImportUser) { u.Name = "" }), "the name is empty"},
		{user(func(u *chat.ImportUser) { u.AvatarURL = "rahasia" }), "the avatar is not an absolute address with http or https"},
		{
			user(func(u *chat.ImportUser) { u.CreateAt = flex.NewTime(time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)) }),
			"it cannot be written as JSON",
		},
		{room(func(r *chat.ImportRoom) { r.CreatorEmail = "" }), "the creator's id is empty"},
		{room(func(r *chat.ImportRoom) { r.ParticipantEmails = nil }), "there is no participant, or one is empty"},
		{room(func(r *chat.ImportRoom) { r.ParticipantEmails = []string{"a", ""} }), "there is no participant, or one is empty"},
		{room(func(r *chat.ImportRoom) { r.UniqueID = "" }), "the unique id is empty"},
		{room(func(r *chat.ImportRoom) { r.UniqueID = "rahasia+" }), "the unique id has a # or a +"},
		{room(func(r *chat.ImportRoom) { r.Type = "channel" }), "the type is neither single nor group"},
		{room(func(r *chat.ImportRoom) { r.Type = chat.RoomSingle }), "the creator of a room of two is none of the participants"},
		{
			room(func(r *chat.ImportRoom) { r.Type, r.ParticipantEmails = chat.RoomSingle, []string{"a", "a"} }),
			"a room of two has two participants",
		},
		{room(func(r *chat.ImportRoom) { r.Name = "" }), "the name is empty"},
		{
			room(func(r *chat.ImportRoom) { r.ParticipantEmails = strings.Split(strings.Repeat("a,", 100)+"a", ",") }),
			"there are 101 participants, 100 are allowed",
		},
		{message(func(m *chat.ImportMessage) { m.UniqueID = "" }), "the unique id is empty"},
		{message(func(m *chat.ImportMessage) { m.RoomUniqueID = "" }), "the room's unique id is empty"},
		{message(func(m *chat.ImportMessage) { m.CreatorEmail = "" }), "the creator's id is empty"},
		{message(func(m *chat.ImportMessage) { m.Message = "" }), "the text is empty"},
		{message(func(m *chat.ImportMessage) { m.ParentCommentUniqueID = m.UniqueID }), "it answers itself"},
		{message(func(m *chat.ImportMessage) { m.Type = "reply" }), "only a reply answers a message, and it names which"},
		{
			message(func(m *chat.ImportMessage) { m.Type, m.ParentCommentUniqueID = "text", "lama-0" }),
			"only a reply answers a message, and it names which",
		},
		{
			message(func(m *chat.ImportMessage) { m.Message = strings.Repeat("é", 4001) }),
			"the text has 4001 characters, 4000 are allowed",
		},
	} {
		assert.EqualError(t, test.err, "chat: import file: row 1: "+test.want)
	}
}

// What no two rows may have alike is seen within the file, which goes on without the
// row.
func TestImportFileRefusesTwins(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	users := chat.NewImportFile[chat.ImportUser](&file)
	require.NoError(t, users.Write(importUser()))
	second := importUser()
	require.EqualError(t, users.Write(second), "chat: import file: row 2: row 1 has the same user id")
	second.Email = "budi-07"
	require.EqualError(t, users.Write(second), "chat: import file: row 2: row 1 has the same token")
	second.AuthenticationToken = "kunci-budi"
	require.NoError(t, users.Write(second))
	require.NoError(t, users.Close())
	var rows []json.RawMessage
	require.NoError(t, json.Unmarshal(file.Bytes(), &rows))
	assert.Len(t, rows, 2)
}

// A file never gets too large: the row that would make it so goes into the next one.
func TestImportFileGetsFull(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	messages := chat.NewImportFile[chat.ImportMessage](&file)
	row := importMessage()
	row.Message = strings.Repeat("a", chat.MaxMessageLength)
	var err error
	for err == nil {
		row.UniqueID = fmt.Sprintf("lama-%d", messages.Rows()+1)
		err = messages.Write(row)
	}
	require.ErrorIs(t, err, chat.ErrImportFull)
	for err = nil; err == nil; {
		row.UniqueID, row.Message = fmt.Sprintf("lama-%d", messages.Rows()+1), "a"
		err = messages.Write(row)
	}
	require.ErrorIs(t, err, chat.ErrImportFull)
	require.NoError(t, messages.Close())
	assert.LessOrEqual(t, file.Len(), chat.MaxImportSize)
	assert.Greater(t, file.Len(), chat.MaxImportSize-500, "it is filled")
	var rows []json.RawMessage
	require.NoError(t, json.Unmarshal(file.Bytes(), &rows))
	assert.Len(t, rows, messages.Rows())
}

type brokenWriter struct{ takes int }

var errDiskFull = errors.New("no space left")

func (w *brokenWriter) Write(text []byte) (int, error) {
	if w.takes--; w.takes < 0 {
		return 0, errDiskFull
	}
	return len(text), nil
}

func TestImportFileEnds(t *testing.T) {
	t.Parallel()
	empty := chat.NewImportFile[chat.ImportUser](new(bytes.Buffer))
	require.EqualError(t, empty.Close(), "chat: import file: it has no row")
	require.NoError(t, empty.Write(importUser()))
	require.NoError(t, empty.Close())
	require.EqualError(t, empty.Write(importUser()), "chat: import file: it is closed")
	require.EqualError(t, empty.Close(), "chat: import file: it is closed")

	broken := chat.NewImportFile[chat.ImportUser](&brokenWriter{})
	require.ErrorIs(t, broken.Write(importUser()), errDiskFull)
	require.EqualError(t, broken.Write(importUser()), "chat: import file: an earlier row was not written: no space left")
	require.ErrorIs(t, broken.Close(), errDiskFull)

	unended := chat.NewImportFile[chat.ImportUser](&brokenWriter{takes: 1})
	require.NoError(t, unended.Write(importUser()))
	require.EqualError(t, unended.Close(), "chat: import file: write it: no space left")
}
