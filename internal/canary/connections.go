package canary

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// unconnected are connections that are never made, and proxies in between.
func unconnected(t testing.TB) []failure {
	t.Helper()
	const far = "https://omnichannel.invalid"
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	all := []failure{
		{name: "a name without an address", elsewhere: far, options: []qismo.Option{qismo.WithTransport(&http.Transport{
			DialContext: (&net.Dialer{Resolver: &net.Resolver{
				PreferGo: true,
				Dial: func(context.Context, string, string) (net.Conn, error) {
					return nil, errors.New("no server of names")
				},
			}}).DialContext,
		})}},
		{name: "nobody there", elsewhere: "http://127.0.0.1:1"},
		{name: "a certificate that is not trusted", elsewhere: secure.URL},
		{name: "no TLS where it should be", elsewhere: "https" + plain.URL[len("http"):]},
		goneAway(t, secure),
	}
	line := inAnswer(Name, "proxy").Text
	header := "Proxy-Authenticate: Basic realm=\"" + line + "\"\r\nX-Other: " + inAnswer(Token, "proxy").Text + "\r\n\r\n"
	answers := map[string]string{
		"refuses":                   "HTTP/1.1 407 " + line + "\r\n" + header + line,
		"refuses in common words":   "HTTP/1.1 407 Proxy Authentication Required\r\n" + header + line,
		"is not allowed to":         "HTTP/1.1 403 Forbidden for " + inAnswer(Token, "proxy").Text + "\r\n" + header,
		"gives no reason":           "HTTP/1.1 502\r\n" + header,
		"is none":                   line + "\r\n" + header,
		"breaks off":                "",
		"is none behind its answer": "HTTP/1.1 200 " + line + "\r\n\r\n" + line,
	}
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		for _, scheme := range []string{"http", "socks5"} {
			address := (&url.URL{
				Scheme: scheme, Host: newProxy(t, answers[name]),
				User: url.UserPassword(proxyUser().Text, proxyPassword().Text),
			}).String()
			all = append(all, failure{
				name: "a proxy of " + scheme + " that " + name, elsewhere: far, oneOf: 4,
				options: []qismo.Option{qismo.WithProxy(address)},
			})
			if scheme == "http" {
				all = append(all, failure{
					name: "a proxy in plain that " + name, elsewhere: "http://127.0.0.1:1", oneOf: 4,
					options: []qismo.Option{qismo.WithProxy(address)},
				})
			}
		}
	}
	return all
}

func proxyCanaries() []Canary { return []Canary{proxyUser(), proxyPassword()} }

func proxyUser() Canary     { return New(Name, "the proxy's user") }
func proxyPassword() Canary { return New(Token, "the proxy's password") }

// newProxy is a proxy that gives every request the same answer.
func newProxy(t testing.TB, answer string) (host string) {
	t.Helper()
	return serve(t, nil, func(connection io.ReadWriter) {
		_, _ = bufio.NewReader(connection).ReadByte() // the request has begun to come
		_, _ = connection.Write([]byte(answer))       // whoever does not want to hear it has gone
	})
}

// serve hands connections to a function, one after the other, until the test is over.
func serve(t testing.TB, config *tls.Config, handle func(io.ReadWriter)) (host string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_ = connection.SetDeadline(time.Now().Add(patience)) // nobody keeps the others waiting
			if config != nil {
				connection = tls.Server(connection, config)
			}
			handle(connection)
			if half, ok := connection.(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite() // a reset could overtake the answer
				_, _ = io.Copy(io.Discard, connection)
			}
			_ = connection.Close()
		}
	}()
	return listener.Addr().String()
}
