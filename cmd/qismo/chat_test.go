package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// freeAddress finds an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	return address
}

func TestChatWithABot(t *testing.T) {
	address := freeAddress(t)
	client, err := qismo.New(qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "3f1d0a9b7c5e"), qismo.WithBaseURL("http://"+address))
	require.NoError(t, err)
	handler, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
			return client.Bot.SendText(ctx, event.RoomID(), strings.ToUpper(event.Text()))
		},
	})
	require.NoError(t, err)
	bot := httptest.NewServer(handler)
	defer bot.Close()

	code, out, errOut := call(t, "halo\n\napa kabar\n", "chat", "--listen", address, "--bot", bot.URL+"/rahasia")
	assert.Equal(t, 0, code, errOut)
	assert.Equal(t, "you: halo\nbot: HALO\nyou: apa kabar\nbot: APA KABAR\n", out)
}

func TestChatTellsWhatIsWrong(t *testing.T) {
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	for name, test := range map[string]struct {
		bot, tells string
	}{
		"refusing bot": {refusing.URL, "status 404"},
		"no bot":       {"http://" + freeAddress(t), "the bot cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errOut := call(t, "halo\n", "chat", "--listen", freeAddress(t), "--bot", test.bot)
			assert.Equal(t, 1, code)
			assert.Contains(t, errOut, test.tells)
		})
	}
	var out bytes.Buffer
	code := run(t.Context(), []string{"chat", "--listen", "127.0.0.1:not-a-port", "--bot", "http://127.0.0.1:1"}, &streams{in: strings.NewReader(""), out: &out, err: &out})
	assert.Equal(t, 2, code)
}
