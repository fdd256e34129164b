package faults

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Server is an HTTP/1.1 service on loopback that treats each request as its script
// says. It speaks HTTP by itself, since most faults are what a good server cannot be
// made to do.
type Server struct {
	*ledger

	// URL is its address, such as http://127.0.0.1:4321.
	URL string

	script   Script
	handler  http.Handler
	identity *tls.Config // nil where no TLS is spoken
	listener net.Listener
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// NewServer starts a server that ends with the test. The handler gives the proper
// answers; nil stands for one that answers {"data":{}}. The answers are held in
// memory until they are whole.
func NewServer(tb testing.TB, script Script, handler http.Handler) *Server {
	tb.Helper()
	return start(tb, script, handler, nil)
}

// NewUntrustedServer starts a server that speaks TLS, with a certificate for its
// address that nobody has signed. A client that trusts its Roots can talk to it.
func NewUntrustedServer(tb testing.TB, script Script, handler http.Handler) *Server {
	tb.Helper()
	certificate, err := selfSigned()
	if err != nil {
		tb.Fatalf("make a certificate: %v", err)
	}
	identity := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	return start(tb, script, handler, identity)
}

func start(tb testing.TB, script Script, handler http.Handler, identity *tls.Config) *Server {
	tb.Helper()
	listener := listen(tb)
	if handler == nil {
		handler = answering(http.StatusOK, "application/json", `{"data":{}}`)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	server := &Server{
		ledger: newLedger(), script: script, handler: handler, identity: identity,
		listener: listener, stop: stop,
	}
	server.URL = "http://" + server.Address()
	if identity != nil {
		server.URL = server.HTTPSURL()
	}
	server.running.Go(func() { server.accept(ctx) })
	tb.Cleanup(server.Close)
	return server
}

// listen opens a port on loopback.
func listen(tb testing.TB) net.Listener {
	tb.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(tb.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen on loopback: %v", err)
	}
	return listener
}

// Address is the server's host and port.
func (s *Server) Address() string { return s.listener.Addr().String() }

// HTTPSURL is the server's address with the scheme https. A [NewServer] speaks no
// TLS there: with no fault it answers the handshake in plain HTTP, with
// [StallUnread] the handshake stalls, with [ResetUnread] it is broken off.
func (s *Server) HTTPSURL() string { return "https://" + s.Address() }

// OtherHostURL is the server's address by the host name localhost, so that it is
// another host than any server's URL: net/http takes 127.0.0.1 for one host, whatever
// the port.
func (s *Server) OtherHostURL() string { return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) }

// Roots holds the certificate of a [NewUntrustedServer], for a client that is to
// trust it; it is empty for others.
func (s *Server) Roots() *x509.CertPool {
	roots := x509.NewCertPool()
	if s.identity != nil {
		roots.AddCert(s.identity.Certificates[0].Leaf)
	}
	return roots
}

// Close breaks all connections and waits until nothing of the server runs; its
// counts are final then. The end of the test does it, too.
func (s *Server) Close() {
	s.stop()
	_ = s.listener.Close() // twice is an error that says so
	s.running.Wait()
}

func (s *Server) accept(ctx context.Context) {
	for {
		accepted, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		number := s.update(func(counts *Counts) { counts.Accepted++; counts.Open++ }).Accepted
		s.running.Go(func() {
			defer s.update(func(counts *Counts) { counts.Open-- })
			s.serve(ctx, accepted, number)
		})
	}
}
