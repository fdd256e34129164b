package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// Each bound names itself, is what callers look for, and ends the attempt to the point.
func TestTimeoutsNameThemselves(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 1<<20)
	for name, test := range map[string]struct {
		timeouts Timeouts
		call     time.Duration
		context  time.Duration
		dial     time.Duration
		serve    func(net.Conn)
		body     string
		stream   bool
		text     string
		took     time.Duration
		reason   Reason
	}{
		"connecting": {
			timeouts: Timeouts{Connect: 3 * time.Second}, dial: time.Minute, serve: serveOnce(okHead, "123456"),
			text: "timeout: connecting took longer than 3s", took: 3 * time.Second, reason: ReasonNotConnected,
		},
		"writing": {
			timeouts: Timeouts{Write: 3 * time.Second}, body: large, serve: serveSlowly(1<<10, time.Minute, okHead),
			text: "timeout: writing took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"reading the header": {
			timeouts: Timeouts{Read: 3 * time.Second}, serve: serveOnce(time.Minute),
			text: "timeout: reading took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"reading the body": {
			timeouts: Timeouts{Read: 3 * time.Second}, serve: serveOnce(2*time.Second, okHead, "123", time.Minute),
			text: "read the answer: timeout: reading took longer than 3s", took: 5 * time.Second, reason: ReasonTimeout,
		},
		"the attempt": {
			timeouts: Timeouts{Attempt: 3 * time.Second}, serve: serveOnce(time.Minute),
			text: "timeout: the attempt took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"the attempt, in the body": {
			timeouts: Timeouts{Attempt: 3 * time.Second}, serve: serveOnce(okHead, "123", time.Minute),
			text: "read the answer: timeout: the attempt took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"the attempt, while it connects": {
			timeouts: Timeouts{Attempt: 3 * time.Second}, dial: time.Minute, serve: serveOnce(okHead, "123456"),
			text: "timeout: the attempt took longer than 3s", took: 3 * time.Second, reason: ReasonNotConnected,
		},
		"the call": {
			call: 3 * time.Second, timeouts: Timeouts{Read: time.Hour}, serve: serveOnce(time.Minute),
			text: "timeout: the call took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"the call, without others": {
			call: 3 * time.Second, serve: serveOnce(time.Minute),
			text: "timeout: the call took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"the call, in the body": {
			call: 3 * time.Second, serve: serveOnce(okHead, "123", time.Minute),
			text: "read the answer: timeout: the call took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"the call, while it connects": {
			call: 3 * time.Second, dial: time.Minute, serve: serveOnce(okHead, "123456"),
			text: "timeout: the call took longer than 3s", took: 3 * time.Second, reason: ReasonNotConnected,
		},
		"the context": {
			context: 3 * time.Second, call: time.Hour, timeouts: Timeouts{Attempt: time.Hour}, serve: serveOnce(time.Minute),
			text: "context deadline exceeded", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"a stream's call": {
			call: 3 * time.Second, stream: true, serve: serveOnce(time.Minute),
			text: "timeout: the call took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"a stream's attempt": {
			timeouts: Timeouts{Attempt: 3 * time.Second}, call: time.Hour, stream: true, serve: serveOnce(time.Minute),
			text: "timeout: the attempt took longer than 3s", took: 3 * time.Second, reason: ReasonTimeout,
		},
		"a stream's context": {
			context: 3 * time.Second, call: time.Hour, stream: true, serve: serveOnce(time.Minute),
			text: "context deadline exceeded", took: 3 * time.Second, reason: ReasonTimeout,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := newWire(t, test.serve)
				wire.dial.Store(int64(test.dial))
				service := newService(wire)
				service.settings.Retries = Backoff{Attempts: 1}
				service.settings.Timeouts = test.timeouts
				service.settings.SetTimeout(test.call)
				ctx := t.Context()
				if test.context > 0 {
					bounded, cancel := context.WithTimeout(ctx, test.context)
					defer cancel()
					ctx = bounded
				}
				began := time.Now()
				_, err := service.ask(ctx, request{method: http.MethodPost, body: strings.NewReader(test.body), stream: test.stream})
				assert.Equal(t, test.took, time.Since(began))
				require.ErrorIs(t, err, ErrTimeout)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.NotErrorIs(t, err, context.Canceled)
				assert.Equal(t, test.reason == ReasonNotConnected, errors.Is(err, ErrNotConnected))
				require.ErrorContains(t, err, "test: getRoom: ")
				assert.Regexp(t, ": "+test.text+"$", err.Error())
				assert.Equal(t, test.reason, ReasonOf(err))
				<-time.After(2 * time.Minute) // the other end sees that it is over
			})
		})
	}
}

