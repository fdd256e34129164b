package faults_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/qismo-go/qismo/internal/faults"
)

func TestProxyCarriesBytes(t *testing.T) {
	client := newClient(t)
	sink := service()
	server := faults.NewServer(t, faults.Never(), sink)
	proxy := faults.NewProxy(t, server.Address())
	for range 2 {
		outcome := send(t.Context(), client, proxy.URL)
		require.NoError(t, outcome.err)
		assert.JSONEq(t, `{"data":{"status":"taken"}}`, outcome.body)
	}
	assert.Equal(t, faults.ProxyCounts{Accepted: 1, Open: 1}, proxy.Counts())
	assert.Equal(t, map[string]int{"m-1": 2}, sink.Repeated())
	client.CloseIdleConnections()
	proxy.Close()
	proxy.Close()
	assert.Equal(t, faults.ProxyCounts{Accepted: 1}, proxy.Counts())
	require.ErrorIs(t, send(t.Context(), client, proxy.URL).err, syscall.ECONNREFUSED)
}

func TestProxyHoldsUp(t *testing.T) {
	large := strings.Repeat("x", 100<<10)
	for name, test := range map[string]struct {
		tell  func(*faults.Proxy)
		least time.Duration
	}{
		"nothing":              {func(*faults.Proxy) {}, 0},
		"latency upstream":     {func(p *faults.Proxy) { p.Latency(faults.Upstream, 50*time.Millisecond) }, 50 * time.Millisecond},
		"latency downstream":   {func(p *faults.Proxy) { p.Latency(faults.Downstream, 50*time.Millisecond) }, 50 * time.Millisecond},
		"bandwidth upstream":   {func(p *faults.Proxy) { p.Bandwidth(faults.Upstream, 1000) }, 80 * time.Millisecond},
		"bandwidth downstream": {func(p *faults.Proxy) { p.Bandwidth(faults.Downstream, 1000) }, 80 * time.Millisecond},
		"small pieces": {func(p *faults.Proxy) {
			p.Slice(faults.Upstream, 1000)
			p.Slice(faults.Downstream, 1000)
		}, 0},
		"the later latency": {func(p *faults.Proxy) {
			p.Latency(faults.Downstream, time.Hour)
			p.Latency(faults.Downstream, time.Millisecond)
		}, time.Millisecond},
		"healed": {func(p *faults.Proxy) {
			p.Latency(faults.Upstream, time.Hour)
			p.Latency(faults.Downstream, time.Hour)
			p.Stall(faults.Upstream)
			p.Stall(faults.Downstream)
			p.Cut()
			p.Heal()
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, faults.Never(), http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
				_, err := io.Copy(w, request.Body)
				assert.NoError(t, err)
			}))
			proxy := faults.NewProxy(t, server.Address())
			test.tell(proxy)
			began := time.Now()
			outcome := ask(t.Context(), client, http.MethodPost, proxy.URL, large)
			require.NoError(t, outcome.err)
			assert.GreaterOrEqual(t, time.Since(began), test.least)
			assert.Equal(t, large, outcome.body)
			assert.Equal(t, faults.ProxyCounts{Accepted: 1, Open: 1}, proxy.Counts())
		})
	}
}

