package qismo

import (
	"context"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// BotService sends messages as the bot, and switches it on and off in a room.
type BotService struct{ client *Client }

type (
	// SendBotMessageParams are a message of the bot. Without SenderEmail the
	// platform's own sender is used, `<app code>_admin@qismo.com`.
	SendBotMessageParams = omnichannel.SendBotMessageRequest
	// MessageType is the kind of a message.
	MessageType = omnichannel.MessageType
	// RoomLog is the row behind a room.
	RoomLog = omnichannel.RoomLog

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

// Send sends a message into a room as the bot; every kind but text needs its
// payload, made with [flex.NewJSON] from one of the payload types. The message
// reaches the customer on every kind of channel. It is never sent twice: when the
// call fails without an answer, whether the message went out is unknown.
//
// Operation sendBotMessage, POST /{app_code}/bot; documented by the vendor.
func (s *BotService) Send(ctx context.Context, params SendBotMessageParams, opts ...Option) error {
	ctx, settings := s.client.begin(ctx, omnichannel.OperationSendBotMessage, opts)
	if params.SenderEmail == "" {
		params.SenderEmail = BotSender(settings.appID)
	}
	return discard(s.client.api.SendBotMessage(ctx, settings.appID, params))
}

// SendText sends a text into a room as the bot. See [BotService.Send].
//
// Operation sendBotMessage, POST /{app_code}/bot; documented by the vendor.
func (s *BotService) SendText(ctx context.Context, roomID flex.ID, text string, opts ...Option) error {
	return s.Send(ctx, SendBotMessageParams{RoomID: roomID, Type: MessageText, Message: text}, opts...)
}

// SetActive switches the bot on or off in a room.
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
