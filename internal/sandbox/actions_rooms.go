package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

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
// online then serves.
func (s *Sandbox) HandOver(ctx context.Context, roomID, division string) error {
	return s.act(ctx, "hand a room over", roomID, 0, func(room *room, _ *staff) error {
		if division != "" {
			if err := s.assignByDivision(room, division); err != nil {
				return err
			}
		}
		s.endBotsTurn(room)
		return nil
	})
}

// assignByDivision puts the least busy agent of a division into a room, if one of
// them is online.
func (s *Sandbox) assignByDivision(room *room, name string) error {
	i := slices.IndexFunc(s.state.divisions, func(division *division) bool { return division.name == name })
	if i < 0 {
		return fmt.Errorf("there is no division %q", name)
	}
	for _, agent := range s.state.candidates(room, false) {
		if slices.Contains(agent.divisions, s.state.divisions[i]) {
			return s.assign(room, agent, defaultMaxAgents, false, false)
		}
	}
	return nil
}

// Divisions returns the names of the divisions, the default one first.
func (s *Sandbox) Divisions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, division := range s.state.divisions {
		names = append(names, division.name)
	}
	return names
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
		i := slices.IndexFunc(room.tags, func(tag roomTag) bool { return tag.name == name })
		if i < 0 {
			return errors.New("it does not have the tag")
		}
		room.tags = slices.Delete(room.tags, i, i+1)
		return nil
	})
}

// SetAvailable takes a member of the staff online or offline.
func (s *Sandbox) SetAvailable(ctx context.Context, agentID int64, available bool) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sandbox: set who is available: %w", err)
	}
	return s.change(func() error {
		agent, err := s.state.member(text(agentID))
		if err != nil {
			return fmt.Errorf("sandbox: set who is available: there is no agent %d", agentID)
		}
		agent.available = available
		return nil
	})
}
