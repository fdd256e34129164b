package qismo

import (
	"context"
	"errors"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// BotService sends messages as the bot, switches it on and off in a room, and hands
// rooms over to people. A room that is not there is presumably [ErrNotFound];
// of refusals no more than the status was ever recorded.
type BotService struct{ client *Client }

type (
	// SendBotMessageParams are a message of the bot. Without SenderEmail the
	// platform's own sender is used, `<app code>_admin@qismo.com`.
	SendBotMessageParams = omnichannel.SendBotMessageRequest
	// MessageType is the kind of a message.
	MessageType = omnichannel.MessageType
	// RoomLog is the row behind a room.
	RoomLog = omnichannel.RoomLog
	// HandOverParams say which division takes a room over, and whether an agent of it
	// is looked for who is online.
	HandOverParams = omnichannel.HandoverRoomToDivisionRequest

	// FilePayload is the payload of a file.
	FilePayload = omnichannel.FilePayload
	// ButtonsPayload is the payload of a text with buttons.
	ButtonsPayload = omnichannel.ButtonsPayload
	// BotButton is a button.
	BotButton = omnichannel.BotButton
	// ButtonType is what a button does.
	ButtonType = omnichannel.ButtonType
	// ButtonTarget is where a button leads.
	ButtonTarget = omnichannel.ButtonTarget
	// CarouselPayload is the payload of cards side by side.
	CarouselPayload = omnichannel.CarouselPayload
	// CarouselCard is one card of a carousel.
	CarouselCard = omnichannel.CarouselCard
	// CardAction is what a tap on a card does: a button without a label.
	CardAction = omnichannel.CardAction
	// CardPayload is the payload of one card.
	CardPayload = omnichannel.CardPayload
	// LocationPayload is the payload of a place.
	LocationPayload = omnichannel.LocationPayload
	// CustomPayload is the payload of something that the client knows.
	CustomPayload = omnichannel.CustomPayload
)

// The kinds of message.
const (
	MessageText           = omnichannel.MessageTypeText
	MessageFileAttachment = omnichannel.MessageTypeFileAttachment
	MessageButtons        = omnichannel.MessageTypeButtons
	MessageCarousel       = omnichannel.MessageTypeCarousel
	MessageCard           = omnichannel.MessageTypeCard
	MessageLocation       = omnichannel.MessageTypeLocation
	MessageCustom         = omnichannel.MessageTypeCustom
)

// What a button does.
const (
	ButtonLink     = omnichannel.ButtonTypeLink
	ButtonPostback = omnichannel.ButtonTypePostback
)

// SendMessage sends the customer of a room what the bot has to say: a text, a file,
// buttons, a card, a carousel, a place or something of one's own; see [Message]. A
// message that is not whole is an error before anything goes out.
//
// The message reaches the customer on every kind of channel, though buttons do not
// show on WhatsApp, which also takes nothing but templates once the customer has not
// written for 24 hours: how that is told here is not known, perhaps as
// [ErrOutsideWindow], perhaps not at all. No id of it comes back. It is never sent twice: when the call
// fails, [Error.Uncertain] tells whether the message may have gone out.
//
// Operation sendBotMessage, POST /{app_code}/bot; documented by the vendor.
func (s *BotService) SendMessage(ctx context.Context, roomID flex.ID, message Message, opts ...Option) error {
	if err := message.check(omnichannel.OperationSendBotMessage); err != nil {
		return err
	}
	return s.Send(ctx, SendBotMessageParams{
		RoomID: roomID, Type: message.kind, Message: message.text, Payload: message.payload,
	}, opts...)
}

// SendText sends a text of up to [MaxMessageLength] characters into a room as the
// bot. See [BotService.SendMessage].
//
// Operation sendBotMessage, POST /{app_code}/bot; documented by the vendor.
func (s *BotService) SendText(ctx context.Context, roomID flex.ID, text string, opts ...Option) error {
	return s.SendMessage(ctx, roomID, NewText(text), opts...)
}

// Send sends a message whose payload the caller has made, with [flex.NewJSON], under
// a sender's address of the caller's, which is the bot's or an admin's, or in a form
// that no [Message] has. Without a Type it is a text. Every other type needs a
// payload, whose content is not checked. See [BotService.SendMessage].
//
// Operation sendBotMessage, POST /{app_code}/bot; documented by the vendor.
func (s *BotService) Send(ctx context.Context, params SendBotMessageParams, opts ...Option) error {
	if params.RoomID.IsNone() {
		return errors.New("qismo: sendBotMessage: the room id is empty")
	}
	isText := params.Type == "" || params.Type == MessageText
	switch {
	case isText && params.Message == "":
		return errors.New("qismo: sendBotMessage: the text is empty")
	case !isText && params.Payload.IsZero():
		return errors.New("qismo: sendBotMessage: the payload is missing")
	}
	if err := checkLength(omnichannel.OperationSendBotMessage, params.Message); err != nil {
		return err
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationSendBotMessage, opts)
	if params.SenderEmail == "" {
		params.SenderEmail = BotSender(call.appID)
	}
	return discard(s.client.api.SendBotMessage(ctx, call.appID, params))
}

// HandOver ends the bot's turn in a room; the customer waits for an agent. What the
// service answers is not known. It is never carried out twice.
//
// The route is inferred: only the name of the vendor's method for it is known, so
// the service may not have it ([ErrNotFound]). [BotService.SetActive] with false and
// then [AllocationService.AllocateAndAssign] can take its place, by routes that are
// known.
//
// Operation handoverRoomFromBot, POST /{app_code}/bot/{room_id}/hand_over; assumed.
func (s *BotService) HandOver(ctx context.Context, roomID flex.ID, opts ...Option) error {
	ctx, call := s.client.begin(ctx, omnichannel.OperationHandoverRoomFromBot, opts)
	return discard(s.client.api.HandoverRoomFromBot(ctx, call.appID, roomID))
}

// HandOverToDivision ends the bot's turn in a room and gives the room to a division;
// with FindOnlineAgent the service looks for an agent of it who is online. What it
// does when there is none is not known, nor is what it answers. It is never carried
// out twice, as it can put an agent into the room.
//
// The one client that was seen puts the secret key into the header of a token, and
// so does this one if it has the key. A client with a user's token sends that, which
// has not been seen.
//
// Operation handoverRoomToDivision, POST
// /{app_code}/bot/{room_id}/hand_over_to_role; seen in a single public client.
func (s *BotService) HandOverToDivision(
	ctx context.Context, roomID flex.ID, params HandOverParams, opts ...Option,
) error {
	if params.DivisionID.IsNone() {
		return errors.New("qismo: handoverRoomToDivision: the division id is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationHandoverRoomToDivision, opts)
	return discard(s.client.api.HandoverRoomToDivision(ctx, call.appID, roomID, params))
}

// SetActive turns the bot of one room on or off, and returns the room's row. Setting
// it twice does no harm. [AppService.SetBotActive] is the switch of the whole app.
//
// Operation setBotInRoom, POST /bot/{room_id}/activate; seen in public clients.
func (s *BotService) SetActive(ctx context.Context, roomID flex.ID, active bool, opts ...Option) (*RoomLog, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetBotInRoom, opts)
	out, err := receive[omnichannel.SetBotInRoomResponse](
		s.client.api.SetBotInRoom(ctx, roomID, omnichannel.SetBotInRoomRequest{IsActive: flex.Bool(active)}),
	)
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// BotSender is the address that the platform sends under for an app, in bot
// messages and in webhooks. A bot that answers it talks to itself.
func BotSender(appID string) string { return appID + "_admin@qismo.com" }
