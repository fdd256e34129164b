package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// sandboxApp is an app on a sandbox. It holds each answer that its users get against the
// document.
type sandboxApp struct {
	t       *testing.T
	service *httptest.Server
	config  sandbox.Config
	mu      sync.Mutex
	asked   map[string]bool // operations that were answered
}

func newSandboxApp(t *testing.T, config sandbox.Config) *sandboxApp {
	t.Helper()
	platform, err := sandbox.New(config)
	require.NoError(t, err)
	app := &sandboxApp{t: t, service: httptest.NewServer(platform), config: platform.Config(), asked: map[string]bool{}}
	t.Cleanup(func() {
		app.service.Close()
		assert.NoError(t, platform.Shutdown(context.WithoutCancel(t.Context())))
	})
	return app
}

// Inspect holds an answer against the document.
func (a *sandboxApp) Inspect(exchange chat.Exchange) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, operation := range chatDocument(a.t).Operations() {
		if operation.ID != exchange.Operation {
			continue
		}
		a.asked[operation.ID] = a.asked[operation.ID] || exchange.Status == http.StatusOK
		response, ok := operation.Response(exchange.Status)
		if !assert.True(a.t, ok, "%s %d", operation.ID, exchange.Status) {
			return
		}
		body, known := response.Content["application/json"]
		if !known {
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(exchange.Body))
		decoder.UseNumber()
		var value any
		if assert.NoError(a.t, decoder.Decode(&value), operation.ID) {
			assert.Empty(a.t, body.Schema.Validate(value), "%s %d", operation.ID, exchange.Status)
		}
	}
}

func (a *sandboxApp) server() *chat.Server {
	a.t.Helper()
	server, err := chat.NewServer(a.config.AppCode, a.config.SecretKey, chat.WithBaseURL(a.service.URL))
	require.NoError(a.t, err)
	a.t.Cleanup(server.CloseIdleConnections)
	return server
}

func (a *sandboxApp) user(who chat.Identity, opts ...chat.Option) *chat.User {
	a.t.Helper()
	opts = append([]chat.Option{chat.WithBaseURL(a.service.URL), chat.WithInspector(a)}, opts...)
	user, err := chat.NewUser(a.config.AppCode, who, opts...)
	require.NoError(a.t, err)
	a.t.Cleanup(user.CloseIdleConnections)
	return user
}

// named is a user who logs in with a name, and is there from the first call on.
func (a *sandboxApp) named(id, name string) *chat.User {
	a.t.Helper()
	user := a.user(chat.LoginOrRegister(chat.LoginOrRegisterParams{Email: id, Password: testKey, Username: name}))
	_, err := user.Token(a.t.Context())
	require.NoError(a.t, err)
	return user
}

// Every operation of users is called over HTTP, in the course of some conversations; every
// answer fits the document, and what the calls do is seen by the others.
func TestEveryUserCallAgainstTheSandbox(t *testing.T) {
	t.Parallel()
	app := newSandboxApp(t, sandbox.Config{ChatTokenLife: time.Hour})
	rina, bagas := app.named("rina", "Rina Hartati"), app.named("bagas", "Bagas")
	dewi := app.named("dewi", "Dewi")
	for _, check := range []func(*testing.T, *sandboxApp, *chat.User, *chat.User){
		checkSessions, checkUsers, checkRoomsForTwo, checkGroups, checkChannels, checkFiles, checkDevices, checkSyncs,
	} {
		check(t, app, rina, bagas)
	}
	require.NoError(t, dewi.Logout(t.Context()))
	for _, id := range wire.OperationIDs() {
		if strings.HasPrefix(string(id), "sdk") {
			assert.True(t, app.asked[string(id)], "%s was not asked for", id)
		}
	}
}

