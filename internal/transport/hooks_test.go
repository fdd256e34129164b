package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// diary is what hooks of a test were told, in its order.
type diary struct{ lines []string }

func (d *diary) write(format string, values ...any) {
	d.lines = append(d.lines, strings.TrimSpace(fmt.Sprintf(format, values...)))
}

type hookKey string

// hooks write what they are told, and what hooks before them put into the context.
func (d *diary) hooks(name string) Hooks {
	said := func(ctx context.Context) string {
		var all string
		for _, other := range []hookKey{"a", "b", "c"} {
			if value, ok := ctx.Value(other).(string); ok {
				all += value
			}
		}
		return all
	}
	return Hooks{
		Operation: func(ctx context.Context, start OperationStart) (context.Context, func(OperationEnd)) {
			d.write("%s begins %s (%s)", name, start.Operation, said(ctx))
			return context.WithValue(ctx, hookKey(name), name), func(end OperationEnd) {
				d.write("%s ends: %d, %d attempts, %s, %s", name, end.Status, end.Attempts, end.Duration, failureOf(end.Err))
			}
		},
		Attempt: func(ctx context.Context, start AttemptStart) (context.Context, func(AttemptEnd)) {
			d.write("%s attempts %d after %s (%s)", name, start.Number, start.Waited, said(ctx))
			return context.WithValue(ctx, hookKey(name), strings.ToUpper(name)), func(end AttemptEnd) {
				d.write("%s attempted: %d, %s, %s%s", name, end.Status, end.Duration, end.Reason, odd(end.Err))
			}
		},
	}
}

// odd is an error that has no reason.
func odd(err error) string {
	if err == nil || ReasonOf(err) != "" {
		return ""
	}
	return err.Error()
}

func failureOf(err error) string { return string(ReasonOf(err)) + odd(err) }

// Hooks are told in order at the beginning and the other way round at the end, and
// each sees the contexts of those before it: those of the operations in the attempts,
// and those of the attempts in the request.
func TestHooksAreToldInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var inRequest string
		book := &diary{}
		service := newService(play(
			func(request *http.Request) (*http.Response, error) {
				<-time.After(time.Second)
				return answers(503, "")(request)
			},
			func(request *http.Request) (*http.Response, error) {
				inRequest, _ = request.Context().Value(hookKey("b")).(string)
				<-time.After(2 * time.Second)
				return answers(200, "ok")(request)
			}))
		service.settings.Retries = &policy{wait: time.Minute, attempts: 2}
		service.settings.AddHooks(book.hooks("a"))
		service.settings.AddHooks(Hooks{Operation: func(context.Context, OperationStart) (context.Context, func(OperationEnd)) { return nil, nil }})
		service.settings.AddHooks(Hooks{Attempt: func(context.Context, AttemptStart) (context.Context, func(AttemptEnd)) { return nil, nil }})
		service.settings.AddHooks(book.hooks("b"))
		_, err := service.ask(t.Context(), request{})
		require.NoError(t, err)
		assert.Equal(t, []string{
			"a begins getRoom ()", "b begins getRoom (a)",
			"a attempts 1 after 0s (ab)", "b attempts 1 after 0s (Ab)",
			"b attempted: 503, 1s, server error", "a attempted: 503, 1s, server error",
			"a attempts 2 after 1m0s (ab)", "b attempts 2 after 1m0s (Ab)",
			"b attempted: 200, 2s,", "a attempted: 200, 2s,",
			"b ends: 200, 2 attempts, 1m3s,", "a ends: 200, 2 attempts, 1m3s,",
		}, book.lines)
		assert.Equal(t, "B", inRequest)
	})
}

