package transport

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stream is bounded up to its header, by the call and by the attempt. From there on
// it takes as long as it likes, as long as something comes.
func TestAStreamTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(newWire(t, serveOnce(
			2*time.Second, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
			8*time.Second, "one", 8*time.Second, "two", 8*time.Second, "three")))
		service.settings.SetTimeout(5 * time.Second)
		service.settings.Timeouts = Timeouts{Attempt: 4 * time.Second, Read: 9 * time.Second}
		began := time.Now()
		body, err := service.ask(t.Context(), request{stream: true})
		require.NoError(t, err)
		assert.Equal(t, "onetwothree", body)
		assert.Equal(t, 26*time.Second, time.Since(began))
	})
}

// The time between two reads is the caller's, not the service's.
func TestAStreamWaitsForItsReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(newWire(t, serveOnce("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "one", time.Second, "two")))
		service.settings.Timeouts = Timeouts{Read: 3 * time.Second}
		response, err := service.send(service.call(t.Context(), request{stream: true}), request{})
		require.NoError(t, err)
		<-time.After(time.Minute)
		first := make([]byte, 3)
		_, err = io.ReadFull(response.Body, first)
		require.NoError(t, err)
		<-time.After(time.Minute)
		rest, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		assert.Equal(t, "onetwo", string(first)+string(rest))
		require.NoError(t, response.Body.Close())
	})
}

// A stream that stops is ended by the bound of reading, and its error says whose it is.
func TestAStreamThatStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(newWire(t, serveOnce("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "one", time.Hour)))
		service.settings.SetTimeout(time.Second)
		service.settings.Timeouts = Timeouts{Attempt: time.Second, Read: 3 * time.Second}
		began := time.Now()
		_, err := service.ask(t.Context(), request{stream: true})
		require.EqualError(t, err, "test: getRoom: read the answer: timeout: reading took longer than 3s")
		require.ErrorIs(t, err, ErrTimeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 3*time.Second, time.Since(began))
		<-time.After(2 * time.Hour)
	})
}

// A stream ends with its context, also long after its header.
func TestAStreamEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, timeouts := range map[string]Timeouts{"bounded": {Read: time.Hour}, "not bounded": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				service := newService(newWire(t, serveOnce("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "one", time.Hour)))
				service.settings.SetTimeout(time.Second)
				service.settings.Timeouts = timeouts
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Minute, cancel)
				_, err := service.ask(ctx, request{stream: true})
				require.ErrorIs(t, err, context.Canceled)
				require.NotErrorIs(t, err, ErrTimeout)
				<-time.After(2 * time.Hour)
			})
		})
	}
}

// Failures of a stream are read whole like all others, and tried again.
func TestAStreamThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		carrier := play(answers(503, "down"), answers(404, "no route"))
		service := newService(carrier)
		service.settings.SetTimeout(time.Minute)
		_, err := service.ask(t.Context(), request{stream: true})
		require.EqualError(t, err, "test: getRoom: status 404 Not Found: no route (failed attempts: status 503, status 404)")

		carrier.steps = []step{refuses}
		_, err = service.ask(t.Context(), request{stream: true})
		require.ErrorIs(t, err, ErrNotConnected)
	})
}

// A stream has no bound of size, as it is held nowhere.
func TestAStreamIsNotBoundedInSize(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 100<<10)
	service := newService(play(answers(200, large)))
	service.settings.MaxAnswer = 10
	body, err := service.ask(t.Context(), request{stream: true})
	require.NoError(t, err)
	assert.Len(t, body, len(large))
}

