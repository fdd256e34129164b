package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

type sandboxCommand struct {
	Listen string `default:"127.0.0.1:7080" help:"Where the API and the page are served."`
	Rooms  int    `default:"12" help:"How many customers have written already and wait for an agent; each is about 1 KB."`

	worldFlags

	Webhook []webhookFlag `sep:"none" help:"Where an event goes, or all; repeatable." placeholder:"[EVENT=]URL"`
	Shape   []shapeFlag   `sep:"none" help:"Old, new or a year, of one event or of all." placeholder:"[EVENT=]SHAPE"`

	WebhookAttempts  int           `default:"1" help:"How often a webhook is sent that does not arrive."`
	WebhookTimeout   time.Duration `default:"10s" help:"How long a receiver may take to answer."`
	DoubleAllocation bool          `help:"Send each customAgentAllocation twice, as happens under load."`

	Trouble     []trouble.Rule `sep:"none" help:"What fails on purpose: see above; repeatable." placeholder:"RULE"`
	TroubleSeed uint64         `default:"1" help:"What fails depends on it: the same seed, the same failures."`

	chatFlags

	CountLag  time.Duration `default:"3s" help:"How old the numbers of customers are that listAgents tells."`
	TokenLife time.Duration `default:"720h" help:"How long a user's token works."`
}

// Help says more than the one line of the list of commands.
func (sandboxCommand) Help() string {
	return `Serves the API of an invented app until it is interrupted, and a page to play its
customers and agents on, and tells who can log in and what there is. All is in memory
and begins anew each time, unless --data keeps it. Webhooks go where --webhook says, and
where your program sets them with the API, as long as that is this machine or a network
of your own.

  qismo sandbox --demo
  qismo sandbox --data shop.db --seed shop.yaml
  qismo sandbox --webhook http://127.0.0.1:8080/the-secret
  qismo sandbox --webhook botMessage=http://127.0.0.1:8080/bot --shape old
  qismo sandbox --trouble server-error=5% --trouble latency=0.1,delay=800ms,only=getRoom
  qismo sandbox --trouble all=5% --trouble-seed 7

A rule of --trouble is a kind of trouble, its rate (a share or a percentage; always when
there is none) and, after commas, delay=, only= an operation or an event, times= and
status=. The kinds, besides all:
` + troubleKinds()
}

// Run serves until it is interrupted.
func (c sandboxCommand) Run(ctx context.Context, std *streams) error {
	opened, err := c.open()
	if err != nil {
		return usageError{err}
	}
	return errors.Join(c.serve(ctx, std, opened), opened.close())
}

func (c sandboxCommand) serve(ctx context.Context, std *streams, opened openedWorld) error {
	platform, err := c.platform(ctx, std, opened)
	if err != nil {
		return err
	}
	apiURL, stop, err := servePlatform(ctx, platform, c.Listen, c.MQTT)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%w; another sandbox may run, and --listen takes another address", err)
	}
	if err != nil {
		return usageError{errors.Join(err, platform.Shutdown(ctx))}
	}
	introduce(std, platform, opened, apiURL)
	<-ctx.Done()
	return stop()
}

// platform makes the sandbox that the flags ask for.
func (c sandboxCommand) platform(ctx context.Context, std *streams, opened openedWorld) (*sandbox.Sandbox, error) {
	if c.Rooms < 0 || c.WebhookAttempts < 1 || c.WebhookTimeout <= 0 || c.CountLag < 0 ||
		c.TokenLife <= 0 || c.ChatTokenLife < 0 {
		return nil, usageError{errors.New("--rooms, --count-lag and --chat-token-life must not be negative, and " +
			"--webhook-attempts, --webhook-timeout and --token-life not zero either")}
	}
	config, err := opened.configure(ctx, c.configure(sandbox.Config{
		Rooms: c.Rooms, Agents: inventedStaff(), Pace: sandbox.EverydayPace(), ShowUnsent: true,
		CountLag: c.CountLag, TokenLife: c.TokenLife, DoubleAllocation: c.DoubleAllocation,
		Delivery:   sandbox.DeliverySettings{Attempts: c.WebhookAttempts, Timeout: c.WebhookTimeout},
		OnDelivery: func(delivery sandbox.Delivery) { tellFailure(std, delivery) },
	}))
	if err != nil {
		return nil, usageError{err}
	}
	platform, err := sandbox.New(config)
	if err != nil {
		return nil, usageError{err}
	}
	for _, webhook := range c.Webhook {
		if err := webhook.set(platform); err != nil {
			return nil, usageError{fmt.Errorf("--webhook: %w", err)}
		}
	}
	for _, shape := range c.Shape {
		if err := platform.SetShape(shape.event, shape.shape); err != nil {
			return nil, usageError{fmt.Errorf("--shape: %w", err)}
		}
	}
	if err := platform.SetTrouble(c.TroubleSeed, c.Trouble...); err != nil {
		return nil, usageError{fmt.Errorf("--trouble: %w", err)}
	}
	return platform, nil
}

// troubleKinds lists what --trouble can let happen.
func troubleKinds() string {
	var text strings.Builder
	for _, kind := range trouble.Kinds() {
		own := ""
		switch {
		case kind.Delay > 0:
			own = fmt.Sprintf("; delay=%s", kind.Delay)
		case kind.Status > 0:
			own = fmt.Sprintf("; status=%d", kind.Status)
		}
		fmt.Fprintf(&text, "\n  %-15s %s%s", kind.Kind, kind.What, own)
	}
	return text.String()
}

// inventedStaff is who works for the invented app beside its admin.
func inventedStaff() []sandbox.Agent {
	return []sandbox.Agent{
		{Name: "Rini Astuti", Email: "rini@example.id"},
		{Name: "Agus Setiawan", Email: "agus@example.id", Divisions: []string{"Keluhan"}},
		{Name: "Putri Rahayu", Email: "putri@example.id", Offline: true},
		{Name: "Bambang Susilo", Email: "bambang@example.id", Type: sandbox.TypeSupervisor},
	}
}

// tellFailure tells of a webhook that did not arrive, without its address's path,
// which may hold a secret.
func tellFailure(std *streams, delivery sandbox.Delivery) {
	why := fmt.Sprintf("it answered %d", delivery.Status)
	var failure *url.Error
	switch {
	case errors.As(delivery.Err, &failure):
		why = failure.Err.Error()
	case delivery.Err != nil:
		why = delivery.Err.Error()
	case delivery.Status < http.StatusBadRequest:
		return
	}
	host := "its address"
	if address, err := url.Parse(delivery.URL); err == nil {
		host = address.Host
	}
	fmt.Fprintf(std.err, "the webhook %s did not reach %s: %s\n", delivery.Event, host, why)
}
