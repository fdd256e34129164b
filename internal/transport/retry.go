package transport

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// Reason is why an attempt failed, in a word or two that can be counted by.
type Reason string

// The reasons.
const (
	// ReasonNotConnected is a connection that was never made: nothing was sent.
	ReasonNotConnected Reason = "not connected"
	// ReasonUntrusted is a TLS handshake that failed for good, such as with a
	// certificate that is not trusted: nothing was sent.
	ReasonUntrusted Reason = "not trusted"
	// ReasonTimeout is a request that may have been sent, and no answer in time.
	ReasonTimeout Reason = "timeout"
	// ReasonBroken is a connection that broke, so that the service may have had the
	// request or not.
	ReasonBroken Reason = "connection broken"
	// ReasonCancelled is a context of the caller's that ended.
	ReasonCancelled Reason = "cancelled"
	// ReasonRateLimited is status 429.
	ReasonRateLimited Reason = "rate limited"
	// ReasonHeldBack is a turn that the client's own limiter did not give in time:
	// nothing was sent.
	ReasonHeldBack Reason = "held back"
	// ReasonServerError is a status from 500.
	ReasonServerError Reason = "server error"
	// ReasonRefused is any other failure that the service answered with.
	ReasonRefused Reason = "refused"
	// ReasonUnusable is a success that is none.
	ReasonUnusable Reason = "unusable answer"
	// ReasonCredential is a credential that could not be had: nothing was sent.
	ReasonCredential Reason = "no credential" //nolint:gosec // a reason
)

// FailedAttempt is one attempt of a call that failed.
type FailedAttempt struct {
	// Number counts the attempts of the call from 1.
	Number int
	// Operation is the operation's id, Method the HTTP method.
	Operation, Method string
	// Idempotent says that the operation, carried out twice, does what once does.
	Idempotent bool
	// Reason is what went wrong.
	Reason Reason
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// RetryAfter is how long the service asked to wait, 0 when it did not.
	RetryAfter time.Duration
	// Took is how long the attempt took.
	Took time.Duration

	settled bool // it is known what became of it, whatever the reason: nothing was sent, or the answer told
}

// Uncertain reports whether the service may have carried the attempt out: something
// was sent, and the service did not refuse it.
func (f FailedAttempt) Uncertain() bool {
	switch f.Reason {
	case ReasonNotConnected, ReasonUntrusted, ReasonHeldBack, ReasonCredential: // not sent
		return false
	case ReasonRateLimited, ReasonRefused:
		return false
	}
	return !f.settled
}

// Harmless reports whether a repeat cannot carry anything out twice: the attempt was
// not carried out for certain, or the operation is idempotent. It does not say that a
// repeat may help.
func (f FailedAttempt) Harmless() bool { return f.Idempotent || !f.Uncertain() }

// String says what went wrong, such as "status 503" or "connection broken".
func (f FailedAttempt) String() string {
	if f.Status >= http.StatusBadRequest {
		return fmt.Sprintf("status %d", f.Status)
	}
	return string(f.Reason)
}

// RetryPolicy decides whether a failed attempt is followed by another. It must be
// safe for concurrent use.
type RetryPolicy interface {
	// Next returns how long to wait before the next attempt, and whether there is to
	// be one. It is not asked about what no repeat can help: an ended context, or a
	// body that is gone.
	Next(failed FailedAttempt) (wait time.Duration, again bool)
}

// Backoff is the policy of a client that is given no other: what can do no harm is
// tried again, after random waits whose bound doubles each time. The zero value
// serves.
type Backoff struct {
	// Attempts is how many there are at most, the first one included; 3 when zero. 1
	// means that nothing is tried again.
	Attempts int
	// First bounds the random wait before the second attempt, 500 milliseconds when
	// zero. The bound doubles each time.
	First time.Duration
	// Longest bounds every random wait, 10 seconds when zero.
	Longest time.Duration
	// LongestRetryAfter is the longest wait that the service may ask for, 30 seconds
	// when zero. When it asks for more, the call fails at once and its error says how
	// long.
	LongestRetryAfter time.Duration
	// RepeatWrites tries again also what the service may have carried out already,
	// such as a message after a broken connection. A customer may then get it twice.
	RepeatWrites bool
}

// What the zero value of Backoff stands for.
const (
	defaultAttempts          = 3
	defaultFirst             = 500 * time.Millisecond
	defaultLongest           = 10 * time.Second
	defaultLongestRetryAfter = 30 * time.Second
)

