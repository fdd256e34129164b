package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const benchmarked = "botMessage-2025-whatsapp-text.json"

// BenchmarkWebhook compares the handler, with authentication and strict
// validation, with one that decodes into the struct and does nothing else, over
// real connections that are kept open.
func BenchmarkWebhook(b *testing.B) {
	body := string(fixture(b, benchmarked))
	bare := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var event webhooks.PostComment
		received, err := io.ReadAll(request.Body)
		if err != nil || json.Unmarshal(received, &event) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, `{"status":"ok"}`)
	})
	callbacks := webhook.Callbacks{
		BotMessage: func(context.Context, *webhook.BotMessageEvent) error { return nil },
	}
	strict := newHandler(b, callbacks, webhook.Validation(webhook.Strict))
	b.Run("handler=bare", func(b *testing.B) { benchmarkHandler(b, bare, body) })
	b.Run("handler=qismo", func(b *testing.B) { benchmarkHandler(b, strict, body) })
}

func benchmarkHandler(b *testing.B, handler http.Handler, body string) {
	server := httptest.NewServer(handler)
	defer server.Close()
	server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if status := postOver(b, server, body); status != http.StatusOK {
				b.Errorf("answered %d", status)
				return
			}
		}
	})
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
