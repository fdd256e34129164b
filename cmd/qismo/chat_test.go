package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

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

// answering is what a bot does about a message.
type answering func(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error

// newBot starts a bot, and returns the flags of a chat with it.
func newBot(t *testing.T, answer answering) (flags []string) {
	t.Helper()
	address := freeAddress(t)
	client, err := qismo.New(qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "3f1d0a9b7c5e"), qismo.WithBaseURL("http://"+address))
	require.NoError(t, err)
	handler, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error { return answer(ctx, client, event) },
	})
	require.NoError(t, err)
	bot := httptest.NewServer(handler)
	t.Cleanup(bot.Close)
	return []string{"chat", "--listen", address, "--bot", bot.URL + "/rahasia"}
}

func shout(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error {
	return client.Bot.SendText(ctx, event.RoomID(), strings.ToUpper(event.Text()))
}

func TestChatWithABot(t *testing.T) {
	code, out, errOut := call(t, "halo\n\napa kabar\n", newBot(t, shout)...)
	assert.Equal(t, 0, code, errOut)
	assert.Equal(t, "you: halo\nbot: HALO\nyou: apa kabar\nbot: APA KABAR\n", out)
}

// When the bot steps back it is not waited for, and the chat says why.
func TestChatWithABotThatStepsBack(t *testing.T) {
	for name, test := range map[string]struct {
		stepBack answering
		out      string
	}{
		"switched off": {
			func(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error {
				_, err := client.Bot.SetActive(ctx, event.RoomID(), false)
				return err
			},
			"(the bot is not asked: the bot is off in this room)\n",
		},
		"an agent": {
			func(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error {
				_, err := client.Allocation.AllocateAndAssign(ctx, qismo.AllocateAndAssignAgentParams{RoomID: event.RoomID()})
				return err
			},
			"(the bot is not asked: an agent serves the room)\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			flags := newBot(t, func(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error {
				return errors.Join(shout(ctx, client, event), test.stepBack(ctx, client, event))
			})
			code, out, errOut := call(t, "halo\nmasih di sana?\n", append(flags, "--linger", "1ms")...)
			assert.Equal(t, 0, code, errOut)
			joined := ""
			if name == "an agent" {
				joined = "(Rini Astuti joined the room)\n"
			}
			assert.Equal(t, "you: halo\nbot: HALO\n"+joined+"you: masih di sana?\n"+test.out, out)
		})
	}
}

// A bot can have each session in a room of its own: the chat goes on in the new
// one.
func TestChatInANewRoom(t *testing.T) {
	flags := newBot(t, func(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error {
		_, err := client.Rooms.Resolve(ctx, qismo.ResolveRoomParams{RoomID: event.RoomID()})
		return errors.Join(shout(ctx, client, event), client.App.SetSessional(ctx, true), err)
	})
	code, out, errOut := call(t, "halo\napa kabar\n", append(flags, "--linger", "1ms")...)
	assert.Equal(t, 0, code, errOut)
	const resolved = "(Sari Wulandari resolved the conversation)\n"
	assert.Equal(t, "you: halo\n"+resolved+"bot: HALO\nyou: apa kabar\n"+resolved+"bot: APA KABAR\n", out)
}

// Some bots answer the webhook first and write later: the next line waits for
// that, and so does the end of the input.
func TestChatWithALateBot(t *testing.T) {
	flags := newBot(t, func(ctx context.Context, client *qismo.Client, event *webhook.BotMessageEvent) error {
		go func() {
			<-ctx.Done() // the webhook was answered
			assert.NoError(t, shout(context.WithoutCancel(ctx), client, event))
		}()
		if event.Text() == "halo" {
			return nil
		}
		return client.Bot.SendText(ctx, event.RoomID(), "sebentar")
	})
	code, out, errOut := call(t, "halo\nmasih buka?\n", append(flags, "--linger", "2s")...)
	assert.Equal(t, 0, code, errOut)
	assert.Equal(t, "you: halo\nbot: HALO\nyou: masih buka?\nbot: sebentar\nbot: MASIH BUKA?\n", out)
}

// readFunc is an input.
type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// Ctrl-C ends the chat whatever it waits for.
func TestChatIsInterrupted(t *testing.T) {
	t.Run("while the bot works", func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		flags := newBot(t, func(ctx context.Context, _ *qismo.Client, _ *webhook.BotMessageEvent) error {
			interrupt()
			<-ctx.Done() // the chat is gone
			return ctx.Err()
		})
		var out bytes.Buffer
		assert.Equal(t, 1, run(ctx, flags, &streams{in: strings.NewReader("halo\n"), out: &out, err: io.Discard}))
		assert.Equal(t, "you: halo\n", out.String())
	})
	t.Run("while nobody types", func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		released := make(chan struct{})
		defer close(released)
		terminal := readFunc(func([]byte) (int, error) {
			interrupt()
			<-released
			return 0, io.EOF
		})
		var out bytes.Buffer
		assert.Equal(t, 1, run(ctx, newBot(t, shout), &streams{in: terminal, out: &out, err: io.Discard}))
		assert.Empty(t, out.String())
	})
	t.Run("while the bot may still write", func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		flags := newBot(t, func(ctx context.Context, _ *qismo.Client, _ *webhook.BotMessageEvent) error {
			context.AfterFunc(ctx, interrupt)
			return nil
		})
		out := new(bytes.Buffer)
		flags = append(flags, "--linger", "1h")
		assert.Equal(t, 1, run(ctx, flags, &streams{in: strings.NewReader("halo\n"), out: out, err: io.Discard}))
	})
}

