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

// countingCalls makes callbacks for all events that count their calls.
func countingCalls(calls *int) (webhook.Callbacks, webhook.Option) {
	return webhook.Callbacks{}, webhook.Use(func(webhook.Callback) webhook.Callback {
		return func(context.Context, webhook.Event) error { *calls++; return nil }
	})
}

// Old bodies that have neither an id nor a time: two of them may well be two messages.
var untold = map[string]bool{
	"botMessage-nulls.json": true, "botMessage-options-object-nulls.json": true, "botMessage-options-object.json": true,
	"postComment-2018.json": true, "postComment-options-object-without-channel.json": true, "postComment-rest.json": true,
}

// The second delivery of an event is answered as the first, and nobody is called.
func TestDuplicates(t *testing.T) {
	for _, file := range fixtureNames(t, fixtures) {
		t.Run(file, func(t *testing.T) {
			var calls int
			callbacks, around := countingCalls(&calls)
			handler := newHandler(t, callbacks, around, webhook.Only(eventOf(file)), webhook.Workers(1))
			body := string(fixture(t, file))
			checkAnswer(t, post(handler, body), http.StatusOK)
			first := calls
			require.NotZero(t, first)
			checkAnswer(t, post(handler, body), http.StatusOK)
			assert.Equal(t, untold[file], calls > first)

			calls = 0
			handler = newHandler(t, callbacks, around, webhook.Only(eventOf(file)),
				webhook.Workers(1), webhook.WithoutDeduplication())
			checkAnswer(t, post(handler, body), http.StatusOK)
			checkAnswer(t, post(handler, body), http.StatusOK)
			assert.Equal(t, 2*first, calls)
		})
	}
}

func TestDuplicatesAreForgotten(t *testing.T) {
	const allocation = `{"candidate_agent":null,"room_id":"1","app_id":"a","source":"wa","email":"e","is_resolved":false}`
	const button = `{"agent":{},"customer":{"user_id":"u"},"room_id":1}`
	message := said("1", "a", "")
	for name, test := range map[string]struct {
		body    string
		options []webhook.Option
		within  time.Duration // the second is none
		after   time.Duration // the second is one
	}{
		"message":    {message, nil, 24*time.Hour - time.Second, 24 * time.Hour},
		"allocation": {allocation, nil, 59 * time.Second, time.Minute},
		"button":     {button, nil, 4 * time.Second, 5 * time.Second},
		"all":        {message, []webhook.Option{webhook.RememberFor(time.Hour)}, 59 * time.Minute, time.Hour},
		"all but two": {
			allocation, []webhook.Option{webhook.RememberFor(time.Hour)}, 59 * time.Second, time.Minute,
		},
		"one, before all": {
			message, []webhook.Option{webhook.RememberFor(time.Second, webhook.BotMessage), webhook.RememberFor(time.Hour)},
			999 * time.Millisecond, time.Second,
		},
		"one, and no others": {
			message, []webhook.Option{webhook.RememberFor(time.Second, webhook.BotMessage), webhook.WithoutDeduplication()},
			999 * time.Millisecond, time.Second,
		},
		"one": {
			allocation,
			[]webhook.Option{webhook.RememberFor(time.Hour), webhook.RememberFor(time.Second, webhook.CustomAgentAllocation)},
			999 * time.Millisecond, time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls int
				callbacks, around := countingCalls(&calls)
				handler := newHandler(t, callbacks, append(test.options, around)...)
				checkAnswer(t, post(handler, test.body), http.StatusOK)
				<-time.After(test.within)
				checkAnswer(t, post(handler, test.body), http.StatusOK)
				assert.Equal(t, 1, calls)
				<-time.After(test.after - test.within)
				checkAnswer(t, post(handler, test.body), http.StatusOK)
				assert.Equal(t, 2, calls)
			})
		})
	}
}

// A failed event is handled when it comes again; one of two in a body that failed is,
// and the other is not.
func TestFailedEventsAreHandledAgain(t *testing.T) {
	var calls []string
	fail := true
	handler := newHandler(t, webhook.Callbacks{
		WhatsAppForwardMessage: func(_ context.Context, event *webhook.WhatsAppForwardMessageEvent) error {
			require.Len(t, event.Messages, 1)
			calls = append(calls, event.Messages[0].ID)
			if event.Messages[0].ID == "b" && fail {
				return errors.New("no")
			}
			return nil
		},
	}, webhook.Workers(1))
	const body = `{"messages":[{"id":"a","from":"1","timestamp":"1","type":"text"},{"id":"b","from":"1","timestamp":"1","type":"text"}]}`
	checkAnswer(t, post(handler, body), http.StatusInternalServerError)
	fail = false
	checkAnswer(t, post(handler, body), http.StatusOK)
	checkAnswer(t, post(handler, body), http.StatusOK)
	assert.Equal(t, []string{"a", "b", "b"}, calls)
}

