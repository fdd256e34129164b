package qismo_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Options of the connection that contradict each other, or give secrets away.
func TestConnectionOptionsThatCannotWork(t *testing.T) {
	own, carrier, config := &http.Client{}, &http.Transport{}, &tls.Config{}
	const remoteProxy = "http://sari:sandi-rahasia@proxy.example.id:3128"
	for name, test := range map[string]struct {
		opts  []qismo.Option
		wrong string
	}{
		"client and transport":     {[]qismo.Option{qismo.WithHTTPClient(own), qismo.WithTransport(carrier)}, "an HTTP client brings its own"},
		"client and proxy":         {[]qismo.Option{qismo.WithProxy(remoteProxy), qismo.WithHTTPClient(own)}, "an HTTP client brings its own"},
		"client and no proxy":      {[]qismo.Option{qismo.WithHTTPClient(own), qismo.WithoutProxy()}, "an HTTP client brings its own"},
		"client and TLS":           {[]qismo.Option{qismo.WithHTTPClient(own), qismo.WithTLS(config)}, "an HTTP client brings its own"},
		"client and connections":   {[]qismo.Option{qismo.WithHTTPClient(own), qismo.WithMaxConnections(7)}, "an HTTP client brings its own"},
		"transport and proxy":      {[]qismo.Option{qismo.WithTransport(carrier), qismo.WithProxy(remoteProxy)}, "a transport brings its own"},
		"transport and no proxy":   {[]qismo.Option{qismo.WithTransport(carrier), qismo.WithoutProxy()}, "a transport brings its own"},
		"transport and TLS":        {[]qismo.Option{qismo.WithTLS(config), qismo.WithTransport(carrier)}, "a transport brings its own"},
		"proxy and no proxy":       {[]qismo.Option{qismo.WithProxy(remoteProxy), qismo.WithoutProxy()}, "proxy given twice"},
		"two proxies":              {[]qismo.Option{qismo.WithProxy(remoteProxy), qismo.WithProxy(remoteProxy)}, "proxy given twice"},
		"two clients":              {[]qismo.Option{qismo.WithHTTPClient(own), qismo.WithHTTPClient(own)}, "HTTP client given twice"},
		"two transports":           {[]qismo.Option{qismo.WithTransport(carrier), qismo.WithTransport(carrier)}, "transport given twice"},
		"two of TLS":               {[]qismo.Option{qismo.WithTLS(config), qismo.WithTLS(config)}, "TLS configuration given twice"},
		"no transport":             {[]qismo.Option{qismo.WithTransport(nil)}, "the transport is nil"},
		"no transport, by type":    {[]qismo.Option{qismo.WithTransport((*http.Transport)(nil))}, "the transport is nil"},
		"no TLS":                   {[]qismo.Option{qismo.WithTLS(nil)}, "the TLS configuration is nil"},
		"proxy without scheme":     {[]qismo.Option{qismo.WithProxy("sari:sandi-rahasia@proxy.example.id")}, "the proxy"},
		"proxy of another kind":    {[]qismo.Option{qismo.WithProxy("ftp://sari:sandi-rahasia@proxy.example.id")}, "the proxy's URL must begin with"},
		"proxy that is no URL":     {[]qismo.Option{qismo.WithProxy("http://sari:sandi-rahasia@[::1")}, "the proxy is not an absolute URL"},
		"TLS without verification": {[]qismo.Option{qismo.WithTLS(&tls.Config{InsecureSkipVerify: true})}, "add the certificate to RootCAs"},
		"in the open by a proxy": {[]qismo.Option{qismo.WithBaseURL("http://127.0.0.1:8080"), qismo.WithProxy(remoteProxy)},
			"credentials would travel to proxy.example.id in the open"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := qismo.New(append(test.opts, qismo.WithSecretKey(testAppID, testSecretKey))...)
			require.ErrorContains(t, err, "qismo: make a client: ")
			require.ErrorContains(t, err, test.wrong)
			assert.Nil(t, client)
			assert.NotContains(t, err.Error(), "rahasia")
		})
	}
}

