package chat

import (
	"context"
	"iter"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SearchParams say what to search for, and where. What is not set does not filter.
type SearchParams struct {
	// Query are the words to search for. They are needed.
	Query string
	// SenderID is whose messages are searched.
	SenderID string
	// Types are the types of messages that are searched.
	Types []MessageType
	// RoomIDs are the rooms that are searched, without any all of the user's.
	RoomIDs []flex.ID
	// RoomType is the kind of rooms that are searched. A channel is a [KindGroup] that
	// IsPublic.
	RoomType RoomKind
	// IsPublic is whether channels are searched, or rooms that are none; nil for both.
	IsPublic *bool
	// Page is the page, counted from 1, and Limit how many messages it has.
	Page, Limit int64
}

// SearchV1Params say what to search for, the older way. LastCommentID is the message
// that the older ones follow; newer clients have Page for it.
type SearchV1Params = wire.SearchMessagesRequest

// Search returns one page of the messages that have some words. In which order they are
// is not documented. Nothing to search for, and a negative page or limit, are errors
// before anything is sent.
//
// Operation sdkSearch, POST /api/v2/sdk/search; seen in public clients.
func (s *MessagesService) Search(
	ctx context.Context, params SearchParams, opts ...Option,
) (*Page[PostedMessage], error) {
	return s.foundPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllFound walks the messages that have some words, page by page, and ends with the
// first error. See [MessagesService.Search].
//
// Operation sdkSearch, POST /api/v2/sdk/search; seen in public clients.
func (s *MessagesService) AllFound(
	ctx context.Context, params SearchParams, opts ...Option,
) iter.Seq2[PostedMessage, error] {
	return s.foundPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *MessagesService) foundPager(params SearchParams, opts []Option) pager[PostedMessage] {
	return func(ctx context.Context, at flex.ID) (*Page[PostedMessage], error) {
		const id = wire.OperationSdkSearch
		if err := checkGiven(id, "query", params.Query); err != nil {
			return nil, err
		}
		if err := checkRooms(id, params.RoomIDs, nil); err != nil {
			return nil, err
		}
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		request, err := params.request(paging.NumberOf(at))
		if err != nil {
			return nil, refuse(id, err)
		}
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.SearchResponse](s.client.api.SdkSearch(ctx, request))
		return foundPage(ctx, out, request.Page, err)
	}
}

func (p SearchParams) request(page int64) (wire.SearchRequest, error) {
	request := wire.SearchRequest{
		Query: p.Query, Sender: p.SenderID, RoomIDs: p.RoomIDs, RoomType: p.RoomType, IsPublic: p.IsPublic,
		Page: page, Limit: p.Limit,
	}
	if len(p.Types) == 0 {
		return request, nil
	}
	var err error
	request.Type, err = flex.NewJSON(p.Types)
	return request, err
}

// foundPage makes a page of messages that were searched for, by words or by files.
func foundPage(
	ctx context.Context, out *wire.SearchResponse, page int64, err error,
) (*Page[PostedMessage], error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Comments == nil {
		return nil, missing(ctx, "list of messages")
	}
	return paging.Numbered(out.Results.Comments, page, 0, out.Results.Total.Int64()), nil
}

// SearchV1 searches messages the older way; [MessagesService.Search] is preferred. How
// many come at once is not documented. Nothing to search for and a negative page are
// errors before anything is sent.
//
// Operation sdkSearchMessages, POST /api/v2/sdk/search_messages; seen in public clients.
func (s *MessagesService) SearchV1(
	ctx context.Context, params SearchV1Params, opts ...Option,
) ([]PostedMessage, error) {
	const id = wire.OperationSdkSearchMessages
	if err := checkGiven(id, "query", params.Query); err != nil {
		return nil, err
	}
	if err := checkPage(id, params.Page, 0); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.MessagesResponse](s.client.api.SdkSearchMessages(ctx, params))
	return messagesOf(ctx, out, err)
}
