package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// said is the body of a customer's message.
func said(room, id, text string) string {
	return fmt.Sprintf(`{"type":"post_comment_mobile","channel":{"id":1},"payload":{"from":{"email":"6281"},`+
		`"room":{"id":%q},"message":{"type":"text","text":%q,"unique_temp_id":%q}}}`, room, text, id)
}

// onErrors collects what OnError is told.
type onErrors struct {
	mutex sync.Mutex
	told  []error
}

func (f *onErrors) option() webhook.Option {
	return webhook.OnError(func(_ context.Context, _ webhook.Event, err error) {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		f.told = append(f.told, err)
	})
}

// take returns what was told since it was last called.
func (f *onErrors) take() []error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	told := f.told
	f.told = nil
	return told
}

// onMessage makes callbacks of one that gets the text of bots' messages.
func onMessage(callback func(ctx context.Context, text string) error) webhook.Callbacks {
	return webhook.Callbacks{BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
		return callback(ctx, event.Text())
	}}
}

// shutDown ends a handler, which must have nothing left to do.
func shutDown(t *testing.T, handler *webhook.Handler) {
	t.Helper()
	require.NoError(t, handler.Shutdown(t.Context()))
	waiting, handled := handler.Load()
	assert.Zero(t, waiting+handled)
}

// A slow callback is carried out although the platform has hung up, and the context's
// values are there.
func TestHandlingOutlivesTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		var got error
		var value any
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error {
			<-time.After(5 * time.Second)
			got, value = ctx.Err(), ctx.Value(key{})
			return nil
		}))
		ctx, hangUp := context.WithTimeout(context.WithValue(t.Context(), key{}, "mine"), time.Second)
		defer hangUp()
		request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/"+secret, strings.NewReader(said("1", "a", "")))
		began := time.Now()
		answer := checkAnswer(t, send(handler, request), http.StatusServiceUnavailable)
		assert.Equal(t, "the request ended first", answer.Error)
		assert.Equal(t, time.Second, time.Since(began))
		shutDown(t, handler)
		require.NoError(t, got)
		assert.Equal(t, "mine", value)
	})
}

func TestHandlingDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		var cause error
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return ctx.Err()
		}), webhook.Deadline(3*time.Second), told.option())
		began := time.Now()
		checkAnswer(t, post(handler, said("1", "a", "")), http.StatusInternalServerError)
		assert.Equal(t, 3*time.Second, time.Since(began))
		require.ErrorContains(t, cause, "deadline")
		errs := told.take()
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], context.DeadlineExceeded)
		shutDown(t, handler)
	})
}

// A callback that minds no context is told of, and what it returns counts. The room's
// next event waits for it.
func TestHandlingOverdue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		var order []string
		handler := newHandler(t, onMessage(func(_ context.Context, text string) error {
			if text == "slow" {
				<-time.After(time.Minute)
			}
			order = append(order, text)
			return nil
		}), webhook.Deadline(3*time.Second), told.option())
		began := time.Now()
		go func() {
			<-time.After(time.Second)
			recorder := post(handler, said("1", "b", "quick"))
			assert.Equal(t, http.StatusServiceUnavailable, recorder.Code)
			assert.Contains(t, recorder.Body.String(), "the event still waits")
			assert.Equal(t, time.Second+3*time.Second+12*time.Second, time.Since(began))
		}()
		answer := checkAnswer(t, post(handler, said("1", "a", "slow")), http.StatusInternalServerError)
		assert.Equal(t, "the event was not handled in time", answer.Error)
		assert.Equal(t, 4*time.Second, time.Since(began))
		synctest.Wait()
		errs := told.take()
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], webhook.ErrOverdue)
		require.ErrorContains(t, errs[0], "3s")
		assert.False(t, webhook.Unhandled(errs[0]))

		<-time.After(time.Hour)
		synctest.Wait()
		assert.Equal(t, []string{"slow", "quick"}, order)
		assert.Empty(t, told.take())
		checkAnswer(t, post(handler, said("1", "a", "slow")), http.StatusOK)
		assert.Equal(t, []string{"slow", "quick"}, order, "what was overdue has been handled, once")
		shutDown(t, handler)
	})
}

// What OnError and the store take beyond the deadline is not the callback's: it is not
// told to be overdue.
func TestHandlingOverdueIsTheCallbackAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []error
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }),
			webhook.OnError(func(_ context.Context, _ webhook.Event, err error) {
				told = append(told, err)
				<-time.After(10 * time.Second) // it stores the event
			}))
		answer := checkAnswer(t, post(handler, said("1", "a", "")), http.StatusInternalServerError)
		assert.Equal(t, "the event could not be handled", answer.Error)
		shutDown(t, handler)
		require.Len(t, told, 1)
		require.ErrorIs(t, told[0], context.DeadlineExceeded)
	})
}

