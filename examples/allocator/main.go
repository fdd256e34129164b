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
	err := run(ctx, *limit, *listen, *public)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, limit int, listen, public string) error {
	client, err := connect()
	if err != nil {
		return err
	}
	allocator := allocation.New(client, allocation.Config{
		Limit: limit, Pause: time.Second, Sweep: 10 * time.Second, Settle: 10 * time.Second,
	})
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
	ctx, end := context.WithCancelCause(ctx)
	go func() { end(server.Serve(listener)) }()

	address := cmp.Or(public, "http://"+listener.Addr().String()) + "/" + secret
	_, err = client.WebhookSettings.SetAll(ctx, qismo.SetAllWebhooksParams{AgentAllocation: address, Resolve: address})
	if err == nil {
		log.Printf("giving customers to agents, %d at once to each; end with Ctrl-C", limit)
		allocator.Run(ctx)
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return errors.Join(err, server.Shutdown(rest), hooks.Shutdown(rest))
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
