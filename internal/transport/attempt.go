package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"
)

// attemptLink makes one attempt: it waits for its turn, gives it a credential that
// is good now, and tells the hooks.
type attemptLink struct{ next Doer }

func (l *attemptLink) Do(request *http.Request) (response *http.Response, err error) {
	call := CallOf(request.Context())
	err = call.takeTurn(request.Context())
	call.began, call.begun = call.Settings.Now(), false
	call.status, call.protocol, call.requestID = 0, "", "" // those of the attempt before
	if err != nil {
		return nil, call.notBegun(request, &heldBackError{err})
	}
	request, end := call.startAttempt(request)
	if end != nil {
		err = errCutShort // stays when something of the caller's panics
		defer func() { end(call.attemptEnd(err)) }()
	}
	if err := call.Protocol.Authorize(request); err != nil {
		return nil, call.notBegun(request, &CredentialError{err})
	}
	if ended := request.Context().Err(); ended != nil {
		return nil, call.notBegun(request, ended)
	}
	call.beginRequest()
	response, err = l.next.Do(request)
	if err != nil {
		var failure *Error
		if !errors.As(err, &failure) {
			failure = transportError(call, request, err)
		}
		return nil, call.failed(request, failure)
	}
	return response, nil
}

// takeTurn waits until the limiter, if there is one, lets the attempt pass.
func (c *Call) takeTurn(ctx context.Context) error {
	if c.Settings.Limiter == nil {
		return nil
	}
	asked := c.Settings.Now()
	defer func() { c.waited += c.Settings.Now().Sub(asked) }()
	return c.Settings.Limiter.Wait(ctx)
}

// beginRequest counts a request to the service. What net/http tells from here on is
// about it.
func (c *Call) beginRequest() {
	c.begun = true
	c.attempts++
	c.asked.Store(0)
	c.connected.Store(0)
}

// notBegun is an attempt that failed before its request.
func (c *Call) notBegun(request *http.Request, err error) *Error {
	c.begun = false
	return c.failed(request, transportError(c, request, err))
}

// failed sorts a failed attempt and remembers it.
func (c *Call) failed(request *http.Request, failure *Error) *Error {
	unsent := c.unsent(failure)
	failure.sort(c.reasonOf(request.Context(), failure, unsent))
	if failure.Status == 0 || failure.unread {
		failure.sortByTime(request.Context())
	}
	c.remember(failure, request.Method, unsent)
	return failure
}

// remember adds a failure to those of the call.
func (c *Call) remember(failure *Error, method string, settled bool) {
	c.failures = append(c.failures, FailedAttempt{
		Number:     len(c.failures) + 1,
		Operation:  c.Operation.ID,
		Method:     method,
		Idempotent: c.Operation.Idempotent,
		Reason:     failure.reason,
		Status:     failure.Status,
		RetryAfter: failure.RetryAfter,
		Took:       c.Settings.Now().Sub(c.began),
		settled:    settled,
	})
	failure.Attempts = c.attempts
	failure.Failed = slices.Clip(c.failures) // so that whoever adds to it gets a copy
}

// unsent reports whether there is evidence that nothing was sent: the request was not
// begun, or a transport that tells about connections asked for one and had none.
func (c *Call) unsent(failure *Error) bool {
	return !c.begun || failure.Status == 0 && c.asked.Load() > 0 && c.connected.Load() == 0
}

// reasonOf finds out why an attempt failed.
func (c *Call) reasonOf(ctx context.Context, failure *Error, unsent bool) Reason {
	var held *heldBackError
	var credential *CredentialError
	var redirect *redirectError
	cause := failure.Unwrap()
	switch {
	case failure.Status != 0 && !failure.unread:
		return reasonOfStatus(failure.Status)
	case isCancelled(ctx):
		return ReasonCancelled
	case errors.As(cause, &credential):
		return ReasonCredential
	case errors.As(cause, &held):
		return ReasonHeldBack
	case unsent && c.begun && neverTrusted(cause):
		return ReasonUntrusted
	case unsent && c.begun:
		return ReasonNotConnected
	case errors.As(cause, &redirect):
		return ReasonUnusable
	case ctx.Err() != nil, isTimeout(cause):
		return ReasonTimeout
	}
	return ReasonBroken
}

// isCancelled reports whether a context was cancelled, and not by a bound of time.
func isCancelled(ctx context.Context) bool {
	return errors.Is(ctx.Err(), context.Canceled) && !errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}

// isTimeout reports whether a bound of time was reached, whoever set it.
func isTimeout(err error) bool {
	var bounded net.Error
	return errors.Is(err, ErrTimeout) || errors.As(err, &bounded) && bounded.Timeout()
}

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
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &notTLS) ||
		errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &name)
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
