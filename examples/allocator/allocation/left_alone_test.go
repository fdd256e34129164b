package allocation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/examples/allocator/allocation"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

func newPlatform(t *testing.T, options ...qismotest.Option) *qismotest.Server {
	t.Helper()
	return qismotest.New(t, append(options, qismotest.WithPatience(time.Minute))...)
}

// allocate runs an allocator without webhooks until the test ends, and returns what waits
// until it has looked at everybody who waits by then.
func allocate(t *testing.T, srv *qismotest.Server, opts ...qismo.Option) (looked func()) {
	t.Helper()
	return allocateWith(t, srv, inTests(1), opts...)
}

func allocateWith(
	t *testing.T, srv *qismotest.Server, config allocation.Config, opts ...qismo.Option,
) (looked func()) {
	t.Helper()
	allocator := allocation.New(srv.Client(opts...), config)
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { allocator.Run(ctx) })
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
	srv.SendTo(hints(t, func() {})) // a bot, which says nothing
	siti := srv.Customer("Siti")
	siti.Says("halo")
	looked := allocate(t, srv)
	looked()
	require.Equal(t, qismotest.RoomWithBot, siti.Room().State)
	_, err := srv.Client().Bot.SetActive(t.Context(), flex.ID(siti.Room().ID), false)
	require.NoError(t, err)
	siti.WaitForState(qismotest.RoomServed)
}

// Who was left over on another day takes nobody's place.
func TestThoseOfOtherDaysAreLeftAlone(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithAgents("Rini Astuti"), qismotest.WithTime(time.Now().Add(-25*time.Hour)))
	siti, budi := srv.Customer("Siti"), srv.Customer("Budi")
	siti.Says("halo")
	looked := allocate(t, srv)
	looked()
	srv.Advance(25 * time.Hour)
	require.NoError(t, srv.Client().Bot.SendText(t.Context(), flex.ID(siti.Room().ID), "Promo!"))
	budi.Says("halo")
	budi.WaitForState(qismotest.RoomServed)
	assert.Empty(t, siti.Room().Agents)
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

// What may have been carried out is not asked for again before that must show.
func TestDoubtIsWaitedOut(t *testing.T) {
	t.Parallel()
	srv := newPlatform(t, qismotest.WithAgents("Rini Astuti", "Agus Setiawan"),
		qismotest.WithTrouble(qismotest.Trouble{Kind: qismotest.ServerError, Only: "assignAgent", Times: 1}))
	srv.Customer("Siti").Says("halo")
	config := inTests(1)
	config.Settle = time.Hour
	looked := allocateWith(t, srv, config)
	looked()
	assert.Len(t, srv.Calls("assignAgent"), 1)
}

// An agent whose customers cannot be counted gets none.
func TestWhoCannotBeCountedGetsNobody(t *testing.T) {
	t.Parallel()
	f := &flood{customers: 1, agents: 1, limit: 1}
	f.open(t)
	way := blind{make(chan struct{})}
	allocator := allocation.New(f.client(t, f.asAdmin(), qismo.WithTransport(way)), inTests(f.limit))
	f.customersWrite(t)
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { allocator.Run(ctx) })
	for range 6 { // three attempts a round
		<-way.asked
	}
	end()
	running.Wait()
	assert.Empty(t, f.joined)
}
