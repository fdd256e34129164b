package canary

import (
	"strings"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// client is a client of a façade that meets one failure.
type client struct {
	caller

	failure failure
	lane    *lane
	sinks   []Sink
}

// clients are those with the secret key and with a user's token.
type clients struct {
	byKey, byToken *client

	number int // of the failure
}

// of is the client of a method: the one that it is of, or the one with the first
// credential that its operation accepts.
func (c *clients) of(operation *operated) *client {
	if strings.HasPrefix(operation.method.Service, "User.") {
		return c.byToken
	}
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
	makes := d.front.doors
	if failure.doors != nil {
		makes = failure.doors
	}
	by := makes()
	return &clients{byKey: d.client(t, failure, "key", by.byKey), byToken: d.client(t, failure, "token", by.byToken)}
}

func (d *driver) client(
	t testing.TB, failure failure, credential string, open func(...qismo.Option) (caller, error),
) *client {
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
	options := []qismo.Option{qismo.WithBaseURL(address), qismo.WithHeader(headerLane, name)}
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
	if made.caller, err = open(append(options, failure.options...)...); err != nil {
		t.Fatal(err)
	}
	return made
}
