package sandbox

import (
	"context"
	"fmt"
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

// publish tells those who are connected to the chat server what has happened. It comes to
// them when it has been kept, and in order.
func (s *Sandbox) publish(event chatEvent) {
	if s.realtime.broker == nil {
		return
	}
	if topics := s.topicsOf(event); len(topics) > 0 {
		s.publishTo(topics, s.payloadOf(event))
	}
}

// topicsOf are the topics on which an event is told.
func (s *Sandbox) topicsOf(event chatEvent) (topics []realtime.Topic) {
	var kind realtime.Kind
	switch event.kind {
	case chatPosted:
		kind = realtime.Messages
		if channel := event.channelOf(); channel != "" {
			return []realtime.Topic{{Kind: realtime.ChannelMessages, App: s.config.AppCode, Channel: channel}}
		}
	case chatUpdated:
		kind = realtime.Updates
	case chatDeleted, chatCleared:
		kind = realtime.Notices
	case chatDelivered:
		return []realtime.Topic{{Kind: realtime.Delivered, Room: event.room.id, User: event.by.userID}}
	case chatRead:
		return []realtime.Topic{{Kind: realtime.Read, Room: event.room.id, User: event.by.userID}}
	}
	for _, user := range s.state.audience(event) {
		for _, token := range user.liveTokens(s.now()) {
			topics = append(topics, realtime.Topic{Kind: kind, Token: token})
		}
	}
	return topics
}

// payloadOf is what is told of an event.
func (s *Sandbox) payloadOf(event chatEvent) []byte {
	switch event.kind {
	case chatPosted, chatUpdated:
		return encode(s.realtimeComment(event.room, event.message))
	case chatDelivered, chatRead:
		return []byte(text(event.news.comment) + ":" + event.news.uniqueIDs[0])
	default:
		return encode(s.notification(event.news))
	}
}

// messageQuality is the best that a message is told with: at least once. What a client
// gets is that which it asked for, if that is less.
const messageQuality = 1

// publishTo tells the same on some topics. Sandbox.mu is held.
func (s *Sandbox) publishTo(topics []realtime.Topic, payload []byte) {
	broker := s.realtime.broker
	s.outbox = append(s.outbox, func() {
		for _, topic := range topics {
			_ = broker.Publish(topic.String(), payload, false, messageQuality) // who has closed it wants nothing told
		}
	})
}

// BotTypes tells the clients in a room that the bot is typing, or no longer is, and what
// it says of that.
func (s *Sandbox) BotTypes(ctx context.Context, roomID, says string, isTyping bool) error {
	return s.perform(ctx, "let the bot type", func() error {
		room, err := s.state.chatRoomWith(roomID)
		if err != nil {
			return fmt.Errorf("there is no room %s", roomID)
		}
		if s.realtime.broker == nil {
			return nil
		}
		status := 0
		if isTyping {
			status = 1
		}
		bot := s.state.staffUser(s.state.admin())
		s.publishTo([]realtime.Topic{{Kind: realtime.BotTyping, Room: room.id}}, encode(object{
			"sender_id": bot.userID, "sender_name": bot.name(), "text": says, "status": status,
		}))
		return nil
	})
}
