package realtime

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/gorilla/websocket"

	"github.com/qismo-go/qismo/internal/transport"
)

// DialFunc opens a connection to an address, as [net.Dialer.DialContext] does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dialing is how connections to a broker are opened.
type dialing struct {
	tls  *tls.Config // nil for the standard one
	dial DialFunc
}

// until returns what opens a connection that breaks when the context ends, whatever it
// is waiting for then. After opened, it lasts; it is false when the context was faster.
func (d dialing) until(ctx context.Context) (guarded dialing, opened func() bool) {
	opened = func() bool { return ctx.Err() == nil } // as long as there is no connection
	guarded = d
	guarded.dial = func(dialed context.Context, network, address string) (net.Conn, error) {
		conn, err := d.dial(dialed, network, address)
		if err == nil {
			opened = context.AfterFunc(ctx, func() { _ = conn.Close() }) // nothing was agreed on yet
		}
		return conn, err
	}
	return guarded, func() bool { return opened() }
}

// open opens a connection to a broker's address, on which nothing was said yet.
func (d dialing) open(ctx context.Context, broker *url.URL) (net.Conn, error) {
	switch broker.Scheme {
	case "tcp":
		return d.dial(ctx, "tcp", broker.Host)
	case "ssl":
		return d.openTLS(ctx, broker)
	default:
		return d.openWebSocket(ctx, broker)
	}
}

func (d dialing) openTLS(ctx context.Context, broker *url.URL) (net.Conn, error) {
	plain, err := d.dial(ctx, "tcp", broker.Host)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if d.tls != nil {
		config = d.tls.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = broker.Hostname()
	}
	secured := tls.Client(plain, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, plain.Close())
	}
	return secured, nil
}

func (d dialing) openWebSocket(ctx context.Context, broker *url.URL) (net.Conn, error) {
	dialer := websocket.Dialer{
		NetDialContext:  d.dial,
		TLSClientConfig: d.tls,
		Proxy:           http.ProxyFromEnvironment,
		Subprotocols:    []string{"mqtt"},
	}
	conn, answer, err := dialer.DialContext(ctx, broker.String(), nil)
	if answer != nil {
		defer answer.Body.Close()
	}
	switch {
	case err != nil && answer != nil:
		return nil, fmt.Errorf("open a WebSocket: status %d: %w", answer.StatusCode, transport.WithoutQuotes(err))
	case err != nil:
		return nil, fmt.Errorf("open a WebSocket: %w", transport.WithoutQuotes(err))
	}
	return &webSocket{Conn: conn}, nil
}

// webSocket is a WebSocket as a stream of bytes: where its messages end means nothing.
type webSocket struct {
	*websocket.Conn

	message io.Reader // what is left of the one being read
}

// Read implements [net.Conn].
func (s *webSocket) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if s.message == nil {
			_, message, err := s.NextReader()
			if err != nil {
				return 0, err
			}
			s.message = message
		}
		n, err := s.message.Read(p)
		if errors.Is(err, io.EOF) {
			s.message, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Write implements [net.Conn].
func (s *webSocket) Write(p []byte) (int, error) {
	if err := s.WriteMessage(websocket.BinaryMessage, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// SetDeadline implements [net.Conn].
func (s *webSocket) SetDeadline(t time.Time) error {
	return errors.Join(s.SetReadDeadline(t), s.SetWriteDeadline(t))
}
