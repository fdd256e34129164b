package canary

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
)

// Plan says what is driven.
type Plan struct {
	// Chat drives the façade of the chat server, in place of Omnichannel's.
	Chat bool
	// Observers watch every client, beside the package's own.
	Observers []Observer
	// Operation and Failure leave out what they return false for, by the operation's id
	// and the failure's name. Nil ones leave out nothing.
	Operation, Failure func(name string) bool
	// OneOf has each failure met by one of so many operations, other ones each time; by
	// all of them when it is 0.
	OneOf int
}

// Report is what a drive found, and how far it went.
type Report struct {
	Findings []Finding
	// Problems are calls that did not go as they should have, so that the drive proves
	// less than it seems to.
	Problems []string
	Numbers
}

// Numbers say how far a drive went.
type Numbers struct {
	Operations int // of the document
	Methods    int // of the façade, that are for them
	Failures   int // ways of failing
	Calls      int
	Failed     int // calls that ended with an error
	Panicked   int // calls that a panic ended
	Succeeded  int // calls that ended well
	Planted    int // places of requests that took a canary
	Ordinary   int // places of requests that took an ordinary sentence
	Refused    int // calls that were refused before anything was sent
	Canaries   int
	Pieces     int // what is searched for: the canaries' pieces in all forms
	Texts      int // that could be shown, in all places
	Searched   int // of these, those that differ
	Bytes      int // of those
}

// Finding is a canary that showed.
type Finding struct {
	Operation, Method, Failure, Sink string
	Catch
}

func (f Finding) String() string {
	return fmt.Sprintf("%s by %s, %s, in %s: %s", f.Operation, f.Method, f.Failure, f.Sink, f.Catch)
}

// driver is a drive on its way.
type driver struct {
	plan       Plan
	front      *front
	service    *service
	operations []*operated
	net        *Net
	process    Sink
	seed       maphash.Seed

	turn     atomic.Int64 // of an error that is looked at in all forms
	mu       sync.Mutex
	report   Report
	searched map[uint64]bool
	numbers  *Numbers // of report; while only one goroutine drives
}

// Drive calls every operation, lets it fail in every way, and searches for the
// canaries. What it finds is for its caller to fail with. It replaces the standard
// log's output and os.Stderr until the test is over: no other test must run beside.
func Drive(t testing.TB, plan Plan) *Report {
	t.Helper()
	front := frontOf(plan)
	read, err := front.document()
	if err != nil {
		t.Fatal(err)
	}
	operations, err := front.operations(read, plan)
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{
		plan: plan, front: front, operations: operations, service: newService(t, read.Operations()),
		process: watchProcess(t), seed: maphash.MakeSeed(), searched: map[uint64]bool{},
	}
	d.numbers = &d.report.Numbers
	// Nearly all that is made here is thrown away at once.
	before := debug.SetGCPercent(400)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	canaries := slices.Concat(front.inTyped(), requestCanaries(operations), answerCanaries(), proxyCanaries(), front.credentials())
	d.net = NewNet(canaries...)
	d.report.Canaries, d.report.Pieces = len(canaries), d.net.count
	d.countOperations()
	d.plantAll(t)
	d.meet(t, d.failures(t))
	d.search(nil, failure{name: "in the end"}, d.process.Name, d.process.Take()...)
	return &d.report
}

// operations lists the operations with the methods that are for them.
func (f *front) operations(read *document.Document, plan Plan) ([]*operated, error) {
	source, err := facade.Read(filepath.Join(root(), "pkg", f.folder))
	if err != nil {
		return nil, err
	}
	var operations []*operated
	for number, operation := range read.Operations() {
		if operation.IsWebhook() {
			continue
		}
		if plan.Operation != nil && !plan.Operation(operation.ID) {
			continue
		}
		before := len(operations)
		for _, method := range source.Of(operation.ID) {
			if method.First() == operation.ID && method.Asks {
				operations = append(operations, &operated{
					Operation: operation, front: f, method: method, values: f.shown(operation, method),
					again: len(operations) > before, number: number,
				})
			}
		}
		if len(operations) == before {
			return nil, errors.New("no method is for " + operation.ID)
		}
	}
	return operations, nil
}

// root is the folder of the module, seen from that of any of its packages.
func root() string {
	folder := "."
	for range 8 {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		folder = filepath.Join(folder, "..")
	}
	return folder
}

func (d *driver) countOperations() {
	names := map[string]bool{}
	for _, operation := range d.operations {
		names[operation.ID] = true
	}
	d.numbers.Operations, d.numbers.Methods = len(names), len(d.operations)
}

// plantAll puts canaries into the arguments of all methods.
func (d *driver) plantAll(t testing.TB) {
	t.Helper()
	bad := failure{
		name:   "a request that is looked at",
		answer: func(e *exchange) { e.write(400, typeJSON, `{"errors":"Bad"}`) },
	}
	for _, operation := range d.operations {
		clients := d.clients(t, bad)
		d.plant(t.Context(), clients.of(operation), operation)
		clients.close()
	}
}

// meet lets all methods meet all failures, a few failures at once.
func (d *driver) meet(t testing.TB, failures []failure) {
	t.Helper()
	d.numbers.Failures = len(failures)
	var workers sync.WaitGroup
	next := make(chan *clients)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for clients := range next {
				for _, operation := range d.operations {
					if !clients.byKey.failure.isFor(operation, clients.number, d.plan.OneOf) {
						continue
					}
					d.meetOne(t.Context(), clients.of(operation), operation)
				}
				clients.close()
			}
		})
	}
	for number, failure := range failures {
		clients := d.clients(t, failure)
		clients.number = number
		next <- clients
	}
	close(next)
	workers.Wait()
}

// meetOne lets one method meet one failure, in each of its variants.
func (d *driver) meetOne(ctx context.Context, on *client, operation *operated) {
	bodies := []string{""}
	if on.failure.bodies != nil {
		bodies = on.failure.bodies(operation.Operation)
	}
	values := operation.values
	if on.failure.ordinary {
		values = operation.ordinary
	}
	for _, body := range bodies {
		on.lane.prepare(body, nil)
		ended := d.call(ctx, on, operation, values)
		on.lane.take()
		if on.failure.name == nameOfSuccess && ended != nil {
			d.problem("%s by %s is no success: %v", operation.ID, operation.method, ended)
		}
	}
}

func (d *driver) problem(format string, arguments ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Problems = append(d.report.Problems, fmt.Sprintf(format, arguments...))
}
