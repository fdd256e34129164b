// Command allocator gives waiting customers to agents, none of whom gets more than -limit
// at once. Without QISCUS_APP_ID it works for "qismo sandbox" on this machine. Run only one.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// allocator gives customers to agents in rounds, one after the other. What counts is what
// the API lists then. A webhook only says that there is something to do.
type allocator struct {
	client *qismo.Client
	limit  int           // how many customers an agent has at most
	settle time.Duration // by then the lists show what was done, also if its answer was lost
	sweep  time.Duration // by then there is a round without a webhook: none tells who comes online
}

// run makes a round whenever one is due, until ctx ends. Before each it waits until the
// lists show what was done before, also by a process that this one replaces.
func (a *allocator) run(ctx context.Context, due *time.Timer) {
	for {
		select {
		case <-time.After(a.settle):
		case <-ctx.Done():
			return
		}
		select {
		case <-due.C:
		case <-ctx.Done():
			return
		}
		due.Reset(a.sweep)
		if err := a.round(ctx); err != nil && ctx.Err() == nil {
			log.Println("a round has failed, and there will be another:", err)
		}
	}
}

// round gives those who wait, the longest first, to the least busy agents. Whatever comes
// of an assignment, its place is used and its customer had their turn.
func (a *allocator) round(ctx context.Context) error {
	var waiting []flex.ID
	unserved := qismo.ListRoomsParams{Status: qismo.RoomUnresolved, ServeStatus: qismo.RoomUnserved}
	for room, err := range a.client.Rooms.All(ctx, unserved) {
		if err != nil {
			return err
		}
		if !room.IsHandledByBot {
			waiting = append(waiting, room.RoomID)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	slices.Reverse(waiting)              // they are listed from the newest on
	places := make([][]flex.ID, a.limit) // agents, by how many customers they have before it is used
	for agent, err := range a.client.Agents.AllAvailable(ctx, qismo.ListAvailableAgentsParams{RoomID: waiting[0]}) {
		if err != nil {
			return err
		}
		page, err := a.client.Rooms.List(ctx, qismo.ListRoomsParams{
			Status: qismo.RoomUnresolved, UserIDs: []flex.NumberID{flex.NumberID(agent.ID)}, Limit: flex.Int(a.limit),
		})
		if err != nil {
			log.Printf("agent %s gets nobody in this round: %v", agent.ID, err)
			continue
		}
		for customers := len(page.Items); customers < a.limit; customers++ {
			if !slices.Contains(places[customers], agent.ID) { // pages may overlap
				places[customers] = append(places[customers], agent.ID)
			}
		}
	}
	free := slices.Concat(places...)
	for i := 0; i < min(len(waiting), len(free)) && ctx.Err() == nil; i++ {
		log.Printf("giving room %s to agent %s", waiting[i], free[i])
		assignment := qismo.AssignAgentParams{RoomID: waiting[i], AgentID: free[i], MaxAgent: 1} // nobody joins another
		if _, err := a.client.Allocation.Assign(context.WithoutCancel(ctx), assignment); err != nil {
			log.Printf("room %s is looked at again in the next round: %v", waiting[i], err)
		}
	}
	return nil
}

func main() {
	limit := flag.Int("limit", 3, "how many customers an agent serves at most")
	listen := flag.String("listen", "127.0.0.1:8081", "where webhooks come in")
	public := flag.String("url", "", "where Qiscus reaches that; a sandbox on this machine needs none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, &allocator{limit: max(*limit, 0), settle: 5 * time.Second, sweep: 10 * time.Second}, *listen, *public)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, a *allocator, listen, public string) error {
	client, clientErr := connect()
	due := time.NewTimer(0) // somebody may be waiting already
	secret := cmp.Or(os.Getenv("WEBHOOK_SECRET"), rand.Text())
	hooks, hooksErr := webhook.NewHandler(webhook.PathSecret(secret), webhook.Callbacks{
		CustomAgentAllocation: func(context.Context, *webhook.CustomAgentAllocationEvent) error {
			due.Reset(0)
			return nil
		},
	})
	listener, listenErr := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err := errors.Join(clientErr, hooksErr, listenErr); err != nil {
		return err
	}
	a.client = client
	server := &http.Server{Handler: hooks, ReadTimeout: 10 * time.Second}
	go func() { log.Println("no webhooks come in:", server.Serve(listener)) }()
	address := cmp.Or(public, "http://"+listener.Addr().String()) + "/" + secret
	_, err := client.WebhookSettings.SetAgentAllocation(ctx, address, true)
	if err == nil {
		log.Printf("giving customers to agents, at most %d to each; end with Ctrl-C", a.limit)
		a.run(ctx, due)
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return errors.Join(err, server.Shutdown(rest), hooks.Shutdown(rest))
}

// connect makes a client of the environment's app or, without one, of the sandbox's.
func connect() (*qismo.Client, error) {
	if os.Getenv("QISCUS_APP_ID") != "" {
		return qismo.New()
	}
	log.Println("QISCUS_APP_ID is not set: working for the sandbox at http://127.0.0.1:7080")
	return qismo.New(qismo.WithBaseURL("http://127.0.0.1:7080"), qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "3f1d0a9b7c5e"))
}