func TestProxyBreaksConnections(t *testing.T) {
	const all = 1 << 20 // more than any request or answer here
	for name, test := range map[string]struct {
		tell     func(*faults.Proxy)
		err      error  // is in the error; nil for any
		words    string // are in the error; "-" for no error
		begun    int    // -1 for any
		received int
	}{
		"reset at once":              {func(p *faults.Proxy) { p.ResetAfter(faults.Upstream, 0) }, nil, "", 0, 0},
		"reset in the request":       {func(p *faults.Proxy) { p.ResetAfter(faults.Upstream, 50) }, syscall.ECONNRESET, "", -1, 0},
		"reset in the answer":        {func(p *faults.Proxy) { p.ResetAfter(faults.Downstream, 120) }, syscall.ECONNRESET, "", 1, 1},
		"reset later than all of it": {func(p *faults.Proxy) { p.ResetAfter(faults.Downstream, all) }, nil, "-", 1, 1},
		"closed at once":             {func(p *faults.Proxy) { p.CutAfter(faults.Downstream, 0) }, nil, "", 0, 0},
		"closed in the request":      {func(p *faults.Proxy) { p.CutAfter(faults.Upstream, 50) }, io.EOF, "", 1, 0},
		"closed in the answer":       {func(p *faults.Proxy) { p.CutAfter(faults.Downstream, 120) }, io.ErrUnexpectedEOF, "", 1, 1},
		"closed later than all":      {func(p *faults.Proxy) { p.CutAfter(faults.Upstream, all) }, nil, "-", 1, 1},
		// Where a header breaks off, net/http hides why.
		"reset in the first line": {func(p *faults.Proxy) { p.ResetAfter(faults.Downstream, 1) }, nil, "malformed HTTP response", 1, 1},
		"closed in a header":      {func(p *faults.Proxy) { p.CutAfter(faults.Downstream, 20) }, nil, "malformed MIME header", 1, 1},
		"the network is down":     {func(p *faults.Proxy) { p.Cut() }, nil, "", 0, 0},
		"a certain chance": {func(p *faults.Proxy) {
			p.ResetRandomly(faults.Chances{Probability: 1, Bytes: 50})
		}, nil, "", -1, 0},
		"no chance":               {func(p *faults.Proxy) { p.ResetRandomly(faults.Chances{Bytes: 1}) }, nil, "-", 1, 1},
		"a chance without a when": {func(p *faults.Proxy) { p.ResetRandomly(faults.Chances{Probability: 1}) }, nil, "", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, faults.Never(), service())
			proxy := faults.NewProxy(t, server.Address())
			test.tell(proxy)
			outcome := send(t.Context(), client, proxy.URL)
			broken := 1
			switch {
			case test.words == "-":
				require.NoError(t, outcome.err)
				broken = 0
			case test.err != nil:
				require.ErrorIs(t, outcome.err, test.err)
			default:
				require.ErrorContains(t, outcome.err, test.words)
			}
			// What passed may still be on its way.
			require.NoError(t, server.Await(t.Context(), func(counts faults.Counts) bool { return counts.Begun >= test.begun }))
			client.CloseIdleConnections()
			proxy.Close()
			server.Close()
			assert.Equal(t, faults.ProxyCounts{Accepted: 1, Broken: broken}, proxy.Counts())
			if test.begun >= 0 {
				assert.Equal(t, test.begun, server.Counts().Begun)
			}
			assert.Equal(t, test.received, server.Counts().Received)
		})
	}
}

// The server is told of a reset as well as the client.
func TestProxyResetsBothSides(t *testing.T) {
	newClient(t)
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, listener.Close()) })
	proxy := faults.NewProxy(t, listener.Addr().String())
	var dialer net.Dialer
	near, err := dialer.DialContext(t.Context(), "tcp4", proxy.Address())
	require.NoError(t, err)
	far, err := listener.Accept()
	require.NoError(t, err)
	_, err = io.WriteString(near, "halo")
	require.NoError(t, err)
	_, err = io.ReadFull(far, make([]byte, 4))
	require.NoError(t, err)
	proxy.Cut()
	for _, end := range []net.Conn{near, far} {
		_, err = end.Read(make([]byte, 1))
		require.ErrorIs(t, err, syscall.ECONNRESET)
		require.NoError(t, end.Close())
	}
}

func TestProxyResetsByTime(t *testing.T) {
	client := newClient(t)
	server := faults.NewServer(t, faults.Always(faults.StallHeader()), nil)
	proxy := faults.NewProxy(t, server.Address())
	proxy.ResetRandomly(faults.Chances{Probability: 1, Time: 20 * time.Millisecond})
	require.Error(t, send(t.Context(), client, proxy.URL).err) // which, depends on when
	assert.Equal(t, 1, proxy.Counts().Broken)
}

