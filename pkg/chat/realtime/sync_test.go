package realtime

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// failing makes some calls of a platform fail, until it is told otherwise.
func (p *platform) failing(failure error, calls ...string) (mend func()) {
	var isMended atomic.Bool
	p.set(func(p *platform) {
		p.failure = func(call string) error {
			for _, one := range calls {
				if one == call && !isMended.Load() {
					return failure
				}
			}
			return nil
		}
	})
	return func() { isMended.Store(true) }
}

func TestWhileSyncFailsAGapWaits(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	l := p.listen(c)
	await[*Connected](l)
	p.post("12", other, "satu")
	l.texts(1)
	isUpToDate(t, c)
	down := errors.New("no answer")
	mend := p.failing(down, "messages")
	p.write("12", other, "dua")
	p.post("12", other, "tiga")
	require.ErrorIs(t, await[*Behind](l).Err, down)
	p.post("13", other, "empat")
	assert.Equal(t, []string{"empat"}, l.texts(1), "what has no gap is told")
	mend()
	assert.Equal(t, []string{"dua", "tiga"}, l.texts(2))
	await[*CaughtUp](l)
	assert.Positive(t, c.Stats().SyncFailures)
	assert.Positive(t, c.Stats().Gaps)
	assert.Positive(t, c.Stats().Syncs)
}

func TestWhileEventsCannotBeReadTheConsumerKnows(t *testing.T) {
	p := newPlatform(t)
	down := errors.New("no answer")
	mend := p.failing(down, "events")
	c := p.connect()
	l := p.listen(c)
	require.ErrorIs(t, await[*Behind](l).Err, down)
	mend()
	await[*CaughtUp](l)
}

func TestAServiceWithoutEventsIsAskedOnce(t *testing.T) {
	p := newPlatform(t)
	p.failing(&chat.Error{Status: 404}, "events")
	c := p.connect()
	l := p.listen(c)
	eventually(t, func() bool { return c.Stats().Syncs > 10 }, "it goes on")
	assert.Equal(t, 1, p.count("events"))
	p.publish(p.token1()+"/n", p.happen("clear_room", `{}`))
	await[*RoomCleared](l)
}

func TestAnAnswerThatMakesNoSense(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	l := p.listen(c)
	p.set(func(p *platform) { p.posts = append(p.posts, wire.Message{ID: "1", RoomID: "12"}) })
	l.texts(1)
	p.set(func(p *platform) { p.posts = append(p.posts, wire.Message{ID: "9000000000000000000000", RoomID: "12"}) })
	require.ErrorContains(t, await[*Behind](l).Err, "has no id")
	p.set(func(p *platform) { p.posts = p.posts[:1] })
	await[*CaughtUp](l)
	p.set(func(p *platform) { p.happened = append(p.happened, wire.Notification{}) })
	require.ErrorContains(t, await[*Behind](l).Err, "has no id")
}

func TestAServiceThatRefusesTheUserEndsTheConnection(t *testing.T) {
	for name, test := range map[string]struct {
		failure error
		calls   []string
		isEnd   bool
	}{
		"the token is refused, again and again": {&chat.Error{Status: 401}, []string{"messages"}, true},
		"for events alone":                      {&chat.Error{Status: 403}, []string{"events"}, true},
		"the log-in is refused":                 {&chat.Error{Status: 400}, []string{"token"}, true},
		"the service fails":                     {&chat.Error{Status: 503}, []string{"messages", "token"}, false},
		"too many calls":                        {&chat.Error{Status: 429}, []string{"messages", "token"}, false},
		"one's own back end fails":              {errors.New("no answer"), []string{"messages", "token"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			c := p.connect()
			l := p.listen(c)
			await[*Connected](l)
			p.post("12", other, "satu")
			mend := p.failing(test.failure, test.calls...)
			p.broker.Drop(func(realtime.Client) bool { return true })
			if !test.isEnd {
				for isDisconnected, isBehind := false, false; !isDisconnected || !isBehind; {
					event, err, _ := l.next()
					require.NoError(t, err)
					switch event.(type) {
					case *Disconnected:
						isDisconnected = true
					case *Behind:
						isBehind = true
					}
				}
				mend()
				await[*Connected](l)
				return
			}
			var err error
			for err == nil {
				_, err, _ = l.next()
			}
			require.ErrorIs(t, err, ErrRefused)
			require.ErrorIs(t, err, test.failure)
			_, _, more := l.next()
			assert.False(t, more)
			require.ErrorIs(t, c.Handle(t.Context(), Handlers{}), ErrRefused)
			require.ErrorIs(t, c.Typing(t.Context(), "12", true), ErrRefused)
			require.ErrorIs(t, c.JoinRoom(t.Context(), "12"), ErrRefused)
		})
	}
}

func TestARefusalThatPassesIsNoEnd(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	l := p.listen(c)
	var calls atomic.Int64
	p.set(func(p *platform) {
		p.failure = func(call string) error {
			if call == "messages" && calls.Add(1)%3 > 0 {
				return &chat.Error{Status: 403}
			}
			return nil
		}
	})
	for range 3 {
		await[*Behind](l)
		await[*CaughtUp](l)
	}
}

