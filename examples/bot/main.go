// Command bot answers the customers of a coffee house: it offers buttons, reacts to a tap
// on one, and hands over to people, after which it is silent.
//
// Without QISCUS_APP_ID in the environment it works for "qismo sandbox" on this machine;
// with it, WEBHOOK_SECRET is what ends the address that the platform is given.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// answerer is the bot.
type answerer struct{ client *qismo.Client }

// answer is called for what customers write, in each room for one message after the other.
func (a answerer) answer(ctx context.Context, event *webhook.BotMessageEvent) error {
	if event.FromPlatform() {
		return nil // or the bot would talk to itself
	}
	room, err := a.client.Rooms.Get(ctx, event.RoomID())
	if err != nil {
		return err
	}
	if !room.IsHandledByBot || room.IsResolved {
		return nil // it was on its way when people took over
	}
	switch strings.ToLower(strings.TrimSpace(event.Text())) {
	case "hours":
		return a.client.Bot.SendText(ctx, room.RoomID, "We are open from 7 to 21, every day.")
	case "menu":
		return a.client.Bot.SendMessage(ctx, room.RoomID, qismo.NewFile(qismo.FilePayload{
			URL: "https://cdn.example.id/menu.pdf", Caption: "Our menu",
		}))
	case "people":
		return a.handOver(ctx, room.RoomID)
	}
	// On WhatsApp no buttons show, so the text says what they are.
	return a.client.Bot.SendMessage(ctx, room.RoomID, qismo.NewButtons(
		"Welcome to Kopi Wangi! Write hours, menu or people.",
		qismo.PostbackButton("Opening hours", "hours"),
		qismo.PostbackButton("Menu", "menu"),
		qismo.PostbackButton("Talk to people", "people"),
	))
}

// handOver ends the bot's turn. What may be done twice comes first, and the message, which
// may not, last: so a failure on the way can be mended by doing all of it again.
func (a answerer) handOver(ctx context.Context, roomID flex.ID) error {
	if _, err := a.client.Bot.SetActive(ctx, roomID, false); err != nil {
		return err
	}
	return a.client.Bot.SendText(ctx, roomID, "One moment, somebody will be with you.")
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "where webhooks come in")
	public := flag.String("url", "", "where Qiscus reaches that; a sandbox on this machine needs none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *listen, *public)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, listen, public string) error {
	client, err := connect()
	if err != nil {
		return err
	}
	secret := os.Getenv("WEBHOOK_SECRET")
	if secret == "" && onSandbox() {
		secret = "demo" // where its demo sends, also after it was started again
	}
	hooks, err := webhook.NewHandler(webhook.PathSecret(secret), webhook.Callbacks{
		BotMessage: answerer{client}.answer,
	}, webhook.OnError(func(_ context.Context, event webhook.Event, err error) { log.Println(event, "failed:", err) }))
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
	if err = register(ctx, client, cmp.Or(public, "http://"+listener.Addr().String())+"/"+secret); err == nil {
		log.Println("answering customers; end with Ctrl-C")
		select {
		case <-ctx.Done():
		case err = <-served:
		}
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

// onSandbox tells whether the bot works for a sandbox on this machine.
func onSandbox() bool {
	return os.Getenv("QISCUS_APP_ID") == "" || strings.HasPrefix(os.Getenv("QISCUS_OMNICHANNEL_URL"), "http://127.")
}

// register has customers' messages sent to an address, which takes an admin's token.
func register(ctx context.Context, client *qismo.Client, address string) error {
	email, password := os.Getenv("QISCUS_EMAIL"), os.Getenv("QISCUS_PASSWORD")
	switch {
	case email == "" && onSandbox():
		email, password = "sari@example.id", "rahasia-sari"
	case email == "":
		log.Println("QISCUS_EMAIL is not set: give the dashboard this bot's public address, with WEBHOOK_SECRET at the end")
		return nil
	}
	login, err := client.Session.Login(ctx, qismo.LoginParams{Email: email, Password: flex.Credential(password)})
	if err != nil {
		return err
	}
	token := qismo.WithToken(client.AppID(), login.User.AuthenticationToken.Reveal())
	_, err = client.WebhookSettings.SetAll(ctx, qismo.SetAllWebhooksParams{Bot: address}, token)
	return err
}
