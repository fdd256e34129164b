package chat

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// MessagesService writes, reads, changes and deletes messages.
type MessagesService struct{ client *client }

type (
	// PostedMessage is a message in a room, as users see it; [Message] is one to be sent.
	// Its ID is the service's number, by which messages are ordered. UniqueTempID is what
	// its sender made up, by which it is changed and deleted. Email is the sender's id.
	PostedMessage = wire.Message
	// MessageStatus is how far a message has come.
	MessageStatus = wire.MessageStatus
	// PostMessageParams are a message whose payload the caller has made. TopicID is the
	// room's id, Comment the text, and UniqueTempID what the sender makes up; without one
	// it gets one.
	PostMessageParams = wire.PostCommentRequest
	// ReadPosition is how far the user has come in a room, and whether that is new.
	ReadPosition = wire.UpdateCommentStatusResult
	// MessageReceipts are who has received a message, who has read it and who has done
	// neither.
	MessageReceipts = wire.GetCommentReceiptResult
	// Receipt is a user who has received or read a message, or has not.
	Receipt = wire.Receipt
)

// How far a message has come.
const (
	MessageSent      = wire.MessageStatusSent
	MessageDelivered = wire.MessageStatusDelivered
	MessageRead      = wire.MessageStatusRead
)

// Send sends a message into a room and returns it as it was posted. Without
// [Message.WithUniqueID] it gets an id of its own, which is in what is returned. A
// message that is not whole, and an empty room id, are errors before anything goes out.
//
// It is never sent twice: when the call fails, [Error.Uncertain] tells whether the
// message may have been posted. Whether the service knows a message again by its unique
// id is not documented; whoever has given it one can look for it in the room.
//
// Operation sdkPostComment, POST /api/v2/sdk/post_comment; seen in public clients.
func (s *MessagesService) Send(
	ctx context.Context, roomID flex.ID, message Message, opts ...Option,
) (*PostedMessage, error) {
	if err := message.check(wire.OperationSdkPostComment); err != nil {
		return nil, err
	}
	return s.Post(ctx, PostMessageParams{
		TopicID: roomID, Type: message.kind, Comment: message.text, UniqueTempID: message.uniqueID,
		Payload: message.payload, Extras: message.extras,
	}, opts...)
}

// Post sends a message whose payload the caller has made, with [flex.NewJSON], in a form
// that no [Message] has. Without a Type it is a text. The payload is not checked. See
// [MessagesService.Send].
//
// Operation sdkPostComment, POST /api/v2/sdk/post_comment; seen in public clients.
func (s *MessagesService) Post(
	ctx context.Context, params PostMessageParams, opts ...Option,
) (*PostedMessage, error) {
	const id = wire.OperationSdkPostComment
	if err := checkID(id, "room id", params.TopicID); err != nil {
		return nil, err
	}
	params.Type = cmp.Or(params.Type, MessageText)
	switch {
	case params.Type == MessageSystemEvent:
		return nil, refuse(id, errors.New("a system event is not sent as a message"))
	case params.Type == MessageText && params.Comment == "":
		return nil, refuse(id, errors.New("the text is empty"))
	}
	if err := checkText(id, params.Comment); err != nil {
		return nil, err
	}
	params.UniqueTempID = cmp.Or(params.UniqueTempID, newUniqueID())
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.MessageResponse](s.client.api.SdkPostComment(ctx, params))
	return messageOf(ctx, out, err)
}

// newUniqueID makes up an id that no other message has.
func newUniqueID() string { return "go-" + rand.Text() }

func messageOf(ctx context.Context, out *wire.MessageResponse, err error) (*PostedMessage, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.Comment.ID.IsNone() {
		return nil, missing(ctx, "message id")
	}
	return &out.Results.Comment, nil
}

// Edit changes one's own message to what another one says, and returns it as it is then.
// The unique id is what was made up when it was sent. Its type stays as it is; extras
// that the other one has not presumably stay too. The others in the room are told. A
// repeat does no harm. A message that is not whole or has an id of its own, and an empty
// unique id, are errors before anything is sent.
//
// Operation sdkUpdateMessage, POST /api/v2/sdk/update_message; seen in public clients.
func (s *MessagesService) Edit(
	ctx context.Context, uniqueID string, message Message, opts ...Option,
) (*PostedMessage, error) {
	const id = wire.OperationSdkUpdateMessage
	if err := checkGiven(id, "unique id", uniqueID); err != nil {
		return nil, err
	}
	if err := message.check(id); err != nil {
		return nil, err
	}
	if message.uniqueID != "" && message.uniqueID != uniqueID {
		return nil, refuse(id, errors.New("the message has another unique id"))
	}
	request := wire.UpdateMessageRequest{
		UniqueID: uniqueID, Comment: message.text, Payload: message.payload, Extras: message.extras,
	}
	ctx, call := s.client.begin(ctx, id, opts)
	call.bodyWith = func(token string) ([]byte, error) {
		request.Token = flex.Credential(token)
		return json.Marshal(request)
	}
	out, err := receive[wire.MessageResponse](s.client.api.SdkUpdateMessage(ctx, request))
	return messageOf(ctx, out, err)
}

