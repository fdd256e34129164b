// Command echo answers every customer. It reads QISCUS_APP_ID, QISCUS_SECRET_KEY
// and QISCUS_OMNICHANNEL_URL, as the client does by itself, and WEBHOOK_SECRET.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func main() {
	client, clientErr := qismo.New()
	bot, botErr := webhook.NewHandler(webhook.PathSecret(os.Getenv("WEBHOOK_SECRET")), webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
			if event.FromPlatform() {
				return nil // the bot's own words come back too
			}
			return client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text())
		},
	}, webhook.OnError(func(_ context.Context, _ webhook.Event, err error) { log.Println("no answer:", err) }))
	if err := errors.Join(clientErr, botErr); err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: bot, ReadTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