func TestAConnectionThatCannotBegin(t *testing.T) {
	down := errors.New("no answer")
	for _, call := range []string{"id", "newest", "config"} {
		p := newPlatform(t)
		p.failing(down, call)
		_, err := p.tryToConnect(t.Context())
		require.ErrorIs(t, err, down, call)
	}
	p := newPlatform(t)
	p.failing(&chat.Error{Status: 401}, "token")
	_, err := p.tryToConnect(t.Context())
	require.ErrorIs(t, err, ErrRefused)

	p = newPlatform(t)
	mend := p.failing(down, "credentials")
	l := p.listen(p.connect())
	require.ErrorIs(t, await[*Disconnected](l).Err, down)
	mend()
	await[*Connected](l)
}

func TestAnAppWithoutABroker(t *testing.T) {
	p := newPlatform(t)
	p.settings.EnableRealtime = false
	c := p.connect()
	l := p.listen(c)
	require.ErrorIs(t, await[*Disconnected](l).Err, ErrNoBroker)
	p.write("12", other, "halo")
	assert.Equal(t, []string{"halo"}, l.texts(1))
	require.ErrorIs(t, c.Typing(t.Context(), "12", true), chat.ErrNotConnected)
	require.ErrorIs(t, c.PublishEvent(t.Context(), "12", 1), chat.ErrNotConnected)
}

func TestWhatCannotBePublished(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	require.Error(t, c.Typing(t.Context(), "+", true))
	require.Error(t, c.PublishEvent(t.Context(), "", 1))
	require.ErrorContains(t, c.PublishEvent(t.Context(), "12", func() {}), "func()")
	require.Error(t, c.JoinRoom(t.Context(), "#"))
	require.Error(t, c.JoinChannel(t.Context(), "berita#"))
	require.Error(t, c.WatchPresence(t.Context(), "a/b"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, c.Typing(ctx, "12", true), context.Canceled)
	require.ErrorIs(t, c.SetOnline(ctx, true), context.Canceled)
}

func TestWhatTheBrokerDoesNotAllow(t *testing.T) {
	p := newPlatform(t)
	p.stopBroker()
	var forbidden atomic.Pointer[string]
	forbid := func(id string) { forbidden.Store(&id) }
	forbid("12")
	p.rules = broker.Rules{Subscribe: func(_ realtime.Client, topic realtime.Topic) bool {
		id := *forbidden.Load()
		return topic.Room != id && topic.Channel != id && topic.User != id
	}}
	p.startBroker()
	c := p.connect()
	l := p.listen(c)
	await[*Connected](l)
	require.ErrorIs(t, c.JoinRoom(t.Context(), "12"), ErrNotAllowed)
	forbid("tidak ada")
	require.NoError(t, c.JoinRoom(t.Context(), "12"))
	require.NoError(t, c.JoinChannel(t.Context(), "berita"))
	require.NoError(t, c.WatchPresence(t.Context(), other))
	for id, want := range map[string]*NotAllowed{
		"12": {RoomID: "12"}, "berita": {ChannelUniqueID: "berita"}, other: {UserID: other},
	} {
		forbid(id)
		p.broker.Drop(func(realtime.Client) bool { return true })
		assert.Equal(t, want, await[*NotAllowed](l))
		await[*Connected](l)
	}
	assert.Empty(t, c.joined)
}

func TestMessagesOfOthersAreAcknowledged(t *testing.T) {
	p := newPlatform(t)
	c := p.connect(func(s *settings) error {
		s.betweenAcknowledgements = 50 * time.Millisecond
		return nil
	})
	l := p.listen(c)
	for range 5 {
		p.post("12", other, "halo")
	}
	p.post("13", testUser, "dari saya")
	p.set(func(p *platform) {
		p.posts = append(p.posts, wire.Message{ID: "100", RoomID: "14", Email: other, IsPublicChannel: true})
	})
	last := p.post("15", other, "halo")
	l.texts(8)
	eventually(t, func() bool { return len(p.markedIn("15")) == 1 }, "the last one is acknowledged")
	assert.Equal(t, []string{last.ID.String()}, p.markedIn("15"))
	marks := p.markedIn("12")
	assert.Equal(t, "5", marks[len(marks)-1])
	assert.LessOrEqual(t, len(marks), 5)
	assert.Empty(t, p.markedIn("13"), "one's own are not")
	assert.Empty(t, p.markedIn("14"), "channels have no receipts")

	down := errors.New("no answer")
	p.failing(down, "mark")
	m := p.post("12", other, "halo")
	failed := await[*NotAcknowledged](l)
	require.ErrorIs(t, failed.Err, down)
	assert.Equal(t, m.ID, failed.MessageID)
	assert.Equal(t, flex.ID("12"), failed.RoomID)
}

func TestAcknowledgingCanBeLeftToTheProgram(t *testing.T) {
	p := newPlatform(t)
	c := p.connect(WithoutAcknowledging())
	l := p.listen(c)
	p.post("12", other, "halo")
	l.texts(1)
	assert.Empty(t, c.toAcknowledge)
	assert.Zero(t, p.count("mark"))
}
