package broker_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// hello is a CONNECT packet.
func hello(t testing.TB, id string, version byte) []byte {
	t.Helper()
	packet := &packets.ConnectPacket{
		FixedHeader:  packets.FixedHeader{MessageType: packets.Connect},
		ProtocolName: "MQTT", ProtocolVersion: version, CleanSession: true, ClientIdentifier: id,
	}
	var written bytes.Buffer
	require.NoError(t, packet.Write(&written))
	if version == 5 { // has its properties before what this library writes
		raw := written.Bytes()
		raw[1]++
		return append(append(append([]byte{}, raw[:12]...), 0), raw[12:]...)
	}
	return written.Bytes()
}

// subscription is a SUBSCRIBE packet.
func subscription(t testing.TB, quality byte, topic string) []byte {
	t.Helper()
	packet := &packets.SubscribePacket{
		FixedHeader: packets.FixedHeader{MessageType: packets.Subscribe, Qos: 1},
		MessageID:   1, Topics: []string{topic}, Qoss: []byte{quality},
	}
	var written bytes.Buffer
	require.NoError(t, packet.Write(&written))
	return written.Bytes()
}

// dial connects over TCP, and speaks for itself.
func dial(t testing.TB, address string) net.Conn {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(address, "tcp://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return conn
}

// send writes to a connection.
func send(t testing.TB, conn io.Writer, raw []byte) {
	t.Helper()
	_, err := conn.Write(raw)
	require.NoError(t, err)
}

// isClosed reads a connection to its end.
func isClosed(t *testing.T, conn io.Reader) {
	t.Helper()
	_, err := io.Copy(io.Discard, conn)
	var timeout net.Error
	require.False(t, errors.As(err, &timeout) && timeout.Timeout(), "the connection stands")
}

func TestVersionsOfTheProtocol(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	address := overTCP(t, made)
	for _, version := range []uint{3, 4} {
		rini := meet(t, options(address, "rini").SetProtocolVersion(version))
		rini.do(rini.Connect())
	}
	conn := dial(t, address)
	send(t, conn, hello(t, "rini", 5))
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Greater(t, len(answer), 3)
	assert.Equal(t, byte(0x84), answer[3], "unsupported protocol version")
}

func TestTooManyClients(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{Clients: 2})
	address := overTCP(t, made)
	first := join(t, address, "first")
	join(t, address, "second")
	third := meet(t, options(address, "third"))
	token := third.Connect()
	require.True(t, token.WaitTimeout(patience))
	require.ErrorContains(t, token.Error(), "server Unavailable")

	first.leaves()
	await(t, func() bool {
		token := third.Connect()
		return token.WaitTimeout(patience) && token.Error() == nil
	})
}

func TestPacketsThatAreTooLong(t *testing.T) {
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, broker.Rules{}, broker.Limits{Packet: 1000})
			rini := join(t, open(t, made), "rini")
			rini.subscribe("r/1/1/e")
			rini.do(rini.Publish("r/1/1/e", 0, false, strings.Repeat("a", 900)))
			assert.Len(t, rini.hears().Payload(), 900)
			rini.Publish("r/1/1/e", 0, false, strings.Repeat("a", 2000))
			rini.isLost()
		})
	}
}

func TestTooManyTopics(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{Topics: 3})
	rini := join(t, overTCP(t, made), "rini")
	for i := range 3 {
		rini.subscribe("u/user-" + strconv.Itoa(i) + "/s")
	}
	assert.Equal(t, refused, rini.ask("u/user-3/s", 0))
	rini.do(rini.Unsubscribe("u/user-1/s"))
	rini.subscribe("u/user-3/s")
}

// Who does not read is disconnected, and holds nobody up.
func TestWhoDoesNotKeepUp(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{Waiting: 20})
	address := overTCP(t, made)
	idle := dial(t, address)
	send(t, idle, hello(t, "idle", 4))
	send(t, idle, subscription(t, 0, "r/1/1/e"))
	await(t, func() bool { return made.Subscribed("r/1/1/e") })
	payload := bytes.Repeat([]byte("a"), 64<<10)
	await(t, func() bool {
		require.NoError(t, made.Publish("r/1/1/e", payload, false, 0))
		return made.Clients() == 0
	})
}

