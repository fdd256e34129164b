package realtime_test

import (
	"context"
	"errors"
	"iter"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	simulated "github.com/qismo-go/qismo/internal/sandbox/realtime"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
)

const patience = 30 * time.Second

// world is a sandbox with a broker, of which each user has their own client.
type world struct {
	t      *testing.T
	url    string
	app    string
	server *chat.Server
	broker *broker.Broker
}

func newWorld(t *testing.T, config sandbox.Config) *world {
	t.Helper()
	platform, err := sandbox.New(config)
	require.NoError(t, err)
	made, err := broker.New(platform.RealtimeRules())
	require.NoError(t, err)
	platform.SetRealtime(made, "")
	service := httptest.NewServer(platform)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(t, made.Close(ctx))
		service.Close()
		assert.NoError(t, platform.Shutdown(ctx))
	})
	w := &world{t: t, url: service.URL, app: platform.Config().AppCode, broker: made}
	w.server, err = chat.NewServer(w.app, platform.Config().SecretKey, chat.WithBaseURL(w.url))
	require.NoError(t, err)
	t.Cleanup(w.server.CloseIdleConnections)
	return w
}

// user logs somebody in.
func (w *world) user(id string) *chat.User {
	w.t.Helper()
	user, err := chat.NewUser(w.app, chat.Password(id, "kunci-"+id), chat.WithBaseURL(w.url))
	require.NoError(w.t, err)
	w.t.Cleanup(user.CloseIdleConnections)
	_, err = user.ID(w.t.Context())
	require.NoError(w.t, err)
	return user
}

// listener is a connection, and its events.
type listener struct {
	*realtime.Connection

	t    *testing.T
	next func() (realtime.Event, error, bool)
}

func (w *world) connect(user *chat.User, options ...realtime.Option) *listener {
	w.t.Helper()
	c, err := realtime.Connect(w.t.Context(), user, options...)
	require.NoError(w.t, err)
	ctx, cancel := context.WithTimeoutCause(w.t.Context(), patience, errors.New("the event does not come"))
	next, stop := iter.Pull2(c.Events(ctx))
	w.t.Cleanup(func() {
		stop()
		cancel()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(w.t, c.Close(ctx))
	})
	return &listener{Connection: c, t: w.t, next: next}
}

// await takes events until one of a type comes.
func await[E realtime.Event](l *listener) E {
	l.t.Helper()
	for {
		event, err, more := l.next()
		require.True(l.t, more, "there are no more events")
		require.NoError(l.t, err)
		if wanted, is := event.(E); is {
			return wanted
		}
	}
}

// Two users talk to one another, each with their own client.
func TestTwoUsersTalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Config{})
	rina, agus := w.user("rina"), w.user("agus")
	ctx := t.Context()
	opened, err := rina.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "agus"})
	require.NoError(t, err)
	room := opened.Room.ID
	atRina, atAgus := w.connect(rina), w.connect(agus)
	await[*realtime.Connected](atRina)
	await[*realtime.Connected](atAgus)
	require.NoError(t, atRina.JoinRoom(ctx, room))
	require.NoError(t, atAgus.JoinRoom(ctx, room))
	require.NoError(t, atRina.WatchPresence(ctx, "agus"))

	require.NoError(t, atAgus.SetOnline(ctx, true))
	assert.True(t, await[*realtime.Presence](atRina).IsOnline)
	require.NoError(t, atAgus.Typing(ctx, room, true))
	assert.Equal(t, "agus", await[*realtime.Typing](atRina).UserID)

	sent, err := agus.Messages.Send(ctx, room, chat.NewText("halo"))
	require.NoError(t, err)
	assert.Equal(t, sent.ID, await[*realtime.NewMessage](atAgus).Message.ID, "one's own comes too")
	heard := await[*realtime.NewMessage](atRina) // and is acknowledged
	assert.Equal(t, sent.ID, heard.Message.ID)
	assert.Equal(t, "halo", heard.Message.Message)
	assert.Equal(t, "agus", heard.Message.Email)
	delivered := await[*realtime.Delivered](atAgus)
	assert.Equal(t, "rina", delivered.UserID)
	assert.Equal(t, sent.ID, delivered.MessageID)
	_, err = rina.Messages.MarkRead(ctx, room, sent.ID)
	require.NoError(t, err)
	assert.Equal(t, "rina", await[*realtime.Read](atAgus).UserID)
}

// The broker goes, and what happens then is told when it is back; by a token that was
// renewed meanwhile.
func TestTheSandboxBreaksConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Config{RefuseAnonymous: true, RealtimeLookup: true})
	rina := w.user("rina")
	w.user("agus")
	room, err := w.server.Rooms.GetOrCreateWithTarget(t.Context(), chat.ServerRoomWithTargetParams{UserIDs: []string{"rina", "agus"}})
	require.NoError(t, err)
	l := w.connect(rina, realtime.WithBackoff(time.Millisecond, time.Millisecond))
	await[*realtime.Connected](l)
	post := func(text string) {
		_, err := w.server.Messages.Send(t.Context(), chat.ServerSendParams{
			RoomID: room.RoomID, UserID: "agus", Message: chat.NewText(text),
		})
		require.NoError(t, err)
	}
	for _, text := range []string{"satu", "dua", "tiga"} {
		post(text)
		assert.Equal(t, text, await[*realtime.NewMessage](l).Message.Message)
		w.broker.Drop(func(simulated.Client) bool { return true })
		post(text + " lagi")
		assert.Equal(t, text+" lagi", await[*realtime.NewMessage](l).Message.Message)
	}
	assert.NotEmpty(t, l.Position().Messages)
}
