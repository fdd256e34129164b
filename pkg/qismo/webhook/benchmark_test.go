package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/api"
	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const benchmarked = "botMessage-2025-whatsapp-text.json"

// BenchmarkWebhook compares handlers over real connections that are kept open, with
// events that are new each time:
//
//   - bare decodes the body into the struct, and does nothing else
//   - qismo authenticates, validates strictly, tells the event apart, sees that it is
//     new, and calls the callback in the order of its room; qismo-at-once answers before
//   - openapi3filter validates against the same document in the way that kin-openapi's
//     README shows, and decodes
func BenchmarkWebhook(b *testing.B) {
	callbacks := webhook.Callbacks{
		BotMessage: func(context.Context, *webhook.BotMessageEvent) error { return nil },
	}
	strict := newHandler(b, callbacks, webhook.Validation(webhook.Strict))
	atOnce := newHandler(b, callbacks, webhook.Validation(webhook.Strict), webhook.AnswerAtOnce())
	b.Run("handler=bare", func(b *testing.B) { benchmarkHandler(b, http.HandlerFunc(decode)) })
	b.Run("handler=qismo", func(b *testing.B) { benchmarkHandler(b, strict) })
	b.Run("handler=qismo-at-once", func(b *testing.B) { benchmarkHandler(b, atOnce) })
	b.Run("handler=openapi3filter", func(b *testing.B) { benchmarkHandler(b, filter(b, http.HandlerFunc(decode))) })
}

// decode is a handler that decodes the body.
func decode(w http.ResponseWriter, request *http.Request) {
	var event webhooks.PostComment
	received, err := io.ReadAll(request.Body)
	if err != nil || json.Unmarshal(received, &event) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, `{"status":"ok"}`)
}

// filter validates requests with kin-openapi. Its routers know paths alone and no
// webhooks, so that the event gets one.
func filter(b *testing.B, next http.Handler) http.Handler {
	document, err := openapi3.NewLoader().LoadFromData(api.Webhooks())
	require.NoError(b, err)
	document.Servers = nil
	document.Paths = openapi3.NewPaths(openapi3.WithPath("/hooks/"+secret, document.Webhooks[string(webhook.BotMessage)]))
	require.NoError(b, document.Validate(b.Context()))
	router, err := gorillamux.NewRouter(document)
	require.NoError(b, err)
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		route, parameters, err := router.FindRoute(request)
		if err != nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		err = openapi3filter.ValidateRequest(request.Context(), &openapi3filter.RequestValidationInput{
			Request: request, PathParams: parameters, Route: route,
		})
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, request)
	})
}

func benchmarkHandler(b *testing.B, handler http.Handler) {
	server := httptest.NewServer(handler)
	defer server.Close()
	body := newTemplates(b)[0]
	var senders, numbers atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		sends := dial(b, server.Listener.Addr().String())
		defer sends.close()
		room := int(senders.Add(1))
		for pb.Next() {
			status, err := sends.post(secret, body.fill(room, int(numbers.Add(1))))
			if err != nil || status != http.StatusOK {
				b.Errorf("answered %d, %v", status, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}

// BenchmarkParse compares telling apart and decoding with decoding alone.
func BenchmarkParse(b *testing.B) {
	body := fixture(b, benchmarked)
	b.Run("parser=encodingjson", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var event webhooks.PostComment
			require.NoError(b, json.Unmarshal(body, &event))
		}
	})
	b.Run("parser=qismo", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := webhook.Parse(body)
			require.NoError(b, err)
		}
	})
}

// BenchmarkValidate is the price of checking a body against the document.
func BenchmarkValidate(b *testing.B) {
	body := fixture(b, benchmarked)
	b.ReportAllocs()
	for b.Loop() {
		_, problems, err := webhook.Validate(body)
		require.NoError(b, err)
		require.Empty(b, problems)
	}
}
