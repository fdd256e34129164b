package qismo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

type (
	// RoomInfo is the additional information of a room.
	RoomInfo = omnichannel.RoomInfo
	// UserProperty is one pair of a room's information.
	UserProperty = omnichannel.UserProperty
)

// Info reads a room's additional information; the pairs are at
// Extras.UserProperties. Channel is the channel's row with its secrets, which print
// as ***; it is nil where the service tells none.
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

// SetInfo replaces the whole list of a room's pairs; without any it is emptied. To
// add to the list, see [RoomsService.MergeInfo]. Values are sent as text. It returns
// the information in short: the pairs and the times, but not the channel. A pair
// without a key is an error before anything is sent; a repeat does no harm.
//
// Operation setRoomInfo, POST /api/v1/qiscus/room/{room_id}/user_info; seen in
// public clients.
func (s *RoomsService) SetInfo(
	ctx context.Context, roomID flex.ID, properties []UserProperty, opts ...Option,
) (*RoomInfo, error) {
	if err := checkProperties(properties); err != nil {
		return nil, err
	}
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

// MergeInfo adds pairs to a room's information. A pair whose key the room has
// already takes the new value in its place; the others follow at the end, in the
// order given; of a key that is given twice the last value holds. It returns the
// information as it is then, in short when something was written. A value is a
// [flex.Text]: write flex.Text(value) for a variable.
//
// It reads, merges and writes, which is not atomic: of two writers at once, one
// can lose the other's pair. When nothing changes, nothing is written. Values that
// others set as numbers or booleans are written back as text.
//
// Operation getRoomInfo, GET /api/v1/qiscus/room/{room_id}/user_info; seen in
// public clients. Operation setRoomInfo, POST
// /api/v1/qiscus/room/{room_id}/user_info; seen in public clients.
func (s *RoomsService) MergeInfo(
	ctx context.Context, roomID flex.ID, properties []UserProperty, opts ...Option,
) (*RoomInfo, error) {
	if err := checkProperties(properties); err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, roomID, opts...)
	if err != nil {
		return nil, err
	}
	merged := mergeProperties(info.Extras.UserProperties, properties)
	if slices.Equal(merged, info.Extras.UserProperties) {
		return info, nil
	}
	return s.SetInfo(ctx, roomID, merged, opts...)
}

func checkProperties(properties []UserProperty) error {
	for _, property := range properties {
		if property.Key == "" {
			return errors.New("qismo: setRoomInfo: a pair has no key")
		}
	}
	return nil
}

// mergeProperties returns the pairs with the changes made to them. A key that
// stands there twice is changed in both places, so that no reader finds the old
// value.
func mergeProperties(pairs, changes []UserProperty) []UserProperty {
	merged := slices.Clone(pairs)
	for _, change := range changes {
		found := false
		for i := range merged {
			if merged[i].Key == change.Key {
				merged[i].Value, found = change.Value, true
			}
		}
		if !found {
			merged = append(merged, change)
		}
	}
	return merged
}

// UpdateOptions replaces the options of a chat room, which the agents' app keeps its
// notes in: send what was read, with the change in it. They are read with the
// resolution of a room, see ChatRoomInfo.RoomOptions, and come with webhooks; both
// write them as JSON inside text, which is sent as the plain object here. What is
// not an object is an error before anything is sent.
//
// Leave is_resolved as it was: what another value does is not known, and
// [RoomsService.Resolve] resolves the room. What the service answers is not known.
// It was seen with a user's token only. The options are not a room's information,
// for which see [RoomsService.SetInfo].
//
// Operation updateRoomOptions, POST /api/v1/update_room_info; seen in a single
// public client.
func (s *RoomsService) UpdateOptions(
	ctx context.Context, roomID flex.ID, options flex.JSON, opts ...Option,
) error {
	if roomID.IsNone() {
		return errors.New("qismo: updateRoomOptions: the room id is empty")
	}
	var members map[string]json.RawMessage
	if err := options.Decode(&members); err != nil || members == nil {
		return errors.New("qismo: updateRoomOptions: the options are not an object")
	}
	plain, err := flex.NewJSON(options.Raw())
	if err != nil {
		return fmt.Errorf("qismo: updateRoomOptions: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationUpdateRoomOptions, opts)
	return discard(s.client.api.UpdateRoomOptions(ctx, omnichannel.UpdateRoomOptionsRequest{
		RoomID: roomID, RoomOptions: plain,
	}))
}
