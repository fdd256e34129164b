package qismo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/qismo-go/qismo/internal/transport"
)

// WebhookOff in the place of an address switches a webhook off.
const WebhookOff = "off"

// SetAllWebhooksParams say where each webhook of an app is sent: an absolute
// address of http or https, [WebhookOff], or "" to leave the webhook alone.
type SetAllWebhooksParams struct {
	// Bot is sent each message of a customer. It is the webhook of the app's bot: to
	// set it switches the bot on, and to switch it off switches the bot off.
	Bot string
	// NewSession is sent the first message of each session.
	NewSession string
	// AgentAllocation is sent each message of a customer whom no agent serves.
	AgentAllocation string
	// Resolve is sent each conversation that is resolved.
	Resolve string
	// Auth is sent each log-out of a member of the staff.
	Auth string

	// Fallback are the options of a second try, for each webhook whose setter refuses
	// the credential: [WithToken], with a token of [SessionService.Login], where the
	// client has the secret key, or the other way round. They take the place of the
	// options of the call; those of the client stay, as far as these do not replace
	// them. Without any there is no second try.
	Fallback []Option
}

// webhookSetter is one webhook that the API sets for the whole app.
type webhookSetter struct {
	event   string // as the project's document names it
	field   string // of SetAllWebhooksParams
	address string // what stands there
	instead string // what else sets it
	current func(*AppConfigs) string
	set     func(ctx context.Context, address string, enabled bool, opts []Option) error
}

// SetAll points an app's webhooks to where the caller wants them, and switches on
// what it sets: one call for the end of a deployment, that can be made at each.
//
// All addresses are checked before anything is sent, and one that cannot work, or
// none at all, is an error without a report. On loopback works where the service is
// there itself, as a sandbox may be. After that each webhook is set for itself, one
// after the other, and a failure does not keep the others from their turn: the report
// says what became of each, and the error is all failures joined. Neither shows of an
// address more than its scheme and host, for the rest may hold a secret.
//
// Which credential is accepted is not certain. The setters of the bot's webhook and
// of log-outs were seen with a user's token only, and those of new sessions and of
// agent allocation with the secret key only, though the vendor says that every call
// takes the secret key. A deployment that has both passes one to the client and the
// other as Fallback.
//
// To switch a webhook off, its present address is read first and sent again, since
// the setters want one; where none is set there is nothing to do. That the app's
// settings show the address of log-outs is expected and was not seen: where it must
// be off for certain, call [WebhookSettingsService.SetAuth]. Webhooks that the API
// cannot set for a whole app are in the report too, with what sets them. Setting
// twice does no harm.
//
// Operation setBotIntegration, POST /api/v1/app/bot/integrate; seen in a single
// public client. Operation setNewSessionWebhook, POST
// /api/v2/app/config/new_session_webhook; documented by the vendor. Operation
// setAgentAllocationWebhook, POST /api/v1/app/webhook/agent_allocation; seen in a
// single public client. Operation setResolveWebhook, POST
// /api/v1/app/webhook/mark_as_resolved; documented by the vendor. Operation
// setAuthWebhook, POST /api/v2/app/config/auth_webhook; documented by the vendor.
func (s *WebhookSettingsService) SetAll(
	ctx context.Context, params SetAllWebhooksParams, opts ...Option,
) (WebhookReport, error) {
	setters := []webhookSetter{
		{
			event: "botMessage", field: "Bot", address: params.Bot, set: setting(s.client.App.SetBotIntegration),
			current: func(c *AppConfigs) string { return c.BotWebhookURL },
			instead: "the dashboard, bot integration",
		}, {
			event: "newSession", field: "NewSession", address: params.NewSession, set: setting(s.SetNewSession),
			current: func(c *AppConfigs) string { return c.NewSessionWebhookURL },
		}, {
			event: "customAgentAllocation", field: "AgentAllocation", address: params.AgentAllocation,
			set:     setting(s.SetAgentAllocation),
			current: func(c *AppConfigs) string { return c.AllocateAgentWebhookURL },
			instead: "the dashboard, custom agent allocation",
		}, {
			event: "markAsResolved", field: "Resolve", address: params.Resolve, set: setting(s.SetResolve),
			current: func(c *AppConfigs) string { return c.MarkAsResolvedWebhookURL },
		}, {
			event: "userLogout", field: "Auth", address: params.Auth, set: setting(s.SetAuth),
			current: func(c *AppConfigs) string { return c.AuthWebhookURL },
		},
	}
	if err := checkWebhooks(setters, transport.IsLoopback(s.client.settings.BaseURL.Hostname())); err != nil {
		return nil, err
	}
	run := webhookRun{app: s.client.App, tries: [][]Option{opts}}
	if len(params.Fallback) > 0 {
		run.tries = append(run.tries, params.Fallback)
	}
	var report WebhookReport
	var failures []error
	for _, setter := range setters {
		result := run.apply(ctx, setter)
		report, failures = append(report, result), append(failures, result.Err)
	}
	return append(report, webhooksElsewhere()...), errors.Join(failures...)
}

