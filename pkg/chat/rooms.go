package chat

import (
	"context"
	"errors"
	"iter"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// RoomsService makes and finds the user's rooms, and knows who is in them.
type RoomsService struct{ client *client }

type (
	// Room is a room. RoomName is the other user's name in a room for two, where
	// RawRoomName has both ids. A channel has the ChatType [KindGroup], and IsPublicChannel
	// is true. UniqueID is the room's other id, which some calls want.
	Room = wire.Room
	// RoomInfo is a room, as lists have it: with its last message, and with its
	// participants where they were asked for.
	RoomInfo = wire.RoomInfo
	// RoomKind is what kind of room a room is.
	RoomKind = wire.ChatType
	// Participant is a user in a room: Email is the user's id, and how far they have read
	// and received the messages.
	Participant = wire.Participant
	// RoomWithMessages is a room and its newest messages.
	RoomWithMessages = wire.RoomResult
	// RoomChange is a room as it is now and its newest messages, with whether it was
	// created or changed.
	RoomChange = wire.ChangedRoomResult
	// RoomView is a room and its newest messages, with whether the user is in it.
	RoomView = wire.GetRoomByIDResult
	// RoomFilter is which of the user's rooms are listed.
	RoomFilter = wire.RoomFilter
	// CreateGroupParams say what group is made. Participants are users' ids; the caller is
	// presumably among them without being named. Options are the app's own.
	CreateGroupParams = wire.CreateRoomRequest
	// RoomsInfoParams name rooms by their ids or their unique ids.
	RoomsInfoParams = wire.GetRoomsInfoRequest
	// ListRoomsParams choose a page of the user's rooms, and which of them are listed.
	ListRoomsParams = wire.SdkListUserRoomsParams
	// UpdateRoomParams are what is to be changed of a room. What is left out presumably
	// stays as it is.
	UpdateRoomParams = wire.UpdateRoomRequest
)

// RoomWithUserParams say with whom a room for two is wanted.
type RoomWithUserParams struct {
	// UserID is the other user.
	UserID string
	// Options are the app's own. Whether they overwrite those of a room that exists is
	// not known.
	Options flex.JSON
}

// What kind of room a room is.
const (
	KindSingle = wire.ChatTypeSingle
	KindGroup  = wire.ChatTypeGroup
)

// Which of the user's rooms are listed. What [RoomsDefault] stands for is not documented.
const (
	RoomsAll      = wire.RoomFilterAll
	RoomsSingle   = wire.RoomFilterSingle
	RoomsGroup    = wire.RoomFilterGroup
	RoomsChannels = wire.RoomFilterPublicChannel
	RoomsDefault  = wire.RoomFilterDefault
)

// MaxListedRooms is how many rooms a page of [RoomsService.List] can have.
const MaxListedRooms = 50

// GetOrCreateWithUser returns the room for two with another user, which is made if there
// is none; there is one for each pair. A repeat does no harm. An empty id is an error
// before anything is sent.
//
// Operation sdkGetOrCreateRoomWithTarget, POST
// /api/v2/sdk/get_or_create_room_with_target; seen in public clients.
func (s *RoomsService) GetOrCreateWithUser(
	ctx context.Context, params RoomWithUserParams, opts ...Option,
) (*RoomWithMessages, error) {
	const id = wire.OperationSdkGetOrCreateRoomWithTarget
	if err := checkGiven(id, "user id", params.UserID); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	request := wire.GetOrCreateRoomWithTargetRequest{Emails: []string{params.UserID}, Options: inText(params.Options)}
	out, err := receive[wire.RoomResponse](s.client.api.SdkGetOrCreateRoomWithTarget(ctx, request))
	return openedRoomOf(ctx, out, err)
}

// CreateGroup makes a group of up to 100 users. A call that fails is never repeated, as
// a repeat makes a second group. An empty name, no participants and an empty id are
// errors before anything is sent.
//
// Operation sdkCreateRoom, POST /api/v2/sdk/create_room; seen in public clients.
func (s *RoomsService) CreateGroup(
	ctx context.Context, params CreateGroupParams, opts ...Option,
) (*RoomWithMessages, error) {
	const id = wire.OperationSdkCreateRoom
	if err := checkGiven(id, "name", params.Name); err != nil {
		return nil, err
	}
	if err := checkList(id, "user id", params.Participants); err != nil {
		return nil, err
	}
	params.Options = inText(params.Options)
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.RoomResponse](s.client.api.SdkCreateRoom(ctx, params))
	return openedRoomOf(ctx, out, err)
}

func openedRoomOf(ctx context.Context, out *wire.RoomResponse, err error) (*RoomWithMessages, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Room.ID.IsNone() {
		return nil, missing(ctx, "room id")
	}
	return &out.Results, nil
}

// Get returns a room with its participants and its newest messages. Rooms that the user
// is not in are presumably refused, except channels. An empty id is an error before
// anything is sent.
//
// Operation sdkGetRoomByID, GET /api/v2/sdk/get_room_by_id; seen in public clients.
func (s *RoomsService) Get(ctx context.Context, roomID flex.ID, opts ...Option) (*RoomView, error) {
	const id = wire.OperationSdkGetRoomByID
	if err := checkID(id, "room id", roomID); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.GetRoomByIDResponse](s.client.api.SdkGetRoomByID(ctx, &wire.SdkGetRoomByIDParams{ID: roomID}))
	if err != nil {
		return nil, err
	}
	if out.Results.Room.ID.IsNone() {
		return nil, missing(ctx, "room id")
	}
	return &out.Results, nil
}

