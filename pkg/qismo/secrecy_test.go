package qismo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// That nothing shows a secret is proved by package canary, for all operations and
// failures. Here is how: each of the ways in which something would show.

const customersWords = "rempeyek bayam Bu Dewi"

// roomNamed calls a service and returns the error.
func roomNamed(t *testing.T, service *recorder, opts ...qismo.Option) *qismo.Error {
	t.Helper()
	_, err := service.client(t, append(opts, qismo.WithSecretKey(testAppID, testSecretKey))...).Rooms.Get(t.Context(), "98120734")
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	return failure
}

// However an error is printed, also by value and where package fmt cannot ask it, the
// raw body and what may quote it stay hidden.
func TestErrorsHideWhatTheyHold(t *testing.T) {
	body := `{"data":{"broadcast_logs":[{"status":"failed","notes":"` + customersWords + `","phone_number":"628115550123"}]}}`
	service := newRecorder(t, answerJSON(200, body))
	_, err := service.client(t).Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{PhoneNumber: "628115550123", TemplateDetailID: "5"})
	var failure *qismo.Error
	var unsent *qismo.NotSentError
	require.ErrorAs(t, err, &failure)
	require.ErrorAs(t, err, &unsent)
	held := struct{ hidden error }{err}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{failure, *failure, unsent, *unsent, held, &held} {
			printed := sprint(verb, value)
			assert.NotContains(t, printed, "rempeyek", verb)
			assert.NotContains(t, printed, fmt.Sprintf("%x", "rempeyek"), verb)
			assert.NotContains(t, printed, strings.Trim(fmt.Sprintf("%d", []byte("rempeyek")), "[]"), verb)
			assert.NotContains(t, printed, "628115550123", verb)
		}
	}
	assert.Equal(t, body, string(failure.Body()))
	assert.Equal(t, "628115550123", unsent.Failed()[0].PhoneNumber)
}

// The causes of an error, each logged by itself, quote nothing; what they are can
// still be asked.
func TestCausesQuoteNothing(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\n"+customersWords+"\r\n\r\n")
		_ = connection.Close()
	})
	failure := roomNamed(t, service)
	require.ErrorContains(t, failure, `malformed MIME header: missing colon: "***"`)
	var protocol textproto.ProtocolError
	require.ErrorAs(t, failure, &protocol, "net/http's own error can be found")
	for cause := error(failure); cause != nil; cause = errors.Unwrap(cause) {
		assert.NotContains(t, cause.Error(), "rempeyek")
		assert.NotContains(t, fmt.Sprintf("%#v", cause), "rempeyek")
	}
}

// errCarrier is what a transport of a caller's fails with.
var errCarrier = errors.New("the circuit breaker for " + customersWords + " is open")

func TestErrorsOfATransportAreFoundAndNotQuoted(t *testing.T) {
	client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithoutRetries(),
		qismo.WithTransport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, errCarrier })))
	require.NoError(t, err)
	_, err = client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, errCarrier)
	require.EqualError(t, err, "qismo: getRoom: the circuit breaker for *** is open")
}

// A proxy that refuses is told by its status, and not in its own words.
func TestProxiesAreNotQuoted(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 407 "+customersWords+"\r\nContent-Length: 0\r\n\r\n")
		_ = connection.Close()
	}))
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	own := &http.Transport{Proxy: http.ProxyURL(address)}
	for name, carrier := range map[string]qismo.Option{
		"the client's": qismo.WithProxy(proxy.URL),
		"the caller's": qismo.WithTransport(own),
	} {
		t.Run(name, func(t *testing.T) {
			client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL("https://omnichannel.invalid"),
				qismo.WithoutRetries(), carrier)
			require.NoError(t, err)
			_, err = client.Rooms.Get(t.Context(), "5")
			require.ErrorIs(t, err, qismo.ErrNotConnected)
			require.EqualError(t, err, "qismo: getRoom: the proxy refused: status 407 Proxy Authentication Required")
		})
	}
	assert.Nil(t, own.OnProxyConnectResponse, "the caller's transport is left alone")
}

// What names a request or a failure is told, unless it is a customer's number or says
// what the request had said.
func TestIdentifiersAreNoSecrets(t *testing.T) {
	const key = "5f1d0b7c2a9e4c3388d1"
	for given, want := range map[string]string{
		"5d1f0b7c2a":                           "5d1f0b7c2a",
		"0f8fad5b-d9cb-469f-a165-70867728950e": "0f8fad5b-d9cb-469f-a165-70867728950e",
		"12345678901234567890":                 "12345678901234567890",
		"7f3a":                                 "7f3a",
		"":                                     "",
		"628115550123":                         "", // a phone number, it may be
		"447123":                               "", // a code
		key:                                    "",
		"00-" + key + "-01":                    "",
		strings.ToUpper(key):                   "",
		key[:12]:                               "",
		strings.Repeat("5f", 40):               "",
		"rempeyek":                             "",
	} {
		t.Run(given, func(t *testing.T) {
			service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Request-Id", given)
				answerJSON(403, `{"message":"Forbidden","traceid":"`+given+`"}`)(w, nil)
			})
			told := "none"
			hooks := qismo.Hooks{Operation: func(ctx context.Context, _ qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
				return ctx, func(end qismo.OperationEnd) { told = end.RequestID }
			}}
			_, err := service.client(t, qismo.WithSecretKey(testAppID, key), qismo.WithHooks(hooks)).Rooms.Get(t.Context(), "98120734")
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, want, failure.TraceID)
			assert.Equal(t, want, told)
		})
	}
}

