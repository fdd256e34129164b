package allocation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/examples/allocator/allocation"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// allocate runs an allocator without webhooks until the test ends, and returns what waits
// until it has looked at everybody who waits by then.
func allocate(t *testing.T, srv *qismotest.Server) (looked func()) {
	t.Helper()
	allocator := allocation.New(srv.Client(), inTests(1))
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { allocator.Run(ctx) })
	t.Cleanup(func() {
		end()
		running.Wait()
	})
	return func() {
		t.Helper()
		srv.WaitForCalls("listRooms", len(srv.Calls("listRooms"))+4) // two rounds at least
	}
}

// Whom a bot handles is given to nobody, until the bot has handed over, of which no webhook
// tells.
func TestBotsCustomersAreLeftAlone(t *testing.T) {
	srv := qismotest.New(t, qismotest.WithAgents("Rini Astuti"))
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
	srv := qismotest.New(t, qismotest.WithAgents("Rini Astuti"), qismotest.WithTime(time.Now().Add(-25*time.Hour)))
	siti, budi := srv.Customer("Siti"), srv.Customer("Budi")
	siti.Says("halo")
	looked := allocate(t, srv)
	looked()
	srv.Advance(25 * time.Hour)
	budi.Says("halo")
	budi.WaitForState(qismotest.RoomServed)
	assert.Empty(t, siti.Room().Agents)
}

// Who waits while nobody is online is served when somebody comes, of which no webhook tells.
func TestWhoComesOnlineIsFound(t *testing.T) {
	srv := qismotest.New(t, qismotest.WithStaff(qismotest.Staff{Name: "Rini Astuti", Offline: true}))
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
	srv := qismotest.New(t, qismotest.WithAgents("Rini Astuti"))
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
