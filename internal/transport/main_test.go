package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain sees that no test leaves anything running. A test of proxies runs this
// program once more, as net/http reads their environment once for a process.
func TestMain(m *testing.M) {
	if os.Getenv(envAskThroughProxy) != "" {
		askThroughProxy(os.Getenv(envAskThroughProxy))
		return
	}
	goleak.VerifyTestMain(m)
}

// plainProtocol is a service that is told who calls by one header.
type plainProtocol struct {
	authorize func(*http.Request) error
	renew     func(*http.Request, *Error) (bool, error)
	check     func(Answer) error
}

const secretHeader = "X-Secret"

func (p *plainProtocol) Authorize(request *http.Request) error {
	if p.authorize != nil {
		return p.authorize(request)
	}
	request.Header.Set(secretHeader, "kunci-rahasia")
	return nil
}

func (p *plainProtocol) Renew(refused *http.Request, failure *Error) (bool, error) {
	if p.renew == nil {
		return false, nil
	}
	return p.renew(refused, failure)
}

func (p *plainProtocol) Check(answer Answer) error {
	if p.check == nil {
		return nil
	}
	return p.check(answer)
}

func (*plainProtocol) Explain(answer Answer) Explanation {
	return Explanation{Message: string(answer.Body)}
}

func (*plainProtocol) CarriesCredential(header string) bool {
	return http.CanonicalHeaderKey(header) == secretHeader
}

// service is one side of a test: what its calls go through, and how they are set.
type service struct {
	settings *Settings
	protocol *plainProtocol
	chain    Doer
}

// newService makes calls that are carried by a transport, with the settings of a
// façade by default, but without a bound of time.
func newService(carrier http.RoundTripper) *service {
	return &service{
		settings: &Settings{
			Name: "test", BaseURL: &url.URL{Scheme: "https", Host: "service.example.id"},
			Header: http.Header{"User-Agent": {"test/1"}}, Retries: Backoff{}, MaxAnswer: DefaultMaxAnswer, Now: time.Now,
		},
		protocol: &plainProtocol{},
		chain:    NewChain(&http.Client{Transport: carrier, CheckRedirect: guardRedirects(nil)}),
	}
}

// serviceAt makes calls to a real server, as a façade's client does.
func serviceAt(t *testing.T, server *httptest.Server, connection Connection) *service {
	t.Helper()
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	client, err := connection.HTTPClient(base)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	s := newService(nil)
	s.settings.BaseURL, s.chain = base, NewChain(client)
	return s
}

// request is what a test asks a service for; the zero value reads a room.
type request struct {
	method string // GET when empty
	path   string // /rooms/5 when empty
	body   io.Reader
	stream bool
	write  bool // not idempotent
}

// call opens a call; ask makes its request.
func (s *service) call(ctx context.Context, r request) *Call {
	return &Call{
		Context: ctx, Protocol: s.protocol, Settings: s.settings, Streams: r.stream,
		Operation: Operation{ID: "getRoom", Method: r.httpMethod(), Path: "/rooms/{room_id}", Idempotent: !r.write},
	}
}

func (r request) httpMethod() string {
	if r.method == "" {
		return http.MethodGet
	}
	return r.method
}

// ask makes a call and reads its answer.
func (s *service) ask(ctx context.Context, r request) (string, error) {
	response, err := s.send(s.call(ctx, r), r) //nolint:contextcheck // the call is one
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func (s *service) send(call *Call, r request) (*http.Response, error) {
	path := r.path
	if path == "" {
		path = "/rooms/5"
	}
	request, err := http.NewRequestWithContext(call, r.httpMethod(), path, r.body)
	if err != nil {
		return nil, err
	}
	return s.chain.Do(request)
}

// fail makes a call that fails, and returns its error.
func (s *service) fail(t *testing.T, r request) *Error {
	t.Helper()
	_, err := s.ask(t.Context(), r)
	var failure *Error
	require.ErrorAs(t, err, &failure)
	return failure
}

// script is a transport that plays one step for each attempt, the last one again and
// again, and remembers what it was asked.
type script struct {
	mu    sync.Mutex
	steps []step
	seen  []sent
}

// step is what becomes of an attempt.
type step func(*http.Request) (*http.Response, error)

// sent is an attempt as a transport had it.
type sent struct {
	header http.Header
	body   string
	uri    string
}

func play(steps ...step) *script { return &script{steps: steps} }

func (s *script) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		if err := request.Body.Close(); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	next := s.steps[min(len(s.seen), len(s.steps)-1)]
	s.seen = append(s.seen, sent{request.Header.Clone(), string(body), request.URL.RequestURI()})
	s.mu.Unlock()
	return next(request)
}

func (s *script) attempts() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.seen...)
}

// answers is a step: an answer with headers, given as names and values in turn.
func answers(status int, body string, header ...string) step {
	return func(request *http.Request) (*http.Response, error) {
		tellConnected(request)
		response := &http.Response{
			StatusCode: status, Header: http.Header{}, Proto: "HTTP/1.1", Body: io.NopCloser(strings.NewReader(body)),
			ContentLength: int64(len(body)), Request: request,
		}
		for i := 0; i < len(header); i += 2 {
			response.Header.Add(header[i], header[i+1])
		}
		return response, nil
	}
}

var errBroke = errors.New("it broke")

// breaks is a step: the connection was there, and broke.
func breaks(request *http.Request) (*http.Response, error) {
	tellConnected(request)
	return nil, errBroke
}

// refuses is a step: there was no connection.
func refuses(request *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(request.Context()); trace.GetConn != nil {
		trace.GetConn("service.example.id:443")
	}
	return nil, errors.New("nobody is there")
}

// silent is a step of a transport that tells nothing of connections.
func silent(err error) step {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs is a step: the connection was there, and nothing came.
func hangs(request *http.Request) (*http.Response, error) {
	tellConnected(request)
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// tellConnected tells what net/http does about a connection, as a transport does that
// wraps its.
func tellConnected(request *http.Request) {
	trace := httptrace.ContextClientTrace(request.Context())
	if trace == nil {
		return
	}
	trace.GetConn("service.example.id:443")
	trace.GotConn(httptrace.GotConnInfo{})
}

func newBufioReader(reader io.Reader) *bufio.Reader { return bufio.NewReader(reader) }

// quiet is the log of a server that meets failures on purpose.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// countConnections counts the connections of a server.
func countConnections(opened, closed *atomic.Int32, gone chan<- struct{}) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			opened.Add(1)
		case http.StateClosed:
			closed.Add(1)
			gone <- struct{}{}
		}
	}
}
