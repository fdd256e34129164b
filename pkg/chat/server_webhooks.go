package chat

import (
	"cmp"
	"context"
	"iter"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ServerWebhooksService tells what became of the webhooks.
type ServerWebhooksService struct{ client *client }

type (
	// WebhookLog is a webhook that was sent, or tried to be, with what was answered. It
	// holds what people wrote: do not log it.
	WebhookLog = wire.WebhookLog
	// WebhookLogType is whose messages the webhooks told of.
	WebhookLogType = wire.WebhookLogType
	// ListWebhookLogsParams choose a page of the log.
	ListWebhookLogsParams = wire.RestListWebhookLogsParams
)

// Whose messages webhooks told of: everybody's, users' or servers'.
const (
	WebhooksOfAll     = wire.WebhookLogTypeAll
	WebhooksOfUsers   = wire.WebhookLogTypeMobile
	WebhooksOfServers = wire.WebhookLogTypeRest
)

// How far the log can be read.
const (
	// MaxWebhookLogs is how many rows a page of the log can have: 100.
	MaxWebhookLogs = 100
	// MaxWebhookLogPages is how many pages of the log there can be: 100.
	MaxWebhookLogPages = 100
)

// ListLogs returns one page of the log of webhooks, 20 rows unless Limit says otherwise.
// It is the only way to see that one was lost. A negative page or limit, a limit above
// [MaxWebhookLogs] and a page above [MaxWebhookLogPages] are errors before anything is
// sent.
//
// Operation restListWebhookLogs, GET /api/v2.1/rest/webhook_logs; seen in a single public
// client.
func (s *ServerWebhooksService) ListLogs(
	ctx context.Context, params ListWebhookLogsParams, opts ...Option,
) (*Page[WebhookLog], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllLogs walks the log of webhooks, page by page, and ends with the first error, or
// where the service lets nobody read on: after [MaxWebhookLogPages], of [MaxWebhookLogs]
// rows unless Limit says otherwise. See [ServerWebhooksService.ListLogs].
//
// Operation restListWebhookLogs, GET /api/v2.1/rest/webhook_logs; seen in a single public
// client.
func (s *ServerWebhooksService) AllLogs(
	ctx context.Context, params ListWebhookLogsParams, opts ...Option,
) iter.Seq2[WebhookLog, error] {
	params.Limit = cmp.Or(params.Limit, MaxWebhookLogs)
	return s.pager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *ServerWebhooksService) pager(params ListWebhookLogsParams, opts []Option) pager[WebhookLog] {
	return func(ctx context.Context, at flex.ID) (*Page[WebhookLog], error) {
		const id = wire.OperationRestListWebhookLogs
		if err := cmp.Or(
			checkPage(id, params.Page, params.Limit),
			checkMost(id, "limit", params.Limit, MaxWebhookLogs),
			checkMost(id, "page", params.Page, MaxWebhookLogPages),
		); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ListWebhookLogsResponse](s.client.api.RestListWebhookLogs(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Results.WebhookLogs == nil {
			return nil, missing(ctx, "list of webhooks")
		}
		page := paging.Numbered(out.Results.WebhookLogs, params.Page, 0, 0)
		if params.Page >= MaxWebhookLogPages {
			page.Next = ""
		}
		return page, nil
	}
}
