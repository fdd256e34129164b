package realtime

import (
	"net"
	"sync"
	"time"
)

// steady is a connection to a broker whose writes come one after the other, each of which
// ends within a time. The MQTT library writes from several goroutines, which a WebSocket
// does not bear, and bounds only some of its writes: the others would wait for minutes
// once nobody reads any more, and keep it from seeing that.
type steady struct {
	net.Conn

	within  time.Duration
	writing sync.Mutex
}

// Write implements [net.Conn].
func (s *steady) Write(p []byte) (int, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.Conn.SetWriteDeadline(time.Now().Add(s.within)); err != nil {
		return 0, err
	}
	return s.Conn.Write(p)
}

// SetDeadline implements [net.Conn], for reading alone.
func (s *steady) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// SetWriteDeadline does nothing: each write has its own.
func (s *steady) SetWriteDeadline(time.Time) error { return nil }
