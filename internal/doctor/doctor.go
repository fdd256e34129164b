// Package doctor runs every operation of the API that only reads, and holds what
// is answered against the document. It is how somebody with an account finds out
// whether the document is right, and can tell others: what it reports holds no id,
// no name and no value of theirs.
package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
)

// Config says what is examined, and with what.
type Config struct {
	AppID string
	// SecretKey and Token are the credentials; one of them is enough.
	SecretKey, Token string
	// BaseURL is the service's address, the client's default when empty.
	BaseURL string
	// Role is that of the token's user; admin when empty.
	Role qismo.Role
	// Pause is the time between two calls, and Timeout bounds each of them.
	Pause, Timeout time.Duration
	// OnResult is told of each operation when it is done with.
	OnResult func(Result)
}

// Verdict says what came of an operation.
type Verdict string

// The verdicts.
const (
	OK      Verdict = "ok"      // answered as the document says
	Drift   Verdict = "drift"   // answered otherwise
	Refused Verdict = "refused" // the service said no, as it may
	Skipped Verdict = "skipped" // not asked
	Failed  Verdict = "failed"  // asked, and not answered
)

// Result is what came of one operation.
type Result struct {
	Operation string             `json:"operation"`
	Evidence  string             `json:"evidence"`
	Status    int                `json:"status,omitempty"` // 0 without an answer
	Verdict   Verdict            `json:"verdict"`
	Why       string             `json:"why,omitempty"` // of what was skipped or failed
	Findings  []contract.Finding `json:"findings,omitempty"`

	wantsProof bool // the operation wants a credential
}

// String words the verdict.
func (r Result) String() string {
	switch {
	case r.Why != "":
		return fmt.Sprintf("%s: %s", r.Verdict, r.Why)
	case r.Verdict == Drift:
		return fmt.Sprintf("drift (%d)", len(r.Findings))
	case len(r.Findings) > 0:
		return fmt.Sprintf("%s, drift (%d)", r.Verdict, len(r.Findings))
	}
	return string(r.Verdict)
}

// Doctor examines one app, once.
type Doctor struct {
	config  Config
	rest    *document.Document
	checker *contract.Checker
	clients map[credential]*qismo.Client
	have    []credential
	probe   *probe

	results []Result
	begun   map[string]bool // operations, so that none is asked twice
	answers map[string]any  // of operations that answered
	silent  int             // calls in a row without an answer
	asked   bool            // a call was made, so that the next one waits
}

// New prepares an examination. It makes no request.
func New(config Config) (*Doctor, error) {
	if config.Role == "" {
		config.Role = qismo.RoleAdmin
	}
	if config.OnResult == nil {
		config.OnResult = func(Result) {}
	}
	rest, err := document.REST()
	if err != nil {
		return nil, err
	}
	checker, err := contract.NewChecker()
	if err != nil {
		return nil, err
	}
	d := &Doctor{
		config: config, rest: rest, checker: checker, probe: &probe{},
		clients: map[credential]*qismo.Client{}, begun: map[string]bool{}, answers: map[string]any{},
	}
	for _, one := range []struct {
		credential credential
		proof      string
		option     func(appID, proof string) qismo.Option
	}{
		{bySecretKey, config.SecretKey, qismo.WithSecretKey},
		{byToken, config.Token, qismo.WithToken},
	} {
		if one.proof == "" {
			continue
		}
		opts := []qismo.Option{
			one.option(config.AppID, one.proof), qismo.WithInspector(d.probe), qismo.WithTimeout(config.Timeout),
		}
		if config.BaseURL != "" {
			opts = append(opts, qismo.WithBaseURL(config.BaseURL))
		}
		if d.clients[one.credential], err = qismo.New(opts...); err != nil {
			return nil, err
		}
		d.have = append(d.have, one.credential)
	}
	if len(d.have) == 0 {
		return nil, errors.New("there are neither a secret key nor a token")
	}
	return d, nil
}

// Reading lists the operations that the document has and that only read.
func Reading(rest *document.Document) []*document.Operation {
	return slices.DeleteFunc(rest.Operations(), func(o *document.Operation) bool { return !reads(o) })
}

// Run examines every operation that only reads, one after the other. It ends early
// with ctx alone, whose error it returns with what was found until then.
func (d *Doctor) Run(ctx context.Context) (Report, error) {
	for _, operation := range Reading(d.rest) {
		if err := d.examine(ctx, operation); err != nil {
			return d.report(), err
		}
	}
	return d.report(), nil
}

// examine runs an operation, after those whose answers it needs.
func (d *Doctor) examine(ctx context.Context, operation *document.Operation) error {
	if d.begun[operation.ID] {
		return nil
	}
	d.begun[operation.ID] = true
	result := Result{
		Operation: operation.ID, Evidence: operation.Evidence.Level, wantsProof: len(operation.Security) > 0,
	}
	asked, err := d.prepare(ctx, operation)
	if err == nil {
		err = d.ask(ctx, asked, &result)
	}
	var skip skipError
	switch {
	case errors.As(err, &skip):
		result.Verdict, result.Why = Skipped, skip.Error()
	case err != nil:
		return err
	}
	d.results = append(d.results, result)
	d.config.OnResult(result)
	return nil
}

