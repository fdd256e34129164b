package chat_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
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

// Without an option, the environment says where the service is.
func TestAddressFromTheEnvironment(t *testing.T) {
	service := newRecorder(t, answerJSON(http.StatusOK, `{"results":{"user":{"user_id":"rina","username":"Rina"}},"status":200}`))
	t.Setenv("QISCUS_CHAT_URL", service.URL)
	server, err := chat.NewServer("app", "secret")
	require.NoError(t, err)
	assert.Equal(t, service.URL, server.BaseURL())
	_, err = server.Users.Get(t.Context(), "rina")
	require.NoError(t, err)
	assert.Len(t, service.seen(), 1)

	t.Setenv("QISCUS_CHAT_URL", "http://chat.toko.example.id")
	_, err = chat.NewUser("app", chat.Token("rina", "token"))
	require.ErrorContains(t, err, "https", "credentials go nowhere in the clear")
}

// Hooks, which only watch, cannot say who calls.
func TestHooksCannotChangeCredentials(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, rinasAccount))
	_, err := service.user(t, chat.WithHooks(chat.Hooks{
		Attempt: func(ctx context.Context, start chat.AttemptStart) (context.Context, func(chat.AttemptEnd)) {
			for _, name := range []string{"App-Id", "Token", "User-Id", "Secret"} {
				start.Header.Set("QISCUS-SDK-"+name, "jahat")
				start.Header.Set("QISCUS_SDK_"+name, "jahat")
			}
			start.Header.Set("Authorization", "jahat")
			start.Header.Set("Traceparent", "00-7f3a")
			return ctx, nil
		},
	})).Session.Config(t.Context())
	require.NoError(t, err)
	header := service.seen()[0].Header
	assert.Equal(t, "00-7f3a", header.Get("Traceparent"))
	for name, values := range header {
		assert.NotContains(t, values, "jahat", name)
	}
}