// A callback that does not end keeps its room, and no worker from the others.
func TestHandlingOverdueGivesBackItsWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := make(chan struct{})
		handler := newHandler(t, onMessage(func(_ context.Context, text string) error {
			if text == "hang" {
				<-hung
			}
			return nil
		}), webhook.Workers(2), webhook.Deadline(3*time.Second), webhook.AnswerAtOnce())
		for _, room := range []string{"1", "2", "3", "4", "5"} {
			checkAnswer(t, post(handler, said(room, "a", "hang")), http.StatusOK)
			checkAnswer(t, post(handler, said(room, "b", "")), http.StatusOK)
		}
		checkAnswer(t, post(handler, said("6", "a", "")), http.StatusOK)
		<-time.After(time.Minute)
		waiting, handling := handler.Load()
		assert.Equal(t, []int{5, 5}, []int{waiting, handling}, "all that hang hang, and nothing else waits for them")
		close(hung)
		shutDown(t, handler)
	})
}

// doubtful is an error of which it is not known whether what failed was done.
type doubtful bool

func (doubtful) Error() string     { return "no answer" }
func (d doubtful) Uncertain() bool { return bool(d) }

// What may have been done is not done again.
func TestHandlingUncertain(t *testing.T) {
	for uncertain, test := range map[bool]struct {
		status, calls int
		outcome       webhook.Outcome
	}{
		true:  {http.StatusOK, 1, webhook.Uncertain},
		false: {http.StatusInternalServerError, 2, webhook.Failed},
	} {
		var told onErrors
		var watch watcher
		calls := 0
		handler := newHandler(t, onMessage(func(context.Context, string) error {
			calls++
			return fmt.Errorf("send: %w", doubtful(uncertain))
		}), told.option(), watch.hooks(""))
		for range 2 {
			checkAnswer(t, post(handler, said("1", "a", "")), test.status)
		}
		assert.Equal(t, test.calls, calls)
		assert.Equal(t, test.outcome, watch.ends[0].Outcome)
		errs := told.take()
		require.Len(t, errs, test.calls)
		var failed doubtful
		require.ErrorAs(t, errs[0], &failed)
		assert.Equal(t, !uncertain, webhook.Unhandled(errs[0]))
		shutDown(t, handler)
	}
}

// One room in which nothing goes on does not keep out the others.
func TestOneRoomDoesNotFillTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := make(chan struct{})
		handler := newHandler(t, onMessage(func(_ context.Context, text string) error {
			if text == "hang" {
				<-hung
			}
			return nil
		}), webhook.Workers(4), webhook.Waiting(96), webhook.AnswerAtOnce())
		taken := 0
		for i := range 100 {
			if post(handler, said("1", fmt.Sprint(i), "hang")).Code == http.StatusOK {
				taken++
			}
			synctest.Wait()
		}
		assert.Equal(t, 1+25, taken, "the one that hangs, and a quarter of the room")
		checkAnswer(t, post(handler, said("2", "a", "")), http.StatusOK)
		close(hung)
		shutDown(t, handler)
	})
}

// What cannot be read as the event that it looks like is refused in both ways of
// answering.
func TestUnreadableIsRefused(t *testing.T) {
	for _, options := range [][]webhook.Option{nil, {webhook.AnswerAtOnce()}} {
		var told onErrors
		handler := newHandler(t, onMessage(func(context.Context, string) error { return nil }), append(options, told.option())...)
		const body = `{"type":"post_comment_mobile","channel":{},"payload":{"from":{"email":"e"},"room":{"id":"1"},"message":{"type":"text","text":17}}}`
		checkAnswer(t, post(handler, body), http.StatusInternalServerError)
		shutDown(t, handler)
		errs := told.take()
		require.Len(t, errs, 1)
		assert.True(t, webhook.Unhandled(errs[0]))
		require.EqualError(t, errs[0], "webhook: the body cannot be read as botMessage, and there is no callback for "+
			"unknown events: it cannot be read as the event that it looks like")
	}
}

func TestHandlingPanics(t *testing.T) {
	cause := errors.New("canary")
	var nothing *webhook.BotMessageEvent
	for name, test := range map[string]struct {
		panics func()
		text   string
		value  any
	}{
		"value":      {func() { panic("canary") }, "webhook: handling the event panicked", "canary"},
		"error":      {func() { panic(cause) }, "webhook: handling the event panicked", cause},
		"nilpointer": {func() { _ = nothing.Payload }, "nil pointer dereference", nil},
		"goexit":     {runtime.Goexit, "ended its goroutine", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var told onErrors
			var calls atomic.Int64
			handler := newHandler(t, onMessage(func(context.Context, string) error {
				if calls.Add(1) == 1 {
					test.panics()
				}
				return nil
			}), told.option(), webhook.Workers(1))
			checkAnswer(t, post(handler, said("1", "a", "")), http.StatusInternalServerError)
			errs := told.take()
			require.Len(t, errs, 1)
			require.ErrorContains(t, errs[0], test.text)
			assert.NotContains(t, errs[0].Error(), "canary")
			var panicked *webhook.PanicError
			if errors.As(errs[0], &panicked) {
				assert.Contains(t, string(panicked.Stack), "handling_test.go")
				if test.value != nil {
					assert.Equal(t, test.value, panicked.Value)
				}
			}
			assert.Equal(t, name == "error", errors.Is(errs[0], cause))
			checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
			assert.Equal(t, int64(2), calls.Load(), "it is handled when it comes again")
			shutDown(t, handler)
		})
	}
}