func TestConnectionOptionsAreOfAClient(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	for name, option := range map[string]qismo.Option{
		"WithHTTPClient": qismo.WithHTTPClient(&http.Client{}), "WithTransport": qismo.WithTransport(&http.Transport{}),
		"WithProxy": qismo.WithProxy("http://127.0.0.1:3128"), "WithoutProxy": qismo.WithoutProxy(),
		"WithTLS": qismo.WithTLS(&tls.Config{}), "WithMaxConnections": qismo.WithMaxConnections(7),
		"WithTokenStore": qismo.WithTokenStore(&brokenStore{}),
	} {
		_, err := service.client(t).Session.Profile(t.Context(), option)
		require.EqualError(t, err, "qismo: getProfile: "+name+" is an option of a client, not of a call")
	}
	assert.Empty(t, service.seen())
}

// A proxy gets its user and password, and the service does not.
func TestProxyOption(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`))
	var authorization, host string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		authorization, host = request.Header.Get("Proxy-Authorization"), request.URL.Host
		request.Header.Del("Proxy-Authorization")
		service.Config.Handler.ServeHTTP(w, request)
	}))
	defer proxy.Close()
	address := strings.Replace(proxy.URL, "http://", "http://sari:sandi-rahasia@", 1)
	client := service.client(t, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithProxy(address))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("sari:sandi-rahasia")), authorization)
	assert.Equal(t, strings.TrimPrefix(service.URL, "http://"), host)
	require.Len(t, service.seen(), 1)
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		assert.NotContains(t, sprint(verb, client), "sandi-rahasia", verb)
	}
}

// What the caller brings can be used and changed afterwards: the client has a copy.
func TestWhatCallersBringIsTheirs(t *testing.T) {
	secure := httptest.NewUnstartedServer(answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`))
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // one client does not trust it
	secure.StartTLS()
	defer secure.Close()
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	newClient := func(opts ...qismo.Option) *qismo.Client {
		client, err := qismo.New(append(opts, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(secure.URL), qismo.WithoutRetries())...)
		require.NoError(t, err)
		t.Cleanup(client.CloseIdleConnections)
		return client
	}
	config := &tls.Config{RootCAs: roots}
	carrier := &http.Transport{TLSClientConfig: config.Clone()}
	own := &http.Client{Transport: &http.Transport{TLSClientConfig: config.Clone()}}
	clients := map[string]*qismo.Client{
		"TLS": newClient(qismo.WithTLS(config)), "transport": newClient(qismo.WithTransport(carrier)), "client": newClient(qismo.WithHTTPClient(own)),
	}
	assert.Equal(t, &tls.Config{RootCAs: roots}, config)
	assert.Nil(t, own.CheckRedirect)
	config.RootCAs = x509.NewCertPool()
	carrier.TLSClientConfig.RootCAs = x509.NewCertPool()
	own.Transport, own.Timeout = roundTripper(nil), time.Nanosecond
	for name, client := range clients {
		_, err := client.Rooms.Get(t.Context(), "5")
		require.NoError(t, err, name)
	}
	_, err := newClient(qismo.WithTLS(config)).Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrNotConnected)
	assert.Equal(t, qismo.ReasonUntrusted, qismo.ReasonOf(err))
	_, err = newClient(qismo.WithTLS(&tls.Config{InsecureSkipVerify: true})).Rooms.Get(t.Context(), "5")
	require.NoError(t, err, "on loopback")
}

// A call may take a larger answer than its client, or a smaller one.
func TestMaxAnswerOption(t *testing.T) {
	body := `{"data":{"customer_room":{"room_id":"5"}}}` + strings.Repeat(" ", 58)
	require.Len(t, body, 100)
	service := newRecorder(t, answerJSON(200, body))
	for name, test := range map[string]struct {
		client, call []qismo.Option
		fails        string
	}{
		"just enough":        {[]qismo.Option{qismo.WithMaxAnswer(100)}, nil, ""},
		"too small":          {[]qismo.Option{qismo.WithMaxAnswer(99)}, nil, "larger than 99 bytes"},
		"more for a call":    {[]qismo.Option{qismo.WithMaxAnswer(10)}, []qismo.Option{qismo.WithMaxAnswer(100)}, ""},
		"less for a call":    {nil, []qismo.Option{qismo.WithMaxAnswer(99)}, "larger than 99 bytes"},
		"the last one holds": {[]qismo.Option{qismo.WithMaxAnswer(10), qismo.WithMaxAnswer(100)}, nil, ""},
	} {
		client := service.client(t, append(test.client, qismo.WithSecretKey(testAppID, testSecretKey))...)
		_, err := client.Rooms.Get(t.Context(), "5", test.call...)
		if test.fails == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, name)
		require.ErrorContains(t, err, test.fails, name)
	}
}
