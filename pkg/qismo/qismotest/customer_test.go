package qismotest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// impatient lets a wait that is meant to fail do so soon.
var impatient = qismotest.WithPatience(100 * time.Millisecond)

// roomID is a room's id as the client has it.
func roomID(customer *qismotest.Customer) flex.ID { return flex.ID(customer.Room().ID) }

func TestACustomerHearsEachMessageOnce(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	client := srv.Client()
	budi := srv.Customer("Budi")
	budi.Says("halo")
	for _, text := range []string{"Satu", "Dua", "Satu", "Jam 21.00"} {
		require.NoError(t, client.Bot.SendText(t.Context(), roomID(budi), text))
	}
	srv.Admin().Says(budi.Room(), "Tiga")
	assert.Equal(t, "Dua", budi.Hears("Dua").Text)
	first := budi.Hears("Satu")
	assert.NotEqual(t, first.ID, budi.Hears("Satu").ID)
	assert.Equal(t, qismotest.ByAgent, budi.Hears("Tiga").By)
	assert.Equal(t, "Jam 21.00", budi.HearsMatch(`^Jam \d+`).Text)
	budi.HearsNothingElse()
}

func TestWhatCameInsteadIsShown(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, impatient)
		budi := srv.Customer("Budi")
		budi.Says("halo")
		say(t, srv, budi, "You wrote: hallo")
		srv.Agent("Rini").Says(budi.Room(), "Selamat pagi!")
		budi.Hears("You wrote: halo")
		panic("the test goes on")
	})
	assert.Equal(t, `
qismotest: Budi did not hear it within 100ms

  expected  "You wrote: halo"
  came      "You wrote: hallo"  by bot
            "Selamat pagi!"     by Rini Astuti

The bot was not told of "halo": the app has no bot.
`, test.failure())

	test = record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, impatient)
		budi := srv.Customer("Budi")
		srv.SendTo(http.NotFoundHandler(), qismotest.Only(webhook.BotMessage))
		budi.Says("halo")
		budi.HearsMatch("^You")
	})
	assert.Equal(t, `
qismotest: Budi did not hear it within 100ms

  expected  what matches ^You
  came      nothing
`, test.failure())
}

func TestWhatWasSaidBesidesIsShown(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t)
		budi := srv.Customer("Budi")
		budi.Says("halo")
		say(t, srv, budi, "Halo!")
		say(t, srv, budi, "Halo!")
		budi.Hears("Halo!")
		budi.HearsNothingElse()
		budi.HearsNothingElse() // it was told
	})
	assert.Equal(t, `
qismotest: Budi was told more than the test expects

  expected  nothing else
  came      "Halo!"  by bot
`, test.failure())
}

func TestARoomThatIsNotAsWantedIsShown(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t, impatient)
		budi := srv.Customer("Budi")
		budi.Says("halo")
		client := srv.Client()
		if _, err := client.Tags.Create(t.Context(), roomID(budi), "vip"); err != nil {
			t.Fatalf("%v", err)
		}
		budi.WaitForState(qismotest.RoomWaiting)
		budi.WaitForState(qismotest.RoomResolved)
	})
	assert.Equal(t, `
qismotest: Budi's room: wanted "resolved" within 100ms, it is "waiting"

  state     waiting
  tags      vip
  messages  "halo"  by Budi
`, test.failure())
}

func TestCustomersAreKeptApart(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	budi := srv.Customer("Budi")
	assert.Same(t, budi, srv.Customer("Budi"))
	onInstagram, onCustom := budi.On("ig"), budi.On("ik-2207")
	assert.Same(t, onInstagram, budi.On("ig"))
	rooms := map[string]bool{}
	for _, customer := range []*qismotest.Customer{budi, onInstagram, onCustom, srv.Customer("Rahma Putri").On("qiscus")} {
		customer.Says("halo")
		rooms[customer.Room().ID] = true
		assert.Equal(t, customer.UserID, customer.Room().UserID)
	}
	assert.Len(t, rooms, 4)
	assert.Len(t, srv.Rooms(), 4)
	assert.Equal(t, "6281151380335", budi.UserID)
	assert.Equal(t, "rahma.putri.4318418@example.id", srv.Customer("Rahma Putri").On("qiscus").UserID)

	test := record(t, func(t qismotest.TB) { qismotest.New(t).Customer("Budi").On("tiktok") })
	assert.Equal(t, "\nqismotest: there is no channel \"tiktok\", only wa, qiscus, ig, ik-2207, line, telegram, fb\n", test.failure())
	test = record(t, func(t qismotest.TB) { qismotest.New(t).Customer("Budi").Room() })
	assert.Equal(t, "\nqismotest: Budi has no room, as they have not written yet\n", test.failure())
	assert.Empty(t, srv.Customer("Wulan").Calls())
}

