package control_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/control"
)

// A page from elsewhere reaches nothing, neither by its own name nor by a form.
func TestGuard(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	for name, test := range map[string]struct {
		method, host string
		header       http.Header
		status       int
	}{
		"curl":                       {"POST", "", nil, 200},
		"this machine":               {"POST", "localhost:7080", nil, 200},
		"its other name":             {"GET", "qismo.localhost", nil, 200},
		"a container":                {"POST", "sandbox:7080", nil, 200},
		"a name at home":             {"GET", "Laptop.LOCAL.", nil, 200},
		"an address":                 {"GET", "192.168.1.5:7080", nil, 200},
		"a longer one":               {"GET", "[::1]:7080", nil, 200},
		"a longer one, no port":      {"GET", "[fe80::1]", nil, 200},
		"the given name":             {"POST", "sandbox.example.id:7080", nil, 200},
		"a name of somebody":         {"GET", "evil.example", nil, 403},
		"that looks like an address": {"GET", "127.0.0.1.evil.example:7080", nil, 403},
		"that looks like ours":       {"POST", "localhost.evil.example", nil, 403},
		"and ends like ours":         {"GET", "evillocalhost.example", nil, 403},
		"our own page":               {"POST", "localhost:7080", http.Header{"Sec-Fetch-Site": {"same-origin"}}, 200},
		"somebody's page":            {"POST", "localhost:7080", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"somebody's link":            {"GET", "localhost:7080", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 200},
		"an older browser":           {"POST", "localhost:7080", http.Header{"Origin": {"https://evil.example"}}, 403},
		"our page's WebSocket":       {"GET", "localhost:7080", webSocketOf("http://localhost:3000"), 200},
		"the given page's":           {"GET", "localhost:7080", webSocketOf("https://sandbox.example.id"), 200},
		"a program's":                {"GET", "localhost:7080", webSocketOf(""), 200},
		"somebody's":                 {"GET", "localhost:7080", webSocketOf("https://evil.example"), 403},
		"that looks like our page's": {"GET", "localhost:7080", webSocketOf("https://localhost.evil.example:7080"), 403},
		"of a page without rights":   {"GET", "localhost:7080", webSocketOf("null"), 403},
		"of a page that is no URL":   {"GET", "localhost:7080", webSocketOf("http://[::1"), 403},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), test.method, s.server.URL+control.Home+"clock", strings.NewReader(`{"move":"0s"}`))
			require.NoError(t, err)
			request.Host = test.host
			if test.header != nil {
				request.Header = test.header
			}
			got := s.send(request)
			assert.Equal(t, test.status, got.status, got.raw)
			if test.status == http.StatusForbidden {
				assert.Contains(t, got.raw, `"message"`)
				assert.NotContains(t, got.raw, "ahead")
			}
		})
	}
}

// webSocketOf is what a browser sends for a page that opens a WebSocket. The control is
// none, and answers as if it were not asked for one.
func webSocketOf(page string) http.Header {
	header := http.Header{"Upgrade": {"WebSocket"}}
	if page != "" {
		header.Set("Origin", page)
	}
	return header
}
