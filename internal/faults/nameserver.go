package faults

import (
	"context"
	"net"
	"testing"
)

// NoSuchHost dials with a name server that knows no name at all. Host names under
// .invalid are known to no name server, but the question leaves the machine, and
// what comes back, and when, depends on the network there.
func NoSuchHost(tb testing.TB) Dial {
	tb.Helper()
	const nameError = 3
	return asking(tb, serveNames(tb, func(question []byte) []byte { return respond(question, nameError) }))
}

// NameServerFails dials with a name server that cannot answer, now at least.
func NameServerFails(tb testing.TB) Dial {
	tb.Helper()
	const serverFailure = 2
	return asking(tb, serveNames(tb, func(question []byte) []byte { return respond(question, serverFailure) }))
}

// NameServerSilent dials with a name server that does not answer. A look-up takes
// until the context ends, or until the system's settings end it, which mostly is
// after ten seconds.
func NameServerSilent(tb testing.TB) Dial {
	tb.Helper()
	return asking(tb, serveNames(tb, func([]byte) []byte { return nil }))
}

// asking dials with the name server at an address. A look-up that nobody waits for any
// more, as net/http leaves behind, ends with the test.
func asking(tb testing.TB, nameServer string) Dial {
	tb.Helper()
	ctx := tb.Context()
	dialer := net.Dialer{Resolver: &net.Resolver{
		PreferGo: true,
		Dial: func(lookUp context.Context, _, _ string) (net.Conn, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			var dialer net.Dialer
			socket, err := dialer.DialContext(lookUp, "udp4", nameServer)
			if err == nil {
				context.AfterFunc(ctx, func() { _ = socket.Close() })
			}
			return socket, err
		},
	}}
	return dialer.DialContext
}

// respond makes the response to a question: the question itself, with a code.
func respond(question []byte, code byte) []byte {
	const headerSize, isResponse, recursionAvailable = 12, 0x80, 0x80
	if len(question) < headerSize {
		return nil
	}
	response := append([]byte(nil), question...)
	response[2] |= isResponse
	response[3] = recursionAvailable | code
	return response
}

// serveNames starts a name server on loopback that ends with the test, and returns
// its address. A response of nil is not sent.
func serveNames(tb testing.TB, response func(question []byte) []byte) string {
	tb.Helper()
	var config net.ListenConfig
	socket, err := config.ListenPacket(tb.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen for names on loopback: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		question := make([]byte, 4096)
		for {
			n, asker, err := socket.ReadFrom(question)
			if err != nil {
				return // closed
			}
			if said := response(question[:n]); said != nil {
				_, _ = socket.WriteTo(said, asker) // lost, as any packet may be
			}
		}
	}()
	tb.Cleanup(func() {
		_ = socket.Close()
		<-ended
	})
	return socket.LocalAddr().String()
}