func TestProxyStalls(t *testing.T) {
	t.Run("downstream: the server acts", func(t *testing.T) {
		client := newClient(t)
		sink := service()
		server := faults.NewServer(t, faults.Never(), sink)
		proxy := faults.NewProxy(t, server.Address())
		proxy.Stall(faults.Downstream)
		require.ErrorIs(t, sendUntil(t, client, proxy.URL, server, received(1)).err, context.Canceled)
		server.Close()
		assert.Equal(t, map[string]int{"m-1": 1}, sink.Received())
	})
	t.Run("upstream: the server sees nothing", func(t *testing.T) {
		client := newClient(t)
		server := faults.NewServer(t, faults.Never(), nil)
		proxy := faults.NewProxy(t, server.Address())
		proxy.Stall(faults.Upstream)
		client.Timeout = 30 * time.Millisecond // only for the test to go on
		require.True(t, isTimeout(send(t.Context(), client, proxy.URL).err))
		server.Close()
		assert.Zero(t, server.Counts().Begun)
	})
}

func TestProxyCutAndHealed(t *testing.T) {
	client := newClient(t)
	server := faults.NewServer(t, faults.Never(), nil)
	proxy := faults.NewProxy(t, server.Address())
	require.NoError(t, send(t.Context(), client, proxy.URL).err)
	proxy.Cut()
	for range 2 { // by the connection that there was, or a new one
		require.Error(t, send(t.Context(), client, proxy.URL).err)
	}
	proxy.Heal()
	require.NoError(t, send(t.Context(), client, proxy.URL).err)
	assert.Equal(t, 2, server.Counts().Received)
}

func TestProxyBeforeNothing(t *testing.T) {
	client := newClient(t)
	proxy := faults.NewProxy(t, faults.RefusingAddress(t))
	require.Error(t, send(t.Context(), client, proxy.URL).err)
	assert.Equal(t, faults.ProxyCounts{}, proxy.Counts())
}

// The same seed breaks the same connections at the same bytes.
func TestProxyChancesAreSeeded(t *testing.T) {
	fates := map[string]string{}
	for run, seed := range map[string]uint64{"once": 7, "again": 7, "other": 8} {
		t.Run(run, func(t *testing.T) {
			client := newClient(t)
			client.Transport.(*http.Transport).DisableKeepAlives = true
			server := faults.NewServer(t, faults.Never(), nil)
			proxy := faults.NewProxy(t, server.Address())
			proxy.ResetRandomly(faults.Chances{Seed: seed, Probability: 0.5, Bytes: 200})
			for range 40 {
				fate := "."
				if send(t.Context(), client, proxy.URL).err != nil {
					fate = "x"
				}
				fates[run] += fate
			}
		})
	}
	assert.Contains(t, fates["once"], "x")
	assert.Contains(t, fates["once"], ".")
	assert.Equal(t, fates["once"], fates["again"])
	assert.NotEqual(t, fates["once"], fates["other"])
}

// A client that repeats a message until it has an answer sends some of them twice.
// The sink tells which.
func TestSinkBehindABreakingProxy(t *testing.T) {
	client := newClient(t)
	client.Transport.(*http.Transport).DisableKeepAlives = true // one connection, one fate
	sink := service()
	server := faults.NewServer(t, faults.Never(), sink)
	proxy := faults.NewProxy(t, server.Address())
	proxy.ResetRandomly(faults.Chances{Seed: 1, Probability: 0.5, Bytes: 400})
	const messages = 100
	sent := 0
	for i := range messages {
		body := fmt.Sprintf(`{"payload":{"unique_id":"m-%03d","text":"halo"}}`, i)
		for answered := false; !answered; sent++ {
			answered = ask(t.Context(), client, http.MethodPost, proxy.URL, body).err == nil
		}
	}
	client.CloseIdleConnections()
	proxy.Close()
	server.Close()
	came := 0
	for _, times := range sink.Received() {
		came += times
	}
	assert.Len(t, sink.Received(), messages, "each was answered once")
	assert.Equal(t, server.Counts().Received, came)
	assert.NotEmpty(t, sink.Repeated(), "answers were lost")
	assert.Less(t, came, sent, "requests were lost")
	assert.Equal(t, sent-messages, proxy.Counts().Broken, "each failure was the proxy's")
}

