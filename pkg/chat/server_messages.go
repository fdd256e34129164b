package chat

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ServerMessagesService writes into rooms, as anybody, and reads what was written.
type ServerMessagesService struct{ client *client }

type (
	// ServerMessage is a message, as servers see it. Its ID is the service's number, by
	// which messages are ordered; answers of 2018 lack it. UniqueID, the id that its
	// sender made up, is told by [ServerMessagesService.Range] alone.
	ServerMessage = wire.ServerMessage
	// ServerPostMessageParams are a message whose payload the caller has made.
	ServerPostMessageParams = wire.ServerPostCommentRequest
	// ServerListMessagesParams choose a page of a room's messages. RoomID is needed.
	ServerListMessagesParams = wire.RestLoadCommentsParams
	// MessageRangeParams say from which message to which. All three are needed.
	MessageRangeParams = wire.RestLoadCommentsWithRangeParams
)

// ServerSendParams are a message to send. All three are needed.
type ServerSendParams struct {
	// RoomID is the room's number, or the unique id of a channel.
	RoomID flex.ID
	// UserID is who sends it.
	UserID string
	// Message is what is said.
	Message Message
}

// Send sends a message into a room, as a user, and returns it as it was posted. A
// message that is not whole or is a server's with an id of its own, and an empty room
// id or user id, are errors before anything goes out. System events have a method of
// their own, [ServerMessagesService.SendSystemEvent].
//
// It is never sent twice: when the call fails, [Error.Uncertain] tells whether the
// message may have been posted.
//
// Operation restPostComment, POST /api/v2.1/rest/post_comment; documented by the vendor.
func (s *ServerMessagesService) Send(
	ctx context.Context, params ServerSendParams, opts ...Option,
) (*ServerMessage, error) {
	const id = wire.OperationRestPostComment
	message := params.Message
	if err := message.check(id); err != nil {
		return nil, err
	}
	if message.uniqueID != "" {
		return nil, refuse(id, errors.New("a server's message has no unique id of its own"))
	}
	return s.Post(ctx, ServerPostMessageParams{
		RoomID: params.RoomID, UserID: params.UserID,
		Type: message.kind, Message: message.text, Payload: message.payload, Extras: message.extras,
	}, opts...)
}

// Post sends a message whose payload the caller has made, with [flex.NewJSON], in a form
// that no [Message] has. Without a Type it is a text. The payload is not checked. See
// [ServerMessagesService.Send].
//
// Operation restPostComment, POST /api/v2.1/rest/post_comment; documented by the vendor.
func (s *ServerMessagesService) Post(
	ctx context.Context, params ServerPostMessageParams, opts ...Option,
) (*ServerMessage, error) {
	const id = wire.OperationRestPostComment
	if err := checkID(id, "room id", params.RoomID); err != nil {
		return nil, err
	}
	if err := checkGiven(id, "user id", params.UserID); err != nil {
		return nil, err
	}
	switch {
	case params.Type == MessageSystemEvent:
		return nil, refuse(id, errors.New("a system event is not sent as a message"))
	case (params.Type == "" || params.Type == MessageText) && params.Message == "":
		return nil, refuse(id, errors.New("the text is empty"))
	}
	if err := checkText(id, params.Message); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerMessageResponse](s.client.api.RestPostComment(ctx, params))
	return postedOf(ctx, out, err)
}

// postedOf takes a message for posted that has come back: of an older answer, one
// without a number.
func postedOf(ctx context.Context, out *wire.ServerMessageResponse, err error) (*ServerMessage, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Comment.Type == "" {
		return nil, missing(ctx, "message")
	}
	return &out.Results.Comment, nil
}

