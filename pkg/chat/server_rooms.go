package chat

import (
	"context"
	"errors"

	wire "github.com/qismo-go/qismo/gen/chat"
)

// ServerRoomsService makes rooms and knows who is in them.
type ServerRoomsService struct{ client *client }

type (
	// ServerRoom is a room, as servers see it. A channel's RoomType is "group", or
	// "channel" in one client's tests. Its RoomOptions are the app's own.
	ServerRoom = wire.ServerRoom
	// RoomType is the kind of a room: [RoomSingle] or [RoomGroup].
	RoomType = wire.RoomType
	// ServerRoomChange is a room, and whether a call has changed it.
	ServerRoomChange = wire.ServerRoomChangeResult
	// ServerCreateGroupParams are a group to make. RoomName, Creator and Participants are
	// needed; the creator is no participant unless named among them.
	ServerCreateGroupParams = wire.ServerCreateRoomRequest
	// ServerRoomWithTargetParams say whose room it is: UserIDs are two.
	ServerRoomWithTargetParams = wire.ServerGetOrCreateRoomWithTargetRequest
	// GetOrCreateChannelParams are a channel. UniqueID, without # and +, and Participants
	// are needed.
	GetOrCreateChannelParams = wire.GetOrCreateChannelRequest
	// ServerRoomsInfoParams say which rooms are looked up: by their numbers, by their
	// unique ids or both.
	ServerRoomsInfoParams = wire.RestGetRoomsInfoParams
	// ServerUpdateRoomParams are a group as it shall be; what is left out stays.
	ServerUpdateRoomParams = wire.ServerUpdateRoomRequest
)

// The kinds of room. A channel is a group.
const (
	RoomSingle = wire.RoomTypeSingle
	RoomGroup  = wire.RoomTypeGroup
)

// MaxGroupParticipants is how many users can be in a group: 100. A channel can have
// 5,000, or more by agreement with the vendor.
const MaxGroupParticipants = 100

// CreateGroup makes a group. An empty name, creator or participant, and more than
// [MaxGroupParticipants] of them, are errors before anything is sent. Each call makes a
// group, so it is never carried out twice: when it fails, [Error.Uncertain] tells
// whether there may be one.
//
// Operation restCreateRoom, POST /api/v2.1/rest/create_room; documented by the vendor.
func (s *ServerRoomsService) CreateGroup(
	ctx context.Context, params ServerCreateGroupParams, opts ...Option,
) (*ServerRoom, error) {
	const id = wire.OperationRestCreateRoom
	if err := checkGiven(id, "name", params.RoomName, "creator", params.Creator); err != nil {
		return nil, err
	}
	if err := checkList(id, "participant", params.Participants); err != nil {
		return nil, err
	}
	if err := checkMost(id, "number of participants", int64(len(params.Participants)), MaxGroupParticipants); err != nil {
		return nil, err
	}
	params.RoomOptions = inText(params.RoomOptions)
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerRoomResponse](s.client.api.RestCreateRoom(ctx, params))
	return roomOf(ctx, out, err)
}

// GetOrCreateWithTarget returns the room of two users, which is made if there is none.
// There is one such room for two users, so a repeat does no harm. Other than two ids,
// an empty one and twice the same are errors before anything is sent.
//
// Operation restGetOrCreateRoomWithTarget, POST
// /api/v2.1/rest/get_or_create_room_with_target; documented by the vendor.
func (s *ServerRoomsService) GetOrCreateWithTarget(
	ctx context.Context, params ServerRoomWithTargetParams, opts ...Option,
) (*ServerRoom, error) {
	const id = wire.OperationRestGetOrCreateRoomWithTarget
	if err := checkList(id, "user id", params.UserIDs); err != nil {
		return nil, err
	}
	if len(params.UserIDs) != 2 || params.UserIDs[0] == params.UserIDs[1] {
		return nil, refuse(id, errors.New("the room is one of two users"))
	}
	params.RoomOptions = inText(params.RoomOptions)
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerRoomResponse](s.client.api.RestGetOrCreateRoomWithTarget(ctx, params))
	return roomOf(ctx, out, err)
}

