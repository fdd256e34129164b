package qismotest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
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

	typing := hears(t, client, "r/"+budi.Room().ID+"/typing")
	srv.BotTypes(budi.Room().ID, "sebentar", true)
	assert.Contains(t, next(t, typing), "sebentar")
	assert.Equal(t, 1, srv.BreaksConnections())
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
