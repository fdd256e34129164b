// Package broker is the MQTT 3.1.1 broker of a simulated platform, within its process.
// It has no port of its own unless it is asked for one: a [Broker] is an http.Handler
// that takes WebSocket connections.
//
// Who may connect, subscribe and publish, the platform says, by [Rules]. What it does not
// know of, such as topics that are none of its own, is refused.
//
// # Reading the code
//
// listen.go and websocket.go take connections, connection.go holds one from its first
// byte to its last, and hook.go answers what the library asks about it: the protocol
// itself is that of github.com/mochi-mqtt/server.
//
// Of that library's server the sessions and topics are used, and not what it does by
// itself each second, so that an idle Broker has no goroutine. Those sessions that are
// kept for clients who have gone are bounded by their number instead of their age.
package broker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"sync"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// ErrClosed is returned for what a Broker can no longer do once Close was called.
var ErrClosed = errors.New("broker: it was closed")

// Rules are those of the platform.
type Rules = realtime.Rules

// Limits bound what clients can make a Broker hold. What is zero has a default.
type Limits struct {
	// Clients are those who are connected, and those who have gone and asked for their
	// session to be kept, of which the one that went first is forgotten: 4,096.
	Clients int
	// Packet is the size of what a client sends at once, in bytes: 256 KB.
	Packet int
	// Waiting is how many messages may wait to be written to a client, or to be
	// acknowledged by it: 4,096. Who does not keep up with them is disconnected, so
	// that it learns that it has missed something.
	Waiting int
	// Topics are what a client is subscribed to: 4,096. More are refused.
	Topics int
}

func (l Limits) withDefaults() (Limits, error) {
	if min(l.Clients, l.Packet, l.Waiting, l.Topics) < 0 || max(l.Clients, l.Packet, l.Topics) > math.MaxInt32 ||
		l.Waiting > math.MaxUint16 {
		return l, fmt.Errorf("broker: limits of %+v", l)
	}
	return Limits{
		Clients: cmp.Or(l.Clients, 4096), Packet: cmp.Or(l.Packet, 256<<10),
		Waiting: cmp.Or(l.Waiting, 4096), Topics: cmp.Or(l.Topics, 4096),
	}, nil
}

// writeBuffer is how much is written to a client at once, in bytes, when more waits.
const writeBuffer = 16 << 10

// Broker takes connections, and passes on what the platform and its clients publish. It
// is safe for concurrent use. Make one with [New], and end it with [Broker.Close].
type Broker struct {
	rules    Rules
	limits   Limits
	server   *mqtt.Server
	platform *mqtt.Client // in whose name the platform publishes

	running sync.WaitGroup // the connections, and who accepts them
	mu      sync.Mutex
	// What follows is guarded by mu, which is not held while a rule is asked.
	isClosed    bool
	failures    []error // of accepting connections
	listeners   map[net.Listener]struct{}
	connections map[*connection]struct{}
	sessions    map[string]*connection // by the client's id
	numbers     int64                  // how many connections there were
	ended       int64                  // and how many of them have ended
}

// New makes a Broker that does as the platform's rules say. It has the limits that
// [Limits] tells.
func New(rules Rules) (*Broker, error) { return NewWithLimits(rules, Limits{}) }

// NewWithLimits makes a Broker as [New] does, with limits of one's own.
func NewWithLimits(rules Rules, limits Limits) (*Broker, error) {
	limits, err := limits.withDefaults()
	if err != nil {
		return nil, err
	}
	capabilities := mqtt.NewDefaultServerCapabilities()
	capabilities.MaximumClients = int64(limits.Clients)
	capabilities.MaximumPacketSize = uint32(limits.Packet)          //nolint:gosec // withDefaults has seen that it fits
	capabilities.MaximumClientWritesPending = int32(limits.Waiting) //nolint:gosec // so has it here
	capabilities.MaximumInflight = uint16(limits.Waiting)           //nolint:gosec // and here
	capabilities.SharedSubAvailable = 0
	b := &Broker{
		rules: rules, limits: limits,
		server: mqtt.New(&mqtt.Options{
			Capabilities:             capabilities,
			ClientNetWriteBufferSize: writeBuffer,
			Logger:                   slog.New(slog.DiscardHandler), // what it logs holds messages
		}),
		listeners:   map[net.Listener]struct{}{},
		connections: map[*connection]struct{}{},
		sessions:    map[string]*connection{},
	}
	b.platform = b.server.NewClient(nil, "", "", true)
	if err := b.server.AddHook(&hook{broker: b}, nil); err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	return b, nil
}

// Publish tells all who are subscribed to a topic, and whoever subscribes later when it
// is to be retained, of which there is the last one for each topic; an empty payload ends
// that. The payload must not change afterwards. It waits for no client, and asks no rule.
func (b *Broker) Publish(topic string, payload []byte, retain bool, qos byte) error {
	if b.closed() {
		return ErrClosed
	}
	if !mqtt.IsValidFilter(topic, true) || topic == "" || qos > 2 {
		return fmt.Errorf("broker: publish with quality %d: nobody can be subscribed to that", qos)
	}
	err := b.server.InjectPacket(b.platform, packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Retain: retain, Qos: qos},
		TopicName:   topic,
		Payload:     payload,
		PacketID:    uint16(qos), // the library wants one where the quality is more than 0
	})
	if err != nil {
		return fmt.Errorf("broker: publish: %w", err)
	}
	return nil
}

// Subscribed tells whether somebody is subscribed to a topic, by just these words.
func (b *Broker) Subscribed(topic string) bool {
	for _, session := range b.begun() {
		if _, is := session.mqtt.State.Subscriptions.Get(topic); is {
			return true
		}
	}
	return false
}

// Drop breaks the connections of some clients, as a network does, and tells how many
// there were.
func (b *Broker) Drop(which func(realtime.Client) bool) (dropped int) {
	for _, session := range b.begun() {
		client := session.client
		for filter := range session.mqtt.State.Subscriptions.GetAll() {
			if topic, ok := realtime.ParseTopic(filter); ok {
				client.Topics = append(client.Topics, topic)
			}
		}
		if which(client) {
			_ = session.connection.Close() // it is broken, whatever comes of it
			dropped++
		}
	}
	return dropped
}

// Clients tells how many clients are connected.
func (b *Broker) Clients() int { return len(b.begun()) }

// Close breaks all connections, takes no others, and returns when nothing of the Broker
// runs any more, or with the context's error when that ends first; what is left then
// ends as soon as the rules that it called return. No last will is told of any more. It
// also returns what went wrong when connections were accepted.
func (b *Broker) Close(ctx context.Context) error {
	b.mu.Lock()
	b.isClosed = true
	for listener := range b.listeners {
		_ = listener.Close() // nobody listens any more in any case
	}
	clear(b.listeners)
	for connection := range b.connections {
		_ = connection.Close() // nor here
	}
	b.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		b.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		return fmt.Errorf("broker: close: %w", ctx.Err())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return errors.Join(b.failures...)
}

func (b *Broker) closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.isClosed
}