// MarkRead marks a message of a room, and all before it, as read. Their senders are
// told. Not for channels. A repeat does no harm. An empty id is an error before anything
// is sent.
//
// Operation sdkUpdateCommentStatus, POST /api/v2/sdk/update_comment_status; seen in
// public clients.
func (s *MessagesService) MarkRead(
	ctx context.Context, roomID, messageID flex.ID, opts ...Option,
) (*ReadPosition, error) {
	return s.mark(ctx, wire.UpdateCommentStatusRequest{RoomID: roomID, LastCommentReadID: messageID}, messageID, opts)
}

// MarkDelivered marks a message of a room, and all before it, as received. Their senders
// are told. Not for channels. A repeat does no harm. An empty id is an error before
// anything is sent.
//
// Operation sdkUpdateCommentStatus, POST /api/v2/sdk/update_comment_status; seen in
// public clients.
func (s *MessagesService) MarkDelivered(
	ctx context.Context, roomID, messageID flex.ID, opts ...Option,
) (*ReadPosition, error) {
	return s.mark(ctx, wire.UpdateCommentStatusRequest{RoomID: roomID, LastCommentReceivedID: messageID}, messageID, opts)
}

func (s *MessagesService) mark(
	ctx context.Context, request wire.UpdateCommentStatusRequest, messageID flex.ID, opts []Option,
) (*ReadPosition, error) {
	const id = wire.OperationSdkUpdateCommentStatus
	if err := checkID(id, "room id", request.RoomID); err != nil {
		return nil, err
	}
	if err := checkID(id, "message id", messageID); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.UpdateCommentStatusResponse](s.client.api.SdkUpdateCommentStatus(ctx, request))
	if err != nil {
		return nil, err
	}
	return &out.Results, nil
}

// Delete deletes messages for everybody in their rooms, who are told, and returns them
// as they are then: IsDeleted is true, and the text says so. The unique ids are what was
// made up when they were sent. A repeat does no harm. No id, or one that is empty, is an
// error before anything is sent.
//
// Operation sdkDeleteMessages, DELETE /api/v2/sdk/delete_messages; seen in public
// clients.
func (s *MessagesService) Delete(
	ctx context.Context, uniqueIDs []string, opts ...Option,
) ([]PostedMessage, error) {
	const id = wire.OperationSdkDeleteMessages
	if err := checkList(id, "unique id", uniqueIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	yes := true // to delete otherwise is deprecated
	params := &wire.SdkDeleteMessagesParams{UniqueIDs: uniqueIDs, IsDeleteForEveryone: &yes, IsHardDelete: &yes}
	out, err := receive[wire.MessagesResponse](s.client.api.SdkDeleteMessages(ctx, params))
	return messagesOf(ctx, out, err)
}

// ClearRooms clears the messages of rooms for oneself, and returns the rooms; the others
// keep theirs. The rooms are named by their UniqueID. A call that fails is never
// repeated, as a repeat would also clear what has come since. No id, or one that is
// empty, is an error before anything is sent.
//
// Operation sdkClearRoomMessages, DELETE /api/v2/sdk/clear_room_messages; seen in public
// clients.
func (s *MessagesService) ClearRooms(
	ctx context.Context, roomUniqueIDs []string, opts ...Option,
) ([]RoomInfo, error) {
	const id = wire.OperationSdkClearRoomMessages
	if err := checkList(id, "unique id", roomUniqueIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	params := &wire.SdkClearRoomMessagesParams{RoomUniqueIDs: roomUniqueIDs}
	out, err := receive[wire.ClearRoomMessagesResponse](s.client.api.SdkClearRoomMessages(ctx, params))
	if err != nil {
		return nil, err
	}
	return out.Results.Rooms, nil
}

// Receipts tells who has received a message and who has read it, by the service's number
// of it. Not for channels. Whether one who has read it is listed among those who have
// received it is not known. An empty id is an error before anything is sent.
//
// Operation sdkGetCommentReceipt, GET /api/v2/sdk/comment_receipt; seen in public
// clients.
func (s *MessagesService) Receipts(
	ctx context.Context, messageID flex.ID, opts ...Option,
) (*MessageReceipts, error) {
	const id = wire.OperationSdkGetCommentReceipt
	if err := checkID(id, "message id", messageID); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	params := &wire.SdkGetCommentReceiptParams{CommentID: messageID}
	out, err := receive[wire.GetCommentReceiptResponse](s.client.api.SdkGetCommentReceipt(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Results.Comment.ID.IsNone() {
		return nil, missing(ctx, "message id")
	}
	return &out.Results, nil
}
