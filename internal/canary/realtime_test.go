package canary_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// realtimeCanaries are what a user in real time sends, and what a broker answers.
func realtimeCanaries() map[string]canary.Canary {
	of := func(kind canary.Kind, name string) canary.Canary { return canary.New(kind, "real time's "+name) }
	return map[string]canary.Canary{
		"token":    of(canary.UUID, "token"),
		"user":     of(canary.Token, "user"),
		"account":  of(canary.Token, "account at the broker"),
		"password": of(canary.Hex, "password at the broker"),
		"room":     of(canary.Phone, "room"),
		"event":    of(canary.Sentence, "event"),
		"line":     of(canary.Sentence, "answer"),
		"word":     of(canary.Token, "answer"),
	}
}

// However a broker fails, what is told of it holds no token, no password, no id and
// none of the broker's words; and a connection can be printed.
func TestRealtimeShowsNothing(t *testing.T) {
	in := realtimeCanaries()
	found := canary.NewNet(slices.Collect(maps.Values(in))...)
	line := in["line"].Text
	const accepted, refusedTopics = "\x20\x02\x00\x00", "\x90\x05\x00\x01\x80\x80\x80"
	for name, answer := range map[string]string{
		"says nothing":              "",
		"is none":                   line + "\r\n\r\n" + line,
		"is a word":                 in["word"].Text + "\r\n\r\n",
		"refuses the password":      "\x20\x02\x00\x04",
		"allows nobody":             "\x20\x02\x00\x05",
		"has an odd reason":         "\x20\x02\x00\x63",
		"speaks on":                 accepted + line,
		"refuses topics":            accepted + refusedTopics,
		"publishes what is none":    accepted + refusedTopics + "\x30\x7f" + line,
		"is a proxy that refuses":   "HTTP/1.1 407 " + line + "\r\nProxy-Authenticate: Basic realm=\"" + line + "\"\r\n\r\n" + line,
		"is a page":                 "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n" + line,
		"is another WebSocket":      "HTTP/1.1 101 " + line + "\r\nUpgrade: " + line + "\r\nConnection: " + line + "\r\n\r\n",
		"has a header that is none": "HTTP/1.1 101 Switching Protocols\r\n" + line + "\r\n\r\n",
	} {
		for _, scheme := range []string{"mqtt", "mqtts", "ws", "wss"} {
			t.Run(scheme+" "+name, func(t *testing.T) {
				for _, text := range toldOf(t, scheme+"://"+answering(t, answer), in) {
					assert.Empty(t, found.Search(text), text)
				}
			})
		}
	}
}

// answering is a broker that has one answer for everybody.
func answering(t *testing.T, answer string) (address string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() { assert.NoError(t, listener.Close()); <-done })
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = bufio.NewReader(connection).ReadByte() // what is asked has begun to come
			_, _ = io.WriteString(connection, answer)     // whoever does not want to hear it has gone
			if half, ok := connection.(*net.TCPConn); ok {
				_ = half.CloseWrite() // a reset could overtake the answer
			}
			_ = connection.SetDeadline(time.Now().Add(time.Second)) // for who does not hang up
			_, _ = io.Copy(io.Discard, connection)
			_ = connection.Close()
		}
	}()
	return listener.Addr().String()
}

// toldOf is what can be shown of a connection with a broker that fails.
func toldOf(t *testing.T, broker string, in map[string]canary.Canary) []string {
	t.Helper()
	service := httptest.NewServer(realtimeService(in))
	defer service.Close()
	user, err := chat.NewUser(appID, chat.Token(in["user"].Text, in["token"].Text),
		chat.WithBaseURL(service.URL), chat.WithoutRetries())
	require.NoError(t, err)
	defer user.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	connection, err := realtime.Connect(ctx, user,
		realtime.WithBroker(broker), realtime.WithBackoff(time.Millisecond, time.Millisecond))
	require.NoError(t, err)
	var texts []string
	lost := 0
	for event, err := range connection.Events(ctx) {
		require.NoError(t, err)
		if failed, ok := event.(*realtime.Disconnected); ok {
			texts = append(texts, canary.AllTexts(failed.Err)...)
			texts = append(texts, canary.Printed(failed)...)
			lost++
		}
		if lost == 2 {
			break
		}
	}
	texts = append(texts, canary.Printed(connection)...)
	room := flex.ID(in["room"].Text)
	for _, err := range []error{
		connection.Typing(ctx, room, true), connection.JoinRoom(ctx, room), connection.WatchPresence(ctx, in["user"].Text),
		connection.PublishEvent(ctx, room, map[string]string{"pesan": in["event"].Text}), connection.SetOnline(ctx, true),
	} {
		if err != nil {
			texts = append(texts, canary.AllTexts(err)...)
		}
	}
	if err := connection.Close(ctx); err != nil && !errors.Is(err, chat.ErrNotConnected) {
		texts = append(texts, canary.AllTexts(err)...)
	}
	return append(texts, canary.Printed(connection)...)
}

// realtimeService is the service of a user in real time, who has missed nothing.
func realtimeService(in map[string]canary.Canary) http.Handler {
	answers := map[string]string{
		"my_profile":  `{"user":{"email":"` + in["user"].Text + `","username":"Rina","last_comment_id":7,"last_sync_event_id":7}}`,
		"config":      `{"enable_realtime":true,"enable_sync":true}`,
		"mqtt_config": `{"username":"` + in["account"].Text + `","password":"` + in["password"].Text + `"}`,
		"sync":        `{"comments":[],"meta":{"last_received_comment_id":7}}`,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		name := request.URL.Path[strings.LastIndex(request.URL.Path, "/")+1:]
		results, known := answers[name]
		if !known {
			results = "{}"
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"results":`+results+`,"events":[],"status":200}`)
	})
}
