package broker_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
)

// A platform with a broker on its own port: who has logged in hears what customers write.
func TestAPlatformWithItsBroker(t *testing.T) {
	platform, err := sandbox.New(sandbox.Config{Rooms: 1})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, platform.Shutdown(context.WithoutCancel(t.Context()))) })
	made := start(t, platform.RealtimeRules(), broker.Limits{})
	platform.SetRealtime(made, "")
	server := httptest.NewServer(platform)
	t.Cleanup(server.Close)
	address := strings.Replace(server.URL, "http", "ws", 1) + sandbox.RealtimePath

	token := sdkToken(t, server.URL, platform.Config())
	sari := join(t, address, "sari")
	sari.subscribe(token + "/c")
	assert.Equal(t, refused, sari.ask("guessed/c", 0))
	room, err := platform.CustomerWrites(t.Context(), sandbox.CustomerMessage{UserID: "628115550123", Name: "Wulan Sari", Text: "Halo"})
	require.NoError(t, err)
	var message struct {
		Message string      `json:"message"`
		RoomID  json.Number `json:"room_id"`
	}
	require.NoError(t, json.Unmarshal(sari.hears().Payload(), &message))
	assert.Equal(t, "Halo", message.Message)
	assert.Equal(t, room, message.RoomID.String())

	account := platform.Config().AppCode + "_admin@qismo.com"
	sari.subscribe("u/" + account + "/s")
	sari.do(sari.Publish("u/"+account+"/s", 1, true, "1"))
	assert.Regexp(t, `^1:\d{13}$`, string(sari.hears().Payload()))
	require.NoError(t, platform.BotTypes(t.Context(), room, "sebentar", true))
	sari.subscribe("r/" + room + "/typing")
	require.NoError(t, platform.BotTypes(t.Context(), room, "", false))
	assert.Equal(t, "r/"+room+"/typing", sari.hears().Topic())
}

// sdkToken logs the admin in, and returns the token for the chat server.
func sdkToken(t *testing.T, address string, app sandbox.Config) string {
	t.Helper()
	body := `{"email": "` + app.AdminEmail + `", "password": "` + app.AdminPassword + `"}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/api/v1/auth", strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var login struct {
		Data struct {
			Details struct {
				User struct {
					Token string `json:"token"`
				} `json:"sdk_user"`
			} `json:"details"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal(raw, &login))
	require.NotEmpty(t, login.Data.Details.User.Token, string(raw))
	return login.Data.Details.User.Token
}
