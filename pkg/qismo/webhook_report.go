package qismo

import (
	"encoding/json"
	"strings"
)

// WebhookReport says what became of each webhook of an app, also of those that
// [WebhookSettingsService.SetAll] cannot set. It can be logged: it holds no more of
// an address than its scheme and host.
type WebhookReport []WebhookResult

// WebhookResult says what became of one webhook.
type WebhookResult struct {
	// Webhook is the event, by the name that the webhook package has for it.
	Webhook string
	// Outcome is what became of it.
	Outcome WebhookOutcome
	// Host is the scheme and host of the address that was to be set.
	Host string
	// Instead is what else sets it: a page of the dashboard or another call; "" where
	// nothing else is known.
	Instead string
	// Err is why it failed.
	Err error
}

// WebhookOutcome is what became of a webhook.
type WebhookOutcome string

// What can become of a webhook.
const (
	// WebhookSet is one that is sent to the address that was given.
	WebhookSet WebhookOutcome = "set"
	// WebhookSwitchedOff is one that is not sent any more, or never was.
	WebhookSwitchedOff WebhookOutcome = "switched off"
	// WebhookLeftAlone is one that no address was given for.
	WebhookLeftAlone WebhookOutcome = "left alone"
	// WebhookElsewhere is one that the API cannot set for a whole app.
	WebhookElsewhere WebhookOutcome = "set elsewhere"
	// WebhookFailed is one that could not be set: it may be as it was before or, when
	// no answer came, as it was wanted.
	WebhookFailed WebhookOutcome = "failed"
)

// webhooksElsewhere are the webhooks that one call for the whole app cannot set.
func webhooksElsewhere() WebhookReport {
	const forward = "WhatsApp.SetSettings, for each WhatsApp channel; both forwards have one address"
	return WebhookReport{
		{
			Webhook: "customChannelMessage", Outcome: WebhookElsewhere,
			Instead: "the dashboard, in each custom channel's settings",
		},
		{
			Webhook: "customButton", Outcome: WebhookElsewhere,
			Instead: "the dashboard, for each custom button; nothing but its address tells one from another",
		},
		{Webhook: "whatsAppForwardMessage", Outcome: WebhookElsewhere, Instead: forward},
		{Webhook: "whatsAppForwardStatus", Outcome: WebhookElsewhere, Instead: forward},
		{
			Webhook: "postComment", Outcome: WebhookElsewhere,
			Instead: "the dashboard of the Chat SDK, which is another product",
		},
	}
}

// String is the report as lines for a log, one for each webhook.
func (r WebhookReport) String() string {
	lines := make([]string, 0, len(r))
	for _, result := range r {
		lines = append(lines, result.String())
	}
	return strings.Join(lines, "\n")
}

// MarshalJSON writes what String says, for a log of JSON.
func (r WebhookResult) MarshalJSON() ([]byte, error) {
	written := map[string]string{"webhook": r.Webhook, "outcome": string(r.Outcome)}
	if r.Host != "" {
		written["host"] = r.Host
	}
	if r.Instead != "" {
		written["instead"] = r.Instead
	}
	if r.Err != nil {
		written["error"] = r.Err.Error()
	}
	return json.Marshal(written)
}

// String is one line: the webhook, what became of it and, where the call did not
// set it, why not and what else does.
func (r WebhookResult) String() string {
	line := r.Webhook + ": " + string(r.Outcome)
	if r.Outcome == WebhookSet {
		line += ", " + r.Host
	}
	if r.Err != nil {
		line += ": " + strings.ReplaceAll(r.Err.Error(), "\n", "; ")
	}
	if r.Instead != "" && (r.Outcome == WebhookFailed || r.Outcome == WebhookElsewhere) {
		line += " (see " + r.Instead + ")"
	}
	return line
}
