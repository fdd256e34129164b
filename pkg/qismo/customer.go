package qismo

import (
	"context"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

// CustomerService acts as the customer: it opens live chats for a widget and posts
// what a custom channel's customers write. It sends no secret key.
type CustomerService struct{ client *Client }

type (
	// InitiateChatParams say who the customer is. Without AppID the client's is
	// used.
	InitiateChatParams = omnichannel.InitiateChatRequest
	// ChatSession is a customer's live-chat session.
	ChatSession = omnichannel.ChatSession
	// SendCustomChannelMessageParams are a customer's message.
	SendCustomChannelMessageParams = omnichannel.SendCustomChannelMessageRequest
	// CustomChannelDelivery is where a customer's message went.
	CustomChannelDelivery = omnichannel.CustomChannelDelivery
)

// InitiateChat starts or continues a live-chat session. Its nonce, from the Chat
// SDK, works once and for ten minutes; the chat goes on through the Chat SDK with
// the identity token.
//
// Operation initiateChat, POST /api/v2/qiscus/initiate_chat; seen in public
// clients.
func (s *CustomerService) InitiateChat(
	ctx context.Context, params InitiateChatParams, opts ...Option,
) (*ChatSession, error) {
	ctx, settings := s.client.begin(ctx, omnichannel.OperationInitiateChat, opts)
	if params.AppID == "" {
		params.AppID = settings.appID
	}
	out, err := receive[omnichannel.InitiateChatResponse](s.client.api.InitiateChat(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Data.IdentityToken == "" {
		return nil, missing(ctx, "identity token")
	}
	return &out.Data, nil
}

// SendCustomChannelMessage posts a customer's message into a custom channel, whose
// IdentifierKey is the proof. The agent's reply comes back through the channel's
// own webhook. It is never sent twice: when the call fails without an answer,
// whether the message went in is unknown.
//
// Operation sendCustomChannelMessage, POST /{app_code}/api/v2/custom_channel/send;
// documented by the vendor.
func (s *CustomerService) SendCustomChannelMessage(
	ctx context.Context, params SendCustomChannelMessageParams, opts ...Option,
) (*CustomChannelDelivery, error) {
	ctx, settings := s.client.begin(ctx, omnichannel.OperationSendCustomChannelMessage, opts)
	out, err := receive[omnichannel.SendCustomChannelMessageResponse](
		s.client.api.SendCustomChannelMessage(ctx, settings.appID, params),
	)
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}
