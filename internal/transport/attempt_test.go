package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sentinels are those of the way; each failure is just those that it is.
func sentinels() []error {
	return []error{
		ErrBadRequest, ErrUnauthorized, ErrPaymentRequired, ErrForbidden, ErrNotFound, ErrRateLimited, ErrServer,
		ErrUnexpectedAnswer, ErrNotConnected, ErrConnectionBroken, ErrTimeout, context.DeadlineExceeded, context.Canceled,
	}
}

// asks is a step: a connection was asked for, and the error is why there was none.
func asks(err error) step {
	return func(request *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(request.Context()).GetConn("service.example.id:443")
		return nil, err
	}
}

// breaksOff is a step: a success whose body ends with an error.
func breaksOff(err error) step {
	return func(request *http.Request) (*http.Response, error) {
		response, _ := answers(200, "")(request)
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"half":`), failingReader{err}))
		return response, nil
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// Why an attempt failed, which sentinels that is, and whether the service may have
// carried it out.
func TestReasons(t *testing.T) {
	t.Parallel()
	timeout := &net.DNSError{Err: "too slow", IsTimeout: true}
	for name, test := range map[string]struct {
		step      step
		reason    Reason
		is        []error
		uncertain bool
	}{
		"nobody there":          {asks(errBroke), ReasonNotConnected, []error{ErrNotConnected}, false},
		"nobody there, slowly":  {asks(timeout), ReasonNotConnected, []error{ErrNotConnected, ErrTimeout, context.DeadlineExceeded}, false},
		"certificate":           {asks(&tls.CertificateVerificationError{Err: errBroke}), ReasonUntrusted, []error{ErrNotConnected}, false},
		"authority":             {asks(x509.UnknownAuthorityError{}), ReasonUntrusted, []error{ErrNotConnected}, false},
		"name in certificate":   {asks(x509.HostnameError{Certificate: &x509.Certificate{}}), ReasonUntrusted, []error{ErrNotConnected}, false},
		"no TLS":                {asks(tls.RecordHeaderError{Msg: "not TLS"}), ReasonUntrusted, []error{ErrNotConnected}, false},
		"certificate, later":    {silent(x509.UnknownAuthorityError{}), ReasonBroken, []error{ErrConnectionBroken}, true},
		"broken":                {breaks, ReasonBroken, []error{ErrConnectionBroken}, true},
		"broken, nothing told":  {silent(errBroke), ReasonBroken, []error{ErrConnectionBroken}, true},
		"a timeout of net's":    {silent(timeout), ReasonTimeout, []error{ErrTimeout, context.DeadlineExceeded}, true},
		"broken off":            {breaksOff(io.ErrUnexpectedEOF), ReasonBroken, []error{ErrConnectionBroken, ErrUnexpectedAnswer}, true},
		"broken off, slowly":    {breaksOff(timeout), ReasonTimeout, []error{ErrTimeout, context.DeadlineExceeded, ErrUnexpectedAnswer}, true},
		"status 400":            {answers(400, ""), ReasonRefused, []error{ErrBadRequest}, false},
		"status 401":            {answers(401, ""), ReasonRefused, []error{ErrUnauthorized}, false},
		"status 402":            {answers(402, ""), ReasonRefused, []error{ErrPaymentRequired}, false},
		"status 403":            {answers(403, ""), ReasonRefused, []error{ErrForbidden}, false},
		"status 404":            {answers(404, ""), ReasonRefused, []error{ErrNotFound}, false},
		"status 422":            {answers(422, ""), ReasonRefused, []error{ErrBadRequest}, false},
		"status 429":            {answers(429, ""), ReasonRateLimited, []error{ErrRateLimited}, false},
		"status 500":            {answers(500, ""), ReasonServerError, []error{ErrServer}, true},
		"status 599":            {answers(599, ""), ReasonServerError, []error{ErrServer}, true},
		"status 304":            {answers(304, ""), ReasonUnusable, []error{ErrUnexpectedAnswer}, true},
		"a redirect to nowhere": {answers(302, ""), ReasonUnusable, []error{ErrUnexpectedAnswer}, true},
		"a failure broken off": {func(r *http.Request) (*http.Response, error) {
			return withStatus(503, breaksOff(io.ErrUnexpectedEOF), r)
		}, ReasonServerError, []error{ErrServer}, true},
		"a success that is none": {answers(200, "none"), ReasonUnusable, []error{ErrUnexpectedAnswer}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := newService(play(test.step))
			service.settings.Retries = Backoff{Attempts: 1}
			service.protocol.check = func(answer Answer) error {
				if string(answer.Body) == "none" {
					return errors.New("it is none")
				}
				return nil
			}
			failure := service.fail(t, request{})
			require.Len(t, failure.Failed, 1)
			assert.Equal(t, test.reason, failure.Failed[0].Reason)
			assert.Equal(t, test.reason, ReasonOf(fmt.Errorf("wrapped: %w", failure)))
			assert.Equal(t, test.uncertain, perhapsDone(failure))
			for _, sentinel := range sentinels() {
				assert.Equal(t, slices.Contains(test.is, sentinel), errors.Is(failure, sentinel), "%s", sentinel)
			}
		})
	}
	assert.Empty(t, ReasonOf(nil))
	assert.Empty(t, ReasonOf(errBroke))
}

func withStatus(status int, next step, request *http.Request) (*http.Response, error) {
	response, err := next(request)
	response.StatusCode = status
	return response, err
}

// However it is cancelled, and wherever the attempt is, that is the reason; whether
// anything was sent is told apart.
func TestCancelledAttempts(t *testing.T) {
	t.Parallel()
	ended := func(request *http.Request) (*http.Response, error) {
		<-request.Context().Done()
		return nil, request.Context().Err()
	}
	for name, test := range map[string]struct {
		prepare   func(*service)
		step      step
		uncertain bool
	}{
		"while it connects": {nil, func(request *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(request.Context()).GetConn("service.example.id:443")
			return ended(request)
		}, false},
		"while it waits for the answer": {nil, hangs, true},
		"while nothing is told":         {nil, ended, true},
		"while it waits for its turn": {func(s *service) {
			s.settings.Limiter = limiter{wait: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		}, hangs, false},
		"while it logs in": {func(s *service) {
			s.protocol.authorize = func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }
		}, hangs, false},
		"after it logged in": {func(s *service) {
			s.protocol.authorize = func(r *http.Request) error { <-r.Context().Done(); return nil }
		}, hangs, false},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, stream=%t", name, stream), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					closed := errors.New("the shop closed")
					service := newService(play(test.step))
					service.settings.SetTimeout(time.Hour)
					if test.prepare != nil {
						test.prepare(service)
					}
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(time.Minute, func() { cancel(closed) })
					_, err := service.ask(ctx, request{stream: stream})
					require.ErrorIs(t, err, context.Canceled)
					require.ErrorContains(t, err, "test: getRoom: ")
					require.NotErrorIs(t, err, ErrTimeout)
					var failure *Error
					require.ErrorAs(t, err, &failure)
					assert.Equal(t, ReasonCancelled, ReasonOf(err))
					assert.Equal(t, test.uncertain, perhapsDone(failure))
					assert.Len(t, failure.Failed, 1)
				})
			})
		}
	}
}

// A transport that tells nothing of its connections gives no evidence that nothing was
// sent; one that wraps net/http's does.
func TestEvidenceThatNothingWasSent(t *testing.T) {
	t.Parallel()
	nobody, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, nobody.Close())
	own := &http.Transport{}
	t.Cleanup(own.CloseIdleConnections)
	counted := func(next http.RoundTripper) (http.RoundTripper, *atomic.Int32) {
		attempts := &atomic.Int32{}
		return roundTripper(func(r *http.Request) (*http.Response, error) { attempts.Add(1); return next.RoundTrip(r) }), attempts
	}
	// It leaves out the context of the request, and what listens there.
	deaf := roundTripper(func(r *http.Request) (*http.Response, error) {
		return own.RoundTrip(r.WithContext(context.WithoutCancel(context.Background())))
	})
	for name, test := range map[string]struct {
		carrier  http.RoundTripper
		attempts int32
		reason   Reason
	}{
		"net/http's, wrapped": {own, 3, ReasonNotConnected},
		"one that is deaf":    {deaf, 1, ReasonBroken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			carrier, attempts := counted(test.carrier)
			service := newService(carrier)
			service.settings.BaseURL.Scheme, service.settings.BaseURL.Host = "http", nobody.Addr().String()
			service.settings.Retries = Backoff{First: time.Nanosecond}
			failure := service.fail(t, request{method: http.MethodPost, body: strings.NewReader("x"), write: true})
			assert.Equal(t, test.attempts, attempts.Load())
			assert.Equal(t, test.reason, ReasonOf(failure))
			assert.Equal(t, test.reason == ReasonBroken, failure.Uncertain())
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// A transport that had a connection, lost it and found no other may have sent
// something by the first.
func TestAConnectionThatWasHadCounts(t *testing.T) {
	t.Parallel()
	service := newService(play(func(request *http.Request) (*http.Response, error) {
		tellConnected(request)
		return refuses(request)
	}))
	failure := service.fail(t, request{write: true})
	assert.Equal(t, ReasonBroken, ReasonOf(failure))
	assert.True(t, failure.Uncertain())
	assert.Len(t, failure.Failed, 1)
}

// What was told of one attempt is no evidence about the next.
func TestEvidenceIsOfItsAttempt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		steps   []step
		reasons []Reason
	}{
		"not connected, then silent": {[]step{refuses, silent(errBroke)}, []Reason{ReasonNotConnected, ReasonBroken}},
		"broken, then not connected": {[]step{breaks, refuses}, []Reason{ReasonBroken, ReasonNotConnected}},
	} {
		service := newService(play(test.steps...))
		service.settings.Retries = &policy{attempts: 2}
		var reasons []Reason
		for _, failed := range service.fail(t, request{write: true}).Failed {
			reasons = append(reasons, failed.Reason)
		}
		assert.Equal(t, test.reasons, reasons, name)
	}
}

// Over HTTP/2, where connections are shared, what was sent is told apart as well.
func TestReasonsOverHTTP2(t *testing.T) {
	t.Parallel()
	began := make(chan struct{}, 9)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		began <- struct{}{}
		panic(http.ErrAbortHandler)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	service := serviceAt(t, server, Connection{TLS: &tls.Config{RootCAs: roots}})
	service.settings.Retries = Backoff{First: time.Nanosecond}
	failure := service.fail(t, request{method: http.MethodPost, body: strings.NewReader("x"), write: true})
	assert.Equal(t, ReasonBroken, ReasonOf(failure))
	assert.True(t, failure.Uncertain())
	assert.Len(t, began, 1)

	server.Close()
	service = serviceAt(t, server, Connection{TLS: &tls.Config{RootCAs: roots}}) // which has no connection yet
	service.settings.Retries = Backoff{First: time.Nanosecond}
	failure = service.fail(t, request{method: http.MethodPost, body: strings.NewReader("x"), write: true})
	assert.Equal(t, ReasonNotConnected, ReasonOf(failure), failure)
	assert.False(t, failure.Uncertain())
	assert.Equal(t, 3, failure.Attempts)
}

// limiter is one of a test.
type limiter struct {
	wait     func(context.Context) error
	answered func(status int, retryAfter time.Duration)
}

func (l limiter) Wait(ctx context.Context) error { return l.wait(ctx) }

func (l limiter) Answered(status int, retryAfter time.Duration) {
	if l.answered != nil {
		l.answered(status, retryAfter)
	}
}

// A turn that is not given in time is a rate limit of the client's own, and nothing was
// sent.
func TestATurnThatIsNotGiven(t *testing.T) {
	t.Parallel()
	tooLate := errors.New("the turn comes too late")
	carrier := play(answers(200, ""))
	service := newService(carrier)
	service.settings.Limiter = limiter{wait: func(context.Context) error { return tooLate }}
	failure := service.fail(t, request{write: true})
	require.ErrorIs(t, failure, ErrRateLimited)
	require.ErrorIs(t, failure, tooLate)
	require.NotErrorIs(t, failure, ErrTimeout)
	assert.Equal(t, ReasonHeldBack, ReasonOf(failure))
	assert.Equal(t, "test: getRoom: wait for the rate limiter: the turn comes too late", failure.Error())
	assert.False(t, failure.Uncertain())
	assert.Zero(t, failure.Attempts)
	assert.Empty(t, carrier.attempts())
}

// A turn that the call's time is over for is both: a limit and a timeout.
func TestATurnThatLastsTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(play(answers(200, "")))
		service.settings.SetTimeout(time.Second)
		service.settings.Limiter = limiter{wait: func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }}
		failure := service.fail(t, request{})
		require.ErrorIs(t, failure, ErrRateLimited)
		require.ErrorIs(t, failure, ErrTimeout)
		assert.Equal(t, "test: getRoom: wait for the rate limiter: timeout: the call took longer than 1s", failure.Error())
		assert.False(t, failure.Uncertain())
	})
}

// The limiter is asked before each attempt, and told of each answer and of nothing
// else.
func TestTheLimiterIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []string
		carrier := play(answers(429, "", "Retry-After", "3"), refuses, answers(503, "", "Retry-After", "2"), answers(200, ""))
		service := newService(carrier)
		service.settings.Retries = Backoff{Attempts: 9}
		service.settings.Limiter = limiter{
			wait: func(context.Context) error { told = append(told, "turn"); return nil },
			answered: func(status int, retryAfter time.Duration) {
				told = append(told, fmt.Sprintf("%d %s", status, retryAfter))
			},
		}
		_, err := service.ask(t.Context(), request{})
		require.NoError(t, err)
		_, err = service.ask(t.Context(), request{stream: true})
		require.NoError(t, err)
		assert.Equal(t, []string{
			"turn", "429 3s", "turn", "turn", "503 2s", "turn", "200 0s", "turn", "200 0s",
		}, told)
	})
}

// A credential that cannot be had: nothing is sent, and nothing tried again.
func TestACredentialThatCannotBeHad(t *testing.T) {
	t.Parallel()
	closed := errors.New("the vault is closed")
	carrier := play(answers(200, ""))
	service := newService(carrier)
	service.protocol.authorize = func(*http.Request) error { return closed }
	failure := service.fail(t, request{write: true})
	require.ErrorIs(t, failure, closed)
	assert.Equal(t, ReasonCredential, ReasonOf(failure))
	assert.Equal(t, "test: getRoom: the vault is closed", failure.Error())
	assert.False(t, failure.Uncertain())
	assert.Zero(t, failure.Attempts)
	assert.Empty(t, carrier.attempts())

	// A log-in that failed is a call by itself: its name stands once.
	service.protocol.authorize = func(*http.Request) error {
		return fmt.Errorf("log in: %w", &Error{name: "test", Operation: "login", Status: 401})
	}
	failure = service.fail(t, request{})
	require.ErrorIs(t, failure, ErrUnauthorized)
	assert.Equal(t, "test: getRoom: log in: login: status 401 Unauthorized", failure.Error())
}
