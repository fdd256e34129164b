package faults

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Counts is what a [Server] saw so far.
type Counts struct {
	// Begun is the number of requests of which the first byte arrived. Without TLS of
	// the server's own, the first byte of a handshake counts for one.
	Begun int
	// Received is the number of requests that were read whole.
	Received int
	// Accepted is the number of connections that were made.
	Accepted int
	// Open is the number of connections that the server has not closed yet.
	Open int
	// MostOpen is the largest number of connections that were open at once.
	MostOpen int
}

// Request is one that a [Server] received whole.
type Request struct {
	// Number is its place in the order in which requests began to arrive, from 1. It is
	// the number that the [Script] was asked with.
	Number int
	// Connection is the number of the connection that it came by, from 1.
	Connection int
	// Fault is what it was met with.
	Fault Fault
	// Method is its method.
	Method string
	// URI is its path and query, as they were sent.
	URI string
	// Header holds all of its headers.
	Header http.Header
	// Body is all of its body.
	Body []byte
	// At is when its last byte was read.
	At time.Time
}

// ledger counts, and tells those who wait when a count has changed.
type ledger struct {
	mu       sync.Mutex
	counts   Counts
	requests []Request
	changed  chan struct{}
}

func newLedger() *ledger { return &ledger{changed: make(chan struct{})} }

// update changes the counts and returns them.
func (l *ledger) update(change func(*Counts)) Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.counts)
	l.counts.MostOpen = max(l.counts.MostOpen, l.counts.Open)
	close(l.changed)
	l.changed = make(chan struct{})
	return l.counts
}

func (l *ledger) received(request Request) {
	l.update(func(counts *Counts) {
		counts.Received++
		l.requests = append(l.requests, request)
	})
}

// Counts returns what was seen so far.
func (l *ledger) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// Requests returns the requests that were received whole, in the order in which they
// became whole. Whoever has seen any of an answer finds its request here.
func (l *ledger) Requests() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Request(nil), l.requests...)
}

// Await returns as soon as the counts are as they should be, or with an error when
// the context ends before.
func (l *ledger) Await(ctx context.Context, reached func(Counts) bool) error {
	for {
		l.mu.Lock()
		counts, changed := l.counts, l.changed
		l.mu.Unlock()
		if reached(counts) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("await requests, with %+v so far: %w", counts, context.Cause(ctx))
		}
	}
}
