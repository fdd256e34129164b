package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// policy is a RetryPolicy of a caller's: so many attempts, with a wait between them.
type policy struct {
	wait     time.Duration
	attempts int

	mu   sync.Mutex
	told []FailedAttempt
}

func (p *policy) Next(failed FailedAttempt) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, failed)
	return p.wait, failed.Number < p.attempts
}

func TestAPolicyIsToldEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		took := func(wait time.Duration, next step) step {
			return func(request *http.Request) (*http.Response, error) {
				<-time.After(wait)
				return next(request)
			}
		}
		service := newService(play(
			took(time.Second, answers(429, "", "Retry-After", "7")),
			took(2*time.Second, breaks), took(3*time.Second, refuses), answers(200, "ok")))
		asked := &policy{wait: time.Minute, attempts: 9}
		service.settings.Retries = asked
		began := time.Now()
		body, err := service.ask(t.Context(), request{method: http.MethodPost, write: true})
		require.NoError(t, err)
		assert.Equal(t, "ok", body)
		assert.Equal(t, []FailedAttempt{
			{Number: 1, Operation: "getRoom", Method: "POST", Reason: ReasonRateLimited, Status: 429, RetryAfter: 7 * time.Second, Took: time.Second},
			{Number: 2, Operation: "getRoom", Method: "POST", Reason: ReasonBroken, Took: 2 * time.Second},
			{Number: 3, Operation: "getRoom", Method: "POST", Reason: ReasonNotConnected, Took: 3 * time.Second, settled: true},
		}, asked.told)
		assert.Equal(t, 3*time.Minute+6*time.Second, time.Since(began), "the policy's waits, to the point")
	})
}

func TestAFailureTellsItsAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(play(refuses, breaks, answers(503, "")))
		failure := service.fail(t, request{})
		require.Len(t, failure.Failed, 3)
		assert.Equal(t, 3, failure.Attempts)
		assert.Equal(t, 503, failure.Status)
		assert.Equal(t, "test: getRoom: status 503 Service Unavailable "+
			"(failed attempts: not connected, connection broken, status 503)", failure.Error())
		for i, failed := range failure.Failed {
			assert.Equal(t, i+1, failed.Number)
			assert.True(t, failed.Idempotent)
		}

		service = newService(play(answers(503, "")))
		service.settings.Retries = Backoff{Attempts: 1}
		assert.Equal(t, "test: getRoom: status 503 Service Unavailable", service.fail(t, request{}).Error())
	})
}

// Whoever adds to the attempts of a failure changes no other one's.
func TestAttemptsAreNotShared(t *testing.T) {
	t.Parallel()
	steps := []step{refuses, refuses, refuses, breaks}
	service := newService(play(steps...))
	service.settings.Retries = &policy{attempts: 4}
	var seen []*Error
	service.settings.AddHooks(Hooks{Attempt: func(context.Context, AttemptStart) (context.Context, func(AttemptEnd)) {
		return nil, func(end AttemptEnd) {
			var failure *Error
			if errors.As(end.Err, &failure) {
				seen = append(seen, failure)
			}
		}
	}})
	failure := service.fail(t, request{})
	for _, other := range seen {
		_ = append(other.Failed, FailedAttempt{Reason: "another"})
	}
	assert.Equal(t, "[not connected not connected not connected connection broken]", fmt.Sprint(failure.Failed))
}

// Nothing is waited for that the call has no time for.
func TestNoWaitOutlastsTheCall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wait    time.Duration
		stream  bool
		context time.Duration
		call    time.Duration
		waits   bool
	}{
		"within the context's":      {wait: 9 * time.Second, context: 10 * time.Second, waits: true},
		"as long as the context's":  {wait: 10 * time.Second, context: 10 * time.Second},
		"beyond the context's":      {wait: 11 * time.Second, context: 10 * time.Second},
		"within the call's":         {wait: 9 * time.Second, call: 10 * time.Second, waits: true},
		"beyond the call's":         {wait: 11 * time.Second, call: 10 * time.Second},
		"beyond a stream's":         {wait: 11 * time.Second, call: 10 * time.Second, stream: true},
		"within a stream's":         {wait: 9 * time.Second, call: 10 * time.Second, stream: true, waits: true},
		"beyond a stream's context": {wait: 9 * time.Second, call: 10 * time.Second, context: 5 * time.Second, stream: true},
		"without an end":            {wait: 1000 * time.Hour, waits: true},
		"below zero":                {wait: math.MinInt64, call: time.Second, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				carrier := play(answers(503, ""), answers(200, "ok"))
				service := newService(carrier)
				service.settings.Retries = &policy{wait: test.wait, attempts: 2}
				service.settings.SetTimeout(test.call)
				ctx := t.Context()
				if test.context > 0 {
					bounded, cancel := context.WithTimeout(ctx, test.context)
					defer cancel()
					ctx = bounded
				}
				began := time.Now()
				_, err := service.ask(ctx, request{stream: test.stream})
				if test.waits {
					require.NoError(t, err)
					assert.Equal(t, max(test.wait, 0), time.Since(began))
					assert.Len(t, carrier.attempts(), 2)
					return
				}
				require.ErrorIs(t, err, ErrServer)
				require.NotErrorIs(t, err, ErrTimeout, "there was time, but not for this")
				assert.Zero(t, time.Since(began), "the failure comes at once")
				assert.Len(t, carrier.attempts(), 1)
			})
		})
	}
}