// setting makes all setters one type; what they answer is not needed here.
func setting[T any](
	set func(context.Context, string, bool, ...Option) (T, error),
) func(context.Context, string, bool, []Option) error {
	return func(ctx context.Context, address string, enabled bool, opts []Option) error {
		_, err := set(ctx, address, enabled, opts...)
		return err
	}
}

// checkWebhooks checks all addresses, and tells of all that cannot work. Only a service
// on this machine, such as a sandbox, can reach this machine.
func checkWebhooks(setters []webhookSetter, reachesLoopback bool) error {
	var problems []error
	wanted := false
	for _, setter := range setters {
		wanted = wanted || setter.address != ""
		if setter.address == "" || setter.address == WebhookOff {
			continue
		}
		if err := checkWebhookAddress(setter.address, reachesLoopback); err != nil {
			problems = append(problems, fmt.Errorf("qismo: set all webhooks: %s: %w", setter.field, err))
		}
	}
	if !wanted {
		return errors.New("qismo: set all webhooks: no address is given for any of them")
	}
	return errors.Join(problems...)
}

// checkWebhookAddress says what is wrong with an address, and never shows it.
func checkWebhookAddress(address string, reachesLoopback bool) error {
	parsed, err := url.Parse(address)
	switch {
	case err != nil && !strings.Contains(address, "://"):
		return errors.New("the address has no scheme: it begins with https:// or http://")
	case err != nil, strings.ContainsAny(address, " \t"):
		return errors.New("the address is no URL; look for a space or a line's end")
	case parsed.Scheme != "http" && parsed.Scheme != "https", parsed.Hostname() == "":
		return errors.New("the address is not an absolute URL of http or https")
	case parsed.User != nil:
		return errors.New("the address must not hold a user or a password")
	case strings.Contains(address, "#"):
		return errors.New("the address must not hold a fragment: it would never be sent")
	case !reachesLoopback && transport.IsLoopback(parsed.Hostname()):
		return errors.New("the address is this machine, which the service cannot reach: it needs a public one")
	}
	return nil
}

// webhookRun is one SetAll on its way.
type webhookRun struct {
	app     *AppService
	tries   [][]Option  // options of the first try, and of the second
	configs *AppConfigs // the app's settings, once they were needed
}

// apply does what is wanted of one webhook.
func (r *webhookRun) apply(ctx context.Context, setter webhookSetter) WebhookResult {
	result := WebhookResult{Webhook: setter.event, Outcome: WebhookLeftAlone, Instead: setter.instead}
	switch setter.address {
	case "":
		return result
	case WebhookOff:
		result.Outcome = WebhookSwitchedOff
		result.Err = r.switchOff(ctx, setter)
	default:
		result.Outcome, result.Host = WebhookSet, schemeAndHost(setter.address)
		result.Err = r.try(func(opts []Option) error { return setter.set(ctx, setter.address, true, opts) })
	}
	if result.Err != nil {
		result.Outcome = WebhookFailed
	}
	return result
}

// switchOff sends the address that is set once more, with the switch off.
func (r *webhookRun) switchOff(ctx context.Context, setter webhookSetter) error {
	if r.configs == nil {
		err := r.try(func(opts []Option) (err error) {
			r.configs, err = r.app.Configs(ctx, opts...)
			return err
		})
		if err != nil {
			return fmt.Errorf("qismo: switch off %s: read its address: %w", setter.event, err)
		}
	}
	address := setter.current(r.configs)
	if address == "" {
		return nil
	}
	return r.try(func(opts []Option) error { return setter.set(ctx, address, false, opts) })
}

// try makes a call, and makes it again with the fallback's options when the
// credential was refused.
func (r *webhookRun) try(call func([]Option) error) error {
	var failures []error
	for _, opts := range r.tries {
		err := call(opts)
		if err == nil {
			return nil
		}
		failures = append(failures, err)
		if !errors.Is(err, ErrUnauthorized) && !errors.Is(err, ErrForbidden) {
			break
		}
	}
	return errors.Join(failures...)
}

// schemeAndHost is all of an address that can be shown.
func schemeAndHost(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: parsed.Scheme, Host: parsed.Host}).String()
}
