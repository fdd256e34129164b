package sandbox

import (
	"cmp"
	"slices"
)

// This file holds what the platform allocates by itself, when the app's automatic
// allocation is on and no receiver of customAgentAllocation does it.

// allocates tells whether the platform gives customers to agents by itself.
func (s *settings) allocates() bool { return s.switches.allocation && !s.allocation.set() }

// allocate gives a customer who waits to the least busy agent, if there is one. While
// it is the bot's turn nobody waits.
func (s *Sandbox) allocate(room *room) {
	waits := room.service != nil && !room.resolved() && len(room.agents) == 0 && s.state.notForBot(room) != ""
	if !waits || !s.state.settings.allocates() {
		return
	}
	if agent := s.leastBusy(room, false); agent != nil {
		s.enter(room, agent)
	}
}

// allocateAll gives all customers who wait to agents, the one who has waited longest
// first: somebody has come online.
func (s *Sandbox) allocateAll() {
	if !s.state.settings.allocates() {
		return
	}
	waiting := slices.SortedFunc(s.state.unserved(), func(a, b *room) int {
		return cmp.Compare(a.service.id, b.service.id)
	})
	for _, room := range waiting {
		s.allocate(room)
	}
}

// leastBusy is the agent whom the platform would propose for a room; nil for nobody.
func (s *Sandbox) leastBusy(room *room, ignoreAvailability bool) *staff {
	free := s.state.candidates(room, ignoreAvailability)
	return firstWho(free, func(agent *staff) bool {
		return agent.serves(room.channel) && (room.division == nil || slices.Contains(agent.divisions, room.division))
	})
}

// leastBusyOn is the agent whom the platform would propose for a channel.
func (s *Sandbox) leastBusyOn(channel *Channel, ignoreAvailability bool) *staff {
	free := s.state.candidates(nil, ignoreAvailability)
	return firstWho(free, func(agent *staff) bool { return agent.serves(channel) })
}

func firstWho(all []*staff, fits func(*staff) bool) *staff {
	if i := slices.IndexFunc(all, fits); i >= 0 {
		return all[i]
	}
	return nil
}

// serves tells whether an agent is proposed for a channel's rooms. That the platform
// heeds the channels that an agent was given is not known, but why else would its
// ranking ask for a channel. Whoever assigns an agent may choose any.
func (m *staff) serves(channel *Channel) bool {
	return m.channels == nil || slices.Contains(m.channels, channel)
}
