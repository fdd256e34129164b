package qismo

import (
	"context"
	"errors"
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
	// ListRoomsByQueryParams filter rooms in a query; what is not set does not
	// filter. Page and CursorAfter are two ways of paging: use one.
	ListRoomsByQueryParams = omnichannel.ListRoomsByQueryParams
	// ResolveRoomParams say which room is resolved, and how; RoomID is enough.
	ResolveRoomParams = omnichannel.ResolveRoomRequest
	// Resolution is a resolved session.
	Resolution = omnichannel.Resolution
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

// ListByQuery returns one page of rooms, the newest first, for a filter that is
// sent in the query. [RoomsService.List] is preferred: it knows more filters, and
// which of them the query supports is documented nowhere. That the service heeds
// Page was not confirmed either.
//
// Operation listRoomsByQuery, GET /api/v2/customer_rooms; seen in public clients.
func (s *RoomsService) ListByQuery(
	ctx context.Context, params ListRoomsByQueryParams, opts ...Option,
) (*Page[Room], error) {
	return s.queryPager(params, opts).page(ctx, startOfQuery(params))
}

// AllByQuery walks every room that the filter lets through, page by page, and ends
// with the first error. With Page set it goes by number, else by cursor. See
// [RoomsService.ListByQuery].
//
// Operation listRoomsByQuery, GET /api/v2/customer_rooms; seen in public clients.
func (s *RoomsService) AllByQuery(
	ctx context.Context, params ListRoomsByQueryParams, opts ...Option,
) iter.Seq2[Room, error] {
	return s.queryPager(params, opts).all(ctx, startOfQuery(params))
}

// startOfQuery is the cursor, or the page number, that the caller starts from.
func startOfQuery(params ListRoomsByQueryParams) flex.ID {
	if params.Page > 0 {
		return pageNumber(params.Page)
	}
	return params.CursorAfter
}

func (s *RoomsService) queryPager(params ListRoomsByQueryParams, opts []Option) pager[Room] {
	byNumber := params.Page > 0
	return func(ctx context.Context, at flex.ID) (*Page[Room], error) {
		if params.Page < 0 || params.Limit < 0 {
			return nil, errors.New("qismo: listRoomsByQuery: the page or the limit is negative")
		}
		params := params // each page has its own: an iterator may run twice at once
		if byNumber {
			params.Page = pageOf(at)
		} else {
			params.CursorAfter = at
		}
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListRoomsByQuery, opts)
		out, err := receive[omnichannel.ListRoomsResponse](s.client.api.ListRoomsByQuery(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Data.CustomerRooms == nil {
			return nil, missing(ctx, "list of rooms")
		}
		page := &Page[Room]{Items: out.Data.CustomerRooms, Next: out.Meta.CursorAfter}
		if byNumber {
			page.Next, page.blind = numberAfter(params.Page, len(page.Items), 0, nil), true
		}
		return page, nil
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

// MarkAsRead marks a room as read for the user whose token it is sent with. What
// the service answers is not known; the one client seen waits a second at most and
// goes on whatever comes.
//
// Operation markRoomAsRead, POST /api/v2/customer_rooms/{room_id}/mark_as_read;
// seen in a single public client.
func (s *RoomsService) MarkAsRead(ctx context.Context, roomID flex.ID, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationMarkRoomAsRead, opts)
	return discard(s.client.api.MarkRoomAsRead(ctx, roomID))
}
