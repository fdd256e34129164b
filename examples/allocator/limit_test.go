package main

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// allTrouble lets each kind of trouble strike one in twenty.
func allTrouble() []trouble.Rule {
	var rules []trouble.Rule
	for _, kind := range troubles() {
		rules = append(rules, trouble.Rule{Kind: kind.Kind, Rate: 0.05, Delay: min(kind.Delay, 50*time.Millisecond)})
	}
	return rules
}

// troubles are all kinds that can strike an allocator, which has no broker.
func troubles() []trouble.Description {
	return slices.DeleteFunc(trouble.Kinds(), func(kind trouble.Description) bool { return kind.Of == trouble.Realtime })
}

// soon is how long things take to show in tests, sooner than a program would believe.
const soon = 20 * time.Millisecond

// newAllocator makes an allocator, and what its webhooks do.
func newAllocator(client *qismo.Client, limit int, settle time.Duration) (run func(context.Context), hint func()) {
	a := &allocator{client: client, limit: limit, settle: settle, sweep: 2 * settle}
	due := time.NewTimer(0)
	return func(ctx context.Context) { a.run(ctx, due) }, func() { due.Reset(0) }
}

// hints is a receiver whose every webhook is a hint.
func hints(t *testing.T, hint func()) http.Handler {
	t.Helper()
	handler, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		CustomAgentAllocation: func(context.Context, *webhook.CustomAgentAllocationEvent) error { hint(); return nil },
		MarkAsResolved:        func(context.Context, *webhook.MarkAsResolvedEvent) error { hint(); return nil },
	}, webhook.WithoutDeduplication())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, handler.Shutdown(context.WithoutCancel(t.Context()))) })
	return handler
}

// However many customers write at once, and whatever goes wrong, no agent ever has more
// customers than the limit, and everybody is served.
func TestSoakLimitHolds(t *testing.T) {
	t.Parallel()
	f := &flood{
		customers: soak.Count(60, 1000), agents: soak.Count(4, 20), limit: 3, returning: soak.Count(15, 250),
		chat: 40 * time.Millisecond,
	}
	f.open(t)
	run, hint := newAllocator(f.client(t, f.asAdmin()), f.limit, soon)
	f.listen(t, hints(t, hint))
	require.NoError(t, f.platform.Trouble().Set(7, allTrouble()...))
	f.run(t, run)

	told := f.history(t)
	assert.LessOrEqual(t, told.worst(), f.limit)
	assert.Len(t, told.served, f.customers)
	struck := f.struck()
	for _, kind := range troubles() {
		assert.Positive(t, struck[string(kind.Kind)], "%s never struck", kind.Kind)
	}
	t.Logf("%d customers, of whom %d came back, were served by %d agents; the most at one moment were %d; %v",
		f.customers, f.returning, len(told.most), told.worst(), struck)
}

// The limit also holds, and nobody is forgotten, where one thing goes wrong most of the
// time, and through any number of restarts.
func TestLimitHoldsThrough(t *testing.T) {
	t.Parallel()
	restarts := func(client *qismo.Client, limit int, settle time.Duration) (run func(context.Context), hint func()) {
		return func(ctx context.Context) {
			for lifetime := 30 * time.Millisecond; ctx.Err() == nil; lifetime += lifetime / 10 { // a round has to fit in
				short, cancel := context.WithTimeout(ctx, lifetime)
				run, _ := newAllocator(client, limit, settle)
				run(short)
				cancel()
			}
		}, func() {}
	}
	for name, scene := range map[string]struct {
		rules []trouble.Rule
		make  func(*qismo.Client, int, time.Duration) (run func(context.Context), hint func())
	}{
		"no webhook comes":        {[]trouble.Rule{{Kind: trouble.DropWebhook, Rate: 1}}, newAllocator},
		"all webhooks come twice": {[]trouble.Rule{{Kind: trouble.RepeatWebhook, Rate: 1}}, newAllocator},
		"answers are lost":        {[]trouble.Rule{{Kind: trouble.LostAnswer, Rate: 0.5, Only: "assignAgent"}}, newAllocator},
		"connections break":       {[]trouble.Rule{{Kind: trouble.BrokenAnswer, Rate: 0.5, Only: "assignAgent"}}, newAllocator},
		"agents cannot be read":   {[]trouble.Rule{{Kind: trouble.ServerError, Rate: 0.5, Only: "listRooms"}}, newAllocator},
		"it is started again":     {allTrouble(), restarts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &flood{customers: 24, agents: 3, limit: 2, returning: 6, chat: 20 * time.Millisecond}
			f.open(t)
			run, hint := scene.make(f.client(t, f.asAdmin()), f.limit, soon)
			f.listen(t, hints(t, hint))
			require.NoError(t, f.platform.Trouble().Set(11, scene.rules...))
			f.run(t, run)
			assert.LessOrEqual(t, f.history(t).worst(), f.limit)
		})
	}
}

// Lists may be behind, as those of search engines and replicas are. The limit holds as
// long as they are not behind by more than the allocator is told.
func TestLimitHoldsWhileListsAreBehind(t *testing.T) {
	t.Parallel()
	const lag = 150 * time.Millisecond
	f := &flood{customers: 10, agents: 2, limit: 2, chat: 100 * time.Millisecond}
	f.open(t)
	run, hint := newAllocator(f.client(t, f.asAdmin(), qismo.WithTransport(newBehind(lag))), f.limit, 2*lag)
	f.listen(t, hints(t, hint))
	f.run(t, run)
	assert.LessOrEqual(t, f.history(t).worst(), f.limit)
}

// The same with an allocator that takes lists for the truth of the moment.
func TestLimitBreaksWhenListsAreBelieved(t *testing.T) {
	t.Parallel()
	f := &flood{customers: 10, agents: 2, limit: 2}
	f.open(t)
	run, _ := newAllocator(f.client(t, f.asAdmin(), qismo.WithTransport(newBehind(time.Hour))), f.limit, time.Millisecond)
	f.customersWrite(t)
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { run(ctx) })
	for range f.customers {
		<-f.joined
	}
	end()
	running.Wait()
	assert.Greater(t, f.history(t).worst(), f.limit)
}

// What a plain allocator does breaks the limit, and the history shows it: it counts and
// assigns for each webhook by itself, as the platform sends many at once.
func TestPlainAllocatorBreaksTheLimit(t *testing.T) {
	t.Parallel()
	f := &flood{customers: 20, agents: 5, limit: 3}
	f.open(t)
	client := f.client(t, f.asAdmin())
	var counted sync.WaitGroup // on a slow network, all have counted before one has assigned
	counted.Add(f.customers)
	handler, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		CustomAgentAllocation: func(ctx context.Context, event *webhook.CustomAgentAllocationEvent) error {
			page, err := client.Agents.ListAvailable(ctx, qismo.ListAvailableAgentsParams{RoomID: event.RoomID()})
			if err != nil {
				return err
			}
			counted.Done()
			counted.Wait()
			for _, agent := range page.Items {
				if agent.CurrentCustomerCount < int64(f.limit) {
					_, err = client.Allocation.Assign(ctx, qismo.AssignAgentParams{
						RoomID: event.RoomID(), AgentID: agent.ID, MaxAgent: 1,
					})
					return err
				}
			}
			return nil
		},
	})
	require.NoError(t, err)
	f.listen(t, handler)
	f.customersWrite(t)
	for range f.customers {
		<-f.joined
	}
	assert.Greater(t, f.history(t).worst(), f.limit)
}