// A number that a failure goes by is Meta's, and no customer's.
func TestCodesAreNoSecrets(t *testing.T) {
	for given, want := range map[string]int64{"131047": 131047, "100": 100, "-1": 0, "628115550123": 0, "98120734": 0, "4471": 0} {
		t.Run(given, func(t *testing.T) {
			service := newRecorder(t, answerJSON(400, `{"error":{"message":"Bad","code":`+given+`}}`))
			_, err := service.client(t).Bot.SetActive(t.Context(), "4471", true)
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, want, failure.Code)
		})
	}
}

// What the request had said is masked although it could be words of the service, and
// although it comes back in another form.
func TestEchoesInOtherFormsAreMasked(t *testing.T) {
	const said = `please "change" the payment of my last order`
	quoted, err := json.Marshal(said)
	require.NoError(t, err)
	for echo, want := range map[string]string{
		said:                                 "Invalid value: ***",
		string(quoted):                       `Invalid value: "***"`,
		strings.ToUpper(said):                "Invalid value: ***",
		said[:36] + "...":                    "Invalid value: ***...",
		"it must not be of my last user":     "Invalid value: it must not be of my last user",
		"the payment of my last order is it": "Invalid value: *** is it",
	} {
		answered, err := json.Marshal(map[string]string{"errors": "Invalid value: " + echo})
		require.NoError(t, err)
		service := newRecorder(t, answerJSON(400, string(answered)))
		client := service.client(t)
		for name, err := range map[string]error{
			"body":  client.Bot.SendText(t.Context(), "5", said),
			"query": second(client.Agents.List(t.Context(), qismo.ListAgentsParams{Search: said})),
			"path":  second(client.Rooms.Get(t.Context(), said)),
			"form":  second(client.WebhookSettings.SetNewSession(t.Context(), said, true)),
		} {
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, want, failure.Message, "%s: %s", name, echo)
		}
	}
	service := newRecorder(t, answerJSON(403, `{"errors":"the role admin is not allowed"}`))
	assert.ErrorContains(t, second(service.client(t).Agents.List(t.Context(), qismo.ListAgentsParams{})), "the role admin is not allowed")
}

// Of a route of the caller's own, whatever may be a value in its path is masked.
func TestEchoesOfOwnPathsAreMasked(t *testing.T) {
	service := newRecorder(t, answerJSON(404, `{"errors":"contact please change my order not found in customer_rooms"}`))
	err := service.client(t).Do(t.Context(), "GET", "/api/v2/customer_rooms/please%20change%20my%20order", nil, nil)
	assert.ErrorContains(t, err, "contact *** not found in customer_rooms")
}

// The reasons of a broadcast that was not sent say nothing that the request had said,
// and recipients are named only by digits.
func TestNotSentSaysNothingOfTheRequest(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"broadcast_logs":[
		{"status":"failed","notes":"cannot send please change my order","phone_number":"628115550123"},
		{"status":"failed","notes":"blocked","phone_number":"Bu Dewi Rempeyek"}]}}`))
	_, err := service.client(t).Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{
		PhoneNumber: "628115550123", TemplateDetailID: "5", Variables: []string{"please change my order"},
	})
	require.ErrorIs(t, err, qismo.ErrNotSent)
	assert.ErrorContains(t, err, "not sent to 2 of 2: ***123 (cannot send ***), *** (blocked)")
}

// The context of a call, which hooks and transports get, can be printed.
func TestContextsOfCallsShowNothing(t *testing.T) {
	const token = "llt-rahasia-5f1d"
	service := newRecorder(t, answerJSON(401, `{"errors":"Unauthorized"}`))
	var printed []string
	show := func(ctx context.Context) {
		child := context.WithValue(ctx, qismo.RoleAdmin, 1)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			printed = append(printed, sprint(verb, ctx), sprint(verb, child))
		}
		encoded, err := json.Marshal(ctx)
		require.NoError(t, err)
		printed = append(printed, string(encoded))
	}
	client := service.client(t, qismo.WithAppID(testAppID), qismo.WithTimeout(0), qismo.WithHooks(qismo.Hooks{
		Attempt: func(ctx context.Context, _ qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
			show(ctx)
			return ctx, nil
		},
	}))
	_, err := client.Session.RefreshToken(t.Context(), token)
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	require.NotEmpty(t, printed)
	assert.Contains(t, printed, "call of refreshToken")
	for _, text := range printed {
		assert.NotContains(t, text, token)
		assert.NotContains(t, text, fmt.Sprintf("%x", token))
	}
}

// The error that a file breaks off with says no more than any other.
func TestErrorsOfStreamsQuoteNothing(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"+customersWords+"\r\n\r\n")
		_ = connection.Close()
	})
	media, err := service.client(t).WhatsApp.Media(t.Context(), "5120", "3120045601")
	require.NoError(t, err)
	_, err = io.ReadAll(media.Body)
	require.ErrorContains(t, err, "qismo: getWaMedia: read the answer: malformed MIME header")
	assert.NotContains(t, err.Error(), "rempeyek")
	require.NoError(t, media.Body.Close())
}
