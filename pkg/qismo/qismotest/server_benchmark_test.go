package qismotest_test

import (
	"slices"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// A server for each test must cost next to nothing, once the document was read.
func BenchmarkNew(b *testing.B) {
	qismotest.New(b)
	for b.Loop() {
		started := &untilEnded{B: b}
		qismotest.New(started).Client()
		started.end()
	}
}

// A test with a receiver, a message and an answer, from beginning to end.
func BenchmarkTest(b *testing.B) {
	qismotest.New(b)
	for b.Loop() {
		started := &untilEnded{B: b}
		srv := qismotest.New(started)
		srv.SendTo(newBot(b, srv.Client()), qismotest.ToPath("/hooks/rahasia"))
		budi := srv.Customer("Budi")
		budi.Says("halo")
		budi.Hears("You wrote: halo")
		started.end()
	}
}

// untilEnded is a test that ends while its benchmark goes on.
type untilEnded struct {
	*testing.B
	cleanups []func()
}

func (u *untilEnded) Cleanup(end func()) { u.cleanups = append(u.cleanups, end) }

func (u *untilEnded) end() {
	for _, end := range slices.Backward(u.cleanups) {
		end()
	}
}
