// Command customchannel relays between a messenger, which posts to /in/<secret> and reads the
// output, and a custom channel. Without QISCUS_APP_ID it works for "qismo sandbox".
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// message is what a user of the messenger writes or is told; the text may be a file's caption.
type message struct{ ID, User, Text, File string }

// bridge relays messages, none of them twice.
type bridge struct {
	client *qismo.Client
	key    flex.Credential // of the channel
	out    io.Writer       // to the messenger
	mutex  sync.Mutex
	seen   map[string]bool // ids of what came in; a database would keep them through a restart
}

// takeIn answers 200 when a message is on the platform, 400 when it cannot be, 503 when it
// should come again, and 502 when nobody knows: sent again, it could be there twice.
func (b *bridge) takeIn(w http.ResponseWriter, r *http.Request) {
	var in message
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in)
	if err != nil || in.ID == "" || in.User == "" {
		http.Error(w, "a message has an id and a user", http.StatusBadRequest)
		return
	}
	said := qismo.NewText(in.Text)
	if in.File != "" {
		said = qismo.NewFile(qismo.FilePayload{URL: in.File, Caption: in.Text})
	}
	b.mutex.Lock() // one after the other, also when it is sent again meanwhile
	defer b.mutex.Unlock()
	if b.seen[in.ID] {
		return
	}
	to := qismo.SendCustomChannelMessageParams{UserID: in.User, Name: in.User, IdentifierKey: b.key}
	_, err = b.client.Customer.SendMessage(context.WithoutCancel(r.Context()), to, said)
	var failure *qismo.Error
	b.seen[in.ID] = err == nil || errors.As(err, &failure) && failure.Uncertain()
	switch {
	case err != nil && b.seen[in.ID]:
		http.Error(w, "it may have been sent, and will not be again", http.StatusBadGateway)
	case err != nil && (failure == nil || errors.Is(err, qismo.ErrBadRequest)):
		http.Error(w, "the platform does not take such a message", http.StatusBadRequest)
	case err != nil:
		http.Error(w, "it was not sent, and should come again", http.StatusServiceUnavailable)
	}
}

// tell hands on what agents and bots say. What fails may come again.
func (b *bridge) tell(ctx context.Context, event *webhook.CustomChannelMessageEvent) error {
	room, err := b.client.Rooms.Get(ctx, event.RoomID()) // which names the customer, as the event does not
	said := event.Payload.Message
	if err != nil || event.SenderID() == room.UserID || said.Type == "system_event" {
		return err // nobody hears their own words, or who joins and leaves
	}
	out := message{ID: event.DeduplicationKey(), User: room.UserID, Text: said.Text}
	if said.Type == string(qismo.MessageFileAttachment) {
		var file webhooks.MessageFile
		if err := said.Payload.Decode(&file); err != nil {
			return err
		}
		out.Text, out.File = file.Caption, file.URL
	}
	return json.NewEncoder(b.out).Encode(out)
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8082", "where the messenger and Qiscus post")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *listen, os.Stdout)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, listen string, out io.Writer) error {
	client, err := connect()
	if err != nil {
		return err
	}
	all, err := client.Channels.List(ctx)
	i := slices.IndexFunc(all, func(channel qismo.Channel) bool { return channel.IdentifierKey != "" })
	if err != nil || i < 0 {
		return errors.Join(err, errors.New("no custom channel was found"))
	}
	b := &bridge{client: client, out: out, seen: map[string]bool{}, key: flex.Credential(all[i].IdentifierKey.Reveal())}
	secret := cmp.Or(os.Getenv("WEBHOOK_SECRET"), rand.Text())
	hooks, hooksErr := webhook.NewHandler(webhook.PathSecret(secret), webhook.Callbacks{CustomChannelMessage: b.tell},
		webhook.Only(webhook.CustomChannelMessage), // which a bot's message looks like
		webhook.OnError(func(_ context.Context, event webhook.Event, err error) { log.Println(event, "failed:", err) }))
	listener, listenErr := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err := errors.Join(hooksErr, listenErr); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/hooks/", hooks)
	mux.HandleFunc("POST /in/"+secret, b.takeIn)
	server := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second}
	go func() { log.Println("no messages come in:", server.Serve(listener)) }()
	address := "http://" + listener.Addr().String()
	if os.Getenv("QISCUS_APP_ID") == "" || strings.HasPrefix(os.Getenv("QISCUS_OMNICHANNEL_URL"), "http://") {
		path := "/_sandbox/webhooks/customChannelMessage:" + all[i].ID.String() // else, that is for the dashboard
		err = client.Do(ctx, http.MethodPut, path, map[string]string{"url": address + "/hooks/" + secret}, nil)
		//nolint:gosec // it is shown to whom the secret is known
		log.Printf("end with Ctrl-C; try:\ncurl %s/in/%s -d '%s'", address, secret, `{"id":"1","user":"budi","text":"hi"}`)
	}
	if err == nil {
		<-ctx.Done()
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
