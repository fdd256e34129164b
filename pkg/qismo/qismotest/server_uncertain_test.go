package qismotest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// A bot whose look at the room failed has said nothing, so its event comes again and is
// handled: only what may have reached the customer is not done twice.
func TestAFailedReadLosesNoMessage(t *testing.T) {
	t.Parallel()
	for _, kind := range []qismotest.TroubleKind{qismotest.ServerError, qismotest.LostAnswer, qismotest.BrokenAnswer} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := qismotest.New(t, qismotest.WithRedelivery(5, time.Minute))
			client := srv.Client()
			bot, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
				BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
					if _, err := client.Rooms.Get(ctx, event.RoomID()); err != nil {
						return err
					}
					return client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text())
				},
			})
			require.NoError(t, err)
			srv.SendTo(bot)
			srv.Fail(qismotest.Trouble{Kind: kind, Only: "getRoom", Times: 3})
			budi := srv.Customer("Budi")
			budi.Says("halo")
			srv.Settle()
			srv.Clock().Advance(time.Hour)
			budi.Hears("You wrote: halo")
			budi.HearsNothingElse()
		})
	}
}

// To tag a room twice is to tag it once, so an answer that was lost loses no tag.
func TestTagsAreEnsuredThroughLostAnswers(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	budi := srv.Customer("Budi")
	budi.Says("halo")
	srv.Fail(qismotest.Trouble{Kind: qismotest.LostAnswer, Only: "createRoomTag", Times: 1})
	tags, err := srv.Client().Tags.Ensure(t.Context(), roomID(budi), []string{"grosir", "vip"})
	require.NoError(t, err)
	assert.Len(t, tags, 2)
	assert.ElementsMatch(t, []string{"grosir", "vip"}, budi.Room().Tags)

	srv.Fail(qismotest.Trouble{Kind: qismotest.ServerError, Only: "createRoomTag"})
	_, err = srv.Client().Tags.Ensure(t.Context(), roomID(budi), []string{"baru"})
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.False(t, failure.Uncertain(), "it may be done again")
}
