package broker

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// subprotocols are what clients call MQTT: 3.1.1 and, before it, 3.1.
var subprotocols = []string{"mqtt", "mqttv3.1"}

// ServeHTTP takes a WebSocket connection, and returns when it has ended. A page of any
// origin may open one, as programs are served from elsewhere than the platform: who serves
// the Broker keeps those away that should not.
func (b *Broker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	offered := websocket.Subprotocols(r)
	speaks := func(protocol string) bool { return slices.Contains(offered, protocol) }
	if websocket.IsWebSocketUpgrade(r) && !slices.ContainsFunc(subprotocols, speaks) {
		http.Error(w, "the WebSocket's sub-protocol must be mqtt", http.StatusBadRequest)
		return
	}
	if b.closed() {
		http.Error(w, "the broker was closed", http.StatusServiceUnavailable)
		return
	}
	upgrader := websocket.Upgrader{Subprotocols: subprotocols, CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it was answered
	}
	entered, ok := b.enter(&webSocket{conn: conn})
	if !ok {
		_ = conn.Close() // nothing was said yet
		return
	}
	b.hold(entered)
}

// errText is what ends a connection whose client sends text.
var errText = errors.New("broker: a WebSocket message of MQTT must be binary")

// webSocket is a WebSocket connection as a stream of bytes, whose messages' ends mean
// nothing.
type webSocket struct {
	conn    *websocket.Conn
	message io.Reader // what is left of the message that is being read; nil between two
}

// Read reads from the present message, or waits for the next one.
func (s *webSocket) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if s.message == nil {
			kind, message, err := s.conn.NextReader()
			if err != nil {
				return 0, err
			}
			if kind != websocket.BinaryMessage {
				return 0, errText
			}
			s.message = message
		}
		read, err := s.message.Read(p)
		if errors.Is(err, io.EOF) {
			s.message, err = nil, nil
		}
		if read > 0 || err != nil {
			return read, err
		}
	}
}

// Write sends one message.
func (s *webSocket) Write(p []byte) (int, error) {
	if err := s.conn.WriteMessage(websocket.BinaryMessage, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close breaks the connection; nothing is said before.
func (s *webSocket) Close() error { return s.conn.Close() }

func (s *webSocket) LocalAddr() net.Addr  { return s.conn.LocalAddr() }
func (s *webSocket) RemoteAddr() net.Addr { return s.conn.RemoteAddr() }

// SetDeadline bounds reading and writing.
func (s *webSocket) SetDeadline(at time.Time) error {
	return errors.Join(s.SetReadDeadline(at), s.SetWriteDeadline(at))
}

// SetReadDeadline bounds reading. Once it has passed, nothing can be read any more.
func (s *webSocket) SetReadDeadline(at time.Time) error { return s.conn.SetReadDeadline(at) }

// SetWriteDeadline bounds writing; not while something is written. Once it has passed,
// nothing can be written any more.
func (s *webSocket) SetWriteDeadline(at time.Time) error { return s.conn.SetWriteDeadline(at) }
