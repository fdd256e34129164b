package realtime

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// subject is something of which more is heard than every user hears.
type subject struct{ what, id string }

const (
	aRoom    = "room"
	aChannel = "channel"
	aUser    = "user"
)

// ErrNotAllowed is something that the broker does not let the user hear of, such as the
// typing in a room that they are not in.
var ErrNotAllowed = errors.New("realtime: the broker does not allow it")

// JoinRoom lets a connection hear of what happens in a room beside its messages: who
// types, how far they have received and read, and events of clients. It lasts until
// [Connection.LeaveRoom], over all reconnections. While there is no broker, it is noted
// for when there is.
func (c *Connection) JoinRoom(ctx context.Context, roomID flex.ID) error {
	if err := checkLevel("room's id", string(roomID)); err != nil {
		return fmt.Errorf("realtime: join a room: %w", err)
	}
	return c.join(ctx, subject{aRoom, string(roomID)}, roomTopics(string(roomID)))
}

// LeaveRoom ends [Connection.JoinRoom]. The messages of the room still come.
func (c *Connection) LeaveRoom(ctx context.Context, roomID flex.ID) error {
	return c.quit(ctx, subject{aRoom, string(roomID)})
}

// JoinChannel lets a connection hear of the messages of a public channel, by its unique
// id, also where the user is no participant. Of those, sync tells nothing: what is posted
// while there is no broker is not told later.
func (c *Connection) JoinChannel(ctx context.Context, uniqueID string) error {
	if err := checkLevels("channel's unique id", uniqueID); err != nil {
		return fmt.Errorf("realtime: join a channel: %w", err)
	}
	return c.join(ctx, subject{aChannel, uniqueID}, channelTopics(c.service.appID(), uniqueID))
}

// LeaveChannel ends [Connection.JoinChannel].
func (c *Connection) LeaveChannel(ctx context.Context, uniqueID string) error {
	return c.quit(ctx, subject{aChannel, uniqueID})
}

// WatchPresence lets a connection hear whether a user is online: now, and whenever it
// changes.
func (c *Connection) WatchPresence(ctx context.Context, userID string) error {
	if err := checkLevel("user's id", userID); err != nil {
		return fmt.Errorf("realtime: watch a user's presence: %w", err)
	}
	return c.join(ctx, subject{aUser, userID}, []string{presenceTopicOf(userID)})
}

// UnwatchPresence ends [Connection.WatchPresence].
func (c *Connection) UnwatchPresence(ctx context.Context, userID string) error {
	return c.quit(ctx, subject{aUser, userID})
}

// join notes a subject, and asks the broker for its topics if there is one.
func (c *Connection) join(ctx context.Context, about subject, topics []string) error {
	if err := c.lockTopics(ctx); err != nil {
		return fmt.Errorf("realtime: join a %s: %w", about.what, err)
	}
	defer c.unlockTopics()
	c.mu.Lock()
	c.joined[about] = topics
	current := c.link
	c.mu.Unlock()
	if current == nil {
		return nil
	}
	refused, err := current.subscribe(ctx, topics)
	if err == nil && len(refused) > 0 {
		err = ErrNotAllowed
	}
	if err == nil || isAway(err) {
		return nil // the next connection asks again
	}
	c.mu.Lock()
	delete(c.joined, about)
	c.mu.Unlock()
	return fmt.Errorf("realtime: join a %s: %w", about.what, err)
}

// quit forgets a subject, and lets the broker do so.
func (c *Connection) quit(ctx context.Context, about subject) error {
	if err := c.lockTopics(ctx); err != nil {
		return fmt.Errorf("realtime: leave a %s: %w", about.what, err)
	}
	defer c.unlockTopics()
	c.mu.Lock()
	topics := c.joined[about]
	delete(c.joined, about)
	current := c.link
	c.mu.Unlock()
	if current == nil || len(topics) == 0 {
		return nil
	}
	if err := current.unsubscribe(ctx, topics); err != nil && !isAway(err) {
		return fmt.Errorf("realtime: leave a %s: %w", about.what, err)
	}
	return nil
}

// rejoin asks a new link for all subjects. What the broker now refuses is left, and the
// consumer told.
func (c *Connection) rejoin(ctx context.Context, opened *link) error {
	c.mu.Lock()
	subjects := make(map[string]subject, len(c.joined))
	var topics []string
	for about, of := range c.joined {
		topics = append(topics, of...)
		for _, topic := range of {
			subjects[topic] = about
		}
	}
	c.mu.Unlock()
	slices.Sort(topics)
	refused, err := opened.subscribe(ctx, topics)
	if err != nil {
		return fmt.Errorf("join again: %w", err)
	}
	left := map[subject][]string{}
	c.mu.Lock()
	for _, topic := range refused {
		about := subjects[topic]
		left[about] = c.joined[about]
	}
	for about := range left {
		delete(c.joined, about)
	}
	c.mu.Unlock()
	for about, topics := range left {
		if err := opened.unsubscribe(ctx, topics); err != nil {
			return fmt.Errorf("leave a %s: %w", about.what, err)
		}
		c.tell(about.notAllowed())
	}
	return nil
}

// notAllowed is the event that tells of a subject that was left.
func (s subject) notAllowed() Event {
	event := &NotAllowed{}
	switch s.what {
	case aRoom:
		event.RoomID = flex.ID(s.id)
	case aChannel:
		event.ChannelUniqueID = s.id
	case aUser:
		event.UserID = s.id
	}
	return event
}

// lockTopics lets one goroutine at a time change what the broker tells.
func (c *Connection) lockTopics(ctx context.Context) error {
	if err := c.reason(); err != nil {
		return err
	}
	select {
	case c.subscribing <- struct{}{}:
		return nil
	case <-c.over:
		return c.reason()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *Connection) unlockTopics() { <-c.subscribing }
