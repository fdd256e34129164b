package qismo

import (
	"context"
	"errors"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// FindRoomParams say whose room is looked for, and on which channel. CustomerID
// is the customer's own id, on WhatsApp the phone number without a plus. All three
// are wanted: a channel's id is probably unique within its Source only.
type FindRoomParams = omnichannel.GetLatestRoomParams

// Latest returns the id of a customer's newest room on a channel. A customer
// without one is [ErrNotFound]: also when the service answers without a room id,
// since what it does then is not known. It was seen with Source wa and the secret
// key only.
//
// Operation getLatestRoom, GET /api/v2/rooms/latest; seen in a single public
// client.
func (s *RoomsService) Latest(ctx context.Context, params FindRoomParams, opts ...Option) (flex.ID, error) {
	switch {
	case params.Source == "":
		return "", errors.New("qismo: getLatestRoom: the source is empty")
	case params.ChannelID.IsNone():
		return "", errors.New("qismo: getLatestRoom: the channel id is empty")
	case flex.ID(params.CustomerID).IsNone():
		return "", errors.New("qismo: getLatestRoom: the customer id is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetLatestRoom, opts)
	out, err := receive[omnichannel.LatestRoomResponse](s.client.api.GetLatestRoom(ctx, &params))
	if err != nil {
		return "", err
	}
	if out.Data.RoomID.IsNone() {
		return "", unusable(ctx, ErrNotFound, errors.New("the answer names no room"))
	}
	return out.Data.RoomID, nil
}

// FindByCustomer returns a customer's newest room on a channel, by two calls:
// [RoomsService.Latest] finds its id and [RoomsService.Get] fetches it. No other way
// is known to find a room by a phone number. A customer without one is
// [ErrNotFound].
//
// Operation getLatestRoom, GET /api/v2/rooms/latest; seen in a single public
// client. Operation getRoom, GET /api/v2/customer_rooms/{room_id}; seen in public
// clients.
func (s *RoomsService) FindByCustomer(ctx context.Context, params FindRoomParams, opts ...Option) (*Room, error) {
	roomID, err := s.Latest(ctx, params, opts...)
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, roomID, opts...)
}
