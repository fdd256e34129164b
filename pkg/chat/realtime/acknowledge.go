package realtime

import (
	"context"
	"fmt"
	"strconv"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// noteTaken notes that a consumer has taken an event. Messages of others are to be marked
// as delivered, but in channels, which have no receipts.
func (c *Connection) noteTaken(event Event) {
	taken, isMessage := event.(*NewMessage)
	if !isMessage {
		return
	}
	c.counted.Messages++
	m := &taken.Message
	if !c.settings.acknowledge || m.IsPublicChannel || m.Email == c.user {
		return
	}
	if id, err := m.ID.Int64(); err == nil {
		room := m.RoomID.String()
		c.toAcknowledge[room] = max(c.toAcknowledge[room], id)
		signal(c.acknowledgeNow)
	}
}

// keepAcknowledging marks messages as delivered, not more often than it may.
func (c *Connection) keepAcknowledging(ctx context.Context) {
	for {
		select {
		case <-c.acknowledgeNow:
			c.acknowledge(ctx)
			pause(ctx, c.settings.betweenAcknowledgements)
		case <-ctx.Done():
			return
		}
	}
}

// acknowledge marks the last message that was taken in each room.
func (c *Connection) acknowledge(ctx context.Context) {
	c.mu.Lock()
	rooms := c.toAcknowledge
	c.toAcknowledge = map[string]int64{}
	c.mu.Unlock()
	for room, message := range rooms {
		err := c.service.markDelivered(ctx, room, message)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			c.tell(&NotAcknowledged{
				RoomID: flex.ID(room), MessageID: flex.ID(strconv.FormatInt(message, 10)),
				Err: fmt.Errorf("realtime: mark messages as delivered: %w", err),
			})
		}
	}
}
