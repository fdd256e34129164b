// Command allocator gives waiting customers to agents, none of whom gets more than -limit
// at once; see package allocation for how. Run one of it for an app.
//
// Without QISCUS_APP_ID in the environment it works for "qismo sandbox" on this machine.
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
	"sync"
	"syscall"
	"time"

	"github.com/qismo-go/qismo/examples/allocator/allocation"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func main() {
	limit := flag.Int("limit", 3, "how many customers an agent serves at most")
	listen := flag.String("listen", "127.0.0.1:8081", "where webhooks come in")
	public := flag.String("url", "", "where Qiscus reaches that; a sandbox on this machine needs none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, allocation.Config{
		Limit: *limit, Pause: time.Second, Sweep: 5 * time.Second, Settle: 5 * time.Second,
	}, *listen, *public)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, config allocation.Config, listen, public string) error {
	client, err := connect()
	if err != nil {
		return err
	}
	allocator := allocation.New(client, config)
	secret := cmp.Or(os.Getenv("WEBHOOK_SECRET"), rand.Text())
	hooks, err := webhook.NewHandler(webhook.PathSecret(secret), webhook.Callbacks{
		CustomAgentAllocation: func(context.Context, *webhook.CustomAgentAllocationEvent) error {
			allocator.Hint()
			return nil
		},
		MarkAsResolved: func(context.Context, *webhook.MarkAsResolvedEvent) error {
			allocator.Hint()
			return nil
		},
	}, webhook.WithoutDeduplication()) // a hint more does no harm
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: hooks, ReadTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	address := cmp.Or(public, "http://"+listener.Addr().String()) + "/" + secret
	_, err = client.WebhookSettings.SetAll(ctx, qismo.SetAllWebhooksParams{AgentAllocation: address, Resolve: address})
	if err == nil {
		log.Printf("giving customers to agents, at most %d to each; end with Ctrl-C", config.Limit)
		err = allocateUntil(ctx, allocator, served)
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return errors.Join(err, server.Shutdown(rest), hooks.Shutdown(rest))
}

// allocateUntil runs the allocator until ctx or the server ends, and through what it has
// begun.
func allocateUntil(ctx context.Context, allocator *allocation.Allocator, served <-chan error) (err error) {
	ctx, end := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { allocator.Run(ctx) })
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	end()
	running.Wait()
	return err
}

// connect makes a client of the environment's app or, without one, of the sandbox's, whose
// invented credentials go nowhere but to this machine.
func connect() (*qismo.Client, error) {
	if os.Getenv("QISCUS_APP_ID") != "" {
		return qismo.New()
	}
	log.Println("QISCUS_APP_ID is not set: working for the sandbox at http://127.0.0.1:7080")
	return qismo.New(qismo.WithBaseURL("http://127.0.0.1:7080"), qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "3f1d0a9b7c5e"))
}
