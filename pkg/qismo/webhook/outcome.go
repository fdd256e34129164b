package webhook

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Outcome is what became of an event, in a word that can be counted by.
type Outcome string

// The outcomes.
const (
	// Succeeded is an event whose callback returned no error.
	Succeeded Outcome = "succeeded"
	// Duplicate is an event that was handled before. Its callback is not called.
	Duplicate Outcome = "duplicate"
	// Failed is an event whose callback returned an error.
	Failed Outcome = "failed"
	// Uncertain is an event whose callback returned an error that says that what it did may
	// have been done: one with a method Uncertain that returns true, as that of the client's
	// error for a message that may have gone out. It counts as handled, since to handle it
	// again could send the message twice. It is answered with 200, and [OnError] is told.
	Uncertain Outcome = "uncertain"
	// Panicked is an event whose callback panicked, or whose store or hooks did.
	Panicked Outcome = "panicked"
	// ClaimedElsewhere is an event that another process was handling for the whole time.
	ClaimedElsewhere Outcome = "claimed elsewhere"
	// StoreFailed is an event of which the store could not say whether it was handled
	// before, so that it was not handled.
	StoreFailed Outcome = "store failed"
	// ShutDown is an event whose callback had not been called when the handler was shut
	// down and the time for that was over.
	ShutDown Outcome = "shut down"
)

var (
	// ErrQueueFull says that too many events are waiting for their callbacks, so that
	// this one was refused with 503. See [Waiting].
	ErrQueueFull = errors.New("webhook: too many events are waiting")
	// ErrShutdown says that an event was not handled because the handler was being shut
	// down. It is the cause of the contexts of callbacks that [Handler.Shutdown] ends.
	ErrShutdown = errors.New("webhook: the handler is being shut down")
	// ErrOverdue says that a callback goes on after its deadline. What it returns still
	// counts.
	ErrOverdue = errors.New("webhook: the callback does not end in spite of its deadline")
	// ErrClaimedElsewhere says that another process was handling an event for as long as
	// this one was ready to wait: 11 seconds longer than the [Deadline], which is longer
	// than the claim of a process that has died lasts.
	ErrClaimedElsewhere = errors.New("webhook: another process is handling the event")
	// ErrStore says that the store could not tell or could not be told something about an
	// event. Errors that wrap it wrap the store's too.
	ErrStore = errors.New("webhook: the store failed")
)

// Unhandled reports whether an error that [OnError] is told means that its event is not
// known to be handled, so that whoever must not lose it stores it now. Store it under its
// DeduplicationKey, and look there before handling it again: the same event may be told
// twice, another process may handle it after all ([ErrClaimedElsewhere]), and so may a
// callback that a shutdown did not wait for ([ErrShutdown]).
//
// It is false for what goes wrong beside an event that is handled all the same, or has
// been: a callback that is overdue, or whose error says that it may have done its work
// (see [Uncertain]), a store that does not learn what became of the event, a function that
// watches and panics.
func Unhandled(err error) bool {
	var aside besideError
	return err != nil && !errors.As(err, &aside)
}

// besideError is an error that does not decide about its event.
type besideError struct{ error }

func (e besideError) Unwrap() error { return e.error }

func beside(err error) error {
	if err == nil {
		return nil
	}
	return besideError{err}
}

// errEnded says that a callback never returned.
var errEnded = errors.New("webhook: the callback ended its goroutine")

// PanicError is a panic of a callback, of the store or the hooks around it, or of the
// function of [OnProblems].
type PanicError struct {
	// Value is what it panicked with. It may hold anything, such as a customer's words.
	Value any
	// Stack is the stack of its goroutine.
	Stack []byte
}

func newPanicError(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

// survive makes an error of a panic.
func survive(call func()) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = newPanicError(value)
		}
	}()
	call()
	return nil
}

// Error implements error. It tells the panics of Go itself, such as that of a nil
// pointer, and of others that there was one.
func (e *PanicError) Error() string {
	if own, ok := e.Value.(runtime.Error); ok {
		return fmt.Sprintf("webhook: handling the event panicked: %v", own)
	}
	return "webhook: handling the event panicked"
}

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// isUncertain reports whether an error says that what failed may have been done.
func isUncertain(err error) bool {
	var doubtful interface{ Uncertain() bool }
	return errors.As(err, &doubtful) && doubtful.Uncertain()
}

// isHandled reports whether an event with the outcome is not to be handled again.
func (o Outcome) isHandled() bool { return o == Succeeded || o == Uncertain }

// unclaimed is the outcome of an event that could not be claimed.
func unclaimed(err error) Outcome {
	if errors.Is(err, ErrClaimedElsewhere) {
		return ClaimedElsewhere
	}
	return StoreFailed
}
