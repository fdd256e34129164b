package boltstore_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/boltstore"
)

const benchRooms = 1000

// call is one that is measured; the path and the body take the number of a room.
type call struct{ name, method, path, body string }

// calls are one that changes something and one that only reads.
func calls() []call {
	return []call{
		{
			"message", http.MethodPost, "/wangi-qjxw1k2m3n4o/bot",
			`{"sender_email":"bot@example.id","message":"Halo","type":"text","room_id":"%d"}`,
		},
		{"read", http.MethodGet, "/api/v2/customer_rooms/%d", ""},
	}
}

func (c call) request(ctx context.Context, address string, i int64, config sandbox.Config) (*http.Request, error) {
	room := 98120701 + i%benchRooms
	path, body := c.path, c.body
	if strings.Contains(path, "%d") {
		path = fmt.Sprintf(path, room)
	}
	if body != "" {
		body = fmt.Sprintf(body, room)
	}
	request, err := http.NewRequestWithContext(ctx, c.method, address+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header = http.Header{
		"Content-Type": {"application/json"}, "Qiscus-App-Id": {config.AppCode}, "Qiscus-Secret-Key": {config.SecretKey},
	}
	return request, nil
}

// inMemoryAndInAFile runs a benchmark with both, so that what keeping costs is the
// ratio of the two.
func inMemoryAndInAFile(b *testing.B, name string, run func(b *testing.B, platform *sandbox.Sandbox)) {
	for _, where := range []string{"memory", "file"} {
		b.Run(name+"/"+where, func(b *testing.B) {
			config := sandbox.Config{Rooms: benchRooms, Remember: -1}
			if where == "file" {
				store, err := boltstore.Open(filepath.Join(b.TempDir(), "world"))
				require.NoError(b, err)
				defer func() { require.NoError(b, store.Close()) }()
				config.Store = store
			}
			platform, err := sandbox.New(config)
			require.NoError(b, err)
			run(b, platform)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// What keeping costs a call by itself, one after the other.
func BenchmarkCalls(b *testing.B) {
	for _, call := range calls() {
		inMemoryAndInAFile(b, call.name, func(b *testing.B, platform *sandbox.Sandbox) {
			config := platform.Config()
			for i := int64(0); b.Loop(); i++ {
				request, err := call.request(b.Context(), "", i, config)
				require.NoError(b, err)
				recorder := httptest.NewRecorder()
				platform.ServeHTTP(recorder, request)
				require.Equal(b, http.StatusOK, recorder.Code, recorder.Body)
			}
		})
	}
}

// What of that sixteen programs notice that call over HTTP.
func BenchmarkCallsOverHTTP(b *testing.B) {
	for _, call := range calls() {
		inMemoryAndInAFile(b, call.name, func(b *testing.B, platform *sandbox.Sandbox) {
			config := platform.Config()
			server := httptest.NewServer(platform)
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
			defer client.CloseIdleConnections()
			var count atomic.Int64
			b.SetParallelism(8)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					request, err := call.request(b.Context(), server.URL, count.Add(1), config)
					if err != nil {
						b.Error(err)
						return
					}
					response, err := client.Do(request)
					if err != nil {
						b.Error(err)
						return
					}
					if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
						b.Error(response.Status, err)
					}
					_ = response.Body.Close() // it was read
				}
			})
			b.StopTimer()
		})
	}
}

// How long it takes to go on with 100,000 rooms from a file.
func BenchmarkReopen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "world")
	begin := func(rooms int) {
		store, err := boltstore.Open(path)
		require.NoError(b, err)
		platform, err := sandbox.New(sandbox.Config{Rooms: rooms, Store: store})
		require.NoError(b, err)
		require.Equal(b, 100_000, platform.CountRooms())
		require.NoError(b, store.Close())
	}
	begin(100_000)
	info, err := os.Stat(path)
	require.NoError(b, err)
	for b.Loop() {
		begin(0)
	}
	b.ReportMetric(float64(info.Size())/(1<<20), "MB")
}
