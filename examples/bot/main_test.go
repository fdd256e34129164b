package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// start runs the whole program against a platform of its own, until the test ends, and
// waits until it has told where its webhooks go.
func start(t *testing.T, options ...qismotest.Option) *qismotest.Server {
	t.Helper()
	srv := qismotest.New(t, append(options, qismotest.WithPatience(time.Minute))...)
	t.Setenv("QISCUS_APP_ID", srv.AppID)
	t.Setenv("QISCUS_SECRET_KEY", srv.SecretKey)
	t.Setenv("QISCUS_OMNICHANNEL_URL", srv.URL)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "127.0.0.1:0", "") }()
	t.Cleanup(func() {
		end()
		if err := <-ended; !errors.Is(err, context.Canceled) { // a short test may end before the program has begun
			assert.NoError(t, err)
		}
	})
	srv.WaitForCalls("setBotIntegration", 1)
	return srv
}

// A customer is shown buttons, taps them, and is handed over; then the bot is silent.
func TestBot(t *testing.T) {
	srv := start(t)
	rini := srv.Agent("Rini")
	siti := srv.Customer("Siti").On("qiscus")
	siti.Says("halo")
	assert.Equal(t, []string{"Opening hours", "Menu", "Talk to people"}, siti.HearsMatch("^Welcome").Buttons())
	siti.Taps("Opening hours")
	siti.HearsMatch("from 7 to 21")
	siti.Taps("Menu")
	siti.HearsMessage("the menu", func(message qismotest.Message) bool { return message.Type == "file_attachment" })
	siti.Taps("Talk to people")
	siti.HearsMatch("somebody will be with you")
	siti.WaitForState(qismotest.RoomWaiting)

	siti.Says("hours")
	siti.HearsNothingElse()
	rini.TakesOver(siti.Room())
	rini.Says(siti.Room(), "Selamat pagi!")
	siti.Hears("Selamat pagi!")
	siti.Says("hours")
	siti.HearsNothingElse()

	rini.Resolves(siti.Room(), "")
	siti.Says("hours")
	siti.HearsMatch("from 7 to 21")
}

// On WhatsApp the text says what buttons would.
func TestBotOnWhatsApp(t *testing.T) {
	srv := start(t)
	budi := srv.Customer("Budi")
	budi.Says("halo")
	budi.HearsMatch("hours, menu or people")
	budi.Says(" People ")
	budi.HearsMatch("somebody will be with you")
}

// A message that is late finds the bot silent when the room was handed over meanwhile.
func TestBotIsSilentAboutWhatIsLate(t *testing.T) {
	srv := start(t)
	srv.Fail(qismotest.Trouble{Kind: qismotest.LateWebhook, Only: "botMessage", Times: 1, Delay: time.Hour})
	budi := srv.Customer("Budi")
	budi.Says("hours")
	budi.Says("people")
	budi.HearsMatch("somebody will be with you")
	srv.Clock().Advance(time.Hour)
	srv.WaitForDeliveries(webhook.BotMessage, 2)
	budi.HearsNothingElse()
}

// Whatever goes wrong with one message, nobody is told something twice.
func TestBotSaysNothingTwice(t *testing.T) {
	for _, kind := range []qismotest.TroubleKind{qismotest.RepeatWebhook, qismotest.LostAnswer, qismotest.BrokenAnswer} {
		t.Run(string(kind), func(t *testing.T) {
			srv := start(t)
			srv.Fail(qismotest.Trouble{Kind: kind, Times: 1}, qismotest.Trouble{Kind: qismotest.RepeatWebhook})
			siti := srv.Customer("Siti").On("qiscus")
			siti.Says("hours")
			siti.HearsMatch("from 7 to 21")
			siti.HearsNothingElse()
			siti.Says("people")
			siti.HearsMatch("somebody will be with you")
			siti.HearsNothingElse()
		})
	}
}

// With an app of Qiscus's, whose webhook has to be set in the dashboard, nothing invented
// is sent anywhere.
func TestBotLeavesARealAppAlone(t *testing.T) {
	t.Setenv("QISCUS_APP_ID", "kopi-app")
	t.Setenv("QISCUS_SECRET_KEY", "a-secret")
	t.Setenv("QISCUS_OMNICHANNEL_URL", "https://omnichannel.invalid")
	ctx, end := context.WithCancel(t.Context())
	end()
	require.ErrorContains(t, run(ctx, "127.0.0.1:0", ""), "secret 1 of 1 is empty", "the sandbox's is nobody else's")
	t.Setenv("WEBHOOK_SECRET", "a-long-one")
	require.NoError(t, run(ctx, "127.0.0.1:0", ""))

	t.Setenv("QISCUS_EMAIL", "admin@example.id")
	t.Setenv("QISCUS_PASSWORD", "rahasia")
	require.ErrorIs(t, run(ctx, "127.0.0.1:0", ""), context.Canceled)
}
