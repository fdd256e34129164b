package main

import (
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sdk "github.com/qismo-go/qismo/pkg/chat"
)

// subscribe connects to a broker and subscribes to a topic, of which it returns what is
// said there.
func subscribe(t *testing.T, broker, topic string) <-chan string {
	t.Helper()
	const patience = 10 * time.Second
	said := make(chan string, 10)
	client := paho.NewClient(paho.NewClientOptions().AddBroker(broker).SetAutoReconnect(false).SetConnectTimeout(patience))
	t.Cleanup(func() { client.Disconnect(0) })
	for _, do := range []func() paho.Token{client.Connect, func() paho.Token {
		return client.Subscribe(topic, 0, func(_ paho.Client, message paho.Message) { said <- string(message.Payload()) })
	}} {
		token := do()
		require.True(t, token.WaitTimeout(patience))
		require.NoError(t, token.Error())
	}
	return said
}

// A user of the chat server hears over MQTT what is written, by WebSocket on the port of
// the API, and over TCP where that is asked for.
func TestSandboxHasABroker(t *testing.T) {
	for _, test := range []struct {
		args   []string
		broker string
	}{
		{nil, `ws://127\.0\.0\.1:\d+/mqtt`},
		{[]string{"--mqtt", "127.0.0.1:0"}, `mqtt://127\.0\.0\.1:\d+`},
		{[]string{"--mqtt", ":0", "--realtime-lookup", "--chat-token-life", "1h"}, `mqtt://127\.0\.0\.1:\d+`},
	} {
		address, out := startSandbox(t, test.args...)
		told := regexp.MustCompile(`broker +(\S+)`).FindStringSubmatch(out.String())[1]
		assert.Regexp(t, "^"+test.broker+"$", told)
		dewi, err := sdk.NewUser("wangi-qjxw1k2m3n4o", sdk.Password("dewi@example.id", "kunci"), sdk.WithBaseURL(address))
		require.NoError(t, err)
		agus, err := sdk.NewUser("wangi-qjxw1k2m3n4o", sdk.Password("agus@example.id", "kunci"), sdk.WithBaseURL(address))
		require.NoError(t, err)
		config, err := dewi.Session.Config(t.Context())
		require.NoError(t, err)
		assert.Equal(t, told, config.BrokerURL)
		assert.Equal(t, len(test.args) > 2, config.BrokerLbURL == address+"/realtime_lb")
		assert.Equal(t, len(test.args) > 2, config.EnableRefreshToken)

		token, err := dewi.Token(t.Context())
		require.NoError(t, err)
		said := subscribe(t, told, token.Reveal()+"/c")
		var made struct {
			Results struct{ Room struct{ ID json.Number } }
		}
		require.NoError(t, agus.Do(t.Context(), http.MethodPost, "/api/v2/sdk/get_or_create_room_with_target",
			map[string]any{"emails": []string{"dewi@example.id"}}, &made))
		require.NoError(t, agus.Do(t.Context(), http.MethodPost, "/api/v2/sdk/post_comment", map[string]any{
			"topic_id": made.Results.Room.ID.String(), "comment": "Halo Dewi", "type": "text", "unique_temp_id": "satu",
		}, nil))
		select {
		case message := <-said:
			assert.Contains(t, message, "Halo Dewi")
		case <-time.After(10 * time.Second):
			assert.Fail(t, "nothing was said")
		}
		// A page from anywhere may not come by another name.
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/mqtt", nil)
		require.NoError(t, err)
		request.Host = "evil.example"
		answer, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusForbidden, answer.StatusCode)
	}
}

func TestABrokerThatCannotListen(t *testing.T) {
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, listener.Close()) })
	for flag, why := range map[string]string{
		"--mqtt=" + listener.Addr().String(): "--mqtt: ", "--chat-token-life=-1h": "must not be negative",
	} {
		code, _, said := call(t, "", "sandbox", "--listen=127.0.0.1:0", flag)
		assert.Equal(t, exitUsage, code)
		assert.Contains(t, said, why)
	}
}

// Who has to log in is not let in without.
func TestABrokerThatWantsALogin(t *testing.T) {
	_, out := startSandbox(t, "--mqtt", "127.0.0.1:0", "--mqtt-login")
	broker := regexp.MustCompile(`broker +(\S+)`).FindStringSubmatch(out.String())[1]
	client := paho.NewClient(paho.NewClientOptions().AddBroker(strings.Replace(broker, "mqtt", "tcp", 1)).SetAutoReconnect(false))
	token := client.Connect()
	require.True(t, token.WaitTimeout(10*time.Second))
	require.ErrorContains(t, token.Error(), "not Authorized")
}
