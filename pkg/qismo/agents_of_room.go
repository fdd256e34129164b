package qismo

import (
	"context"
	"errors"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ListAvailable returns one page of the agents who may take a room. It is empty
// when nobody is online, and presumably when those who are serve the room already;
// no event tells when somebody comes, so ask again, as others do every 20 seconds to
// 5 minutes. CurrentCustomerCount is the live load.
// A page has about 20 rows when Limit is not set; Total is not told.
//
// The role in the path is the client's, see [WithRole]. One client insists on a
// user's token here, others succeed with the secret key. An empty RoomID and a
// negative Limit are errors before anything is sent.
//
// Operation listAvailableAgents, GET /api/v2/{role}/service/available_agents;
// seen in public clients.
func (s *AgentsService) ListAvailable(
	ctx context.Context, params ListAvailableAgentsParams, opts ...Option,
) (*Page[Agent], error) {
	return s.availablePager(params, opts).page(ctx, params.CursorAfter)
}

// AllAvailable walks the agents who may take a room, page by page, and ends with
// the first error. See [AgentsService.ListAvailable].
//
// Operation listAvailableAgents, GET /api/v2/{role}/service/available_agents;
// seen in public clients.
func (s *AgentsService) AllAvailable(
	ctx context.Context, params ListAvailableAgentsParams, opts ...Option,
) iter.Seq2[Agent, error] {
	return s.availablePager(params, opts).all(ctx, params.CursorAfter)
}

func (s *AgentsService) availablePager(params ListAvailableAgentsParams, opts []Option) pager[Agent] {
	return func(ctx context.Context, at flex.ID) (*Page[Agent], error) {
		const id = omnichannel.OperationListAvailableAgents
		if params.RoomID.IsNone() {
			return nil, errors.New("qismo: listAvailableAgents: the room id is empty")
		}
		if err := checkPage(id, 0, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		if params.CursorAfter != at {
			params.CursorAfter, params.CursorBefore = at, "" // from the second page on
		}
		ctx, call := s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListAgentsResponse](
			s.client.api.ListAvailableAgents(ctx, call.role, &params),
		)
		if err != nil {
			return nil, err
		}
		if out.Data.Agents == nil {
			return nil, missing(ctx, "list of agents")
		}
		return agentPage(out), nil
	}
}

// ListOther returns one page of the agents who could join a room, presumably those
// who do not serve it yet. Whether only those online are listed is not known: look
// at IsAvailable. One client insists on a user's token here. An empty RoomID, a
// negative Limit and a search for 0, which the client cannot send, are errors before
// anything is sent.
//
// Operation listOtherAgents, GET /api/v2/{role}/service/other_agents; seen in
// public clients.
func (s *AgentsService) ListOther(
	ctx context.Context, params ListOtherAgentsParams, opts ...Option,
) (*Page[Agent], error) {
	return s.otherPager(params, opts).page(ctx, params.CursorAfter)
}

// AllOther walks the agents who could join a room, page by page, and ends with the
// first error. See [AgentsService.ListOther].
//
// Operation listOtherAgents, GET /api/v2/{role}/service/other_agents; seen in
// public clients.
func (s *AgentsService) AllOther(
	ctx context.Context, params ListOtherAgentsParams, opts ...Option,
) iter.Seq2[Agent, error] {
	return s.otherPager(params, opts).all(ctx, params.CursorAfter)
}

func (s *AgentsService) otherPager(params ListOtherAgentsParams, opts []Option) pager[Agent] {
	return func(ctx context.Context, at flex.ID) (*Page[Agent], error) {
		const id = omnichannel.OperationListOtherAgents
		if params.RoomID.IsNone() {
			return nil, errors.New("qismo: listOtherAgents: the room id is empty")
		}
		if err := checkPage(id, 0, params.Limit); err != nil {
			return nil, err
		}
		if err := checkSearch(id, params.Search); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		if params.CursorAfter != at {
			params.CursorAfter, params.CursorBefore = at, "" // from the second page on
		}
		ctx, call := s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListAgentsResponse](
			s.client.api.ListOtherAgents(ctx, call.role, &params),
		)
		if err != nil {
			return nil, err
		}
		if out.Data.Agents == nil {
			return nil, missing(ctx, "list of agents")
		}
		return agentPage(out), nil
	}
}