// What is asked about the time of a stream, by a limiter or a policy, is the time of its
// header.
func TestTheTimeOfAStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		for name, test := range map[string]struct {
			call, context time.Duration
			deadline      time.Duration
		}{
			"the call's":             {call: time.Minute, deadline: time.Minute},
			"the context's":          {context: time.Minute, deadline: time.Minute},
			"the call's, first":      {call: time.Second, context: time.Minute, deadline: time.Second},
			"the context's, first":   {call: time.Minute, context: time.Second, deadline: time.Second},
			"there is none, whoever": {},
		} {
			var deadline time.Time
			var limited bool
			service := newService(play(answers(200, "")))
			service.settings.SetTimeout(test.call)
			service.settings.Limiter = limiter{wait: func(ctx context.Context) error {
				deadline, limited = ctx.Deadline()
				return nil
			}}
			ctx := t.Context()
			if test.context > 0 {
				bounded, cancel := context.WithTimeout(ctx, test.context)
				t.Cleanup(cancel)
				ctx = bounded
			}
			_, err := service.ask(ctx, request{stream: true})
			require.NoError(t, err)
			assert.Equal(t, test.deadline > 0, limited, name)
			if limited {
				assert.Equal(t, test.deadline, deadline.Sub(begin), name)
			}
		}
	})
}

// Once it is closed, or has failed, or a transport panicked, nothing of a stream is left.
func TestNothingIsLeftOfAStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var last *http.Request
		remember := func(next step) step {
			return func(request *http.Request) (*http.Response, error) {
				last = request
				return next(request)
			}
		}
		for name, next := range map[string]step{
			"read":   answers(200, "ok"),
			"failed": answers(404, ""),
			"broke":  breaks,
			"panic":  func(*http.Request) (*http.Response, error) { panic("the transport broke") },
		} {
			service := newService(play(remember(next)))
			service.settings.Retries = Backoff{Attempts: 1}
			service.settings.SetTimeout(time.Hour)
			for _, timeouts := range []Timeouts{{}, {Attempt: time.Hour, Read: time.Hour}} {
				service.settings.Timeouts = timeouts
				func() {
					defer func() { _ = recover() }()
					_, _ = service.ask(t.Context(), request{stream: true})
				}()
				require.ErrorIs(t, last.Context().Err(), context.Canceled, name)
			}
		}
	})
}

// A stream that is not closed is its caller's; until then its context lives.
func TestAStreamLivesUntilItIsClosed(t *testing.T) {
	t.Parallel()
	for _, timeouts := range []Timeouts{{}, {Attempt: time.Second, Read: time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			liveUntilClosed(t, timeouts)
		})
	}
}

func liveUntilClosed(t *testing.T, timeouts Timeouts) {
	t.Helper()
	var last *http.Request
	service := newService(play(func(request *http.Request) (*http.Response, error) {
		last = request
		return answers(200, "ok")(request)
	}))
	service.settings.SetTimeout(time.Second)
	service.settings.Timeouts = timeouts
	response, err := service.send(service.call(t.Context(), request{stream: true}), request{})
	require.NoError(t, err)
	<-time.After(time.Hour)
	require.NoError(t, last.Context().Err())
	require.NoError(t, response.Body.Close())
	require.Error(t, last.Context().Err())
}

// Whoever is asked to wait by a stream's context sees its bound as one of time.
func TestTheEndOfTheTimeOfAStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(play(answers(200, "")))
		service.settings.SetTimeout(time.Second)
		service.settings.Limiter = limiter{wait: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		_, err := service.ask(t.Context(), request{stream: true})
		require.ErrorIs(t, err, ErrTimeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "context deadline exceeded")
	})
}

// The error of a stream's body keeps what it was.
func TestAStreamThatBreaks(t *testing.T) {
	t.Parallel()
	service := newService(play(breaksOff(net.ErrClosed)))
	body, err := service.ask(t.Context(), request{stream: true})
	require.ErrorIs(t, err, net.ErrClosed)
	require.EqualError(t, err, "test: getRoom: read the answer: use of closed network connection")
	assert.Equal(t, `{"half":`, body)
	var failure *Error
	assert.NotErrorAs(t, err, &failure, "the call had succeeded")
}
