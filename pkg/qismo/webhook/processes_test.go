package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Two processes behind one URL share a store and get all events both, at the same time:
// each is handled once, by either.
func TestSoakTwoProcessesHandleOnce(t *testing.T) {
	events := soak.Count(400, 50_000)
	store, err := webhook.NewMemoryStore(events)
	require.NoError(t, err)
	handled := make([]atomic.Int32, events)
	var byProcess [2]atomic.Int64
	process := func(own int) http.Handler {
		return newHandler(t, webhook.Callbacks{BotMessage: func(_ context.Context, event *webhook.BotMessageEvent) error {
			number, err := strconv.Atoi(event.UniqueTempID())
			handled[number].Add(1)
			byProcess[own].Add(1)
			return err
		}}, webhook.Deduplicate(store))
	}
	body := newTemplates(t)[0]
	var senders sync.WaitGroup
	for _, receiver := range []http.Handler{process(0), process(1)} {
		for sender := range 8 {
			senders.Go(func() {
				for number := sender; number < events; number += 8 {
					if status := post(receiver, string(body.fill(1+sender, number))).Code; status != http.StatusOK {
						t.Errorf("event %d was answered %d", number, status)
					}
				}
			})
		}
	}
	senders.Wait()
	for number := range handled {
		if calls := handled[number].Load(); calls != 1 {
			t.Errorf("event %d was handled %d times", number, calls)
		}
	}
	t.Logf("%d events, %d handled by the first and %d by the second", events, byProcess[0].Load(), byProcess[1].Load())
}

// A process that gets an event which another one is handling waits for what comes of
// that: it handles the event if the other fails, and does not if the other succeeds.
func TestTwoProcessesOneWaits(t *testing.T) {
	for name, test := range map[string]struct {
		result       error
		first, calls int
	}{
		"the first fails":    {errFated, http.StatusInternalServerError, 1},
		"the first succeeds": {nil, http.StatusOK, 0},
	} {
		t.Run(name, func(t *testing.T) {
			memory, err := webhook.NewMemoryStore(10)
			require.NoError(t, err)
			store := &watchedStore{Store: memory, busy: make(chan struct{})}
			begun, end := make(chan struct{}), make(chan struct{})
			first := newHandler(t, webhook.Callbacks{BotMessage: func(context.Context, *webhook.BotMessageEvent) error {
				close(begun)
				<-end
				return test.result
			}}, webhook.Deduplicate(store))
			var calls atomic.Int32
			second := newHandler(t, webhook.Callbacks{BotMessage: func(context.Context, *webhook.BotMessageEvent) error {
				calls.Add(1)
				return nil
			}}, webhook.Deduplicate(store))

			body := string(newTemplates(t)[0].fill(1, 1))
			var statuses [2]int
			var senders sync.WaitGroup
			senders.Go(func() { statuses[0] = post(first, body).Code })
			<-begun
			senders.Go(func() { statuses[1] = post(second, body).Code })
			<-store.busy // the second has seen that the first is at it
			close(end)
			senders.Wait()
			assert.Equal(t, [2]int{test.first, http.StatusOK}, statuses)
			assert.Equal(t, test.calls, int(calls.Load()))
			checkAnswer(t, post(first, body), http.StatusOK) // it is handled now, wherever
		})
	}
}

// watchedStore tells when a key was busy for the first time.
type watchedStore struct {
	webhook.Store

	once sync.Once
	busy chan struct{}
}

func (s *watchedStore) Claim(ctx context.Context, key, owner string, lease time.Duration) (webhook.Claim, error) {
	claim, err := s.Store.Claim(ctx, key, owner, lease)
	if claim == webhook.Busy {
		s.once.Do(func() { close(s.busy) })
	}
	return claim, err
}

// While a callback goes on, however long, no other process handles its event.
func TestOverdueKeepsItsClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := webhook.NewMemoryStore(10)
		require.NoError(t, err)
		var told onErrors
		calls := 0
		callbacks := onMessage(func(context.Context, string) error {
			calls++
			<-time.After(5 * time.Minute)
			return nil
		})
		first := newHandler(t, callbacks, webhook.Deduplicate(store), webhook.AnswerAtOnce(), told.option())
		second := newHandler(t, callbacks, webhook.Deduplicate(store), webhook.Deadline(time.Hour))
		checkAnswer(t, post(first, said("1", "a", "")), http.StatusOK)
		<-time.After(2 * time.Minute)
		checkAnswer(t, post(second, said("1", "a", "")), http.StatusOK)
		assert.Equal(t, 1, calls)
		errs := told.take()
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], webhook.ErrOverdue)
		shutDown(t, first)
		shutDown(t, second)
	})
}

// claimedOnce lets a key be claimed once.
type claimedOnce struct {
	brokenStore

	claims atomic.Int64
	then   webhook.Claim
	err    error
}

func (s *claimedOnce) Claim(context.Context, string, string, time.Duration) (webhook.Claim, error) {
	if s.claims.Add(1) == 1 {
		return webhook.Claimed, nil
	}
	return s.then, s.err
}

// A claim that cannot be kept is told of, once.
func TestOverdueLosesItsClaim(t *testing.T) {
	for name, test := range map[string]struct {
		then webhook.Claim
		err  error
		want error
	}{
		"taken": {then: webhook.Busy, want: webhook.ErrClaimLost},
		"error": {err: errors.New("out of order"), want: webhook.ErrStore},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &claimedOnce{then: test.then, err: test.err}
				var told onErrors
				handler := newHandler(t, onMessage(func(context.Context, string) error {
					<-time.After(5 * time.Minute)
					return nil
				}), webhook.Deduplicate(store), webhook.AnswerAtOnce(), told.option())
				checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
				shutDown(t, handler)
				errs := told.take()
				require.Len(t, errs, 2)
				require.ErrorIs(t, errs[0], webhook.ErrOverdue)
				require.ErrorIs(t, errs[1], test.want)
				assert.False(t, webhook.Unhandled(errs[1]))
			})
		})
	}
}
