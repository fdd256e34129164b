package qismotest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestCallsAndDeliveriesAreRecorded(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	srv.SendTo(newBot(t, srv.Client()), qismotest.ToPath("/hooks/rahasia"),
		qismotest.Only(webhook.NewSession, webhook.BotMessage, webhook.CustomAgentAllocation))
	budi, wulan := srv.Customer("Budi"), srv.Customer("Wulan")
	budi.Says("halo")
	wulan.Says("pagi")
	budi.Hears("You wrote: halo")
	wulan.Hears("You wrote: pagi")
	srv.Settle()

	calls := srv.Calls("sendBotMessage")
	require.Len(t, calls, 2)
	assert.Equal(t, "sendBotMessage, 200", calls[0].String())
	assert.Equal(t, http.MethodPost, calls[0].Method)
	assert.Equal(t, "/"+srv.AppID+"/bot", calls[0].Path)
	assert.Contains(t, string(calls[0].Request.Bytes), "You wrote: ")
	assert.Empty(t, srv.Calls("assignAgent"))

	deliveries := budi.Deliveries(webhook.BotMessage)
	require.Len(t, deliveries, 1)
	assert.Equal(t, "botMessage, 200", deliveries[0].String())
	assert.Equal(t, budi.Room().ID, deliveries[0].RoomID)
	assert.Equal(t, 1, deliveries[0].Attempt)
	event, err := webhook.ParseAs(deliveries[0].Event, deliveries[0].Request.Bytes)
	require.NoError(t, err)
	message, ok := event.(*webhook.BotMessageEvent)
	require.True(t, ok)
	assert.Equal(t, "halo", message.Text())

	budi.ExpectCalls("sendBotMessage")
	wulan.ExpectDeliveries(webhook.NewSession, webhook.BotMessage, webhook.CustomAgentAllocation)
	srv.ExpectCalls("sendBotMessage", "sendBotMessage")
	assert.Len(t, srv.WaitForCalls("sendBotMessage", 1), 2)
	assert.Len(t, srv.WaitForDeliveries(webhook.NewSession, 2), 2)
}

func TestACallThatDoesNotFitTheDocumentTellsWhere(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	for _, target := range []string{"/api/v2/admin/rooms?limit=many", "/api/v2/nothing?token=rahasia"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+target, http.NoBody)
		require.NoError(t, err)
		request.Header.Set("Qiscus-App-Id", srv.AppID)
		request.Header.Set("Qiscus-Secret-Key", srv.SecretKey)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	http.DefaultClient.CloseIdleConnections()
	srv.Settle()
	calls := srv.Calls()
	require.Len(t, calls, 2)
	assert.Contains(t, calls[1].String(), "GET of no known route, 404")
	assert.NotContains(t, calls[1].String(), "rahasia")
}

func TestOtherCallsThanExpectedAreShownSideBySide(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t)
		client := srv.Client(qismo.WithoutRetries())
		budi := srv.Customer("Budi")
		budi.Says("halo")
		say(t, srv, budi, "Halo!")
		srv.Fail(qismotest.Trouble{Kind: qismotest.ServerError, Only: "createRoomTag", Times: 1})
		for range 2 { // the first one fails
			_, _ = client.Tags.Create(t.Context(), roomID(budi), "vip")
		}
		srv.ExpectCalls("sendBotMessage", "assignAgent", "createRoomTag")
		budi.ExpectCalls()
	})
	assert.Equal(t, `
qismotest: other calls came than the test expects

     expected        came
     sendBotMessage  sendBotMessage, 200
  -  assignAgent
     createRoomTag   createRoomTag, 503 (trouble: server-error)
  +                  createRoomTag, 200
---
qismotest: other calls came than the test expects

     expected  came
  +            sendBotMessage, 200
  +            createRoomTag, 503 (trouble: server-error)
  +            createRoomTag, 200
`, test.failure())
}

