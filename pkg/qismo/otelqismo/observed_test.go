package otelqismo_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/otelqismo"
)

const (
	testAppID     = "wangi-qjxw1k2m3n4o"
	testSecretKey = "kunci-rahasia-aplikasi"
	testRoomID    = "98120734"
	roomAnswer    = `{"data":{"customer_room":{"id":441200,"room_id":"98120734","name":"Dewi Lestari"}},"status":200}`
	roomTemplate  = "/api/v2/customer_rooms/{room_id}"
)

// observed is where a test's spans and metrics go.
type observed struct {
	spans    *tracetest.InMemoryExporter
	provider *sdktrace.TracerProvider
	metrics  *sdkmetric.ManualReader
	meters   *sdkmetric.MeterProvider
}

func newObserved() *observed {
	o := &observed{spans: tracetest.NewInMemoryExporter(), metrics: sdkmetric.NewManualReader()}
	o.provider = sdktrace.NewTracerProvider(sdktrace.WithSyncer(o.spans))
	o.meters = sdkmetric.NewMeterProvider(sdkmetric.WithReader(o.metrics))
	return o
}

// option tells all of a client's calls.
func (o *observed) option() qismo.Option {
	return otelqismo.WithTelemetry(otelqismo.WithTracerProvider(o.provider), otelqismo.WithMeterProvider(o.meters),
		otelqismo.WithPropagators(propagation.TraceContext{}))
}

// client makes a client that is observed, tries again at once, and has the secret
// key unless options bring other credentials.
func (o *observed) client(tb testing.TB, address string, opts ...qismo.Option) *qismo.Client {
	tb.Helper()
	if len(opts) == 0 {
		opts = []qismo.Option{withKey()}
	}
	client, err := qismo.New(append([]qismo.Option{
		qismo.WithBaseURL(address), qismo.WithRetries(qismo.Backoff{First: 1}), o.option(),
	}, opts...)...)
	require.NoError(tb, err)
	return client
}

func withKey() qismo.Option { return qismo.WithSecretKey(testAppID, testSecretKey) }

// ended are the spans in the order in which they ended.
func (o *observed) ended() tracetest.SpanStubs { return o.spans.GetSpans() }

// collect returns the metrics by their names.
func (o *observed) collect(t *testing.T) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, o.metrics.Collect(t.Context(), &all))
	found := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		for _, metric := range scope.Metrics {
			found[metric.Name] = metric
		}
	}
	return found
}

// attributes makes a map of attributes, and sees that no key is there twice.
func attributes(t *testing.T, all []attribute.KeyValue) map[string]any {
	t.Helper()
	values := map[string]any{}
	for _, one := range all {
		assert.NotContains(t, values, string(one.Key))
		values[string(one.Key)] = one.Value.AsInterface()
	}
	return values
}

// service answers as a test has it, request by request; the last answer stays.
type service struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	seen    []seenRequest
}

type seenRequest struct {
	uri, body string
	header    http.Header
}

func newService(tb testing.TB, answers ...http.HandlerFunc) *service {
	tb.Helper()
	s := &service{answers: answers}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, "cut off", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, seenRequest{request.URL.RequestURI(), string(body), request.Header.Clone()})
	answer := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	answer(w, request)
}

// requests are those that came.
func (s *service) requests() []seenRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// answer writes a body with a status, as JSON.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func answerRoom() http.HandlerFunc { return answer(http.StatusOK, roomAnswer) }

// carrier answers without a network.
type carrier struct{ protocol string }

func (c carrier) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	answerRoom()(recorder, request)
	response := recorder.Result()
	response.Proto = c.protocol
	return response, nil
}

// moment is short beside any answer that does not come.
const moment = 20 * time.Millisecond