func TestChatTellsWhatIsWrong(t *testing.T) {
	answer := func(status int) string {
		bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(bot.Close)
		return bot.URL + "/rahasia"
	}
	for name, test := range map[string]struct {
		bot, tells string
	}{
		"refusing bot": {answer(404), "status 404"},
		"wrong secret": {answer(401), "WEBHOOK_SECRET"},
		"failing bot":  {answer(500), "QISCUS_APP_ID=wangi-qjxw1k2m3n4o QISCUS_SECRET_KEY=3f1d0a9b7c5e\n  QISCUS_OMNICHANNEL_URL=http://LISTEN\n"},
		"no bot":       {"http://" + freeAddress(t) + "/rahasia", "the bot cannot be reached"},
		"redirect":     {answer(307), "status 307"},
	} {
		t.Run(name, func(t *testing.T) {
			listen := freeAddress(t)
			code, _, errOut := call(t, "halo\n", "chat", "--listen", listen, "--bot", test.bot, "--wait", "1ms")
			assert.Equal(t, 1, code)
			assert.Contains(t, errOut, strings.ReplaceAll(test.tells, "LISTEN", listen))
			assert.NotContains(t, errOut, "rahasia")
		})
	}
	code, _, errOut := call(t, "halo\n", "chat", "--listen", freeAddress(t), "--bot", answer(204), "--linger", "1ms")
	assert.Equal(t, 0, code, errOut)
}

func TestChatRefusesWrongFlags(t *testing.T) {
	for bot, tells := range map[string]string{
		"127.0.0.1:8080/rahasia":        "first path segment",
		"localhost:8080/rahasia":        "begins with localhost:",
		"ftp://127.0.0.1/rahasia":       "begins with ftp:",
		"/rahasia":                      "does not begin with http",
		"http:///rahasia":               "names no host",
		"http://127.0.0.1:port/rahasia": "invalid port",
	} {
		code, out, errOut := call(t, "halo\n", "chat", "--listen", freeAddress(t), "--bot", bot)
		assert.Equal(t, 2, code, bot)
		assert.Contains(t, errOut, tells)
		assert.NotContains(t, errOut, "rahasia")
		assert.Empty(t, out)
	}
	code, _, _ := call(t, "", "chat", "--listen", "127.0.0.1:not-a-port", "--bot", "http://127.0.0.1:1")
	assert.Equal(t, 2, code)
}

func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:7080": "127.0.0.1:7080", "[::]:7080": "127.0.0.1:7080", "0.0.0.0:80": "127.0.0.1:80", "[::1]:80": "[::1]:80",
	} {
		assert.Equal(t, want, reachable(address))
	}
}

// A bot may begin to listen a little later than the chat.
func TestPatientDialer(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	dialer := func(results ...error) *patientDialer {
		return &patientDialer{patience: 5 * time.Second, dial: func(context.Context, string, string) (net.Conn, error) {
			if len(results) == 0 {
				return nil, refused
			}
			result := results[0]
			results = results[1:]
			if result != nil {
				return nil, result
			}
			return &net.TCPConn{}, nil
		}}
	}
	for name, test := range map[string]struct {
		results []error
		takes   time.Duration
		err     error
	}{
		"at once":      {[]error{nil}, 0, nil},
		"a bit later":  {[]error{refused, refused, nil}, 2 * betweenDials, nil},
		"never":        {nil, 5 * time.Second, refused},
		"unknown host": {[]error{&net.DNSError{IsNotFound: true}}, 0, &net.DNSError{IsNotFound: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				_, err := dialer(test.results...).dialContext(t.Context(), "tcp", "127.0.0.1:8080")
				assert.Equal(t, test.err, err)
				assert.Equal(t, test.takes, time.Since(started).Truncate(betweenDials))
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		d := dialer(nil, refused)
		_, err := d.dialContext(t.Context(), "tcp", "127.0.0.1:8080")
		require.NoError(t, err)
		_, err = d.dialContext(t.Context(), "tcp", "127.0.0.1:8080")
		assert.Equal(t, refused, err, "once it was there, it is not waited for again")

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		_, err = dialer().dialContext(ctx, "tcp", "127.0.0.1:8080")
		assert.Equal(t, refused, err)
		assert.Equal(t, time.Second, time.Since(started))
	})
}
