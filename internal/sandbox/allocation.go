package sandbox

import (
	"slices"
	"time"
)

// defaultMaxAgents is how many agents a room takes when the request does not
// say, by a comment in a client of the vendor.
const defaultMaxAgents = 5

// assignAgent puts an agent into a room.
func (s *Sandbox) assignAgent(r *request) (any, error) {
	room, agent, err := s.roomAndAgent(r)
	if err != nil {
		return nil, err
	}
	maximum := positive(r.body["max_agent"], defaultMaxAgents)
	if err := s.assign(room, agent, maximum, flag(r.body["replace_latest_agent"]), false); err != nil {
		return nil, err
	}
	return data(object{
		"added_agent": s.agentV1(agent),
		"service":     serviceRow(room.service, unzoned),
	}), nil
}

// assign checks the platform's rules and puts the agent into the room. The cap
// comes before all else about the agent: who repeats an assignment with
// max_agent 1 is told that the room is full. The wording of the two other
// refusals was never recorded.
func (s *Sandbox) assign(room *room, agent *staff, maximum int, replaceLatest, ignoreAvailability bool) error {
	staying := room.agents
	if replaceLatest && len(staying) > 0 {
		staying = staying[:len(staying)-1]
	}
	switch {
	case room.resolved():
		return badRequest("room is already resolved")
	case len(staying) >= maximum:
		return badRequest("Cant join room, exceed max agents")
	case !agent.available && !ignoreAvailability:
		return badRequest("agent is offline")
	}
	for _, replaced := range slices.Clone(room.agents[len(staying):]) {
		s.removeFrom(room, replaced, s.now())
	}
	if !slices.Contains(room.agents, agent) {
		s.enter(room, agent)
	}
	return nil
}

// enter lets an agent enter a room that takes them.
func (s *Sandbox) enter(room *room, agent *staff) {
	now := s.now()
	if room.service == nil { // a live chat in which nobody has written yet
		s.state.openService(room, now)
	}
	room.join(agent, now)
	s.state.announce(room, agent.Name+" joined the room", now)
}

// addAgentToRoom is an agent's invitation. That it follows the rules of
// assignAgent, as it does here, is not known; nor is what the platform answers.
func (s *Sandbox) addAgentToRoom(r *request) (any, error) {
	room, agent, err := s.roomAndAgent(r)
	if err != nil {
		return nil, err
	}
	if err := s.assign(room, agent, defaultMaxAgents, false, false); err != nil {
		return nil, err
	}
	return nil, nil // an empty body
}

// removeAgent takes an agent out of a room. What the platform answers is not
// known; nor is what it does about an agent who is not in the room.
func (s *Sandbox) removeAgent(r *request) (any, error) {
	room, agent, err := s.roomAndAgent(r)
	if err != nil {
		return nil, err
	}
	if !s.removeFrom(room, agent, s.now()) {
		return nil, notFound("agent in the room")
	}
	return nil, nil // an empty body
}

func (s *Sandbox) removeFrom(room *room, agent *staff, now time.Time) bool {
	if !room.leave(agent, now) {
		return false
	}
	s.state.announce(room, agent.Name+" left the room", now)
	return true
}

// allocateAgent proposes an agent and assigns nothing. What the platform answers
// with nobody free was never recorded; here it is null.
func (s *Sandbox) allocateAgent(r *request) (any, error) {
	channelID, _ := number(r.body["channel_id"])
	channel, err := s.state.channel(text(r.body["source"]), channelID)
	if err != nil {
		return nil, err
	}
	agent := s.leastBusyOn(channel, flag(r.body["ignore_availability"]))
	return data(object{"agent": s.allocatedAgent(agent)}), nil
}

// allocateAndAssignAgent proposes and assigns in one.
func (s *Sandbox) allocateAndAssignAgent(r *request) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	ignoreAvailability := flag(r.body["ignore_agent_availability"])
	agent := s.leastBusy(room, ignoreAvailability)
	if agent != nil {
		if err := s.assign(room, agent, defaultMaxAgents, false, ignoreAvailability); err != nil {
			return nil, err
		}
	}
	return data(object{"agent": s.allocatedAgent(agent)}), nil
}

func (s *Sandbox) roomAndAgent(r *request) (*room, *staff, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, nil, err
	}
	agent, err := s.state.member(text(r.body["agent_id"]))
	if err != nil {
		return nil, nil, err
	}
	return room, agent, nil
}
