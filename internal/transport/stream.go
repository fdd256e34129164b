package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// stream makes a call whose success the caller reads. The timeout bounds it up to
// the answer's header; its context lives on until the body is closed.
func stream(next Doer, request *http.Request, call *Call) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(request.Context())
	handedOn := false
	defer func() {
		if !handedOn { // it failed, or something of the caller's panicked
			cancel(nil)
		}
	}()
	bounded := streamContext{Context: ctx}
	if timeout := call.Settings.Timeout; timeout > 0 {
		bounded.deadline = time.Now().Add(timeout)
		timer := time.AfterFunc(timeout, func() { cancel(call.Settings.timeoutCause) })
		defer timer.Stop()
	}
	response, err := next.Do(request.WithContext(bounded)) //nolint:contextcheck // it is made of the request's
	if err != nil {
		return nil, err
	}
	handedOn = true
	response.Body = &streamBody{call: call, body: response.Body, end: cancel}
	return response, nil
}

// streamContext calls the end of its time what callers look for, and tells when that
// is. A context with a deadline would do so by itself, but could not be kept from
// ending once the header is there.
type streamContext struct {
	context.Context //nolint:containedctx // it is one

	deadline time.Time // of the header; zero for none
}

// Deadline is that of the header, or the caller's if that comes before.
func (c streamContext) Deadline() (deadline time.Time, ok bool) {
	deadline, ok = c.Context.Deadline()
	if !c.deadline.IsZero() && (!ok || c.deadline.Before(deadline)) {
		return c.deadline, true
	}
	return deadline, ok
}

func (c streamContext) Err() error {
	err := c.Context.Err()
	if err != nil && errors.Is(context.Cause(c.Context), context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return err
}

// streamBody is a success that its caller reads. Its errors say whose they are.
type streamBody struct {
	call *Call
	body io.ReadCloser
	end  context.CancelCauseFunc
}

func (b *streamBody) Read(into []byte) (int, error) {
	n, err := b.body.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		err = because(b.call, err)
		err = fmt.Errorf("%s: %s: read the answer: %w", b.call.Settings.Name, b.call.Name(), err)
	}
	return n, err
}

func (b *streamBody) Close() error {
	defer b.end(nil)
	return b.body.Close()
}
