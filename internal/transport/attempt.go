package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"
)

// attemptLink makes one attempt: it waits for its turn, gives it a credential that
// is good now, and tells the hooks.
type attemptLink struct{ next Doer }

func (l *attemptLink) Do(request *http.Request) (response *http.Response, err error) {
	call := CallOf(request.Context())
	call.begun = false
	if limiter := call.Settings.Limiter; limiter != nil {
		if err := limiter.Wait(request.Context()); err != nil {
			return nil, call.failed(request, transportError(call, request, &heldBackError{err}), call.Settings.Now())
		}
	}
	call.status, call.protocol, call.requestID = 0, "", "" // those of the attempt before
	began := call.Settings.Now()
	request, end := call.startAttempt(request)
	if end != nil {
		err = errCutShort // stays when something of the caller's panics
		defer func() { end(call.attemptEnd(began, err)) }()
	}
	if err := call.Protocol.Authorize(request); err != nil {
		return nil, call.failed(request, transportError(call, request, &CredentialError{err}), began)
	}
	call.asked.Store(0)
	call.connected.Store(0)
	if ended := request.Context().Err(); ended != nil {
		return nil, call.failed(request, transportError(call, request, ended), began)
	}
	call.attempts++
	call.begun = true
	response, err = l.next.Do(request)
	if err != nil {
		var failure *Error
		if !errors.As(err, &failure) {
			failure = transportError(call, request, err)
		}
		return nil, call.failed(request, failure, began)
	}
	return response, nil
}

// failed sorts a failed attempt and remembers it.
func (c *Call) failed(request *http.Request, failure *Error, began time.Time) *Error {
	failure.Attempts = c.attempts
	failure.sort(c.reasonOf(request.Context(), failure))
	c.failures = append(c.failures, FailedAttempt{
		Number:     len(c.failures) + 1,
		Operation:  c.Operation.ID,
		Method:     request.Method,
		Idempotent: c.Operation.Idempotent,
		Reason:     failure.reason,
		Status:     failure.Status,
		RetryAfter: failure.RetryAfter,
		Took:       c.Settings.Now().Sub(began),
		unsent:     !c.begun || c.neverConnected(),
	})
	failure.Failed = c.failures
	return failure
}

// reasonOf finds out why an attempt failed.
func (c *Call) reasonOf(ctx context.Context, failure *Error) Reason {
	var held *heldBackError
	var credential *CredentialError
	var timeout net.Error
	cause := failure.cause
	switch {
	case failure.Status != 0 && !failure.unread:
		return reasonOfStatus(failure.Status)
	case errors.Is(ctx.Err(), context.Canceled):
		return ReasonCancelled
	case errors.As(cause, &credential):
		return ReasonCredential
	case errors.As(cause, &held):
		return ReasonHeldBack
	case c.neverConnected():
		if neverTrusted(cause) {
			return ReasonUntrusted
		}
		return ReasonNotConnected
	case ctx.Err() != nil, errors.Is(cause, ErrTimeout), errors.As(cause, &timeout) && timeout.Timeout():
		return ReasonTimeout
	}
	return ReasonBroken
}

// neverConnected reports whether an attempt is known to have had no connection, so
// that nothing of it was sent.
func (c *Call) neverConnected() bool { return c.asked.Load() > 0 && c.connected.Load() == 0 }

func reasonOfStatus(status int) Reason {
	switch {
	case status == http.StatusTooManyRequests:
		return ReasonRateLimited
	case status >= http.StatusInternalServerError:
		return ReasonServerError
	case status >= http.StatusBadRequest:
		return ReasonRefused
	}
	return ReasonUnusable
}

// neverTrusted reports whether a TLS handshake failed in a way that trying again
// does not change.
func neverTrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var notTLS tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &name) ||
		errors.As(err, &notTLS) || errors.Is(err, http.ErrSchemeMismatch)
}

// heldBackError is a turn that the limiter did not give.
type heldBackError struct{ cause error }

func (e *heldBackError) Error() string { return "wait for the rate limiter: " + e.cause.Error() }
func (e *heldBackError) Unwrap() error { return e.cause }

// CredentialError is a credential that could not be had.
type CredentialError struct{ Cause error }

func (e *CredentialError) Error() string { return inner(e.Cause) }

// Unwrap returns why it could not be had.
func (e *CredentialError) Unwrap() error { return e.Cause }
