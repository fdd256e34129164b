package inbox_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/inbox"
)

// What one look at the page costs in a large world: of the newest rooms, and of a
// search that finds nothing.
func BenchmarkPage(b *testing.B) {
	platform, err := sandbox.New(sandbox.Config{Rooms: 100_000})
	require.NoError(b, err)
	page := inbox.New(platform)
	for name, path := range map[string]string{"look=newest": "/", "look=search": "/?q=tidak-ada"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				answer := httptest.NewRecorder()
				page.ServeHTTP(answer, httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
				require.Equal(b, http.StatusOK, answer.Code)
			}
		})
	}
	require.NoError(b, platform.Shutdown(b.Context()))
}
