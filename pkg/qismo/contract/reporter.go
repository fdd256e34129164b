package contract

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/qismo-go/qismo/pkg/qismo"
)

const (
	defaultQueue       = 256
	defaultMaxBody     = 1 << 20
	defaultMaxFindings = 1000
	// maxWaiting bounds the bytes of all bodies that wait to be checked.
	maxWaiting = 32 << 20
)

// Config says how a [Reporter] works. The zero value serves: it checks every
// answer.
type Config struct {
	// Sample is the share of answers that are checked, above 0 and at most 1; all of
	// them when zero. A program that makes few calls wants them all.
	Sample float64
	// Queue is how many answers may wait to be checked, 256 when zero. What comes
	// while it is full is dropped and counted, as is what would make all that waits
	// larger than 32 MiB.
	Queue int
	// MaxBody is the largest body that is checked, in bytes; 1 MiB when zero.
	MaxBody int
	// MaxFindings bounds how many different findings are kept, 1,000 when zero.
	MaxFindings int
	// OnFinding is told of each finding when it is first made, by the Reporter's own
	// goroutine: while it runs nothing is checked. It must not call Close, which
	// waits for it. If it panics it is not called again, and Close returns the panic
	// as an error; the program goes on.
	OnFinding func(Finding)
	// Random returns numbers from 0 up to but not including 1, by which the sample is
	// taken; it must be safe for concurrent use. It is that of math/rand when nil.
	Random func() float64
}

// withDefaults fills in what was left out and checks the rest.
func (c Config) withDefaults() (Config, error) {
	if c.Sample == 0 {
		c.Sample = 1
	}
	if !(0 < c.Sample && c.Sample <= 1) { // so that NaN is refused too
		return c, errors.New("contract: the sample is not a share between 0 and 1")
	}
	for _, bound := range []struct {
		value    *int
		fallback int
	}{{&c.Queue, defaultQueue}, {&c.MaxBody, defaultMaxBody}, {&c.MaxFindings, defaultMaxFindings}} {
		if *bound.value < 0 {
			return c, errors.New("contract: a bound is negative")
		}
		if *bound.value == 0 {
			*bound.value = bound.fallback
		}
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	return c, nil
}

// Reporter holds a sample of a client's answers against the document. It never
// slows a call down: what a call does for it is to copy the answer's bytes into a
// queue, or to count that there was no room. It is safe for concurrent use, by
// several clients too. End it with [Reporter.Close].
type Reporter struct {
	config  Config
	checker *Checker
	queue   chan qismo.Exchange
	ended   chan struct{} // closed when the goroutine has ended

	mu      sync.Mutex
	closed  bool
	giveUp  bool // Close waits no longer: what is in the queue is dropped
	waiting int  // bytes of the bodies in the queue
	found   *findings
	report  Report // the counts, without the findings
	failure error  // panics
}

// New makes a Reporter and starts its one goroutine.
func New(config Config) (*Reporter, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	checker, err := NewChecker()
	if err != nil {
		return nil, err
	}
	r := &Reporter{
		config:  config,
		checker: checker,
		queue:   make(chan qismo.Exchange, config.Queue),
		ended:   make(chan struct{}),
		found:   newFindings(config.MaxFindings),
	}
	go r.work()
	return r, nil
}

// Option makes a client, or one call, show its answers to the Reporter.
func (r *Reporter) Option() qismo.Option { return qismo.WithInspector(r) }

// Inspect takes an answer into the sample, or lets it pass. It is called by the
// client, and does not wait for anything.
func (r *Reporter) Inspect(exchange qismo.Exchange) {
	if r.checker.rest.Operation(exchange.Operation) == nil {
		return // a call of Client.Do: nothing is known of it
	}
	if r.config.Sample < 1 && r.config.Random() >= r.config.Sample {
		return
	}
	if len(r.queue) == cap(r.queue) {
		r.drop() // before the copy, which would be for nothing
		return
	}
	if len(exchange.Body) > r.config.MaxBody {
		exchange.Whole = false
	}
	if !exchange.Whole {
		exchange.Body = nil
	}
	exchange.Body = bytes.Clone(exchange.Body) // before the lock, which others wait for
	if !r.add(exchange) {
		r.drop()
	}
}

// add puts an answer into the queue if there is room.
func (r *Reporter) add(exchange qismo.Exchange) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.queue) == cap(r.queue) || r.waiting+len(exchange.Body) > maxWaiting {
		return false
	}
	r.waiting += len(exchange.Body)
	r.queue <- exchange // there is room: others only take out of it
	return true
}