// Info looks rooms up by their ids or unique ids. Those that do not exist, or that the
// user is not in, are presumably left out. No id at all, or one that is empty, is an
// error before anything is sent, and so is a negative page.
//
// Operation sdkGetRoomsInfo, POST /api/v2/sdk/rooms_info; seen in public clients.
func (s *RoomsService) Info(ctx context.Context, params RoomsInfoParams, opts ...Option) ([]RoomInfo, error) {
	const id = wire.OperationSdkGetRoomsInfo
	if len(params.RoomIDs)+len(params.RoomUniqueIDs) == 0 {
		return nil, refuse(id, errors.New("no room is named"))
	}
	if err := checkRooms(id, params.RoomIDs, params.RoomUniqueIDs); err != nil {
		return nil, err
	}
	if err := checkPage(id, params.Page, 0); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.GetRoomsInfoResponse](s.client.api.SdkGetRoomsInfo(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Results.RoomsInfo == nil {
		return nil, missing(ctx, "list of rooms")
	}
	return out.Results.RoomsInfo, nil
}

// List returns one page of the user's rooms, [MaxListedRooms] at most. Rooms without
// messages, and those that the user was removed from, are listed on request. The order
// is not documented. A negative page or limit, and one above the most, are errors before
// anything is sent.
//
// Operation sdkListUserRooms, GET /api/v2/sdk/user_rooms; seen in public clients.
func (s *RoomsService) List(ctx context.Context, params ListRoomsParams, opts ...Option) (*Page[RoomInfo], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// All walks the user's rooms, page by page, and ends with the first error. See
// [RoomsService.List].
//
// Operation sdkListUserRooms, GET /api/v2/sdk/user_rooms; seen in public clients.
func (s *RoomsService) All(ctx context.Context, params ListRoomsParams, opts ...Option) iter.Seq2[RoomInfo, error] {
	return s.pager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *RoomsService) pager(params ListRoomsParams, opts []Option) pager[RoomInfo] {
	return func(ctx context.Context, at flex.ID) (*Page[RoomInfo], error) {
		const id = wire.OperationSdkListUserRooms
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		if err := checkMost(id, "limit", params.Limit, MaxListedRooms); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ListUserRoomsResponse](s.client.api.SdkListUserRooms(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Results.RoomsInfo == nil {
			return nil, missing(ctx, "list of rooms")
		}
		return paging.Numbered(out.Results.RoomsInfo, params.Page, 0, out.Results.Meta.TotalRoom), nil
	}
}

// Update changes the name, the picture or the options of a group or a channel; a room
// for two stays as it is. The others are told by a system event. A repeat does no harm.
// An empty id, and nothing to change, are errors before anything is sent.
//
// Operation sdkUpdateRoom, POST /api/v2/sdk/update_room; seen in public clients.
func (s *RoomsService) Update(ctx context.Context, params UpdateRoomParams, opts ...Option) (*RoomChange, error) {
	const id = wire.OperationSdkUpdateRoom
	if err := checkID(id, "room id", params.ID); err != nil {
		return nil, err
	}
	if params.RoomName == "" && params.AvatarURL == "" && params.Options.IsZero() {
		return nil, refuse(id, errors.New("there is nothing to change"))
	}
	params.Options = inText(params.Options)
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ChangedRoomResponse](s.client.api.SdkUpdateRoom(ctx, params))
	return roomChangeOf(ctx, out, err)
}

func roomChangeOf(ctx context.Context, out *wire.ChangedRoomResponse, err error) (*RoomChange, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Room.ID.IsNone() {
		return nil, missing(ctx, "room id")
	}
	return &out.Results, nil
}

// CountUnreadMessages counts the unread messages of all rooms. Whether those of channels
// count, the vendor's pages do not agree on.
//
// Operation sdkGetTotalUnreadCount, GET /api/v2/sdk/total_unread_count; seen in public
// clients.
func (s *RoomsService) CountUnreadMessages(ctx context.Context, opts ...Option) (int64, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkGetTotalUnreadCount, opts)
	out, err := receive[wire.GetTotalUnreadCountResponse](s.client.api.SdkGetTotalUnreadCount(ctx))
	if err != nil {
		return 0, err
	}
	return out.Results.TotalUnreadCount, nil
}

// CountUnreadRooms counts the rooms with unread messages.
//
// Operation sdkGetRoomUnreadCount, GET /api/v2/sdk/get_room_unread_count; seen in public
// clients.
func (s *RoomsService) CountUnreadRooms(ctx context.Context, opts ...Option) (int64, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkGetRoomUnreadCount, opts)
	out, err := receive[wire.GetRoomUnreadCountResponse](s.client.api.SdkGetRoomUnreadCount(ctx))
	if err != nil {
		return 0, err
	}
	return out.Results.TotalUnreadCount, nil
}
