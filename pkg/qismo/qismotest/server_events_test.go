package qismotest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// newAllocator is a program that wants to know who waits, and is no bot.
func newAllocator(t *testing.T, options ...webhook.Option) *webhook.Handler {
	t.Helper()
	allocator, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		CustomAgentAllocation: func(context.Context, *webhook.CustomAgentAllocationEvent) error { return nil },
	}, options...)
	require.NoError(t, err)
	return allocator
}

// An allocator makes no bot of itself, so that customers wait for it.
func TestAHandlerGetsWhatItHasCallbacksFor(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]webhook.Option{
		"any": nil, "only": {webhook.Only(webhook.CustomAgentAllocation)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := qismotest.New(t)
			srv.SendTo(newAllocator(t, options...))
			budi := srv.Customer("Budi")
			budi.Says("halo")
			srv.ExpectDeliveries(webhook.CustomAgentAllocation)
			srv.ExpectDelivered()
			assert.Equal(t, qismotest.RoomWaiting, budi.Room().State)
		})
	}
}

// A handler whose events are not known gets what any handler gets.
func TestAHandlerOfUnknownEventsGetsAll(t *testing.T) {
	t.Parallel()
	handler, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		Unknown: func(context.Context, *webhook.UnknownEvent) error { return nil },
	})
	require.NoError(t, err)
	srv := qismotest.New(t)
	srv.SendTo(handler)
	srv.Customer("Budi").Says("halo")
	srv.ExpectDeliveries(webhook.NewSession, webhook.BotMessage, webhook.CustomAgentAllocation)
}

func TestEventsThatTheAppDoesNotSendEndTheTest(t *testing.T) {
	t.Parallel()
	handler, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		WhatsAppForwardStatus: func(context.Context, *webhook.WhatsAppForwardStatusEvent) error { return nil },
	})
	require.NoError(t, err)
	test := record(t, func(t qismotest.TB) {
		qismotest.New(t, qismotest.WithChannels(qismotest.Channel{ID: 1, Source: "ig", Name: "Instagram"})).SendTo(handler)
	})
	assert.Equal(t, "\nqismotest: the app has no channel and no button that sends any of [\"whatsAppForwardStatus\"]\n",
		test.failure())
	var none *webhook.Handler
	test = record(t, func(t qismotest.TB) { qismotest.New(t).SendTo(none) })
	assert.Equal(t, "\nqismotest: SendTo: the handler is nil\n", test.failure())
}

// A test whose program refuses what it is sent is told so, also when it passes.
func TestWhatAProgramRefusesIsTold(t *testing.T) {
	t.Parallel()
	strict := func(t qismotest.TB) *qismotest.Server {
		srv := qismotest.New(t)
		srv.SendTo(http.NotFoundHandler(), qismotest.Only(webhook.NewSession, webhook.BotMessage))
		budi := srv.Customer("Budi")
		budi.Says("halo")
		budi.Says("ada?")
		srv.Settle()
		return srv
	}
	test := record(t, func(t qismotest.TB) { strict(t) })
	assert.Empty(t, test.said)
	assert.Equal(t, []string{`qismotest: webhooks were not taken by the program, which ExpectDelivered would fail

  newSession, 404
  botMessage, 404, 2 times`}, test.logged)
	test = record(t, func(t qismotest.TB) { strict(t).ExpectDelivered() })
	assert.Equal(t, `
qismotest: webhooks were not taken by the program

  newSession, 404
  botMessage, 404, 2 times
`, test.failure())
}

// What was taken in the end, and what was never sent, is not asked for.
func TestWhatIsTakenInTheEndIsDelivered(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, qismotest.WithRedelivery(3, time.Hour))
		calls := make(chan struct{}, 1)
		srv.SendTo(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			select {
			case calls <- struct{}{}:
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
			}
		}), qismotest.Only(webhook.BotMessage))
		budi := srv.Customer("Budi")
		budi.Says("halo")
		srv.Settle()
		srv.Clock().Advance(time.Hour)
		srv.ExpectDelivered()
		srv.Fail(qismotest.Trouble{Kind: qismotest.DropWebhook})
		budi.Says("ada?")
		srv.ExpectDeliveries(webhook.BotMessage, webhook.BotMessage, webhook.BotMessage)
		srv.ExpectDelivered()
	})
	assert.Empty(t, test.said)
	assert.Empty(t, test.logged)
}

// A handler that answers at once is waited for until it has done its work.
func TestWhoAnswersAtOnceIsWaitedFor(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	client := srv.Client()
	answered := make(chan struct{})
	bot, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
			<-answered
			for range 3 {
				if err := client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text()); err != nil {
					return err
				}
			}
			return nil
		},
	}, webhook.AnswerAtOnce())
	require.NoError(t, err)
	srv.SendTo(bot, qismotest.ToPath("/hooks/rahasia"))
	srv.Customer("Budi").Says("halo")
	srv.WaitForDeliveries(webhook.BotMessage, 1)
	close(answered) // now that it has nothing but work to do
	srv.ExpectCalls("sendBotMessage", "sendBotMessage", "sendBotMessage")
}
