package transport

import (
	"crypto/tls"
	"crypto/x509"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	address1, err := url.Parse(address)
	require.NoError(t, err)
	return address1
}

// What contradicts itself, or would give secrets away, is refused.
func TestConnectionsThatAreRefused(t *testing.T) {
	t.Parallel()
	const remote, local = "https://service.example.id", "http://127.0.0.1:8080"
	proxy, localProxy := parsed(t, "http://proxy.example.id:3128"), parsed(t, "http://localhost:3128")
	client, carrier, config, most := &http.Client{}, &http.Transport{}, &tls.Config{}, 7
	careless := &tls.Config{InsecureSkipVerify: true}
	for name, test := range map[string]struct {
		base       string
		connection Connection
		wrong      string
	}{
		"nothing":                    {remote, Connection{}, ""},
		"client":                     {remote, Connection{Client: client}, ""},
		"transport":                  {remote, Connection{RoundTripper: carrier}, ""},
		"proxy, TLS and bound":       {remote, Connection{Proxy: proxy, TLS: config, Max: &most}, ""},
		"no proxy, and TLS":          {remote, Connection{NoProxy: true, TLS: config}, ""},
		"client and transport":       {remote, Connection{Client: client, RoundTripper: carrier}, "an HTTP client brings its own"},
		"client and proxy":           {remote, Connection{Client: client, Proxy: proxy}, "an HTTP client brings its own"},
		"client and no proxy":        {remote, Connection{Client: client, NoProxy: true}, "an HTTP client brings its own"},
		"client and TLS":             {remote, Connection{Client: client, TLS: config}, "an HTTP client brings its own"},
		"client and bound":           {remote, Connection{Client: client, Max: &most}, "an HTTP client brings its own"},
		"transport and proxy":        {remote, Connection{RoundTripper: carrier, Proxy: proxy}, "a transport brings its own"},
		"transport and no proxy":     {remote, Connection{RoundTripper: carrier, NoProxy: true}, "a transport brings its own"},
		"transport and TLS":          {remote, Connection{RoundTripper: carrier, TLS: config}, "a transport brings its own"},
		"transport and bound":        {remote, Connection{RoundTripper: carrier, Max: &most}, "a transport brings its own"},
		"proxy and no proxy":         {remote, Connection{Proxy: proxy, NoProxy: true}, "a proxy, and none"},
		"without verification":       {remote, Connection{TLS: careless}, "RootCAs"},
		"without it, on loopback":    {"https://[::1]:8443", Connection{TLS: careless}, ""},
		"in the open, by a proxy":    {local, Connection{Proxy: proxy}, "would travel to proxy.example.id in the open"},
		"in the open, by loopback":   {local, Connection{Proxy: localProxy}, ""},
		"several things at a time":   {remote, Connection{Client: client, TLS: careless}, "brings its own transport, proxy, TLS and connections: set them there\nTLS without"},
		"a client that is unhurried": {remote, Connection{Client: &http.Client{Timeout: time.Hour}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := test.connection.HTTPClient(parsed(t, test.base))
			if test.wrong == "" {
				require.NoError(t, err)
				assert.NotNil(t, made.Transport)
				assert.NotNil(t, made.CheckRedirect)
				return
			}
			require.ErrorContains(t, err, test.wrong)
			assert.Nil(t, made)
		})
	}
}

func TestBaseURLs(t *testing.T) {
	t.Parallel()
	for address, wrong := range map[string]string{
		"https://service.example.id": "", "https://service.example.id:8443/omni/": "", "http://localhost:8080": "",
		"http://127.9.9.9": "", "http://[::1]:80/x": "", "HTTPS://service.example.id": "",
		"":                                     "not an absolute one",
		"/omni":                                "not an absolute one",
		"service.example.id":                   "not an absolute one",
		"https://":                             "not an absolute one",
		"https://:8443":                        "not an absolute one",
		"https:service.example.id":             "not an absolute one",
		"https://rahasia\x7f.example.id":       "not an absolute one",
		"https://service.example.id?a=rahasia": "no user, query or fragment",
		"https://service.example.id#rahasia":   "no user, query or fragment",
		"https://sari:rahasia@service.example.id":       "no user, query or fragment",
		"http://service.example.id":                     "would travel to service.example.id in the open",
		"http://localhost.example.id":                   "in the open",
		"http://127.0.0.1.example.id":                   "in the open",
		"http://0.0.0.0":                                "in the open",
		"ftp://service.example.id":                      "must be https",
		"unix://localhost":                              "must be https",
		"https://service.example.id:rahasia-is-no-port": "not an absolute one",
	} {
		base, err := ParseBaseURL(address)
		if wrong == "" {
			require.NoError(t, err, address)
			assert.NotNil(t, base, address)
			continue
		}
		require.ErrorContains(t, err, wrong, address)
		assert.NotContains(t, err.Error(), "rahasia", address)
		assert.Nil(t, base, address)
	}
}

