package qismotest_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// newBot is a program under test: it repeats what the customer writes.
func newBot(t *testing.T, client *qismo.Client) http.Handler {
	t.Helper()
	bot, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
			return client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text())
		},
	})
	require.NoError(t, err)
	return bot
}

func TestABotIsTested(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	srv.SendTo(newBot(t, srv.Client()), qismotest.ToPath("/hooks/rahasia"))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	budi.Hears("You wrote: halo")
	budi.Says("halo")
	budi.Hears("You wrote: halo")
	srv.Settle()

	room := budi.Room()
	assert.Equal(t, qismotest.RoomWithBot, room.State)
	assert.Len(t, room.Messages, 4)
	assert.Len(t, srv.Calls("sendBotMessage"), 2)
	assert.Len(t, srv.Deliveries(webhook.BotMessage), 2)

	rini := srv.Agent("Rini")
	rini.TakesOver(room)
	rini.Says(room, "Selamat pagi!")
	budi.Hears("Selamat pagi!")
	assert.Equal(t, []string{"Rini Astuti"}, budi.Room().Agents)
	rini.Resolves(budi.Room(), "selesai")
	assert.Equal(t, qismotest.RoomResolved, budi.Room().State)
}
