package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// proxy is a real one: it connects where it is asked to, and passes plain requests on.
type proxy struct {
	*httptest.Server
	user    string // user:password, anybody when ""
	refuses int    // the status for everybody, 0 for none

	mu   sync.Mutex
	seen []string // what it was asked: method and where to
}

func newProxy(t *testing.T, user string, refuses int) *proxy {
	t.Helper()
	p := &proxy{user: user, refuses: refuses}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, request.Method+" "+request.Host)
	p.mu.Unlock()
	wanted := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.user))
	switch {
	case p.refuses != 0:
		w.WriteHeader(p.refuses)
	case p.user != "" && request.Header.Get("Proxy-Authorization") != wanted:
		w.WriteHeader(http.StatusProxyAuthRequired)
	case request.Method == http.MethodConnect:
		p.connect(w, request)
	default:
		p.passOn(w, request)
	}
}

func (p *proxy) connect(w http.ResponseWriter, request *http.Request) {
	target, err := (&net.Dialer{}).DialContext(request.Context(), "tcp", request.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	ours, read, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = target.Close()
		return
	}
	_, _ = io.WriteString(ours, "HTTP/1.1 200 Connected\r\n\r\n")
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(target, read); _ = target.Close() })
	_, _ = io.Copy(ours, target)
	_ = ours.Close()
	both.Wait()
}

func (p *proxy) passOn(w http.ResponseWriter, request *http.Request) {
	request.RequestURI = ""
	request.Header.Del("Proxy-Authorization")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	w.WriteHeader(response.StatusCode)
	_, _ = io.Copy(w, response.Body)
}

func (p *proxy) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

// with is the proxy's address with a user.
func (p *proxy) with(t *testing.T, user string) *url.URL {
	t.Helper()
	address := p.URL
	if user != "" {
		address = strings.Replace(p.URL, "http://", "http://"+user+"@", 1)
	}
	parsed, err := ParseProxyURL(address)
	require.NoError(t, err)
	return parsed
}

// trusted is a TLS server and the authorities that it is trusted by.
func trusted(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *tls.Config) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server, &tls.Config{RootCAs: roots}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	server, config := trusted(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Empty(t, r.Header.Get("Proxy-Authorization"), "it is the proxy's alone")
		_, _ = w.Write([]byte("here"))
	})
	plain := httptest.NewServer(server.Config.Handler)
	t.Cleanup(plain.Close)
	const password = "sandi-rahasia"
	for name, test := range map[string]struct {
		server  *httptest.Server
		wanted  string // the proxy's user
		given   string
		refuses int
		fails   string
	}{
		"anybody":          {server: server},
		"with a password":  {server: server, wanted: "sari:" + password, given: "sari:" + password},
		"without TLS":      {server: plain, wanted: "sari:" + password, given: "sari:" + password},
		"wrong password":   {server: server, wanted: "sari:" + password, given: "sari:salah-" + password, fails: "the proxy refused: status 407 Proxy Authentication Required"},
		"no password":      {server: server, wanted: "sari:" + password, fails: "the proxy refused: status 407 Proxy Authentication Required"},
		"it refuses":       {server: server, given: "sari:" + password, refuses: 403, fails: "the proxy refused: status 403 Forbidden"},
		"it is overloaded": {server: server, given: "sari:" + password, refuses: 503, fails: "the proxy refused: status 503 Service Unavailable"},
		"an odd status":    {server: server, refuses: 299, fails: "the proxy refused: status 299"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := newProxy(t, test.wanted, test.refuses)
			connection := Connection{Proxy: proxy.with(t, test.given)}
			if test.server == server {
				connection.TLS = config
			}
			service := serviceAt(t, test.server, connection)
			service.settings.Retries = Backoff{Attempts: 1}
			body, err := service.ask(t.Context(), request{})
			assert.NotEmpty(t, proxy.asked())
			if test.fails == "" {
				require.NoError(t, err)
				assert.Equal(t, "here", body)
				return
			}
			require.ErrorIs(t, err, ErrNotConnected)
			require.EqualError(t, err, "test: getRoom: "+test.fails)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err)), password)
		})
	}
}

