package contract_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
)

// room is an answer of getRoom.
func room(b *testing.B) string {
	b.Helper()
	text, err := os.ReadFile("../../../testdata/rest/getRoom.response-integer-room-id.json")
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// BenchmarkReportedCall fetches a room over loopback without a reporter, with one
// that takes a tenth of the answers, and with one that takes them all: the latter
// shares the machine with the call that it watches.
func BenchmarkReportedCall(b *testing.B) {
	body := room(b)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	defer service.Close()
	for _, way := range []struct {
		name   string
		sample float64
	}{{"qismo", 0}, {"reported-tenth", 0.1}, {"reported-all", 1}} {
		b.Run("client="+way.name, func(b *testing.B) {
			opts := []qismo.Option{qismo.WithSecretKey("wangi-1", "kunci"), qismo.WithBaseURL(service.URL)}
			if way.sample > 0 {
				opts = append(opts, newReporter(b, contract.Config{Sample: way.sample}).Option())
			}
			client, err := qismo.New(opts...)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Rooms.Get(context.Background(), "98120734"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCheck checks an answer, as the reporter's goroutine does.
func BenchmarkCheck(b *testing.B) {
	checker := newChecker(b)
	exchange := answer("getRoom", 200, "application/json", room(b))
	b.ReportAllocs()
	for b.Loop() {
		if found := checker.Check(exchange); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
