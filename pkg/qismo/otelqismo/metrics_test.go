package otelqismo_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// What there is to measure, and what it is called.
func TestMetrics(t *testing.T) {
	o := newObserved()
	_, err := o.client(t, newService(t, answerRoom()).URL).Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)

	var all metricdata.ResourceMetrics
	require.NoError(t, o.metrics.Collect(t.Context(), &all))
	require.Len(t, all.ScopeMetrics, 1)
	assert.Equal(t, instrumentation.Scope{
		Name: "github.com/qismo-go/qismo/pkg/qismo/otelqismo", Version: qismo.Version,
		SchemaURL: "https://opentelemetry.io/schemas/1.43.0",
	}, all.ScopeMetrics[0].Scope)

	found := o.collect(t)
	require.Len(t, found, 3)
	conventional := []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}
	for name, want := range map[string]struct {
		unit, description string
		bounds            []float64
	}{
		"http.client.request.duration": {"s", "Duration of HTTP client requests.", conventional},
		"qismo.client.call.duration": {
			"s", "Duration of calls, with all their attempts and waits.", append(conventional, 15, 30, 60),
		},
		"qismo.client.call.attempts": {"{attempt}", "Attempts that calls made.", []float64{0, 1, 2, 3, 5, 10}},
	} {
		metric := found[name]
		assert.Equal(t, want.unit, metric.Unit, name)
		assert.Equal(t, want.description, metric.Description, name)
		switch data := metric.Data.(type) {
		case metricdata.Histogram[float64]:
			require.Len(t, data.DataPoints, 1)
			assert.Equal(t, want.bounds, data.DataPoints[0].Bounds, name)
			assert.Equal(t, metricdata.CumulativeTemporality, data.Temporality)
		case metricdata.Histogram[int64]:
			require.Len(t, data.DataPoints, 1)
			assert.Equal(t, want.bounds, data.DataPoints[0].Bounds, name)
		default:
			t.Errorf("%s is a %T", name, data)
		}
	}
}

// series are the counts and the sums of a histogram, by the attribute that tells its
// series apart, with the attributes of each.
type series[N int64 | float64] struct {
	count      uint64
	sum        N
	attributes map[string]any
}

func seriesOf[N int64 | float64](t *testing.T, metric metricdata.Metrics, by string) map[any]series[N] {
	t.Helper()
	histogram, ok := metric.Data.(metricdata.Histogram[N])
	require.True(t, ok, "%T", metric.Data)
	all := map[any]series[N]{}
	for _, point := range histogram.DataPoints {
		found := attributes(t, point.Attributes.ToSlice())
		require.NotContains(t, all, found[by])
		all[found[by]] = series[N]{point.Count, point.Sum, found}
	}
	return all
}

// Attempts are counted by how they end, calls by how they end as a whole.
func TestMetricsOfResends(t *testing.T) {
	target := newService(t, answer(http.StatusNotFound, `{}`),
		answer(http.StatusServiceUnavailable, `{}`), answer(http.StatusTooManyRequests, `{}`), answerRoom())
	o := newObserved()
	client := o.client(t, target.URL)
	_, err := client.Rooms.Get(t.Context(), testRoomID)
	require.ErrorIs(t, err, qismo.ErrNotFound)
	for range 2 {
		_, err := client.Rooms.Get(t.Context(), testRoomID)
		require.NoError(t, err)
	}

	found := o.collect(t)
	requests := seriesOf[float64](t, found["http.client.request.duration"], "http.response.status_code")
	require.Len(t, requests, 4)
	host, port := addressOf(t, target.URL)
	for status, want := range map[int64]struct {
		count     uint64
		errorType any
	}{200: {2, nil}, 404: {1, "404"}, 429: {1, "429"}, 503: {1, "503"}} {
		attributes := map[string]any{
			"http.request.method": "GET", "server.address": host, "server.port": port, "url.template": roomTemplate,
			"http.response.status_code": status, "network.protocol.name": "http",
			"network.protocol.version": "1.1",
		}
		if want.errorType != nil {
			attributes["error.type"] = want.errorType
		}
		assert.Equal(t, want.count, requests[status].count, status)
		assert.Equal(t, attributes, requests[status].attributes)
		assert.Positive(t, requests[status].sum)
	}

	success := map[string]any{"qismo.operation": "getRoom"}
	failure := map[string]any{"qismo.operation": "getRoom", "error.type": "404"}
	calls := seriesOf[float64](t, found["qismo.client.call.duration"], "error.type")
	require.Len(t, calls, 2)
	assert.Equal(t, success, calls[nil].attributes)
	assert.Equal(t, failure, calls["404"].attributes)
	assert.Equal(t, []uint64{2, 1}, []uint64{calls[nil].count, calls["404"].count})
	inAttempts := requests[int64(200)].sum + requests[int64(429)].sum + requests[int64(503)].sum
	assert.GreaterOrEqual(t, calls[nil].sum, inAttempts, "a call lasts as long as its attempts, in the same unit")
	assert.Less(t, calls[nil].sum, 60.0, "seconds")

	attempts := seriesOf[int64](t, found["qismo.client.call.attempts"], "error.type")
	assert.Equal(t, map[any]series[int64]{nil: {2, 4, success}, "404": {1, 1, failure}}, attempts)
}

// What a program can make up as it likes is in no metric: each would be a series.
func TestMetricsOfOwnRoutes(t *testing.T) {
	target := newService(t, answer(http.StatusOK, `{}`))
	o := newObserved()
	client := o.client(t, target.URL)
	for _, path := range []string{"/api/v9/rooms/1", "/api/v9/rooms/2?q=halo"} {
		require.NoError(t, client.Do(t.Context(), "PROPFIND", path, nil, nil))
	}
	require.NoError(t, client.Do(t.Context(), "SEARCH", "/api/v9", nil, nil))

	found := o.collect(t)
	host, port := addressOf(t, target.URL)
	requests := seriesOf[float64](t, found["http.client.request.duration"], "http.request.method")
	require.Len(t, requests, 1)
	assert.Equal(t, uint64(3), requests["_OTHER"].count)
	assert.Equal(t, map[string]any{
		"http.request.method": "_OTHER", "server.address": host, "server.port": port,
		"http.response.status_code": int64(200), "network.protocol.name": "http",
		"network.protocol.version": "1.1",
	}, requests["_OTHER"].attributes)
	calls := seriesOf[float64](t, found["qismo.client.call.duration"], "qismo.operation")
	require.Len(t, calls, 1)
	assert.Equal(t, map[string]any{"qismo.operation": "do"}, calls["do"].attributes)
}

// A call that made no attempt is counted too.
func TestMetricsOfACallHeldBack(t *testing.T) {
	o := newObserved()
	client := o.client(t, "http://127.0.0.1:7080", withKey(), qismo.WithLimiter(&lateLimiter{0}))
	_, err := client.Rooms.Get(t.Context(), testRoomID)
	require.Error(t, err)
	found := o.collect(t)
	assert.NotContains(t, found, "http.client.request.duration")
	attempts := seriesOf[int64](t, found["qismo.client.call.attempts"], "error.type")
	assert.Equal(t, map[any]series[int64]{"held_back": {1, 0, map[string]any{
		"qismo.operation": "getRoom", "error.type": "held_back",
	}}}, attempts)
}
