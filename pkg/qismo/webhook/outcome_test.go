package webhook_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// OnError may have to store what is given up, when the contexts of callbacks are over.
func TestOnErrorContextDoesNotEnd(t *testing.T) {
	type key struct{}
	var mutex sync.Mutex // the worker and Shutdown tell at once
	told := map[error]int{}
	begun := make(chan struct{})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	handler := newHandler(t, webhook.Callbacks{BotMessage: func(ctx context.Context, _ *webhook.BotMessageEvent) error {
		close(begun)
		<-ctx.Done()
		return errFated
	}}, webhook.AnswerAtOnce(), webhook.Workers(1), webhook.Waiting(1), webhook.OnError(func(ctx context.Context, _ webhook.Event, err error) {
		assert.False(t, over(ctx), err)
		assert.Equal(t, "mine", ctx.Value(key{}))
		mutex.Lock()
		defer mutex.Unlock()
		told[err]++
	}))
	withValue := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		handler.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), key{}, "mine")))
	})

	body := newTemplates(t)[0]
	checkAnswer(t, post(withValue, string(body.fill(1, 1))), http.StatusOK)
	<-begun
	checkAnswer(t, post(withValue, string(body.fill(1, 2))), http.StatusOK)
	checkAnswer(t, post(withValue, string(body.fill(1, 3))), http.StatusServiceUnavailable)
	require.ErrorIs(t, handler.Shutdown(ended), context.Canceled)
	require.NoError(t, handler.Shutdown(t.Context()))
	checkAnswer(t, post(withValue, string(body.fill(1, 4))), http.StatusServiceUnavailable)
	assert.Equal(t, map[error]int{webhook.ErrQueueFull: 1, errFated: 1, webhook.ErrShutdown: 2}, told)
}

func over(ctx context.Context) bool { return ctx.Err() != nil }

// A callback that fails has failed, whichever error of this package it has got from
// somewhere: its context's cause, another handler.
func TestCallbacksErrorsAreFailures(t *testing.T) {
	for _, err := range []error{
		webhook.ErrShutdown, webhook.ErrQueueFull, webhook.ErrClaimedElsewhere, webhook.ErrStore, &webhook.PanicError{},
	} {
		var outcome webhook.Outcome
		handler := newHandler(t, webhook.Callbacks{Unknown: func(context.Context, *webhook.UnknownEvent) error { return err }},
			webhook.WithHooks(outcomes(func(event webhook.EventEnd) {
				outcome = event.Outcome
				assert.Equal(t, err, event.Err)
			})))
		checkAnswer(t, post(handler, "{}"), http.StatusInternalServerError)
		assert.Equal(t, webhook.Failed, outcome, err)
	}
}

// outcomes are hooks that tell the ends of events.
func outcomes(tell func(webhook.EventEnd)) webhook.Hooks {
	return webhook.Hooks{Event: func(ctx context.Context, _ webhook.EventStart) (context.Context, func(webhook.EventEnd)) {
		return ctx, tell
	}}
}

// An event whose claim was cut off by the end of a shutdown was never begun.
func TestShutdownCutsOffAClaim(t *testing.T) {
	store := &slowStore{begun: make(chan struct{})}
	var told error
	handler := newHandler(t, recording(new([]webhook.Name)), webhook.Deduplicate(store),
		webhook.OnError(func(_ context.Context, _ webhook.Event, err error) { told = err }),
		webhook.WithHooks(outcomes(func(event webhook.EventEnd) { assert.Equal(t, webhook.ShutDown, event.Outcome) })))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	shut := make(chan error, 1)
	go func() {
		<-store.begun
		shut <- handler.Shutdown(over)
	}()
	checkAnswer(t, post(handler, string(newTemplates(t)[0].fill(1, 1))), http.StatusServiceUnavailable)
	require.ErrorIs(t, <-shut, context.Canceled)
	require.NoError(t, handler.Shutdown(t.Context()))
	assert.Equal(t, webhook.ErrShutdown, told)
}

// slowStore claims nothing before the context ends.
type slowStore struct {
	webhook.Store

	begun chan struct{}
}

func (s *slowStore) Claim(ctx context.Context, _, _ string, _ time.Duration) (webhook.Claim, error) {
	close(s.begun)
	<-ctx.Done()
	return 0, ctx.Err()
}

func (*slowStore) Release(context.Context, string, string) error { return nil }

// A claim whose answer was lost does not keep the event from being handled when it
// comes again.
func TestLostClaimIsFreed(t *testing.T) {
	memory, err := webhook.NewMemoryStore(10)
	require.NoError(t, err)
	store := &forgetfulStore{Store: memory}
	var names []webhook.Name
	var told []error
	handler := newHandler(t, recording(&names), webhook.Deduplicate(store),
		webhook.OnError(func(_ context.Context, _ webhook.Event, err error) { told = append(told, err) }))
	body := string(newTemplates(t)[0].fill(1, 1))
	checkAnswer(t, post(handler, body), http.StatusServiceUnavailable)
	require.Len(t, told, 1)
	require.ErrorIs(t, told[0], webhook.ErrStore)
	assert.Empty(t, names)
	store.sound = true
	checkAnswer(t, post(handler, body), http.StatusOK)
	assert.Equal(t, []webhook.Name{webhook.BotMessage}, names)
}

// forgetfulStore carries everything out and says that it failed, until it is sound.
type forgetfulStore struct {
	webhook.Store

	sound bool
}

func (s *forgetfulStore) Claim(ctx context.Context, key, owner string, lease time.Duration) (webhook.Claim, error) {
	claim, err := s.Store.Claim(ctx, key, owner, lease)
	if !s.sound {
		return 0, errFated
	}
	return claim, err
}

func (s *forgetfulStore) Release(ctx context.Context, key, owner string) error {
	err := s.Store.Release(ctx, key, owner)
	if !s.sound {
		return errFated
	}
	return err
}
