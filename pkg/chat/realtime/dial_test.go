package realtime

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secured is a platform whose broker is behind TLS: the addresses for TCP and WebSocket,
// and what trusts it.
func secured(t *testing.T, p *platform) (overTCP, overWebSocket string, trusting *tls.Config) {
	t.Helper()
	server := httptest.NewUnstartedServer(p.broker)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail on purpose
	server.StartTLS()
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server.TLS)
	require.NoError(t, err)
	go func() { _ = p.broker.Serve(listener) }() // until the broker is closed
	return "mqtts://" + listener.Addr().String(), strings.Replace(server.URL, "https", "wss", 1),
		&tls.Config{RootCAs: pool}
}

func TestABrokerBehindTLS(t *testing.T) {
	p := newPlatform(t)
	overTCP, overWebSocket, trusting := secured(t, p)
	for _, address := range []string{overTCP, overWebSocket} {
		c := p.connect(WithBroker(address), WithTLS(trusting))
		l := p.listen(c)
		await[*Connected](l)
		p.post("12", other, "halo")
		assert.Equal(t, []string{"halo"}, l.texts(1))

		c = p.connect(WithBroker(address))
		require.ErrorContains(t, await[*Disconnected](p.listen(c)).Err, "certificate")
		c = p.connect(WithBroker(address), WithTLS(&tls.Config{RootCAs: trusting.RootCAs, ServerName: "lain.example.id"}))
		require.ErrorContains(t, await[*Disconnected](p.listen(c)).Err, "lain.example.id")
	}
}

// Where the first way to the broker is blocked, the next one is taken at once.
func TestTheNextAddressIsTried(t *testing.T) {
	p := newPlatform(t)
	c := p.connect(WithBroker("mqtt://"+nobody(t), p.webSocket()))
	assert.Equal(t, p.webSocketOf(c), await[*Connected](p.listen(c)).Broker)
}

func (p *platform) webSocketOf(c *Connection) string { return c.settings.brokers[1].String() }

func TestAWebSocketThatIsNone(t *testing.T) {
	p := newPlatform(t)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c := p.connect(WithBroker(strings.Replace(server.URL, "http", "ws", 1)))
	require.ErrorContains(t, await[*Disconnected](p.listen(c)).Err, "status 404")
}

func TestACallersDialer(t *testing.T) {
	p := newPlatform(t)
	blocked := errors.New("the firewall is closed")
	var asked []string
	isOpen := false
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		asked = append(asked, network+" "+address)
		if !isOpen {
			isOpen = true
			return nil, blocked
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	c := p.connect(WithDialer(dial), WithKeepAlive(1e9*60))
	l := p.listen(c)
	require.ErrorIs(t, await[*Disconnected](l).Err, blocked)
	await[*Connected](l)
	assert.Equal(t, []string{"tcp " + p.address, "tcp " + p.address}, asked)
}

func TestAWebSocketIsAStreamOfBytes(t *testing.T) {
	p := newPlatform(t)
	conn, err := dialing{dial: (&net.Dialer{}).DialContext}.openWebSocket(t.Context(), mustParse(t, p.webSocket()))
	require.NoError(t, err)
	n, err := conn.Read(nil)
	require.NoError(t, err)
	assert.Zero(t, n)
	require.NoError(t, conn.Close())
	_, err = conn.Write([]byte{1})
	require.Error(t, err)
	_, err = io.ReadAll(conn)
	require.Error(t, err)
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return parsed
}
