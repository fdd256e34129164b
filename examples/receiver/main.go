// Command receiver takes the webhooks of an app in production: behind a load balancer,
// in several processes, with a secret that is rotated and a shutdown that loses nothing.
//
//	WEBHOOK_SECRETS  the last part of the URLs' paths; several with commas between, the
//	                 newest first
//	REDIS_URL        where the processes remember what was handled; without it each does
//	                 in its own memory, which is enough for one
//	LISTEN           the address to listen on; ":8080" without it
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/redisstore"
)

// How long things may take. A request takes its reading, its callback, and 12 seconds more
// at most for the store. Whoever stops the process must wait longer than the last two
// together.
const (
	forReading  = 5 * time.Second
	forCallback = 15 * time.Second
	forRequest  = 35 * time.Second
	forDraining = 5 * time.Second // until the load balancer has noticed
	forShutdown = 40 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	stop()
	if err != nil {
		slog.Error("the receiver has ended", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, logger *slog.Logger) (err error) {
	store, closeStore, err := newStore(ctx, os.Getenv("REDIS_URL"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()

	lock := webhook.PathSecret(strings.Split(os.Getenv("WEBHOOK_SECRETS"), ",")...)
	hooks, shutDown, err := newHandlers(lock, store, logger)
	if err != nil {
		return err
	}
	var draining atomic.Bool
	mux := http.NewServeMux()
	mux.Handle("/hooks/", webhook.HideSecret(lock, logged(logger, hooks)))
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if draining.Load() {
			w.WriteHeader(http.StatusServiceUnavailable) // the load balancer sends nothing more
		}
	})
	address := os.Getenv("LISTEN")
	if address == "" {
		address = ":8080"
	}
	server := &http.Server{
		Addr:         address,
		Handler:      mux,
		ReadTimeout:  forReading,
		WriteTimeout: forRequest,
		IdleTimeout:  2 * time.Minute, // longer than the load balancer keeps connections
	}
	served := make(chan error, 1)
	go func() { served <- server.ListenAndServe() }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}

	draining.Store(true)
	select {
	case <-time.After(forDraining):
	case err := <-served:
		return err
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), forShutdown)
	defer cancel()
	return errors.Join(server.Shutdown(ending), shutDown(ending)) // requests first, then what is behind them
}

// newHandlers makes a handler for each URL, as content cannot always tell the events
// apart.
func newHandlers(
	lock webhook.Authenticator, store webhook.Store, logger *slog.Logger,
) (hooks http.Handler, shutDown func(context.Context) error, err error) {
	common := []webhook.Option{
		webhook.Deduplicate(store),
		webhook.Deadline(forCallback),
		webhook.WithLogger(logger),
		webhook.OnError(func(_ context.Context, event webhook.Event, err error) {
			if webhook.Unhandled(err) {
				keep(event)
			}
			logger.Error("webhook", "event", event, "error", err) // an event prints as its name and size
		}),
		webhook.OnProblems(func(_ context.Context, name webhook.Name, problems []webhook.Problem) {
			logger.Warn("the platform sends a new form", "event", name, "problems", problems)
		}),
	}
	bot, botErr := webhook.NewHandler(lock, webhook.Callbacks{BotMessage: answer, Unknown: unknown},
		slices.Concat([]webhook.Option{
			webhook.Only(webhook.BotMessage), webhook.AnswerAtOnce(),
			otelwebhook.WithTelemetry(otelwebhook.WithName("bot")),
		}, common)...)
	allocation, allocationErr := webhook.NewHandler(lock,
		webhook.Callbacks{CustomAgentAllocation: allocate, Unknown: unknown},
		slices.Concat([]webhook.Option{
			webhook.Only(webhook.CustomAgentAllocation),
			otelwebhook.WithTelemetry(otelwebhook.WithName("allocation")),
		}, common)...)
	mux := http.NewServeMux()
	mux.Handle("/hooks/bot/", bot) // the platform calls /hooks/bot/<secret>
	mux.Handle("/hooks/allocation/", allocation)
	shutDown = func(ctx context.Context) error { return errors.Join(bot.Shutdown(ctx), allocation.Shutdown(ctx)) }
	return mux, shutDown, errors.Join(botErr, allocationErr)
}

func answer(ctx context.Context, event *webhook.BotMessageEvent) error {
	if event.FromPlatform() {
		return nil // or the bot would talk to itself
	}
	slog.InfoContext(ctx, "a message", "room", event.RoomID())
	return nil
}

func allocate(ctx context.Context, event *webhook.CustomAgentAllocationEvent) error {
	slog.InfoContext(ctx, "a room waits", "room", event.RoomID())
	return nil
}

// unknown gets what the platform sends in a form that nobody knows yet.
func unknown(_ context.Context, event *webhook.UnknownEvent) error {
	keep(event)
	return nil
}

// keep is for what would be lost otherwise: put event.Raw() into a table of yours, under
// event.DeduplicationKey(), and within a few seconds, as the room and Shutdown wait for it.
func keep(event webhook.Event) { slog.Error("lost", "event", event) }

// newStore makes the store that all processes share.
func newStore(ctx context.Context, address string) (store webhook.Store, closeStore func() error, err error) {
	if address == "" {
		store, err := webhook.NewMemoryStore(webhook.DefaultMemory)
		return store, func() error { return nil }, err
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, nil, errors.New("REDIS_URL is no address of Redis") // the error would show its password
	}
	options.ContextTimeoutEnabled = true
	client := redis.NewClient(options)
	store, err = redisstore.New(client)
	if err = errors.Join(err, client.Ping(ctx).Err()); err != nil { // or the first events would find out
		return nil, nil, fmt.Errorf("reach Redis: %w", errors.Join(err, client.Close()))
	}
	return store, client.Close, nil
}

// logged is an access log. It stands inside HideSecret, so that paths have no secrets.
func logged(logger *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		next.ServeHTTP(w, request)
		logger.Info("request", "method", request.Method, "path", request.URL.Path)
	})
}
