package broker_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long something may take that happens as a rule within milliseconds.
const patience = 20 * time.Second

// refused is what a SUBACK says of a topic that was refused.
const refused byte = 0x80

// start makes a broker that the test's end closes.
func start(t testing.TB, rules broker.Rules, limits broker.Limits) *broker.Broker {
	t.Helper()
	made, err := broker.NewWithLimits(rules, limits)
	require.NoError(t, err)
	t.Cleanup(func() { end(t, made) })
	return made
}

func end(t testing.TB, made *broker.Broker) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	assert.NoError(t, made.Close(ctx))
}

// overTCP is where a broker listens.
func overTCP(t testing.TB, made *broker.Broker) string {
	t.Helper()
	address, err := made.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	return "tcp://" + address.String()
}

// overWebSocket is where a broker takes WebSocket connections.
func overWebSocket(t testing.TB, made *broker.Broker) string {
	t.Helper()
	server := httptest.NewServer(made)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http", "ws", 1) + "/mqtt"
}

// ways are those in which clients connect.
func ways() map[string]func(testing.TB, *broker.Broker) string {
	return map[string]func(testing.TB, *broker.Broker) string{"TCP": overTCP, "WebSocket": overWebSocket}
}

// person is a client of the real library.
type person struct {
	paho.Client

	t     *testing.T
	heard chan paho.Message
	lost  chan error
}

// options are those of a client that does not connect again by itself.
func options(address, id string) *paho.ClientOptions {
	return paho.NewClientOptions().AddBroker(address).SetClientID(id).SetAutoReconnect(false).
		SetProtocolVersion(4).SetConnectTimeout(patience).SetWriteTimeout(patience)
}

// meet makes a client, which the test's end disconnects.
func meet(t *testing.T, settings *paho.ClientOptions) *person {
	t.Helper()
	p := &person{t: t, heard: make(chan paho.Message, 10_000), lost: make(chan error, 1)}
	settings.SetDefaultPublishHandler(func(_ paho.Client, message paho.Message) { p.heard <- message })
	settings.SetConnectionLostHandler(func(_ paho.Client, err error) { p.lost <- err })
	p.Client = paho.NewClient(settings)
	t.Cleanup(p.leaves)
	return p
}

// join makes a client that is connected.
func join(t *testing.T, address, id string) *person {
	t.Helper()
	p := meet(t, options(address, id))
	p.do(p.Connect())
	return p
}

// do waits until something has been done.
func (p *person) do(token paho.Token) {
	p.t.Helper()
	require.True(p.t, token.WaitTimeout(patience), "the broker does not answer")
	require.NoError(p.t, token.Error())
}

// ask subscribes, and tells what the broker says to it.
func (p *person) ask(topic string, quality byte) byte {
	p.t.Helper()
	token := p.Subscribe(topic, quality, nil)
	require.True(p.t, token.WaitTimeout(patience), "the broker does not answer")
	subscribed, ok := token.(*paho.SubscribeToken)
	require.True(p.t, ok)
	answer, ok := subscribed.Result()[topic]
	require.True(p.t, ok, "the broker was not asked for "+topic)
	return answer
}

func (p *person) subscribe(topic string) {
	p.t.Helper()
	require.Zero(p.t, p.ask(topic, 0))
}

// hears returns the next message.
func (p *person) hears() paho.Message {
	p.t.Helper()
	select {
	case message := <-p.heard:
		return message
	case <-time.After(patience):
		require.Fail(p.t, "nothing was heard")
		return nil
	}
}

// hearsText expects the next message.
func (p *person) hearsText(topic, text string) {
	p.t.Helper()
	message := p.hears()
	assert.Equal(p.t, topic, message.Topic())
	assert.Equal(p.t, text, string(message.Payload()))
}

// leaves ends the connection as clients do who mean it.
func (p *person) leaves() { p.Disconnect(uint(patience.Milliseconds())) }

// isLost waits until the connection breaks.
func (p *person) isLost() {
	p.t.Helper()
	select {
	case err := <-p.lost:
		require.Error(p.t, err)
	case <-time.After(patience):
		require.Fail(p.t, "the connection stands")
	}
}

// await waits until something is so.
func await(t *testing.T, isSo func() bool) {
	t.Helper()
	require.Eventually(t, isSo, patience, time.Millisecond)
}

// notes are what the rules are told, in order.
type notes struct {
	mu   sync.Mutex
	told []string
}

func (n *notes) add(parts ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told = append(n.told, strings.Join(parts, " "))
}

func (n *notes) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string{}, n.told...)
}

// rules note everything, and let it pass.
func (n *notes) rules() broker.Rules {
	return broker.Rules{
		Connected: func(client realtime.Client) { n.add("connected", client.ID) },
		Publish: func(client realtime.Client, to realtime.Topic, payload []byte) ([]byte, bool) {
			n.add(client.ID, to.String(), string(payload))
			return payload, true
		},
		Disconnected: func(client realtime.Client) { n.add("disconnected", client.ID) },
	}
}
