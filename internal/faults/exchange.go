package faults

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// connection is one that a client made.
type connection struct {
	net.Conn // in clear, where TLS is spoken

	raw    net.Conn // as it was accepted
	reader *bufio.Reader
	number int
}

// exchange is one request, and what becomes of it.
type exchange struct {
	*connection

	ctx     context.Context // the server's
	handler http.Handler
	request *http.Request // nil for a fault that strikes before it is read
	answer  *answer       // the proper one, for a fault that strikes after it was made
}

// errOver ends a connection for which nothing else is to be done.
var errOver = errors.New("the connection is over")

// serve treats the requests of a connection, one after the other. What ends it needs
// no report: it is the client that is to see it.
func (s *Server) serve(ctx context.Context, accepted net.Conn, number int) {
	end := func() { _ = accepted.Close() } // it may have ended by itself
	defer end()
	defer context.AfterFunc(ctx, end)()
	c := &connection{Conn: accepted, raw: accepted, number: number}
	if s.identity != nil {
		c.Conn = tls.Server(accepted, s.identity)
	}
	c.reader = bufio.NewReader(c.Conn)
	for {
		if _, err := c.reader.Peek(1); err != nil {
			return // no more requests, or no handshake
		}
		n := s.update(func(counts *Counts) { counts.Begun++ }).Begun
		if err := s.treat(&exchange{connection: c, ctx: ctx, handler: s.handler}, n); err != nil {
			return
		}
	}
}

// treat takes one request. An error ends the connection.
func (s *Server) treat(x *exchange, n int) error {
	fault := s.script(n)
	if fault.unread {
		return fault.strike(x)
	}
	body, err := x.read()
	if err != nil {
		return err
	}
	s.received(Request{
		Number: n, Connection: x.number, Fault: fault,
		Method: x.request.Method, URI: x.request.RequestURI, Header: x.request.Header.Clone(),
		Body: body, At: time.Now(),
	})
	if fault.HandlerActs() {
		x.answer = answerOf(x.handler, x.request)
	}
	if fault.strike != nil {
		err = fault.strike(x)
	} else {
		err = x.send(x.answer)
	}
	if err == nil && x.request.Close {
		err = errOver
	}
	return err
}

// read reads the request whole, and gives the handler its body again.
func (x *exchange) read() ([]byte, error) {
	request, err := http.ReadRequest(x.reader)
	if err != nil {
		_, refused := io.WriteString(x, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		return nil, errors.Join(fmt.Errorf("read the request: %w", err), refused)
	}
	if request.Header.Get("Expect") == "100-continue" {
		if _, err := io.WriteString(x, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil, err
		}
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	request.RemoteAddr = x.RemoteAddr().String()
	x.request = request.WithContext(x.ctx)
	return body, nil
}

// send answers the request; the connection can be used again.
func (x *exchange) send(a *answer) error {
	_, err := x.Write(a.whole(x.request))
	return err
}

// reset makes the connection end as if the line, or the server, had broken.
func (x *exchange) reset() error { return errors.Join(errOver, reset(x.raw)) }

// reset closes a connection so that its other end is told that it broke.
func reset(connection net.Conn) error {
	return errors.Join(resetOnClose(connection), connection.Close())
}

// resetOnClose makes the end of a connection, when it comes, a reset.
func resetOnClose(connection net.Conn) error {
	lingering, ok := connection.(interface{ SetLinger(seconds int) error })
	if !ok {
		return fmt.Errorf("a %T cannot be reset", connection)
	}
	return lingering.SetLinger(0)
}

// hold leaves the client without a further byte until it goes away, or the server
// ends.
func (x *exchange) hold() error {
	_, err := io.Copy(io.Discard, x.reader)
	return errors.Join(errOver, err)
}

// wait lets a time pass, unless the server ends.
func (x *exchange) wait(pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-x.ctx.Done():
		return x.ctx.Err()
	}
}
