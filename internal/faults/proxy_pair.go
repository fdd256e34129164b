package faults

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// pair is a client's connection and the one to the server that goes with it.
type pair struct {
	proxy  *Proxy
	client net.Conn
	server net.Conn
	fate   fate

	breaks sync.Once
	ended  atomic.Int32 // of the two ends
	calm   func()       // nothing happens to the pair after it
}

// fate is what becomes of a pair.
type fate struct {
	breaks    bool
	resets    bool // rather than closes in good order
	direction Direction
	bytes     int64         // that pass in the direction before it breaks
	pause     time.Duration // that passes before it breaks; 0 leaves it to the bytes
}

// unharmed is the fate of all connections of a proxy that was told nothing.
func unharmed(int) fate { return fate{} }

// start lets the pair meet its fate, or the end of the proxy.
func (p *pair) start(ctx context.Context) {
	forget := context.AfterFunc(ctx, p.close)
	p.calm = func() { forget() }
	switch {
	case !p.fate.breaks:
	case p.fate.pause > 0:
		timer := time.AfterFunc(p.fate.pause, func() { p.breakUp(p.fate.resets) })
		p.calm = func() { forget(); timer.Stop() }
	case p.fate.bytes <= 0:
		p.breakUp(p.fate.resets)
	}
}

// breakUp ends both connections, once, as broken or in good order.
func (p *pair) breakUp(resets bool) {
	p.breaks.Do(func() {
		p.proxy.broke()
		if resets {
			// Both before either is closed: the link between them closes the other one.
			_ = resetOnClose(p.client)
			_ = resetOnClose(p.server)
		}
		p.close()
	})
}

// close closes both connections, unless they have ended.
func (p *pair) close() {
	_ = p.client.Close()
	_ = p.server.Close()
}

// end is one of the two connections, as toxiproxy's links see it: what it reads goes
// one way, what it is given to write comes that way.
func (p *pair) end(connection net.Conn, writes Direction) *end {
	e := &end{connection: connection, pair: p, direction: writes}
	if p.fate.breaks && p.fate.pause == 0 && p.fate.direction == writes {
		e.isRationed, e.left = true, p.fate.bytes
	}
	return e
}

type end struct {
	connection net.Conn
	pair       *pair
	direction  Direction
	isRationed bool
	left       int64 // that may be written yet, where it is rationed
}

func (e *end) Read(data []byte) (int, error) { return e.connection.Read(data) }

// Write passes on what may pass. It never fails: a link that cannot write stops
// taking from the toxics before it, which then wait for ever.
func (e *end) Write(data []byte) (int, error) {
	if e.pair.proxy.stalled[e.direction].Load() {
		return len(data), nil
	}
	passing := data
	if e.isRationed {
		passing = data[:min(int64(len(data)), e.left)]
		e.left -= int64(len(passing))
	}
	_, _ = e.connection.Write(passing) // whoever is gone gets nothing
	if e.isRationed && e.left == 0 {
		e.pair.breakUp(e.pair.fate.resets)
	}
	return len(data), nil
}

// Close is called once, when all that the other end will ever bring was written.
func (e *end) Close() error {
	err := e.connection.Close()
	if e.pair.ended.Add(1) == 2 {
		e.pair.calm()
		e.pair.proxy.left(e.pair)
	}
	e.pair.proxy.running.Done()
	return err
}
