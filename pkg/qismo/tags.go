package qismo

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// TagsService tags rooms.
type TagsService struct{ client *Client }

type (
	// Tag is a tag.
	Tag = omnichannel.Tag
	// ListTagsParams choose a page of the app's tags; Name is a part of their name.
	ListTagsParams = omnichannel.ListTagsParams
)

// List returns all tags of a room; no paging is known. It was seen with a user's
// token; the vendor's gem, which knows the secret key only, has it too. Where the
// key is refused, [TagsService.ListV1] takes it. The tags of the whole app are at
// [TagsService.ListOfApp].
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

// Create tags a room, and makes the tag if the app lets it: agents may only where
// its setting IsCreateTagsEnabled is on. A tag that the room has already is
// [ErrTagExists], which may be this call's own, if an answer was lost and it was tried
// again. An empty tag is an error before anything is sent.
//
// Operation createRoomTag, POST /api/v2/room_tags/{room_id}; seen in public
// clients.
func (s *TagsService) Create(ctx context.Context, roomID flex.ID, tag string, opts ...Option) (*Tag, error) {
	if tag == "" {
		return nil, errors.New("qismo: createRoomTag: the tag is empty")
	}
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

// Ensure tags a room with each of the names and returns all tags that the room has
// then. A tag that is there already is done: nothing is sent for it, and when
// another writer has just added it, its [ErrTagExists] is none. It ends with the
// first other error; the tags that were added until then stay.
//
// It lists the room's tags and creates those that are missing, see
// [TagsService.ListV1], which takes the secret key too, and [TagsService.Create];
// names are told apart as they are written. When another writer was faster, it
// lists once more. Of the tags only ids and names are sure to be told.
//
// Operation listRoomTagsV1, GET /api/v1/room_tag/{room_id}; seen in public
// clients. Operation createRoomTag, POST /api/v2/room_tags/{room_id}; seen in
// public clients.
func (s *TagsService) Ensure(
	ctx context.Context, roomID flex.ID, names []string, opts ...Option,
) ([]Tag, error) {
	if slices.Contains(names, "") {
		return nil, errors.New("qismo: createRoomTag: the tag is empty")
	}
	tags, err := s.ListV1(ctx, roomID, opts...)
	if err != nil {
		return nil, err
	}
	overtaken := false
	for _, name := range names {
		if slices.ContainsFunc(tags, func(tag Tag) bool { return tag.Name == name }) {
			continue
		}
		tag, err := s.Create(ctx, roomID, name, opts...)
		switch {
		case errors.Is(err, ErrTagExists):
			overtaken = true
		case err != nil:
			return nil, err
		default:
			tags = append(tags, *tag)
		}
	}
	if overtaken {
		return s.ListV1(ctx, roomID, opts...)
	}
	return tags, nil
}

// Delete removes a tag from a room. What the service answers is not known, nor how
// it refuses a tag that the room does not have. It was seen with a user's token; the
// vendor's gem, which knows the secret key only, has it too. A repeat does no harm,
// but may be refused.
//
// Operation deleteRoomTag, DELETE /api/v2/room_tags/{room_id}/{tag_id}; seen in a
// single public client.
func (s *TagsService) Delete(ctx context.Context, roomID, tagID flex.ID, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationDeleteRoomTag, opts)
	return discard(s.client.api.DeleteRoomTag(ctx, roomID, tagID))
}

// ListOfApp returns one page of the app's tags, whichever rooms have them. How the
// service tells its pages is not known: a page that is empty, or that is the one
// before again, is taken for the end. It was seen with a user's token only. A
// negative page or limit, and the name 0, which the client cannot send, are errors
// before anything is sent.
//
// Operation listTags, GET /api/v2/tags; seen in a single public client.
func (s *TagsService) ListOfApp(ctx context.Context, params ListTagsParams, opts ...Option) (*Page[Tag], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllOfApp walks the app's tags, page by page, and ends with the first error. See
// [TagsService.ListOfApp].
//
// Operation listTags, GET /api/v2/tags; seen in a single public client.
func (s *TagsService) AllOfApp(ctx context.Context, params ListTagsParams, opts ...Option) iter.Seq2[Tag, error] {
	return s.pager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *TagsService) pager(params ListTagsParams, opts []Option) pager[Tag] {
	return func(ctx context.Context, at flex.ID) (*Page[Tag], error) {
		if err := checkPage(omnichannel.OperationListTags, params.Page, params.Limit); err != nil {
			return nil, err
		}
		if err := checkSearch(omnichannel.OperationListTags, params.Name); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListTags, opts)
		out, err := receive[omnichannel.ListTagsResponse](s.client.api.ListTags(ctx, &params))
		if err != nil {
			return nil, err
		}
		return numberedPage(out.Data, params.Page, omnichannel.PageMeta{}), nil
	}
}

// ListV1 returns all tags of a room by the older route. [TagsService.List] is
// preferred, this one the better attested; only ids and names have been seen in
// its answers.
//
// Operation listRoomTagsV1, GET /api/v1/room_tag/{room_id}; seen in public
// clients.
func (s *TagsService) ListV1(ctx context.Context, roomID flex.ID, opts ...Option) ([]Tag, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListRoomTagsV1, opts)
	out, err := receive[omnichannel.ListRoomTagsResponse](s.client.api.ListRoomTagsV1(ctx, roomID))
	if err != nil {
		return nil, err
	}
	return out.Data, nil
}

// CreateV1 tags a room by the older route; [TagsService.Create] is preferred. A tag
// that the room has already is refused, presumably as [ErrTagExists] too, also when it
// is this call's own.
//
// Operation createRoomTagV1, POST /api/v1/room_tag/create; seen in public clients.
func (s *TagsService) CreateV1(ctx context.Context, roomID flex.ID, tag string, opts ...Option) (*Tag, error) {
	switch {
	case roomID.IsNone():
		return nil, errors.New("qismo: createRoomTagV1: the room id is empty")
	case tag == "":
		return nil, errors.New("qismo: createRoomTagV1: the tag is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationCreateRoomTagV1, opts)
	out, err := receive[omnichannel.CreateRoomTagResponse](
		s.client.api.CreateRoomTagV1(ctx, omnichannel.CreateRoomTagV1Request{RoomID: roomID, Tag: tag}),
	)
	if err != nil {
		return nil, err
	}
	if out.Data.ID == "" {
		return nil, missing(ctx, "tag id")
	}
	return &out.Data, nil
}
