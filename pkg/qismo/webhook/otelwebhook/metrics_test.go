package otelwebhook_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
)

// What there is to measure, and what it is called.
func TestMetrics(t *testing.T) {
	o := newObserved()
	handler := o.handler(t, onMessage(func(context.Context, string) error { return nil }))
	require.Equal(t, http.StatusOK, post(t.Context(), handler, said("1", "a", "")))

	found := o.collect(t)
	require.Len(t, found, 4)
	seconds := []float64{
		0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60,
	}
	bytes := []float64{256, 512, 1024, 2048, 4096, 8192, 16384, 65536, 262144, 1048576}
	for name, want := range map[string]struct {
		unit, description string
		bounds            []float64
	}{
		"qismo.webhook.delivery.duration":  {"s", "Duration of deliveries, from the request to the answer.", seconds},
		"qismo.webhook.delivery.body.size": {"By", "Size of the bodies that were read.", bytes},
		"qismo.webhook.event.duration":     {"s", "Duration of the handling of events, without the time that they waited.", seconds},
		"qismo.webhook.event.wait_time":    {"s", "Time that events waited for their turn.", seconds},
	} {
		metric := found[name]
		assert.Equal(t, want.unit, metric.Unit, name)
		assert.Equal(t, want.description, metric.Description, name)
		switch data := metric.Data.(type) {
		case metricdata.Histogram[float64]:
			require.Len(t, data.DataPoints, 1)
			assert.Equal(t, want.bounds, data.DataPoints[0].Bounds, name)
		case metricdata.Histogram[int64]:
			require.Len(t, data.DataPoints, 1)
			assert.Equal(t, want.bounds, data.DataPoints[0].Bounds, name)
		default:
			t.Errorf("%s is a %T", name, data)
		}
	}
}

// What a day's trouble looks like: repetitions, strangers, failures, and deliveries that
// had to be turned away, each in a series of its own.
func TestMetricsOfTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newObserved()
		handler := o.handler(t, onMessage(func(_ context.Context, text string) error {
			<-time.After(2 * time.Second)
			if text == "fail" {
				return errors.New("kanari")
			}
			return nil
		}), webhook.AnswerAtOnce(), webhook.Workers(1), webhook.Waiting(2))

		body := said("1", "a", "")
		for range 2 {
			require.Equal(t, http.StatusOK, post(t.Context(), handler, body))
		}
		require.Equal(t, http.StatusOK, post(t.Context(), handler, said("2", "b", "fail")))
		require.Equal(t, http.StatusServiceUnavailable, post(t.Context(), handler, said("3", "c", "")))
		for range 3 {
			require.Equal(t, http.StatusUnauthorized, postTo(t.Context(), handler, "/wrong", body))
		}
		require.NoError(t, handler.Shutdown(t.Context()))
		require.Equal(t, http.StatusServiceUnavailable, post(t.Context(), handler, said("4", "d", "")))

		found := o.collect(t)
		assert.Equal(t, map[string]measured[float64]{
			"map[http.response.status_code:200 qismo.webhook.event.name:botMessage]": {3, 0},
			"map[error.type:503 http.response.status_code:503 qismo.webhook.event.name:botMessage " +
				"qismo.webhook.reason:too many events are waiting]": {1, 0},
			"map[error.type:503 http.response.status_code:503 qismo.webhook.event.name:botMessage " +
				"qismo.webhook.reason:the receiver is being shut down]": {1, 0},
			"map[http.response.status_code:401 qismo.webhook.reason:unauthorized]": {3, 0},
		}, series[float64](t, found["qismo.webhook.delivery.duration"]))
		assert.Equal(t, map[string]measured[float64]{
			"map[qismo.webhook.event.name:botMessage qismo.webhook.event.outcome:succeeded]":                {1, 2},
			"map[qismo.webhook.event.name:botMessage qismo.webhook.event.outcome:duplicate]":                {1, 0},
			"map[error.type:failed qismo.webhook.event.name:botMessage qismo.webhook.event.outcome:failed]": {1, 2},
		}, series[float64](t, found["qismo.webhook.event.duration"]))
		assert.Equal(t, map[string]measured[float64]{"map[qismo.webhook.event.name:botMessage]": {3, 6}},
			series[float64](t, found["qismo.webhook.event.wait_time"]), "the second room waited for the first, and the repetition for both")
		assert.Equal(t, map[string]measured[int64]{
			"map[qismo.webhook.event.name:botMessage]": {5, int64(4*len(body) + len(said("2", "b", "fail")))},
		}, series[int64](t, found["qismo.webhook.delivery.body.size"]), "of strangers no body is read")
	})
}

// observedLoad is the load as metrics have it.
func observedLoad(t *testing.T, o *observed) map[string]int64 {
	t.Helper()
	metric, ok := o.collect(t)["qismo.webhook.event.count"]
	if !ok {
		return nil
	}
	assert.Equal(t, "{event}", metric.Unit)
	sum, ok := metric.Data.(metricdata.Sum[int64])
	require.True(t, ok)
	assert.False(t, sum.IsMonotonic)
	load := map[string]int64{}
	for _, point := range sum.DataPoints {
		found := attributes(t, point.Attributes.ToSlice())
		name, _ := found["qismo.webhook.handler"].(string)
		state, ok := found["qismo.webhook.event.state"].(string)
		require.True(t, ok)
		load[name+" "+state] = point.Value
	}
	return load
}

// The load is measured as it is when metrics are collected, of each handler by itself,
// until that is ended.
func TestLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newObserved()
		slow := onMessage(func(context.Context, string) error { <-time.After(time.Second); return nil })
		bot := o.handler(t, slow, webhook.AnswerAtOnce())
		idle := o.handler(t, slow)
		endBot, err := otelwebhook.ObserveLoad(bot, o.through(otelwebhook.WithName("bot"))...)
		require.NoError(t, err)
		endIdle, err := otelwebhook.ObserveLoad(idle, o.through(otelwebhook.WithName("idle"))...)
		require.NoError(t, err)
		for _, id := range []string{"a", "b", "c"} {
			require.Equal(t, http.StatusOK, post(t.Context(), bot, said("1", id, "")))
		}
		synctest.Wait()
		assert.Equal(t, map[string]int64{"bot waiting": 2, "bot handling": 1, "idle waiting": 0, "idle handling": 0},
			observedLoad(t, o))
		require.NoError(t, endIdle())
		require.NoError(t, bot.Shutdown(t.Context()))
		assert.Equal(t, map[string]int64{"bot waiting": 0, "bot handling": 0}, observedLoad(t, o))
		require.NoError(t, endBot())
		assert.Nil(t, observedLoad(t, o))
	})
}
