package qismo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
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
	// InitiateChatV1Params say who the customer is, for the older version. Without
	// AppID the client's is used.
	InitiateChatV1Params = omnichannel.InitiateChatV1Request
	// ChatSessionV1 is a customer's live-chat session, as the older version has it.
	ChatSessionV1 = omnichannel.ChatSessionV1
	// AppSession is how the app treats a customer who comes back.
	AppSession = omnichannel.AppSession
	// SendCustomChannelMessageParams are a customer's message.
	SendCustomChannelMessageParams = omnichannel.SendCustomChannelMessageRequest
	// CustomChannelDelivery is where a customer's message went.
	CustomChannelDelivery = omnichannel.CustomChannelDelivery
	// SendCustomChannelMessageLegacyParams are a customer's message, for the older
	// version.
	SendCustomChannelMessageLegacyParams = omnichannel.SendCustomChannelMessageLegacyRequest
	// CustomChannelDeliveryLegacy is where a customer's message went, as far as the
	// older version is known to tell. Its secrets print as ***.
	CustomChannelDeliveryLegacy = omnichannel.CustomChannelDeliveryLegacy
)

// InitiateChat starts a live chat, or resumes one. Its nonce, from the Chat SDK,
// works once and for ten minutes; what follows is said through the Chat SDK, which
// takes the identity token. An empty user id or nonce is an error before anything is
// sent, and no call is carried out twice: after one that failed without an answer, get
// a new nonce. The session's CustomerRoom may be empty.
//
// Operation initiateChat, POST /api/v2/qiscus/initiate_chat; seen in public
// clients.
func (s *CustomerService) InitiateChat(
	ctx context.Context, params InitiateChatParams, opts ...Option,
) (*ChatSession, error) {
	if err := checkChat(omnichannel.OperationInitiateChat, params.UserID, params.Nonce); err != nil {
		return nil, err
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationInitiateChat, opts)
	if params.AppID == "" {
		params.AppID = call.appID
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

// InitiateChatV1 starts a live-chat session by the older version, which takes no
// properties and tells the room's number and no more of it. Use
// [CustomerService.InitiateChat] where you can.
//
// Operation initiateChatV1, POST /api/v1/qiscus/initiate_chat; seen in public
// clients.
func (s *CustomerService) InitiateChatV1(
	ctx context.Context, params InitiateChatV1Params, opts ...Option,
) (*ChatSessionV1, error) {
	if err := checkChat(omnichannel.OperationInitiateChatV1, params.UserID, params.Nonce); err != nil {
		return nil, err
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationInitiateChatV1, opts)
	if params.AppID == "" {
		params.AppID = call.appID
	}
	out, err := receive[omnichannel.InitiateChatV1Response](s.client.api.InitiateChatV1(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Data.IdentityToken == "" {
		return nil, missing(ctx, "identity token")
	}
	return &out.Data, nil
}

// checkChat refuses what no chat can begin with.
func checkChat(id omnichannel.OperationID, userID string, nonce flex.Credential) error {
	switch {
	case userID == "":
		return fmt.Errorf("qismo: %s: the user id is empty", id)
	case nonce == "":
		return fmt.Errorf("qismo: %s: the nonce is empty", id)
	}
	return nil
}

// AppSession tells whether each of a customer's sessions gets a room of its own.
// Widgets ask it on the host qismo.qiscus.com ([WithBaseURL]); whether the others
// answer it is not known.
//
// Operation getAppSession, GET /{app_code}/get_session; seen in public clients.
func (s *CustomerService) AppSession(ctx context.Context, opts ...Option) (*AppSession, error) {
	ctx, call := s.client.begin(ctx, omnichannel.OperationGetAppSession, opts)
	out, err := receive[omnichannel.GetAppSessionResponse](s.client.api.GetAppSession(ctx, call.appID))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// SendMessage passes on what a customer wrote in a custom channel, as
// [CustomerService.SendCustomChannelMessage] does. The parameters say whose it is;
// what it says, its type and its payload come from the message, which is a text, a
// file or a text with buttons: the channel is not known to take other kinds.
//
// Operation sendCustomChannelMessage, POST /{app_code}/api/v2/custom_channel/send;
// documented by the vendor.
func (s *CustomerService) SendMessage(
	ctx context.Context, params SendCustomChannelMessageParams, message Message, opts ...Option,
) (*CustomChannelDelivery, error) {
	if err := message.check(omnichannel.OperationSendCustomChannelMessage); err != nil {
		return nil, err
	}
	switch message.kind {
	case MessageText, MessageFileAttachment, MessageButtons:
	default:
		return nil, fmt.Errorf("qismo: sendCustomChannelMessage: "+
			"a custom channel takes a text, a file or buttons, and no %s", message.kind)
	}
	if params.Message != "" || params.Type != "" || !params.Payload.IsZero() {
		return nil, errors.New("qismo: sendCustomChannelMessage: " +
			"the parameters hold a message beside the one that is sent")
	}
	params.Message, params.Type, params.Payload = message.text, message.kind, message.payload
	return s.SendCustomChannelMessage(ctx, params, opts...)
}

// SendCustomChannelMessage passes on what a customer wrote in a custom channel,
// whose IdentifierKey is the proof. What agents reply is sent to the webhook of the
// channel. An empty IdentifierKey or UserID, and a message of more than
// [MaxMessageLength] characters, are errors before anything is sent. It is never
// sent twice: when the call fails, [Error.Uncertain] tells whether the message may
// have gone in. [CustomerService.SendMessage] makes files and buttons for it.
//
// Operation sendCustomChannelMessage, POST /{app_code}/api/v2/custom_channel/send;
// documented by the vendor.
func (s *CustomerService) SendCustomChannelMessage(
	ctx context.Context, params SendCustomChannelMessageParams, opts ...Option,
) (*CustomChannelDelivery, error) {
	if err := checkCustomChannel(
		omnichannel.OperationSendCustomChannelMessage, params.IdentifierKey, params.UserID, params.Message,
	); err != nil {
		return nil, err
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationSendCustomChannelMessage, opts)
	out, err := receive[omnichannel.SendCustomChannelMessageResponse](
		s.client.api.SendCustomChannelMessage(ctx, call.appID, params),
	)
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// SendCustomChannelMessageLegacy passes on what a customer wrote in a custom
// channel, the older way. UserID has to look like an e-mail address. Use
// [CustomerService.SendCustomChannelMessage] where you can: the answer to this one
// holds the password of the customer's account in the Chat SDK and the agent's
// tokens, which print as ***. It has been described by the vendor's older page
// alone, and that shows the beginning of the answer: either member of it may be nil.
// What is refused there is refused here, and a UserID without an @. It is never sent
// twice.
//
// Operation sendCustomChannelMessageLegacy, POST /{app_code}/custom_channel;
// documented by the vendor.
func (s *CustomerService) SendCustomChannelMessageLegacy(
	ctx context.Context, params SendCustomChannelMessageLegacyParams, opts ...Option,
) (*CustomChannelDeliveryLegacy, error) {
	if !strings.Contains(params.UserID, "@") {
		return nil, errors.New("qismo: sendCustomChannelMessageLegacy: the user id is not an e-mail address")
	}
	if err := checkCustomChannel(
		omnichannel.OperationSendCustomChannelMessageLegacy, params.IdentifierKey, params.UserID, params.Message,
	); err != nil {
		return nil, err
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationSendCustomChannelMessageLegacy, opts)
	out, err := receive[omnichannel.SendCustomChannelMessageLegacyResponse](
		s.client.api.SendCustomChannelMessageLegacy(ctx, call.appID, params),
	)
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// checkCustomChannel refuses what no custom channel takes.
func checkCustomChannel(id omnichannel.OperationID, key flex.Credential, userID, message string) error {
	switch {
	case key == "":
		return fmt.Errorf("qismo: %s: the identifier key is empty", id)
	case userID == "":
		return fmt.Errorf("qismo: %s: the user id is empty", id)
	}
	return checkLength(id, message)
}
