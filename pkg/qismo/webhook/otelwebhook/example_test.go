package otelwebhook_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
)

// withTrace reads the trace that a request belongs to from its headers, where a gateway
// in front of the receiver began it. It stands around the handler. The otelhttp
// instrumentation does the same, and makes a span of kind server.
func withTrace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		ctx := propagation.TraceContext{}.Extract(request.Context(), propagation.HeaderCarrier(request.Header))
		next.ServeHTTP(w, request.WithContext(ctx))
	})
}

// A bot behind a gateway that traces: what the bot does is part of the gateway's trace.
// Outermost the secret is taken out of the URL, before anything could tell it; then the
// trace is read; and then comes the handler. A program that has set the global providers
// needs no option.
func Example() {
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	authenticator := webhook.PathSecret("kunci-dalam-alamat")
	handler, err := webhook.NewHandler(authenticator,
		webhook.Callbacks{
			BotMessage: func(_ context.Context, event *webhook.BotMessageEvent) error {
				fmt.Println("room", event.RoomID(), "says", event.Text())
				return nil
			},
		},
		otelwebhook.WithTelemetry(otelwebhook.WithTracerProvider(provider)))
	if err != nil {
		log.Fatal(err)
	}
	body, err := os.ReadFile("../../../../testdata/webhooks/botMessage-2025-whatsapp-text.json")
	if err != nil {
		log.Fatal(err)
	}

	request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/hooks/bot/kunci-dalam-alamat",
		bytes.NewReader(body))
	request.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	webhook.HideSecret(authenticator, withTrace(handler)).ServeHTTP(httptest.NewRecorder(), request)

	for _, span := range spans.GetSpans() {
		fmt.Println(span.SpanContext.TraceID(), span.SpanKind, span.Name)
	}
	// Output:
	// room 77310284 says Kak, tenda ukuran 3x4 masih ada?
	// 0af7651916cd43dd8448eb211c80319c consumer webhook botMessage
	// 0af7651916cd43dd8448eb211c80319c internal webhook delivery
}
