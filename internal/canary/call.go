package canary

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/qismo-go/qismo/internal/invoke"
	"github.com/qismo-go/qismo/pkg/qismo"
)

const appID = "wangi-qjxw1k2m3n4o"

// What clients prove themselves with.
func secretKey() Canary { return New(Hex, "the secret key") }
func userToken() Canary { return New(UUID, "the user token") }
func email() Canary     { return New(Email, "the log-in") }
func password() Canary  { return New(Sentence, "the password") }

func credentials() []Canary {
	return []Canary{secretKey(), userToken(), email(), password(), proxyUser(), proxyPassword()}
}

// client is a client of the façade that meets one failure.
type client struct {
	*qismo.Client

	failure failure
	lane    *lane
	sinks   []Sink
}

// clients are those with the secret key and with a user's token.
type clients struct {
	byKey, byToken *client

	number int // of the failure
}

// of is the client with the first credential that an operation accepts.
func (c *clients) of(operation *operated) *client {
	if len(operation.Security) > 0 {
		for _, scheme := range operation.Security[0] {
			if strings.HasPrefix(scheme, "userToken") {
				return c.byToken
			}
		}
	}
	return c.byKey
}

func (c *clients) close() {
	c.byKey.CloseIdleConnections()
	c.byToken.CloseIdleConnections()
}

// clients makes the clients that meet a failure.
func (d *driver) clients(t testing.TB, failure failure) *clients {
	t.Helper()
	byKey, byToken := qismo.WithSecretKey(appID, secretKey().Text), qismo.WithToken(appID, userToken().Text)
	if failure.login {
		byKey = qismo.WithLogin(appID, email().Text, password().Text)
		byToken = byKey
	}
	if failure.source != nil {
		byKey = qismo.WithTokenSource(appID, failure.source)
		byToken = byKey
	}
	return &clients{byKey: d.client(t, failure, "key", byKey), byToken: d.client(t, failure, "token", byToken)}
}

func (d *driver) client(t testing.TB, failure failure, credential string, option qismo.Option) *client {
	t.Helper()
	name := strings.ReplaceAll(failure.name+" "+credential, "'", "")
	address := d.service.URL
	if failure.elsewhere != "" {
		address = failure.elsewhere
	}
	answer := failure.answer
	if answer == nil {
		answer = func(e *exchange) { e.write(500, typeJSON, object{"errors": message()}.String()) }
	}
	made := &client{failure: failure, lane: d.service.open(name, answer)}
	options := []qismo.Option{option, qismo.WithBaseURL(address), qismo.WithHeader(headerLane, name)}
	observers := append([]Observer{observeLog, observeHooks}, d.plan.Observers...)
	if !failure.alone {
		observers = append(observers, observePolicies)
	}
	if failure.direct {
		options = append(options, qismo.WithTransport(direct{d.service}))
	}
	for _, observe := range observers {
		watched := observe()
		options = append(options, watched.Options...)
		made.sinks = append(made.sinks, watched.Sinks...)
	}
	var err error
	if made.Client, err = qismo.New(append(options, failure.options...)...); err != nil {
		t.Fatal(err)
	}
	return made
}

// patience is how long a call may take.
const patience = 20 * time.Second

var errPatience = errors.New("the call does not end")

// call makes one call and searches all that could be shown of it.
func (d *driver) call(ctx context.Context, on *client, operation *operated, values map[string]any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errPatience)
	defer cancel()
	if on.failure.context != nil {
		bounded, end := on.failure.context(ctx, on.lane)
		defer end()
		ctx = bounded
	}
	panicked, ended := invoked(ctx, on.Client, operation, values)
	if ended != nil && strings.HasPrefix(ended.Error(), "call "+operation.method.String()) {
		return ended // of the test's own: it has no arguments for the method
	}
	if errors.Is(ended, errPatience) {
		d.problem("%s by %s, %s, does not end", operation.ID, operation.method, on.failure.name)
	}
	d.count(ended, panicked)
	place := func(sink string, texts ...string) { d.search(operation, on.failure, sink, texts...) }
	switch {
	case ended != nil && d.turn.Add(1)%20 == 0:
		place("the error", AllTexts(ended)...)
	case ended != nil:
		place("the error", Texts(ended)...)
	}
	place("a panic", panicked...)
	for _, sink := range on.sinks {
		place(sink.Name, sink.Take()...)
	}
	place(d.process.Name, d.process.Take()...)
	return ended
}

// invoked calls the method. A panic is returned as what is printed of it.
func invoked(
	ctx context.Context, on *qismo.Client, operation *operated, values map[string]any,
) (panicked []string, ended error) {
	defer func() {
		if value := recover(); value != nil {
			panicked = append(Printed(value), string(debug.Stack()))
		}
	}()
	return nil, invoke.Method(ctx, on, operation.method, operation.arguments(values))
}

func (d *driver) count(ended error, panicked []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Calls++
	switch {
	case panicked != nil:
		d.report.Panicked++
	case ended != nil:
		d.report.Failed++
	default:
		d.report.Succeeded++
	}
}

// search looks for canaries in texts, each text once.
func (d *driver) search(operation *operated, on failure, sink string, texts ...string) {
	for _, text := range texts {
		if !d.isNew(text) {
			continue
		}
		catches := d.net.Search(text)
		if on.ordinary {
			catches = append(catches, d.net.SearchWords(text)...)
		}
		for _, catch := range catches {
			finding := Finding{Failure: on.name, Sink: sink, Catch: catch}
			if operation != nil {
				finding.Operation, finding.Method = operation.ID, operation.method.String()
			}
			d.mu.Lock()
			d.report.Findings = append(d.report.Findings, finding)
			d.mu.Unlock()
		}
	}
}

func (d *driver) isNew(text string) bool {
	key := maphash.String(d.seed, text)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Texts++
	if d.searched[key] {
		return false
	}
	d.searched[key] = true
	d.report.Searched++
	d.report.Bytes += len(text)
	return true
}

// failuresOf are all failures that a plan wants.
func failuresOf(t testing.TB, plan Plan) []failure {
	t.Helper()
	var wanted []failure
	for _, some := range [][]failure{
		refusals(), echoes(), successes(), redirects(), ends(), wireFailures(), unconnected(t), panics(), logins(),
	} {
		for _, failure := range some {
			if plan.Failure == nil || plan.Failure(failure.name) {
				wanted = append(wanted, failure)
			}
		}
	}
	return wanted
}

// logins are log-ins that fail, which calls tell of.
func logins() []failure {
	var all []failure
	for _, shape := range shapes() {
		all = append(all, failure{
			name: "a log-in that is refused, " + shape.name, login: true,
			answer: func(e *exchange) {
				e.write(401, shape.contentType, shape.write(message()+fmt.Sprint(e.says())))
			},
		})
	}
	return append(all, failure{name: "a token source that panics", source: panicking{}})
}
