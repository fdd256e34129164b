package qismo

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// TemplatesService manages WhatsApp's message templates: texts that WhatsApp has
// approved, with which a business may begin a conversation.
//
// [TemplatesService.ListV3] and [TemplatesService.HSM24] have been seen with a user's
// token only, the others with the secret key only.
type TemplatesService struct{ client *Client }

type (
	// Template is a message template, with its languages.
	Template = omnichannel.HsmTemplate
	// TemplateDetail is a template in one language. Its ID is the template_detail_id
	// of broadcasts; its ApprovalStatus is nil when it is not told.
	TemplateDetail = omnichannel.HsmDetail
	// TemplateButton is a button of a template.
	TemplateButton = omnichannel.HsmButton
	// HSM24Template is the template that re-opens a channel's expired rooms.
	HSM24Template = omnichannel.Hsm24Template
	// ListTemplatesParams filter templates; what is not set does not filter.
	ListTemplatesParams = omnichannel.ListTemplatesParams
	// ListTemplatesV3Params filter templates; what is not set does not filter.
	ListTemplatesV3Params = omnichannel.ListTemplatesV3Params
	// CreateTemplateParams are a template to be approved.
	CreateTemplateParams = omnichannel.CreateTemplateRequest
	// TemplateDetailInput is a template to be approved, in one language.
	TemplateDetailInput = omnichannel.HsmDetailInput
	// TemplateButtonInput is a button of a template to be approved.
	TemplateButtonInput = omnichannel.HsmButtonInput
	// TemplateCategory is what a template is for.
	TemplateCategory = omnichannel.TemplateCategory
)

// What a template is for.
const (
	TemplateAuthentication = omnichannel.TemplateCategoryAUTHENTICATION
	TemplateMarketing      = omnichannel.TemplateCategoryMARKETING
	TemplateUtility        = omnichannel.TemplateCategoryUTILITY
)

// What the ApprovalStatus of a [TemplateDetail] says. Only the meaning of the
// first is sure.
const (
	TemplateApproved int64 = 1
	TemplatePending  int64 = 0
	TemplateRejected int64 = -1
)

// The kinds of a template's button. The category AUTHENTICATION has others, whose
// words are not known.
const (
	TemplateButtonQuickReply  = "QUICK_REPLY"
	TemplateButtonPhoneNumber = "PHONE_NUMBER"
	TemplateButtonURL         = "URL"
)

// List returns one page of templates, with the secret key. It is better attested
// than [TemplatesService.ListV3]. Whether the service tells how many there are is
// not known, so Total is nil, and only an empty page has none after it. A negative
// page or limit is an error before anything is sent.
//
// Operation listTemplates, GET /api/v2/admin/hsm; seen in public clients.
func (s *TemplatesService) List(
	ctx context.Context, params ListTemplatesParams, opts ...Option,
) (*Page[Template], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// All walks every template, page by page, and ends with the first error. See
// [TemplatesService.List].
//
// Operation listTemplates, GET /api/v2/admin/hsm; seen in public clients.
func (s *TemplatesService) All(
	ctx context.Context, params ListTemplatesParams, opts ...Option,
) iter.Seq2[Template, error] {
	return s.pager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *TemplatesService) pager(params ListTemplatesParams, opts []Option) pager[Template] {
	return func(ctx context.Context, at flex.ID) (*Page[Template], error) {
		const id = omnichannel.OperationListTemplates
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListTemplatesResponse](s.client.api.ListTemplates(ctx, &params))
		if err != nil {
			return nil, err
		}
		return templatePage(ctx, out.Data.HsmTemplates, params.Page)
	}
}

// ListV3 returns one page of templates by the newer route, with a user's token: an
// agent's is enough. Whether the service tells how many there are is not known, so
// Total is nil, and only an empty page has none after it. The credit that the
// answer holds too is told by [TemplatesService.HSM24]. A negative page or limit and
// the name 0, which the client cannot send, are errors before anything is sent.
//
// Operation listTemplatesV3, GET /api/v3/hsm; seen in a single public client.
func (s *TemplatesService) ListV3(
	ctx context.Context, params ListTemplatesV3Params, opts ...Option,
) (*Page[Template], error) {
	return s.pagerV3(params, opts).page(ctx, paging.Number(params.Page))
}

