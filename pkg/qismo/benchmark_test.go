package qismo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo"
)

const benchmarkRoom = `{"data":{"customer_room":{"id":441200,"room_id":"98120734","channel_id":5120,"contact_id":880012,
"name":"Dewi Lestari","user_id":"628115550123","user_avatar_url":"https://cdn.example.id/default.svg","source":"wa",
"room_badge":"https://cdn.example.id/wa.svg","room_type":"individual","is_handled_by_bot":true,"is_resolved":false,
"is_waiting":false,"last_comment_sender":"wangi_admin@qismo.com","last_comment_sender_type":"bot",
"last_comment_text":"kami buka sampai pukul sembilan malam","last_comment_timestamp":"2026-11-20T02:59:42Z",
"last_customer_comment_text":"apakah masih buka?","last_customer_timestamp":"2026-11-20T02:59:40Z"}},"status":200}`

// BenchmarkGetRoom fetches a room over loopback in three ways, one after the
// other in one run, so that their ratio can be read: by hand with net/http, as a
// careful program would write it; through the generated client; through the
// façade.
func BenchmarkGetRoom(b *testing.B) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, benchmarkRoom)
	}))
	defer service.Close()

	for _, way := range []struct {
		name string
		get  func(ctx context.Context) (string, error)
	}{
		{"nethttp", byHand(service.URL)},
		{"generated", byGeneratedClient(b, service.URL)},
		{"qismo", byFacade(b, service.URL)},
	} {
		b.Run("client="+way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				name, err := way.get(b.Context())
				if err != nil || name != "Dewi Lestari" {
					b.Fatal(name, err)
				}
			}
		})
	}
}

func byHand(address string) func(ctx context.Context) (string, error) {
	client := &http.Client{Timeout: 30 * time.Second, Transport: http.DefaultTransport.(*http.Transport).Clone()}
	return func(ctx context.Context) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/api/v2/customer_rooms/98120734", nil)
		if err != nil {
			return "", err
		}
		request.Header.Set("Qiscus-App-Id", testAppID)
		request.Header.Set("Qiscus-Secret-Key", testSecretKey)
		request.Header.Set("Accept", "application/json")
		request.Header.Set("User-Agent", "by-hand/1.0")
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(io.LimitReader(response.Body, 32<<20))
		if err != nil {
			return "", err
		}
		if response.StatusCode != http.StatusOK {
			return "", fmt.Errorf("status %d", response.StatusCode)
		}
		var out omnichannel.GetRoomResponse
		if err := json.Unmarshal(body, &out); err != nil {
			return "", err
		}
		return out.Data.CustomerRoom.Name, nil
	}
}

func byGeneratedClient(b *testing.B, address string) func(ctx context.Context) (string, error) {
	b.Helper()
	transport := &http.Client{Timeout: 30 * time.Second, Transport: http.DefaultTransport.(*http.Transport).Clone()}
	client, err := omnichannel.NewClientWithResponses(address,
		omnichannel.WithHTTPClient(transport),
		omnichannel.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
			request.Header.Set("Qiscus-App-Id", testAppID)
			request.Header.Set("Qiscus-Secret-Key", testSecretKey)
			request.Header.Set("Accept", "application/json")
			request.Header.Set("User-Agent", "generated/1.0")
			return nil
		}))
	if err != nil {
		b.Fatal(err)
	}
	return func(ctx context.Context) (string, error) {
		out, err := client.GetRoomWithResponse(ctx, "98120734")
		if err != nil {
			return "", err
		}
		return out.JSON200.Data.CustomerRoom.Name, nil
	}
}

func byFacade(b *testing.B, address string) func(ctx context.Context) (string, error) {
	b.Helper()
	client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(address))
	if err != nil {
		b.Fatal(err)
	}
	return func(ctx context.Context) (string, error) {
		room, err := client.Rooms.Get(ctx, "98120734")
		if err != nil {
			return "", err
		}
		return room.Name, nil
	}
}
