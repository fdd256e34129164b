package qismotest_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestTroubleStrikesWhatItIsAbout(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithTrouble(
		qismotest.Trouble{Kind: qismotest.RateLimit, Only: "listRooms", Times: 1, Delay: 7 * time.Second},
		qismotest.Trouble{Kind: qismotest.HTMLError, Only: "listAgents"},
	))
	client := srv.Client(qismo.WithoutRetries())
	_, err := client.Rooms.List(t.Context(), qismo.ListRoomsParams{})
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, http.StatusTooManyRequests, failure.Status)
	assert.Equal(t, 7*time.Second, failure.RetryAfter)
	_, err = client.Rooms.List(t.Context(), qismo.ListRoomsParams{})
	require.NoError(t, err)
	for range 2 {
		_, err = client.Agents.List(t.Context(), qismo.ListAgentsParams{})
		require.Error(t, err)
	}
	calls := srv.Calls("listAgents")
	require.Len(t, calls, 2)
	assert.Equal(t, []qismotest.TroubleKind{qismotest.HTMLError}, calls[0].Trouble)

	srv.Fail()
	_, err = client.Agents.List(t.Context(), qismo.ListAgentsParams{})
	require.NoError(t, err)
}

func TestAClientTriesAgainAtOnce(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	srv.Fail(qismotest.Trouble{Kind: qismotest.ServerError, Times: 2})
	_, err := srv.Client().Rooms.List(t.Context(), qismo.ListRoomsParams{})
	require.NoError(t, err)
	srv.ExpectCalls("listRooms", "listRooms", "listRooms")
}

func TestWebhooksMeetWithTrouble(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	srv.SendTo(newBot(t, srv.Client()), qismotest.ToPath("/hooks/rahasia"), qismotest.Only(webhook.BotMessage))
	srv.Fail(qismotest.Trouble{Kind: qismotest.RepeatWebhook})
	budi := srv.Customer("Budi")
	budi.Says("halo")
	budi.ExpectDeliveries(webhook.BotMessage, webhook.BotMessage)
}

// struck tells which of many calls failed, with a seed.
func struck(t *testing.T, options ...qismotest.Option) []int {
	t.Helper()
	srv := qismotest.New(t, append(options, qismotest.WithRooms(1))...)
	client := srv.Client(qismo.WithoutRetries())
	srv.Fail(qismotest.Trouble{Kind: qismotest.ServerError, Rate: 0.5})
	var failed []int
	for number := range 64 {
		if _, err := client.Rooms.Get(t.Context(), flex.ID(srv.Rooms()[0].ID)); err != nil {
			failed = append(failed, number)
		}
	}
	return failed
}

func TestASeedReplaysTheTrouble(t *testing.T) {
	t.Parallel()
	first := struck(t, qismotest.WithSeed(7))
	assert.NotEmpty(t, first)
	assert.Less(t, len(first), 64)
	assert.Equal(t, first, struck(t, qismotest.WithSeed(7)))
	assert.NotEqual(t, first, struck(t, qismotest.WithSeed(8)))
	other := struck(t)
	assert.NotEqual(t, other, struck(t), "two seeds of 2^64 are the same")
}

// struckCustomers tells whose messages got no answer of a bot, who write at once.
func struckCustomers(t *testing.T, names []string) []string {
	t.Helper()
	srv := qismotest.New(t, qismotest.WithSeed(7))
	srv.SendTo(newBot(t, srv.Client(qismo.WithoutRetries())), qismotest.ToPath("/hooks/rahasia"))
	srv.Fail(
		qismotest.Trouble{Kind: qismotest.ServerError, Only: "sendBotMessage", Rate: 0.3},
		qismotest.Trouble{Kind: qismotest.DropWebhook, Rate: 0.3},
	)
	var writing sync.WaitGroup
	for _, name := range names {
		writing.Go(func() { srv.Customer(name).Says("halo") })
	}
	writing.Wait()
	srv.Settle()
	var unanswered []string
	for _, name := range slices.Sorted(slices.Values(names)) {
		if room := srv.Customer(name).Room(); len(room.Messages) == 1 {
			unanswered = append(unanswered, name)
		}
	}
	return unanswered
}

// In whichever order customers come, the same ones meet with the same trouble.
func TestASeedReplaysTheTroubleOfCustomersWhoWriteAtOnce(t *testing.T) {
	t.Parallel()
	var names []string
	for number := range 40 {
		names = append(names, fmt.Sprint("Customer ", number))
	}
	first := struckCustomers(t, names)
	assert.NotEmpty(t, first)
	assert.Less(t, len(first), len(names))
	slices.Reverse(names)
	assert.Equal(t, first, struckCustomers(t, names))
}

func TestTheSeedComesFromTheEnvironment(t *testing.T) {
	t.Setenv("QISMOTEST_SEED", "7")
	assert.Equal(t, struck(t, qismotest.WithSeed(7)), struck(t))
	t.Setenv("QISMOTEST_SEED", "tujuh")
	test := record(t, func(t qismotest.TB) { qismotest.New(t) })
	assert.Equal(t, "\nqismotest: QISMOTEST_SEED is not a number\n", test.failure())
}

func TestTroubleThatMakesNoSenseEndsTheTest(t *testing.T) {
	t.Parallel()
	for told, trouble := range map[string]qismotest.Trouble{
		`there is no trouble "bad-weather"; there is all, latency`:                  {Kind: "bad-weather"},
		"the rate of latency is not between 0 and 1":                                {Kind: qismotest.Latency, Rate: 1.5},
		"the times of latency are negative":                                         {Kind: qismotest.Latency, Times: -1},
		"the status of server-error is not between 500 and 599":                     {Kind: qismotest.ServerError, Status: 404},
		"lost-answer strikes calls only, and botMessage is an event":                {Kind: qismotest.LostAnswer, Only: "botMessage"},
		"late-webhook strikes webhooks only, and listRooms is an operation":         {Kind: qismotest.LateWebhook, Only: "listRooms"},
		"sendBotMesage is no such operation or event; near it are sendBotMessage, ": {Kind: qismotest.ServerError, Only: "sendBotMesage"},
		"botMessages is no such operation or event; near it are botMessage, ":       {Kind: qismotest.DropWebhook, Only: "botMessages"},
	} {
		test := record(t, func(t qismotest.TB) { qismotest.New(t).Fail(trouble) })
		assert.Contains(t, test.failure(), "qismotest: sandbox: ")
		assert.Contains(t, test.failure(), told)
		test = record(t, func(t qismotest.TB) { qismotest.New(t, qismotest.WithTrouble(trouble)) })
		assert.Contains(t, test.failure(), "qismotest: start the server: sandbox: ")
	}
}

// Every kind can be made, and what has struck is counted.
func TestAllTroubleIsMadeAndCounted(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	assert.Empty(t, srv.Struck())
	for _, kind := range qismotest.Kinds() {
		srv.Fail(qismotest.Trouble{Kind: kind})
	}
	srv.Fail(qismotest.Trouble{Kind: qismotest.AllTrouble, Delay: time.Millisecond, Times: 1})
	client := srv.Client(qismo.WithoutRetries())
	for range 2 {
		_, err := client.Rooms.List(t.Context(), qismo.ListRoomsParams{})
		require.Error(t, err)
	}
	struck := srv.Struck()
	assert.Equal(t, map[qismotest.TroubleKind]int{
		qismotest.Latency: 1, qismotest.RateLimit: 1, qismotest.ServerError: 1,
	}, struck)
	srv.Fail()
	assert.Equal(t, struck, srv.Struck())
}