// Neither what is delayed, nor a client that went away in the middle of an answer,
// nor one that does not read, keeps anything running.
func TestProxyLeavesNothing(t *testing.T) {
	large := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 8<<20))
	})
	for name, tell := range map[string]func(*faults.Proxy){
		"gone":                 func(*faults.Proxy) {},
		"gone, slowly":         func(p *faults.Proxy) { p.Bandwidth(faults.Downstream, 2000) },
		"gone, in pieces":      func(p *faults.Proxy) { p.Slice(faults.Downstream, 100) },
		"gone, late":           func(p *faults.Proxy) { p.Latency(faults.Downstream, 10*time.Millisecond) },
		"broken in the middle": func(p *faults.Proxy) { p.ResetAfter(faults.Downstream, 1<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, faults.Never(), large)
			before := goleak.IgnoreCurrent()
			proxy := faults.NewProxy(t, server.Address())
			tell(proxy)
			for range 5 {
				readSome(t, client, proxy.URL)()
			}
			client.CloseIdleConnections()
			proxy.Close()
			server.Close()
			goleak.VerifyNone(t, before)
		})
	}
	t.Run("not reading", func(t *testing.T) {
		client := newClient(t)
		server := faults.NewServer(t, faults.Never(), large)
		proxy := faults.NewProxy(t, server.Address())
		proxy.Latency(faults.Downstream, time.Millisecond)
		proxy.Bandwidth(faults.Downstream, 10)
		leave := readSome(t, client, proxy.URL)
		proxy.Close()
		leave()
	})
	for direction, begins := range map[faults.Direction]int{faults.Upstream: 0, faults.Downstream: 1} {
		t.Run("delayed for an hour "+direction.String(), func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, faults.Never(), nil)
			proxy := faults.NewProxy(t, server.Address())
			proxy.Latency(direction, time.Hour)
			wrote := make(chan struct{})
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				WroteRequest: func(httptrace.WroteRequestInfo) { close(wrote) },
			})
			outcome := make(chan seen, 1)
			go func() { outcome <- send(ctx, client, proxy.URL) }()
			<-wrote
			require.NoError(t, server.Await(t.Context(), begun(begins)))
			proxy.Close()
			require.Error(t, (<-outcome).err)
			server.Close()
			assert.Equal(t, begins, server.Counts().Begun)
		})
	}
}

// readSome begins to read an answer, and returns what ends it.
func readSome(t *testing.T, client *http.Client, address string) func() {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	response, err := client.Do(request)
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, response.Body, 100)
	require.NoError(t, err)
	return func() { require.NoError(t, response.Body.Close()) }
}

// It is told things while it carries much, by several at once.
func TestProxyUnderLoad(t *testing.T) {
	client := newClient(t)
	client.Timeout = time.Minute
	server := faults.NewServer(t, faults.Never(), service())
	proxy := faults.NewProxy(t, server.Address())
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 25 {
				// It may fail; it must end.
				ask(t.Context(), client, http.MethodPost, proxy.URL, message)
			}
		})
	}
	for seed := range uint64(2) {
		running.Go(func() {
			for range 10 {
				proxy.Latency(faults.Downstream, time.Millisecond)
				proxy.Slice(faults.Upstream, 50)
				proxy.ResetRandomly(faults.Chances{Seed: seed, Probability: 0.5, Bytes: 500, Time: time.Millisecond})
				proxy.Heal()
			}
		})
	}
	running.Wait()
}
