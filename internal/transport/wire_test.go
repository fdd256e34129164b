package transport

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// wire is a network in memory, so that a test's clock is that of net/http: each
// connection is handed to serve, the other end's side.
type wire struct {
	*http.Transport
	dial  atomic.Int64 // how long it takes to connect
	dials atomic.Int32
}

func newWire(t *testing.T, serve func(net.Conn)) *wire {
	t.Helper()
	w := &wire{}
	w.Transport = &http.Transport{
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
			w.dials.Add(1)
			<-time.After(time.Duration(w.dial.Load()))
			ours, theirs := net.Pipe()
			go serve(theirs)
			return ours, nil
		},
	}
	t.Cleanup(w.CloseIdleConnections)
	return w
}

// serveOnce reads a request and plays an answer, given as text and waits in turn.
func serveOnce(parts ...any) func(net.Conn) {
	return func(connection net.Conn) {
		defer func() { _ = connection.Close() }()
		if _, err := http.ReadRequest(newBufioReader(connection)); err != nil {
			return
		}
		for _, part := range parts {
			switch part := part.(type) {
			case time.Duration:
				<-time.After(part)
			case string:
				if _, err := io.WriteString(connection, part); err != nil {
					return
				}
			}
		}
	}
}

// serveSlowly reads the header of a request, and its body slowly: a piece, then a wait.
func serveSlowly(piece int, wait time.Duration, answer string) func(net.Conn) {
	return func(connection net.Conn) {
		defer func() { _ = connection.Close() }()
		headerRead := false
		request, err := http.ReadRequest(newBufioReader(readerFunc(func(into []byte) (int, error) {
			if headerRead {
				<-time.After(wait)
			}
			return connection.Read(into[:min(len(into), piece)])
		})))
		if err != nil {
			return
		}
		headerRead = true
		if _, err := io.Copy(io.Discard, request.Body); err != nil {
			return
		}
		_, _ = io.WriteString(connection, answer)
	}
}

const okHead = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\n"

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(into []byte) (int, error) { return f(into) }
