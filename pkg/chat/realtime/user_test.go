package realtime

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/chat"
)

// userOf is the service of a user whose API answers by path.
func userOf(t *testing.T, answers map[string]string) service {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, known := answers[r.URL.Path]
		if !known {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(api.Close)
	user, err := chat.NewUser(testApp, chat.Token(testUser, "token-rahasia"), chat.WithBaseURL(api.URL), chat.WithoutRetries())
	require.NoError(t, err)
	t.Cleanup(user.CloseIdleConnections)
	return newUserService(user)
}

func TestAServiceThatHasLittle(t *testing.T) {
	ctx := t.Context()
	old := userOf(t, nil)
	config, err := old.config(ctx)
	require.NoError(t, err)
	assert.Equal(t, &wire.GetConfigResult{EnableRealtime: true, EnableSync: true, EnableSyncEvent: true}, config)
	userName, password, err := old.credentials(ctx)
	require.NoError(t, err)
	assert.Empty(t, userName+password)
	assert.False(t, old.isCloud())
	_, err = old.newest(ctx)
	require.ErrorIs(t, err, chat.ErrNotFound)
	_, _, err = old.messages(ctx, 0, 20)
	require.ErrorIs(t, err, chat.ErrNotFound)
	_, err = old.events(ctx, 0)
	require.ErrorIs(t, err, chat.ErrNotFound)

	cloud, err := chat.NewUser(testApp, chat.Token(testUser, "token-rahasia"))
	require.NoError(t, err)
	assert.True(t, newUserService(cloud).isCloud())
}

func TestAServiceThatHasAll(t *testing.T) {
	ctx := t.Context()
	service := userOf(t, map[string]string{
		"/api/v2/sdk/my_profile":  `{"results": {"user": {"email": "rina", "username": "Rina", "last_comment_id": 31}}}`,
		"/api/v2/sdk/mqtt_config": `{"results": {"username": "rina", "password": "kunci"}}`,
	})
	newest, err := service.newest(ctx)
	require.NoError(t, err)
	assert.Equal(t, Position{MessageID: 31}, newest, "without an event there was none")
	userName, password, err := service.credentials(ctx)
	require.NoError(t, err)
	assert.Equal(t, "rina kunci", userName+" "+password)
}