func checkSessions(t *testing.T, app *sandboxApp, rina, _ *chat.User) {
	t.Helper()
	ctx := t.Context()
	config, err := rina.Session.Config(ctx)
	require.NoError(t, err)
	assert.True(t, config.EnableSync)
	_, err = rina.Session.RealtimeCredentials(ctx)
	require.NoError(t, err)
	changed, err := rina.Session.UpdateProfile(ctx, chat.UpdateProfileParams{Name: "Rina H."})
	require.NoError(t, err)
	assert.Equal(t, "Rina H.", changed.Username)
	account, err := rina.Session.Profile(ctx)
	require.NoError(t, err)
	assert.Equal(t, "Rina H.", account.Username)

	// A back end vouches for a user whom nobody knows yet.
	sari := app.user(chat.IdentityToken(func(_ context.Context, nonce string) (string, error) {
		token, err := chat.NewIdentityToken(app.config.AppCode, app.config.SecretKey, chat.IdentityClaims{UserID: "sari", Nonce: nonce, Name: "Sari"})
		return token.Reveal(), err
	}))
	id, err := sari.ID(ctx)
	require.NoError(t, err)
	assert.Equal(t, "sari", id)

	// A token that expires is renewed by what came with it.
	before, err := sari.Token(ctx)
	require.NoError(t, err)
	changes, end := sari.WatchToken()
	defer end()
	require.NoError(t, sari.Session.Expire(ctx))
	account, err = sari.Session.Profile(ctx)
	require.NoError(t, err)
	assert.Equal(t, "Sari", account.Username)
	<-changes
	after, err := sari.Token(ctx)
	require.NoError(t, err)
	assert.NotEqual(t, before, after)

	// A server acts as one of its users.
	asSari := app.user(chat.TokenOf(app.server(), "sari"))
	account, err = asSari.Session.Profile(ctx)
	require.NoError(t, err)
	assert.Equal(t, "sari", account.Email)

	_, err = app.user(chat.Password("rina", "kunci-salah")).Session.Profile(ctx)
	require.ErrorIs(t, err, chat.ErrUnauthorized)
	_, err = app.user(chat.Token("rina", "token-salah")).Session.Profile(ctx)
	require.Error(t, err)
}

func checkUsers(t *testing.T, _ *sandboxApp, rina, _ *chat.User) {
	t.Helper()
	ctx := t.Context()
	emails := collected(t, rina.Users.All(ctx, chat.ListUsersParams{Limit: 2}), func(user chat.ListedUser) string { return user.Email })
	assert.Subset(t, emails, []string{"bagas", "dewi"})
	blocked, err := rina.Users.Block(ctx, "dewi")
	require.NoError(t, err)
	assert.Equal(t, "dewi", blocked.Email)
	all := collected(t, rina.Users.AllBlocked(ctx, chat.ListBlockedUsersParams{}), func(user chat.ListedUser) string { return user.Email })
	assert.Equal(t, []string{"dewi"}, all)
	_, err = rina.Users.Unblock(ctx, "dewi")
	require.NoError(t, err)
	page, err := rina.Users.ListBlocked(ctx, chat.ListBlockedUsersParams{})
	require.NoError(t, err)
	assert.Empty(t, page.Items)
	_, err = rina.Users.Status(ctx, []string{"bagas", "dewi"})
	require.NoError(t, err)
	_, err = rina.Users.Block(ctx, "nobody-like-this")
	require.Error(t, err)
}

func checkRoomsForTwo(t *testing.T, _ *sandboxApp, rina, bagas *chat.User) {
	t.Helper()
	ctx := t.Context()
	opened, err := rina.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "bagas"})
	require.NoError(t, err)
	again, err := bagas.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "rina"})
	require.NoError(t, err)
	room := opened.Room.ID
	assert.Equal(t, room, again.Room.ID)

	sent := map[string]*chat.PostedMessage{}
	var order []string
	for i := range 7 {
		text := fmt.Sprintf("pesan %d", i)
		posted, err := rina.Messages.Send(ctx, room, chat.NewText(text))
		require.NoError(t, err)
		assert.NotEmpty(t, posted.UniqueTempID)
		sent[text], order = posted, append(order, text)
	}
	textOf := func(message chat.PostedMessage) string { return message.Message }
	backwards := collected(t, bagas.Messages.All(ctx, chat.ListMessagesParams{RoomID: room, Limit: 3}), textOf)
	for i := range backwards {
		assert.Equal(t, order[len(order)-1-i], backwards[i])
	}
	require.Len(t, backwards, len(order))
	assert.Equal(t, order[3:], collected(t, bagas.Messages.After(ctx, room, sent["pesan 2"].ID, 2), textOf))

	unread, err := bagas.Rooms.CountUnreadMessages(ctx)
	require.NoError(t, err)
	assert.EqualValues(t, len(order), unread)
	rooms, err := bagas.Rooms.CountUnreadRooms(ctx)
	require.NoError(t, err)
	assert.EqualValues(t, 1, rooms)
	_, err = bagas.Messages.MarkDelivered(ctx, room, sent["pesan 6"].ID)
	require.NoError(t, err)
	_, err = bagas.Messages.MarkRead(ctx, room, sent["pesan 5"].ID)
	require.NoError(t, err)
	receipts, err := rina.Messages.Receipts(ctx, sent["pesan 5"].ID)
	require.NoError(t, err)
	require.Len(t, receipts.ReadBy, 1)
	assert.Equal(t, "bagas", receipts.ReadBy[0].User.Email)

	edited, err := rina.Messages.Edit(ctx, sent["pesan 6"].UniqueTempID, chat.NewText("kemeja biru"))
	require.NoError(t, err)
	assert.Equal(t, "kemeja biru", edited.Message)
	found := collected(t, bagas.Messages.AllFound(ctx, chat.SearchParams{Query: "kemeja", RoomIDs: []flex.ID{room}, Types: []chat.MessageType{chat.MessageText}}), textOf)
	assert.Equal(t, []string{"kemeja biru"}, found)
	older, err := bagas.Messages.SearchV1(ctx, chat.SearchV1Params{Query: "kemeja", RoomID: room})
	require.NoError(t, err)
	assert.Len(t, older, 1)
	deleted, err := rina.Messages.Delete(ctx, []string{sent["pesan 0"].UniqueTempID})
	require.NoError(t, err)
	require.Len(t, deleted, 1)
	assert.True(t, deleted[0].IsDeleted)
	_, err = bagas.Messages.ClearRooms(ctx, []string{opened.Room.UniqueID})
	require.NoError(t, err)
	assert.Empty(t, collected(t, bagas.Messages.All(ctx, chat.ListMessagesParams{RoomID: room}), textOf))
	assert.NotEmpty(t, collected(t, rina.Messages.All(ctx, chat.ListMessagesParams{RoomID: room}), textOf))
}

