package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"time"
)

// DefaultMaxConnections is how many connections there are at most at a time.
const DefaultMaxConnections = 64

const (
	maxRedirects      = 5
	maxAnswerHeader   = 256 << 10 // bytes
	connectTimeout    = 10 * time.Second
	idleConnectionFor = 45 * time.Second
)

// Connection says how the service is reached.
type Connection struct {
	// Client brings everything below itself; no other field goes with it.
	Client *http.Client
	// RoundTripper carries requests; proxy and TLS are its own.
	RoundTripper http.RoundTripper
	// Proxy is the proxy to use, nil for that of the environment.
	Proxy *url.URL
	// NoProxy leaves the environment's proxy alone.
	NoProxy bool
	// TLS is the configuration of TLS; nil for the standard one.
	TLS *tls.Config
	// Max is how many connections there are at most at a time, 0 for no bound; nil for
	// DefaultMaxConnections.
	Max *int
}

// HTTPClient makes the client that a chain ends with. What the caller brought is
// copied and not changed.
func (c Connection) HTTPClient(base *url.URL) (*http.Client, error) {
	if err := c.check(base); err != nil {
		return nil, err
	}
	client := &http.Client{}
	if c.Client != nil {
		*client = *c.Client
	}
	if client.Transport == nil {
		client.Transport = c.roundTripper()
	}
	client.CheckRedirect = guardRedirects(client.CheckRedirect)
	return client, nil
}

// check refuses what contradicts itself, or would give secrets away.
func (c Connection) check(base *url.URL) error {
	return errors.Join(c.checkConflicts(), c.checkSecrecy(base))
}

func (c Connection) checkConflicts() error {
	ownTransport := c.Proxy != nil || c.NoProxy || c.TLS != nil || c.Max != nil
	switch {
	case c.Client != nil && (c.RoundTripper != nil || ownTransport):
		return errors.New("an HTTP client brings its own transport, proxy, TLS and connections: set them there")
	case c.RoundTripper != nil && ownTransport:
		return errors.New("a transport brings its own proxy, TLS and connections: set them there")
	case c.Proxy != nil && c.NoProxy:
		return errors.New("a proxy, and none, are both asked for")
	}
	return nil
}

func (c Connection) checkSecrecy(base *url.URL) error {
	switch {
	case c.TLS != nil && c.TLS.InsecureSkipVerify && !IsLoopback(base.Hostname()):
		return errors.New("TLS without verification would give the credentials to anybody: " +
			"add the certificate to RootCAs instead")
	case c.Proxy != nil && base.Scheme == "http" && !IsLoopback(c.Proxy.Hostname()):
		return fmt.Errorf("an http base URL behind a proxy: credentials would travel to %s in the open",
			c.Proxy.Hostname())
	}
	return nil
}

func (c Connection) roundTripper() http.RoundTripper {
	switch own := c.RoundTripper.(type) {
	case nil:
	case *http.Transport:
		transport := own.Clone()
		if transport.OnProxyConnectResponse == nil {
			transport.OnProxyConnectResponse = checkProxy
		}
		return transport
	default:
		return own
	}
	transport := defaultTransport()
	switch {
	case c.NoProxy:
		transport.Proxy = nil
	case c.Proxy != nil:
		transport.Proxy = http.ProxyURL(c.Proxy)
	}
	if c.TLS != nil {
		transport.TLSClientConfig = c.TLS.Clone()
	}
	if c.Max != nil {
		limitConnections(transport, *c.Max)
	}
	return transport
}

// defaultTransport is like the standard one, with its proxies from the environment
// and HTTP/2, but for the connections, as all go to one host. Idle ones are given up
// before the gateways in common use do it, as a request that meets a connection just
// closed is lost.
func defaultTransport() *http.Transport {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	transport.DialContext = dialer.DialContext
	transport.TLSHandshakeTimeout = connectTimeout
	transport.IdleConnTimeout = idleConnectionFor
	transport.MaxResponseHeaderBytes = maxAnswerHeader
	transport.OnProxyConnectResponse = checkProxy
	limitConnections(transport, DefaultMaxConnections)
	return transport
}

// checkProxy tells of a proxy that lets nobody through. By itself net/http says
// so in the proxy's own words, which can be anything.
func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{answer.StatusCode}
}

// proxyError is a proxy that makes no connection.
type proxyError struct{ status int }

func (e *proxyError) Error() string { return "the proxy refused: " + statusText(e.status) }

// limitConnections keeps every connection that may be needed again: with the
// standard two idle ones, 64 parallel calls keep opening new ones. Without a bound
// they still would, if fewer, as net/http begins a new one whenever none is idle at
// that moment.
func limitConnections(transport *http.Transport, most int) {
	transport.MaxConnsPerHost = most
	transport.MaxIdleConns = 0 // no bound beside that of the host
	transport.MaxIdleConnsPerHost = most
	if most == 0 {
		transport.MaxIdleConnsPerHost = math.MaxInt
	}
}

// ParseBaseURL reads the address of a service. It must be https, except on
// loopback.
func ParseBaseURL(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil || base.Hostname() == "" {
		return nil, errors.New("the base URL is not an absolute one, such as https://omnichannel.qiscus.com")
	}
	switch {
	case base.User != nil, base.RawQuery != "", base.Fragment != "":
		return nil, errors.New("the base URL must hold no user, query or fragment")
	case base.Scheme == "https", base.Scheme == "http" && IsLoopback(base.Hostname()):
		return base, nil
	}
	return nil, fmt.Errorf("the base URL must be https, except on loopback: credentials would travel to %s in the open",
		base.Hostname())
}

// ParseProxyURL reads the address of a proxy, which may hold a user and a password.
// Its errors quote nothing of it.
func ParseProxyURL(address string) (*url.URL, error) {
	proxy, err := url.Parse(address)
	if err != nil || proxy.Hostname() == "" {
		return nil, errors.New("the proxy is not an absolute URL, such as http://proxy.example.id:8080")
	}
	switch proxy.Scheme {
	case "http", "https", "socks5", "socks5h":
		return proxy, nil
	}
	return nil, errors.New("the proxy's URL must begin with http, https, socks5 or socks5h")
}

// IsLoopback reports whether a host is this machine, by name or by number.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// guardRedirects keeps requests, which carry credentials and messages, where they
// were meant to go: only reads are redirected, only within a host and only so
// often. Any other redirect is handed back as the answer, and becomes an error.
func guardRedirects(next func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(request *http.Request, via []*http.Request) error {
		first := via[0]
		sameHost := request.URL.Scheme == first.URL.Scheme && request.URL.Host == first.URL.Host
		isRead := first.Method == http.MethodGet || first.Method == http.MethodHead
		if !sameHost || !isRead || len(via) >= maxRedirects {
			return http.ErrUseLastResponse
		}
		if next == nil {
			return nil
		}
		err := next(request, via)
		if err != nil && !errors.Is(err, http.ErrUseLastResponse) {
			return &redirectError{err}
		}
		return err
	}
}

// redirectError is a redirect that a client of the caller's refused to follow.
type redirectError struct{ cause error }

func (e *redirectError) Error() string { return "follow a redirect: " + e.cause.Error() }
func (e *redirectError) Unwrap() error { return e.cause }
