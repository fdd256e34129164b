package chat

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ListMessagesParams choose a page of a room's messages.
type ListMessagesParams struct {
	// RoomID is the room. It is needed.
	RoomID flex.ID
	// Before is the message whose older ones are wanted, by the service's number; "" for
	// the newest of the room.
	Before flex.ID
	// Limit is how many there are at most, 20 when zero; the most is not documented.
	Limit int64
}

// List returns one page of a room's messages, the newest first. Its Next is the id of
// the oldest among them, by which the older ones follow; only where the service tells
// that there are none is it "" on a page with messages. An empty room id, a message id
// that is no number and a negative limit are errors before anything is sent.
//
// Operation sdkLoadComments, GET /api/v2/sdk/load_comments; seen in public clients.
func (s *MessagesService) List(
	ctx context.Context, params ListMessagesParams, opts ...Option,
) (*Page[PostedMessage], error) {
	return s.pager(params, opts).page(ctx, params.Before)
}

// All walks a room's messages from the newest to the oldest, page by page, and ends with
// the first error. What arrives meanwhile is not among them, and no message comes twice.
// See [MessagesService.List].
//
// Operation sdkLoadComments, GET /api/v2/sdk/load_comments; seen in public clients.
func (s *MessagesService) All(
	ctx context.Context, params ListMessagesParams, opts ...Option,
) iter.Seq2[PostedMessage, error] {
	return s.pager(params, opts).all(ctx, params.Before)
}

func (s *MessagesService) pager(params ListMessagesParams, opts []Option) pager[PostedMessage] {
	return func(ctx context.Context, at flex.ID) (*Page[PostedMessage], error) {
		messages, err := s.load(ctx, wire.SdkLoadCommentsParams{
			TopicID: params.RoomID, LastCommentID: at, Limit: params.Limit,
		}, opts)
		if err != nil {
			return nil, err
		}
		slices.Reverse(messages)
		page := &Page[PostedMessage]{Items: messages}
		if len(messages) > 0 {
			if oldest := messages[len(messages)-1]; oldest.CommentBeforeID != "0" {
				page.Next = oldest.ID
			}
		}
		return page, nil
	}
}

// After walks a room's messages from the one behind a message to the newest, page by
// page, and ends with the first error. The message itself is not among them. What
// arrives meanwhile is. Of a limit no more is known than of
// [MessagesService.List]; 0 leaves it to the service. That the service gives the
// messages next to the one that is named, and not the newest ones, is presumed. An empty
// id, a message id that is no number and a negative limit are errors before anything is
// sent.
//
// Operation sdkLoadComments, GET /api/v2/sdk/load_comments; seen in public clients.
func (s *MessagesService) After(
	ctx context.Context, roomID, messageID flex.ID, limit int64, opts ...Option,
) iter.Seq2[PostedMessage, error] {
	newer := pager[PostedMessage](func(ctx context.Context, at flex.ID) (*Page[PostedMessage], error) {
		if err := checkID(wire.OperationSdkLoadComments, "message id", at); err != nil {
			return nil, err
		}
		messages, err := s.load(ctx, wire.SdkLoadCommentsParams{
			TopicID: roomID, LastCommentID: at, After: true, Limit: limit,
		}, opts)
		if err != nil {
			return nil, err
		}
		page := &Page[PostedMessage]{Items: messages}
		if len(messages) > 0 {
			page.Next = messages[len(messages)-1].ID
		}
		return page, nil
	})
	return newer.all(ctx, messageID)
}

// load returns messages of a room, from the oldest to the newest, and none but those
// that were asked for.
func (s *MessagesService) load(
	ctx context.Context, params wire.SdkLoadCommentsParams, opts []Option,
) ([]PostedMessage, error) {
	const id = wire.OperationSdkLoadComments
	if err := checkID(id, "room id", params.TopicID); err != nil {
		return nil, err
	}
	if err := checkPage(id, 0, params.Limit); err != nil {
		return nil, err
	}
	if !params.LastCommentID.IsNone() && numberOf(params.LastCommentID) <= 0 {
		// Such as a unique id: nothing would be older, and everything newer.
		return nil, refuse(id, errors.New("the message id is no number"))
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.MessagesResponse](s.client.api.SdkLoadComments(ctx, &params))
	messages, err := messagesOf(ctx, out, err)
	if err != nil {
		return nil, err
	}
	if err := putInOrder(ctx, messages); err != nil {
		return nil, err
	}
	if params.LastCommentID.IsNone() {
		return messages, nil
	}
	end := numberOf(params.LastCommentID)
	return slices.DeleteFunc(messages, func(message PostedMessage) bool {
		number := numberOf(message.ID)
		return number == end || (number > end) != params.After
	}), nil
}

func messagesOf(ctx context.Context, out *wire.MessagesResponse, err error) ([]PostedMessage, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Comments == nil {
		return nil, missing(ctx, "list of messages")
	}
	return out.Results.Comments, nil
}

// putInOrder sorts messages from the oldest to the newest. A message whose id is no
// number could not be told from the others, so that some might be lost.
func putInOrder(ctx context.Context, messages []PostedMessage) error {
	for _, message := range messages {
		if numberOf(message.ID) <= 0 {
			return missing(ctx, "number of a message")
		}
	}
	slices.SortStableFunc(messages, func(a, b PostedMessage) int {
		return cmp.Compare(numberOf(a.ID), numberOf(b.ID))
	})
	return nil
}

// numberOf is an id as the number by which the service orders; 0 when it is none.
func numberOf(id flex.ID) int64 {
	number, err := id.Int64()
	if err != nil {
		return 0
	}
	return number
}
