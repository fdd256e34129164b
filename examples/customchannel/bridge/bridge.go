// Package bridge relays between a messenger of one's own and a custom channel: what its
// users write goes in as customers' messages, and what agents and bots say comes out.
//
// No message is relayed twice. The messenger gives each an id, under which it may send it
// again; the platform's deliveries are told apart by package webhook; and a call that may
// have been carried out is not repeated. Nobody hears their own words.
package bridge

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Message is a message as the messenger has it, in either direction.
type Message struct {
	ID   string `json:"id"`             // the same when it is sent again
	User string `json:"user"`           // the messenger's user, who is the customer
	Name string `json:"name,omitempty"` // of the user; on the way in
	Text string `json:"text,omitempty"`
	File string `json:"file,omitempty"` // an address; the text is its caption
}

// Bridge relays messages. It is an [http.Handler] for what the messenger's users write, and
// its method Relay is a callback for what is said to them.
type Bridge struct {
	// Client calls the platform.
	Client *qismo.Client
	// Key is the identifier key of the custom channel.
	Key flex.Secret
	// Deliver hands a message to the messenger. What fails may be delivered again, with the
	// same id.
	Deliver func(context.Context, Message) error
	// Seen remembers what came in. Several processes share one.
	Seen webhook.Store
}

// How long a message is looked for when it comes again, and how long taking it in may take.
const (
	remembered = 24 * time.Hour
	lease      = time.Minute
)

// Why a message is not known to be on the platform.
var (
	errLater     = errors.New("it was not sent, and should come again")
	errUncertain = errors.New("it may have been sent, and will not be again")
)

// ServeHTTP takes a message in. It answers 204 when it is on the platform, 400 when it
// cannot be sent, 503 when it was not sent and should come again, and 502 when nobody
// knows: the messenger may have its user look, and send it anew under another id.
func (b *Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var message Message
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&message)
	if err != nil || message.ID == "" || message.User == "" || message.Text == "" && message.File == "" {
		http.Error(w, "a message has an id, a user, and a text or a file", http.StatusBadRequest)
		return
	}
	// What has begun is carried out, also when the messenger hangs up.
	err = b.takeIn(context.WithoutCancel(r.Context()), message)
	if err != nil {
		slog.Warn("a message was not taken in", "id", message.ID, "error", err)
	}
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, errLater):
		http.Error(w, errLater.Error(), http.StatusServiceUnavailable)
	case errors.Is(err, errUncertain):
		http.Error(w, errUncertain.Error(), http.StatusBadGateway)
	default:
		http.Error(w, "the platform does not take such a message", http.StatusBadRequest)
	}
}

// takeIn sends a message to the platform, unless that was done.
func (b *Bridge) takeIn(ctx context.Context, message Message) error {
	owner := rand.Text()
	switch claim, err := b.Seen.Claim(ctx, message.ID, owner, lease); {
	case err != nil:
		return fmt.Errorf("%w: %w", errLater, err)
	case claim == webhook.Handled:
		return nil
	case claim == webhook.Busy:
		return fmt.Errorf("%w: it is being sent", errLater)
	}
	err := b.send(ctx, message)
	var failure *qismo.Error
	switch isFailure := errors.As(err, &failure); {
	case err == nil:
		if err := b.Seen.Commit(ctx, message.ID, owner, remembered); err != nil {
			slog.Warn("a message was taken in, and is not remembered", "id", message.ID, "error", err)
		}
		return nil
	case isFailure && failure.Uncertain():
		err = fmt.Errorf("%w: %w", errUncertain, err)
		return errors.Join(err, b.Seen.Commit(ctx, message.ID, owner, remembered))
	case isFailure && !errors.Is(err, qismo.ErrBadRequest):
		err = fmt.Errorf("%w: %w", errLater, err)
	}
	return errors.Join(err, b.Seen.Release(ctx, message.ID, owner))
}

// send sends a message as the customer's.
func (b *Bridge) send(ctx context.Context, message Message) error {
	said := qismo.NewText(message.Text)
	if message.File != "" {
		said = qismo.NewFile(qismo.FilePayload{URL: message.File, Caption: message.Text})
	}
	_, err := b.Client.Customer.SendMessage(ctx, qismo.SendCustomChannelMessageParams{
		IdentifierKey: flex.Credential(b.Key.Reveal()), UserID: message.User, Name: cmp.Or(message.Name, message.User),
	}, said)
	return err
}

// Relay hands on what an agent or a bot says to a customer.
func (b *Bridge) Relay(ctx context.Context, event *webhook.CustomChannelMessageEvent) error {
	said := event.Payload.Message
	if said.Type == "system_event" {
		return nil // who joins and leaves is of no concern to customers
	}
	room, err := b.Client.Rooms.Get(ctx, event.RoomID()) // which names the customer, as the event does not
	if err != nil {
		return err
	}
	if event.SenderID() == room.UserID {
		return nil // their own words
	}
	message := Message{ID: event.DeduplicationKey(), User: room.UserID, Text: said.Text}
	if said.Type == string(qismo.MessageFileAttachment) {
		var file webhooks.MessageFile
		if err := said.Payload.Decode(&file); err != nil {
			return fmt.Errorf("read the file: %w", err)
		}
		message.File, message.Text = file.URL, file.Caption
	}
	return b.Deliver(ctx, message)
}