func TestAFileIsSent(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	budi := srv.Customer("Budi")
	budi.SendsFile("https://cdn.example.id/nota.pdf", "notanya")
	message := budi.Room().Messages[0]
	assert.Equal(t, "file_attachment", message.Type)
	assert.JSONEq(t, `{"url":"https://cdn.example.id/nota.pdf","caption":"notanya"}`, string(message.Payload))
}

func TestAnyMessageIsSent(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	budi := srv.Customer("Budi")
	budi.Sends("location", "", struct {
		Name      string  `json:"name"`
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
	}{"Kedai", -6.2, 106.8})
	message := budi.Room().Messages[0]
	assert.Equal(t, "location", message.Type)
	assert.JSONEq(t, `{"name":"Kedai","latitude":-6.2,"longitude":106.8}`, string(message.Payload))

	test := record(t, func(t qismotest.TB) { qismotest.New(t).Customer("Budi").Sends("custom", "", func() {}) })
	assert.Equal(t, "\nqismotest: a payload cannot be a func()\n", test.failure())
}

func TestAButtonIsTapped(t *testing.T) {
	t.Parallel()
	buttons := func(t qismotest.TB, srv *qismotest.Server, customer *qismotest.Customer) {
		t.Helper()
		message := qismo.NewButtons("Mau pesan?",
			qismo.PostbackButton("Ya", ""), qismo.PostbackButton("Nanti", "besok saja"),
			qismo.LinkButton("Daftar harga", "https://example.id/harga"))
		if err := srv.Client().Bot.SendMessage(t.Context(), roomID(customer), message); err != nil {
			t.Fatalf("%v", err)
		}
	}
	srv := qismotest.New(t)
	budi := srv.Customer("Budi").On("qiscus")
	budi.Says("halo")
	buttons(t, srv, budi)
	asked := budi.Hears("Mau pesan?")
	assert.Equal(t, []string{"Ya", "Nanti", "Daftar harga"}, asked.Buttons())
	budi.Taps("Ya")
	budi.Taps("Nanti")
	messages := budi.Room().Messages
	last := messages[len(messages)-2:]
	assert.Equal(t, "Ya", last[0].Text)
	assert.Equal(t, "besok saja", last[1].Text)
	assert.Equal(t, "button_postback_response", last[1].Type)

	for name, test := range map[string]struct {
		channel, label, told string
	}{
		"of WhatsApp":    {"wa", "Ya", `Budi cannot tap "Ya": a bot's buttons do not show on WhatsApp`},
		"that is none":   {"qiscus", "Tidak", `Budi has no button "Tidak", only ["Ya" "Nanti" "Daftar harga"]`},
		"that is a link": {"qiscus", "Daftar harga", `a tap on "Daftar harga" opens a page: the platform hears nothing of it`},
	} {
		t.Run("a button "+name, func(t *testing.T) {
			t.Parallel()
			recorded := record(t, func(t qismotest.TB) {
				srv := qismotest.New(t)
				budi := srv.Customer("Budi").On(test.channel)
				budi.Says("halo")
				buttons(t, srv, budi)
				budi.Taps(test.label)
			})
			assert.Equal(t, "\nqismotest: "+test.told+"\n", recorded.failure())
		})
	}
}

// say lets the bot say something.
func say(t qismotest.TB, srv *qismotest.Server, to *qismotest.Customer, text string) {
	t.Helper()
	if err := srv.Client().Bot.SendText(t.Context(), roomID(to), text); err != nil {
		t.Fatalf("%v", err)
	}
}