func TestProxyURLs(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"http://proxy.example.id:3128": true, "https://sari:rahasia@proxy.example.id": true,
		"socks5://127.0.0.1:1080": true, "socks5h://proxy.example.id:1080": true,
		"": false, "proxy.example.id:3128": false, "/rahasia": false, "http://": false, "http://:3128": false,
		"ftp://sari:rahasia@proxy.example.id": false, "http://sari:rahasia@proxy.example.id:port": false,
		"http://sari:rahasia@[::1": false, "socks4://127.0.0.1": false,
	} {
		proxy, err := ParseProxyURL(address)
		assert.Equal(t, fine, err == nil, address)
		assert.Equal(t, fine, proxy != nil, address)
		if err != nil {
			assert.NotContains(t, err.Error(), "rahasia", address)
		}
	}
}

// exported are the values of a struct's exported fields, as far as they can be compared:
// functions by where they are.
func exported(value any) map[string]any {
	fields := map[string]any{}
	structure := reflect.ValueOf(value).Elem()
	for i := range structure.NumField() {
		field := structure.Type().Field(i)
		switch {
		case !field.IsExported():
		case field.Type.Kind() == reflect.Func:
			fields[field.Name] = structure.Field(i).Pointer()
		default:
			fields[field.Name] = structure.Field(i).Interface()
		}
	}
	return fields
}

// What the caller brings is copied, and stays as it is; what is done to it later does
// not reach the client.
func TestWhatCallersBringIsCopied(t *testing.T) {
	t.Parallel()
	base := parsed(t, "https://service.example.id")
	never := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

	carrier := &http.Transport{MaxIdleConns: 3, TLSClientConfig: &tls.Config{ServerName: "a.example.id"}, ProxyConnectHeader: http.Header{"X": {"a"}}}
	before := exported(carrier.Clone()) // Clone makes it ready for HTTP/2, as its first use would
	made, err := Connection{RoundTripper: carrier}.HTTPClient(base)
	require.NoError(t, err)
	copied, ok := made.Transport.(*http.Transport)
	require.True(t, ok)
	assert.NotSame(t, carrier, copied)
	assert.NotSame(t, carrier.TLSClientConfig, copied.TLSClientConfig)
	after := exported(carrier)
	for name := range before {
		if name != "TLSClientConfig" { // a copy of it holds a copy of its lock
			assert.Equal(t, before[name], after[name], name)
		}
	}
	assert.Equal(t, "a.example.id", carrier.TLSClientConfig.ServerName)
	carrier.ProxyConnectHeader.Set("X", "b")
	carrier.TLSClientConfig.ServerName = "b.example.id"
	assert.Equal(t, "a", copied.ProxyConnectHeader.Get("X"))
	assert.Equal(t, "a.example.id", copied.TLSClientConfig.ServerName)

	own := &http.Client{Transport: carrier, Timeout: time.Minute, CheckRedirect: never}
	wanted := exported(own)
	made, err = Connection{Client: own}.HTTPClient(base)
	require.NoError(t, err)
	assert.NotSame(t, own, made)
	assert.Equal(t, wanted, exported(own))
	assert.Same(t, carrier, made.Transport, "what a client brings is its own to share")
	assert.Equal(t, time.Minute, made.Timeout)

	config := &tls.Config{ServerName: "a.example.id", MinVersion: tls.VersionTLS12}
	wanted = exported(config)
	made, err = Connection{TLS: config}.HTTPClient(base)
	require.NoError(t, err)
	copied, ok = made.Transport.(*http.Transport)
	require.True(t, ok)
	assert.NotSame(t, config, copied.TLSClientConfig)
	assert.Equal(t, wanted, exported(config))
	config.ServerName = "b.example.id"
	assert.Equal(t, "a.example.id", copied.TLSClientConfig.ServerName)

	odd := roundTripper(nil)
	made, err = Connection{RoundTripper: odd}.HTTPClient(base)
	require.NoError(t, err)
	assert.IsType(t, odd, made.Transport)
}

