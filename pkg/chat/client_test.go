package chat_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each door proves itself in its own way, in headers that proxies let through.
func TestCredentialsOfBothDoors(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, `{"results":{},"status":200}`))
	require.NoError(t, service.server(t).Do(t.Context(), http.MethodGet, "/api/v2.1/rest/x", nil, nil))
	require.NoError(t, service.user(t).Do(t.Context(), http.MethodGet, "/api/v2/sdk/x", nil, nil))
	seen := service.seen()
	require.Len(t, seen, 2)
	for i, want := range []map[string]string{
		{"App-Id": testAppID, "Secret": testSecret, "Token": "", "User-Id": ""},
		{"App-Id": testAppID, "Secret": "", "Token": testToken, "User-Id": testUserID},
	} {
		for name, value := range want {
			assert.Equal(t, value, seen[i].Header.Get("QISCUS-SDK-"+name), name)
		}
	}
}
