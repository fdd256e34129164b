package otelqismo_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/otelqismo"
)

// A service that is in trouble at first: the call has a span, and so has each of its
// attempts. A program that has set the global providers needs no option.
func Example() {
	inTrouble := true
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if inTrouble {
			inTrouble = false
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data": {"customer_room": {"room_id": "98120734", "name": "Dewi Lestari"}}}`)
	}))
	defer service.Close()

	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	client, err := qismo.New(
		otelqismo.WithTelemetry(otelqismo.WithTracerProvider(provider)),
		qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "kunci"), qismo.WithBaseURL(service.URL))
	if err != nil {
		log.Fatal(err)
	}
	room, err := client.Rooms.Get(context.Background(), "98120734")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(room.Name)
	for _, span := range spans.GetSpans() {
		fmt.Println(span.SpanKind, span.Name, span.Status.Code)
	}
	// Output:
	// Dewi Lestari
	// client GET /api/v2/customer_rooms/{room_id} Error
	// client GET /api/v2/customer_rooms/{room_id} Unset
	// internal qismo.getRoom Unset
}