// A wait ends with the context, at once, and the error tells both.
func TestAWaitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	closed := errors.New("the shop closed")
	for name, first := range map[string]step{"answered": answers(503, "down"), "not answered": refuses} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				carrier := play(first)
				service := newService(carrier)
				service.settings.Retries = &policy{wait: time.Hour, attempts: 2}
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Minute, func() { cancel(closed) })
				began := time.Now()
				_, err := service.ask(ctx, request{})
				assert.Equal(t, time.Minute, time.Since(began))
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorIs(t, err, closed)
				require.NotErrorIs(t, err, ErrTimeout)
				assert.Len(t, carrier.attempts(), 1)
				if name == "answered" {
					require.ErrorIs(t, err, ErrServer)
					assert.EqualError(t, err, "test: getRoom: status 503 Service Unavailable: down: "+
						"wait for another attempt: the shop closed")
				} else {
					require.ErrorIs(t, err, ErrNotConnected)
				}
			})
		})
	}
}

// A context that a deadline ends in a wait that seemed to fit, as the policy's clock
// is not the context's.
func TestAWaitThatADeadlineEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(play(refuses))
		service.settings.Retries = &policy{wait: time.Hour, attempts: 2}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(&timeoutError{limit: "the shift", after: time.Minute}) })
		_, err := service.ask(ctx, request{})
		require.ErrorIs(t, err, ErrTimeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, ErrNotConnected)
		require.NotErrorIs(t, err, context.Canceled)
	})
}

// A context that ended already is not asked about: no policy, no credential.
func TestNothingFollowsAnEndedContext(t *testing.T) {
	t.Parallel()
	carrier := play(answers(401, ""))
	service := newService(carrier)
	asked := &policy{attempts: 9}
	service.settings.Retries = asked
	ctx, cancel := context.WithCancel(t.Context())
	service.protocol.renew = func(*http.Request, *Error) (bool, error) { return true, errors.New("must not be asked") }
	carrier.steps = []step{func(request *http.Request) (*http.Response, error) {
		cancel()
		return answers(401, "")(request)
	}}
	_, err := service.ask(ctx, request{})
	require.ErrorIs(t, err, ErrUnauthorized)
	assert.Empty(t, asked.told)
	assert.Len(t, carrier.attempts(), 1)

	_, err = service.ask(ctx, request{})
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, carrier.attempts(), 1, "a transport is not even asked")
	var failure *Error
	require.ErrorAs(t, err, &failure)
	assert.Zero(t, failure.Attempts)
	assert.False(t, failure.Uncertain(), "nothing was sent")
}

// Bodies in memory are sent again byte by byte.
func TestBodiesAreSentAgain(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
	for name, body := range map[string]func() io.Reader{
		"bytes":  func() io.Reader { return bytes.NewReader(large) },
		"buffer": func() io.Reader { return bytes.NewBuffer(bytes.Clone(large)) },
		"string": func() io.Reader { return strings.NewReader(string(large)) },
		"none":   func() io.Reader { return nil },
		"empty":  func() io.Reader { return strings.NewReader("") },
	} {
		for _, timeouts := range []Timeouts{{}, {Write: time.Hour}} {
			synctest.Test(t, func(t *testing.T) {
				carrier := play(refuses, answers(429, ""), answers(200, ""))
				service := newService(carrier)
				service.settings.Timeouts = timeouts
				_, err := service.ask(t.Context(), request{method: http.MethodPost, body: body(), write: true})
				require.NoError(t, err)
				require.Len(t, carrier.attempts(), 3)
				wanted, err := io.ReadAll(io.MultiReader(strings.NewReader(""), reader(body())))
				require.NoError(t, err)
				for _, attempt := range carrier.attempts() {
					assert.Equal(t, string(wanted), attempt.body, name)
				}
			})
		}
	}
}

func reader(body io.Reader) io.Reader {
	if body == nil {
		return strings.NewReader("")
	}
	return body
}

