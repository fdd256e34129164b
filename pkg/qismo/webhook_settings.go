package qismo

import (
	"context"
	"fmt"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// WebhookSettingsService says where webhooks are sent. What is set is read back
// with [AppService.Configs].
type WebhookSettingsService struct{ client *Client }

type (
	// NewSessionWebhook is the setting of the new-session webhook.
	NewSessionWebhook = omnichannel.NewSessionWebhookConfig
	// AuthWebhook is the setting of the user-logout webhook.
	AuthWebhook = omnichannel.AuthWebhookConfig
)

// SetResolve sets the mark-as-resolved webhook. No page of the dashboard does.
//
// Operation setResolveWebhook, POST /api/v1/app/webhook/mark_as_resolved;
// documented by the vendor.
func (s *WebhookSettingsService) SetResolve(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*App, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetResolveWebhook, opts)
	form := omnichannel.AppWebhookRequest{WebhookURL: address, IsWebhookEnabled: flex.Bool(enabled)}
	out, err := receive[omnichannel.AppResponse](s.client.api.SetResolveWebhookWithFormdataBody(ctx, form))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// SetAgentAllocation sets the custom agent allocation webhook. Some hold that only
// the dashboard can.
//
// Operation setAgentAllocationWebhook, POST /api/v1/app/webhook/agent_allocation;
// seen in a single public client.
func (s *WebhookSettingsService) SetAgentAllocation(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*App, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetAgentAllocationWebhook, opts)
	form := omnichannel.AppWebhookRequest{WebhookURL: address, IsWebhookEnabled: flex.Bool(enabled)}
	out, err := receive[omnichannel.AppResponse](s.client.api.SetAgentAllocationWebhookWithFormdataBody(ctx, form))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// SetNewSession sets the new-session webhook.
//
// Operation setNewSessionWebhook, POST /api/v2/app/config/new_session_webhook;
// documented by the vendor.
func (s *WebhookSettingsService) SetNewSession(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*NewSessionWebhook, error) {
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

// SetAuth sets the user-logout webhook.
//
// Operation setAuthWebhook, POST /api/v2/app/config/auth_webhook; documented by
// the vendor.
func (s *WebhookSettingsService) SetAuth(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*AuthWebhook, error) {
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
