package boltstore_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/boltstore"
)

// What keeping costs: calls that change something, and calls that only read, in
// memory alone and with a file.
func BenchmarkCalls(b *testing.B) {
	for _, call := range []struct{ name, method, path, body string }{
		{"message", http.MethodPost, "/%s/bot", `{"sender_email":"bot@example.id","message":"Halo","type":"text","room_id":"%d"}`},
		{"read", http.MethodGet, "/api/v2/customer_rooms/98120701?app=%s", ""},
	} {
		for _, where := range []string{"memory", "file"} {
			b.Run(call.name+"/"+where, func(b *testing.B) {
				config := sandbox.Config{Rooms: 1000, Remember: -1}
				if where == "file" {
					store, err := boltstore.Open(filepath.Join(b.TempDir(), "world"))
					require.NoError(b, err)
					defer func() { require.NoError(b, store.Close()) }()
					config.Store = store
				}
				platform, err := sandbox.New(config)
				require.NoError(b, err)
				config = platform.Config()
				path := fmt.Sprintf(call.path, config.AppCode)
				for i := 0; b.Loop(); i++ {
					body := call.body
					if body != "" {
						body = fmt.Sprintf(body, 98120701+i%1000)
					}
					request := httptest.NewRequestWithContext(b.Context(), call.method, path, strings.NewReader(body))
					request.Header = http.Header{
						"Content-Type": {"application/json"}, "Qiscus-App-Id": {config.AppCode},
						"Qiscus-Secret-Key": {config.SecretKey},
					}
					recorder := httptest.NewRecorder()
					platform.ServeHTTP(recorder, request)
					require.Equal(b, http.StatusOK, recorder.Code, recorder.Body)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
			})
		}
	}
}

// How long it takes to open a file with 100,000 rooms, and to make it.
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
