package broker

import (
	"net"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

const (
	// connectPatience is how long a client may take to say who it is.
	connectPatience = 10 * time.Second
	// writePatience is how long it may take to read what is written to it.
	writePatience = 30 * time.Second
)

// connection is a client's, from its first byte to its last. The library hands it back
// with each question.
type connection struct {
	net.Conn

	number int64
	ended  chan struct{} // closed when the library has let go of it

	// Guarded by Broker.mu.
	client realtime.Client
	will   *will        // what is told when it breaks; nil when there is none
	mqtt   *mqtt.Client // nil until its session begins
	gone   int64        // the how manieth it was to end; 0 until it has

	// asked is what the client numbered its last request with; see hook.OnPacketRead. It
	// is used by the goroutine alone that reads what the client sends.
	asked uint16
}

// Write writes to the client. The library does so one after the other.
func (c *connection) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// SetDeadline bounds reading, by which the library sees to it that a client keeps in
// touch.
func (c *connection) SetDeadline(at time.Time) error { return c.SetReadDeadline(at) }

// will is what a client wants told when its connection breaks.
type will struct {
	topic   realtime.Topic
	payload []byte
	qos     byte
}

// session is what is known of a connection whose session has begun.
type session struct {
	connection *connection
	client     realtime.Client
	mqtt       *mqtt.Client
}

// enter takes a connection, unless the Broker is closed or has too many. Who has not said
// yet who it is counts as well; one who is one too many should be told so, as far as there
// is room for it.
func (b *Broker) enter(conn net.Conn) (entered *connection, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.isClosed || len(b.connections) >= 2*b.limits.Clients {
		return nil, false
	}
	b.numbers++
	entered = &connection{Conn: conn, number: b.numbers, ended: make(chan struct{})}
	b.connections[entered] = struct{}{}
	b.running.Add(1)
	return entered, true
}

// hold lets a connection that was entered speak to the library until its end.
func (b *Broker) hold(c *connection) {
	defer b.running.Done()
	defer b.leave(c)
	defer c.Close() //nolint:errcheck // the client has gone
	if c.SetDeadline(time.Now().Add(connectPatience)) == nil {
		_ = b.server.EstablishConnection("", c) // how it ended is the client's affair
	}
}

// leave forgets a connection.
func (b *Broker) leave(c *connection) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.connections, c)
	b.ended++
	c.gone = b.ended
	if b.sessions[c.client.ID] == c {
		delete(b.sessions, c.client.ID)
	}
	close(c.ended)
}

// claim makes a connection the only one of a client, who may come again before its last
// connection is known to be broken. The library's own way is not safe where that ends at
// the same moment: it takes the new session for the old one. Nor does it ask whose session
// it was that was kept: what another user had subscribed to is not the new one's.
func (b *Broker) claim(c *connection, client realtime.Client, last *will) {
	for {
		holder := b.tryToClaim(c, client, last)
		if holder == nil {
			b.disinherit(client)
			return
		}
		_ = holder.Close() // it is replaced
		<-holder.ended
	}
}

// tryToClaim returns who holds the client's id; nil when the connection does from now on.
func (b *Broker) tryToClaim(c *connection, client realtime.Client, last *will) (holder *connection) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if holder := b.sessions[client.ID]; holder != nil {
		return holder
	}
	b.sessions[client.ID], c.client, c.will = c, client, last
	return nil
}

// disinherit forgets the session that was kept for a client's id, if it is another user's.
func (b *Broker) disinherit(client realtime.Client) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if kept, is := b.server.Clients.Get(client.ID); is && connectionOf(kept).client.User != client.User {
		b.forget(kept)
	}
}

// begin notes that a session begins, and makes room for it. Among those that make room are
// the ones that the library keeps because it could not write that they begin.
func (b *Broker) begin(c *connection, client *mqtt.Client) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.mqtt = client
	if b.server.Clients.Len() < b.limits.Clients {
		return
	}
	var first *connection
	for id, kept := range b.server.Clients.GetAll() {
		held := connectionOf(kept)
		if held.gone > 0 && id != client.ID && (first == nil || held.gone < first.gone) {
			first = held
		}
	}
	if first != nil {
		b.forget(first.mqtt)
	}
}

// forget ends a session that was kept.
func (b *Broker) forget(kept *mqtt.Client) {
	kept.ClearInflights()
	b.server.UnsubscribeClient(kept)
	b.server.Clients.Delete(kept.ID)
}

// testament returns what is to be told now that a connection has ended.
func (b *Broker) testament(c *connection) *will {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.isClosed {
		return nil
	}
	return c.will
}

// begun lists the sessions that have begun and go on.
func (b *Broker) begun() []session {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []session
	for c := range b.connections {
		if c.mqtt != nil && !c.mqtt.Closed() {
			all = append(all, session{c, c.client, c.mqtt})
		}
	}
	return all
}