// GetOrCreateChannel returns the channel with a unique id of the app's own, which is
// made if there is none. A repeat does no harm. A unique id that is empty or has a # or
// a +, no participant and an empty one are errors before anything is sent.
//
// Operation restGetOrCreateChannel, POST /api/v2.1/rest/get_or_create_channel;
// documented by the vendor.
func (s *ServerRoomsService) GetOrCreateChannel(
	ctx context.Context, params GetOrCreateChannelParams, opts ...Option,
) (*ServerRoomChange, error) {
	const id = wire.OperationRestGetOrCreateChannel
	if err := checkChannelID(params.UniqueID); err != nil {
		return nil, refuse(id, err)
	}
	if err := checkList(id, "participant", params.Participants); err != nil {
		return nil, err
	}
	params.RoomOptions = inText(params.RoomOptions)
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerRoomChangeResponse](s.client.api.RestGetOrCreateChannel(ctx, params))
	return changeOf(ctx, out, err)
}

// Info looks rooms up by their ids. What comes for an id that no room has is not known.
// No id at all and an empty one are errors before anything is sent.
//
// Operation restGetRoomsInfo, GET /api/v2.1/rest/get_rooms_info; documented by the
// vendor.
func (s *ServerRoomsService) Info(
	ctx context.Context, params ServerRoomsInfoParams, opts ...Option,
) ([]ServerRoom, error) {
	const id = wire.OperationRestGetRoomsInfo
	if err := checkRooms(id, params.RoomIDs, params.RoomChannelIDs); err != nil {
		return nil, err
	}
	if len(params.RoomIDs)+len(params.RoomChannelIDs) == 0 {
		return nil, refuse(id, errors.New("there is no room id"))
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerRoomsResponse](s.client.api.RestGetRoomsInfo(ctx, &params))
	if err != nil {
		return nil, err
	}
	if out.Results.Rooms == nil {
		return nil, missing(ctx, "list of rooms")
	}
	return out.Results.Rooms, nil
}

// Update changes a group: its name, picture, options or unique id. What is left out
// stays, so nothing can be emptied by it. A room of two cannot be changed. An empty
// room id, nothing to change and a unique id with a # or a + are errors before anything
// is sent. A repeat does no harm.
//
// Operation restUpdateRoom, POST /api/v2.1/rest/update_room; documented by the vendor.
func (s *ServerRoomsService) Update(
	ctx context.Context, params ServerUpdateRoomParams, opts ...Option,
) (*ServerRoomChange, error) {
	const id = wire.OperationRestUpdateRoom
	if err := checkID(id, "room id", params.RoomID); err != nil {
		return nil, err
	}
	if params.RoomName == "" && params.RoomAvatarURL == "" && params.RoomChannelID == "" && params.RoomOptions.IsZero() {
		return nil, refuse(id, errors.New("there is nothing to change"))
	}
	if params.RoomChannelID != "" {
		if err := checkChannelID(params.RoomChannelID); err != nil {
			return nil, refuse(id, err)
		}
	}
	params.RoomOptions = inText(params.RoomOptions)
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerRoomChangeResponse](s.client.api.RestUpdateRoom(ctx, params))
	return changeOf(ctx, out, err)
}

func roomOf(ctx context.Context, out *wire.ServerRoomResponse, err error) (*ServerRoom, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Room.RoomID.IsNone() {
		return nil, missing(ctx, "room id")
	}
	return &out.Results.Room, nil
}

func changeOf(ctx context.Context, out *wire.ServerRoomChangeResponse, err error) (*ServerRoomChange, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Room.RoomID.IsNone() {
		return nil, missing(ctx, "room id")
	}
	return &out.Results, nil
}
