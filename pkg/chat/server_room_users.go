package chat

import (
	"cmp"
	"context"
	"iter"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

type (
	// ServerListParticipantsParams choose a page of a room's participants. RoomID is
	// needed.
	ServerListParticipantsParams = wire.RestListRoomParticipantsParams
	// ServerListUserRoomsParams choose a page of a user's rooms. UserID is needed;
	// RoomType leaves out those of the other kind.
	ServerListUserRoomsParams = wire.RestListUserRoomsParams
	// CountUnreadParams say whose messages are counted, and in which rooms. UserID is
	// needed.
	CountUnreadParams = wire.RestCountUnreadParams
	// UnreadCount is how many messages somebody has not read in a room.
	UnreadCount = wire.UnreadCount
)

// MaxUserRooms is how many rooms a page of a user's rooms can have: 100.
const MaxUserRooms = 100

// ListParticipants returns one page of who is in a room, 20 unless Limit says
// otherwise; the most is not known, nor how many pages there are. An empty room id and
// a negative page or limit are errors before anything is sent.
//
// Operation restListRoomParticipants, GET /api/v2.1/rest/get_room_participants;
// documented by the vendor.
func (s *ServerRoomsService) ListParticipants(
	ctx context.Context, params ServerListParticipantsParams, opts ...Option,
) (*Page[ServerUser], error) {
	return s.participantPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllParticipants walks who is in a room, page by page, and ends with the first error.
// See [ServerRoomsService.ListParticipants].
//
// Operation restListRoomParticipants, GET /api/v2.1/rest/get_room_participants;
// documented by the vendor.
func (s *ServerRoomsService) AllParticipants(
	ctx context.Context, params ServerListParticipantsParams, opts ...Option,
) iter.Seq2[ServerUser, error] {
	return s.participantPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *ServerRoomsService) participantPager(
	params ServerListParticipantsParams, opts []Option,
) pager[ServerUser] {
	return func(ctx context.Context, at flex.ID) (*Page[ServerUser], error) {
		const id = wire.OperationRestListRoomParticipants
		if err := checkID(id, "room id", params.RoomID); err != nil {
			return nil, err
		}
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ServerParticipantsResponse](s.client.api.RestListRoomParticipants(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Results.Participants == nil {
			return nil, missing(ctx, "list of participants")
		}
		return paging.Numbered(out.Results.Participants, params.Page, 0, 0), nil
	}
}

// AddParticipants puts users into a group or a channel, and returns those who were
// added; whether that leaves out who was there already is not known. A room of two
// takes nobody else. An empty room id or user id and no user are errors before anything
// is sent. It is never carried out twice, as a room tells everybody in it who came.
//
// Operation restAddRoomParticipants, POST /api/v2.1/rest/add_room_participants;
// documented by the vendor.
func (s *ServerRoomsService) AddParticipants(
	ctx context.Context, roomID flex.ID, userIDs []string, opts ...Option,
) ([]ServerUser, error) {
	const id = wire.OperationRestAddRoomParticipants
	if err := checkParticipants(id, roomID, userIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	request := wire.ServerParticipantsRequest{RoomID: roomID, UserIDs: userIDs}
	out, err := receive[wire.ServerAddRoomParticipantsResponse](s.client.api.RestAddRoomParticipants(ctx, request))
	if err != nil {
		return nil, err
	}
	return out.Results.ParticipantsAdded, nil
}

// RemoveParticipants takes users out of a group or a channel, and returns those who
// were removed. An empty room id or user id and no user are errors before anything is
// sent. It is never carried out twice, as a room tells everybody in it who went.
//
// Operation restRemoveRoomParticipants, POST /api/v2.1/rest/remove_room_participants;
// documented by the vendor.
func (s *ServerRoomsService) RemoveParticipants(
	ctx context.Context, roomID flex.ID, userIDs []string, opts ...Option,
) ([]ServerUser, error) {
	const id = wire.OperationRestRemoveRoomParticipants
	if err := checkParticipants(id, roomID, userIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	request := wire.ServerParticipantsRequest{RoomID: roomID, UserIDs: userIDs}
	out, err := receive[wire.ServerRemoveRoomParticipantsResponse](
		s.client.api.RestRemoveRoomParticipants(ctx, request),
	)
	if err != nil {
		return nil, err
	}
	return out.Results.ParticipantsRemoved, nil
}

// ListOfUser returns one page of the rooms of a user, [MaxUserRooms] unless Limit says
// otherwise. An empty user id, a negative page and a limit that is not within 1 and
// [MaxUserRooms], 0 being none, are errors before anything is sent.
//
// Operation restListUserRooms, GET /api/v2.1/rest/get_user_rooms; documented by the
// vendor.
func (s *ServerRoomsService) ListOfUser(
	ctx context.Context, params ServerListUserRoomsParams, opts ...Option,
) (*Page[ServerRoom], error) {
	return s.userRoomPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllOfUser walks the rooms of a user, page by page, and ends with the first error. See
// [ServerRoomsService.ListOfUser].
//
// Operation restListUserRooms, GET /api/v2.1/rest/get_user_rooms; documented by the
// vendor.
func (s *ServerRoomsService) AllOfUser(
	ctx context.Context, params ServerListUserRoomsParams, opts ...Option,
) iter.Seq2[ServerRoom, error] {
	return s.userRoomPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *ServerRoomsService) userRoomPager(params ServerListUserRoomsParams, opts []Option) pager[ServerRoom] {
	return func(ctx context.Context, at flex.ID) (*Page[ServerRoom], error) {
		const id = wire.OperationRestListUserRooms
		if err := checkGiven(id, "user id", params.UserID); err != nil {
			return nil, err
		}
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		if err := checkMost(id, "limit", params.Limit, MaxUserRooms); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		// Both are always said: without a page another number of rows has been
		// documented, and the second page would not follow on the first.
		params.Page = max(1, paging.NumberOf(at))
		params.Limit = cmp.Or(params.Limit, MaxUserRooms)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ServerListUserRoomsResponse](s.client.api.RestListUserRooms(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Results.Rooms == nil {
			return nil, missing(ctx, "list of rooms")
		}
		return paging.Numbered(out.Results.Rooms, params.Page, 0, out.Results.Meta.TotalRoom), nil
	}
}

// CountUnread counts the messages that a user has not read, by room; the rooms are
// named by their numbers, by their unique ids or both. Whether all rooms are meant when
// none is named is not known, nor whether messages in channels count.
// [ServerUsersService.CountUnread] counts over all rooms. An empty user id or room id is
// an error before anything is sent.
//
// Operation restCountUnread, GET /api/v2.1/rest/get_unread_count; documented by the
// vendor.
func (s *ServerRoomsService) CountUnread(
	ctx context.Context, params CountUnreadParams, opts ...Option,
) ([]UnreadCount, error) {
	const id = wire.OperationRestCountUnread
	if err := checkGiven(id, "user id", params.UserID); err != nil {
		return nil, err
	}
	if err := checkRooms(id, params.RoomIDs, params.RoomChannelIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.CountUnreadResponse](s.client.api.RestCountUnread(ctx, &params))
	if err != nil {
		return nil, err
	}
	if out.Results.UnreadCounts == nil {
		return nil, missing(ctx, "list of counts")
	}
	return out.Results.UnreadCounts, nil
}
