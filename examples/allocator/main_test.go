package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// served are the customers of each agent, by name, in the rooms that wait for nobody.
func served(srv *qismotest.Server) map[string]int {
	customers := map[string]int{}
	for _, room := range srv.Rooms() {
		for _, agent := range room.Agents {
			customers[agent]++
		}
	}
	return customers
}

// start runs the whole program until the test ends, and waits for its first round, in which
// nobody waits.
func start(t *testing.T, srv *qismotest.Server, a *allocator) {
	t.Helper()
	t.Setenv("QISCUS_APP_ID", srv.AppID)
	t.Setenv("QISCUS_SECRET_KEY", srv.SecretKey)
	t.Setenv("QISCUS_OMNICHANNEL_URL", srv.URL)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, a, "127.0.0.1:0", "") }()
	t.Cleanup(func() {
		end()
		if err := <-ended; !errors.Is(err, context.Canceled) { // a test that fails may end it at its beginning
			assert.NoError(t, err)
		}
	})
	srv.WaitForCalls("listRooms", 1)
}

// A webhook is enough.
func TestWebhookMakesARound(t *testing.T) {
	srv := qismotest.New(t, qismotest.WithAgents("Rini Astuti"), qismotest.WithPatience(time.Minute))
	start(t, srv, &allocator{limit: 1, settle: soon, sweep: time.Hour})
	siti := srv.Customer("Siti")
	siti.Says("halo")
	siti.WaitForState(qismotest.RoomServed)
}

// Five customers, two agents with two places each, so that one has to wait until another's
// conversation has ended.
func TestAllocator(t *testing.T) {
	srv := qismotest.New(t, qismotest.WithAgents("Rini Astuti", "Agus Setiawan"), qismotest.WithPatience(time.Minute))
	start(t, srv, &allocator{limit: 2, settle: soon, sweep: 2 * soon})

	for i := range 5 {
		srv.Customer(fmt.Sprintf("Customer %d", i+1)).Says("halo")
	}
	full := map[string]int{"Rini Astuti": 2, "Agus Setiawan": 2}
	srv.WaitFor("all places are taken", func() bool { return assert.ObjectsAreEqual(full, served(srv)) })
	waiting := func() (rooms []qismotest.Room) {
		for _, room := range srv.Rooms() {
			if room.State == qismotest.RoomWaiting {
				rooms = append(rooms, room)
			}
		}
		return rooms
	}
	if rooms := waiting(); assert.Len(t, rooms, 1) {
		assert.Equal(t, "Customer 5", rooms[0].Customer, "who wrote last waits")
	}

	rini := srv.Agent("Rini")
	for _, room := range srv.Rooms() {
		if assert.ObjectsAreEqual([]string{rini.Name}, room.Agents) {
			rini.Resolves(room, "")
			break
		}
	}
	srv.WaitFor("who waited is served", func() bool { return len(waiting()) == 0 })
	assert.Equal(t, full, served(srv))
}