// A stream is gone once it was read, so that no policy is asked and no token is tried
// with it.
func TestStreamsAreSentOnce(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]step{
		"not connected": refuses, "rate limited": answers(429, ""), "server error": answers(500, ""), "expired": answers(401, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			carrier := play(first, answers(200, ""))
			service := newService(carrier)
			asked := &policy{attempts: 9}
			service.settings.Retries = asked
			renewals := 0
			service.protocol.renew = func(_ *http.Request, failure *Error) (bool, error) {
				if failure.Status == http.StatusUnauthorized {
					renewals++
				}
				return failure.Status == http.StatusUnauthorized, nil
			}
			_, err := service.ask(t.Context(), request{method: http.MethodPost, body: io.MultiReader(strings.NewReader("once"))})
			require.Error(t, err)
			require.Len(t, carrier.attempts(), 1)
			assert.Equal(t, "once", carrier.attempts()[0].body)
			assert.Empty(t, asked.told)
			if name == "expired" {
				assert.Equal(t, 1, renewals, "the next call has another token at once")
			}
		})
	}
}

// A body that cannot be had again ends the call with the failure, and tells why.
func TestABodyThatCannotBeReadAgain(t *testing.T) {
	t.Parallel()
	gone := errors.New("the file is gone")
	carrier := play(answers(429, ""), answers(200, ""))
	service := newService(carrier)
	service.settings.Retries = &policy{attempts: 2}
	r := request{method: http.MethodPost}
	asked, err := http.NewRequestWithContext(service.call(t.Context(), r), r.method, "/rooms/5", strings.NewReader("x"))
	require.NoError(t, err)
	asked.GetBody = func() (io.ReadCloser, error) { return nil, gone }
	_, err = service.chain.Do(asked)
	require.ErrorIs(t, err, gone)
	require.ErrorIs(t, err, ErrRateLimited)
	require.ErrorContains(t, err, "read the body again: the file is gone")
	assert.Len(t, carrier.attempts(), 1)
}

// A refused credential is replaced once; whatever comes then is the answer.
func TestACredentialIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		steps    []step
		attempts int
		renewals int
		err      error
	}{
		"it helps":                  {[]step{answers(401, ""), answers(200, "")}, 2, 1, nil},
		"it does not":               {[]step{answers(401, "")}, 2, 1, ErrUnauthorized},
		"after a failure":           {[]step{answers(503, ""), answers(401, ""), answers(200, "")}, 3, 1, nil},
		"before a failure":          {[]step{answers(401, ""), answers(503, ""), answers(200, "")}, 3, 1, nil},
		"refused, failed, refused":  {[]step{answers(401, ""), answers(503, ""), answers(401, "")}, 3, 1, ErrUnauthorized},
		"no renewal for a 403":      {[]step{answers(403, "")}, 1, 0, ErrForbidden},
		"it counts as an attempt":   {[]step{answers(401, ""), answers(503, "")}, 3, 1, ErrServer},
		"then nothing is connected": {[]step{answers(401, ""), refuses}, 3, 1, ErrNotConnected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				carrier := play(test.steps...)
				service := newService(carrier)
				renewals := 0
				service.protocol.renew = func(_ *http.Request, failure *Error) (bool, error) {
					if failure.Status != http.StatusUnauthorized {
						return false, nil
					}
					renewals++
					return true, nil
				}
				_, err := service.ask(t.Context(), request{})
				require.ErrorIs(t, err, test.err)
				assert.Len(t, carrier.attempts(), test.attempts)
				assert.Equal(t, test.renewals, renewals)
			})
		})
	}
}

// A credential that cannot be had in place of the refused one fails the call: neither
// is it tried again, nor is the refusal the last word.
func TestARenewalThatFails(t *testing.T) {
	t.Parallel()
	locked := errors.New("log in: the account is locked")
	carrier := play(answers(401, ""))
	service := newService(carrier)
	service.protocol.renew = func(*http.Request, *Error) (bool, error) { return false, locked }
	failure := service.fail(t, request{})
	require.ErrorIs(t, failure, locked)
	assert.Len(t, carrier.attempts(), 1)
	assert.Equal(t, "test: getRoom: log in: the account is locked (failed attempts: status 401, no credential)", failure.Error())
	assert.Equal(t, ReasonCredential, ReasonOf(failure))
	assert.Equal(t, 1, failure.Attempts)
	assert.False(t, failure.Uncertain())
}

// Without a policy, as in a test of one link, nothing is tried again.
func TestNoPolicy(t *testing.T) {
	t.Parallel()
	carrier := play(refuses)
	service := newService(carrier)
	service.settings.Retries = nil
	assert.Equal(t, 1, service.fail(t, request{}).Attempts)
	assert.Len(t, carrier.attempts(), 1)
}