// What OnError itself, hooks and the store do does not take the handler along.
func TestHandlingSurvivesWhatIsAroundIt(t *testing.T) {
	failing := func(context.Context, string) error { return errors.New("no") }
	fine := func(context.Context, string) error { return nil }
	var told onErrors
	for name, handler := range map[string]*webhook.Handler{
		"OnError": newHandler(t, onMessage(failing), webhook.OnError(func(context.Context, webhook.Event, error) { panic("x") })),
		"hook": newHandler(t, onMessage(fine), told.option(), webhook.WithHooks(webhook.Hooks{
			Event: func(context.Context, webhook.EventStart) (context.Context, func(webhook.EventEnd)) { panic("x") },
		})),
		"end of a hook": newHandler(t, onMessage(fine), told.option(), webhook.WithHooks(webhook.Hooks{
			Event: func(ctx context.Context, _ webhook.EventStart) (context.Context, func(webhook.EventEnd)) {
				return ctx, func(webhook.EventEnd) { panic("x") }
			},
		})),
		"store": newHandler(t, onMessage(fine), told.option(), webhook.Deduplicate(panickingStore{})),
	} {
		status := http.StatusInternalServerError
		if name == "end of a hook" { // by then it is handled
			status = http.StatusOK
		}
		checkAnswer(t, post(handler, said("1", "a", "")), status)
		if name != "OnError" {
			errs := told.take()
			if assert.Len(t, errs, 1, name) {
				var panicked *webhook.PanicError
				require.ErrorAs(t, errs[0], &panicked)
				assert.Equal(t, status != http.StatusOK, webhook.Unhandled(errs[0]))
			}
		}
		shutDown(t, handler)
	}
}

// An event whose problems cannot be told of is handled.
func TestHandlingSurvivesOnProblems(t *testing.T) {
	var told onErrors
	var calls int
	handler := newHandler(t, onMessage(func(context.Context, string) error { calls++; return nil }), told.option(),
		webhook.OnProblems(func(context.Context, webhook.Name, []webhook.Problem) { panic("x") }))
	misfit := strings.Replace(said("1", "a", ""), `"channel":{"id":1}`, `"channel":{"id":[]}`, 1)
	checkAnswer(t, post(handler, misfit), http.StatusOK)
	assert.Equal(t, 1, calls)
	var panicked *webhook.PanicError
	require.ErrorAs(t, errors.Join(told.take()...), &panicked)
	shutDown(t, handler)
}

type panickingStore struct{ webhook.Store }

func (panickingStore) Claim(context.Context, string, string, time.Duration) (webhook.Claim, error) {
	panic("x")
}

func TestAnswerAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		var order []string
		handler := newHandler(t, onMessage(func(_ context.Context, text string) error {
			<-time.After(time.Minute)
			order = append(order, text)
			return errors.New("failed")
		}), webhook.AnswerAtOnce(), webhook.Deadline(time.Hour), told.option())
		began := time.Now()
		for i := range 3 {
			checkAnswer(t, post(handler, said("1", fmt.Sprint(i), fmt.Sprint(i))), http.StatusOK)
		}
		assert.Zero(t, time.Since(began))
		shutDown(t, handler)
		assert.Equal(t, 3*time.Minute, time.Since(began))
		assert.Equal(t, []string{"0", "1", "2"}, order)
		assert.Len(t, told.take(), 3)
	})
}

func TestQueueFullIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		held := make(chan struct{})
		handler := newHandler(t, onMessage(func(context.Context, string) error { <-held; return nil }),
			webhook.Workers(1), webhook.Waiting(1), webhook.AnswerAtOnce(), told.option())
		checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
		checkAnswer(t, post(handler, said("2", "b", "")), http.StatusOK)
		recorder := post(handler, said("3", "c", ""))
		checkAnswer(t, recorder, http.StatusServiceUnavailable)
		assert.Equal(t, "5", recorder.Header().Get("Retry-After"))
		errs := told.take()
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], webhook.ErrQueueFull)
		synctest.Wait()
		waiting, handled := handler.Load()
		assert.Equal(t, []int{1, 1}, []int{waiting, handled})
		close(held)
		synctest.Wait()
		checkAnswer(t, post(handler, said("3", "c", "")), http.StatusOK)
		shutDown(t, handler)
	})
}
