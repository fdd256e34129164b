package qismo

import (
	"context"
	"errors"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// AgentsService finds agents, supervisors and admins, and their divisions, and
// changes agents.
type AgentsService struct{ client *Client }

type (
	// Agent is an agent, supervisor or admin, as newer routes return them.
	Agent = omnichannel.AgentV2
	// AgentV1 is an agent's full row, as older routes return it, with tokens.
	AgentV1 = omnichannel.AgentV1
	// Division is a division, also called agent role.
	Division = omnichannel.Division
	// AgentSearchScope is where a search for agents looks.
	AgentSearchScope = omnichannel.AgentSearchScope
	// ListAgentsParams filter agents; what is not set does not filter. Page and
	// CursorAfter are two ways of paging: use one. Of UserTypeScope only "agent" is
	// known, which leaves supervisors and admins out.
	ListAgentsParams = omnichannel.ListAgentsParams
	// ListAgentsV1Params choose a page of the older list.
	ListAgentsV1Params = omnichannel.ListAgentsV1Params
	// ListAgentsByDivisionParams filter agents by division, of which DivisionIDs
	// needs one at least. IsAvailable is nil for all: false asks for who is offline.
	ListAgentsByDivisionParams = omnichannel.ListAgentsByDivisionParams
	// ListDivisionsParams choose a page of divisions.
	ListDivisionsParams = omnichannel.ListDivisionsParams
	// ListAvailableAgentsParams say for which room agents are wanted. What
	// IsAvailableInRoom does is not documented.
	ListAvailableAgentsParams = omnichannel.ListAvailableAgentsParams
	// ListOtherAgentsParams say for which room agents are wanted, and filter them.
	// What IsAvailableInRoom does is not documented.
	ListOtherAgentsParams = omnichannel.ListOtherAgentsParams
	// UpdateAgentParams are an agent as they shall be, whole: the two lists most
	// likely replace what was there. A RoleID is the id of a [Division].
	UpdateAgentParams = omnichannel.UpdateAgentRequest
)

// Where a search for agents looks.
const (
	SearchDefault  = omnichannel.AgentSearchScopeDefault
	SearchName     = omnichannel.AgentSearchScopeName
	SearchEmail    = omnichannel.AgentSearchScopeEmail
	SearchDivision = omnichannel.AgentSearchScopeDivision
)

// List returns one page of agents, supervisors and admins. CurrentCustomerCount is
// seconds behind assignments here and was missing for one team; it is fresh in
// [AgentsService.ListAvailable] and [AgentsService.ListByIDs]. How many rows a page
// may have is not documented; callers ask for up to 1,000.
//
// It was seen with the roles of admins and supervisors only, see [WithRole]. Page
// beside a cursor, a negative number and a search for 0, which the client cannot
// send, are errors before anything is sent.
//
// Operation listAgents, GET /api/v2/{role}/agents; seen in public clients.
func (s *AgentsService) List(ctx context.Context, params ListAgentsParams, opts ...Option) (*Page[Agent], error) {
	return s.pager(params, opts).page(ctx, startAt(params.Page, params.CursorAfter))
}

// All walks every agent, page by page, and ends with the first error. See
// [AgentsService.List].
//
// Operation listAgents, GET /api/v2/{role}/agents; seen in public clients.
func (s *AgentsService) All(ctx context.Context, params ListAgentsParams, opts ...Option) iter.Seq2[Agent, error] {
	return s.pager(params, opts).all(ctx, startAt(params.Page, params.CursorAfter))
}

func (s *AgentsService) pager(params ListAgentsParams, opts []Option) pager[Agent] {
	byNumber := params.Page > 0
	return func(ctx context.Context, at flex.ID) (*Page[Agent], error) {
		const id = omnichannel.OperationListAgents
		if err := checkPaging(id, params.Page, params.Limit, params.CursorAfter, params.CursorBefore); err != nil {
			return nil, err
		}
		if err := checkSearch(id, params.Search); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		if byNumber {
			params.Page = paging.NumberOf(at)
		} else if params.CursorAfter != at {
			params.CursorAfter, params.CursorBefore = at, "" // from the second page on
		}
		ctx, call := s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListAgentsResponse](s.client.api.ListAgents(ctx, call.role, &params))
		if err != nil {
			return nil, err
		}
		if out.Data.Agents == nil {
			return nil, missing(ctx, "list of agents")
		}
		page := agentPage(out)
		if byNumber {
			page.Next = paging.NumberAfter(params.Page, len(page.Items), 0, page.Total)
		}
		return page, nil
	}
}

