package qismo

import (
	"context"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

// AllocationService puts agents into rooms and takes them out.
type AllocationService struct{ client *Client }

type (
	// AssignAgentParams say which agent goes into which room. MaxAgent caps the
	// agents in this room, not the rooms of an agent.
	AssignAgentParams = omnichannel.AssignAgentRequest
	// RemoveAgentParams say which agent leaves which room.
	RemoveAgentParams = omnichannel.RemoveAgentRequest
	// AllocateAgentParams say for what kind of channel an agent is wanted.
	AllocateAgentParams = omnichannel.AllocateAgentRequest
	// AllocateAndAssignAgentParams say which room gets an agent.
	AllocateAndAssignAgentParams = omnichannel.AllocateAndAssignAgentRequest
	// Assignment is an agent in a room.
	Assignment = omnichannel.Assignment
	// AllocatedAgent is an agent as the platform proposes one.
	AllocatedAgent = omnichannel.AllocatedAgent
)

// Assign puts an agent into a room. With MaxAgent 1 it is also a guard against
// two allocators racing for a room: the second gets [ErrMaxAgents]. A room that
// is resolved and an agent who is offline are [ErrBadRequest].
//
// Operation assignAgent, POST /api/v1/{role}/service/assign_agent; seen in public
// clients.
func (s *AllocationService) Assign(ctx context.Context, params AssignAgentParams, opts ...Option) (*Assignment, error) {
	ctx, settings := s.client.begin(ctx, omnichannel.OperationAssignAgent, opts)
	role := settings.roleFor(omnichannel.OperationAssignAgent)
	out, err := receive[omnichannel.AssignAgentResponse](s.client.api.AssignAgent(ctx, role, params))
	if err != nil {
		return nil, err
	}
	if out.Data.AddedAgent.ID == "" {
		return nil, missing(ctx, "agent id")
	}
	return &out.Data, nil
}

// Remove takes an agent out of a room. What the service answers is not known.
//
// Operation removeAgent, POST /api/v1/admin/service/remove_agent; seen in public
// clients.
func (s *AllocationService) Remove(ctx context.Context, params RemoveAgentParams, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationRemoveAgent, opts)
	return discard(s.client.api.RemoveAgent(ctx, params))
}

// Allocate asks for the least busy agent and assigns nothing: two callers get the
// same one, so follow with [AllocationService.Assign] under a lock. The agent is
// nil when the service names none.
//
// Operation allocateAgent, POST /api/v1/admin/service/allocate_agent; seen in
// public clients.
func (s *AllocationService) Allocate(
	ctx context.Context, params AllocateAgentParams, opts ...Option,
) (*AllocatedAgent, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationAllocateAgent, opts)
	// Forms are what public callers send.
	out, err := receive[omnichannel.AllocateAgentResponse](s.client.api.AllocateAgentWithFormdataBody(ctx, params))
	if err != nil {
		return nil, err
	}
	return out.Data.Agent, nil
}

// AllocateAndAssign picks the least busy agent by Qiscus's own ranking and puts
// them into the room. The agent is nil when the service names none.
//
// Operation allocateAndAssignAgent, POST
// /api/v1/admin/service/allocate_assign_agent; seen in public clients.
func (s *AllocationService) AllocateAndAssign(
	ctx context.Context, params AllocateAndAssignAgentParams, opts ...Option,
) (*AllocatedAgent, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationAllocateAndAssignAgent, opts)
	out, err := receive[omnichannel.AllocateAgentResponse](
		s.client.api.AllocateAndAssignAgentWithFormdataBody(ctx, params),
	)
	if err != nil {
		return nil, err
	}
	return out.Data.Agent, nil
}
