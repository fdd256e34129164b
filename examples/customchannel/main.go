// Command customchannel relays between a messenger and a custom channel; see package
// bridge. The messenger posts what its users write to /in/<secret>; what is said to them is
// posted to -messenger or, without that, shown on the terminal.
//
// Without QISCUS_APP_ID in the environment it works for "qismo sandbox" on this machine.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/qismo-go/qismo/examples/customchannel/bridge"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8082", "where the messenger and Qiscus post")
	messenger := flag.String("messenger", "", "where the messenger takes messages")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *listen, *messenger)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, listen, messenger string) error {
	client, err := connect()
	if err != nil {
		return err
	}
	channel, err := customChannel(ctx, client)
	if err != nil {
		return err
	}
	seen, err := webhook.NewMemoryStore(webhook.DefaultMemory)
	if err != nil {
		return err
	}
	relay := &bridge.Bridge{Client: client, Key: channel.IdentifierKey, Seen: seen, Deliver: show}
	if messenger != "" {
		relay.Deliver = bridge.PostTo(messenger)
	}
	secret := cmp.Or(os.Getenv("WEBHOOK_SECRET"), rand.Text())
	hooks, err := webhook.NewHandler(webhook.PathSecret(secret), webhook.Callbacks{CustomChannelMessage: relay.Relay},
		webhook.Only(webhook.CustomChannelMessage), // which a bot's message looks like
		webhook.OnError(func(_ context.Context, event webhook.Event, err error) { log.Println(event, "failed:", err) }))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /in/{secret}", func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.PathValue("secret")), []byte(secret)) != 1 {
			http.NotFound(w, r)
			return
		}
		relay.ServeHTTP(w, r)
	})
	mux.Handle("/hooks/", hooks)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err = register(ctx, client, channel, "http://"+listener.Addr().String()+"/hooks/"+secret); err == nil {
		log.Printf("relaying for %s; end with Ctrl-C", channel)
		if os.Getenv("WEBHOOK_SECRET") == "" {
			fmt.Printf("Be a user:\ncurl http://%s/in/%s -d '%s'\n", listener.Addr(), secret,
				`{"id": "1", "user": "budi", "text": "halo"}`)
		}
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

// customChannel finds the app's first custom channel.
func customChannel(ctx context.Context, client *qismo.Client) (channel qismo.Channel, err error) {
	channels, err := client.Channels.List(ctx)
	if err != nil {
		return channel, err
	}
	i := slices.IndexFunc(channels, func(channel qismo.Channel) bool { return channel.IdentifierKey != "" })
	if i < 0 {
		return channel, errors.New("the app has no custom channel")
	}
	return channels[i], nil
}

// register has what is said to customers sent to an address. A sandbox is told; for an app
// of Qiscus's that is done in the dashboard alone, in the settings of the channel.
func register(ctx context.Context, client *qismo.Client, channel qismo.Channel, address string) error {
	if os.Getenv("QISCUS_APP_ID") != "" && !strings.HasPrefix(os.Getenv("QISCUS_OMNICHANNEL_URL"), "http://") {
		log.Println("give the dashboard the public address of /hooks/<WEBHOOK_SECRET>, in the settings of", channel)
		return nil
	}
	path := "/_sandbox/webhooks/customChannelMessage:" + channel.ID.String()
	return client.Do(ctx, http.MethodPut, path, map[string]string{"url": address}, nil)
}

// show is the messenger where there is none.
func show(_ context.Context, message bridge.Message) error {
	_, err := fmt.Printf("to %s: %s\n", message.User, strings.TrimSpace(message.Text+" "+message.File))
	return err
}
