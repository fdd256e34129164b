package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// timeoutLink bounds one attempt and its parts. The parts follow from what
// net/http tells of them, so that they can be other ones for each call.
type timeoutLink struct{ next Doer }

func (l *timeoutLink) Do(request *http.Request) (*http.Response, error) {
	call := CallOf(request.Context())
	limits := call.Settings.Timeouts
	if limits == (Timeouts{}) {
		return l.next.Do(request)
	}
	watch := newWatch(request.Context(), limits)
	response, err := l.next.Do(watch.over(request)) //nolint:contextcheck // it is made of the request's
	if err != nil {
		err = watch.explain(err)
		watch.end()
		return nil, err
	}
	watch.reach(reading) // where a transport did not tell
	if call.Streams {
		watch.endWhole()
		watch.rest(reading) // until the caller reads
	}
	response.Body = &watchedAnswer{ReadCloser: response.Body, watch: watch}
	return response, nil
}

// phase is a part of an attempt. Phases only go forward.
type phase int

const (
	connecting phase = iota
	writing
	reading
	ended
)

// watch ends an attempt that takes too long in one of its parts, or as a whole.
type watch struct {
	ctx    context.Context //nolint:containedctx // of the attempt that it ends
	cancel context.CancelCauseFunc
	limits Timeouts

	mu    sync.Mutex
	phase phase
	part  *time.Timer
	whole *time.Timer
}

func newWatch(parent context.Context, limits Timeouts) *watch {
	w := &watch{limits: limits}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	if limits.Attempt > 0 {
		w.whole = time.AfterFunc(limits.Attempt, func() {
			w.cancel(&timeoutError{limit: "the attempt", after: limits.Attempt})
		})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arm()
	return w
}

// over returns the request as the watch sees it.
func (w *watch) over(request *http.Request) *http.Request {
	ctx := httptrace.WithClientTrace(w.ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { w.reach(writing) },
		WroteHeaders:         func() { w.progress(writing) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { w.reach(reading) },
		GotFirstResponseByte: func() { w.reach(reading); w.progress(reading) },
	})
	request = request.WithContext(ctx)
	if request.Body != nil && request.Body != http.NoBody && w.limits.Write > 0 {
		request.Body = &watchedRequest{ReadCloser: request.Body, watch: w}
		if again := request.GetBody; again != nil {
			request.GetBody = func() (io.ReadCloser, error) {
				body, err := again()
				return &watchedRequest{ReadCloser: body, watch: w}, err
			}
		}
	}
	return request
}

// reach goes forward to a phase.
func (w *watch) reach(next phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if next > w.phase {
		w.phase = next
		w.arm()
	}
}

// progress begins the time of a phase anew, if that is where the attempt is.
func (w *watch) progress(in phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if in == w.phase {
		w.arm()
	}
}

// rest ends the time of a phase, if that is where the attempt is, until there is
// progress again: what happens meanwhile is the caller's.
func (w *watch) rest(in phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if in == w.phase && w.part != nil {
		w.part.Stop()
	}
}

// arm begins the time of the present phase.
func (w *watch) arm() {
	if w.part != nil {
		w.part.Stop()
	}
	limit, name := w.limit()
	if limit > 0 {
		w.part = time.AfterFunc(limit, func() { w.cancel(&timeoutError{limit: name, after: limit}) })
	}
}

func (w *watch) limit() (limit time.Duration, name string) {
	switch w.phase {
	case connecting:
		return w.limits.Connect, "connecting"
	case writing:
		return w.limits.Write, "writing"
	case reading:
		return w.limits.Read, "reading"
	}
	return 0, ""
}

// endWhole ends the time of the attempt as a whole.
func (w *watch) endWhole() {
	if w.whole != nil {
		w.whole.Stop()
	}
}

// end ends all times, and the attempt's context with them.
func (w *watch) end() {
	w.endWhole()
	w.reach(ended)
	w.cancel(nil)
}

// explain names the limit, if one of them was the reason.
func (w *watch) explain(err error) error {
	var timeout *timeoutError
	if errors.As(context.Cause(w.ctx), &timeout) {
		return timeout
	}
	return err
}

// watchedRequest is a body that is sent. The network has its time from one piece to
// the next; how long the caller's reader takes to have one is the caller's.
type watchedRequest struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedRequest) Read(into []byte) (int, error) {
	b.watch.rest(writing)
	defer b.watch.progress(writing)
	return b.ReadCloser.Read(into)
}

// watchedAnswer is a body that is read. The service has its time for each piece; how
// long the caller takes over one is the caller's.
type watchedAnswer struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedAnswer) Read(into []byte) (int, error) {
	b.watch.progress(reading)
	n, err := b.ReadCloser.Read(into)
	b.watch.rest(reading)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.watch.explain(err)
	}
	return n, err
}

func (b *watchedAnswer) Close() error {
	defer b.watch.end()
	return b.ReadCloser.Close()
}
