package sandbox

import (
	"context"
	"errors"
	"fmt"
)

// This file and actions_rooms.go hold what people do on the platform's own pages, and
// not through its API.

// AgentMessage is what a member of the staff writes.
type AgentMessage struct {
	RoomID  string
	AgentID int64 // who writes; the admin when zero
	// Type, Text and Payload are those of a [Message].
	Type, Text string
	Payload    any
}

// AgentWrites lets a member of the staff write into a room. Nobody has to be in the
// room to do so: the platform's pages let an admin write anywhere. It fails while
// WhatsApp's window is closed.
func (s *Sandbox) AgentWrites(ctx context.Context, message AgentMessage) error {
	return s.act(ctx, "write as an agent", message.RoomID, message.AgentID, func(room *room, agent *staff) error {
		said, problems := s.checked(Message{Type: message.Type, Text: message.Text, Payload: message.Payload})
		switch {
		case len(problems) > 0:
			return badMessage(problems)
		case room.expired(s.now()):
			return errors.New("WhatsApp's window has closed: only a template opens it again")
		}
		s.agentSays(room, agent, said)
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
	return s.perform(ctx, what, func() error {
		room, err := s.state.room(roomID)
		if err != nil {
			return fmt.Errorf("there is no room %s", roomID)
		}
		agent, err := s.actor(agentID)
		if err != nil {
			return err
		}
		return do(room, agent)
	})
}

// actor finds a member of the staff; the admin for the id 0.
func (s *Sandbox) actor(id int64) (*staff, error) {
	if id == 0 {
		return s.state.admin(), nil
	}
	member, err := s.state.member(text(id))
	if err != nil {
		return nil, fmt.Errorf("there is no agent %d", id)
	}
	return member, nil
}

// perform changes the state for somebody who plays, and says what could not be done.
func (s *Sandbox) perform(ctx context.Context, what string, do func() error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sandbox: %s: %w", what, err)
	}
	return s.change(func() error {
		if s.deliveries.closed() {
			return ErrShutdown
		}
		var refused *refusedError
		if err := do(); errors.As(err, &refused) {
			return fmt.Errorf("sandbox: %s: %s", what, refused.message())
		} else if err != nil {
			return fmt.Errorf("sandbox: %s: %w", what, err)
		}
		return nil
	})
}

// agentSays adds what a member of the staff says to a room.
func (s *Sandbox) agentSays(room *room, agent *staff, said Message) Message {
	said.Author, said.Sender, said.Name = AuthorAgent, agent.Email, agent.Name
	room.markAsRead()
	if room.firstResponse.IsZero() {
		room.firstResponse = s.now()
	}
	return s.state.say(room, said, s.now())
}
