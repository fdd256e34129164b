package chat

import (
	"context"
	"net/http"

	wire "github.com/qismo-go/qismo/gen/chat"
)

// ChannelsService finds, joins and leaves channels, which users join by themselves: up
// to 5,000 users, without receipts and notifications. A channel goes by its unique id,
// which the app chose.
type ChannelsService struct{ client *client }

type (
	// ChannelInfo is a channel, as lists have it, with whether the user has joined it.
	ChannelInfo = wire.ChannelInfo
	// ChannelParams say which channel is wanted. A Name and an AvatarURL that are given
	// overwrite those of a channel that exists.
	ChannelParams = wire.GetOrCreateRoomWithUniqueIDRequest
)

// GetOrCreate returns the channel with a unique id, which is made if there is none, and
// joins it. A repeat does no harm. A unique id that is empty, or has a # or a +, which
// the realtime broker could not take, is an error before anything is sent.
//
// Operation sdkGetOrCreateRoomWithUniqueID, POST
// /api/v2/sdk/get_or_create_room_with_unique_id; seen in public clients.
func (s *ChannelsService) GetOrCreate(
	ctx context.Context, params ChannelParams, opts ...Option,
) (*RoomChange, error) {
	const id = wire.OperationSdkGetOrCreateRoomWithUniqueID
	if err := checkChannelID(params.UniqueID); err != nil {
		return nil, refuse(id, err)
	}
	params.Options = inText(params.Options)
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ChangedRoomResponse](s.client.api.SdkGetOrCreateRoomWithUniqueID(ctx, params))
	return roomChangeOf(ctx, out, err)
}

// List returns the app's channels. Whether there are ever too many for one answer is not
// known.
//
// Operation sdkListChannels, GET /api/v2/sdk/channels; seen in public clients.
func (s *ChannelsService) List(ctx context.Context, opts ...Option) ([]ChannelInfo, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkListChannels, opts)
	response, err := s.client.api.SdkListChannels(ctx)
	return channelsOf(ctx, response, err)
}

// Info looks channels up by their unique ids. Those that do not exist are presumably left
// out. No id, or one that is empty, is an error before anything is sent.
//
// Operation sdkGetChannelsInfo, POST /api/v2/sdk/channels/info; seen in public clients.
func (s *ChannelsService) Info(ctx context.Context, uniqueIDs []string, opts ...Option) ([]ChannelInfo, error) {
	const id = wire.OperationSdkGetChannelsInfo
	if err := checkList(id, "unique id", uniqueIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	response, err := s.client.api.SdkGetChannelsInfo(ctx, wire.GetChannelsInfoRequest{UniqueIDs: uniqueIDs})
	return channelsOf(ctx, response, err)
}

// Join joins channels, and returns them. A repeat does no harm. The realtime broker has
// a topic for each, which is another matter. No id, or one that is empty, is an error
// before anything is sent.
//
// Operation sdkJoinChannels, POST /api/v2/sdk/channels/join; seen in public clients.
func (s *ChannelsService) Join(ctx context.Context, uniqueIDs []string, opts ...Option) ([]ChannelInfo, error) {
	const id = wire.OperationSdkJoinChannels
	if err := checkList(id, "unique id", uniqueIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	response, err := s.client.api.SdkJoinChannels(ctx, wire.JoinChannelsRequest{UniqueIDs: uniqueIDs})
	return channelsOf(ctx, response, err)
}

// Leave leaves channels, and returns them. A repeat does no harm. No id, or one that is
// empty, is an error before anything is sent.
//
// Operation sdkLeaveChannels, POST /api/v2/sdk/channels/leave; seen in public clients.
func (s *ChannelsService) Leave(ctx context.Context, uniqueIDs []string, opts ...Option) ([]ChannelInfo, error) {
	const id = wire.OperationSdkLeaveChannels
	if err := checkList(id, "unique id", uniqueIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	response, err := s.client.api.SdkLeaveChannels(ctx, wire.LeaveChannelsRequest{UniqueIDs: uniqueIDs})
	return channelsOf(ctx, response, err)
}

func channelsOf(ctx context.Context, response *http.Response, err error) ([]ChannelInfo, error) {
	out, err := receive[wire.ChannelsResponse](response, err)
	if err != nil {
		return nil, err
	}
	if out.Results.Channels == nil {
		return nil, missing(ctx, "list of channels")
	}
	return out.Results.Channels, nil
}