// What goes wrong on the way to a proxy names no user and no password.
func TestProxiesThatAreNotThere(t *testing.T) {
	t.Parallel()
	server, config := trusted(t, func(http.ResponseWriter, *http.Request) {})
	gone := newProxy(t, "", 0)
	address := gone.with(t, "sari:sandi-rahasia")
	gone.Close()
	for _, scheme := range []string{"http", "https", "socks5", "socks5h"} {
		proxy := *address
		proxy.Scheme = scheme
		service := serviceAt(t, server, Connection{Proxy: &proxy, TLS: config})
		service.settings.Retries = Backoff{Attempts: 1}
		failure := service.fail(t, request{})
		require.ErrorIs(t, failure, ErrNotConnected, scheme)
		require.ErrorContains(t, failure, "refused", scheme)
		assert.NotContains(t, fmt.Sprintf("%v %+v", failure, errors.Unwrap(failure)), "rahasia", scheme)
		assert.NotContains(t, failure.Error(), "sari", scheme)
	}
}

// What the environment says holds unless an option says otherwise. net/http reads it
// once for a process, so that each case is one.
func TestProxiesOfTheEnvironment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		option string
		proxy  string // %s is the proxy's address without its scheme
		except string
		want   string
		asked  []string
	}{
		"it is used": {"", "http://sari:sandi-rahasia@%s", "", "test: getRoom: the proxy refused: status 403 Forbidden", []string{"CONNECT service.example.id:443"}},
		"except for this service": {"", "http://sari:sandi-rahasia@%s", "service.example.id",
			"not connected", nil},
		"no proxy": {"none", "http://sari:sandi-rahasia@%s", "", "not connected", nil},
		"another proxy": {"http://127.0.0.1:1", "http://sari:sandi-rahasia@%s", "",
			"not connected", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := newProxy(t, "", http.StatusForbidden)
			command := exec.CommandContext(t.Context(), os.Args[0])
			command.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", envAskThroughProxy+"="+test.option+";",
				"HTTPS_PROXY="+fmt.Sprintf(test.proxy, strings.TrimPrefix(proxy.URL, "http://")), "NO_PROXY="+test.except)
			said, err := command.CombinedOutput()
			require.NoError(t, err, string(said))
			assert.Equal(t, test.want, strings.TrimSpace(string(said)))
			assert.Equal(t, test.asked, proxy.asked())
			assert.NotContains(t, string(said), "rahasia")
		})
	}
}

// envAskThroughProxy makes this program ask a service that does not exist, instead of
// running tests: its value is the option that a client is made with.
const envAskThroughProxy = "QISMO_TEST_ASK_THROUGH_PROXY"

func askThroughProxy(option string) {
	connection := Connection{}
	switch option = strings.TrimSuffix(option, ";"); option {
	case "":
	case "none":
		connection.NoProxy = true
	default:
		connection.Proxy, _ = url.Parse(option)
	}
	base := &url.URL{Scheme: "https", Host: "service.example.id"}
	client, err := connection.HTTPClient(base)
	if err != nil {
		fmt.Println(err)
		return
	}
	// No name is looked up: whoever is asked for another address than the proxy's is not
	// there.
	transport := client.Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasPrefix(address, "127.0.0.1:") {
			return nil, errors.New("nobody is there")
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	service := newService(nil)
	service.settings.Retries = Backoff{Attempts: 1}
	service.chain = NewChain(client)
	_, err = service.ask(context.Background(), request{})
	if strings.Contains(err.Error(), "proxy refused") {
		fmt.Println(err)
		return
	}
	fmt.Println(ReasonOf(err))
}
