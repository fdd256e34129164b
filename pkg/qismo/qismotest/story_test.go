package qismotest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestAFailedTestTellsWhatHappened(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, qismotest.WithRooms(3), qismotest.WithSeed(7))
		client := srv.Client(qismo.WithoutRetries())
		bot, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
			BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
				return client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text())
			},
		})
		if err != nil {
			t.Fatalf("%v", err)
		}
		srv.SendTo(bot, qismotest.ToPath("/hooks/rahasia"), qismotest.Only(webhook.BotMessage))
		budi := srv.Customer("Budi")
		budi.Says("halo")
		budi.Hears("You wrote: halo")
		srv.Fail(
			qismotest.Trouble{Kind: qismotest.ServerError, Only: "sendBotMessage"},
			qismotest.Trouble{Kind: qismotest.Latency, Only: "listRooms", Rate: 0.5},
		)
		budi.Says("ada?")
		budi.HearsNothingElse()
		t.Errorf("enough")
	})
	assert.Equal(t, `
qismotest: what happened, by the app's time since the beginning

  T  Budi     "halo"
  T  webhook  botMessage         200
  T  call     sendBotMessage     200
  T  bot      "You wrote: halo"
  T  Budi     "ada?"
  T  webhook  botMessage         200
  T  call     sendBotMessage     503 (trouble: server-error)

The trouble strikes in the same way again with QISMOTEST_SEED=7 in the environment, or WithSeed(7).
`, test.story())
}

func TestATestThatPassedTellsNothing(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) { qismotest.New(t).Customer("Budi").Says("halo") })
	assert.Empty(t, test.logged)
	assert.Empty(t, test.said)
}

func TestAStoryOfSeveralRoomsNamesThem(t *testing.T) {
	t.Parallel()
	var first, second string
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t)
		budi, wulan := srv.Customer("Budi"), srv.Customer("Wulan")
		budi.Says("halo")
		wulan.Says("pagi")
		first, second = budi.Room().ID, wulan.Room().ID
		if _, err := srv.Admin().Client().Rooms.List(t.Context(), qismo.ListRoomsParams{}); err != nil {
			t.Fatalf("%v", err)
		}
		t.Errorf("enough")
	})
	assert.Equal(t, `
qismotest: what happened, by the app's time since the beginning

  T  Budi   "halo"       in room `+first+`
  T  Wulan  "pagi"       in room `+second+`
  T  call   login      200
  T  call   listRooms  200
`, test.story())

	test = record(t, func(t qismotest.TB) {
		qismotest.New(t)
		t.Errorf("enough")
	})
	assert.Equal(t, "\nqismotest: what happened, by the app's time since the beginning: nothing\n", test.story())
}

func TestALongStoryIsCut(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		budi := qismotest.New(t).Customer("Budi")
		for range 130 {
			budi.Says(strings.Repeat("halo ", 40))
		}
		t.Errorf("enough")
	})
	story := test.story()
	assert.Contains(t, story, "(without the first 30 lines)")
	assert.Equal(t, 100, strings.Count(story, "Budi"))
	assert.Contains(t, story, `halo halo …"`)
}