func checkGroups(t *testing.T, app *sandboxApp, rina, bagas *chat.User) {
	t.Helper()
	ctx := t.Context()
	group, err := rina.Rooms.CreateGroup(ctx, chat.CreateGroupParams{
		Name: "Gudang", Participants: []string{"bagas"}, Options: jsonOf(t, map[string]string{"cabang": "solo"}),
	})
	require.NoError(t, err)
	room := group.Room.ID
	assert.JSONEq(t, `{"cabang":"solo"}`, string(group.Room.Options.Raw()))
	added, err := rina.Rooms.AddParticipants(ctx, room, []string{"dewi"})
	require.NoError(t, err)
	require.Len(t, added, 1)
	emailOf := func(who chat.Participant) string { return who.Email }
	people := rina.Rooms.AllParticipants(ctx, chat.ListParticipantsParams{RoomUniqueID: group.Room.UniqueID, Limit: 2})
	assert.ElementsMatch(t, []string{"rina", "bagas", "dewi"}, collected(t, people, emailOf))
	removed, err := rina.Rooms.RemoveParticipants(ctx, room, []string{"dewi"})
	require.NoError(t, err)
	assert.Equal(t, []string{"dewi"}, removed)
	changed, err := rina.Rooms.Update(ctx, chat.UpdateRoomParams{ID: room, RoomName: "Gudang Solo"})
	require.NoError(t, err)
	assert.Equal(t, "Gudang Solo", changed.Room.RoomName)

	view, err := bagas.Rooms.Get(ctx, room)
	require.NoError(t, err)
	assert.True(t, view.IsParticipant)
	infos, err := bagas.Rooms.Info(ctx, chat.RoomsInfoParams{RoomIDs: []flex.ID{room}, ShowParticipants: true})
	require.NoError(t, err)
	require.Len(t, infos, 1)
	assert.Len(t, infos[0].Participants, 2)
	mine := collected(t, bagas.Rooms.All(ctx, chat.ListRoomsParams{Limit: 1, ShowEmpty: true}), func(room chat.RoomInfo) string { return room.ID.String() })
	assert.Contains(t, mine, room.String())

	// What a user writes, a server sees, and the other way round.
	for name, built := range builtMessages(t) {
		if name == "reply" {
			continue // to a message of another room
		}
		posted, err := bagas.Messages.Send(ctx, room, built.message)
		require.NoError(t, err, name)
		assert.Equal(t, built.message.Kind(), posted.Type, name)
	}
	byServer, err := app.server().Messages.Send(ctx, chat.ServerSendParams{RoomID: room, UserID: "rina", Message: chat.NewText("dari server")})
	require.NoError(t, err)
	for message, err := range bagas.Messages.All(ctx, chat.ListMessagesParams{RoomID: room}) {
		require.NoError(t, err)
		assert.Equal(t, byServer.ID, message.ID)
		assert.Equal(t, "dari server", message.Message)
		break
	}
}

