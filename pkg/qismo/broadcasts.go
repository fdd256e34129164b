package qismo

import (
	"context"
	"errors"
	"fmt"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// BroadcastsService sends messages that begin a conversation, to one customer or
// to many. They are WhatsApp templates; each is paid from [WhatsAppService.Credit].
//
// None of its sends is ever carried out twice: there are no idempotency keys, so a
// second one is a second message to every recipient. When a send fails and
// [Error.Uncertain] says so, whether it went out is unknown.
//
// Files have been seen to be uploaded and sent with the secret key only, the 24-hour
// template with a user's token only. The routes of past broadcasts are assumed.
type BroadcastsService struct{ client *Client }

type (
	// SendBroadcastParams are a template for one phone number, its country's code
	// first. The template is named by TemplateDetailID, the id of one of its languages,
	// or by TemplateName, Namespace and Language. Ids are sent as numbers: convert those
	// of answers, as in flex.NumberID(detail.ID).
	SendBroadcastParams = omnichannel.SendBroadcastRequest
	// SendToManyParams are a template for several phone numbers.
	SendToManyParams = omnichannel.SendBroadcastV2Request
	// SendBroadcastFileParams say which template goes to whom, by the ids of the
	// template's language and of the uploaded file.
	SendBroadcastFileParams = omnichannel.SendBroadcastFileRequest
	// BroadcastHeader is what goes into a template's header.
	BroadcastHeader = omnichannel.BroadcastHeader
	// BroadcastButton is what goes into a dynamic button.
	BroadcastButton = omnichannel.BroadcastButton
	// SentBroadcast is what became of a send.
	SentBroadcast = omnichannel.SentBroadcast
)

// Send sends a template to one phone number. With StartedAt, it is sent then.
//
// The service can take a broadcast and fail to send it. That is an error, too: one
// that is [ErrNotSent] and wraps a [*NotSentError], and the answer is returned
// beside it. Without a log in the answer, as may be when a broadcast is scheduled,
// nothing is known to have failed. Scheduling and a header's media are known from
// requests only: no answer to either has been seen.
//
// A phone number that is not all digits but for a plus before them, which is left
// out, and a template that is not named are errors before anything is sent. It is
// never sent twice; see [BroadcastsService].
//
// Operation sendBroadcast, POST /api/v3/{role}/broadcast/client; documented by the
// vendor.
func (s *BroadcastsService) Send(
	ctx context.Context, params SendBroadcastParams, opts ...Option,
) (*SentBroadcast, error) {
	number, err := phoneNumber(params.PhoneNumber)
	if err == nil && params.TemplateDetailID.IsNone() {
		params.TemplateDetailID = ""
		err = checkTemplateNames(params.TemplateName, params.Language)
		if err == nil && params.Namespace == "" {
			err = errors.New("the template's namespace is empty, and so is its detail id")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("qismo: sendBroadcast: %w", err)
	}
	params.PhoneNumber = number
	ctx, call := s.client.begin(ctx, omnichannel.OperationSendBroadcast, opts)
	role := call.roleFor(omnichannel.OperationSendBroadcast)
	response, err := s.client.api.SendBroadcast(ctx, role, params)
	out, err := receive[omnichannel.SendBroadcastResponse](response, err)
	if err != nil {
		return nil, err
	}
	return &out.Data, notSent(response, out.Data.BroadcastLogs, params.PhoneNumber)
}

func checkTemplateNames(name, language string) error {
	if name == "" || language == "" {
		return errors.New("the template's name or language is empty")
	}
	return nil
}

// SendToMany sends a template to several phone numbers, with the same variables for
// everybody. For one number use [BroadcastsService.Send], for a long list
// [BroadcastsService.SendFile].
//
// No public client reads the answer. If it looks like that of Send, what it says is
// returned, and recipients who failed are an error as there; if not, what is
// returned is empty, and [BroadcastsService.ListJobs] may know more.
//
// Phone numbers are checked as there; an empty list of them, and an empty channel,
// name of the template or language, are refused, too. The namespace is sent as it is,
// also when it is empty: some templates have none. It is never sent twice; see
// [BroadcastsService].
//
// Operation sendBroadcastV2, POST /api/v2/admin/broadcast/client_broadcast; seen in
// public clients.
func (s *BroadcastsService) SendToMany(
	ctx context.Context, params SendToManyParams, opts ...Option,
) (*SentBroadcast, error) {
	numbers, err := phoneNumbers(params.PhoneNumbers)
	switch {
	case params.ChannelID.IsNone():
		err = errors.New("the channel id is empty")
	case err == nil:
		err = checkTemplateNames(params.TemplateName, params.Language)
	}
	if err != nil {
		return nil, fmt.Errorf("qismo: sendBroadcastV2: %w", err)
	}
	params.PhoneNumbers = numbers
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSendBroadcastV2, opts)
	response, err := s.client.api.SendBroadcastV2(ctx, params)
	if err != nil {
		return nil, asError(err)
	}
	var out omnichannel.SendBroadcastResponse
	if err := transport.Decode(response, &out); err != nil {
		return &SentBroadcast{}, nil //nolint:nilerr // it is a success, of a shape that nobody knows
	}
	return &out.Data, notSent(response, out.Data.BroadcastLogs, params.PhoneNumbers...)
}

// phoneNumbers writes a list of phone numbers as requests want them.
func phoneNumbers(given []string) ([]string, error) {
	if len(given) == 0 {
		return nil, errors.New("there is no phone number")
	}
	numbers := make([]string, 0, len(given))
	for i, number := range given {
		number, err := phoneNumber(number)
		if err != nil {
			return nil, fmt.Errorf("recipient %d of %d: %w", i+1, len(given), err)
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}

// SendFile sends a template to everybody in a file that
// [BroadcastsService.UploadCSV] took, and returns the job that goes on with it. Of
// the job only its Name is known to come; where BroadcastJobID comes too, follow it
// with [BroadcastsService.JobProgress]. Who could not be sent to is no error here, but
// shows in the job's logs later.
//
// An empty id or name is an error before anything is sent. It is never sent twice;
// see [BroadcastsService].
//
// Operation sendBroadcastFile, POST /api/v3/admin/broadcast/send_broadcast; seen in
// a single public client.
func (s *BroadcastsService) SendFile(
	ctx context.Context, params SendBroadcastFileParams, opts ...Option,
) (*BroadcastJob, error) {
	switch {
	case params.TemplateDetailID.IsNone():
		return nil, errors.New("qismo: sendBroadcastFile: the template detail id is empty")
	case params.BroadcastFileID.IsNone():
		return nil, errors.New("qismo: sendBroadcastFile: the broadcast file id is empty")
	case params.Name == "":
		return nil, errors.New("qismo: sendBroadcastFile: the name is empty")
	}
	contentType, form, err := multipartForm(
		"template_detail_id", params.TemplateDetailID.String(),
		"broadcast_file_id", params.BroadcastFileID.String(),
		"name", params.Name,
	)
	if err != nil {
		return nil, fmt.Errorf("qismo: sendBroadcastFile: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSendBroadcastFile, opts)
	out, err := receive[omnichannel.BroadcastJobResponse](s.client.api.SendBroadcastFileWithBody(ctx, contentType, form))
	if err != nil {
		return nil, err
	}
	if out.Data.BroadcastJob == nil {
		return nil, missing(ctx, "broadcast job")
	}
	return out.Data.BroadcastJob, nil
}

// SendHSM24 sends the 24-hour template into a WhatsApp room whose window has
// closed; the window opens when the customer answers. [TemplatesService.HSM24] finds
// the template, whose HsmDetails have the ids that are wanted here. It costs credit.
// Only a user's token has been seen to work, and what the service answers is not
// known. An empty id is an error before anything is sent. It is never sent twice; see
// [BroadcastsService].
//
// Operation sendHsm24Template, POST /api/v2/{role}/broadcast/send_hsm24; seen in a
// single public client.
func (s *BroadcastsService) SendHSM24(ctx context.Context, roomID, templateDetailID flex.ID, opts ...Option) error {
	if roomID.IsNone() || templateDetailID.IsNone() {
		return errors.New("qismo: sendHsm24Template: the room id or the template detail id is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationSendHsm24Template, opts)
	role := call.roleFor(omnichannel.OperationSendHsm24Template)
	return discard(s.client.api.SendHsm24Template(ctx, role, omnichannel.SendHsm24TemplateRequest{
		RoomID: roomID, TemplateDetailID: flex.NumberID(templateDetailID),
	}))
}
