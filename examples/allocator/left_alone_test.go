package main

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func newPlatform(t *testing.T, options ...qismotest.Option) *qismotest.Server {
	t.Helper()
	return qismotest.New(t, append(options, qismotest.WithPatience(time.Minute))...)
}

// allocate runs an allocator without webhooks until the test ends, and returns what waits
// until it has looked at everybody who waits by then.
func allocate(t *testing.T, srv *qismotest.Server, opts ...qismo.Option) (looked func()) {
	t.Helper()
	return allocateSettled(t, srv, soon, opts...)
}

func allocateSettled(
	t *testing.T, srv *qismotest.Server, settle time.Duration, opts ...qismo.Option,
) (looked func()) {
	t.Helper()
	run, _ := newAllocator(srv.Client(opts...), 1, settle)
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { run(ctx) })
	t.Cleanup(func() {
		end()
		running.Wait()
	})
	return func() {
		t.Helper()
		srv.WaitForCalls("listRooms", len(srv.Calls("listRooms"))+8) // two rounds at least
	}
}

// Whom a bot handles is given to nobody, until the bot has handed over, of which no webhook
// tells.
func TestBotsCustomersAreLeftAlone(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithAgents("Rini Astuti"))
	srv.SendTo(hints(t, func() {}), qismotest.Only(webhook.BotMessage)) // a bot, which says nothing
	siti := srv.Customer("Siti")
	siti.Says("halo")
	looked := allocate(t, srv)
	looked()
	require.Equal(t, qismotest.RoomWithBot, siti.Room().State)
	_, err := srv.Client().Bot.SetActive(t.Context(), flex.ID(siti.Room().ID), false)
	require.NoError(t, err)
	siti.WaitForState(qismotest.RoomServed)
}

// Who waits while nobody is online is served when somebody comes, of which no webhook tells.
func TestWhoComesOnlineIsFound(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithStaff(qismotest.Staff{Name: "Rini Astuti", Offline: true}))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	looked := allocate(t, srv)
	looked()
	require.Empty(t, budi.Room().Agents)
	require.NoError(t, srv.Agent("Rini").Client().Session.SetAvailability(t.Context(), true))
	budi.WaitForState(qismotest.RoomServed)
}

// What was taken over by hand counts, and is not taken away.
func TestWhatPeopleDoCounts(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithAgents("Rini Astuti"))
	siti, budi := srv.Customer("Siti"), srv.Customer("Budi")
	siti.Says("halo")
	rini := srv.Agent("Rini")
	rini.TakesOver(siti.Room())
	looked := allocate(t, srv)
	budi.Says("halo")
	looked()
	require.Empty(t, budi.Room().Agents)
	rini.Resolves(siti.Room(), "")
	budi.WaitForState(qismotest.RoomServed)
}

// Who was faster keeps the customer: no second agent joins.
func TestWhoWasFasterKeepsTheCustomer(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithAgents("Rini Astuti"))
	siti := srv.Customer("Siti")
	siti.Says("halo")
	sari := srv.Admin()
	beforeAssignments := qismo.WithHooks(qismo.Hooks{
		Operation: func(ctx context.Context, start qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
			if start.Operation == "assignAgent" {
				sari.TakesOver(siti.Room())
			}
			return ctx, nil
		},
	})
	allocate(t, srv, beforeAssignments)
	srv.WaitForCalls("assignAgent", 1)
	srv.Settle()
	assert.Equal(t, []string{sari.Name}, siti.Room().Agents)
}

// What may have been carried out is waited for: no round looks before that must show, and
// none begins before what another process did must show.
func TestDoubtIsWaitedOut(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithAgents("Rini Astuti", "Agus Setiawan"),
		qismotest.WithTrouble(qismotest.Trouble{Kind: qismotest.ServerError, Only: "assignAgent", Times: 3}))
	siti := srv.Customer("Siti")
	siti.Says("halo")
	const settle = 100 * time.Millisecond
	settled := time.Now().Add(settle)
	allocateSettled(t, srv, settle, qismo.WithHooks(qismo.Hooks{
		Operation: func(ctx context.Context, start qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
			if start.Operation != "assignAgent" {
				assert.False(t, time.Now().Before(settled), "%s comes too soon", start.Operation)
				return ctx, nil
			}
			return ctx, func(qismo.OperationEnd) { settled = time.Now().Add(settle) }
		},
	}))
	siti.WaitForState(qismotest.RoomServed)
	srv.WaitForCalls("listRooms", len(srv.Calls("listRooms"))+2)
}

// An assignment that has begun when the program ends is carried out.
func TestWhatHasBegunIsCarriedOut(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithAgents("Rini Astuti"))
	siti := srv.Customer("Siti")
	siti.Says("halo")
	ctx, end := context.WithCancel(t.Context())
	defer end()
	run, _ := newAllocator(srv.Client(qismo.WithHooks(qismo.Hooks{
		Operation: func(ctx context.Context, start qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
			if start.Operation == "assignAgent" {
				end()
			}
			return ctx, nil
		},
	})), 1, soon)
	run(ctx)
	assert.Equal(t, qismotest.RoomServed, siti.Room().State)
}

// An agent whose customers cannot be counted gets none.
func TestWhoCannotBeCountedGetsNobody(t *testing.T) {
	t.Parallel()
	f := &flood{customers: 1, agents: 1, limit: 1}
	f.open(t)
	way := blind{make(chan struct{})}
	run, _ := newAllocator(f.client(t, f.asAdmin(), qismo.WithTransport(way)), f.limit, soon)
	f.customersWrite(t)
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { run(ctx) })
	for range 6 { // three attempts a round
		select {
		case <-way.asked:
		case <-f.joined:
			require.FailNow(t, "somebody was given a customer")
		}
	}
	end()
	running.Wait()
	assert.Empty(t, f.joined)
}
