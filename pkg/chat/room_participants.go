package chat

import (
	"context"
	"iter"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

type (
	// ListParticipantsParams choose a page of the users in a room. RoomUniqueID is the
	// room's UniqueID, and not its ID. Offset is an older way of paging: use Page.
	ListParticipantsParams = wire.SdkListRoomParticipantsParams
	// Sorting is the order of a list.
	Sorting = wire.Sorting
)

// The orders of a list.
const (
	Ascending  = wire.SortingAsc
	Descending = wire.SortingDesc
)

// ListParticipants returns one page of the users in a room, 20 unless Limit says
// otherwise, presumably in the order of their names. An empty unique id and a negative
// number are errors before anything is sent.
//
// Operation sdkListRoomParticipants, GET /api/v2/sdk/room_participants; seen in public
// clients.
func (s *RoomsService) ListParticipants(
	ctx context.Context, params ListParticipantsParams, opts ...Option,
) (*Page[Participant], error) {
	return s.participantPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllParticipants walks the users in a room, page by page, and ends with the first error.
// See [RoomsService.ListParticipants].
//
// Operation sdkListRoomParticipants, GET /api/v2/sdk/room_participants; seen in public
// clients.
func (s *RoomsService) AllParticipants(
	ctx context.Context, params ListParticipantsParams, opts ...Option,
) iter.Seq2[Participant, error] {
	return s.participantPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *RoomsService) participantPager(params ListParticipantsParams, opts []Option) pager[Participant] {
	return func(ctx context.Context, at flex.ID) (*Page[Participant], error) {
		const id = wire.OperationSdkListRoomParticipants
		if err := checkGiven(id, "room's unique id", params.RoomUniqueID); err != nil {
			return nil, err
		}
		if err := checkPage(id, min(params.Page, params.Offset), params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		if params.Page = paging.NumberOf(at); params.Page > 1 {
			params.Offset = 0 // that of the first page
		}
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ListRoomParticipantsResponse](s.client.api.SdkListRoomParticipants(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Results.Participants == nil {
			return nil, missing(ctx, "list of users")
		}
		return paging.Numbered(out.Results.Participants, params.Page, 0, out.Results.Meta.Total), nil
	}
}

// AddParticipants puts users into a group or a channel, and returns those who were
// added. The others are told by a system event, so it is never carried out twice.
// Whether a user who is in the room already is left alone is not known. An empty room
// id, no users and an empty user id are errors before anything is sent.
//
// Operation sdkAddRoomParticipants, POST /api/v2/sdk/add_room_participants; seen in
// public clients.
func (s *RoomsService) AddParticipants(
	ctx context.Context, roomID flex.ID, userIDs []string, opts ...Option,
) ([]Participant, error) {
	const id = wire.OperationSdkAddRoomParticipants
	if err := checkParticipants(id, roomID, userIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.AddRoomParticipantsResponse](
		s.client.api.SdkAddRoomParticipants(ctx, wire.AddRoomParticipantsRequest{RoomID: roomID, Emails: userIDs}),
	)
	if err != nil {
		return nil, err
	}
	return out.Results.ParticipantsAdded, nil
}

// RemoveParticipants takes users out of a group or a channel, and returns the ids of
// those who were removed. The others are told by a system event, so it is never carried
// out twice. An empty room id, no users and an empty user id are errors before anything
// is sent.
//
// Operation sdkRemoveRoomParticipants, POST /api/v2/sdk/remove_room_participants; seen in
// public clients.
func (s *RoomsService) RemoveParticipants(
	ctx context.Context, roomID flex.ID, userIDs []string, opts ...Option,
) ([]string, error) {
	const id = wire.OperationSdkRemoveRoomParticipants
	if err := checkParticipants(id, roomID, userIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.RemoveRoomParticipantsResponse](
		s.client.api.SdkRemoveRoomParticipants(ctx, wire.RemoveRoomParticipantsRequest{RoomID: roomID, Emails: userIDs}),
	)
	if err != nil {
		return nil, err
	}
	return out.Results.ParticipantsRemoved, nil
}