func (r *Reporter) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Dropped++
}

// Report tells what was found so far.
func (r *Reporter) Report() Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	report := r.report
	report.Findings, report.Beyond = r.found.list(), r.found.beyond
	return report
}

// Dropped is how many answers of the sample there was no room for.
func (r *Reporter) Dropped() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.report.Dropped
}

// Close lets nothing more into the queue, waits until all that is in it was
// checked, and ends the Reporter's goroutine. When ctx ends first, it drops the
// rest, and its error is the context's: the goroutine ends after the answer that
// it is at, unless OnFinding does not return. Otherwise the error tells of a panic,
// if there was one, of OnFinding or of a check. Close can be called several times; the report is
// there to be read afterwards, and answers that still come are dropped and
// counted.
func (r *Reporter) Close(ctx context.Context) error {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.queue)
	}
	r.mu.Unlock()
	select {
	case <-r.ended: // also when ctx has ended as well
	default:
		select {
		case <-r.ended:
		case <-ctx.Done():
			r.mu.Lock()
			r.giveUp = true
			r.mu.Unlock()
			return fmt.Errorf("contract: wait for the answers that are being checked: %w", context.Cause(ctx))
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure
}

// work checks what is in the queue until it is closed and empty.
func (r *Reporter) work() {
	defer close(r.ended)
	for exchange := range r.queue {
		if !r.begin(exchange) {
			continue
		}
		found := newFindings(min(maxOfOne, r.config.MaxFindings))
		if err := guard("the check", func() { r.checker.check(exchange, found) }); err != nil {
			exchange.Whole = false
			r.fail(fmt.Errorf("contract: an answer of %s: %w", exchange.Operation, err))
		}
		r.tell(r.merge(exchange, found))
	}
}

// begin takes an answer over from the queue, and tells whether to check it.
func (r *Reporter) begin(exchange qismo.Exchange) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting -= len(exchange.Body)
	if r.giveUp {
		r.report.Dropped++
	}
	return !r.giveUp
}

// merge adds what was found in one answer, and returns what is new.
func (r *Reporter) merge(exchange qismo.Exchange, found *findings) []Finding {
	r.mu.Lock()
	defer r.mu.Unlock()
	if exchange.Whole {
		r.report.Checked++
	} else {
		r.report.Skipped++
	}
	var fresh []Finding
	r.found.beyond += found.beyond
	for _, finding := range found.list() {
		if r.found.add(finding, finding.Count) {
			fresh = append(fresh, finding)
		}
	}
	return fresh
}

// tell tells the program of new findings.
func (r *Reporter) tell(fresh []Finding) {
	for _, finding := range fresh {
		if r.config.OnFinding == nil {
			return
		}
		if err := guard("OnFinding", func() { r.config.OnFinding(finding) }); err != nil {
			r.config.OnFinding = nil // only this goroutine reads it
			r.fail(fmt.Errorf("contract: it is not called again: %w", err))
		}
	}
}

func (r *Reporter) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failure = cmp.Or(r.failure, err) // the first is enough: others are likely the same
}

// guard calls a function and returns its panic as an error: what goes wrong here
// must not end a program that only wants to know about the service.
func guard(name string, function func()) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%s panicked: %v", name, reason)
		}
	}()
	function()
	return nil
}