func checkChannels(t *testing.T, _ *sandboxApp, rina, bagas *chat.User) {
	t.Helper()
	ctx := t.Context()
	made, err := rina.Channels.GetOrCreate(ctx, chat.ChannelParams{UniqueID: "promo-maret", Name: "Promo"})
	require.NoError(t, err)
	assert.True(t, made.Room.IsPublicChannel)
	all, err := bagas.Channels.List(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.False(t, all[0].IsJoined)
	ids := []string{"promo-maret"}
	joined, err := bagas.Channels.Join(ctx, ids)
	require.NoError(t, err)
	assert.True(t, joined[0].IsJoined)
	infos, err := bagas.Channels.Info(ctx, ids)
	require.NoError(t, err)
	assert.True(t, infos[0].IsJoined)
	_, err = bagas.Channels.Leave(ctx, ids)
	require.NoError(t, err)
}

func checkFiles(t *testing.T, _ *sandboxApp, rina, bagas *chat.User) {
	t.Helper()
	ctx := t.Context()
	opened, err := rina.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "bagas"})
	require.NoError(t, err)
	sent, err := rina.Messages.SendFile(ctx, opened.Room.ID, chat.UploadParams{File: strings.NewReader(receiptFile), FileName: "nota-118.pdf"}, "Notanya")
	require.NoError(t, err)
	assert.Equal(t, chat.MessageFile, sent.Type)
	var file chat.FilePayload
	require.NoError(t, sent.Payload.Decode(&file))
	assert.EqualValues(t, len(receiptFile), file.Size)
	assert.Equal(t, "Notanya", file.Caption)
	files := collected(t, bagas.Files.All(ctx, chat.ListFilesParams{IncludeExtensions: []string{"pdf"}, RoomIDs: []flex.ID{opened.Room.ID}}),
		func(message chat.PostedMessage) string { return message.ID.String() })
	assert.Equal(t, []string{sent.ID.String()}, files)
}

func checkDevices(t *testing.T, _ *sandboxApp, rina, _ *chat.User) {
	t.Helper()
	registered, err := rina.Push.Register(t.Context(), chat.DeviceParams{DeviceToken: "gawai-rina", DevicePlatform: chat.DeviceAndroid})
	require.NoError(t, err)
	assert.True(t, registered.Changed)
	removed, err := rina.Push.Remove(t.Context(), chat.RemoveDeviceParams{DeviceToken: "gawai-rina", DevicePlatform: chat.DeviceAndroid})
	require.NoError(t, err)
	assert.True(t, removed)
}

// checkSyncs sees that whoever asks again and again misses nothing.
func checkSyncs(t *testing.T, _ *sandboxApp, rina, bagas *chat.User) {
	t.Helper()
	ctx := t.Context()
	account, err := bagas.Session.Profile(ctx)
	require.NoError(t, err)
	opened, err := rina.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "bagas"})
	require.NoError(t, err)
	var sent, got []flex.ID
	for i := range 10 {
		posted, err := rina.Messages.Send(ctx, opened.Room.ID, chat.NewText(fmt.Sprintf("kiriman %d", i)))
		require.NoError(t, err)
		sent = append(sent, posted.ID)
	}
	for at := account.LastCommentID; ; {
		missed, err := bagas.Sync.Messages(ctx, at, 3)
		require.NoError(t, err)
		if len(missed.Messages) == 0 {
			break
		}
		got, at = append(got, idsOf(missed.Messages)...), missed.LastID
	}
	assert.Equal(t, sent, got)

	_, err = bagas.Messages.MarkRead(ctx, opened.Room.ID, sent[4])
	require.NoError(t, err)
	events, err := rina.Sync.Events(ctx, "0")
	require.NoError(t, err)
	require.NotEmpty(t, events.Events)
	last := events.Events[len(events.Events)-1]
	assert.Equal(t, chat.NotificationRead, last.ActionTopic)
	assert.Equal(t, sent[4], last.Payload.Data.CommentID)
	assert.Equal(t, last.ID, events.LastID)
	token, err := rina.Token(ctx)
	require.NoError(t, err)
	_, err = rina.Sync.CheckTopic(ctx, flex.Credential(token+"/c"))
	require.NoError(t, err)
	require.NoError(t, rina.Sync.ReportEvent(ctx, chat.ReportEventParams{ModuleName: "REALTIME", Event: "CONNECTED"}))
}