// As long as something goes on, a part takes as long as it likes.
func TestProgressBeginsTheTimeAnew(t *testing.T) {
	t.Parallel()
	const second = time.Second
	chunk := strings.Repeat("x", 600)
	for name, test := range map[string]struct {
		timeouts Timeouts
		serve    func(net.Conn)
		body     io.Reader
		took     time.Duration // at least
	}{
		"reading": {
			Timeouts{Connect: second, Read: 3 * second},
			serveOnce(2*second, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 2*second, chunk, 2*second, chunk, 2*second, chunk),
			nil, 8 * second,
		},
		"reading after an early hint": {
			Timeouts{Read: 3 * second},
			serveOnce(2*second, "HTTP/1.1 103 Early Hints\r\n\r\n", 2*second, "HTTP/1.1 102 Processing\r\n\r\n", 2*second, okHead, "123456"),
			nil, 6 * second,
		},
		"writing": {
			Timeouts{Write: 3 * second, Read: 3 * second}, serveSlowly(4<<10, second/4, okHead+"123456"),
			bytes.NewReader(make([]byte, 256<<10)), 16 * second, // net/http writes 32 KiB at a time
		},
		"a stream of the caller's that is slow": {
			Timeouts{Write: second}, serveSlowly(64<<10, 0, okHead+"123456"),
			slowReader(strings.NewReader("slowly"), 10*second), 20 * second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				service := newService(newWire(t, test.serve))
				service.settings.Timeouts = test.timeouts
				began := time.Now()
				_, err := service.ask(t.Context(), request{method: http.MethodPost, body: test.body, write: true})
				require.NoError(t, err)
				assert.GreaterOrEqual(t, time.Since(began), test.took)
				<-time.After(time.Minute)
			})
		})
	}
}

// slowReader waits before every read, also before that of the end.
func slowReader(reader io.Reader, wait time.Duration) io.Reader {
	return readerFunc(func(into []byte) (int, error) {
		<-time.After(wait)
		return reader.Read(into)
	})
}

// A connection that was just closed is replaced by net/http itself. To connect anew is
// bounded like the first time, and a redirect begins with a connection as well.
func TestConnectingAnewIsBounded(t *testing.T) {
	t.Parallel()
	head := "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n123456"
	for name, test := range map[string]struct {
		first []string // what the first connection answers, before it is closed
	}{
		"closed":     {[]string{head}},
		"redirected": {[]string{head, "HTTP/1.1 302 Found\r\nLocation: /rooms/5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wire := newWire(t, func(connection net.Conn) {
					defer func() { _ = connection.Close() }()
					reader := newBufioReader(connection)
					for _, answer := range test.first {
						if _, err := http.ReadRequest(reader); err != nil {
							return
						}
						if _, err := io.WriteString(connection, answer); err != nil {
							return
						}
					}
					_, _ = http.ReadRequest(reader) // a request is lost
				})
				service := newService(wire)
				service.settings.Timeouts = Timeouts{Connect: 3 * time.Second, Read: time.Hour, Write: time.Hour}
				service.settings.Retries = Backoff{Attempts: 1}
				_, err := service.ask(t.Context(), request{})
				require.NoError(t, err)

				wire.dial.Store(int64(time.Minute))
				began := time.Now()
				_, err = service.ask(t.Context(), request{})
				require.ErrorContains(t, err, "timeout: connecting took longer than 3s")
				assert.Equal(t, 3*time.Second, time.Since(began))
				assert.EqualValues(t, 2, wire.dials.Load())
				<-time.After(2 * time.Minute)
			})
		})
	}
}

// Each attempt has its own time, and a timed out one that does no harm is repeated.
func TestEachAttemptHasItsTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		write    bool
		attempts int
	}{"a read": {false, 3}, "a write": {true, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				service := newService(play(hangs))
				service.settings.Timeouts = Timeouts{Attempt: time.Minute}
				service.settings.Retries = Backoff{First: time.Nanosecond, Longest: time.Nanosecond}
				began := time.Now()
				failure := service.fail(t, request{write: test.write})
				assert.Equal(t, time.Duration(test.attempts)*time.Minute, time.Since(began))
				assert.Len(t, failure.Failed, test.attempts)
				for _, failed := range failure.Failed {
					assert.Equal(t, ReasonTimeout, failed.Reason)
					assert.Equal(t, time.Minute, failed.Took)
				}
			})
		})
	}
}