// List returns one page of a room's messages, the newest first, 20 unless Limit says
// otherwise; the most is not known. Within a page they are in order, whatever the order
// of the answer; that the first page has the newest messages is not documented. How
// many pages there are is not told. An empty room id and a negative page or limit are
// errors before anything is sent.
//
// Operation restLoadComments, GET /api/v2.1/rest/load_comments; documented by the
// vendor.
func (s *ServerMessagesService) List(
	ctx context.Context, params ServerListMessagesParams, opts ...Option,
) (*Page[ServerMessage], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// maxPushed is how many messages in a row a walk takes for pushed onto later pages by
// new ones, before it gives up on a service that does not heed the page asked for.
const maxPushed = 10_000

var errNothingOlder = errors.New(owner + ": " + string(wire.OperationRestLoadComments) +
	": the pages lead to no older messages")

// All walks a room's messages, from the newest to the oldest, page by page, and ends
// with the first error. Pages shift when messages arrive meanwhile: what was seen
// already is left out then, so that no message comes twice, and those that are newer
// than the first are not among them. Pages that do not begin with the newest messages
// are an error, after the first of them. See [ServerMessagesService.List].
//
// Operation restLoadComments, GET /api/v2.1/rest/load_comments; documented by the
// vendor.
func (s *ServerMessagesService) All(
	ctx context.Context, params ServerListMessagesParams, opts ...Option,
) iter.Seq2[ServerMessage, error] {
	return func(yield func(ServerMessage, error) bool) {
		var first, oldest, last int64 // the first and the oldest that was told, the last that came; 0 for none
		pushed := 0
		for message, err := range s.pager(params, opts).all(ctx, paging.Number(params.Page)) {
			if err == nil {
				last = numberOf(message.ID)
				first = cmp.Or(first, last)
			}
			isPushed := err == nil && oldest > 0 && last >= oldest
			switch {
			case !isPushed:
				pushed = 0
			case pushed < maxPushed:
				pushed++
				continue
			default:
				message, err = ServerMessage{}, errNothingOlder
			}
			if err == nil {
				oldest = last
			}
			if !yield(message, err) || err != nil {
				return
			}
		}
		if first > 0 && last > first { // the pages begin with the oldest: nearly all was left out
			yield(ServerMessage{}, errNothingOlder)
		}
	}
}

func (s *ServerMessagesService) pager(params ServerListMessagesParams, opts []Option) pager[ServerMessage] {
	return func(ctx context.Context, at flex.ID) (*Page[ServerMessage], error) {
		const id = wire.OperationRestLoadComments
		if err := checkID(id, "room id", params.RoomID); err != nil {
			return nil, err
		}
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ServerMessagesResponse](s.client.api.RestLoadComments(ctx, &params))
		if err != nil {
			return nil, err
		}
		messages := out.Results.Comments
		if messages == nil {
			return nil, missing(ctx, "list of messages")
		}
		slices.SortStableFunc(messages, func(a, b ServerMessage) int { return cmp.Compare(numberOf(b.ID), numberOf(a.ID)) })
		// A room may have more pages than other lists that tell nothing of their length,
		// so it is not taken for endless by their number.
		return &Page[ServerMessage]{
			Items: messages, Next: paging.NumberAfter(params.Page, len(messages), 0, nil),
		}, nil
	}
}

// Range returns the messages of a room from one to another, with their unique ids. Both
// are said by the service's numbers. Whether they are among what comes, and how many
// come at most, is not known. An empty room id, a number that is missing and a first
// message after the last are errors before anything is sent.
//
// Operation restLoadCommentsWithRange, GET /api/v2.1/rest/load_comments_with_range; seen
// in a single public client.
func (s *ServerMessagesService) Range(
	ctx context.Context, params MessageRangeParams, opts ...Option,
) ([]ServerMessage, error) {
	const id = wire.OperationRestLoadCommentsWithRange
	if err := checkID(id, "room id", params.RoomID); err != nil {
		return nil, err
	}
	switch first, last := numberOf(params.FirstCommentID), numberOf(params.LastCommentID); {
	case first <= 0 || last <= 0:
		return nil, refuse(id, errors.New("the number of a message is missing or none"))
	case first > last:
		return nil, refuse(id, errors.New("the first message comes after the last"))
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerMessagesResponse](s.client.api.RestLoadCommentsWithRange(ctx, &params))
	if err != nil {
		return nil, err
	}
	if out.Results.Comments == nil {
		return nil, missing(ctx, "list of messages")
	}
	return out.Results.Comments, nil
}
