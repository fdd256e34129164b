package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done int
		handler := newHandler(t, onMessage(func(context.Context, string) error {
			<-time.After(time.Minute)
			done++
			return nil
		}), webhook.Deadline(time.Hour), webhook.AnswerAtOnce())
		for i := range 3 {
			checkAnswer(t, post(handler, said("1", fmt.Sprint(i), "")), http.StatusOK)
		}
		go func() {
			<-time.After(time.Second)
			recorder := post(handler, said("1", "late", ""))
			assert.Equal(t, http.StatusServiceUnavailable, recorder.Code)
			assert.Equal(t, "5", recorder.Header().Get("Retry-After"))
			assert.Equal(t, http.StatusOK, post(handler, `{"type":"of no interest"}`).Code)
		}()
		began := time.Now()
		shutDown(t, handler)
		assert.Equal(t, 3*time.Minute, time.Since(began))
		assert.Equal(t, 3, done)
		shutDown(t, handler)
	})
}

// When the time for shutting down is over, what runs is asked to end and what waits is
// told of.
func TestShutdownGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		var watch watcher
		var cause error
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return cause
		}), webhook.Deadline(time.Hour), webhook.AnswerAtOnce(), told.option(), watch.hooks(""))
		for i := range 3 {
			checkAnswer(t, post(handler, said("1", fmt.Sprint(i), "")), http.StatusOK)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := handler.Shutdown(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "3 events")
		synctest.Wait()
		require.ErrorIs(t, cause, webhook.ErrShutdown)
		errs := told.take()
		require.Len(t, errs, 3)
		for _, err := range errs {
			require.ErrorIs(t, err, webhook.ErrShutdown)
		}
		shutDown(t, handler)
		var outcomes []webhook.Outcome
		for _, end := range watch.ends {
			outcomes = append(outcomes, end.Outcome)
		}
		assert.ElementsMatch(t, []webhook.Outcome{webhook.Failed, webhook.ShutDown, webhook.ShutDown}, outcomes)
	})
}

// Who is shut down learns what became of every event before Shutdown returns: the
// process ends then.
func TestShutdownLosesNothingWithoutAWord(t *testing.T) {
	for name, test := range map[string]struct {
		late time.Duration
		says string
	}{
		"ends":         {grace - time.Millisecond, "hung up"},
		"does not end": {time.Hour, "webhook: the handler is being shut down, and the callback does not end"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told onErrors
				handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error {
					<-ctx.Done()
					<-time.After(test.late)
					return errors.New("hung up")
				}), webhook.AnswerAtOnce(), told.option())
				checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
				synctest.Wait()
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				require.ErrorIs(t, handler.Shutdown(ctx), context.Canceled)
				require.EqualError(t, errors.Join(told.take()...), test.says)
				shutDown(t, handler)
			})
		})
	}
}

// grace is how long callbacks have to end when they were asked to.
const grace = time.Second

// A request that waits for an event that is given up is answered with 503.
func TestShutdownGivesUpRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return ctx.Err()
		}), webhook.Deadline(time.Hour))
		statuses := make(chan int, 2)
		for i := range 2 {
			go func() {
				<-time.After(time.Duration(i) * time.Second)
				statuses <- post(handler, said("1", fmt.Sprint(i), "")).Code
			}()
		}
		<-time.After(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Error(t, handler.Shutdown(ctx))
		assert.ElementsMatch(t, []int{http.StatusInternalServerError, http.StatusServiceUnavailable}, []int{<-statuses, <-statuses})
		shutDown(t, handler)
	})
}

func TestShutdownOfNothing(t *testing.T) {
	var handler webhook.Handler
	require.NoError(t, handler.Shutdown(t.Context()))
	waiting, handled := handler.Load()
	assert.Zero(t, waiting+handled)
}
