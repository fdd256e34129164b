package qismotest_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// onBroker connects to a server's broker.
func onBroker(t *testing.T, srv *qismotest.Server, name, password string) (paho.Client, error) {
	t.Helper()
	options := paho.NewClientOptions().AddBroker(strings.Replace(srv.URL, "http", "ws", 1) + "/mqtt").
		SetAutoReconnect(false).SetUsername(name).SetPassword(password)
	client := paho.NewClient(options)
	t.Cleanup(func() { client.Disconnect(0) })
	token := client.Connect()
	require.True(t, token.WaitTimeout(10*time.Second))
	return client, token.Error()
}

// hears subscribes to a topic and returns what comes.
func hears(t *testing.T, client paho.Client, topic string) <-chan string {
	t.Helper()
	heard := make(chan string, 100)
	token := client.Subscribe(topic, 1, func(_ paho.Client, message paho.Message) { heard <- string(message.Payload()) })
	require.True(t, token.WaitTimeout(10*time.Second))
	require.NoError(t, token.Error())
	return heard
}

func next(t *testing.T, heard <-chan string) string {
	t.Helper()
	select {
	case said := <-heard:
		return said
	case <-time.After(10 * time.Second):
		require.Fail(t, "nothing was heard")
		return ""
	}
}

// A customer's messages reach a user of the chat server who takes part in the room, and
// what the server posts reaches the customer.
func TestTheChatServerOfAServer(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	budi := srv.Customer("Budi")
	budi.Says("halo")

	rini := srv.ChatUser("rini@toko.example.id")
	token, err := rini.Token(t.Context())
	require.NoError(t, err)
	id, err := rini.ID(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "rini@toko.example.id", id)
	server := srv.ChatServer()
	_, err = server.Rooms.AddParticipants(t.Context(), roomID(budi), []string{"rini@toko.example.id"})
	require.NoError(t, err)

	client, err := onBroker(t, srv, "", "")
	require.NoError(t, err)
	heard := hears(t, client, token.Reveal()+"/c")
	budi.Says("apa kabar?")
	assert.Contains(t, next(t, heard), "apa kabar?")
	_, err = server.Messages.Send(t.Context(), chat.ServerSendParams{
		RoomID: roomID(budi), UserID: "rini@toko.example.id", Message: chat.NewText("baik"),
	})
	require.NoError(t, err)
	budi.Hears("baik")
	assert.Contains(t, next(t, heard), "baik")
	srv.Settle() // a connection to the broker is nothing to wait for

	online := client.Publish("u/rini@toko.example.id/s", 1, true, "1")
	require.True(t, online.WaitTimeout(10*time.Second))
	status, err := rini.Users.Status(t.Context(), []string{"rini@toko.example.id"})
	require.NoError(t, err)
	require.Len(t, status, 1)
	assert.EqualValues(t, 1, status[0].Status)

	typing := hears(t, client, "r/"+budi.Room().ID+"/typing")
	srv.BotTypes(budi.Room().ID, "sebentar", true)
	assert.Contains(t, next(t, typing), "sebentar")
	assert.Equal(t, 1, srv.BreaksConnections())
}

// Package realtime finds the broker by itself, and outlasts what goes wrong with it. Each
// message comes once and in order.
func TestRealtimeOfAServer(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithBrokerLogin(), qismotest.WithSeed(7), qismotest.WithTrouble(
		qismotest.Trouble{Kind: qismotest.DropRealtime, Rate: 0.2}, qismotest.Trouble{Kind: qismotest.RepeatRealtime, Rate: 0.2},
		qismotest.Trouble{Kind: qismotest.BreakRealtime, Rate: 0.05},
	))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	server, rini := srv.ChatServer(), srv.ChatUser("rini@toko.example.id")
	_, err := rini.ID(t.Context())
	require.NoError(t, err)
	_, err = server.Rooms.AddParticipants(t.Context(), roomID(budi), []string{"rini@toko.example.id"})
	require.NoError(t, err)
	conn, err := realtime.Connect(t.Context(), rini, realtime.WithBackoff(time.Millisecond, 10*time.Millisecond),
		realtime.WithSyncInterval(50*time.Millisecond, 50*time.Millisecond))
	require.NoError(t, err)
	defer func() { assert.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	const words = 60
	said := []string{}
	heard := take(t, conn, words, func() {
		token, err := rini.Token(t.Context())
		require.NoError(t, err)
		isServed, err := rini.Sync.CheckTopic(t.Context(), flex.Credential(token.Reveal()+"/c"))
		require.NoError(t, err)
		assert.True(t, isServed)
		for i := range words {
			said = append(said, strconv.Itoa(i))
			budi.Says(strconv.Itoa(i))
		}
	})
	assert.Equal(t, said, heard)
	assert.NotZero(t, srv.Struck()[qismotest.DropRealtime])
	assert.NotZero(t, srv.Struck()[qismotest.BreakRealtime])
}

// take takes the texts of so many messages, and does something once it is connected.
func take(t *testing.T, conn *realtime.Connection, number int, connected func()) (texts []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	isConnected := false
	for event, err := range conn.Events(ctx) {
		require.NoError(t, err)
		if _, is := event.(*realtime.Connected); is && !isConnected {
			isConnected = true
			connected()
		}
		if message, is := event.(*realtime.NewMessage); is {
			texts = append(texts, message.Message.Message)
		}
		if len(texts) == number {
			return texts
		}
	}
	return texts
}

// A user's token has to be renewed when it has expired, by the app's time.
func TestChatTokensExpire(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithChatTokens(time.Hour), qismotest.WithBrokerLogin())
	dewi := srv.ChatUser("dewi@toko.example.id")
	before, err := dewi.Token(t.Context())
	require.NoError(t, err)
	credentials, err := dewi.Session.RealtimeCredentials(t.Context())
	require.NoError(t, err)
	client, err := onBroker(t, srv, credentials.Username, credentials.Password.Reveal())
	require.NoError(t, err)
	heard := hears(t, client, before.Reveal()+"/c")
	_, err = onBroker(t, srv, "", "")
	require.ErrorContains(t, err, "not Authorized")

	srv.Clock().Advance(2 * time.Hour)
	require.NoError(t, dewi.Do(t.Context(), http.MethodGet, "/api/v2/sdk/my_profile", nil, nil))
	after, err := dewi.Token(t.Context())
	require.NoError(t, err)
	assert.NotEqual(t, before.Reveal(), after.Reveal())
	topic := before.Reveal() + "/n"
	token, isOne := client.Subscribe(topic, 0, nil).(*paho.SubscribeToken)
	require.True(t, isOne)
	require.True(t, token.WaitTimeout(10*time.Second))
	assert.Equal(t, byte(0x80), token.Result()[topic])
	assert.Empty(t, heard)
}

func TestChatClientsThatCannotBe(t *testing.T) {
	t.Parallel()
	for why, test := range map[string]func(t qismotest.TB){
		"WithChatTokens: it is not positive":  func(t qismotest.TB) { qismotest.New(t, qismotest.WithChatTokens(0)) },
		"make a user: base URL given twice":   func(t qismotest.TB) { qismotest.New(t).ChatUser("dewi", chat.WithBaseURL("x")) },
		"make a server: base URL given twice": func(t qismotest.TB) { qismotest.New(t).ChatServer(chat.WithBaseURL("x")) },
		"there is no room 1":                  func(t qismotest.TB) { qismotest.New(t).BotTypes("1", "", true) },
	} {
		assert.Contains(t, record(t, test).failure(), why)
	}
}
