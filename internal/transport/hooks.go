package transport

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// Hooks watch calls and their attempts, for logs, spans and metrics. Either may be
// nil. They run in the caller's goroutine, which they must therefore not hold up,
// and must be safe for concurrent use. What they are told holds no secret, no
// query, no body and no id.
type Hooks struct {
	// Operation is told of the beginning of a call. The call goes on with the context
	// that it returns, which must be made of the one it got; the function that it
	// returns, unless it is nil, is told the end.
	Operation func(ctx context.Context, start OperationStart) (context.Context, func(OperationEnd))
	// Attempt is told of the beginning of each attempt, in the same way. It may add
	// headers to the request, such as those that carry a trace on.
	Attempt func(ctx context.Context, start AttemptStart) (context.Context, func(AttemptEnd))
}

// OperationStart is the beginning of a call.
type OperationStart struct {
	// Operation is the operation's id, "" for a route of the caller's own.
	Operation string
	// Method is the HTTP method.
	Method string
	// Path is the template of the operation's path, such as
	// /api/v2/customer_rooms/{room_id}; "" for a route of the caller's own.
	Path string
	// Scheme and Host are where the service is; Host may hold a port.
	Scheme, Host string
}

// OperationEnd is the end of a call: for one that is read as a stream, the
// beginning of its answer.
type OperationEnd struct {
	// Err is what the caller gets, an *Error unless nothing could be attempted; nil
	// for a success.
	Err error
	// Status is the HTTP status of the last attempt, 0 when no answer came.
	Status int
	// Attempts is how often a request was begun.
	Attempts int
	// Duration is how long the call took, with its waits.
	Duration time.Duration
	// RequestID is the service's name for the last request, "" when it gave none.
	RequestID string
}

// AttemptStart is the beginning of an attempt.
type AttemptStart struct {
	OperationStart

	// Number counts the attempts from 1.
	Number int
	// Waited is how long the call waited since the attempt before, as its policy wanted
	// and for the limiter.
	Waited time.Duration
	// Header is empty, or holds what the hooks before put into it; what a hook puts into
	// it goes with the request. Headers of credentials and of the connection are left
	// out, and so is what cannot be sent as a header.
	Header http.Header
}

// AttemptEnd is the end of an attempt.
type AttemptEnd struct {
	// Err is the failure, nil for a success. Whether another attempt follows is not
	// decided yet.
	Err error
	// Reason is the failure in a word, "" for a success, and for an attempt that a
	// panic ended.
	Reason Reason
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Protocol is the version of HTTP that was spoken, such as "HTTP/1.1" or
	// "HTTP/2.0", as the answer has it; "" when no answer came.
	Protocol string
	// Duration is how long the attempt took, without waits before it.
	Duration time.Duration
	// RequestID is the service's name for the request, "" when it gave none.
	RequestID string
}

// startOperation tells the hooks of a call and returns what tells them its end.
func (c *Call) startOperation(request *http.Request) func(OperationEnd) {
	start := c.operationStart(request)
	var ends []func(OperationEnd)
	for _, hooks := range c.Settings.hooks {
		if hooks.Operation == nil {
			continue
		}
		ctx, end := hooks.Operation(c.Context, start)
		if ctx != nil {
			c.Context = ctx //nolint:fatcontext // each hook adds to it
		}
		if end != nil {
			ends = append(ends, end)
		}
	}
	return func(done OperationEnd) {
		for _, end := range slices.Backward(ends) {
			end(done)
		}
	}
}

func (c *Call) operationStart(request *http.Request) OperationStart {
	base := c.Settings.BaseURL
	return OperationStart{
		Operation: c.Operation.ID, Method: request.Method, Path: c.Operation.Path,
		Scheme: base.Scheme, Host: base.Host,
	}
}

func (c *Call) operationEnd(began time.Time, err error) OperationEnd {
	return OperationEnd{
		Err: err, Status: c.status, Attempts: c.attempts,
		Duration: c.Settings.Now().Sub(began), RequestID: c.requestID,
	}
}

// startAttempt tells the hooks of an attempt. It returns the request as they want
// it, and what tells them the end: nil when there are no hooks.
func (c *Call) startAttempt(request *http.Request) (*http.Request, func(AttemptEnd)) {
	if len(c.Settings.hooks) == 0 {
		return request, nil
	}
	start := AttemptStart{
		OperationStart: c.operationStart(request), Number: len(c.failures) + 1, Waited: c.waited,
		Header: http.Header{},
	}
	ctx := request.Context()
	var ends []func(AttemptEnd)
	for _, hooks := range c.Settings.hooks {
		if hooks.Attempt == nil {
			continue
		}
		changed, end := hooks.Attempt(ctx, start)
		if changed != nil && CallOf(changed) == c { // it is made of the one that the hook got
			ctx = changed //nolint:fatcontext // each hook adds to it
		}
		if end != nil {
			ends = append(ends, end)
		}
	}
	c.addHeader(request, start.Header)
	return request.WithContext(ctx), func(done AttemptEnd) {
		for _, end := range slices.Backward(ends) {
			end(done)
		}
	}
}

// addHeader adds what hooks want to go with a request. A hook that watches must not
// make the call fail, so what cannot be sent is left out.
func (c *Call) addHeader(request *http.Request, header http.Header) {
	for name, values := range header {
		isOurs := IsReservedHeader(name) || c.Protocol.CarriesCredential(name)
		isSendable := IsHeaderName(name) && !slices.ContainsFunc(values, func(v string) bool { return !IsHeaderValue(v) })
		if !isOurs && isSendable {
			request.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
}

func (c *Call) attemptEnd(err error) AttemptEnd {
	return AttemptEnd{
		Err: err, Reason: ReasonOf(err), Status: c.status, Protocol: c.protocol,
		Duration: c.Settings.Now().Sub(c.began), RequestID: c.requestID,
	}
}

// ReasonOf returns why a call failed, "" for a nil error and for one that is no
// failure of a call.
func ReasonOf(err error) Reason {
	var failure *Error
	if !errors.As(err, &failure) {
		return ""
	}
	return failure.reason
}