// Whatever becomes of a call, its end is told, and that of each attempt that began.
func TestEndsAreTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*service)
		stream  bool
		want    []string
	}{
		"success": {nil, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 200, 0s,", "a ends: 200, 1 attempts, 0s,",
		}},
		"stream": {nil, true, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 200, 0s,", "a ends: 200, 1 attempts, 0s,",
		}},
		"failure": {func(s *service) { s.chainOf(answers(404, "")) }, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 404, 0s, refused", "a ends: 404, 1 attempts, 0s, refused",
		}},
		"answered and then not": {func(s *service) { s.chainOf(answers(503, ""), refuses) }, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 503, 0s, server error",
			"a attempts 2 after 1s (a)", "a attempted: 0, 0s, not connected", "a ends: 0, 2 attempts, 1s, not connected",
		}},
		"a panic of the transport": {func(s *service) {
			s.chainOf(func(*http.Request) (*http.Response, error) { panic("the transport broke") })
		}, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 0, 0s, it was cut short", "a ends: 0, 1 attempts, 0s, it was cut short",
		}},
		"a panic of the second attempt": {func(s *service) {
			s.chainOf(answers(503, ""), func(*http.Request) (*http.Response, error) { panic("the transport broke") })
		}, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 503, 0s, server error",
			"a attempts 2 after 1s (a)", "a attempted: 0, 0s, it was cut short", "a ends: 0, 2 attempts, 1s, it was cut short",
		}},
		"a panic of the credentials": {func(s *service) {
			s.protocol.authorize = func(*http.Request) error { panic("the vault broke") }
		}, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 0, 0s, it was cut short", "a ends: 0, 0 attempts, 0s, it was cut short",
		}},
		"held back": {func(s *service) {
			s.settings.Limiter = limiter{wait: func(context.Context) error { return errBroke }}
		}, false, []string{
			"a begins getRoom ()", "a ends: 0, 0 attempts, 0s, held back",
		}},
		"it had to wait": {func(s *service) {
			s.settings.Limiter = limiter{wait: func(context.Context) error { <-time.After(7 * time.Second); return nil }}
			s.chainOf(answers(503, ""), answers(200, ""))
		}, false, []string{
			"a begins getRoom ()", "a attempts 1 after 7s (a)", "a attempted: 503, 0s, server error",
			"a attempts 2 after 8s (a)", "a attempted: 200, 0s,", "a ends: 200, 2 attempts, 15s,",
		}},
		"no credential": {func(s *service) {
			s.protocol.authorize = func(*http.Request) error { return errBroke }
		}, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 0, 0s, no credential", "a ends: 0, 0 attempts, 0s, no credential",
		}},
		"no other credential": {func(s *service) {
			s.chainOf(answers(401, ""))
			s.protocol.renew = func(*http.Request, *Error) (bool, error) { return false, errBroke }
		}, false, []string{
			"a begins getRoom ()", "a attempts 1 after 0s (a)", "a attempted: 401, 0s, refused", "a ends: 401, 1 attempts, 0s, no credential",
		}},
		"an option that cannot work": {func(s *service) { s.settings.BaseURL.Host = "" }, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				book := &diary{}
				service := newService(play(answers(200, "ok")))
				service.settings.AddHooks(book.hooks("a"))
				service.settings.Retries = onServerError{}
				if test.prepare != nil {
					test.prepare(service)
				}
				r := request{stream: test.stream}
				call := service.call(t.Context(), r)
				if test.want == nil {
					call.Problem = errors.New("the option cannot work")
				}
				func() {
					defer func() { _ = recover() }()
					response, err := service.send(call, r)
					if err == nil {
						assert.NoError(t, response.Body.Close())
					}
				}()
				assert.Equal(t, test.want, book.lines)
			})
		})
	}
}

// onServerError is a policy of tests: once more, after a second.
type onServerError struct{}

func (onServerError) Next(failed FailedAttempt) (time.Duration, bool) {
	return time.Second, failed.Reason == ReasonServerError
}

// chainOf replaces what carries the calls.
func (s *service) chainOf(steps ...step) {
	s.chain = NewChain(&http.Client{Transport: play(steps...)})
}

