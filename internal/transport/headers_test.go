package transport

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReservedHeaders(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"Host": true, "host": true, "CONTENT-TYPE": true, "content-length": true, "Transfer-Encoding": true,
		"Accept-Encoding": true, "Connection": true, "idempotency-key": true, "x-idempotency-key": true,
		"Accept": false, "User-Agent": false, "Traceparent": false, "": false,
	} {
		assert.Equal(t, want, IsReservedHeader(header), header)
	}
}

// What is taken for a header can be sent, and what is not is refused by net/http.
func FuzzHeaders(f *testing.F) {
	f.Add("X-Team", "kopi susu\t")
	f.Add("bad name", "a\r\nb")
	f.Add("X-Team", "\x7f")
	f.Add("", "x")
	f.Add("ä", "ä\x00")
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	f.Cleanup(server.Close)
	client := server.Client()
	f.Fuzz(func(t *testing.T, name, value string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header[name] = []string{value}
		if IsReservedHeader(name) || len(name)+len(value) > 1<<10 {
			return
		}
		response, err := client.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		if fine := IsHeaderName(name) && IsHeaderValue(value); fine != (err == nil) {
			t.Errorf("%q: %q is fine: %t, but sending it: %v", name, value, fine, err)
		}
	})
}
