package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
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
	handedOn := false
	defer func() {
		if !handedOn { // it failed, or something of the caller's panicked
			watch.end()
		}
	}()
	response, err := l.next.Do(watch.over(request)) //nolint:contextcheck // it is made of the request's
	if err != nil {
		return nil, watch.explain(err)
	}
	if call.Streams {
		watch.endWhole()
	}
	watch.handOn()
	handedOn = true
	response.Body = &watchedAnswer{ReadCloser: response.Body, watch: watch}
	return response, nil
}

// phase is a part of an attempt.
type phase int

const (
	unknown    phase = iota // nothing was told; a transport of the caller's may never tell
	connecting              // comes again after a redirect, and for a connection just closed
	writing
	reading
	ended
)

// watch ends an attempt that takes too long in one of its parts, or as a whole.
type watch struct {
	ctx    context.Context //nolint:containedctx // of the attempt that it ends
	cancel context.CancelCauseFunc
	limits Timeouts
	whole  *time.Timer // nil without such a limit

	mu    sync.Mutex
	phase phase
	part  *time.Timer // of the phase, nil until one has a limit
	due   time.Time   // when the phase takes too long; zero while its time does not run
}

func newWatch(parent context.Context, limits Timeouts) *watch {
	w := &watch{limits: limits}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	if limits.Attempt > 0 {
		w.whole = time.AfterFunc(limits.Attempt, func() {
			w.cancel(&timeoutError{limit: "the attempt", after: limits.Attempt})
		})
	}
	return w
}

// over returns the request as the watch sees it.
func (w *watch) over(request *http.Request) *http.Request {
	ctx := httptrace.WithClientTrace(w.ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { w.enter(connecting) },
		GotConn:              func(httptrace.GotConnInfo) { w.enter(writing) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { w.enter(reading) },
		Got1xxResponse:       func(int, textproto.MIMEHeader) error { w.progress(reading); return nil },
		GotFirstResponseByte: func() { w.enter(reading) }, // also before all is written
	})
	request = request.WithContext(ctx)
	if request.Body != nil && request.Body != http.NoBody && w.limits.Write > 0 {
		request.Body = &watchedRequest{ReadCloser: request.Body, watch: w}
		if again := request.GetBody; again != nil {
			request.GetBody = func() (io.ReadCloser, error) {
				body, err := again()
				if err != nil {
					return nil, err
				}
				return &watchedRequest{ReadCloser: body, watch: w}, nil
			}
		}
	}
	return request
}

// enter begins a phase and its time.
func (w *watch) enter(next phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase != ended {
		w.phase = next
		w.arm()
	}
}

// progress begins the time of a phase anew, if that is where the attempt is.
func (w *watch) progress(in phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase == in {
		w.arm()
	}
}

// rest stops the time of a phase, if that is where the attempt is: now it is not the
// network that takes its time.
func (w *watch) rest(in phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase == in {
		w.disarm()
	}
}

// handOn leaves the answer to whoever reads it: its time runs while they wait for it.
func (w *watch) handOn() {
	w.enter(reading)
	w.rest(reading)
}

func (w *watch) arm() {
	limit, _ := w.limit()
	if limit <= 0 {
		w.disarm()
		return
	}
	w.due = time.Now().Add(limit)
	if w.part == nil {
		w.part = time.AfterFunc(limit, w.expire)
		return
	}
	w.part.Reset(limit)
}

func (w *watch) disarm() {
	w.due = time.Time{}
	if w.part != nil {
		w.part.Stop()
	}
}

// expire ends the attempt, unless its time was begun anew just as it ran out.
func (w *watch) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.due.IsZero() || time.Now().Before(w.due) {
		return
	}
	limit, name := w.limit()
	w.cancel(&timeoutError{limit: name, after: limit})
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
	w.enter(ended)
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

// watchedRequest is a body that is sent: the time runs from when the network has a
// piece until it asks for the next. What a stream of the caller's takes to give one is
// not the network's.
type watchedRequest struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedRequest) Read(into []byte) (int, error) {
	b.watch.rest(writing)
	defer b.watch.progress(writing)
	return b.ReadCloser.Read(into)
}

// watchedAnswer is a body that is read: the time runs while its reader waits.
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