// What hooks put into a header goes with that attempt: but no credential, nothing that
// belongs to the connection, and nothing that cannot be sent.
func TestHeadersOfHooks(t *testing.T) {
	t.Parallel()
	carrier := play(refuses, answers(200, ""))
	service := newService(carrier)
	service.settings.Retries = &policy{attempts: 2}
	service.settings.Header = http.Header{"User-Agent": {"test/1"}, "X-Team": {"kopi"}}
	seen := 0
	service.settings.AddHooks(Hooks{Attempt: func(_ context.Context, start AttemptStart) (context.Context, func(AttemptEnd)) {
		if start.Number == 2 {
			return nil, nil
		}
		for name, value := range map[string]string{
			"Traceparent": "00-1", "x-team": "susu", "X-Secret": "stolen", "Content-Length": "5", "Host": "elsewhere.example.id",
			"Idempotency-Key": "k", "X-Idempotency-Key": "k", "Transfer-Encoding": "chunked", "Accept-Encoding": "br",
			"Connection": "close", "Content-Type": "text/csv", "Bad Name": "x", "X-Bad": "a\r\nX-Evil: 1", "": "x",
		} {
			start.Header[name] = []string{value}
		}
		return nil, nil
	}})
	service.settings.AddHooks(Hooks{Attempt: func(_ context.Context, start AttemptStart) (context.Context, func(AttemptEnd)) {
		seen += len(start.Header)
		return nil, nil
	}})
	_, err := service.ask(t.Context(), request{method: http.MethodPost, body: strings.NewReader("x")})
	require.NoError(t, err)
	require.Len(t, carrier.attempts(), 2)
	assert.Equal(t, 14, seen, "the second hook sees what the first put there, for that attempt")
	assert.Equal(t, http.Header{
		"Traceparent": {"00-1"}, "X-Team": {"susu"}, "X-Secret": {"kunci-rahasia"}, "User-Agent": {"test/1"},
	}, carrier.attempts()[0].header)
	assert.Equal(t, http.Header{
		"X-Team": {"kopi"}, "X-Secret": {"kunci-rahasia"}, "User-Agent": {"test/1"},
	}, carrier.attempts()[1].header, "nothing of the attempt before")
	assert.Equal(t, http.Header{"User-Agent": {"test/1"}, "X-Team": {"kopi"}}, service.settings.Header)
}

// What hooks are told of a call holds no id and no query.
func TestWhatHooksAreTold(t *testing.T) {
	t.Parallel()
	service := newService(play(answers(404, "dewi", "X-Request-Id", "7f3a")))
	var operation OperationStart
	var attempt AttemptStart
	var ends []string
	service.settings.AddHooks(Hooks{
		Operation: func(ctx context.Context, start OperationStart) (context.Context, func(OperationEnd)) {
			operation = start
			return ctx, func(end OperationEnd) { ends = append(ends, end.RequestID, fmt.Sprint(end.Err)) }
		},
		Attempt: func(ctx context.Context, start AttemptStart) (context.Context, func(AttemptEnd)) {
			attempt = start
			return ctx, func(end AttemptEnd) { ends = append(ends, end.RequestID, fmt.Sprint(end.Err)) }
		},
	})
	_ = service.fail(t, request{path: "/rooms/98120734?search=dewi"})
	assert.Equal(t, OperationStart{
		Operation: "getRoom", Method: "GET", Path: "/rooms/{room_id}", Scheme: "https", Host: "service.example.id",
	}, operation)
	assert.Equal(t, operation, attempt.OperationStart)
	assert.Equal(t, 1, attempt.Number)
	text := "test: getRoom: status 404 Not Found: ***"
	assert.Equal(t, []string{"7f3a", text, "7f3a", text}, ends)
}

// A context that is not made of the call's is left alone: the call would be lost in it.
func TestContextsFromElsewhere(t *testing.T) {
	t.Parallel()
	service := newService(play(answers(200, "ok")))
	service.settings.AddHooks(Hooks{
		Operation: func(context.Context, OperationStart) (context.Context, func(OperationEnd)) {
			return context.Background(), nil
		},
		Attempt: func(context.Context, AttemptStart) (context.Context, func(AttemptEnd)) {
			return context.Background(), nil
		},
	})
	body, err := service.ask(t.Context(), request{})
	require.NoError(t, err)
	assert.Equal(t, "ok", body)
}

// The request id of an attempt is its own, not that of the one before.
func TestRequestIDsAreOfTheirAttempt(t *testing.T) {
	t.Parallel()
	service := newService(play(answers(503, "", "X-Request-Id", "7f3a"), refuses, answers(200, "", "X-Request-Id", "8b1c")))
	service.settings.Retries = &policy{attempts: 3}
	var ids []string
	service.settings.AddHooks(Hooks{Attempt: func(context.Context, AttemptStart) (context.Context, func(AttemptEnd)) {
		return nil, func(end AttemptEnd) { ids = append(ids, end.RequestID) }
	}})
	_, err := service.ask(t.Context(), request{})
	require.NoError(t, err)
	assert.Equal(t, []string{"7f3a", "", "8b1c"}, ids)
}
