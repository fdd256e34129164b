package qismo

import (
	"errors"
	"time"

	"github.com/qismo-go/qismo/internal/transport"
)

// Timeouts bound each attempt of a call and its parts; see [WithTimeouts]. Zero is
// no bound.
//
//   - Connect bounds how long it takes to have a connection: name, address, proxy and
//     TLS. It does not matter for a connection that is there already. Unless a
//     transport of the caller's says otherwise, address and TLS take no longer than
//     10 seconds each in any case.
//   - Write bounds each wait for the network to take a piece of the request; what a
//     reader of the caller's takes to give one does not count.
//   - Read bounds each wait for the service: for the beginning of its answer, and for
//     every piece after that.
//   - Attempt bounds an attempt as a whole; of an answer that the caller reads as a
//     stream, up to its header.
//
// How long a caller takes to supply a file that is uploaded, or to read one that is
// downloaded, is in neither Write nor Read.
type Timeouts = transport.Timeouts

// WithTimeout bounds a call with all its attempts and waits; [DefaultTimeout]
// otherwise. Zero means no bound but the context's. The failure is [ErrTimeout].
func WithTimeout(timeout time.Duration) Option {
	return func(s *transport.Settings) error {
		if timeout < 0 {
			return errors.New("the timeout is negative")
		}
		s.SetTimeout(timeout)
		return nil
	}
}

// WithTimeouts bounds the attempts of calls, within the time of the whole call. All
// of them are replaced. The failure is [ErrTimeout], and its text names the bound.
func WithTimeouts(timeouts Timeouts) Option {
	return func(s *transport.Settings) error {
		s.Timeouts = timeouts
		return timeouts.Check()
	}
}

// WithRetries sets what decides about further attempts after a failed one; the zero
// [Backoff] otherwise.
func WithRetries(policy RetryPolicy) Option {
	return func(s *transport.Settings) error {
		if policy == nil || policy == (*Backoff)(nil) {
			return errors.New("the retry policy is nil; use WithoutRetries")
		}
		s.Retries = policy
		// A Backoff, also by its address or within a policy of the caller's.
		if checked, ok := policy.(interface{ Check() error }); ok {
			return checked.Check()
		}
		return nil
	}
}

// WithoutRetries makes one attempt for each call. A refused user token is still
// renewed, and the call made once more: it was not carried out.
func WithoutRetries() Option { return WithRetries(Backoff{Attempts: 1}) }

// WithLimiter has each attempt wait for its turn, so that the service is not asked
// more often than it bears. Package ratelimit has one that learns from the service's
// answers. Give one limiter to all clients of an app; a limiter of a call holds back
// that call only.
func WithLimiter(limiter Limiter) Option {
	return func(s *transport.Settings) error {
		if limiter == nil {
			return errors.New("the limiter is nil")
		}
		if err := s.Once("limiter"); err != nil {
			return err
		}
		s.Limiter = limiter
		return nil
	}
}

// Limiter holds attempts back. Wait(ctx) returns when an attempt may be made, in the
// order in which attempts asked; it ends with ctx, and at once when the turn comes
// too late for it. Answered(status, retryAfter) is told of each answer: its HTTP
// status, and how long the service asked to wait. It must be safe for concurrent
// use.
type Limiter = transport.Limiter

// RetryPolicy decides whether a failed attempt is followed by another: its method
// Next(failed) returns how long to wait, and whether there is to be one. It is not
// asked about what no repeat can help: an ended context, or a body that was a
// stream. It must be safe for concurrent use. [Backoff] is one.
type RetryPolicy = transport.RetryPolicy

// Backoff is the policy of a client that is given no other. Tried again is what can
// do no harm: what was not sent or refused as too much (status 429), whatever it is;
// and after a server error, a timeout or a broken connection what is a GET, or
// marked as idempotent in the document: no message, no broadcast and no assignment.
// Its fields, each with the value that zero stands for:
//
//   - Attempts is how many there are at most, the first one included: 3. With 1
//     nothing is tried again.
//   - First bounds the random wait before the second attempt: 500 milliseconds. The
//     bound doubles each time.
//   - Longest bounds every random wait: 10 seconds.
//   - LongestRetryAfter is the longest wait that the service may ask for: 30 seconds.
//     When it asks for more, the call fails at once, and [Error] says how long.
//   - RepeatWrites tries again also what the service may have carried out already,
//     such as a message. A customer may then get it twice.
//
// No wait is begun that would outlast the call's time.
type Backoff = transport.Backoff

// FailedAttempt is one attempt of a call that failed, as a [RetryPolicy] and
// [Error].Failed have it: its Number from 1, the Operation's id and Method, whether
// it is Idempotent, the Reason, the Status, for how long the service asked to wait
// (RetryAfter) and how long it Took. Its method Uncertain reports whether the service
// may have carried it out, Harmless whether a repeat cannot carry anything out twice.
type FailedAttempt = transport.FailedAttempt

// Reason is why an attempt failed, in a word or two that can be counted by.
type Reason = transport.Reason

// The reasons.
const (
	// ReasonNotConnected is a connection that was never made: nothing was sent.
	ReasonNotConnected = transport.ReasonNotConnected
	// ReasonUntrusted is a TLS handshake that failed for good, such as with a
	// certificate that is not trusted: nothing was sent.
	ReasonUntrusted = transport.ReasonUntrusted
	// ReasonTimeout is a request that may have been sent, and no answer in time.
	ReasonTimeout = transport.ReasonTimeout
	// ReasonBroken is a connection that broke, so that the service may have had the
	// request or not.
	ReasonBroken = transport.ReasonBroken
	// ReasonCancelled is a context of the caller's that was cancelled.
	ReasonCancelled = transport.ReasonCancelled
	// ReasonRateLimited is status 429.
	ReasonRateLimited = transport.ReasonRateLimited
	// ReasonHeldBack is a turn that the limiter did not give in time: nothing was
	// sent.
	ReasonHeldBack = transport.ReasonHeldBack
	// ReasonServerError is a status from 500.
	ReasonServerError = transport.ReasonServerError
	// ReasonRefused is any other failure that the service answered with.
	ReasonRefused = transport.ReasonRefused
	// ReasonUnusable is a success that is none.
	ReasonUnusable = transport.ReasonUnusable
	// ReasonCredential is a credential that could not be had: nothing was sent.
	ReasonCredential = transport.ReasonCredential
)
