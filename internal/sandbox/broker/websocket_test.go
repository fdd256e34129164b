package broker_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
)

// page opens a WebSocket as a program in a browser does.
func page(t *testing.T, address string, header http.Header) (conn *websocket.Conn, status int) {
	t.Helper()
	conn, answer, err := websocket.DefaultDialer.DialContext(t.Context(), address, header)
	require.NotNil(t, answer, err)
	if err == nil {
		t.Cleanup(func() { _ = conn.Close() })
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
	}
	return conn, answer.StatusCode
}

func TestWhatIsNoWebSocketOfMQTT(t *testing.T) {
	address := overWebSocket(t, start(t, broker.Rules{}, broker.Limits{}))
	for name, header := range map[string]http.Header{
		"no sub-protocol": {}, "another": {"Sec-WebSocket-Protocol": {"graphql-ws"}},
	} {
		_, status := page(t, address, header)
		assert.Equal(t, http.StatusBadRequest, status, name)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.Replace(address, "ws", "http", 1), nil)
	require.NoError(t, err)
	answer, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	assert.Equal(t, http.StatusBadRequest, answer.StatusCode)
}

// A page of any origin may connect, with either name of the protocol. A packet may come in
// pieces, and pieces of two in one message.
func TestMessagesAndPacketsEndWhereTheyLike(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	address := overWebSocket(t, made)
	for _, protocol := range []string{"mqtt", "mqttv3.1"} {
		conn, _ := page(t, address, http.Header{
			"Sec-WebSocket-Protocol": {"x, " + protocol}, "Origin": {"https://toko.example.id"},
		})
		assert.Equal(t, protocol, conn.Subprotocol())
		ping := []byte{0xc0, 0}
		all := append(hello(t, "rini", 4), ping...)
		for _, piece := range [][]byte{all[:1], {}, all[1:7], all[7 : len(all)-1], all[len(all)-1:]} {
			require.NoError(t, conn.WriteMessage(websocket.BinaryMessage, piece))
		}
		var answer []byte
		for len(answer) < 6 {
			kind, message, err := conn.ReadMessage()
			require.NoError(t, err)
			assert.Equal(t, websocket.BinaryMessage, kind)
			answer = append(answer, message...)
		}
		assert.Equal(t, []byte{0x20, 2, 0, 0, 0xd0, 0}, answer, "CONNACK and PINGRESP")
	}
}

// A message may hold more packets than one of them may be long.
func TestAMessageOfManyPackets(t *testing.T) {
	address := overWebSocket(t, start(t, broker.Rules{}, broker.Limits{Packet: 100}))
	conn, _ := page(t, address, http.Header{"Sec-WebSocket-Protocol": {"mqtt"}})
	const pings = 1000
	all := append(hello(t, "rini", 4), bytes.Repeat([]byte{0xc0, 0}, pings)...)
	require.NoError(t, conn.WriteMessage(websocket.BinaryMessage, all))
	for answered := 0; answered < 4+2*pings; {
		_, message, err := conn.ReadMessage()
		require.NoError(t, err)
		answered += len(message)
	}
}

func TestTextEndsTheConnection(t *testing.T) {
	conn, _ := page(t, overWebSocket(t, start(t, broker.Rules{}, broker.Limits{})), http.Header{"Sec-WebSocket-Protocol": {"mqtt"}})
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, hello(t, "rini", 4)))
	_, _, err := conn.ReadMessage()
	require.Error(t, err)
	var closed *websocket.CloseError
	assert.ErrorAs(t, err, &closed)
}
