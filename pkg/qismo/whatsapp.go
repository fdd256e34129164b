package qismo

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// WhatsAppService is WhatsApp as it is behind the inbox: messages as Meta's own API
// has them, the files of those that come in, where raw events go, and the credit.
//
// [WhatsAppService.Send] and [WhatsAppService.SetSettings] have been seen with the
// secret key and with a user's token, the others with the secret key only.
type WhatsAppService struct{ client *Client }

type (
	// WhatsAppSettings say where a channel's raw events are forwarded.
	WhatsAppSettings = omnichannel.WaSettings
	// WhatsAppCredit is what templates are paid from.
	WhatsAppCredit = omnichannel.WaCredit
	// WhatsAppChannelCredit is the credit of one channel.
	WhatsAppChannelCredit = omnichannel.WaCreditChannel
	// WhatsAppPayment is a payment of credit.
	WhatsAppPayment = omnichannel.WaPayment
)

// Send sends a message through a WhatsApp channel, as Meta's own API would, and
// returns its id, which receipts name. Make the message with [NewWhatsAppText] and
// its kin; for types that [WhatsAppMessage] lacks, post a body of your own to the
// same path with [Client.Do].
//
// Anything but a template needs a window that is open, that is, a message of the
// customer's in the last 24 hours: [ErrOutsideWindow] otherwise. A template costs
// credit; that [ErrPaymentRequired] tells when there is none left is a guess. A
// refusal of Meta's has its number in Error.Code. A phone number that is not all
// digits but for a plus before them, which is left out, and a message without what
// its type needs are errors before anything is sent.
//
// It is never sent twice: the route has no idempotency key, so a second request is
// a second message. When the call fails, [Error.Uncertain] tells whether the message
// may have gone out.
//
// Operation sendWaMessage, POST /whatsapp/v1/{app_code}/{channel_id}/messages;
// seen in public clients.
func (s *WhatsAppService) Send(
	ctx context.Context, channelID flex.ID, message WhatsAppMessage, opts ...Option,
) (messageID string, err error) {
	if message.To, err = phoneNumber(message.To); err == nil {
		err = checkWhatsAppMessage(message)
	}
	if err != nil {
		return "", fmt.Errorf("qismo: sendWaMessage: %w", err)
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationSendWaMessage, opts)
	out, err := receive[omnichannel.SendWaMessageResponse](
		s.client.api.SendWaMessage(ctx, call.appID, channelID, message),
	)
	if err != nil {
		return "", err
	}
	if len(out.Messages) == 0 || out.Messages[0].ID == "" {
		return "", missing(ctx, "message id")
	}
	return out.Messages[0].ID, nil
}

// WhatsAppMedia is a file that is on its way. Read Body to its end and close it.
type WhatsAppMedia struct {
	// ContentType is the file's, "" when the service does not tell it.
	ContentType string
	// Length is the file's, in bytes; -1 when it is not known beforehand.
	Length int64
	// Body is the file. It ends early, with an error, when the connection breaks or
	// the context of the call ends.
	Body io.ReadCloser
}

// Media downloads a file that a customer sent. Nothing of it is kept in memory: it
// is read as it arrives and may be of any size, so bound what you read. An unknown
// id is presumably [ErrNotFound]; for how long a file can be had is not known. The
// one client that was seen has the call in code that it does not run.
//
// Whatever comes with 200 is taken for the file: should the service ever tell of a
// failure that way, its ContentType gives it away.
//
// The timeout ends with the answer's header. Reading the file has no bound but the
// context, the Read of [WithTimeouts] for each piece of it, and an http.Client's own
// Timeout where [WithHTTPClient] brings one.
//
// Operation getWaMedia, GET /whatsapp/v1/{app_code}/{channel_id}/media/{media_id};
// seen in a single public client.
func (s *WhatsAppService) Media(
	ctx context.Context, channelID flex.ID, mediaID string, opts ...Option,
) (*WhatsAppMedia, error) {
	opts = append([]Option{WithHeader("Accept", "*/*")}, opts...)
	ctx, call := s.client.beginStream(ctx, omnichannel.OperationGetWaMedia, opts)
	response, err := s.client.api.GetWaMedia(ctx, call.appID, channelID, mediaID)
	if err != nil {
		return nil, asError(err)
	}
	return &WhatsAppMedia{
		ContentType: response.Header.Get("Content-Type"),
		Length:      response.ContentLength,
		Body:        response.Body,
	}, nil
}

// Settings reads where a channel's raw events are forwarded; the address is at
// Webhooks.URL. The shape of the answer is assumed: an address that is empty may
// also be one that stands elsewhere.
//
// Operation getWaSettings, GET /whatsapp/{app_code}/{channel_id}/settings; seen in
// a single public client.
func (s *WhatsAppService) Settings(ctx context.Context, channelID flex.ID, opts ...Option) (*WhatsAppSettings, error) {
	ctx, call := s.client.begin(ctx, omnichannel.OperationGetWaSettings, opts)
	return receive[omnichannel.WaSettings](s.client.api.GetWaSettings(ctx, call.appID, channelID))
}

// SetSettings forwards a channel's raw events, messages and receipts as WhatsApp
// words them, to an address. The webhooks of [WebhookSettingsService] go on as
// before. What the service answers is not known, nor how the forwarding is switched
// off. Setting the same address again does no harm.
//
// Operation setWaSettings, POST /whatsapp/{app_code}/{channel_id}/settings; seen in
// public clients.
func (s *WhatsAppService) SetSettings(ctx context.Context, channelID flex.ID, address string, opts ...Option) error {
	if address == "" {
		return errors.New("qismo: setWaSettings: the address is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationSetWaSettings, opts)
	return discard(s.client.api.SetWaSettings(ctx, call.appID, channelID, omnichannel.SetWaSettingsRequest{
		Webhooks: omnichannel.WaForwardInput{URL: address},
	}))
}

// Credit returns what is left of each channel's credit, from which templates are
// paid. Its unit is not documented.
//
// Operation getWaCredit, GET /api/v2/admin/wa_pricing/balance; seen in a single
// public client.
func (s *WhatsAppService) Credit(ctx context.Context, opts ...Option) (*WhatsAppCredit, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetWaCredit, opts)
	out, err := receive[omnichannel.GetWaCreditResponse](s.client.api.GetWaCredit(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.Channels == nil {
		return nil, missing(ctx, "list of channels")
	}
	return &out.Data, nil
}
