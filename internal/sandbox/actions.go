package sandbox

import (
	"context"
	"errors"
	"fmt"
)

// This file holds what people do on the platform's own pages, and not through its
// API: agents who write, take over and resolve.

// AgentMessage is what a member of the staff writes.
type AgentMessage struct {
	RoomID  string
	AgentID int64 // who writes; the admin when zero
	// Type, Text and Payload are those of a [Message].
	Type, Text string
	Payload    any
}

// AgentWrites lets a member of the staff write into a room. Nobody has to be in the
// room to do so: the platform's pages let an admin write anywhere.
func (s *Sandbox) AgentWrites(ctx context.Context, message AgentMessage) error {
	return s.act(ctx, "write as an agent", message.RoomID, message.AgentID, func(room *room, agent *staff) error {
		s.agentSays(room, agent, Message{Type: message.Type, Text: message.Text, Payload: message.Payload})
		return nil
	})
}

// TakeOver puts a member of the staff into a room, whether they are online or not.
// It fails for a room that was resolved.
func (s *Sandbox) TakeOver(ctx context.Context, roomID string, agentID int64) error {
	return s.act(ctx, "take over a room", roomID, agentID, func(room *room, agent *staff) error {
		return s.assign(room, agent, defaultMaxAgents, false, true)
	})
}

// Resolve resolves a room's session, by a member of the staff.
func (s *Sandbox) Resolve(ctx context.Context, roomID string, agentID int64, notes string) error {
	return s.act(ctx, "resolve a room", roomID, agentID, func(room *room, agent *staff) error {
		if room.resolved() {
			return errors.New("it was resolved before")
		}
		s.resolve(room, agent, notes)
		return nil
	})
}

// act does something in a room as a member of the staff; the admin for the id 0.
func (s *Sandbox) act(
	ctx context.Context, what, roomID string, agentID int64, do func(*room, *staff) error,
) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sandbox: %s: %w", what, err)
	}
	return s.change(func() error {
		if s.deliveries.closed() {
			return ErrShutdown
		}
		room, err := s.state.room(roomID)
		if err != nil {
			return fmt.Errorf("sandbox: %s: there is no room %s", what, roomID)
		}
		agent := s.state.admin()
		if agentID != 0 {
			if agent, err = s.state.member(text(agentID)); err != nil {
				return fmt.Errorf("sandbox: %s: there is no agent %d", what, agentID)
			}
		}
		var refused *refusedError
		if err := do(room, agent); errors.As(err, &refused) {
			return fmt.Errorf("sandbox: %s: %s", what, refused.message())
		} else if err != nil {
			return fmt.Errorf("sandbox: %s: %w", what, err)
		}
		return nil
	})
}

// agentSays adds what a member of the staff says to a room.
func (s *Sandbox) agentSays(room *room, agent *staff, said Message) {
	said.Author, said.Sender, said.Name = AuthorAgent, agent.Email, agent.Name
	s.state.say(room, said, s.now())
}
