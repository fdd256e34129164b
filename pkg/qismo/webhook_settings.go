package qismo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// WebhookSettingsService says where webhooks are sent, for the whole app. What is
// set is read back with [AppService.Configs], which is documented; see
// [WebhookSettingsService.SetAll] for all webhooks in one call.
//
// To switch a webhook on, its setter needs an address. To switch one off, hand the
// address over again if it shall stay: what becomes of it when it is left out is not
// known. Setting a webhook twice does no harm. Not every setter was seen with every
// credential, and each says so; another is refused with [ErrUnauthorized] or
// [ErrForbidden], if at all.
type WebhookSettingsService struct{ client *Client }

type (
	// NewSessionWebhook is the setting of the new-session webhook.
	NewSessionWebhook = omnichannel.NewSessionWebhookConfig
	// AuthWebhook is the setting of the user-logout webhook.
	AuthWebhook = omnichannel.AuthWebhookConfig
	// WebhookConfig is where one webhook is sent, and whether, as a row.
	WebhookConfig = omnichannel.WebhookConfig
)

// SetResolve sets the mark-as-resolved webhook, which is sent each conversation that
// is resolved, and returns the app with its secret key. The secret key and a user's
// token were both seen. No page of the dashboard is known to set this webhook.
//
// Operation setResolveWebhook, POST /api/v1/app/webhook/mark_as_resolved;
// documented by the vendor.
func (s *WebhookSettingsService) SetResolve(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*App, error) {
	if err := checkSetting(address, enabled); err != nil {
		return nil, fmt.Errorf("qismo: setResolveWebhook: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetResolveWebhook, opts)
	form := omnichannel.AppWebhookRequest{WebhookURL: address, IsWebhookEnabled: flex.Bool(enabled)}
	out, err := receive[omnichannel.AppResponse](s.client.api.SetResolveWebhookWithFormdataBody(ctx, form))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// SetAgentAllocation sets the custom agent allocation webhook, which is sent the
// messages of customers whom no agent serves, and returns the app with its secret
// key. It was seen with the secret key only. Some hold that only the dashboard can
// set this webhook: read it back.
//
// Operation setAgentAllocationWebhook, POST /api/v1/app/webhook/agent_allocation;
// seen in a single public client.
func (s *WebhookSettingsService) SetAgentAllocation(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*App, error) {
	if err := checkSetting(address, enabled); err != nil {
		return nil, fmt.Errorf("qismo: setAgentAllocationWebhook: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetAgentAllocationWebhook, opts)
	form := omnichannel.AppWebhookRequest{WebhookURL: address, IsWebhookEnabled: flex.Bool(enabled)}
	out, err := receive[omnichannel.AppResponse](s.client.api.SetAgentAllocationWebhookWithFormdataBody(ctx, form))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// SetNewSession sets the new-session webhook, which is sent the first message of
// each session, and returns the setting. It was seen with the secret key only.
//
// Operation setNewSessionWebhook, POST /api/v2/app/config/new_session_webhook;
// documented by the vendor.
func (s *WebhookSettingsService) SetNewSession(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*NewSessionWebhook, error) {
	if err := checkSetting(address, enabled); err != nil {
		return nil, fmt.Errorf("qismo: setNewSessionWebhook: %w", err)
	}
	contentType, form, err := webhookForm(address, enabled)
	if err != nil {
		return nil, fmt.Errorf("qismo: setNewSessionWebhook: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetNewSessionWebhook, opts)
	out, err := receive[omnichannel.SetNewSessionWebhookResponse](
		s.client.api.SetNewSessionWebhookWithBody(ctx, contentType, form),
	)
	if err != nil {
		return nil, err
	}
	return &out.Data.Configs, nil
}

// SetAuth sets the user-logout webhook, which is sent each log-out of a member of
// the staff, and returns the setting. It was seen with a user's token only; that it
// takes the secret key too is likely.
//
// Operation setAuthWebhook, POST /api/v2/app/config/auth_webhook; documented by
// the vendor.
func (s *WebhookSettingsService) SetAuth(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*AuthWebhook, error) {
	if err := checkSetting(address, enabled); err != nil {
		return nil, fmt.Errorf("qismo: setAuthWebhook: %w", err)
	}
	contentType, form, err := webhookForm(address, enabled)
	if err != nil {
		return nil, fmt.Errorf("qismo: setAuthWebhook: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetAuthWebhook, opts)
	out, err := receive[omnichannel.SetAuthWebhookResponse](s.client.api.SetAuthWebhookWithBody(ctx, contentType, form))
	if err != nil {
		return nil, err
	}
	return &out.Data.Configs, nil
}

// List returns the app's webhooks as rows of a newer kind. Which webhooks they
// cover, and what Type can be, is not known; [AppService.Configs] is the documented
// way to read the settings. It was seen with a user's token only.
//
// Operation listWebhookConfigs, GET /api/v2/admin/webhook_config; seen in a single
// public client.
func (s *WebhookSettingsService) List(ctx context.Context, opts ...Option) ([]WebhookConfig, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListWebhookConfigs, opts)
	out, err := receive[omnichannel.ListWebhookConfigsResponse](s.client.api.ListWebhookConfigs(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.WebhookConfigs == nil {
		return nil, missing(ctx, "list of webhooks")
	}
	return out.Data.WebhookConfigs, nil
}

// Resolve reads the mark-as-resolved webhook, as a part of the whole app. Its route
// and its answer are inferred from those of [WebhookSettingsService.SetResolve]:
// [AppService.Configs] is the safe way, which has MarkAsResolvedWebhookURL and
// IsMarkAsResolvedWebhookEnabled.
//
// Operation getResolveWebhook, GET /api/v1/app/webhook/mark_as_resolved; assumed.
func (s *WebhookSettingsService) Resolve(ctx context.Context, opts ...Option) (*App, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetResolveWebhook, opts)
	out, err := receive[omnichannel.AppResponse](s.client.api.GetResolveWebhook(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.AppCode == "" {
		return nil, missing(ctx, "app")
	}
	return &out.Data, nil
}

// NewSession reads the new-session webhook. Its route and its answer are inferred
// from those of [WebhookSettingsService.SetNewSession]: [AppService.Configs] is the
// safe way, which has NewSessionWebhookURL and IsNewSessionWebhookEnabled.
//
// Operation getNewSessionWebhook, GET /api/v2/app/config/new_session_webhook;
// assumed.
func (s *WebhookSettingsService) NewSession(ctx context.Context, opts ...Option) (*NewSessionWebhook, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetNewSessionWebhook, opts)
	out, err := receive[webhookAnswer[NewSessionWebhook]](s.client.api.GetNewSessionWebhook(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.Configs == nil {
		return nil, missing(ctx, "setting")
	}
	return out.Data.Configs, nil
}

// Auth reads the user-logout webhook. Its route and its answer are inferred from
// those of [WebhookSettingsService.SetAuth]: [AppService.Configs] is the safe way,
// which is expected to have AuthWebhookURL and IsAuthWebhookEnabled once they were
// set.
//
// Operation getAuthWebhook, GET /api/v2/app/config/auth_webhook; assumed.
func (s *WebhookSettingsService) Auth(ctx context.Context, opts ...Option) (*AuthWebhook, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetAuthWebhook, opts)
	out, err := receive[webhookAnswer[AuthWebhook]](s.client.api.GetAuthWebhook(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.Configs == nil {
		return nil, missing(ctx, "setting")
	}
	return out.Data.Configs, nil
}

// checkSetting refuses to send a webhook nowhere.
func checkSetting(address string, enabled bool) error {
	if enabled && address == "" {
		return errors.New("the address is empty")
	}
	return nil
}

// webhookForm writes the multipart form that the two newer webhook setters want.
func webhookForm(address string, enabled bool) (contentType string, body io.Reader, err error) {
	return multipartForm("url", address, "enabled", strconv.FormatBool(enabled))
}

// webhookAnswer is an answer that nobody has seen: unlike the setters' it may lack
// the setting, which must not pass for a webhook that is off.
type webhookAnswer[T any] struct {
	Data struct {
		Configs *T `json:"configs"`
	} `json:"data"`
}
