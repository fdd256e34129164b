package qismotest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
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
		budi.On("ig").Says("pagi")
		first, second = budi.Room().ID, budi.On("ig").Room().ID
		if _, err := srv.Admin().Client().Rooms.List(t.Context(), qismo.ListRoomsParams{}); err != nil {
			t.Fatalf("%v", err)
		}
		t.Errorf("enough")
	})
	assert.Equal(t, `
qismotest: what happened, by the app's time since the beginning

  T  Budi   "halo"          in Budi's room `+first+`
  T  Wulan  "pagi"          in Wulan's room
  T  Budi   "pagi"          in Budi's room `+second+`
  T  call   login      200
  T  call   listRooms  200
`, test.story())

	test = record(t, func(t qismotest.TB) {
		qismotest.New(t)
		t.Errorf("enough")
	})
	assert.Equal(t, "\nqismotest: what happened, by the app's time since the beginning: nothing\n", test.story())
}

// What a program does again and again takes a line, and not the whole story.
func TestWhatIsAlikeIsToldOnce(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, qismotest.WithAgents("Rini"))
		client := srv.Client()
		look := func() {
			for range 20 {
				_, _ = client.Rooms.List(t.Context(), qismo.ListRoomsParams{})
				_, _ = client.Agents.List(t.Context(), qismo.ListAgentsParams{})
			}
		}
		look()
		budi := srv.Customer("Budi")
		budi.Says("halo")
		budi.Says("halo")
		look()
		_, _ = client.Allocation.Assign(t.Context(), qismo.AssignAgentParams{
			RoomID: roomID(budi), AgentID: flex.ID(srv.Agent("Rini").ID),
		})
		t.Errorf("enough")
	})
	assert.Equal(t, `
qismotest: what happened, by the app's time since the beginning

  T  call    listRooms               200, 20 times
  T  call    listAgents              200, 20 times
  T  Budi    "halo"                  2 times
  T  call    listRooms               200, 20 times
  T  call    listAgents              200, 20 times
  T  call    assignAgent Rini        200
  T  system  "Rini joined the room"
`, test.story())
}

func TestALongStoryHasABeginningAndAnEnd(t *testing.T) {
	tell := func() string {
		return record(t, func(t qismotest.TB) {
			budi := qismotest.New(t).Customer("Budi")
			for number := range 130 {
				budi.Says(fmt.Sprintf("%d %s", number, strings.Repeat("halo ", 40)))
			}
			t.Errorf("enough")
		}).story()
	}
	story := tell()
	assert.Equal(t, 100, strings.Count(story, "Budi"))
	assert.Contains(t, story, `"0 halo`)
	assert.Contains(t, story, `"39 halo`)
	assert.Contains(t, story, "\n  … 30 lines are left out here, which QISMOTEST_STORY=all in the environment shows\n")
	assert.Contains(t, story, `"70 halo`)
	assert.Contains(t, story, `"129 halo`)
	assert.Contains(t, story, `halo h…"`)
	t.Setenv("QISMOTEST_STORY", "all")
	story = tell()
	assert.Equal(t, 130, strings.Count(story, "Budi"))
	assert.NotContains(t, story, "left out")
}
