package qismo

import (
	"context"
	"fmt"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// BotSettings are how the app's bot is connected: where customers' messages are
// sent, whether, and whether also while an agent serves.
type BotSettings = omnichannel.BotSettings

// BotSettings returns how the app's bot is connected; BotWebhookURL is "" when no
// address is set. The bot's switch in a single room is another one; see
// [BotService.SetActive].
//
// Operation getBotSettings, GET /api/v1/app/bot; seen in a single public client.
func (s *AppService) BotSettings(ctx context.Context, opts ...Option) (*BotSettings, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetBotSettings, opts)
	// A switch that is not there must not be taken for one that is off.
	out, err := receive[struct {
		Data struct {
			BotSettings

			IsBotEnabled *bool `json:"is_bot_enabled"`
		} `json:"data"`
	}](s.client.api.GetBotSettings(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.IsBotEnabled == nil {
		return nil, missing(ctx, "switch of the bot")
	}
	settings := out.Data.BotSettings
	settings.IsBotEnabled = *out.Data.IsBotEnabled
	return &settings, nil
}

// SetBotIntegration sets where the bot's webhook is sent and whether, for the whole
// app, and returns the app with its secret key. To switch the bot on it needs an
// address; what becomes of the address when it is left out is not known. Setting it
// twice does no harm.
//
// Operation setBotIntegration, POST /api/v1/app/bot/integrate; seen in a single
// public client.
func (s *AppService) SetBotIntegration(
	ctx context.Context, address string, enabled bool, opts ...Option,
) (*App, error) {
	if err := checkSetting(address, enabled); err != nil {
		return nil, fmt.Errorf("qismo: setBotIntegration: %w", err)
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetBotIntegration, opts)
	form := omnichannel.SetBotIntegrationRequest{BotWebhookURL: address, IsBotEnabled: flex.Bool(enabled)}
	out, err := receive[omnichannel.SetBotIntegrationResponse](s.client.api.SetBotIntegrationWithFormdataBody(ctx, form))
	if err != nil {
		return nil, err
	}
	if out.Data.App.AppCode == "" {
		return nil, missing(ctx, "app")
	}
	return &out.Data.App, nil
}

// SetBotActive turns the bot on or off for the app as a whole, and leaves its
// address alone. What the service answers is not known: [AppService.BotSettings]
// tells whether it took effect. Setting it twice does no harm.
//
// Operation setBotActivation, POST /api/v1/app/bot/activation; seen in a single
// public client.
func (s *AppService) SetBotActive(ctx context.Context, active bool, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetBotActivation, opts)
	form := omnichannel.SetBotActivationRequest{IsActive: flex.Bool(active)}
	return discard(s.client.api.SetBotActivationWithFormdataBody(ctx, form))
}

// SetForceSendBot says whether the bot goes on hearing a customer whom an agent
// serves; that is what the setting's name says, and nothing else is known of it. An
// answer that does not show the setting as it was set is [ErrUnexpectedAnswer].
// Setting it twice does no harm.
//
// Operation setForceSendBot, POST /api/v2/app/bot/force_send; seen in a single
// public client.
func (s *AppService) SetForceSendBot(ctx context.Context, force bool, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetForceSendBot, opts)
	form := omnichannel.SetForceSendBotRequest{IsForceSendBot: flex.Bool(force)}
	out, err := receive[omnichannel.SetForceSendBotResponse](s.client.api.SetForceSendBotWithFormdataBody(ctx, form))
	if err != nil {
		return err
	}
	if out.Data.Bot.IsForceSendBot != force {
		return missing(ctx, "setting as it was set")
	}
	return nil
}
