package qismo

import (
	"context"
	"errors"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// RoomsService finds, resolves and annotates customers' rooms.
type RoomsService struct{ client *Client }

type (
	// Room is the room of a customer on a channel. It has two ids: RoomID, which
	// every call wants, and ID, the row's.
	Room = omnichannel.CustomerRoom
	// RoomStatus is the state of a room's session.
	RoomStatus = omnichannel.RoomStatus
	// ServeStatus says whether an agent serves a room.
	ServeStatus = omnichannel.ServeStatus
	// ChannelFilter is one channel in [ListRoomsParams]; [Channel.Filter] makes it.
	ChannelFilter = omnichannel.ChannelFilter
	// ListRoomsParams filter rooms; what is not set does not filter. Name is a part of
	// the customer's name, UserIDs are the agents who serve, and Order is best effort:
	// one client found that it changes nothing.
	ListRoomsParams = omnichannel.ListRoomsRequest
	// ListRoomsByQueryParams filter rooms in a query; what is not set does not
	// filter. Page and CursorAfter are two ways of paging: use one.
	ListRoomsByQueryParams = omnichannel.ListRoomsByQueryParams
	// ResolveRoomParams say which room is resolved, and how; RoomID is enough. With
	// IsSendNotes the customer gets the note, with IsSendEmail the whole chat by
	// e-mail. What Extras and AgentID do is not known.
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

// List returns one page of rooms, the newest first. [RoomUnserved] can also let
// rooms through that are resolved or do not wait: look at IsResolved and IsWaiting.
// A page has 50 rooms when Limit is not set, by the vendor's gem; the most that it
// may have is not documented. Total is not told. A negative Limit is an error
// before anything is sent. It is a search, so a repeat does no harm.
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
		if err := checkPage(omnichannel.OperationListRooms, 0, params.Limit.Int64()); err != nil {
			return nil, err
		}
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
// Page was not confirmed either. Page beside a cursor and a negative number are
// errors before anything is sent.
//
// Operation listRoomsByQuery, GET /api/v2/customer_rooms; seen in public clients.
func (s *RoomsService) ListByQuery(
	ctx context.Context, params ListRoomsByQueryParams, opts ...Option,
) (*Page[Room], error) {
	return s.queryPager(params, opts).page(ctx, startAt(params.Page, params.CursorAfter))
}

// AllByQuery walks every room that the filter lets through, page by page, and ends
// with the first error. With Page set it goes by number, else by cursor. See
// [RoomsService.ListByQuery].
//
// Operation listRoomsByQuery, GET /api/v2/customer_rooms; seen in public clients.
func (s *RoomsService) AllByQuery(
	ctx context.Context, params ListRoomsByQueryParams, opts ...Option,
) iter.Seq2[Room, error] {
	return s.queryPager(params, opts).all(ctx, startAt(params.Page, params.CursorAfter))
}

func (s *RoomsService) queryPager(params ListRoomsByQueryParams, opts []Option) pager[Room] {
	byNumber := params.Page > 0
	return func(ctx context.Context, at flex.ID) (*Page[Room], error) {
		const id = omnichannel.OperationListRoomsByQuery
		if err := checkPaging(id, params.Page, params.Limit, params.CursorAfter); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		if byNumber {
			params.Page = paging.NumberOf(at)
		} else {
			params.CursorAfter = at
		}
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListRoomsResponse](s.client.api.ListRoomsByQuery(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Data.CustomerRooms == nil {
			return nil, missing(ctx, "list of rooms")
		}
		page := &Page[Room]{Items: out.Data.CustomerRooms, Next: out.Meta.CursorAfter}
		if byNumber {
			page.Next = paging.NumberAfter(params.Page, len(page.Items), 0, nil)
			return paging.Blind(page), nil
		}
		return page, nil
	}
}

// Get returns one room. Which agents serve it is not part of it. The id is the
// room's RoomID, never its ID. An unknown room is expected to be [ErrNotFound],
// which is not recorded.
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
// message starts a new one. A room that is resolved already is [ErrBadRequest], in
// words that are not recorded. The mark-as-resolved webhook follows, if the app has
// one. Service.User holds the resolving user's token, which prints as ***.
//
// With [RoleSupervisor] it takes the agents' path, as one client does. An empty
// RoomID is an error before anything is sent. It is never carried out twice: the
// customer may have begun a new session.
//
// Operation resolveRoom, POST /api/v1/{role}/service/mark_as_resolved; seen in
// public clients.
func (s *RoomsService) Resolve(ctx context.Context, params ResolveRoomParams, opts ...Option) (*Resolution, error) {
	if params.RoomID.IsNone() {
		return nil, errors.New("qismo: resolveRoom: the room id is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationResolveRoom, opts)
	role := call.roleFor(omnichannel.OperationResolveRoom)
	out, err := receive[omnichannel.ResolveRoomResponse](s.client.api.ResolveRoom(ctx, role, params))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// MarkAsRead marks a room as read for the user whose token it is sent with. What the
// service answers is not known; the one client seen gives it a second, and goes on
// whatever comes. It was seen with a user's token only. A repeat does no harm.
//
// Operation markRoomAsRead, POST /api/v2/customer_rooms/{room_id}/mark_as_read;
// seen in a single public client.
func (s *RoomsService) MarkAsRead(ctx context.Context, roomID flex.ID, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationMarkRoomAsRead, opts)
	return discard(s.client.api.MarkRoomAsRead(ctx, roomID))
}
