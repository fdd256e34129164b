package faults

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/rs/zerolog"
)

// Direction is a way through a [Proxy].
type Direction int

// The directions.
const (
	// Upstream leads from the client to the server.
	Upstream Direction = iota
	// Downstream leads from the server to the client.
	Downstream
)

// String names the direction.
func (d Direction) String() string {
	if d == Upstream {
		return "upstream"
	}
	return "downstream"
}

// Proxy stands on loopback between clients and a server, and carries their bytes,
// whatever these are, until it is told to do worse. It may be told at any time, also
// by several goroutines at once.
//
// What passes goes through toxiproxy's toxics, which delay and throttle it. The
// proxy makes and breaks the connections itself: toxiproxy's own proxy and the
// toxics that end a connection leave goroutines behind for ever, and its chances
// cannot be seeded.
type Proxy struct {
	// URL is the proxy's address, such as http://127.0.0.1:4321.
	URL string

	tb       testing.TB
	upstream string
	listener net.Listener
	service  *toxiproxy.ApiServer // what toxiproxy counts and logs with: nothing
	toxics   *toxiproxy.ToxicCollection
	stop     context.CancelFunc
	running  sync.WaitGroup

	stalled [2]atomic.Bool // by direction

	shaping sync.Mutex // held while the toxics change
	shapes  []string   // their names, in their order

	mu     sync.Mutex
	counts ProxyCounts
	pairs  map[*pair]struct{}
	fates  func(connection int) fate // of the connections to come
}

// ProxyCounts is what a [Proxy] saw so far.
type ProxyCounts struct {
	// Accepted is the number of connections that clients made.
	Accepted int
	// Broken is the number of connections that the proxy broke, as it was told to.
	Broken int
	// Open is the number of connections that still carry something.
	Open int
}

// NewProxy starts a proxy before the server at a host and port. It ends with the test.
func NewProxy(tb testing.TB, upstream string) *Proxy {
	tb.Helper()
	// The toxics write traces to the standard error, whatever logger they are given.
	zerolog.SetGlobalLevel(zerolog.Disabled)
	listener := listen(tb)
	service := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	proxy := &Proxy{
		URL:      "http://" + listener.Addr().String(),
		upstream: upstream,
		listener: listener,
		service:  service,
		toxics:   toxiproxy.NewToxicCollection(toxiproxy.NewProxy(service, "proxy", "", upstream)),
		stop:     stop,
		pairs:    map[*pair]struct{}{},
		fates:    unharmed,
		tb:       tb,
	}
	proxy.running.Go(func() { proxy.accept(ctx) })
	tb.Cleanup(proxy.Close)
	return proxy
}

// Address is the proxy's host and port.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Counts returns what was seen so far.
func (p *Proxy) Counts() ProxyCounts {
	p.mu.Lock()
	defer p.mu.Unlock()
	counts := p.counts
	counts.Open = len(p.pairs)
	return counts
}

// Close closes all connections and waits until nothing of the proxy runs. The end of
// the test does it, too.
func (p *Proxy) Close() {
	p.Stall(Upstream) // what is delayed is lost, and need not be waited for
	p.Stall(Downstream)
	p.stop()               // which closes the connections
	_ = p.listener.Close() // twice is an error that says so
	p.passFreely()
	p.running.Wait()
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		var dialer net.Dialer
		server, err := dialer.DialContext(ctx, "tcp", p.upstream)
		if err != nil {
			_ = reset(client) // the client is to see it as broken; it was accepted already
			continue
		}
		p.join(ctx, client, server)
	}
}

// join lets what one connection brings out of the other, both ways.
func (p *Proxy) join(ctx context.Context, client, server net.Conn) {
	p.mu.Lock()
	p.counts.Accepted++
	number := p.counts.Accepted
	joined := &pair{proxy: p, client: client, server: server, fate: p.fates(number)}
	p.pairs[joined] = struct{}{}
	p.mu.Unlock()

	p.running.Add(2) // an end each; see end.Close
	joined.start(ctx)
	up, down := joined.end(server, Upstream), joined.end(client, Downstream)
	p.toxics.StartLink(p.service, fmt.Sprintf("%d upstream", number), down, up, stream.Upstream)
	p.toxics.StartLink(p.service, fmt.Sprintf("%d downstream", number), up, down, stream.Downstream)
}

// open returns the pairs that still carry something.
func (p *Proxy) open() []*pair {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.pairs))
}

// left forgets a pair that carries nothing more.
func (p *Proxy) left(gone *pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pairs, gone)
}

// broke counts a connection that the proxy broke.
func (p *Proxy) broke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Broken++
}