// Who connects and says nothing, or stops in the middle of a word, is not waited for.
func TestWhoSaysNothing(t *testing.T) {
	for name, said := range map[string][]byte{"nothing": nil, "half a packet": hello(t, "rini", 4)[:5]} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				made := start(t, broker.Rules{}, broker.Limits{})
				listener := &pipes{came: make(chan net.Conn), ended: make(chan struct{})}
				served := make(chan error, 1)
				go func() { served <- made.Serve(listener) }()
				begun := time.Now()
				conn := listener.dial()
				if said != nil {
					send(t, conn, said)
				}
				_, err := io.Copy(io.Discard, conn)
				require.NoError(t, err)
				assert.Equal(t, 10*time.Second, time.Since(begun))
				end(t, made)
				require.ErrorIs(t, <-served, broker.ErrClosed)
			})
		})
	}
}

// Who says nothing takes a place too; for one who is far too many there is none to be told
// so.
func TestTooManyWhoSayNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := start(t, broker.Rules{}, broker.Limits{Clients: 1})
		listener := &pipes{came: make(chan net.Conn), ended: make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- made.Serve(listener) }()
		begun := time.Now()
		for range 2 {
			listener.dial()
		}
		_, err := io.Copy(io.Discard, listener.dial())
		require.NoError(t, err)
		assert.Zero(t, time.Since(begun))
		end(t, made)
		require.ErrorIs(t, <-served, broker.ErrClosed)
	})
}

// pipes is a listener without a network.
type pipes struct {
	came  chan net.Conn
	ended chan struct{}
}

func (p *pipes) dial() net.Conn {
	here, there := net.Pipe()
	p.came <- there
	return here
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.came:
		return conn, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.ended); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestLimitsThatMakeNoSense(t *testing.T) {
	for _, limits := range []broker.Limits{{Clients: -1}, {Packet: -1}, {Waiting: 1 << 16}, {Topics: -1}, {Packet: 1 << 32}} {
		_, err := broker.NewWithLimits(broker.Rules{}, limits)
		assert.Error(t, err, limits)
	}
}

func TestClose(t *testing.T) {
	var told notes
	made := start(t, told.rules(), broker.Limits{})
	address, page := overTCP(t, made), overWebSocket(t, made)
	people := []*person{join(t, address, "rini"), join(t, page, "agus")}
	silent := dial(t, address)
	end(t, made)
	for _, one := range people {
		one.isLost()
	}
	isClosed(t, silent)
	assert.Subset(t, told.all(), []string{"disconnected rini", "disconnected agus"})
	end(t, made)

	_, err := made.Listen(t.Context(), "127.0.0.1:0")
	require.ErrorIs(t, err, broker.ErrClosed)
	require.ErrorIs(t, made.Serve(&pipes{ended: make(chan struct{})}), broker.ErrClosed)
	_, answer, err := websocket.DefaultDialer.DialContext(t.Context(), page, http.Header{"Sec-WebSocket-Protocol": {"mqtt"}})
	require.Error(t, err)
	defer answer.Body.Close()
	assert.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
}

// Who closes does not wait longer than it wants to for a rule that does not return.
func TestCloseIsBounded(t *testing.T) {
	asked, goOn := make(chan struct{}), make(chan struct{})
	made := start(t, broker.Rules{Connected: func(realtime.Client) {
		close(asked)
		<-goOn
	}}, broker.Limits{})
	join(t, overTCP(t, made), "rini")
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, made.Close(ctx), context.Canceled)
	close(goOn)
}

func TestListenWhereSomebodyDoes(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	address, err := made.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	_, err = made.Listen(t.Context(), address.String())
	require.Error(t, err)
}

// A listener that fails is told of by Serve, or at the end.
func TestAListenerThatFails(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	require.ErrorIs(t, made.Serve(failing{}), io.ErrUnexpectedEOF)
}

type failing struct{ net.Listener }

func (failing) Accept() (net.Conn, error) { return nil, io.ErrUnexpectedEOF }
func (failing) Close() error              { return nil }