// Next implements [RetryPolicy].
func (b Backoff) Next(failed FailedAttempt) (wait time.Duration, again bool) {
	if failed.Number >= orDefault(b.Attempts, defaultAttempts) || !b.mayRepeat(failed) {
		return 0, false
	}
	if failed.RetryAfter > orDefault(b.LongestRetryAfter, defaultLongestRetryAfter) {
		return 0, false
	}
	bound := orDefault(b.First, defaultFirst)
	longest := orDefault(b.Longest, defaultLongest)
	for range failed.Number - 1 {
		if bound > longest/2 {
			bound = longest
			break
		}
		bound *= 2
	}
	// Full jitter: whoever failed together does not come back together.
	return failed.RetryAfter + rand.N(min(bound, longest)), true
}

// mayRepeat reports whether another attempt may help and may be made.
func (b Backoff) mayRepeat(failed FailedAttempt) bool {
	switch failed.Reason {
	case ReasonNotConnected, ReasonRateLimited, ReasonServerError, ReasonTimeout, ReasonBroken:
		return b.RepeatWrites || failed.Harmless()
	}
	return false
}

// Check refuses values below zero.
func (b Backoff) Check() error {
	if b.Attempts < 0 || min(b.First, b.Longest, b.LongestRetryAfter) < 0 {
		return errors.New("a value of the Backoff is negative")
	}
	return nil
}

func orDefault[T int | time.Duration](value, otherwise T) T {
	if value <= 0 { // below it is an error of the option, unless another policy embeds this one
		return otherwise
	}
	return value
}

// retryLink makes further attempts: where the policy wants one, and once with a
// new credential when the service refused the old one.
type retryLink struct{ next Doer }

func (l *retryLink) Do(request *http.Request) (*http.Response, error) {
	call := CallOf(request.Context())
	attempt := request
	if len(call.Settings.hooks) > 0 {
		attempt = request.Clone(request.Context()) // what hooks add is not the next attempt's
	}
	for {
		response, err := l.next.Do(attempt)
		if err == nil {
			return response, nil
		}
		var failure *Error
		if !errors.As(err, &failure) {
			return nil, err
		}
		wait, again, err := call.next(attempt, failure)
		if err != nil {
			return nil, err
		}
		if !again {
			return nil, failure
		}
		if err := call.pause(request.Context(), wait); err != nil {
			failure.interrupted("wait for another attempt", err)
			failure.sortByTime(request.Context())
			return nil, failure
		}
		if attempt, err = repeated(request); err != nil {
			failure.interrupted("read the body again", err)
			return nil, failure
		}
	}
}

// next decides about an attempt after a failed one. The error is that of a credential
// that was to be had in place of a refused one.
func (c *Call) next(failed *http.Request, failure *Error) (wait time.Duration, again bool, err error) {
	if failed.Context().Err() != nil {
		return 0, false, nil //nolint:nilerr // the failure says what ended it, or what came before
	}
	if !c.renewed {
		c.began = c.Settings.Now()
		c.renewed, err = c.Protocol.Renew(failed, failure)
		if err != nil {
			return 0, false, c.notBegun(failed, &CredentialError{err})
		}
		if c.renewed {
			return 0, canRepeat(failed), nil // it was not carried out
		}
	}
	if c.Settings.Retries == nil || !canRepeat(failed) {
		return 0, false, nil
	}
	wait, again = c.Settings.Retries.Next(c.failures[len(c.failures)-1])
	if deadline, ok := failed.Context().Deadline(); ok && again && time.Until(deadline) <= wait {
		return 0, false, nil // the caller's time would only be spent waiting
	}
	return max(wait, 0), again, nil
}

// canRepeat reports whether a request can be sent once more: a body that was a
// stream is gone.
func canRepeat(request *http.Request) bool {
	return request.Body == nil || request.Body == http.NoBody || request.GetBody != nil
}

// repeated returns the request of another attempt, with its body from the
// beginning.
func repeated(request *http.Request) (*http.Request, error) {
	again := request.Clone(request.Context())
	if request.GetBody != nil {
		body, err := request.GetBody()
		if err != nil {
			return nil, err
		}
		again.Body = body
	}
	return again, nil
}

// pause waits, unless the context ends before.
func (c *Call) pause(ctx context.Context, wait time.Duration) error {
	c.waited = wait
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
