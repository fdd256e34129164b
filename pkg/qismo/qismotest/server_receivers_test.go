package qismotest_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// visits are the requests that a handler saw.
type visits struct {
	mu   sync.Mutex
	seen []*http.Request
}

func (v *visits) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = append(v.seen, r)
}

func (v *visits) paths() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var paths []string
	for _, request := range v.seen {
		paths = append(paths, request.URL.RequestURI())
	}
	return paths
}

func TestWebhooksArriveAsTheOptionsSay(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	program := &visits{}
	srv.SendTo(program,
		qismotest.ToPath("/hooks"), qismotest.WithQuery("secret", "rahasia"), qismotest.WithHeader("X-Secret", "rahasia"),
		qismotest.SignBase64(webhook.OmnichannelSignatureHeader, "kunci"), qismotest.FromAddress("203.0.113.7", "10.0.0.2"),
		qismotest.Only(webhook.BotMessage))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	srv.ExpectDeliveries(webhook.BotMessage)

	require.Len(t, program.seen, 1)
	request := program.seen[0]
	assert.Equal(t, "/hooks?secret=rahasia", request.URL.RequestURI())
	assert.Equal(t, "rahasia", request.Header.Get("X-Secret"))
	assert.Equal(t, "application/json", request.Header.Get("Content-Type"))
	assert.Equal(t, "203.0.113.7", request.Header.Get("X-Forwarded-For"))
	assert.Equal(t, "10.0.0.2:40000", request.RemoteAddr)
	qismotest.Deliver(t, program, qismotest.Raw(srv.Deliveries()[0].Request.Bytes),
		qismotest.SignBase64(webhook.OmnichannelSignatureHeader, "kunci"))
	assert.Equal(t, program.seen[1].Header.Get(webhook.OmnichannelSignatureHeader),
		request.Header.Get(webhook.OmnichannelSignatureHeader))
}

func TestEachEventHasItsReceiver(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	bot, rest, elsewhere := &visits{}, &visits{}, &visits{}
	other := httptest.NewServer(elsewhere)
	t.Cleanup(other.Close)
	srv.SendTo(rest)
	srv.SendTo(bot, qismotest.Only(webhook.BotMessage), qismotest.ToPath("/bot"))
	srv.SendToURL(other.URL+"/resolved?x=1", qismotest.Only(webhook.MarkAsResolved), qismotest.WithHeader("Content-Type", ""))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	srv.Admin().Resolves(budi.Room(), "")
	srv.Settle()
	assert.Equal(t, []string{"/bot"}, bot.paths())
	assert.Equal(t, []string{"/", "/"}, rest.paths()) // newSession and customAgentAllocation
	assert.Equal(t, []string{"/resolved?x=1"}, elsewhere.paths())
	assert.Empty(t, elsewhere.seen[0].Header.Get("Content-Type"))
}

func TestChannelsAndButtonsHaveReceivers(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithButtons("Buat tiket", "Tagih"))
	app, channel, tickets, buttons := &visits{}, &visits{}, &visits{}, &visits{}
	srv.SendTo(app)
	srv.SendTo(buttons, qismotest.Only(webhook.CustomButton), qismotest.ToPath("/button"))
	srv.SendTo(tickets, qismotest.Of("Buat tiket"), qismotest.ToPath("/ticket"))
	srv.SendTo(channel, qismotest.Only(webhook.CustomChannelMessage, webhook.WhatsAppForwardMessage))
	budi, wulan := srv.Customer("Budi").On("ik-2207"), srv.Customer("Wulan")
	budi.Says("halo")
	srv.Settle()
	rini := srv.Agent("Rini")
	rini.PressesButton(budi.Room(), "Buat tiket")
	rini.PressesButton(budi.Room(), "Tagih")
	rini.Says(budi.Room(), "Selamat pagi!")
	srv.Settle()
	assert.Equal(t, []string{"/button"}, buttons.paths())
	assert.Equal(t, []string{"/ticket"}, tickets.paths())
	assert.Equal(t, []string{"/"}, channel.paths())
	assert.Len(t, app.paths(), 3)
	wulan.Says("pagi")
	srv.Settle()
	assert.Len(t, channel.paths(), 2)
}

