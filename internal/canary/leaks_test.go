package canary_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// sink collects what a leak lets out.
type sink []string

func (s *sink) leak(texts ...string) { *s = append(*s, texts...) }

func (s *sink) take() []string {
	taken := *s
	*s = nil
	return taken
}

func (s *sink) watched(options ...qismo.Option) canary.Watched {
	return canary.Watched{Options: options, Sinks: []canary.Sink{{Name: "a leak", Take: s.take}}}
}

// inspector lets answers out in some way.
type inspector func(body []byte)

func (i inspector) Inspect(exchange qismo.Exchange) { i(exchange.Body) }

// spy is a transport that writes down what it carries.
type spy func(*http.Request)

func (s spy) RoundTrip(request *http.Request) (*http.Response, error) {
	s(request)
	return http.DefaultTransport.RoundTrip(request)
}

func failed(leak func(qismo.OperationEnd)) qismo.Option {
	return qismo.WithHooks(qismo.Hooks{
		Operation: func(ctx context.Context, _ qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
			return ctx, leak
		},
	})
}

// A drive that is made to leak finds the leak, whatever it is, and says where it came
// from.
func TestLeaksAreFound(t *testing.T) {
	const answered, inHeader = "an answer's message", "the secret key"
	for name, test := range map[string]struct {
		observe func(s *sink) []qismo.Option
		sink    string
		place   string
	}{
		"nothing": {func(*sink) []qismo.Option { return nil }, "", ""},
		"an answer": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { s.leak(string(body)) }))}
		}, "a leak", answered},
		"an answer in base64": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { s.leak(base64.URLEncoding.EncodeToString(body)) }))}
		}, "a leak", answered},
		"an answer in hexadecimal": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { s.leak(hex.EncodeToString(body)) }))}
		}, "a leak", answered},
		"an answer in bytes": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { s.leak(fmt.Sprintf("%d", body), fmt.Sprintf("%#v", body)) }))}
		}, "a leak", answered},
		"an answer in quotes": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { s.leak(fmt.Sprintf("%+q", fmt.Sprintf("%q", body))) }))}
		}, "a leak", answered},
		"an answer in capitals": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { s.leak(strings.ToUpper(string(body))) }))}
		}, "a leak", answered},
		"a request": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithTransport(spy(func(request *http.Request) { s.leak(fmt.Sprintf("%+v", request)) }))}
		}, "a leak", inHeader},
		"an address": {func(s *sink) []qismo.Option {
			return []qismo.Option{qismo.WithTransport(spy(func(request *http.Request) { s.leak(url.QueryEscape(request.URL.String())) }))}
		}, "a leak", "a request's room_id"},
		"an error's body": {func(s *sink) []qismo.Option {
			return []qismo.Option{failed(func(end qismo.OperationEnd) {
				var failure *qismo.Error
				if errors.As(end.Err, &failure) {
					s.leak(string(failure.Body()))
				}
			})}
		}, "a leak", answered},
		"the standard log": {func(*sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { log.Printf("%s", body) }))}
		}, "the standard log or the standard error", answered},
		"the standard error": {func(*sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { fmt.Fprintf(os.Stderr, "%s\n", body) }))}
		}, "the standard log or the standard error", answered},
		"a panic": {func(*sink) []qismo.Option {
			return []qismo.Option{qismo.WithInspector(inspector(func(body []byte) { panic(string(body)) }))}
		}, "a panic", answered},
		"an error of the caller's": {func(*sink) []qismo.Option {
			return []qismo.Option{qismo.WithHooks(qismo.Hooks{
				Attempt: func(ctx context.Context, _ qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
					ctx, cancel := context.WithCancelCause(ctx)
					cancel(errors.New(canary.New(canary.Sentence, answered).Text))
					return ctx, nil
				},
			})}
		}, "the error", answered},
	} {
		t.Run(name, func(t *testing.T) {
			report := canary.Drive(t, canary.Plan{
				Operation: func(id string) bool { return id == "getRoom" },
				Failure:   func(name string) bool { return name == "status 400, errors text" },
				Observers: []canary.Observer{func() canary.Watched {
					s := &sink{}
					return s.watched(test.observe(s)...)
				}},
			})
			found := map[string]bool{}
			for _, finding := range report.Findings {
				assert.Equal(t, "Rooms.Get", finding.Method, finding)
				found[finding.Sink+" shows "+finding.Canary.Place] = true
			}
			if test.sink == "" {
				assert.Empty(t, found)
			} else {
				assert.True(t, found[test.sink+" shows "+test.place], "found: %v", found)
			}
		})
	}
}

// What a message of the service's could say by itself is found only in its order.
func TestOrdinaryWordsAreFound(t *testing.T) {
	ordinary := canary.New(canary.Ordinary, "a request")
	net := canary.NewNet(ordinary)
	escaped, err := json.Marshal(ordinary.Text)
	require.NoError(t, err)
	for _, text := range []string{ordinary.Text, string(escaped), strings.ToUpper(ordinary.Text), ordinary.Text[:40] + "..."} {
		assert.Len(t, net.SearchWords(text), 1, text)

	}
	assert.Empty(t, net.SearchWords("please check the payment, the password is old"))
}
