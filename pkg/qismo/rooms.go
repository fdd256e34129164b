package qismo

import (
	"context"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// RoomsService finds, resolves and annotates customers' rooms.
type RoomsService struct{ client *Client }

type (
	// Room is one customer's room on one channel. It has two ids: RoomID, which
	// every call wants, and ID, the row's.
	Room = omnichannel.CustomerRoom
	// RoomStatus is the state of a room's session.
	RoomStatus = omnichannel.RoomStatus
	// ServeStatus says whether an agent serves a room.
	ServeStatus = omnichannel.ServeStatus
	// ChannelFilter is one channel in [ListRoomsParams].
	ChannelFilter = omnichannel.ChannelFilter
	// ListRoomsParams filter rooms; what is not set does not filter.
	ListRoomsParams = omnichannel.ListRoomsRequest
	// ResolveRoomParams say which room is resolved, and how; RoomID is enough.
	ResolveRoomParams = omnichannel.ResolveRoomRequest
	// Resolution is a resolved session.
	Resolution = omnichannel.Resolution
	// RoomInfo is the additional information of a room.
	RoomInfo = omnichannel.RoomInfo
	// UserProperty is one pair of a room's information.
	UserProperty = omnichannel.UserProperty
)

// The states of a room. Expired and almost expired concern WhatsApp's 24 hours.
const (
	RoomResolved      = omnichannel.RoomStatusResolved
	RoomUnresolved    = omnichannel.RoomStatusUnresolved
	RoomExpired       = omnichannel.RoomStatusExpired
	RoomAlmostExpired = omnichannel.RoomStatusAlmostExpired
)

// Whether an agent serves a room.
const (
	RoomServed   = omnichannel.ServeStatusServed
	RoomUnserved = omnichannel.ServeStatusUnserved
)

// SortOrder is the direction of a sort.
type SortOrder = omnichannel.SortOrder

// The directions of a sort.
const (
	Ascending  = omnichannel.SortOrderAsc
	Descending = omnichannel.SortOrderDesc
)

// List returns one page of rooms, the newest first. The filter for unserved rooms
// can also let resolved ones through: check again.
//
// Operation listRooms, POST /api/v2/customer_rooms; seen in public clients.
func (s *RoomsService) List(ctx context.Context, params ListRoomsParams, opts ...Option) (*Page[Room], error) {
	return s.pager(params, opts).page(ctx, params.CursorAfter)
}

// All walks every room that the filter lets through, page by page, and ends with
// the first error. See [RoomsService.List].
//
// Operation listRooms, POST /api/v2/customer_rooms; seen in public clients.
func (s *RoomsService) All(ctx context.Context, params ListRoomsParams, opts ...Option) iter.Seq2[Room, error] {
	return s.pager(params, opts).all(ctx, params.CursorAfter)
}

func (s *RoomsService) pager(params ListRoomsParams, opts []Option) pager[Room] {
	return func(ctx context.Context, at flex.ID) (*Page[Room], error) {
		params := params // each page has its own: an iterator may run twice at once
		if params.CursorAfter != at {
			params.CursorAfter, params.CursorBefore = at, "" // from the second page on
		}
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListRooms, opts)
		out, err := receive[omnichannel.ListRoomsResponse](s.client.api.ListRooms(ctx, params))
		if err != nil {
			return nil, err
		}
		if out.Data.CustomerRooms == nil {
			return nil, missing(ctx, "list of rooms")
		}
		return &Page[Room]{Items: out.Data.CustomerRooms, Next: out.Meta.CursorAfter}, nil
	}
}

// Get returns one room. Which agents serve it is not part of it. An unknown room
// is [ErrNotFound].
//
// Operation getRoom, GET /api/v2/customer_rooms/{room_id}; seen in public
// clients.
func (s *RoomsService) Get(ctx context.Context, roomID flex.ID, opts ...Option) (*Room, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetRoom, opts)
	out, err := receive[omnichannel.GetRoomResponse](s.client.api.GetRoom(ctx, roomID))
	if err != nil {
		return nil, err
	}
	if out.Data.CustomerRoom.RoomID == "" {
		return nil, missing(ctx, "room id")
	}
	return &out.Data.CustomerRoom, nil
}

// Resolve closes a room's session. No call opens it again: the customer's next
// message starts a new one. A room that is resolved already is [ErrBadRequest].
//
// Operation resolveRoom, POST /api/v1/{role}/service/mark_as_resolved; seen in
// public clients.
func (s *RoomsService) Resolve(ctx context.Context, params ResolveRoomParams, opts ...Option) (*Resolution, error) {
	ctx, settings := s.client.begin(ctx, omnichannel.OperationResolveRoom, opts)
	role := settings.roleFor(omnichannel.OperationResolveRoom)
	out, err := receive[omnichannel.ResolveRoomResponse](s.client.api.ResolveRoom(ctx, role, params))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// Info reads a room's additional information; the pairs are at
// Extras.UserProperties.
//
// Operation getRoomInfo, GET /api/v1/qiscus/room/{room_id}/user_info; seen in
// public clients.
func (s *RoomsService) Info(ctx context.Context, roomID flex.ID, opts ...Option) (*RoomInfo, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetRoomInfo, opts)
	out, err := receive[omnichannel.RoomInfoResponse](s.client.api.GetRoomInfo(ctx, roomID))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// SetInfo replaces the whole list of a room's pairs; without any it is emptied.
//
// Operation setRoomInfo, POST /api/v1/qiscus/room/{room_id}/user_info; seen in
// public clients.
func (s *RoomsService) SetInfo(
	ctx context.Context, roomID flex.ID, properties []UserProperty, opts ...Option,
) (*RoomInfo, error) {
	if properties == nil {
		properties = []UserProperty{} // the service wants a list, not null
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetRoomInfo, opts)
	out, err := receive[omnichannel.RoomInfoResponse](
		s.client.api.SetRoomInfo(ctx, roomID, omnichannel.SetRoomInfoRequest{UserProperties: properties}),
	)
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}
