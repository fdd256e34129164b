package otelqismo_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Calls of many goroutines through one client keep to their own spans: each fails
// once and then succeeds, and says so below itself.
func TestConcurrentCalls(t *testing.T) {
	const callers, calls = 8, 10
	var mu sync.Mutex
	failed := map[trace.TraceID]bool{}
	target := newService(t, func(w http.ResponseWriter, request *http.Request) {
		id := spanOf(request.Context(), request.Header).TraceID()
		mu.Lock()
		again := failed[id]
		failed[id] = true
		mu.Unlock()
		if again {
			answerRoom()(w, request)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	o := newObserved()
	client := o.client(t, target.URL)

	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range calls {
				_, err := client.Rooms.Get(t.Context(), testRoomID)
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()

	traces := map[trace.TraceID]tracetest.SpanStubs{}
	for _, span := range o.ended() {
		id := span.SpanContext.TraceID()
		traces[id] = append(traces[id], span)
	}
	require.Len(t, traces, callers*calls)
	for _, spans := range traces {
		require.Len(t, spans, 3)
		first, second, call := spans[0], spans[1], spans[2]
		assert.Equal(t, "qismo.getRoom", call.Name)
		assert.False(t, call.Parent.IsValid())
		for _, attempt := range []tracetest.SpanStub{first, second} {
			assert.Equal(t, call.SpanContext.SpanID(), attempt.Parent.SpanID())
		}
		assert.Equal(t, "503", attributes(t, first.Attributes)["error.type"])
		assert.NotContains(t, attributes(t, first.Attributes), "http.request.resend_count")
		assert.Equal(t, int64(1), attributes(t, second.Attributes)["http.request.resend_count"])
		assert.NotContains(t, attributes(t, second.Attributes), "error.type")
		assert.Equal(t, int64(2), attributes(t, call.Attributes)["qismo.attempts"])
	}
	found := o.collect(t)
	requests := seriesOf[float64](t, found["http.client.request.duration"], "http.response.status_code")
	assert.Equal(t, uint64(callers*calls), requests[int64(200)].count)
	assert.Equal(t, uint64(callers*calls), requests[int64(503)].count)
	attempts := seriesOf[int64](t, found["qismo.client.call.attempts"], "qismo.operation")
	assert.Equal(t, uint64(callers*calls), attempts["getRoom"].count)
	assert.Equal(t, int64(2*callers*calls), attempts["getRoom"].sum)
}

// Two clients may tell of their calls in the same place.
func TestClientsShareInstruments(t *testing.T) {
	o := newObserved()
	for range 2 {
		client := o.client(t, "http://127.0.0.1:7080", withKey(), qismo.WithTransport(carrier{"HTTP/1.1"}))
		_, err := client.Rooms.Get(t.Context(), testRoomID)
		require.NoError(t, err)
	}
	calls := seriesOf[float64](t, o.collect(t)["qismo.client.call.duration"], "qismo.operation")
	assert.Equal(t, uint64(2), calls["getRoom"].count)
}
