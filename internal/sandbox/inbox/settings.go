package inbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// This file changes the world around the rooms: its clock, what fails on purpose,
// who is there, and where webhooks go.

const (
	// mostMoved is how far a clock is moved at once.
	mostMoved = 366 * 24 * time.Hour
	// themeLasts is how long a browser remembers what somebody chose.
	themeLasts = 365 * 24 * time.Hour
)

func (i *Inbox) moveClock(_ context.Context, form form, _ *view) error {
	by, err := time.ParseDuration(form.PostFormValue("by"))
	if err != nil || by <= 0 || by > mostMoved {
		return errors.New("the clock is moved by a duration such as 90m, up to a year")
	}
	if err := i.platform.Clock().Move(by); err != nil {
		return fmt.Errorf("move the clock: %w", err)
	}
	return nil
}

// setTrouble sets how often each kind strikes, in percent; what is left empty does
// not. What a rule had besides, such as a delay, stays, and so do the rules that are
// for one operation or event only.
func (i *Inbox) setTrouble(_ context.Context, form form, _ *view) error {
	if form.PostFormValue("off") != "" {
		return i.platform.SetTrouble(0)
	}
	seed, err := strconv.ParseUint(orElse(form.PostFormValue("seed"), "0"), 10, 64)
	if err != nil {
		return errors.New("the seed is a whole number")
	}
	_, before := i.platform.Trouble().Rules()
	var rules []trouble.Rule
	for _, kind := range trouble.Kinds() {
		rule := generalRule(before, kind.Kind)
		if rule.Rate, err = readPercent(form.PostFormValue(troubleField(form, kind.Kind))); err != nil {
			return fmt.Errorf("%s: %w", kind.Kind, err)
		}
		if rule.Rate > 0 {
			rules = append(rules, rule)
		}
	}
	for _, rule := range before {
		if rule.Only != "" {
			rules = append(rules, rule)
		}
	}
	return i.platform.SetTrouble(seed, rules...)
}

// troubleField names the field with the rate of a kind: the kind's own, or that of the
// button that sets all to one.
func troubleField(form form, kind trouble.Kind) string {
	if form.PostFormValue("all") != "" {
		return "all"
	}
	return string(kind)
}

// generalRule is the rule of a kind that is for everything, or a new one.
func generalRule(rules []trouble.Rule, kind trouble.Kind) trouble.Rule {
	for _, rule := range rules {
		if rule.Kind == kind && rule.Only == "" {
			return rule
		}
	}
	return trouble.Rule{Kind: kind}
}

// readPercent reads a share from 0 to 100; 0 when there is none.
func readPercent(text string) (float64, error) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	if text == "" {
		return 0, nil
	}
	percent, err := strconv.ParseFloat(text, 64)
	if err != nil || !(percent >= 0 && percent <= 100) {
		return 0, errors.New("a rate is a number from 0 to 100")
	}
	return percent / 100, nil
}

func (i *Inbox) setAvailable(ctx context.Context, form form, _ *view) error {
	return i.platform.SetAvailable(ctx, form.agent(), form.PostFormValue("available") == "true")
}

// setTheme remembers whether somebody wants the page light or dark.
func (i *Inbox) setTheme(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	cookie := http.Cookie{ //nolint:gosec // the sandbox is served without TLS, and this is no secret
		Name: themeCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		MaxAge: int(themeLasts / time.Second),
	}
	switch chosen := r.PostFormValue("theme"); chosen {
	case "dark", "light":
		cookie.Value = chosen
	default:
		cookie.MaxAge = -1 // what the system has
	}
	http.SetCookie(w, &cookie)
	http.Redirect(w, r, viewOf(r).Link(), http.StatusSeeOther) //nolint:gosec // a link begins with the page's own path
}

// channelValue names a channel in a form.
func channelValue(source string, id int64) string { return source + " " + strconv.FormatInt(id, 10) }

func readChannel(value string) (source string, id int64) {
	at := strings.LastIndexByte(value, ' ')
	if at < 0 {
		return value, 0
	}
	return value[:at], whole(value[at+1:])
}

// hookRow is where an event goes.
type hookRow struct {
	sandbox.WebhookTarget
	Host string
}

func (i *Inbox) hooks() []hookRow {
	var rows []hookRow
	for _, target := range i.platform.WebhookTargets() {
		row := hookRow{WebhookTarget: target}
		if address, err := url.Parse(target.URL); err == nil {
			row.Host = address.Host
		}
		row.On = target.On && target.URL != ""
		rows = append(rows, row)
	}
	return rows
}

// setWebhook changes where an event goes. The address stays when it is switched off.
func (i *Inbox) setWebhook(_ context.Context, form form, _ *view) error {
	address, err := form.optional("url", maxAddress)
	if err != nil {
		return err
	}
	on := form.PostFormValue("on") == "true"
	return i.platform.SetWebhook(form.PostFormValue("target"), strings.TrimSpace(address), on)
}