// A transport that tells nothing of its connections is not blamed for connecting when
// it waits for the answer. What is read of the answer is seen all the same.
func TestTimeoutsOfATransportThatTellsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(roundTripper(func(request *http.Request) (*http.Response, error) {
			<-time.After(time.Minute)
			body := readerFunc(func([]byte) (int, error) {
				<-request.Context().Done()
				return 0, request.Context().Err()
			})
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body)}, nil
		}))
		service.settings.Timeouts = Timeouts{Connect: time.Second, Write: time.Second, Read: time.Second}
		service.settings.Retries = Backoff{Attempts: 1}
		began := time.Now()
		failure := service.fail(t, request{method: http.MethodPost, body: strings.NewReader("x")})
		assert.Equal(t, "test: getRoom: status 200 OK: read the answer: timeout: reading took longer than 1s", failure.Error())
		assert.Equal(t, time.Minute+time.Second, time.Since(began))
	})
}

// A body that a transport reads anew, as net/http does after a connection was closed,
// is watched like the first.
func TestABodyThatIsReadAnewIsWatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newService(roundTripper(func(request *http.Request) (*http.Response, error) {
			tellConnected(request)
			body, err := request.GetBody()
			if err != nil {
				return nil, err
			}
			for piece := make([]byte, 1); err == nil; _, err = body.Read(piece) {
				<-time.After(2 * time.Second)
			}
			if request.Context().Err() != nil {
				return nil, request.Context().Err()
			}
			return answers(200, "")(request)
		}))
		service.settings.Timeouts = Timeouts{Write: 3 * time.Second}
		_, err := service.ask(t.Context(), request{method: http.MethodPost, body: strings.NewReader("slowly"), write: true})
		require.NoError(t, err)
	})
}

// A timer that runs out just as its time is begun anew ends nothing.
func TestATimerThatIsTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		watch := newWatch(t.Context(), Timeouts{Read: time.Second})
		watch.enter(reading)
		watch.expire()
		require.NoError(t, watch.ctx.Err(), "the time runs still")
		watch.rest(reading)
		<-time.After(time.Minute)
		watch.expire()
		require.NoError(t, watch.ctx.Err(), "no time runs")
		watch.progress(reading)
		<-time.After(time.Second)
		synctest.Wait()
		require.Error(t, watch.ctx.Err())
		watch.end()
		watch.enter(reading)
		assert.Equal(t, ended, watch.phase, "nothing begins after the end")
	})
}

// After an attempt its timers are stopped, and its context has ended.
func TestNothingIsLeftOfAnAttempt(t *testing.T) {
	t.Parallel()
	for _, last := range []phase{unknown, connecting, writing, reading} {
		watch := newWatch(t.Context(), Timeouts{Connect: time.Hour, Write: time.Hour, Read: time.Hour, Attempt: time.Hour})
		for at := connecting; at <= last; at++ {
			watch.enter(at)
		}
		watch.end()
		assert.False(t, watch.whole.Stop(), "it was stopped already")
		assert.True(t, watch.part == nil || !watch.part.Stop(), "it was stopped already")
		require.ErrorIs(t, watch.ctx.Err(), context.Canceled)
	}
	for name, next := range map[string]step{
		"answered": answers(200, "ok"), "refused": answers(404, ""), "broken": breaks,
		"cut short": func(*http.Request) (*http.Response, error) { panic("the transport broke") },
	} {
		var last *http.Request
		service := newService(play(func(request *http.Request) (*http.Response, error) {
			last = request
			return next(request)
		}))
		service.settings.Retries = Backoff{Attempts: 1}
		service.settings.Timeouts = Timeouts{Attempt: time.Hour}
		func() {
			defer func() { _ = recover() }()
			_, _ = service.ask(t.Context(), request{})
		}()
		require.ErrorIs(t, last.Context().Err(), context.Canceled, name)
	}
}

func TestTimeoutsCheck(t *testing.T) {
	t.Parallel()
	require.NoError(t, Timeouts{}.Check())
	require.NoError(t, Timeouts{Connect: 1, Write: 1, Read: 1, Attempt: 1}.Check())
	for _, wrong := range []Timeouts{{Connect: -1}, {Write: -1}, {Read: -1}, {Attempt: -1}} {
		require.ErrorContains(t, wrong.Check(), "negative", fmt.Sprint(wrong))
	}
	assert.True(t, (&timeoutError{}).Timeout())
}