// skipError is why an operation is not run.
type skipError struct{ error }

func skip(format string, args ...any) error { return skipError{fmt.Errorf(format, args...)} }

// question is a request that can be made.
type question struct {
	operation *document.Operation
	client    *qismo.Client
	path      string // with the query
	body      any
}

// prepare finds all that a request needs.
func (d *Doctor) prepare(ctx context.Context, operation *document.Operation) (*question, error) {
	if why := leftOut(operation.ID); why != "" {
		return nil, skip("%s", why)
	}
	chosen, ok := choose(operation, d.have)
	if !ok {
		return nil, skip("%s", wanted(operation))
	}
	q := &question{operation: operation, client: d.clients[chosen], path: operation.Path}
	query := url.Values{}
	for _, parameter := range operation.Parameters {
		if !parameter.Required && !isSpecial(operation.ID, parameter.Name) {
			continue
		}
		value, err := d.value(ctx, operation, parameter)
		switch {
		case err != nil:
			return nil, err
		case parameter.In == "path":
			q.path = strings.ReplaceAll(q.path, "{"+parameter.Name+"}", url.PathEscape(value))
		case parameter.In == "query":
			query.Set(parameter.Name, value)
		default:
			return nil, skip("nobody knows what %s wants in a %s", parameter.Name, parameter.In)
		}
	}
	if len(query) > 0 {
		q.path += "?" + query.Encode()
	}
	if operation.RequestRequired {
		body, _ := operation.JSON()
		if body.Schema.Validate(map[string]any{}) != nil {
			return nil, skip("it wants more than an empty filter")
		}
		q.body = struct{}{}
	}
	return q, nil
}

// value finds the value of a parameter, for which it may run other operations.
func (d *Doctor) value(
	ctx context.Context, operation *document.Operation, parameter document.Parameter,
) (string, error) {
	switch parameter.Name {
	case "app_code":
		return d.config.AppID, nil
	case "role":
		if role := string(d.config.Role); len(parameter.Enum) == 0 || slices.Contains(parameter.Enum, role) {
			return role, nil
		}
		return "", skip("it has no path for the role %s", d.config.Role)
	}
	if value, ok := fixed(operation.ID, parameter.Name); ok {
		return value, nil
	}
	why := "nobody knows where it is found"
	for _, origin := range origins(operation.ID, parameter.Name) {
		if err := d.examine(ctx, d.rest.Operation(origin.operation)); err != nil {
			return "", err
		}
		answer, answered := d.answers[origin.operation]
		if !answered {
			why = origin.operation + " gave none"
			continue
		}
		if value := origin.find(answer); value != "" {
			return value, nil
		}
		why = "the app shows none in " + origin.operation
	}
	return "", skip("no %s: %s", parameter.Name, why)
}

// maxSilence is how many calls in a row may go unanswered before the rest is not
// tried.
const maxSilence = 3

// ask makes a request and judges the answer. Its error is that of ctx, or why the
// operation is skipped.
func (d *Doctor) ask(ctx context.Context, q *question, result *Result) error {
	if d.silent >= maxSilence {
		return skip("the service does not answer")
	}
	if err := d.pause(ctx); err != nil {
		return err
	}
	d.probe.seen = nil
	var body []byte
	err := q.client.Do(ctx, q.operation.Method, q.path, q.body, &body)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	seen := d.probe.seen
	if seen == nil {
		d.silent++
		result.Verdict, result.Why = Failed, "no connection"
		if errors.Is(err, context.DeadlineExceeded) {
			result.Why = "no answer in time"
		}
		return nil
	}
	d.silent = 0
	seen.Operation = q.operation.ID // which a call of Do has not
	result.Status, result.Findings = seen.Status, d.checker.Check(*seen)
	switch {
	case seen.Status >= http.StatusBadRequest:
		result.Verdict = Refused
	case !seen.Whole:
		result.Verdict, result.Why = Failed, "the answer was cut off"
	case len(result.Findings) > 0:
		result.Verdict = Drift
	case err != nil:
		result.Verdict, result.Why = Failed, "the success holds a failure"
	default:
		result.Verdict = OK
	}
	if seen.Status < 300 {
		d.keep(q.operation.ID, body)
	}
	return nil
}

// keep keeps an answer for those that need something out of it.
func (d *Doctor) keep(id string, body []byte) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // an id keeps all its digits
	var answer any
	if decoder.Decode(&answer) == nil {
		d.answers[id] = answer
	}
}

// pause waits before every call but the first.
func (d *Doctor) pause(ctx context.Context) error {
	if !d.asked {
		d.asked = true
		return nil
	}
	timer := time.NewTimer(d.config.Pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// probe keeps the last answer. Calls are made one at a time.
type probe struct{ seen *qismo.Exchange }

func (p *probe) Inspect(exchange qismo.Exchange) {
	exchange.Body = bytes.Clone(exchange.Body)
	p.seen = &exchange
}
