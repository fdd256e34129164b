package qismo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

const benchmarkRoom = `{"data":{"customer_room":{"id":441200,"room_id":"98120734","channel_id":5120,"contact_id":880012,
"name":"Dewi Lestari","user_id":"628115550123","user_avatar_url":"https://cdn.example.id/default.svg","source":"wa",
"room_badge":"https://cdn.example.id/wa.svg","room_type":"individual","is_handled_by_bot":true,"is_resolved":false,
"is_waiting":false,"last_comment_sender":"wangi_admin@qismo.com","last_comment_sender_type":"bot",
"last_comment_text":"kami buka sampai pukul sembilan malam","last_comment_timestamp":"2026-11-20T02:59:42Z",
"last_customer_comment_text":"apakah masih buka?","last_customer_timestamp":"2026-11-20T02:59:40Z"}},"status":200}`

// newBenchmarkService answers as soon as it can: rooms to who reads, and nothing
// to who sends.
func newBenchmarkService(b *testing.B) string {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if request.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, request.Body)
			_, _ = io.WriteString(w, `{"data":{},"status":200}`)
			return
		}
		_, _ = io.WriteString(w, benchmarkRoom)
	}))
	b.Cleanup(service.Close)
	return service.URL
}

// BenchmarkGetRoom fetches a room over loopback, one way after the other in one
// run, so that their ratio can be read: by hand with net/http, as a careful program
// would write it; through the generated client; through the façade; and through the
// façade with all that can watch it and hold it back.
func BenchmarkGetRoom(b *testing.B) {
	address := newBenchmarkService(b)
	plain, watched := facades(b, address)
	compare(b, []way{
		{"nethttp", getByHand(address)},
		{"generated", getByGeneratedClient(b, address)},
		{"qismo", getByFacade(plain)},
		{"watched", getByFacade(watched)},
	})
}

// BenchmarkSendText sends a message in the same ways.
func BenchmarkSendText(b *testing.B) {
	address := newBenchmarkService(b)
	plain, watched := facades(b, address)
	compare(b, []way{
		{"nethttp", sendByHand(address)},
		{"qismo", sendByFacade(plain)},
		{"watched", sendByFacade(watched)},
	})
}

// way is a way of making a call.
type way struct {
	name string
	call func(ctx context.Context) error
}

func compare(b *testing.B, ways []way) {
	for _, way := range ways {
		b.Run("client="+way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := way.call(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// facades makes a client with every feature off that can be, and one with logging,
// hooks and a limiter that does not hold anything back.
func facades(b *testing.B, address string) (plain, watched *qismo.Client) {
	plain, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(address))
	require.NoError(b, err)
	limiter, err := ratelimit.New(ratelimit.Config{PerSecond: 1e6, Burst: 1e6})
	require.NoError(b, err)
	jsonLines := slog.NewJSONHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug}) //nolint:sloglint // it does all but write
	watched, err = qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(address),
		qismo.WithLogger(slog.New(jsonLines)),
		qismo.WithHooks(qismo.Hooks{
			Operation: func(ctx context.Context, _ qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
				return ctx, func(qismo.OperationEnd) {}
			},
			Attempt: func(ctx context.Context, _ qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
				return ctx, func(qismo.AttemptEnd) {}
			},
		}),
		qismo.WithLimiter(limiter),
	)
	require.NoError(b, err)
	return plain, watched
}

func getByFacade(client *qismo.Client) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		room, err := client.Rooms.Get(ctx, "98120734")
		if err != nil {
			return err
		}
		return checkName(room.Name)
	}
}

func sendByFacade(client *qismo.Client) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		return client.Bot.SendText(ctx, "98120734", "kami buka sampai pukul sembilan malam")
	}
}

func checkName(name string) error {
	if name != "Dewi Lestari" {
		return fmt.Errorf("the answer was read wrongly: %q", name)
	}
	return nil
}

// byHand sends a request and reads the answer, as a careful program would.
func byHand(client *http.Client, request *http.Request) ([]byte, error) {
	request.Header.Set("Qiscus-App-Id", testAppID)
	request.Header.Set("Qiscus-Secret-Key", testSecretKey)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "by-hand/1.0")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 32<<20))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	return body, nil
}

func clientByHand() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

func getByHand(address string) func(ctx context.Context) error {
	client := clientByHand()
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/api/v2/customer_rooms/98120734", nil)
		if err != nil {
			return err
		}
		body, err := byHand(client, request)
		if err != nil {
			return err
		}
		var out omnichannel.GetRoomResponse
		if err := json.Unmarshal(body, &out); err != nil {
			return err
		}
		return checkName(out.Data.CustomerRoom.Name)
	}
}

func sendByHand(address string) func(ctx context.Context) error {
	client := clientByHand()
	return func(ctx context.Context) error {
		body, err := json.Marshal(omnichannel.SendBotMessageRequest{
			SenderEmail: testAppID + "_admin@qismo.com", RoomID: "98120734", Type: "text",
			Message: "kami buka sampai pukul sembilan malam",
		})
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/"+url.PathEscape(testAppID)+"/bot", bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		answer, err := byHand(client, request)
		if err != nil {
			return err
		}
		var out struct {
			Errors json.RawMessage `json:"errors"`
		}
		if err := json.Unmarshal(answer, &out); err != nil {
			return err
		}
		if len(out.Errors) > 0 {
			return fmt.Errorf("the service refused under status 200")
		}
		return nil
	}
}

func getByGeneratedClient(b *testing.B, address string) func(ctx context.Context) error {
	client, err := omnichannel.NewClientWithResponses(address,
		omnichannel.WithHTTPClient(clientByHand()),
		omnichannel.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
			request.Header.Set("Qiscus-App-Id", testAppID)
			request.Header.Set("Qiscus-Secret-Key", testSecretKey)
			request.Header.Set("Accept", "application/json")
			request.Header.Set("User-Agent", "generated/1.0")
			return nil
		}))
	require.NoError(b, err)
	return func(ctx context.Context) error {
		out, err := client.GetRoomWithResponse(ctx, "98120734")
		if err != nil {
			return err
		}
		return checkName(out.JSON200.Data.CustomerRoom.Name)
	}
}