// A delivery that comes while the first one is being handled waits for what comes of
// that. If it fails, the second is handled.
func TestDuplicateWaitsForTheFirst(t *testing.T) {
	for _, shared := range []bool{false, true} { // by one handler, or by two that share a store
		for _, err := range []error{nil, errors.New("failed")} {
			t.Run(fmt.Sprintf("shared %t, %v", shared, err), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					store, storeErr := webhook.NewMemoryStore(10)
					require.NoError(t, storeErr)
					var calls int
					callbacks := onMessage(func(context.Context, string) error {
						calls++
						if calls == 1 {
							<-time.After(10 * time.Second)
							return err
						}
						return nil
					})
					first := newHandler(t, callbacks, webhook.Deduplicate(store))
					second := first
					if shared {
						second = newHandler(t, callbacks, webhook.Deduplicate(store))
					}
					statuses := make(chan int, 1)
					go func() { statuses <- post(first, said("1", "a", "")).Code }()
					<-time.After(time.Second)
					began := time.Now()
					checkAnswer(t, post(second, said("1", "a", "")), http.StatusOK)
					assert.InDelta(t, 9, time.Since(began).Seconds(), 0.5)
					if err == nil {
						assert.Equal(t, []int{1, http.StatusOK}, []int{calls, <-statuses})
					} else {
						assert.Equal(t, []int{2, http.StatusInternalServerError}, []int{calls, <-statuses})
					}
				})
			})
		}
	}
}

// What another process does not end handling is answered with 503.
func TestClaimedElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		handler := newHandler(t, onMessage(func(context.Context, string) error { return nil }),
			webhook.Deduplicate(&brokenStore{claim: webhook.Busy}), webhook.Deadline(3*time.Second), told.option())
		began := time.Now()
		recorder := post(handler, said("1", "a", ""))
		checkAnswer(t, recorder, http.StatusServiceUnavailable)
		assert.Equal(t, "5", recorder.Header().Get("Retry-After"))
		assert.Equal(t, (3+10+1)*time.Second, time.Since(began), "longer than a claim lasts")
		errs := told.take()
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], webhook.ErrClaimedElsewhere)
	})
}

// A process dies while it handles an event, which comes again at once, and no third
// time: it is handled when the claim has lapsed, by a callback that has all of its time.
func TestClaimOfADeadProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := webhook.NewMemoryStore(10)
		require.NoError(t, err)
		body := said("1", "a", "")
		dead, err := webhook.Parse([]byte(body))
		require.NoError(t, err)
		claim, err := store.Claim(t.Context(), dead[0].DeduplicationKey(), "of the dead", webhook.DefaultDeadline+10*time.Second)
		require.NoError(t, err)
		require.Equal(t, webhook.Claimed, claim)

		var told onErrors
		var left time.Duration
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error {
			end, _ := ctx.Deadline()
			left = time.Until(end)
			return nil
		}), webhook.Deduplicate(store), webhook.AnswerAtOnce(), told.option())
		checkAnswer(t, post(handler, body), http.StatusOK)
		shutDown(t, handler)
		assert.Empty(t, told.take())
		assert.Equal(t, webhook.DefaultDeadline, left)
	})
}

// hangingStore claims nothing before the context ends, and nothing else fails.
type hangingStore struct{ brokenStore }

func (*hangingStore) Claim(ctx context.Context, _, _ string, _ time.Duration) (webhook.Claim, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// A store that hangs does not use up the time of a callback that can do without it.
func TestHandleWithoutAStoreThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		ended := errors.New("not called")
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error { ended = ctx.Err(); return ended }),
			webhook.Deduplicate(&hangingStore{}), webhook.HandleWithoutStore(), told.option())
		checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
		require.NoError(t, ended)
		errs := told.take()
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], webhook.ErrStore)
	})
}

// When the time for shutting down is over no callback begins, not even without a store.
func TestHandleWithoutStoreShutDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		handler := newHandler(t, onMessage(func(context.Context, string) error { t.Error("it is called"); return nil }),
			webhook.Deduplicate(&hangingStore{}), webhook.HandleWithoutStore(), webhook.AnswerAtOnce(), told.option())
		checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.Error(t, handler.Shutdown(ctx))
		shutDown(t, handler)
		require.ErrorIs(t, errors.Join(told.take()...), webhook.ErrShutdown)
	})
}

// brokenStore fails where it is told to, and else claims everything.
type brokenStore struct {
	claim                            webhook.Claim
	claimErr, commitErr, releaseErr  error
	forgetErr                        error
	committed, released, forgotten   int
	claimDeadline, commitStillUsable bool
}

func (s *brokenStore) Claim(ctx context.Context, _, _ string, _ time.Duration) (webhook.Claim, error) {
	_, s.claimDeadline = ctx.Deadline()
	return s.claim, s.claimErr
}

