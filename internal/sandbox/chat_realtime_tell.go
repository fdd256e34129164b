package sandbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// publish tells those who are connected to the chat server what has happened. It comes to
// them when it has been kept, and in order, unless trouble has it otherwise.
func (s *Sandbox) publish(event chatEvent) {
	if s.realtime.broker == nil {
		return
	}
	if tellings := s.tellingsOf(event); len(tellings) > 0 {
		payload := s.payloadOf(event)
		for _, one := range tellings {
			s.tellOn(one.topic, payload, s.config.Trouble.Telling(string(event.kind), one.subject))
		}
	}
}

// telling is where something is told, and what trouble is decided by: who hears it, in
// whose room.
type telling struct {
	topic   realtime.Topic
	subject string
}

// tellingsOf are those of an event.
func (s *Sandbox) tellingsOf(event chatEvent) (tellings []telling) {
	whose := s.state.customerOf(event.room.id)
	var kind realtime.Kind
	switch event.kind {
	case chatPosted:
		kind = realtime.Messages
		if channel := event.channelOf(); channel != "" {
			topic := realtime.Topic{Kind: realtime.ChannelMessages, App: s.config.AppCode, Channel: channel}
			return []telling{{topic, whose}}
		}
	case chatUpdated:
		kind = realtime.Updates
	case chatDeleted, chatCleared:
		kind = realtime.Notices
	case chatDelivered:
		topic := realtime.Topic{Kind: realtime.Delivered, Room: event.room.id, User: event.by.userID}
		return []telling{{topic, whose + " " + event.by.userID}}
	case chatRead:
		topic := realtime.Topic{Kind: realtime.Read, Room: event.room.id, User: event.by.userID}
		return []telling{{topic, whose + " " + event.by.userID}}
	}
	for _, user := range s.state.audience(event) {
		for _, token := range user.liveTokens(s.now()) {
			topic := realtime.Topic{Kind: kind, Token: token}
			tellings = append(tellings, telling{topic, whose + " " + user.userID})
		}
	}
	return tellings
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

// tellOn tells something on a topic, as trouble has it. Sandbox.mu is held.
func (s *Sandbox) tellOn(topic realtime.Topic, payload []byte, strikes trouble.Strikes) {
	broker := s.realtime.broker
	tell := func() {
		_ = broker.Publish(topic.String(), payload, false, messageQuality) // who has closed it wants nothing told
		if strikes.Has(trouble.RepeatRealtime) {
			_ = broker.Publish(topic.String(), payload, false, messageQuality)
		}
	}
	late, isLate := strikes[trouble.LateRealtime]
	switch {
	case strikes.Has(trouble.DropRealtime):
		return
	case strikes.Has(trouble.BreakRealtime):
		s.outbox = append(s.outbox, func() { broker.Drop(hears(topic)) })
	case isLate:
		s.outbox = append(s.outbox, func() { s.later(late.Delay, tell) })
	default:
		s.outbox = append(s.outbox, tell)
	}
}

// later does something when a time has passed in the world; at once when the Sandbox no
// longer waits for anything.
func (s *Sandbox) later(delay time.Duration, do func()) {
	waits := s.deliveries.aside(func() {
		s.deliveries.pause(delay)
		do()
	})
	if !waits {
		do()
	}
}

// hears tells of clients whether they hear what is told on a topic.
func hears(topic realtime.Topic) func(realtime.Client) bool {
	return func(client realtime.Client) bool {
		return slices.ContainsFunc(client.Topics, func(subscribed realtime.Topic) bool { return subscribed.Covers(topic) })
	}
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
		s.tellOn(realtime.Topic{Kind: realtime.BotTyping, Room: room.id}, encode(object{
			"sender_id": bot.userID, "sender_name": bot.name(), "text": says, "status": status,
		}), nil)
		return nil
	})
}
