package webhook_test

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
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// leakingStore tells in its errors what a store must not know.
type leakingStore struct {
	webhook.Store

	text string
}

func (s leakingStore) Claim(context.Context, string, string, time.Duration) (webhook.Claim, error) {
	return 0, errors.New("SET " + s.text)
}

// A drive that is made to leak finds the leak, wherever it is and whatever leaks, and
// says where it came from.
func TestLeaksOfAReceiverAreFound(t *testing.T) {
	d, bodies, _ := newCanaryDrive(t)
	var body plantedBody
	for _, planted := range bodies {
		if planted.name == "botMessage-2025-whatsapp-text.json" {
			body = planted
		}
	}
	const text, path, header = "botMessage /payload/message/text", "the path secret", "the header secret"
	leaky := func(leak func(ctx context.Context, w *canaryWatch, event webhook.Event)) canaryWay {
		return canaryWay{callback: func(ctx context.Context, w *canaryWatch, event webhook.Event) error {
			leak(ctx, w, event)
			return nil
		}}
	}
	around := func(leak func(w http.ResponseWriter, request *http.Request)) canaryWay {
		return canaryWay{around: func(_ *canaryWatch, next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
				leak(w, request)
				next.ServeHTTP(w, request)
			})
		}}
	}
	for name, test := range map[string]struct {
		way          canaryWay
		place, shows string
	}{
		"nothing": {canaryWay{}, "", ""},
		"an answer's header": {around(func(w http.ResponseWriter, request *http.Request) {
			w.Header().Set("X-Path", request.URL.Path)
		}), inAnswers, path},
		"an answer's body": {around(func(w http.ResponseWriter, request *http.Request) {
			_, _ = fmt.Fprintf(w, "%x", request.Header.Get("X-Key"))
		}), inAnswers, header},
		"a signature": {around(func(w http.ResponseWriter, request *http.Request) {
			w.Header().Set("X-Wanted", request.Header.Get("X-Sum"))
		}), inAnswers, "a signature"},
		"the log": {leaky(func(_ context.Context, w *canaryWatch, event webhook.Event) {
			w.logger.Debug("handled", "body", string(event.Raw()))
		}), inLog, text},
		"the standard log": {leaky(func(_ context.Context, _ *canaryWatch, event webhook.Event) {
			log.Printf("%q", event.(*webhook.BotMessageEvent).Text())
		}), inLog, text},
		"a hook": {canaryWay{options: []webhook.Option{webhook.WithHooks(webhook.Hooks{
			Event: func(ctx context.Context, _ webhook.EventStart) (context.Context, func(webhook.EventEnd)) {
				return context.WithValue(ctx, watcherKey{}, body.text), nil
			},
		})}}, inCallbacks, text},
		"problems": {leaky(func(ctx context.Context, w *canaryWatch, event webhook.Event) {
			w.onProblems(ctx, event.Name(), []webhook.Problem{{Reason: "is " + string(event.Raw())}})
		}), inProblems, text},
		"an error of the package": {leaky(func(ctx context.Context, w *canaryWatch, event webhook.Event) {
			w.onError(ctx, event, fmt.Errorf("%w: %s", webhook.ErrStore, event.Raw()))
		}), inErrors, text},
		"an error of the store": {canaryWay{store: func(inner webhook.Store) webhook.Store {
			return leakingStore{inner, body.text}
		}}, inErrors, text},
		"a key": {leaky(func(_ context.Context, w *canaryWatch, event webhook.Event) {
			w.note(inStore, "claim "+event.OrderingKey())
		}), inStore, "botMessage /payload/room/id"},
		"a span": {leaky(func(ctx context.Context, _ *canaryWatch, event webhook.Event) {
			trace.SpanFromContext(ctx).SetAttributes(attribute.String("body", string(event.Raw())))
		}), inSpans, text},
		"a span's status": {leaky(func(ctx context.Context, _ *canaryWatch, event webhook.Event) {
			trace.SpanFromContext(ctx).SetStatus(codes.Error, string(event.Raw()))
		}), inSpans, text},
		"a metric": {leaky(func(ctx context.Context, w *canaryWatch, event webhook.Event) {
			counter, _ := w.meters.Meter("leak").Int64Counter("leak")
			counter.Add(ctx, 1, metric.WithAttributes(attribute.String("body", string(event.Raw()))))
		}), inMetrics, text},
		"a credential": {leaky(func(_ context.Context, w *canaryWatch, _ webhook.Event) {
			w.note(inHandler, fmt.Sprintf("%+v", struct{ secret string }{d.nursery.canaries[path+" (token)"].Text}))
		}), inHandler, path},
	} {
		t.Run(name, func(t *testing.T) {
			d.findings, d.searched = nil, map[string]bool{}
			test.way.name = name
			d.deliver(t, test.way, []plantedBody{body})
			if test.place == "" {
				assert.Empty(t, d.findings)
				return
			}
			assert.Condition(t, func() bool {
				for _, finding := range d.findings {
					if strings.Contains(finding, "in "+test.place+": "+test.shows) {
						return true
					}
				}
				return false
			}, "found: %d others", len(d.findings))
		})
	}
}

// A canary is found in every form that text takes on its way.
func TestFormsOfCanariesAreFound(t *testing.T) {
	d, _, _ := newCanaryDrive(t)
	for place, canary := range d.nursery.canaries {
		escaped, err := json.Marshal(canary.Text)
		require.NoError(t, err)
		for form, text := range map[string]string{
			"raw": canary.Text, "%q": fmt.Sprintf("%q", canary.Text), "%+q": fmt.Sprintf("%+q", canary.Text),
			"JSON": string(escaped), "hex": hex.EncodeToString([]byte(canary.Text)), "%X": fmt.Sprintf("%X", canary.Text),
			"base64":     base64.StdEncoding.EncodeToString([]byte("x" + canary.Text)),
			"base64 url": base64.URLEncoding.EncodeToString([]byte(canary.Text)),
			"base64 raw": base64.RawURLEncoding.EncodeToString([]byte("xy" + canary.Text)),
			"query":      url.QueryEscape(canary.Text), "path": url.PathEscape(canary.Text),
			"bytes": fmt.Sprintf("%d", []byte(canary.Text)), "Go's bytes": fmt.Sprintf("%#v", []byte(canary.Text)),
			"cut off": canary.Text[:len(canary.Text)*7/8],
		} {
			assert.NotEmpty(t, d.net.Search("before "+text+" after"), "%s as %s", place, form)
		}
	}
}
