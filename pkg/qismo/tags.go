package qismo

import (
	"context"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// TagsService tags rooms.
type TagsService struct{ client *Client }

// Tag is a tag.
type Tag = omnichannel.Tag

// List returns all tags of a room; the service does not page them.
//
// Operation listRoomTags, GET /api/v2/room_tags/{room_id}; seen in a single
// public client.
func (s *TagsService) List(ctx context.Context, roomID flex.ID, opts ...Option) ([]Tag, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListRoomTags, opts)
	out, err := receive[omnichannel.ListRoomTagsResponse](s.client.api.ListRoomTags(ctx, roomID))
	if err != nil {
		return nil, err
	}
	return out.Data, nil
}

// Create tags a room, and makes the tag if the app lets it. A tag that the room
// has already is [ErrTagExists].
//
// Operation createRoomTag, POST /api/v2/room_tags/{room_id}; seen in public
// clients.
func (s *TagsService) Create(ctx context.Context, roomID flex.ID, tag string, opts ...Option) (*Tag, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationCreateRoomTag, opts)
	out, err := receive[omnichannel.CreateRoomTagResponse](
		s.client.api.CreateRoomTag(ctx, roomID, omnichannel.CreateRoomTagRequest{Tag: tag}),
	)
	if err != nil {
		return nil, err
	}
	if out.Data.ID == "" {
		return nil, missing(ctx, "tag id")
	}
	return &out.Data, nil
}

// Delete removes a tag from a room. What the service answers is not known.
//
// Operation deleteRoomTag, DELETE /api/v2/room_tags/{room_id}/{tag_id}; seen in a
// single public client.
func (s *TagsService) Delete(ctx context.Context, roomID, tagID flex.ID, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationDeleteRoomTag, opts)
	return discard(s.client.api.DeleteRoomTag(ctx, roomID, tagID))
}
