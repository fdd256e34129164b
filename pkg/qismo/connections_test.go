package qismo_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// However many calls are made, 64 at a time go on using 64 connections. A few may be
// replaced in the course of them; net/http never has more than 64 at a time.
func TestCallsShareConnections(t *testing.T) {
	const inFlight, calls = 64, 6400
	var opened, together, most atomic.Int64
	service := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		raise(&most, together.Add(1))
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, benchmarkRoom)
		together.Add(-1)
	}))
	service.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	service.Start()
	t.Cleanup(service.Close)
	client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(service.URL))
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)

	var group sync.WaitGroup
	for range inFlight {
		group.Go(func() {
			for range calls / inFlight {
				_, err := client.Rooms.Get(t.Context(), "98120734")
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
	assert.LessOrEqual(t, opened.Load(), int64(inFlight+inFlight/10))
	assert.Greater(t, most.Load(), int64(1), "the calls were made at the same time")
	t.Logf("%d calls, %d at a time, opened %d connections", calls, inFlight, opened.Load())
}

// raise keeps the largest value that was seen.
func raise(largest *atomic.Int64, value int64) {
	for {
		seen := largest.Load()
		if value <= seen || largest.CompareAndSwap(seen, value) {
			return
		}
	}
}
