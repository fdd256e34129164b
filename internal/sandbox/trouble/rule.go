package trouble

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"time"
)

// Rule says how often something fails. Written as text it is that of [ParseRule]; in
// JSON and YAML it is such a text, or an object with these members, of which the delay
// is text such as "500ms" and a missing rate is 1.
type Rule struct {
	Kind Kind
	// Rate is the share that fails, from 0 to 1.
	Rate float64
	// Only narrows the rule to an operation's id, or the name of an event or of something
	// that the broker tells.
	Only string
	// Times ends the rule after so many failures; 0 for never.
	Times int
	// Delay is that of latency, of late webhooks and of what the broker tells late, and
	// the Retry-After of rate limits, in real time; zero for the kind's own. [All] has it
	// for these.
	Delay time.Duration
	// Status is that of server errors, HTML errors and lost answers; zero for the
	// kind's own.
	Status int
}

// named is what can be the id of an operation or the name of an event.
var named = regexp.MustCompile(`^[A-Za-z0-9_.-]*$`)

// Check says what is wrong with a rule.
func (r Rule) Check() error {
	kind, known := describe(r.Kind)
	switch {
	case !known && r.Kind != All:
		return errUnknown(r.Kind)
	case math.IsNaN(r.Rate) || r.Rate < 0 || r.Rate > 1:
		return fmt.Errorf("the rate of %s is not between 0 and 1", r.Kind)
	case r.Times < 0:
		return fmt.Errorf("the times of %s are negative", r.Kind)
	case r.Delay < 0:
		return fmt.Errorf("the delay of %s is negative", r.Kind)
	case r.Delay > 0 && kind.Delay == 0 && r.Kind != All:
		return fmt.Errorf("%s has no delay", r.Kind)
	case !named.MatchString(r.Only):
		return fmt.Errorf("what %s is only for is no name of an operation or event", r.Kind)
	}
	return kind.checkStatus(r.Status)
}

// checkStatus says what is wrong with the status of a rule of a kind.
func (d Description) checkStatus(status int) error {
	switch {
	case status == 0:
		return nil
	case d.Status == 0:
		return errors.New("only server-error, html-error and lost-answer have a status")
	case status < d.statuses[0] || status > d.statuses[1]:
		return fmt.Errorf("the status of %s is not between %d and %d", d.Kind, d.statuses[0], d.statuses[1])
	case status == http.StatusNoContent || status == http.StatusNotModified:
		return errors.New("no page can be sent with the statuses 204 and 304")
	}
	return nil
}

// Each is the rule, or one for every kind when it is for [All].
func (r Rule) Each() []Rule {
	if r.Kind != All {
		return []Rule{r}
	}
	var each []Rule
	for _, kind := range kinds {
		one := r
		one.Kind = kind.Kind
		if kind.Delay == 0 {
			one.Delay = 0
		}
		each = append(each, one)
	}
	return each
}

// Of tells what a rule strikes; "" for one of [All].
func (r Rule) Of() Scope {
	kind, _ := describe(r.Kind)
	return kind.Of
}

// withDefaults fills in what the kind has of its own.
func (r Rule) withDefaults() Rule {
	kind, _ := describe(r.Kind)
	if r.Delay == 0 {
		r.Delay = kind.Delay
	}
	if r.Status == 0 {
		r.Status = kind.Status
	}
	return r
}
