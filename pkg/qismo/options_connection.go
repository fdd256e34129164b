package qismo

import (
	"crypto/tls"
	"errors"
	"net/http"

	"github.com/qismo-go/qismo/internal/transport"
)

// WithHTTPClient sets the HTTP client, with its transport, proxy and TLS. It is
// copied, never changed; redirects are followed only as far as credentials may
// go. [WithTransport], [WithProxy], [WithoutProxy], [WithTLS] and
// [WithMaxConnections] do not go with it: that is an error. It is an option of a
// client, not of a call.
func WithHTTPClient(client *http.Client) Option {
	return connectionOption("WithHTTPClient", "HTTP client", func(connection *transport.Connection) error {
		if client == nil {
			return errors.New("the HTTP client is nil")
		}
		duplicate := *client
		connection.Client = &duplicate
		return nil
	})
}

// WithTransport sets what carries requests, with its proxy and TLS. An
// *http.Transport is copied: it is not changed, except that net/http makes it ready for
// HTTP/2 as its first use would, and its connections are not shared. Anything else is
// used as it is; if it passes on what net/http/httptrace tells, as those do that wrap an
// *http.Transport, the client knows more about failures and can repeat more, and
// [Timeouts] bound the parts of an attempt: otherwise only reading the answer's body,
// and the attempt as a whole. [WithProxy], [WithoutProxy], [WithTLS] and
// [WithMaxConnections] do not go with it: that is an error. It is an option of a client,
// not of a call.
func WithTransport(carrier http.RoundTripper) Option {
	return connectionOption("WithTransport", "transport", func(connection *transport.Connection) error {
		if carrier == nil || carrier == (*http.Transport)(nil) {
			return errors.New("the transport is nil")
		}
		connection.RoundTripper = carrier
		return nil
	})
}

// WithProxy sends requests through a proxy, whatever the environment says:
// WithProxy("http://user:password@proxy.example.id:8080"). The scheme is http, https,
// socks5 or socks5h. User and password are shown nowhere. It is an option of a
// client, not of a call.
func WithProxy(address string) Option {
	return connectionOption("WithProxy", "proxy", func(connection *transport.Connection) error {
		proxy, err := transport.ParseProxyURL(address)
		connection.Proxy = proxy
		return err
	})
}

// WithoutProxy uses no proxy, whatever the environment says. It is an option of a
// client, not of a call.
func WithoutProxy() Option {
	return connectionOption("WithoutProxy", "proxy", func(connection *transport.Connection) error {
		connection.NoProxy = true
		return nil
	})
}

// WithTLS sets the configuration of TLS, such as the authorities that are trusted or
// a certificate of the client's. It is copied. InsecureSkipVerify is an error,
// except on loopback: whoever answers would get the credentials. It is an option of
// a client, not of a call.
func WithTLS(config *tls.Config) Option {
	return connectionOption("WithTLS", "TLS configuration", func(connection *transport.Connection) error {
		if config == nil {
			return errors.New("the TLS configuration is nil")
		}
		connection.TLS = config.Clone()
		return nil
	})
}

// WithMaxConnections bounds how many connections there are at a time; 64 otherwise.
// A call that finds all of them in use waits, within its time, until one is free. 0
// is no bound. It does not go with [WithHTTPClient] and [WithTransport], and is an
// option of a client, not of a call.
func WithMaxConnections(most int) Option {
	return connectionOption("WithMaxConnections", "bound of connections", func(connection *transport.Connection) error {
		if most < 0 {
			return errors.New("the bound of connections is negative")
		}
		connection.Max = &most
		return nil
	})
}

// WithMaxAnswer bounds the size of an answer in bytes, after decompression; 32 MiB
// otherwise. A larger one is [ErrUnexpectedAnswer], and no more than the bound is
// read. Of a failure 64 KiB at most are read and kept in any case. What the caller
// reads as a stream has no bound, as it is held nowhere.
func WithMaxAnswer(bytes int64) Option {
	return func(s *transport.Settings) error {
		if bytes <= 0 {
			return errors.New("the bound of answers must be above zero")
		}
		s.MaxAnswer = bytes
		return nil
	}
}

// connectionOption makes an option of a client that can be given once.
func connectionOption(option, what string, set func(*transport.Connection) error) Option {
	return func(s *transport.Settings) error {
		if err := s.OnlyForClients(option); err != nil {
			return err
		}
		if err := s.Once(what); err != nil {
			return err
		}
		return set(&s.Connection)
	}
}
