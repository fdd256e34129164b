package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Typing tells the others in a room that the user types, or has stopped. It is
// [chat.ErrNotConnected] while there is no broker: nobody cares later. When the connection
// breaks meanwhile, it is [chat.ErrConnectionBroken].
func (c *Connection) Typing(ctx context.Context, roomID flex.ID, isTyping bool) error {
	if err := checkLevel("room's id", string(roomID)); err != nil {
		return fmt.Errorf("realtime: tell that the user types: %w", err)
	}
	payload := "0"
	if isTyping {
		payload = "1"
	}
	if err := c.publish(ctx, typingTopicOf(string(roomID), c.user), false, []byte(payload)); err != nil {
		return fmt.Errorf("realtime: tell that the user types: %w", err)
	}
	return nil
}

// PublishEvent tells an event of the app's own to the others in a room that have joined
// it now: data is anything that [json.Marshal] takes. Nobody is told later, and it is
// [chat.ErrNotConnected] while there is no broker. When the connection breaks meanwhile, it
// is [chat.ErrConnectionBroken], and the event may have been told.
func (c *Connection) PublishEvent(ctx context.Context, roomID flex.ID, data any) error {
	if err := checkLevel("room's id", string(roomID)); err != nil {
		return fmt.Errorf("realtime: publish an event: %w", err)
	}
	written, err := json.Marshal(struct {
		Sender string `json:"sender"`
		Data   any    `json:"data"`
	}{c.user, data})
	if err != nil {
		return fmt.Errorf("realtime: publish an event: cannot write a Go %T as JSON", data)
	}
	if err := c.publish(ctx, customTopicOf(string(roomID)), false, written); err != nil {
		return fmt.Errorf("realtime: publish an event: %w", err)
	}
	return nil
}

// SetOnline says whether the user is online, as all see who watch them. It is said again
// at intervals, while they are, and when the connection breaks, the broker says that they
// are not. A connection does not say so by itself. While there is no broker, it is noted
// for when there is.
func (c *Connection) SetOnline(ctx context.Context, isOnline bool) error {
	c.mu.Lock()
	c.isOnline = isOnline
	current := c.link
	c.mu.Unlock()
	if current == nil {
		return nil
	}
	payload := offline
	if isOnline {
		payload = online
	}
	if err := c.publish(ctx, presenceTopicOf(c.user), true, []byte(payload)); err != nil {
		return fmt.Errorf("realtime: say whether the user is online: %w", err)
	}
	return nil
}

func (c *Connection) publish(ctx context.Context, topic string, retained bool, payload []byte) error {
	c.mu.Lock()
	current := c.link
	c.mu.Unlock()
	if err := c.reason(); err != nil {
		return err
	}
	if current == nil {
		return chat.ErrNotConnected
	}
	return current.publish(ctx, topic, retained, payload)
}

// repeatPresence says once more that the user is online. Whether that arrives matters
// little: it is said again soon.
func (c *Connection) repeatPresence(opened *link) {
	c.mu.Lock()
	isOnline := c.isOnline
	c.mu.Unlock()
	if isOnline {
		opened.mention(presenceTopicOf(c.user), true, []byte(online))
	}
}

// farewellTimeout bounds what is said at the end.
const farewellTimeout = 2 * time.Second

// sayGoodbye says that the user is offline, and unsubscribes.
func (c *Connection) sayGoodbye(opened *link) {
	c.mu.Lock()
	ctx, isOnline := c.farewell, c.isOnline
	topics := ownTopics(c.names.tokens[0])
	for _, of := range c.joined {
		topics = append(topics, of...)
	}
	c.mu.Unlock()
	if ctx == nil {
		ctx = context.Background() // it was not closed: the service refuses the user
	}
	ctx, cancel := context.WithTimeout(ctx, farewellTimeout)
	defer cancel()
	if isOnline {
		err := opened.publish(ctx, presenceTopicOf(c.user), true, []byte(offline))
		if err != nil && ctx.Err() != nil { // else the connection is lost, and the broker says so
			c.mu.Lock()
			c.unsaid = fmt.Errorf("realtime: say that the user is offline: %w", err)
			c.mu.Unlock()
		}
	}
	_ = opened.unsubscribe(ctx, topics) // as the broker does by itself
}