// AllV3 walks every template by the newer route, page by page, and ends with the
// first error. See [TemplatesService.ListV3].
//
// Operation listTemplatesV3, GET /api/v3/hsm; seen in a single public client.
func (s *TemplatesService) AllV3(
	ctx context.Context, params ListTemplatesV3Params, opts ...Option,
) iter.Seq2[Template, error] {
	return s.pagerV3(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *TemplatesService) pagerV3(params ListTemplatesV3Params, opts []Option) pager[Template] {
	return func(ctx context.Context, at flex.ID) (*Page[Template], error) {
		const id = omnichannel.OperationListTemplatesV3
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		if err := checkSearch(id, params.Name); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListTemplatesV3Response](s.client.api.ListTemplatesV3(ctx, &params))
		if err != nil {
			return nil, err
		}
		return templatePage(ctx, out.Data.HsmTemplates, params.Page)
	}
}

// templatePage makes a page of a list that tells nothing of its length.
func templatePage(ctx context.Context, rows []Template, page int64) (*Page[Template], error) {
	if rows == nil {
		return nil, missing(ctx, "list of templates")
	}
	return paging.Blind(&Page[Template]{Items: rows, Next: paging.NumberAfter(page, len(rows), 0, nil)}), nil
}

// Get returns a template by its own id, which is not that of one of its languages.
// How an unknown one is refused is not known; presumably it is [ErrNotFound].
//
// Operation getTemplate, GET /api/v2/admin/hsm/show/{template_id}; seen in a
// single public client.
func (s *TemplatesService) Get(ctx context.Context, templateID flex.ID, opts ...Option) (*Template, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetTemplate, opts)
	out, err := receive[omnichannel.GetTemplateResponse](s.client.api.GetTemplate(ctx, templateID))
	if err != nil {
		return nil, err
	}
	if out.Data.HsmTemplate.ID == "" {
		return nil, missing(ctx, "template id")
	}
	return &out.Data.HsmTemplate, nil
}

// HSM24 returns the template with which a conversation on a WhatsApp channel is
// taken up again after WhatsApp's 24-hour window, whether the feature is on there,
// and the credit that is left. It goes with any user's token, and asks for an
// approved template, as every known call does: where there is none, the error is
// [ErrNoApprovedTemplate]. HsmTemplate is nil when the answer has none, HsmQuota
// when it does not tell.
//
// An empty channel id is an error before anything is sent.
//
// Operation getHsm24Template, GET /api/v2/admin/hsm_24; seen in a single public
// client.
func (s *TemplatesService) HSM24(ctx context.Context, channelID flex.ID, opts ...Option) (*HSM24Template, error) {
	if channelID.IsNone() {
		return nil, errors.New("qismo: getHsm24Template: the channel id is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetHsm24Template, opts)
	approved := true
	params := &omnichannel.GetHsm24TemplateParams{ChannelID: channelID, Approved: &approved}
	out, err := receive[omnichannel.GetHsm24TemplateResponse](s.client.api.GetHsm24Template(ctx, params))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// Create submits a template to WhatsApp, which decides on it in its own time. What
// the service answers is not known: find the template by its name in one of the
// lists, and see how it fares by the ApprovalStatus of its details.
//
// What the vendor's page asks for is checked before anything is sent: the
// category; a channel; the namespace of a template that exists at Meta already; at
// least one language, each with its code and a body of at most 1,024 characters
// and 15 placeholders, and samples if it has any; a header of at most one
// placeholder and, unless it is media, 60 characters; and buttons of a known kind
// with what they need. The rest is left to the service, which refuses with
// [ErrBadRequest].
//
// The call is never carried out twice: when it fails without an answer, look for the
// template before you submit it again.
//
// Operation createTemplate, POST /api/v3/admin/hsm/create; documented by the
// vendor.
func (s *TemplatesService) Create(ctx context.Context, params CreateTemplateParams, opts ...Option) error {
	if err := checkTemplate(params); err != nil {
		return fmt.Errorf("qismo: createTemplate: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationCreateTemplate, opts)
	return discard(s.client.api.CreateTemplate(ctx, params))
}

// Delete deletes a template by its own id, presumably with all of its languages.
// What the service answers is not known. A repeat does no harm: [ErrNotFound] may
// then mean that an earlier call went through unheard.
//
// Operation deleteTemplate, POST /api/v2/admin/hsm/delete/{template_id}; seen in a
// single public client.
func (s *TemplatesService) Delete(ctx context.Context, templateID flex.ID, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationDeleteTemplate, opts)
	return discard(s.client.api.DeleteTemplate(ctx, templateID))
}
