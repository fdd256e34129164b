package chat

import (
	"crypto/tls"
	"net/http"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// WithHTTPClient sets the HTTP client, with its transport, proxy and TLS. It is copied,
// never changed; redirects are followed only as far as credentials may go. The other
// options of the connection do not go with it. It is an option of a client, not of a
// call.
func WithHTTPClient(client *http.Client) Option { return qismo.WithHTTPClient(client) }

// WithTransport sets what carries requests, with its proxy and TLS; see
// [qismo.WithTransport]. It is an option of a client, not of a call.
func WithTransport(carrier http.RoundTripper) Option { return qismo.WithTransport(carrier) }

// WithProxy sends requests through a proxy, whatever the environment says; see
// [qismo.WithProxy]. It is an option of a client, not of a call.
func WithProxy(address string) Option { return qismo.WithProxy(address) }

// WithoutProxy uses no proxy, whatever the environment says. It is an option of a
// client, not of a call.
func WithoutProxy() Option { return qismo.WithoutProxy() }

// WithTLS sets the configuration of TLS, such as the authorities that are trusted. It is
// copied. InsecureSkipVerify is an error, except on loopback. It is an option of a
// client, not of a call.
func WithTLS(config *tls.Config) Option { return qismo.WithTLS(config) }

// WithMaxConnections bounds how many connections there are at a time; 64 otherwise, 0 is
// no bound. It is an option of a client, not of a call.
func WithMaxConnections(most int) Option { return qismo.WithMaxConnections(most) }