func TestAProgramSetsItsWebhooksItself(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	program := &visits{}
	server := httptest.NewServer(program)
	t.Cleanup(server.Close)
	_, err := srv.Client().WebhookSettings.SetNewSession(t.Context(), server.URL+"/sessions", true)
	require.NoError(t, err)
	srv.Customer("Budi").Says("halo")
	srv.ExpectDeliveries(webhook.NewSession)
	assert.Equal(t, []string{"/sessions"}, program.paths())
}

func TestReceiversThatAreWrongEndTheTest(t *testing.T) {
	t.Parallel()
	for told, use := range map[string]func(*qismotest.Server){
		"qismotest: SendTo: the handler is nil":                          func(srv *qismotest.Server) { srv.SendTo(nil) },
		"qismotest: ToPath: the path does not begin with a slash":        func(srv *qismotest.Server) { srv.SendTo(&visits{}, qismotest.ToPath("x")) },
		"qismotest: Only: there is no event":                             func(srv *qismotest.Server) { srv.SendTo(&visits{}, qismotest.Only()) },
		"qismotest: the address does not begin with http:// or https://": func(srv *qismotest.Server) { srv.SendToURL("rahasia") },
		"qismotest: Only: postComment is not of the platform, but of the Chat SDK": func(srv *qismotest.Server) {
			srv.SendTo(&visits{}, qismotest.Only(webhook.PostComment))
		},
		"qismotest: Of: the name is empty": func(srv *qismotest.Server) { srv.SendTo(&visits{}, qismotest.Of("")) },
		"qismotest: there is no channel and no button \"Kirim\" with an event to send": func(srv *qismotest.Server) {
			srv.SendTo(&visits{}, qismotest.Of("Kirim"))
		},
		"qismotest: FromAddress: it is for handlers in this process": func(srv *qismotest.Server) {
			srv.SendToURL("http://127.0.0.1:1", qismotest.FromAddress("203.0.113.7"))
		},
	} {
		test := record(t, func(t qismotest.TB) {
			use(qismotest.New(t))
			panic("the test goes on")
		})
		assert.Equal(t, []string{told}, test.said)
	}
	test := record(t, func(t qismotest.TB) { qismotest.New(t).SendTo(&visits{}, qismotest.Only("botMesage")) })
	assert.Contains(t, test.failure(), `qismotest: Only: no event has the name "botMesage"; there are ["botMessage"`)
}

func TestOnlyIsNothingForASender(t *testing.T) {
	t.Parallel()
	only := qismotest.Only(webhook.BotMessage)
	_, err := qismotest.NewSender(&visits{}, only)
	require.EqualError(t, err, "qismotest: Only and Of are for the platform of a Server")
	_, err = qismotest.NewHTTPSender(&http.Client{}, "http://127.0.0.1:1", only)
	require.EqualError(t, err, "qismotest: Only and Of are for the platform of a Server")
}

func TestAProgramThatPanicsFailsTheTest(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t)
		srv.SendTo(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("tidak ada") }),
			qismotest.Only(webhook.BotMessage))
		budi := srv.Customer("Budi")
		budi.Says("halo")
		srv.Settle()
	})
	require.Len(t, test.said, 1)
	assert.Contains(t, test.said[0], "qismotest: the program under test panicked: tidak ada\n\ngoroutine ")
	assert.Contains(t, test.said[0], "server_receivers_test.go")

	srv := qismotest.New(t)
	srv.SendTo(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	srv.Customer("Budi").Says("halo")
	srv.Settle()
	assert.Zero(t, srv.Deliveries()[0].Status)
}

// Each event is delivered as was said of it, also where several have one address.
func TestOneAddressForSeveralEvents(t *testing.T) {
	srv := qismotest.New(t)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	srv.SendToURL(receiver.URL+"/hooks", qismotest.Only(webhook.BotMessage), qismotest.WithHeader("X-Secret", "bot"))
	srv.SendToURL(receiver.URL+"/hooks", qismotest.Only(webhook.NewSession))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	budi.ExpectDeliveries(webhook.NewSession, webhook.BotMessage)
	assert.Empty(t, budi.Deliveries()[0].Request.Header.Get("X-Secret"))
	assert.Equal(t, "bot", budi.Deliveries()[1].Request.Header.Get("X-Secret"))
}