// The standard transport is neither shared nor changed, and what a call needs is set.
func TestTheDefaultTransport(t *testing.T) {
	t.Parallel()
	base := parsed(t, "https://service.example.id")
	none, seven := 0, 7
	for name, test := range map[string]struct {
		most       *int
		bound      int
		idleOfHost int
	}{
		"by default": {nil, DefaultMaxConnections, DefaultMaxConnections},
		"seven":      {&seven, 7, 7},
		"no bound":   {&none, 0, math.MaxInt},
	} {
		made, err := Connection{Max: test.most}.HTTPClient(base)
		require.NoError(t, err)
		transport, ok := made.Transport.(*http.Transport)
		require.True(t, ok)
		assert.NotSame(t, http.DefaultTransport, transport)
		assert.Equal(t, test.bound, transport.MaxConnsPerHost, name)
		assert.Equal(t, test.idleOfHost, transport.MaxIdleConnsPerHost, name)
		assert.Zero(t, transport.MaxIdleConns, name)
		assert.EqualValues(t, maxAnswerHeader, transport.MaxResponseHeaderBytes)
		assert.Equal(t, connectTimeout, transport.TLSHandshakeTimeout)
		assert.Equal(t, idleConnectionFor, transport.IdleConnTimeout)
		assert.True(t, transport.ForceAttemptHTTP2)
		assert.NotNil(t, transport.Proxy)
		assert.Zero(t, made.Timeout, "a call's time is the chain's")
	}
}

// A service whose certificate an authority of the caller's signed; HTTP/2 is spoken
// where it can be.
func TestTLS(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.Proto))
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	for name, config := range map[string]*tls.Config{
		"its authority":        {RootCAs: roots},
		"on loopback, careful": {InsecureSkipVerify: true},
	} {
		body, err := serviceAt(t, server, Connection{TLS: config}).ask(t.Context(), request{})
		require.NoError(t, err, name)
		assert.Equal(t, "HTTP/2.0", body, name)
	}
	body, err := serviceAt(t, server, Connection{RoundTripper: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
	}}).ask(t.Context(), request{})
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1", body, "a transport of the caller's that wants no other")
	assert.Zero(t, connections.Load())

	for name, config := range map[string]*tls.Config{
		"no authority":   {RootCAs: x509.NewCertPool()},
		"another's name": {RootCAs: roots, ServerName: "another.example.org"},
		"the system's":   nil,
	} {
		failure := serviceAt(t, server, Connection{TLS: config}).fail(t, request{})
		assert.Equal(t, ReasonUntrusted, ReasonOf(failure), name)
		require.ErrorIs(t, failure, ErrNotConnected, name)
		require.ErrorContains(t, failure, "tls: failed to verify certificate", name)
		assert.Equal(t, 1, failure.Attempts, "%s: no further attempt would help", name)
		assert.False(t, failure.Uncertain(), name)
	}
}

// To speak TLS with somebody who does not is not tried again either.
func TestTLSWithSomebodyWhoDoesNot(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	service := serviceAt(t, server, Connection{})
	service.settings.BaseURL.Scheme = "https"
	failure := service.fail(t, request{})
	assert.Equal(t, ReasonUntrusted, ReasonOf(failure))
	assert.Equal(t, 1, failure.Attempts)
}

// Idle connections are closed on request, and new ones opened after that.
func TestCloseIdleConnections(t *testing.T) {
	t.Parallel()
	var opened, closed atomic.Int32
	gone := make(chan struct{}, 9)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = countConnections(&opened, &closed, gone)
	server.Start()
	defer server.Close()
	base := parsed(t, server.URL)
	client, err := Connection{}.HTTPClient(base)
	require.NoError(t, err)
	service := newService(nil)
	service.settings.BaseURL, service.chain = base, NewChain(client)
	for range 3 {
		_, err := service.ask(t.Context(), request{})
		require.NoError(t, err)
	}
	assert.EqualValues(t, 1, opened.Load())
	client.CloseIdleConnections()
	<-gone
	assert.EqualValues(t, 1, closed.Load())
	_, err = service.ask(t.Context(), request{})
	require.NoError(t, err)
	assert.EqualValues(t, 2, opened.Load())
	client.CloseIdleConnections()
}
