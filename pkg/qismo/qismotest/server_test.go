package qismotest_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newBot is a program under test: it repeats what the customer writes.
func newBot(t testing.TB, client *qismo.Client) http.Handler {
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
	budi.HearsNothingElse()

	room := budi.Room()
	assert.Equal(t, qismotest.RoomWithBot, room.State)
	assert.Len(t, room.Messages, 4)
	assert.Equal(t, "Budi: \"halo\"", room.Messages[0].String())
}

// Each server is a world of its own, and any number of them run side by side.
func TestServersShareNothing(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			srv := qismotest.New(t)
			srv.SendTo(newBot(t, srv.Client()), qismotest.ToPath("/hooks/rahasia"))
			var customers sync.WaitGroup
			for n := range 10 {
				customer := srv.Customer(fmt.Sprint("Customer ", n))
				customers.Go(func() { customer.Says(fmt.Sprintf("%d of %d", n, i)) })
			}
			customers.Wait()
			for n := range 10 {
				customer := srv.Customer(fmt.Sprint("Customer ", n))
				customer.Hears(fmt.Sprintf("You wrote: %d of %d", n, i))
				customer.HearsNothingElse()
			}
			assert.Len(t, srv.Rooms(), 10)
		})
	}
}

func TestTimeIsMoved(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	srv := qismotest.New(t, qismotest.WithTime(start))
	assert.WithinRange(t, srv.Clock().Now(), start, start.Add(time.Minute))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	assert.WithinRange(t, budi.Room().Messages[0].At, start, start.Add(time.Minute))
	client := srv.Admin().Client()
	_, err := client.Rooms.List(t.Context(), qismo.ListRoomsParams{})
	require.NoError(t, err)

	srv.Clock().Advance(31 * 24 * time.Hour) // longer than WhatsApp's window and a token last
	assert.WithinRange(t, srv.Clock().Now(), start.Add(31*24*time.Hour), start.Add(32*24*time.Hour))
	assert.Equal(t, qismotest.RoomExpired, budi.Room().State)
	_, err = client.Rooms.List(t.Context(), qismo.ListRoomsParams{})
	require.NoError(t, err)
	calls := srv.Calls("listRooms")
	require.Len(t, calls, 3)
	assert.Equal(t, http.StatusUnauthorized, calls[1].Status)

	test := record(t, func(t qismotest.TB) { qismotest.New(t).Clock().Advance(-time.Hour) })
	assert.Equal(t, "\nqismotest: Advance(-1h0m0s): a clock is moved ahead only\n", test.failure())
}

func TestTimeIsMovedToAMoment(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	srv := qismotest.New(t, qismotest.WithTime(start))
	monday := start.Add(5 * 24 * time.Hour)
	srv.Clock().AdvanceTo(monday)
	assert.WithinRange(t, srv.Clock().Now(), monday, monday.Add(time.Minute))
	test := record(t, func(t qismotest.TB) { qismotest.New(t, qismotest.WithTime(start)).Clock().AdvanceTo(start) })
	assert.Equal(t, "\nqismotest: AdvanceTo(2026-03-04T09:00:00Z): a clock is moved ahead only\n", test.failure())
}

// What a handler remembers goes by the app's time when its store does.
func TestARepetitionIsForgottenByTheClockOfTheApp(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	store, err := webhook.NewMemoryStore(webhook.DefaultMemory, webhook.MemoryStoreClock(srv.Clock().Now))
	require.NoError(t, err)
	told := make(chan string, 3)
	bot, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		BotMessage: func(_ context.Context, event *webhook.BotMessageEvent) error {
			told <- event.Text()
			return nil
		},
	}, webhook.Deduplicate(store), webhook.RememberFor(time.Hour))
	require.NoError(t, err)
	event := qismotest.NewEvents().BotMessage()
	for range 2 {
		qismotest.Deliver(t, bot, event)
	}
	assert.Len(t, told, 1)
	srv.Clock().Advance(2 * time.Hour)
	qismotest.Deliver(t, bot, event)
	assert.Len(t, told, 2)
}

func TestOptionsThatAreWrongEndTheTest(t *testing.T) {
	t.Parallel()
	for told, option := range map[string]qismotest.Option{
		"qismotest: an option is nil":                                                nil,
		"qismotest: WithPatience: it is not positive":                                qismotest.WithPatience(0),
		"qismotest: WithStaff: somebody has no name":                                 qismotest.WithAgents(""),
		"qismotest: WithStaff: Rini has the role \"chef\", which there is not":       qismotest.WithStaff(qismotest.Staff{Name: "Rini", Role: "chef"}),
		"qismotest: WithChannels: there is none":                                     qismotest.WithChannels(),
		"qismotest: start the server: sandbox: a negative number of rooms or agents": qismotest.WithRooms(-1),
	} {
		test := record(t, func(t qismotest.TB) {
			qismotest.New(t, option)
			panic("the test goes on")
		})
		assert.Equal(t, []string{told}, test.said)
		assert.Empty(t, test.cleanups)
	}
	test := record(t, func(t qismotest.TB) { qismotest.New(t).Client(qismo.WithTimeout(-1)) })
	assert.Equal(t, []string{"qismo: make a client: the timeout is negative"}, test.said)
}
