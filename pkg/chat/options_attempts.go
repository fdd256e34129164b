package chat

import (
	"time"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Timeouts bound each attempt of a call and its parts: Connect, Write, Read and
// Attempt; see [qismo.Timeouts]. Zero is no bound.
type Timeouts = transport.Timeouts

// WithTimeout bounds a call with all its attempts and waits; [DefaultTimeout]
// otherwise. Zero means no bound but the context's. The failure is [ErrTimeout].
func WithTimeout(timeout time.Duration) Option { return qismo.WithTimeout(timeout) }

// WithTimeouts bounds the attempts of calls, within the time of the whole call. All of
// them are replaced. The failure is [ErrTimeout], and its text names the bound.
func WithTimeouts(timeouts Timeouts) Option { return qismo.WithTimeouts(timeouts) }

// RetryPolicy decides whether a failed attempt is followed by another; see
// [qismo.RetryPolicy]. [Backoff] is one.
type RetryPolicy = transport.RetryPolicy

// Backoff is the policy of a client that is given no other. Tried again is what can do
// no harm: what was not sent or refused as too much (status 429), whatever it is; and
// after a server error, a timeout or a broken connection what is a GET, or marked as
// idempotent in the document: no message, and no room. Its fields are told at
// [qismo.Backoff].
type Backoff = transport.Backoff

// FailedAttempt is one attempt of a call that failed, as a [RetryPolicy] and
// [Error].Failed have it; see [qismo.FailedAttempt].
type FailedAttempt = transport.FailedAttempt

// Reason is why an attempt failed, in a word or two that can be counted by.
type Reason = transport.Reason

// The reasons; see those of package qismo.
const (
	ReasonNotConnected = transport.ReasonNotConnected
	ReasonUntrusted    = transport.ReasonUntrusted
	ReasonTimeout      = transport.ReasonTimeout
	ReasonBroken       = transport.ReasonBroken
	ReasonCancelled    = transport.ReasonCancelled
	ReasonRateLimited  = transport.ReasonRateLimited
	ReasonHeldBack     = transport.ReasonHeldBack
	ReasonServerError  = transport.ReasonServerError
	ReasonRefused      = transport.ReasonRefused
	ReasonUnusable     = transport.ReasonUnusable
	ReasonCredential   = transport.ReasonCredential
)

// ReasonOf returns why a call failed: "" for a nil error, and for one that is no
// [Error].
func ReasonOf(err error) Reason { return transport.ReasonOf(err) }

// WithRetries sets what decides about further attempts after a failed one; the zero
// [Backoff] otherwise.
func WithRetries(policy RetryPolicy) Option { return qismo.WithRetries(policy) }

// WithoutRetries makes one attempt for each call. A user's token that was refused is
// still renewed, and the call made once more: it was not carried out.
func WithoutRetries() Option { return qismo.WithoutRetries() }

// Limiter holds attempts back; see [qismo.Limiter].
type Limiter = transport.Limiter

// WithLimiter has each attempt wait for its turn, so that the service is not asked more
// often than it bears. Package ratelimit has one that learns from the service's
// answers. Give one limiter to all clients of an app.
func WithLimiter(limiter Limiter) Option { return qismo.WithLimiter(limiter) }

// WithMaxAnswer bounds the size of an answer in bytes, after decompression; 32 MiB
// otherwise. A larger one is [ErrUnexpectedAnswer].
func WithMaxAnswer(bytes int64) Option { return qismo.WithMaxAnswer(bytes) }
