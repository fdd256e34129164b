package sandbox

import (
	"net/http"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// Realtime is the broker through which the chat server's clients learn at once of what
// happens. Its methods are called while the Sandbox is busy: they must not call it, nor
// wait for anybody who does.
type Realtime interface {
	// ServeHTTP takes the connections of clients that use WebSockets.
	http.Handler
	// Publish tells all who have subscribed to a topic, and, if it is retained, whoever
	// does so later.
	Publish(topic string, payload []byte, retain bool, qos byte) error
	// Subscribed tells whether somebody has subscribed to a topic.
	Subscribed(topic string) bool
	// Drop breaks the connections of some clients, whose topics it tells, and returns how
	// many there were.
	Drop(which func(realtime.Client) bool) int
}

// chatRealtime is what is known of the broker. It is guarded by Sandbox.mu.
type chatRealtime struct {
	broker Realtime // nil while there is none
	url    string   // where clients find it; "" for the Sandbox's own address
	// presences are those who have ever said that they are online or not, by their user
	// ids. They are not kept: when the platform begins anew, nobody is connected to it.
	presences map[string]presence
}

// presence is whether somebody is online, and since when.
type presence struct {
	online bool
	since  time.Time
}

// presence tells whether a user is online, and since when that is so; the zero time when
// the user never was.
func (r *chatRealtime) presence(userID string) (online bool, since time.Time) {
	known := r.presences[userID]
	return known.online, known.since
}

// subscribed tells whether somebody has subscribed to a topic.
func (r *chatRealtime) subscribed(topic string) bool {
	return r.broker != nil && r.broker.Subscribed(topic)
}

// note notes that a user is online or not, and returns what is known then.
func (r *chatRealtime) note(userID string, online bool, now time.Time) presence {
	if r.presences == nil {
		r.presences = map[string]presence{}
	}
	if known, isKnown := r.presences[userID]; !isKnown || known.online != online {
		r.presences[userID] = presence{online: online, since: now}
	}
	return r.presences[userID]
}

// payload is what is told of it.
func (p presence) payload() []byte { return realtime.PresencePayload(p.online, p.since) }

// SetRealtime has clients told of what happens through a broker from now on, which takes
// their WebSockets at [RealtimePath], and asks [Sandbox.RealtimeRules]. The URL is where
// they are told to look for it, such as mqtt://127.0.0.1:1883, or mqtt://:1883 for the
// host that they have called; when it is "", they are told to use that path there. Without
// a broker, which is nil, clients are told that there is none. Whoever made the broker
// closes it, after Shutdown.
func (s *Sandbox) SetRealtime(broker Realtime, url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.realtime.broker, s.realtime.url = broker, url
	if broker == nil {
		return
	}
	for userID, known := range s.realtime.presences { // which a new broker does not know
		topic := realtime.Topic{Kind: realtime.Presence, User: userID}
		_ = broker.Publish(topic.String(), known.payload(), true, messageQuality) // if it was closed, nobody is there
	}
}

// BreakConnections breaks all connections to the broker, as a network does, and tells how
// many there were.
func (s *Sandbox) BreakConnections() int {
	s.mu.Lock()
	broker := s.realtime.broker
	s.mu.Unlock()
	if broker == nil {
		return 0
	}
	return broker.Drop(func(realtime.Client) bool { return true })
}
