package qismotest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// loopback is a server on a free port of this machine.
type loopback struct {
	url    string
	server *http.Server
	ended  chan struct{}
}

// headerTimeout bounds how long a connection may be silent before its first request.
const headerTimeout = 10 * time.Second

func serve(handler http.Handler) (*loopback, error) {
	//nolint:noctx // listening on loopback takes no time
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	l := &loopback{
		url:    "http://" + listener.Addr().String(),
		server: &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout},
		ended:  make(chan struct{}),
	}
	go func() {
		defer close(l.ended)
		if err := l.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("qismotest: a server on loopback ended: %v", err))
		}
	}()
	return l, nil
}

// close ends the server and its connections.
func (l *loopback) close() {
	_ = l.server.Close() // that of a listener, which nobody uses any more
	<-l.ended
}
