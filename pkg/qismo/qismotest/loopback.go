package qismotest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// loopback is a server on a free port of this machine.
type loopback struct {
	url         string
	server      *http.Server
	cancel      context.CancelFunc // the requests'
	connections sync.WaitGroup
	ended       chan struct{} // closed when no connection is accepted any more
	under       underWay
}

// headerTimeout bounds how long a connection may be silent before its first request.
const headerTimeout = 10 * time.Second

// serve starts a server that its caller closes.
func serve(handler http.Handler) (*loopback, error) {
	//nolint:noctx // listening on loopback takes no time
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	l := &loopback{url: "http://" + listener.Addr().String(), ended: make(chan struct{})}
	requests, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	l.server = &http.Server{
		Handler: l.under.counted(handler), ReadHeaderTimeout: headerTimeout, ConnState: l.count,
		BaseContext: func(net.Listener) context.Context { return requests },
	}
	go func() {
		defer close(l.ended)
		if err := l.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("qismotest: a server on loopback ended by itself: %v", err))
		}
	}()
	return l, nil
}

// count counts the connections, each of which has a goroutine. A handler that takes a
// connection over has it for itself.
func (l *loopback) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		l.connections.Add(1)
	case http.StateClosed, http.StateHijacked:
		l.connections.Done()
	}
}

// close cancels the requests under way, breaks all connections and returns when the
// handlers have ended, or with the context's error when that ends first.
func (l *loopback) close(ctx context.Context) error {
	l.cancel()           // a broken connection alone is not seen before a request's body was read
	_ = l.server.Close() // its error is that of a listener, which nobody uses any more
	<-l.ended            // so that no connection is added
	ended := make(chan struct{})
	go func() {
		l.connections.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// underWay counts the requests that a server has not answered yet.
type underWay struct {
	mu    sync.Mutex
	count int
	none  chan struct{} // closed when there are none any more; nil when nobody asked
}

// counted counts the requests of a handler. One for a WebSocket lasts as long as its
// client likes, and is nothing to wait for.
func (u *underWay) counted(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			handler.ServeHTTP(w, r)
			return
		}
		u.add(1)
		defer u.add(-1)
		handler.ServeHTTP(w, r)
	})
}

func (u *underWay) add(requests int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count += requests
	if u.count == 0 && u.none != nil {
		close(u.none)
		u.none = nil
	}
}

// untilNone returns what is closed when no request is under way any more; nil when none
// is now.
func (u *underWay) untilNone() <-chan struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count == 0 {
		return nil
	}
	if u.none == nil {
		u.none = make(chan struct{})
	}
	return u.none
}
