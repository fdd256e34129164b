package sandbox

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkCallers has 64 callers call one sandbox at once, without a network. Half of the
// variants remember what is called, as sandboxes do unless they are told not to.
func BenchmarkCallers(b *testing.B) {
	const callers = 64
	for _, operation := range []struct{ name, method, path, body string }{
		{"GetRoom", http.MethodGet, "/api/v2/customer_rooms/ROOM", ""},
		{"ListRooms", http.MethodPost, "/api/v2/customer_rooms", `{"limit":50}`},
		{"SetRoomInfo", http.MethodPost, "/api/v1/qiscus/room/ROOM/user_info", `{"user_properties":[{"key":"kota","value":"Bandung"}]}`},
		{"SendText", http.MethodPost, "/APP/bot", `{"sender_email":"sari@example.id","room_id":"ROOM","type":"text","message":"Halo"}`},
	} {
		for name, remember := range map[string]int{"1000": 1000, "none": -1} {
			b.Run(operation.name+"/remember="+name, func(b *testing.B) {
				sandbox, err := New(Config{Rooms: 1000, Remember: remember})
				require.NoError(b, err)
				config := sandbox.Config()
				names := strings.NewReplacer("ROOM", sandbox.FirstRooms(1)[0].ID, "APP", config.AppCode)
				header := http.Header{
					"Qiscus-App-Id": {config.AppCode}, "Qiscus-Secret-Key": {config.SecretKey},
					"Content-Type": {"application/json"},
				}
				path, body := names.Replace(operation.path), names.Replace(operation.body)
				b.ReportAllocs()
				b.SetParallelism(callers / runtime.GOMAXPROCS(0))
				b.RunParallel(func(next *testing.PB) {
					for next.Next() {
						request := httptest.NewRequestWithContext(b.Context(), operation.method, path, strings.NewReader(body))
						request.Header = header.Clone()
						recorder := httptest.NewRecorder()
						sandbox.ServeHTTP(recorder, request)
						if recorder.Code != http.StatusOK {
							b.Errorf("%d %s", recorder.Code, recorder.Body)
						}
					}
				})
			})
		}
	}
}