func TestOtherDeliveriesThanExpectedAreShownSideBySide(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t)
		srv.SendTo(http.NotFoundHandler(), qismotest.ToPath("/hooks/rahasia"))
		srv.Fail(qismotest.Trouble{Kind: qismotest.DropWebhook, Only: "botMessage"})
		budi := srv.Customer("Budi")
		budi.Says("halo")
		srv.ExpectDeliveries(webhook.MarkAsResolved, webhook.CustomAgentAllocation)
		budi.ExpectDeliveries()
	})
	assert.Equal(t, `
qismotest: other webhooks were delivered than the test expects

     expected               came
  -  markAsResolved
  +                         newSession, 404
  +                         botMessage, it was dropped on purpose (trouble: drop-webhook)
     customAgentAllocation  customAgentAllocation, 404
---
qismotest: other webhooks were delivered than the test expects

     expected  came
  +            newSession, 404
  +            botMessage, it was dropped on purpose (trouble: drop-webhook)
  +            customAgentAllocation, 404
`, test.failure())
}

func TestADeliveryWithoutAnAnswerTellsNoPath(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	srv.SendToURL("http://127.0.0.1:1/rahasia", qismotest.Only(webhook.NewSession))
	srv.Customer("Budi").Says("halo")
	srv.Settle()
	deliveries := srv.Deliveries()
	require.Len(t, deliveries, 1)
	assert.Equal(t, "http://127.0.0.1:1/rahasia", deliveries[0].URL)
	assert.Zero(t, deliveries[0].Status)
	assert.Contains(t, deliveries[0].Failure, "dial tcp 127.0.0.1:1")
	assert.NotContains(t, deliveries[0].String(), "rahasia")
}

func TestTooFewAreCounted(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, impatient)
		budi := srv.Customer("Budi")
		budi.Says("halo")
		say(t, srv, budi, "Halo!")
		srv.WaitForCalls("sendBotMessage", 2)
	})
	assert.Equal(t, `
qismotest: too few calls of sendBotMessage within 100ms

  expected  2
  came      1
            sendBotMessage, 200
`, test.failure())
	test = record(t, func(t qismotest.TB) {
		qismotest.New(t, impatient).WaitForDeliveries(webhook.BotMessage, 1)
	})
	assert.Equal(t, `
qismotest: too few deliveries of botMessage within 100ms

  expected  1
  came      0
`, test.failure())
}

// Calls of the chat server are looked up like the others.
func TestCallsOfTheChatServer(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	_, err := srv.ChatUser("dewi").Token(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, srv.WaitForCalls("sdkGetNonce", 1))
	assert.Empty(t, srv.Calls("sdkPostComment"))
}

// A name that is misspelt would find nothing, and so nothing wrong.
func TestNamesThatThereAreNotEndTheTest(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(*qismotest.Server){
		"operation":      func(srv *qismotest.Server) { srv.Calls("sendBotMesage") },
		"expected":       func(srv *qismotest.Server) { srv.ExpectCalls("sendBotMesage") },
		"waited":         func(srv *qismotest.Server) { srv.WaitForCalls("sendBotMesage", 1) },
		"event":          func(srv *qismotest.Server) { srv.Deliveries("botMesage") },
		"expected event": func(srv *qismotest.Server) { srv.ExpectDeliveries("botMesage") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := record(t, func(t qismotest.TB) {
				use(qismotest.New(t, impatient))
				panic("the test goes on")
			})
			assert.Regexp(t, `has the name "(send)?[bB]otMesage"`, test.failure())
		})
	}
}

func TestANameThatIsWrongHasNearOnes(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) { qismotest.New(t).Calls("sendbotmesage") })
	assert.Contains(t, test.failure(), `qismotest: no operation has the name "sendbotmesage"; near it are sendBotMessage, `)
	assert.Contains(t, test.failure(), "(docs/operations.md and docs/chat-operations.md name that of each method)")
}