func (s *brokenStore) Commit(ctx context.Context, _, _ string, _ time.Duration) error {
	s.committed++
	s.commitStillUsable = ctx.Err() == nil
	return s.commitErr
}

func (s *brokenStore) Release(context.Context, string, string) error {
	s.released++
	return s.releaseErr
}
func (s *brokenStore) Forget(context.Context, string) error { s.forgotten++; return s.forgetErr }

func TestStoreFailures(t *testing.T) {
	cause := errors.New("out of order")
	resolved := string(fixture(t, "markAsResolved-2025.json"))
	for name, test := range map[string]struct {
		store   brokenStore
		options []webhook.Option
		body    string
		fails   bool // the callback
		status  int
		calls   int
		told    int
	}{
		"all is well":              {store: brokenStore{claim: webhook.Claimed}, status: 200, calls: 1},
		"claim":                    {store: brokenStore{claimErr: cause}, status: 503, told: 1},
		"claim, and handled":       {store: brokenStore{claimErr: cause}, options: []webhook.Option{webhook.HandleWithoutStore()}, status: 200, calls: 1, told: 1},
		"unknown claim":            {store: brokenStore{claim: 77}, status: 503, told: 1},
		"no claim":                 {store: brokenStore{}, status: 503, told: 1},
		"commit":                   {store: brokenStore{claim: webhook.Claimed, commitErr: cause}, status: 200, calls: 1, told: 1},
		"commit of a lost claim":   {store: brokenStore{claim: webhook.Claimed, commitErr: webhook.ErrClaimLost}, status: 200, calls: 1, told: 1},
		"release":                  {store: brokenStore{claim: webhook.Claimed, releaseErr: cause}, fails: true, status: 500, calls: 1, told: 2},
		"forget":                   {store: brokenStore{claim: webhook.Claimed, forgetErr: cause}, body: resolved, status: 200, calls: 1, told: 1},
		"nothing to be remembered": {store: brokenStore{claimErr: cause, forgetErr: cause}, options: []webhook.Option{webhook.WithoutDeduplication()}, status: 200, calls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var told onErrors
			var calls int
			store := test.store
			handler := newHandler(t, webhook.Callbacks{}, append(test.options, told.option(), webhook.Deduplicate(&store),
				webhook.Use(func(webhook.Callback) webhook.Callback {
					return func(context.Context, webhook.Event) error {
						if calls++; test.fails {
							return errors.New("failed")
						}
						return nil
					}
				}))...)
			body := test.body
			if body == "" {
				body = said("1", "a", "")
			}
			checkAnswer(t, post(handler, body), test.status)
			assert.Equal(t, test.calls, calls)
			errs := told.take()
			assert.Len(t, errs, test.told)
			for _, err := range errs {
				if err.Error() != "failed" {
					require.ErrorIs(t, err, webhook.ErrStore)
				}
			}
		})
	}
}

// The store learns what became of an event also when its deadline has passed.
func TestStoreLearnsAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := brokenStore{claim: webhook.Claimed}
		handler := newHandler(t, onMessage(func(ctx context.Context, _ string) error { <-ctx.Done(); return nil }),
			webhook.Deduplicate(&store), webhook.Deadline(time.Second))
		checkAnswer(t, post(handler, said("1", "a", "")), http.StatusOK)
		assert.True(t, store.claimDeadline)
		assert.True(t, store.commitStillUsable)
	})
}

// A room that is resolved, and waits again at once, is allocated again.
func TestResolvingForgetsTheAllocation(t *testing.T) {
	const waiting = `{"app_id":"app","room_id":%q,"latest_service":null,"source":"wa","email":"e","is_resolved":false}`
	const resolved = `{"app_code":"app","service":{"id":5,"room_id":%q,"is_resolved":true},` +
		`"resolved_by":{"id":1,"email":"e"},"customer":{"user_id":"u"}}`
	var calls int
	callbacks, around := countingCalls(&calls)
	handler := newHandler(t, callbacks, around)
	for _, step := range []struct {
		body  string
		calls int
	}{
		{fmt.Sprintf(waiting, "1"), 1},
		{fmt.Sprintf(waiting, "1"), 1},
		{fmt.Sprintf(resolved, "2"), 2},
		{fmt.Sprintf(waiting, "1"), 2},
		{fmt.Sprintf(resolved, "1"), 2}, // the session's number is the same: it is a repetition
	} {
		checkAnswer(t, post(handler, step.body), http.StatusOK)
		assert.Equal(t, step.calls, calls)
	}
	handler = newHandler(t, callbacks, around)
	calls = 0
	for _, body := range []string{fmt.Sprintf(waiting, "1"), fmt.Sprintf(resolved, "1"), fmt.Sprintf(waiting, "1"), fmt.Sprintf(waiting, "1")} {
		checkAnswer(t, post(handler, body), http.StatusOK)
	}
	assert.Equal(t, 3, calls)
}
