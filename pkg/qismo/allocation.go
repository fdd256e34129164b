package qismo

import (
	"context"
	"errors"
	"fmt"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// AllocationService puts agents into rooms and takes them out.
type AllocationService struct{ client *Client }

type (
	// AssignAgentParams say which agent goes into which room. MaxAgent caps the
	// agents in this room, not the rooms of an agent; zero leaves it to the service,
	// whose limit a comment in a client of the vendor puts at 5. ReplaceLatestAgent
	// takes out who joined last.
	AssignAgentParams = omnichannel.AssignAgentRequest
	// AddAgentParams say which colleague joins which room.
	AddAgentParams = omnichannel.AddAgentRequest
	// RemoveAgentParams say which agent leaves which room.
	RemoveAgentParams = omnichannel.RemoveAgentRequest
	// AllocateAgentParams say for what kind of channel an agent is wanted: Source is
	// its code, such as "wa", or the identifier key of a custom channel. ChannelID may
	// be left out. IgnoreAvailability counts offline agents too.
	AllocateAgentParams = omnichannel.AllocateAgentRequest
	// AllocateAndAssignAgentParams say which room gets an agent.
	// IgnoreAgentAvailability counts offline agents too.
	AllocateAndAssignAgentParams = omnichannel.AllocateAndAssignAgentRequest
	// Assignment is an agent in a room.
	Assignment = omnichannel.Assignment
	// AllocatedAgent is an agent as the platform proposes one.
	AllocatedAgent = omnichannel.AllocatedAgent
)

// Assign puts an agent into a room. With MaxAgent 1 it is also a guard against
// two allocators racing for a room: the second gets [ErrMaxAgents]. A room that
// is resolved and an agent who is offline are [ErrBadRequest]; the service words
// them in ways that are not recorded. AddedAgent holds the agent's token, which
// prints as ***; Service is nil where the account does not tell it.
//
// With [RoleSupervisor] it takes the admins' path, as supervisors do. An empty room
// or agent id and a negative MaxAgent are errors before anything is sent. It is
// never carried out twice.
//
// Operation assignAgent, POST /api/v1/{role}/service/assign_agent; seen in public
// clients.
func (s *AllocationService) Assign(ctx context.Context, params AssignAgentParams, opts ...Option) (*Assignment, error) {
	if err := checkMove(omnichannel.OperationAssignAgent, params.RoomID, params.AgentID); err != nil {
		return nil, err
	}
	if params.MaxAgent < 0 {
		return nil, errors.New("qismo: assignAgent: MaxAgent is negative")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationAssignAgent, opts)
	role := call.roleFor(omnichannel.OperationAssignAgent)
	out, err := receive[omnichannel.AssignAgentResponse](s.client.api.AssignAgent(ctx, role, params))
	if err != nil {
		return nil, err
	}
	if out.Data.AddedAgent.ID == "" {
		return nil, missing(ctx, "agent id")
	}
	return &out.Data, nil
}

// AddAgent brings a colleague into a room, on the part of an agent who is signed in;
// it was seen with that agent's token only. Admins and supervisors use
// [AllocationService.Assign]. What the service answers is not known, nor whether the
// room's limit of agents holds here. It is never carried out twice.
//
// Operation addAgentToRoom, POST /api/v2/agent/service/add_agent; seen in a single
// public client.
func (s *AllocationService) AddAgent(ctx context.Context, params AddAgentParams, opts ...Option) error {
	if err := checkMove(omnichannel.OperationAddAgentToRoom, params.RoomID, params.AgentID); err != nil {
		return err
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationAddAgentToRoom, opts)
	return discard(s.client.api.AddAgentToRoomWithFormdataBody(ctx, params))
}

// Remove ends an agent's part in a room. What the service answers is not known, nor
// what it says of an agent who is not there. It was seen with the secret key only.
// An empty room or agent id is an error before anything is sent; it is never
// carried out twice.
//
// Operation removeAgent, POST /api/v1/admin/service/remove_agent; seen in public
// clients.
func (s *AllocationService) Remove(ctx context.Context, params RemoveAgentParams, opts ...Option) error {
	if err := checkMove(omnichannel.OperationRemoveAgent, params.RoomID, params.AgentID); err != nil {
		return err
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationRemoveAgent, opts)
	return discard(s.client.api.RemoveAgent(ctx, params))
}

// Allocate asks for the least busy agent and assigns nothing: two callers get the
// same one, so follow with [AllocationService.Assign] under a lock. The agent is
// nil when the service names none; whether it does that or refuses when nobody is
// free is not known. It was seen with the secret key only. An empty Source is an
// error before anything is sent; a repeat does no harm.
//
// Operation allocateAgent, POST /api/v1/admin/service/allocate_agent; seen in
// public clients.
func (s *AllocationService) Allocate(
	ctx context.Context, params AllocateAgentParams, opts ...Option,
) (*AllocatedAgent, error) {
	if params.Source == "" {
		return nil, errors.New("qismo: allocateAgent: the source is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationAllocateAgent, opts)
	// Forms are what public callers send.
	out, err := receive[omnichannel.AllocateAgentResponse](s.client.api.AllocateAgentWithFormdataBody(ctx, params))
	if err != nil {
		return nil, err
	}
	return out.Data.Agent, nil
}

// AllocateAndAssign picks the least busy agent by Qiscus's own ranking and puts
// them into the room; a cap on an agent's rooms cannot be given. The agent is nil
// when the service names none; whether it does that or refuses when nobody is free
// is not known. It was seen with the secret key only. An empty RoomID is an error
// before anything is sent; it is never carried out twice.
//
// Operation allocateAndAssignAgent, POST
// /api/v1/admin/service/allocate_assign_agent; seen in public clients.
func (s *AllocationService) AllocateAndAssign(
	ctx context.Context, params AllocateAndAssignAgentParams, opts ...Option,
) (*AllocatedAgent, error) {
	if params.RoomID.IsNone() {
		return nil, errors.New("qismo: allocateAndAssignAgent: the room id is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationAllocateAndAssignAgent, opts)
	out, err := receive[omnichannel.AllocateAgentResponse](
		s.client.api.AllocateAndAssignAgentWithFormdataBody(ctx, params),
	)
	if err != nil {
		return nil, err
	}
	return out.Data.Agent, nil
}

// TakeOver gives the signed-in agent the next customer whom nobody serves; it
// needs that agent's token, and an app that lets agents take customers over. The
// platform chooses the room and does not say which: look for it among the agent's
// own, with [RoomsService.List]. When it refuses, Error.Message is the reason; its
// texts are not recorded, not even the one for an empty queue. It is never carried
// out twice, as each call takes a further room.
//
// Operation takeOverUnresolvedRoom, POST
// /api/v1/agent/service/takeover_unresolved_room; seen in a single public client.
func (s *AllocationService) TakeOver(ctx context.Context, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationTakeOverUnresolvedRoom, opts)
	return discard(s.client.api.TakeOverUnresolvedRoom(ctx))
}

// CountUnresolved returns how many customers nobody serves yet. It is the older
// route, of admins; its name notwithstanding, rooms that an agent serves do not
// count. Prefer [AllocationService.CountUnserved]. It was seen with a user's token
// only.
//
// Operation countUnresolvedRooms, GET /api/v1/admin/service/get_unresolved_count;
// seen in a single public client.
func (s *AllocationService) CountUnresolved(ctx context.Context, opts ...Option) (int64, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationCountUnresolvedRooms, opts)
	out, err := receive[omnichannel.RoomCountResponse](s.client.api.CountUnresolvedRooms(ctx))
	return countOf(ctx, out, err)
}

// CountUnserved returns how many customers wait for an agent. It was seen with a
// user's token only; the client's role, see [WithRole], must be that user's.
//
// Operation countUnservedRooms, GET /api/v2/{role}/service/total_unserved; seen in
// public clients.
func (s *AllocationService) CountUnserved(ctx context.Context, opts ...Option) (int64, error) {
	ctx, call := s.client.begin(ctx, omnichannel.OperationCountUnservedRooms, opts)
	role := call.roleFor(omnichannel.OperationCountUnservedRooms)
	out, err := receive[omnichannel.RoomCountResponse](s.client.api.CountUnservedRooms(ctx, role))
	return countOf(ctx, out, err)
}

// checkMove refuses what names no room or no agent.
func checkMove(id omnichannel.OperationID, roomID, agentID flex.ID) error {
	switch {
	case roomID.IsNone():
		return fmt.Errorf("qismo: %s: the room id is empty", id)
	case agentID.IsNone():
		return fmt.Errorf("qismo: %s: the agent id is empty", id)
	}
	return nil
}

// countOf reads the number under the name that it came with, which depends on the
// role.
func countOf(ctx context.Context, out *omnichannel.RoomCountResponse, err error) (int64, error) {
	switch {
	case err != nil:
		return 0, err
	case out.Data.TotalUnserved != nil:
		return *out.Data.TotalUnserved, nil
	case out.Data.TotalUnresolved != nil:
		return *out.Data.TotalUnresolved, nil
	}
	return 0, missing(ctx, "number of rooms")
}
