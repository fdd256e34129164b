package allocation_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/examples/allocator/allocation"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// allTrouble lets each kind of trouble strike one in twenty.
func allTrouble() []trouble.Rule {
	const rate = 0.05
	return []trouble.Rule{
		{Kind: trouble.Latency, Rate: rate, Delay: 20 * time.Millisecond},
		{Kind: trouble.RateLimit, Rate: rate, Delay: time.Millisecond},
		{Kind: trouble.ServerError, Rate: rate},
		{Kind: trouble.HTMLError, Rate: rate},
		{Kind: trouble.LostAnswer, Rate: rate},
		{Kind: trouble.BrokenAnswer, Rate: rate},
		{Kind: trouble.ExpiredToken, Rate: rate},
		{Kind: trouble.DropWebhook, Rate: rate},
		{Kind: trouble.RepeatWebhook, Rate: rate},
		{Kind: trouble.LateWebhook, Rate: rate, Delay: 50 * time.Millisecond},
	}
}

// inTests does everything sooner than a program would.
func inTests(limit int) allocation.Config {
	return allocation.Config{
		Limit: limit, Pause: 5 * time.Millisecond, Sweep: 100 * time.Millisecond, Settle: 50 * time.Millisecond,
	}
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
	f := &flood{
		customers: soak.Count(60, 1000), agents: soak.Count(4, 20), limit: 3, returning: soak.Count(15, 250),
		chat: 40 * time.Millisecond,
	}
	f.open(t)
	allocator := allocation.New(f.client(t, f.asAdmin()), inTests(f.limit))
	f.listen(t, hints(t, allocator.Hint))
	require.NoError(t, f.platform.Trouble().Set(7, allTrouble()...))
	f.run(t, allocator.Run)

	told := f.history(t)
	assert.LessOrEqual(t, told.worst(), f.limit)
	assert.Len(t, told.served, f.customers)
	t.Logf("%d customers, of whom %d came back, were served by %d agents; the most at one moment were %d",
		f.customers, f.returning, len(told.most), told.worst())
}

// What a plain allocator does breaks the limit, and the history shows it: it counts and
// assigns for each webhook by itself, as the platform sends many at once.
func TestPlainAllocatorBreaksTheLimit(t *testing.T) {
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
