package canary

import (
	"context"
	"errors"
	"hash/maphash"
	"runtime/debug"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/invoke"
)

// patience is how long a call may take.
const patience = 20 * time.Second

var errPatience = errors.New("the call does not end")

// call makes one call and searches all that could be shown of it.
func (d *driver) call(ctx context.Context, on *client, operation *operated, values map[string]any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errPatience)
	defer cancel()
	if on.failure.context != nil {
		bounded, end := on.failure.context(ctx, on.lane)
		defer end()
		ctx = bounded
	}
	panicked, ended := invoked(ctx, on.caller, operation, values)
	if ended != nil && strings.HasPrefix(ended.Error(), "call "+operation.method.String()) {
		return ended // of the test's own: it has no arguments for the method
	}
	if errors.Is(ended, errPatience) {
		d.problem("%s by %s, %s, does not end", operation.ID, operation.method, on.failure.name)
	}
	d.count(ended, panicked)
	place := func(sink string, texts ...string) { d.search(operation, on.failure, sink, texts...) }
	switch {
	case ended != nil && d.turn.Add(1)%20 == 0:
		place("the error", AllTexts(ended)...)
	case ended != nil:
		place("the error", Texts(ended)...)
	}
	place("a panic", panicked...)
	for _, sink := range on.sinks {
		place(sink.Name, sink.Take()...)
	}
	place(d.process.Name, d.process.Take()...)
	return ended
}

// invoked calls the method. A panic is returned as what is printed of it.
func invoked(
	ctx context.Context, on caller, operation *operated, values map[string]any,
) (panicked []string, ended error) {
	defer func() {
		if value := recover(); value != nil {
			panicked = append(Printed(value), string(debug.Stack()))
		}
	}()
	return nil, invoke.Method(ctx, on, operation.method, operation.arguments(values))
}

func (d *driver) count(ended error, panicked []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Calls++
	switch {
	case panicked != nil:
		d.report.Panicked++
	case ended != nil:
		d.report.Failed++
	default:
		d.report.Succeeded++
	}
}

// search looks for canaries in texts, each text once.
func (d *driver) search(operation *operated, on failure, sink string, texts ...string) {
	for _, text := range texts {
		if !d.isNew(text) {
			continue
		}
		catches := d.net.Search(text)
		if on.ordinary {
			catches = append(catches, d.net.SearchWords(text)...)
		}
		for _, catch := range catches {
			finding := Finding{Failure: on.name, Sink: sink, Catch: catch}
			if operation != nil {
				finding.Operation, finding.Method = operation.ID, operation.method.String()
			}
			d.mu.Lock()
			d.report.Findings = append(d.report.Findings, finding)
			d.mu.Unlock()
		}
	}
}

func (d *driver) isNew(text string) bool {
	key := maphash.String(d.seed, text)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Texts++
	if d.searched[key] {
		return false
	}
	d.searched[key] = true
	d.report.Searched++
	d.report.Bytes += len(text)
	return true
}
