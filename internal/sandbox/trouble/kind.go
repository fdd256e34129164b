package trouble

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Kind is a way to fail.
type Kind string

// The ways in which a call of the API fails. But for Latency, at most one of them
// strikes a call.
const (
	Latency      Kind = "latency"       // the answer is late by Rule.Delay
	RateLimit    Kind = "rate-limit"    // 429 with Retry-After; nothing is done
	ServerError  Kind = "server-error"  // 503, or Rule.Status; nothing is done
	HTMLError    Kind = "html-error"    // 502, or Rule.Status, with a gateway's page; nothing is done
	LostAnswer   Kind = "lost-answer"   // all is done, and then a 504, or Rule.Status, with a gateway's page
	BrokenAnswer Kind = "broken-answer" // all is done, and then the connection breaks
	ExpiredToken Kind = "expired-token" // 401, of the chat server 403; the user's token is void
)

// The ways in which the delivery of a webhook fails. What is dropped is neither late
// nor repeated.
const (
	DropWebhook   Kind = "drop-webhook"   // it is never sent
	RepeatWebhook Kind = "repeat-webhook" // it is sent twice
	LateWebhook   Kind = "late-webhook"   // it is sent Rule.Delay later, after what came after it
)

// The ways in which the broker fails to tell something to those who are subscribed to it.
// What it does not tell is neither late nor repeated.
const (
	DropRealtime   Kind = "drop-realtime"   // it is never told
	RepeatRealtime Kind = "repeat-realtime" // it is told twice
	LateRealtime   Kind = "late-realtime"   // it is told Rule.Delay later, after what came after it
	BreakRealtime  Kind = "break-realtime"  // it is not told, and the connections of who is to hear it break
)

// Scope is what a kind of trouble strikes.
type Scope string

// What there is to strike.
const (
	Calls    Scope = "calls"
	Webhooks Scope = "webhooks" // their deliveries
	Realtime Scope = "realtime" // what the broker tells
)

// All stands in a rule for every kind, as if there were a rule for each.
const All Kind = "all"

// Description says what a kind does.
type Description struct {
	Kind Kind
	What string
	// Of is what it strikes.
	Of Scope
	// Delay and Status are those of a rule that has none; zero where a rule can have
	// none.
	Delay  time.Duration
	Status int
	// ends tells that what it strikes can be struck by nothing that ends it as well.
	ends bool
	// statuses are the lowest and the highest that a rule can have.
	statuses [2]int
}

// Kinds describes all kinds but [All].
func Kinds() []Description { return slices.Clone(kinds) }

var kinds = []Description{
	{Kind: Latency, Of: Calls, What: "the answer is late by the delay", Delay: 500 * time.Millisecond},
	{
		Kind: RateLimit, Of: Calls, What: "429, with the delay as Retry-After; nothing is done",
		Delay: time.Second, ends: true,
	},
	{
		Kind: ServerError, Of: Calls, What: "the status, with an error in JSON; nothing is done",
		Status: http.StatusServiceUnavailable, ends: true, statuses: [2]int{500, 599},
	},
	{
		Kind: HTMLError, Of: Calls, What: "the status, which may be 200, with a gateway's page; nothing is done",
		Status: http.StatusBadGateway, ends: true, statuses: [2]int{200, 599},
	},
	{
		Kind: LostAnswer, Of: Calls, What: "all is done, and then the status, with a gateway's page",
		Status: http.StatusGatewayTimeout, ends: true, statuses: [2]int{500, 599},
	},
	{Kind: BrokenAnswer, Of: Calls, What: "all is done, and then the connection breaks", ends: true},
	{
		Kind: ExpiredToken, What: "401, and the user's token is void from then on; calls without one pass",
		Of: Calls, ends: true,
	},
	{Kind: DropWebhook, Of: Webhooks, What: "the webhook is never sent", ends: true},
	{Kind: RepeatWebhook, Of: Webhooks, What: "the webhook is sent twice"},
	{
		Kind: LateWebhook, What: "the webhook is sent later by the delay, after what came after it",
		Of: Webhooks, Delay: time.Second,
	},
	{Kind: DropRealtime, Of: Realtime, What: "the broker never tells it", ends: true},
	{Kind: RepeatRealtime, Of: Realtime, What: "the broker tells it twice"},
	{
		Kind: LateRealtime, What: "the broker tells it later by the delay, after what came after it",
		Of: Realtime, Delay: time.Second,
	},
	{
		Kind: BreakRealtime, Of: Realtime, ends: true,
		What: "the broker does not tell it; the connections of who is to hear it break",
	},
}

// describe finds a kind. [All] is none of its own.
func describe(kind Kind) (Description, bool) {
	at := slices.IndexFunc(kinds, func(d Description) bool { return d.Kind == kind })
	if at < 0 {
		return Description{}, false
	}
	return kinds[at], true
}

// errUnknown names the kinds that there are.
func errUnknown(kind Kind) error {
	names := []string{string(All)}
	for _, known := range kinds {
		names = append(names, string(known.Kind))
	}
	return fmt.Errorf("there is no trouble %q; there is %s", kind, strings.Join(names, ", "))
}