// agentPage finds the paging beside the list or, as one client has it, inside.
func agentPage(out *omnichannel.ListAgentsResponse) *Page[Agent] {
	meta := out.Meta
	if meta == (omnichannel.AgentsMeta{}) {
		meta = out.Data.Meta
	}
	return &Page[Agent]{Items: out.Data.Agents, Next: meta.After, Total: meta.TotalCount}
}

// ListV1 returns one page of the older list, with full rows and all agents' tokens,
// which print as ***. [AgentsService.List] is preferred, and not every account has
// this one: [ErrForbidden] means use the other.
//
// Operation listAgentsV1, GET /api/v1/admin/agents; seen in public clients.
func (s *AgentsService) ListV1(
	ctx context.Context, params ListAgentsV1Params, opts ...Option,
) (*Page[AgentV1], error) {
	return s.pagerV1(params, opts).page(ctx, paging.Number(params.Page))
}

// AllV1 walks the older list, page by page, and ends with the first error. See
// [AgentsService.ListV1].
//
// Operation listAgentsV1, GET /api/v1/admin/agents; seen in public clients.
func (s *AgentsService) AllV1(
	ctx context.Context, params ListAgentsV1Params, opts ...Option,
) iter.Seq2[AgentV1, error] {
	return s.pagerV1(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *AgentsService) pagerV1(params ListAgentsV1Params, opts []Option) pager[AgentV1] {
	return func(ctx context.Context, at flex.ID) (*Page[AgentV1], error) {
		if err := checkPage(omnichannel.OperationListAgentsV1, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListAgentsV1, opts)
		out, err := receive[omnichannel.ListAgentsV1Response](s.client.api.ListAgentsV1(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Data.Agents.Data == nil {
			return nil, missing(ctx, "list of agents")
		}
		rows := out.Data.Agents
		page := &Page[AgentV1]{Items: rows.Data, Total: paging.TotalOf(rows.Total, len(rows.Data))}
		heeded := rows.CurrentPage == 0 || rows.CurrentPage == max(params.Page, 1)
		if heeded && len(rows.Data) > 0 && (rows.NextPageURL != "" || rows.CurrentPage < rows.LastPage) {
			page.Next = paging.Number(max(params.Page, 1) + 1)
		}
		return page, nil
	}
}

// Get returns one agent. UserChannels tells which channels they serve, and UserRoles
// their divisions. CurrentCustomerCount should be fresher than in
// [AgentsService.List], which nobody has confirmed. An unknown agent is presumably
// [ErrNotFound]. It was seen with the secret key only.
//
// Operation getAgent, GET /api/v2/admin/agent/{agent_id}; seen in public clients.
func (s *AgentsService) Get(ctx context.Context, agentID flex.ID, opts ...Option) (*Agent, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetAgent, opts)
	out, err := receive[omnichannel.GetAgentResponse](s.client.api.GetAgent(ctx, agentID))
	if err != nil {
		return nil, err
	}
	if out.Data.Agent.ID == "" {
		return nil, missing(ctx, "agent id")
	}
	return &out.Data.Agent, nil
}

// Update changes an agent's name, e-mail address, channels and divisions. All four
// are sent and the lists most likely replace what was there, so read the agent
// first with [AgentsService.Get]. What is read as UserChannels and UserRoles is
// written as Channels and RoleIDs; a channel's source, which reading does not
// tell, comes from the app's channels. No client is known to look at the answer:
// the agent is nil when it names none.
//
// An empty name or e-mail address is an error before anything is sent, and so is a
// list that is nil. One that is empty takes every channel or division away. A
// repeat does no harm. It was seen with the secret key only.
//
// Operation updateAgent, POST /api/v2/admin/agent/{agent_id}/update; seen in a
// single public client.
func (s *AgentsService) Update(
	ctx context.Context, agentID flex.ID, params UpdateAgentParams, opts ...Option,
) (*Agent, error) {
	switch {
	case params.Name == "":
		return nil, errors.New("qismo: updateAgent: the name is empty")
	case params.Email == "":
		return nil, errors.New("qismo: updateAgent: the e-mail address is empty")
	case params.Channels == nil:
		return nil, errors.New("qismo: updateAgent: Channels is nil; an empty list takes all of them away")
	case params.RoleIDs == nil:
		return nil, errors.New("qismo: updateAgent: RoleIDs is nil; an empty list takes all of them away")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationUpdateAgent, opts)
	out, err := receive[omnichannel.UpdateAgentResponse](s.client.api.UpdateAgent(ctx, agentID, params))
	if err != nil {
		return nil, err
	}
	return out.Data.Agent, nil
}

// ListByIDs returns the agents with these ids; an id that nobody has is left out,
// so the list can be empty. CurrentCustomerCount is fresh here: re-check an agent
// with it before assigning. The rows hold the agents' tokens, which print as ***.
//
// No ids, or one that is empty, are an error before anything is sent.
//
// Operation listAgentsByIDs, GET /api/v1/admin/agents/get_by_ids; seen in public
// clients.
func (s *AgentsService) ListByIDs(ctx context.Context, agentIDs []flex.ID, opts ...Option) ([]AgentV1, error) {
	if err := checkIDs(omnichannel.OperationListAgentsByIDs, "agent", agentIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListAgentsByIDs, opts)
	params := &omnichannel.ListAgentsByIDsParams{IDs: agentIDs}
	out, err := receive[omnichannel.ListAgentsByIDsResponse](s.client.api.ListAgentsByIDs(ctx, params))
	if err != nil {
		return nil, err
	}
	return out.Data, nil
}

// ListByDivision returns one page of the agents of given divisions, the least
// busy first unless Sort is [Descending]. No divisions, or an id that is empty, are
// an error before anything is sent.
//
// Operation listAgentsByDivision, GET /api/v2/admin/agents/by_division; seen in
// public clients.
func (s *AgentsService) ListByDivision(
	ctx context.Context, params ListAgentsByDivisionParams, opts ...Option,
) (*Page[Agent], error) {
	return s.divisionPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllByDivision walks the agents of given divisions, page by page, and ends with
// the first error. See [AgentsService.ListByDivision].
//
// Operation listAgentsByDivision, GET /api/v2/admin/agents/by_division; seen in
// public clients.
func (s *AgentsService) AllByDivision(
	ctx context.Context, params ListAgentsByDivisionParams, opts ...Option,
) iter.Seq2[Agent, error] {
	return s.divisionPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *AgentsService) divisionPager(params ListAgentsByDivisionParams, opts []Option) pager[Agent] {
	return func(ctx context.Context, at flex.ID) (*Page[Agent], error) {
		const id = omnichannel.OperationListAgentsByDivision
		if err := checkIDs(id, "division", params.DivisionIDs); err != nil {
			return nil, err
		}
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListAgentsByDivisionResponse](
			s.client.api.ListAgentsByDivision(ctx, &params),
		)
		if err != nil {
			return nil, err
		}
		return numberedPage(out.Data, params.Page, out.Meta), nil
	}
}

// ListDivisions returns one page of divisions, which agents belong to and rooms can
// be handed over to.
//
// Operation listDivisions, GET /api/v2/divisions; seen in public clients.
func (s *AgentsService) ListDivisions(
	ctx context.Context, params ListDivisionsParams, opts ...Option,
) (*Page[Division], error) {
	return s.divisionsPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllDivisions walks every division, page by page, and ends with the first error.
// See [AgentsService.ListDivisions].
//
// Operation listDivisions, GET /api/v2/divisions; seen in public clients.
func (s *AgentsService) AllDivisions(
	ctx context.Context, params ListDivisionsParams, opts ...Option,
) iter.Seq2[Division, error] {
	return s.divisionsPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *AgentsService) divisionsPager(params ListDivisionsParams, opts []Option) pager[Division] {
	return func(ctx context.Context, at flex.ID) (*Page[Division], error) {
		if err := checkPage(omnichannel.OperationListDivisions, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListDivisions, opts)
		out, err := receive[omnichannel.ListDivisionsResponse](s.client.api.ListDivisions(ctx, &params))
		if err != nil {
			return nil, err
		}
		return numberedPage(out.Data, params.Page, out.Meta), nil
	}
}
