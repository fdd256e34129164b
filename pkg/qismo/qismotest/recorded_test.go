package qismotest_test

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// recorded is a test whose words and end are looked at by another test.
type recorded struct {
	context context.Context

	mu       sync.Mutex
	failed   bool
	said     []string // by Errorf and Fatalf
	logged   []string
	cleanups []func()
}

var _ qismotest.TB = (*recorded)(nil)

// record runs a test to its end, its cleanups included.
func record(t *testing.T, test func(t qismotest.TB)) *recorded {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	r := &recorded{context: ctx}
	r.run(func() { test(r) })
	end()
	slices.Reverse(r.cleanups)
	for _, cleanup := range r.cleanups {
		r.run(cleanup)
	}
	return r
}

// run runs what may end the test.
func (r *recorded) run(do func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do()
	}()
	<-ended
}

func (r *recorded) Helper()                  {}
func (r *recorded) Context() context.Context { return r.context }
func (r *recorded) Cleanup(do func())        { r.cleanups = append(r.cleanups, do) }

func (r *recorded) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

func (r *recorded) Logf(format string, arguments ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logged = append(r.logged, fmt.Sprintf(format, arguments...))
}

func (r *recorded) Errorf(format string, arguments ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
	r.said = append(r.said, fmt.Sprintf(format, arguments...))
}

func (r *recorded) Fatalf(format string, arguments ...any) {
	r.Errorf(format, arguments...)
	runtime.Goexit()
}

// failure is all that the test said, in the shape of the text of a test: between two
// line breaks.
func (r *recorded) failure() string { return "\n" + strings.Join(r.said, "\n---\n") + "\n" }

// story is what the test logged, with T for each time.
func (r *recorded) story() string {
	times := regexp.MustCompile(`(?m)^  \d\S*s +`)
	return "\n" + times.ReplaceAllString(strings.Join(r.logged, "\n---\n"), "  T  ") + "\n"
}
