package qismotest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestTheWorldIsAsTheOptionsSay(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t,
		qismotest.WithRooms(3),
		qismotest.WithStaff(
			qismotest.Staff{Name: "Rini Astuti", Divisions: []string{"Keluhan"}},
			qismotest.Staff{Name: "Bambang", Email: "bos@example.id", Password: "rahasia-bos", Role: qismotest.RoleSupervisor},
			qismotest.Staff{Name: "Tuti", Role: qismotest.RoleAdmin, Offline: true},
		),
		qismotest.WithChannels(
			qismotest.Channel{ID: 7, Source: "telegram", Name: "Kopi"},
			qismotest.Channel{ID: 8, Source: "portal", Name: "Portal", Custom: true},
		),
	)
	assert.Len(t, srv.Rooms(), 3)
	assert.Equal(t, "telegram", srv.Rooms()[0].Source)
	assert.Equal(t, "rini.astuti@example.id", srv.Agent("Rini").Email)
	assert.Equal(t, qismotest.RoleSupervisor, srv.Agent("bos@example.id").Role)
	assert.Equal(t, "rahasia-bos", srv.Agent("Bambang").Password)
	budi := srv.Customer("Budi").On("portal")
	budi.Says("halo")
	assert.Equal(t, "Portal", budi.Room().Channel)

	names := qismotest.New(t, qismotest.WithAgents("Rini", "Dimas"))
	agents, err := names.Client().Agents.List(t.Context(), qismo.ListAgentsParams{})
	require.NoError(t, err)
	assert.Len(t, agents.Items, 3) // with the admin
}

func TestEventsHaveTheShapeThatIsChosen(t *testing.T) {
	t.Parallel()
	for _, option := range []qismotest.Option{
		qismotest.WithShape(qismotest.Shape2021), qismotest.WithShape(qismotest.Shape2021, webhook.BotMessage),
	} {
		srv := qismotest.New(t, option)
		srv.SendTo(&visits{}, qismotest.Only(webhook.BotMessage))
		srv.Customer("Budi").Says("halo")
		srv.Settle()
		assert.NotContains(t, string(srv.Deliveries()[0].Request.Bytes), `"app_code"`) // which came in 2025
	}
	test := record(t, func(t qismotest.TB) { qismotest.New(t, qismotest.WithShape(qismotest.ShapeImage, webhook.BotMessage)) })
	assert.Equal(t, "\nqismotest: start the server: sandbox: botMessage has no shape \"image\"\n", test.failure())
}

func TestWebhooksAreSentAgain(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithRedelivery(3, time.Hour))
	srv.SendTo(http.NotFoundHandler(), qismotest.Only(webhook.BotMessage))
	srv.Customer("Budi").Says("halo")
	srv.ExpectDeliveries(webhook.BotMessage)
	srv.Clock().Advance(time.Hour)
	srv.ExpectDeliveries(webhook.BotMessage, webhook.BotMessage)
	srv.Clock().Advance(time.Hour)
	srv.Settle()
	srv.Clock().Advance(time.Hour)
	srv.ExpectDeliveries(webhook.BotMessage, webhook.BotMessage, webhook.BotMessage)
	assert.Equal(t, 3, srv.Deliveries()[2].Attempt)
}

func TestAllocationsComeTwice(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithDoubleAllocation())
	srv.SendTo(&visits{}, qismotest.Only(webhook.CustomAgentAllocation))
	srv.Customer("Budi").Says("halo")
	srv.ExpectDeliveries(webhook.CustomAgentAllocation, webhook.CustomAgentAllocation)
}

func TestThePlatformAllocates(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithAllocation(), qismotest.WithAgents("Rini"))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	assert.Equal(t, []string{"Rini"}, budi.WaitForState(qismotest.RoomServed).Agents)
}

func TestMessagesAreReceived(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithReceipts(time.Minute))
	srv.SendTo(&visits{}, qismotest.Only(webhook.WhatsAppForwardStatus))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	srv.Admin().Says(budi.Room(), "Selamat pagi!")
	srv.Settle()
	before := len(srv.Deliveries(webhook.WhatsAppForwardStatus))
	srv.Clock().Advance(2 * time.Minute)
	srv.Settle()
	assert.Len(t, srv.Deliveries(webhook.WhatsAppForwardStatus), before+2) // delivered and read
}

// Many customers of one app wait side by side.
func TestManyCustomersAreHeard(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithPatience(time.Minute))
	srv.SendTo(newBot(t, srv.Client()), qismotest.ToPath("/hooks/rahasia"))
	started := make(chan struct{})
	const customers = 200
	heard := make(chan string, customers)
	for n := range customers {
		customer := srv.Customer(string(rune('A'+n%26)) + string(rune('a'+n/26)))
		go func() {
			<-started
			customer.Says("halo")
			heard <- customer.Hears("You wrote: halo").Text
		}()
	}
	close(started)
	for range customers {
		require.Equal(t, "You wrote: halo", <-heard)
	}
}

func TestOfficeHoursAreSaid(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	srv := qismotest.New(t, qismotest.WithTime(sunday), qismotest.WithOfficeHours(qismotest.OfficeHours{
		Zone: "+00:00", Week: []qismotest.OpenHours{{Day: time.Monday, From: "08:00", Until: "17:00"}},
		Offline: "Kami tutup.", Online: "Kami jawab segera.",
	}))
	budi, wulan := srv.Customer("Budi"), srv.Customer("Wulan")
	budi.Says("halo")
	srv.Clock().AdvanceTo(sunday.Add(24 * time.Hour))
	wulan.Says("halo")
	assert.Equal(t, `system: "Kami tutup."`, budi.Room().Messages[1].String())
	assert.Equal(t, `system: "Kami jawab segera."`, wulan.Room().Messages[1].String())
	test := record(t, func(t qismotest.TB) {
		qismotest.New(t, qismotest.WithOfficeHours(qismotest.OfficeHours{Zone: "WIB"}))
	})
	assert.Equal(t, "\nqismotest: start the server: sandbox: the zone of the office hours is no offset such as +07:00\n",
		test.failure())
}
