package realtime

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// watcher is another user, who sees who is online.
func (p *platform) watcher() *listener {
	p.t.Helper()
	c := p.connect(func(s *settings) error { return nil })
	require.NoError(p.t, c.WatchPresence(p.t.Context(), testUser))
	return p.listen(c)
}

func TestAUserIsOnlineUntilTheConnectionIsClosed(t *testing.T) {
	p := newPlatform(t)
	c := p.connect(WithPresenceInterval(5 * time.Millisecond))
	watcher := p.watcher()
	require.NoError(t, c.JoinRoom(t.Context(), "12"))
	require.NoError(t, c.SetOnline(t.Context(), true))
	for range 3 {
		assert.True(t, await[*Presence](watcher).IsOnline, "it is said again and again")
	}
	require.NoError(t, c.SetOnline(t.Context(), false))
	watcher.seesOffline()
	require.NoError(t, c.SetOnline(t.Context(), true))
	assert.True(t, await[*Presence](watcher).IsOnline)
	p.end(c)
	watcher.seesOffline()
	eventually(t, func() bool { return p.broker.Clients() == 1 }, "it has left")
}

func TestAUserIsOfflineWhenTheConnectionBreaks(t *testing.T) {
	p := newPlatform(t)
	watcher := p.watcher()
	c := p.connect(WithBackoff(time.Hour, time.Hour))
	require.NoError(t, c.SetOnline(t.Context(), true))
	assert.True(t, await[*Presence](watcher).IsOnline)
	p.broker.Drop(func(client realtime.Client) bool { return client.ID == c.clientID })
	watcher.seesOffline()
}

func TestAConnectionThatIsClosedLeavesNothing(t *testing.T) {
	p := newPlatform(t)
	keep := goleak.IgnoreCurrent()
	c := p.connect()
	l := p.listen(c)
	require.NoError(t, c.JoinRoom(t.Context(), "12"))
	p.post("12", other, "halo")
	l.texts(1)
	eventually(t, func() bool { return len(p.markedIn("12")) == 1 }, "it was acknowledged")
	p.end(c)
	_, _, more := l.next()
	assert.False(t, more)
	eventually(t, func() bool { return p.broker.Clients() == 0 }, "the broker has seen it go")
	assert.NoError(t, goleak.Find(keep))
}

func TestClosingWhileTheBrokerDoesNotAnswer(t *testing.T) {
	silent := listen(t)
	defer func() { require.NoError(t, silent.Close()) }()
	accepted := make(chan net.Conn, 10)
	go func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	for name, broker := range map[string]string{
		"over TCP":       "mqtt://" + silent.Addr().String(),
		"over TLS":       "mqtts://" + silent.Addr().String(),
		"over WebSocket": "ws://" + silent.Addr().String(),
	} {
		t.Run(name, func(t *testing.T) {
			p := &platform{t: t, held: "token", calls: map[string]int{}, settings: wire.GetConfigResult{EnableRealtime: true}}
			ctx, cancel := context.WithCancelCause(t.Context())
			reason := errors.New("it takes too long")
			go func() {
				conn := <-accepted
				cancel(reason)
				_, _ = io.Copy(io.Discard, conn) // it stays open until the other side closes it
				_ = conn.Close()
			}()
			_, err := p.tryToConnect(ctx, WithBroker(broker))
			require.ErrorIs(t, err, reason)
		})
	}
}

// A broker that takes the connection and says nothing more is given up.
func TestABrokerThatDoesNotAnswerTheSubscription(t *testing.T) {
	silent := listen(t)
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				_, _ = conn.Write([]byte{0x20, 2, 0, 0}) // CONNACK
				_, _ = io.Copy(io.Discard, conn)
				_ = conn.Close()
			})
		}
	})
	p := &platform{t: t, held: "token", calls: map[string]int{}}
	c := p.connect(WithBroker("mqtt://"+silent.Addr().String()), func(s *settings) error {
		s.connectTimeout = 20 * time.Millisecond
		return nil
	})
	require.ErrorIs(t, await[*Disconnected](p.listen(c)).Err, context.DeadlineExceeded)
	p.end(c)
	require.NoError(t, silent.Close())
	open.Wait()
}

func TestClosingDoesNotWaitForEver(t *testing.T) {
	p := newPlatform(t)
	release := make(chan struct{})
	defer close(release)
	p.failure = func(call string) error {
		if call == "mark" {
			<-release
		}
		return nil
	}
	c := p.connect()
	l := p.listen(c)
	p.post("12", other, "halo")
	l.texts(1)
	eventually(t, func() bool { return p.count("mark") == 1 }, "it is being acknowledged")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, c.Close(ctx), context.Canceled)
}

func TestAGoodbyeThatIsNotHeardIsAnError(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	require.NoError(t, c.SetOnline(t.Context(), true))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := c.Close(ctx)
	require.ErrorIs(t, err, context.Canceled)
	eventually(t, func() bool { return errors.Is(c.Close(t.Context()), context.Canceled) }, "whoever asks again hears it too")
}

func TestTheBrokerRefusesTheClient(t *testing.T) {
	p := newPlatform(t)
	p.stopBroker()
	p.rules = broker.Rules{Connect: func(login realtime.Login) (string, bool) {
		return testUser, login.UserName == "rina" && login.Password == "kunci"
	}}
	p.startBroker()
	c := p.connect()
	l := p.listen(c)
	require.ErrorContains(t, await[*Disconnected](l).Err, "not Authorized")
	p.set(func(p *platform) { p.login = [2]string{"rina", "kunci"} })
	await[*Connected](l)
	assert.Regexp(t, "^"+testApp+"_"+testUser+"_[A-Z2-7]{12}$", c.clientID)
}
