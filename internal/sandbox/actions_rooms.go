package sandbox

import (
	"context"
	"errors"
	"fmt"
)

// SetAvailable takes a member of the staff online or offline; the admin for the id 0.
// Where the platform allocates by itself, who comes online gets customers.
func (s *Sandbox) SetAvailable(ctx context.Context, agentID int64, available bool) error {
	return s.perform(ctx, "set who is available", func() error {
		agent, err := s.actor(agentID)
		if err != nil {
			return err
		}
		s.setAvailable(agent, available)
		return nil
	})
}

// Leave takes a member of the staff out of a room.
func (s *Sandbox) Leave(ctx context.Context, roomID string, agentID int64) error {
	return s.act(ctx, "leave a room", roomID, agentID, func(room *room, agent *staff) error {
		if !s.removeFrom(room, agent, s.now()) {
			return fmt.Errorf("%s is not in it", agent.Name)
		}
		return nil
	})
}

// HandOver ends the bot's turn in a room: the customer waits for an agent, of the
// named division if there is a name. The least busy agent of that division who is
// online then serves; with nobody online, only its agents are proposed from then on.
func (s *Sandbox) HandOver(ctx context.Context, roomID, division string) error {
	return s.act(ctx, "hand a room over", roomID, 0, func(room *room, _ *staff) error {
		if division == "" {
			s.endBotsTurn(room)
			return nil
		}
		wanted, ok := s.state.divisionNamed(division)
		if !ok {
			return fmt.Errorf("there is no division %q", division)
		}
		return s.handOver(room, wanted, true)
	})
}

// SetBot switches the bot on or off in a room. To switch it off is to hand over to
// anybody.
func (s *Sandbox) SetBot(ctx context.Context, roomID string, on bool) error {
	return s.act(ctx, "switch the bot", roomID, 0, func(room *room, _ *staff) error {
		s.setBot(room, on)
		return nil
	})
}

// Tag puts a tag on a room; one that the app does not have yet is made.
func (s *Sandbox) Tag(ctx context.Context, roomID, tag string) error {
	return s.act(ctx, "tag a room", roomID, 0, func(room *room, admin *staff) error {
		_, err := s.tag(admin, room, tag)
		return err
	})
}

// Untag takes a tag off a room.
func (s *Sandbox) Untag(ctx context.Context, roomID, name string) error {
	return s.act(ctx, "take a tag off a room", roomID, 0, func(room *room, _ *staff) error {
		if !room.untag(func(tag roomTag) bool { return tag.name == name }) {
			return errors.New("it does not have the tag")
		}
		return nil
	})
}

// SetRoomInfo replaces a room's information.
func (s *Sandbox) SetRoomInfo(ctx context.Context, roomID string, properties []Property) error {
	return s.act(ctx, "set a room's information", roomID, 0, func(room *room, _ *staff) error {
		pairs := []any{}
		for _, property := range properties {
			pairs = append(pairs, object{"key": property.Key, "value": property.Value})
		}
		s.setProperties(room, pairs)
		return nil
	})
}

// MarkAsRead marks what the customer wrote as read.
func (s *Sandbox) MarkAsRead(ctx context.Context, roomID string) error {
	return s.act(ctx, "mark a room as read", roomID, 0, func(room *room, _ *staff) error {
		room.markAsRead()
		return nil
	})
}

// Block blocks the customer of a room on its channel, or takes that back.
func (s *Sandbox) Block(ctx context.Context, roomID string, blocked bool) error {
	return s.act(ctx, "block a customer", roomID, 0, func(room *room, _ *staff) error {
		s.state.book.blocked[room.customer()] = blocked
		s.state.touch(blockedThing(room.customer()))
		return nil
	})
}
