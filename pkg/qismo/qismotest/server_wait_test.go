package qismotest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestItWaitsForWhatAProgramDoesLater(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	client := srv.Client()
	written := make(chan error)
	budi := srv.Customer("Budi")
	budi.Says("halo")
	id, text := roomID(budi), make(chan string)
	go func() { written <- client.Bot.SendText(t.Context(), id, <-text) }()
	text <- "Sebentar lagi."
	srv.WaitFor("the bot has written", func() bool { return len(srv.Calls("sendBotMessage")) == 1 })
	require.NoError(t, <-written)
	budi.Hears("Sebentar lagi.")
}

func TestWhatItWaitedForIsTold(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		qismotest.New(t, impatient).WaitFor("both rooms are served", func() bool { return false })
	})
	assert.Equal(t, "\nqismotest: wanted \"both rooms are served\" within 100ms, it did not come to that\n", test.failure())
}

// A handler that never answers fails the test, at its end too, and is cancelled.
func TestAHandlerThatHangsIsTold(t *testing.T) {
	t.Parallel()
	cancelled := make(chan struct{})
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, impatient)
		srv.SendTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			close(cancelled)
		}), qismotest.Only(webhook.BotMessage))
		srv.Customer("Budi").Says("halo")
		srv.Settle()
	})
	assert.Equal(t, `
qismotest: webhooks or calls did not end within 100ms
---
qismotest: webhooks were still under way 1s after the test
`, test.failure())
	<-cancelled
}

// limited is a test whose time is nearly over.
type limited struct {
	*recorded
	deadline time.Time
}

func (l limited) Deadline() (time.Time, bool) { return l.deadline, !l.deadline.IsZero() }

func TestNothingIsWaitedForBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		near := limited{t.(*recorded), time.Now().Add(time.Second)}
		qismotest.New(near, qismotest.WithPatience(time.Hour)).WaitFor("it is evening", func() bool { return false })
	})
	assert.Equal(t, "\nqismotest: wanted \"it is evening\" within 0s, it did not come to that\n", test.failure())
	test = record(t, func(t qismotest.TB) {
		none := limited{t.(*recorded), time.Time{}}
		qismotest.New(none, impatient).WaitFor("it is evening", func() bool { return false })
	})
	assert.Equal(t, "\nqismotest: wanted \"it is evening\" within 100ms, it did not come to that\n", test.failure())
}

func TestAWaitEndsWithItsTest(t *testing.T) {
	t.Parallel()
	waited := make(chan struct{})
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, qismotest.WithPatience(time.Hour))
		looked := make(chan struct{}, 1)
		go func() {
			defer close(waited)
			srv.WaitFor("it is evening", func() bool {
				select {
				case looked <- struct{}{}:
				default:
				}
				return false
			})
		}()
		<-looked
	})
	<-waited
	assert.Equal(t, "\nqismotest: wanted \"it is evening\" before the test ended, it did not come to that\n", test.failure())
}
