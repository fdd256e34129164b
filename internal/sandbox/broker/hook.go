package broker

import (
	"errors"
	"slices"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// lastVersion is the protocol's version that 3.1.1 has on the wire. What comes after it
// has more than the platform is known to speak.
const lastVersion = 4

// hook answers what the library asks.
type hook struct {
	mqtt.HookBase

	broker *Broker
}

// ID names the hook.
func (*hook) ID() string { return "platform" }

// Provides tells which questions it answers.
func (*hook) Provides(question byte) bool {
	return slices.Contains([]byte{
		mqtt.OnConnect, mqtt.OnConnectAuthenticate, mqtt.OnSessionEstablish, mqtt.OnSessionEstablished, mqtt.OnDisconnect,
		mqtt.OnACLCheck, mqtt.OnPacketRead, mqtt.OnPacketEncode, mqtt.OnSubscribe, mqtt.OnPublish, mqtt.OnPublishDropped,
	}, question)
}

// connectionOf is whose connection a client of the library's is.
func connectionOf(client *mqtt.Client) *connection {
	held, _ := client.Net.Conn.(*connection)
	return held
}

// OnConnect refuses other versions of the protocol.
func (h *hook) OnConnect(client *mqtt.Client, connect packets.Packet) error {
	if connect.ProtocolVersion <= lastVersion {
		return nil
	}
	refused := packets.ErrUnsupportedProtocolVersion
	return errors.Join(refused, h.broker.server.SendConnack(client, refused, false, nil))
}

// OnConnectAuthenticate tells whether a client may connect.
func (h *hook) OnConnectAuthenticate(client *mqtt.Client, connect packets.Packet) bool {
	user := ""
	if h.broker.rules.Connect != nil {
		name, isAllowed := h.broker.rules.Connect(realtime.Login{
			ClientID: client.ID, UserName: string(connect.Connect.Username), Password: string(connect.Connect.Password),
		})
		if !isAllowed {
			return false
		}
		user = name
	}
	held := connectionOf(client)
	h.broker.claim(held, realtime.Client{Number: held.number, ID: client.ID, User: user}, willOf(client))
	return true
}

// willOf takes a client's last will out of the library's hands: it would publish it
// wherever the client says, as the client has written it. A will on no topic of clients
// is ignored, as is what they publish on others.
func willOf(client *mqtt.Client) *will {
	asked := client.Properties.Will
	client.Properties.Will = mqtt.Will{}
	topic, ok := realtime.ParseTopic(asked.TopicName)
	if asked.Flag == 0 || !ok || !topic.ByClients() {
		return nil
	}
	return &will{topic: topic, payload: asked.Payload, qos: asked.Qos}
}

// OnSessionEstablish is told before a session begins.
func (h *hook) OnSessionEstablish(client *mqtt.Client, _ packets.Packet) {
	h.broker.begin(connectionOf(client), client)
}

// OnSessionEstablished is told when a session has begun.
func (h *hook) OnSessionEstablished(client *mqtt.Client, _ packets.Packet) {
	if h.broker.rules.Connected != nil {
		h.broker.rules.Connected(connectionOf(client).client)
	}
}

// OnDisconnect is told when a session ends, of whose connection that was told.
func (h *hook) OnDisconnect(client *mqtt.Client, _ error, _ bool) {
	held := connectionOf(client)
	last := h.broker.testament(held)
	if last != nil && !errors.Is(client.StopCause(), packets.CodeDisconnect) {
		if told, isAllowed := h.broker.told(held.client, last.topic, last.payload); isAllowed {
			retain := last.topic.Kind == realtime.Presence
			_ = h.broker.Publish(last.topic.String(), told, retain, last.qos) // who closes has nothing told
		}
	}
	if h.broker.rules.Disconnected != nil {
		h.broker.rules.Disconnected(held.client)
	}
}

// OnACLCheck lets everything pass that OnSubscribe and OnPublish have let pass. It is
// asked for each message that goes to a client, while the platform publishes it, and so
// no rule may be asked here.
func (*hook) OnACLCheck(*mqtt.Client, string, bool) bool { return true }

// OnPacketRead gives a client's request to subscribe, or not to any more, a number that the
// Broker does not use: the library refuses one that is that of a message under way to the
// client, which counts its own.
func (*hook) OnPacketRead(client *mqtt.Client, packet packets.Packet) (packets.Packet, error) {
	isRequest := packet.FixedHeader.Type == packets.Subscribe || packet.FixedHeader.Type == packets.Unsubscribe
	if !isRequest || packet.PacketID == 0 {
		return packet, nil
	}
	free, err := client.NextPacketID()
	if err != nil {
		return packet, nil //nolint:nilerr // so many are under way that it has to be refused
	}
	connectionOf(client).asked, packet.PacketID = packet.PacketID, uint16(free) //nolint:gosec // it is one
	return packet, nil
}

// OnPacketEncode answers such a request by the client's number.
func (*hook) OnPacketEncode(client *mqtt.Client, packet packets.Packet) packets.Packet {
	if packet.FixedHeader.Type == packets.Suback || packet.FixedHeader.Type == packets.Unsuback {
		packet.PacketID = connectionOf(client).asked
	}
	return packet
}

// OnSubscribe replaces the topics that a client may not subscribe to by one that the
// library refuses.
func (h *hook) OnSubscribe(client *mqtt.Client, subscribe packets.Packet) packets.Packet {
	held := connectionOf(client)
	filters := slices.Clone(subscribe.Filters)
	left := h.broker.limits.Topics - client.State.Subscriptions.Len()
	for i := range filters {
		topic, ok := realtime.ParseTopic(filters[i].Filter)
		ok = ok && left > 0 && (h.broker.rules.Subscribe == nil || h.broker.rules.Subscribe(held.client, topic))
		if !ok {
			filters[i].Filter = ""
			continue
		}
		left--
	}
	subscribe.Filters = filters
	return subscribe
}

// OnPublish changes or ignores what a client publishes. What is ignored is acknowledged
// all the same: MQTT 3.1.1 has no refusal but to break the connection.
func (h *hook) OnPublish(client *mqtt.Client, publish packets.Packet) (packets.Packet, error) {
	if client.Net.Inline {
		return publish, nil
	}
	topic, ok := realtime.ParseTopic(publish.TopicName)
	if !ok || !topic.ByClients() {
		return publish, packets.CodeSuccessIgnore
	}
	told, isAllowed := h.broker.told(connectionOf(client).client, topic, publish.Payload)
	if !isAllowed {
		return publish, packets.CodeSuccessIgnore
	}
	publish.Payload = told
	publish.FixedHeader.Retain = topic.Kind == realtime.Presence
	return publish, nil
}

// OnPublishDropped disconnects a client that does not keep up. It is told while the
// platform publishes.
func (*hook) OnPublishDropped(client *mqtt.Client, _ packets.Packet) {
	client.Stop(packets.ErrPendingClientWritesExceeded)
}

// told asks the platform what is told of something that a client publishes.
func (b *Broker) told(client realtime.Client, to realtime.Topic, payload []byte) (told []byte, allowed bool) {
	if b.rules.Publish == nil {
		return payload, true
	}
	return b.rules.Publish(client, to, payload)
}
