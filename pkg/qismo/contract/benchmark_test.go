package contract_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
)

const benchmarkRoom = `{"data":{"customer_room":{"id":441200,"room_id":"98120734","channel_id":5120,"contact_id":880012,
"name":"Dewi Lestari","user_id":"628115550123","user_avatar_url":"https://cdn.example.id/default.svg","source":"wa",
"room_badge":"https://cdn.example.id/wa.svg","room_type":"individual","is_handled_by_bot":true,"is_resolved":false,
"is_waiting":false,"last_comment_sender":"wangi_admin@qismo.com","last_comment_sender_type":"bot",
"last_comment_text":"kami buka sampai pukul sembilan malam","last_comment_timestamp":"2026-11-20T02:59:42Z",
"last_customer_comment_text":"apakah masih buka?","last_customer_timestamp":"2026-11-20T02:59:40Z"}},"status":200}`

// BenchmarkReportedCall fetches a room over loopback without a reporter, with one
// that takes a tenth of the answers, and with one that takes them all: the latter
// shares the machine with the call that it watches.
func BenchmarkReportedCall(b *testing.B) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, benchmarkRoom)
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
	exchange := answer("getRoom", 200, "application/json", benchmarkRoom)
	b.ReportAllocs()
	for b.Loop() {
		if found := checker.Check(exchange); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
