package canary

import (
	"strings"
	"testing"

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
