package qismotest_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// exampleT stands for the *testing.T, which examples do not have. It prints what fails.
type exampleT struct{ cleanups []func() }

func (*exampleT) Helper()                                {}
func (*exampleT) Context() context.Context               { return context.Background() }
func (*exampleT) Failed() bool                           { return false }
func (*exampleT) Logf(string, ...any)                    {}
func (*exampleT) Errorf(format string, arguments ...any) { fmt.Printf(format+"\n", arguments...) }
func (*exampleT) Fatalf(format string, arguments ...any) { panic(fmt.Sprintf(format, arguments...)) }
func (t *exampleT) Cleanup(end func())                   { t.cleanups = append(t.cleanups, end) }

func (t *exampleT) end() {
	for _, end := range slices.Backward(t.cleanups) {
		end()
	}
}

// newEcho is a program under test: a bot that repeats what customers write.
func newEcho(client *qismo.Client) http.Handler {
	bot, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
			return client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text())
		},
	})
	if err != nil {
		panic(err)
	}
	return bot
}

// A bot, tested with the whole platform around it.
func Example() {
	t := &exampleT{} // in a test it is the *testing.T
	defer t.end()    // which a test does by itself

	srv := qismotest.New(t)
	srv.SendTo(newEcho(srv.Client()), qismotest.ToPath("/hooks/rahasia"))

	budi := srv.Customer("Budi")
	budi.Says("halo")
	fmt.Println(budi.Hears("You wrote: halo"))
	budi.HearsNothingElse()

	rini := srv.Agent("Rini")
	rini.TakesOver(budi.Room())
	rini.Says(budi.Room(), "Selamat pagi!")
	budi.Hears("Selamat pagi!")
	rini.Resolves(budi.Room(), "selesai")
	fmt.Println(budi.Room().State)
	// Output:
	// bot: "You wrote: halo"
	// resolved
}

// What came is shown beside what was expected.
func ExampleServer_ExpectCalls() {
	t := &exampleT{} // in a test it is the *testing.T
	defer t.end()    // which a test does by itself

	srv := qismotest.New(t)
	srv.SendTo(newEcho(srv.Client()), qismotest.ToPath("/hooks/rahasia"))
	srv.Customer("Budi").Says("halo")
	srv.ExpectCalls("createRoomTag", "sendBotMessage", "handoverRoomFromBot")
	// Output:
	// qismotest: other calls came than the test expects
	//
	//      expected             came
	//   -  createRoomTag
	//      sendBotMessage       sendBotMessage, 200
	//   -  handoverRoomFromBot
}

// A client that tries again gets over a service that fails for a moment.
func ExampleServer_Fail() {
	t := &exampleT{} // in a test it is the *testing.T
	defer t.end()    // which a test does by itself

	srv := qismotest.New(t)
	srv.Fail(qismotest.Trouble{Kind: qismotest.ServerError, Only: "listRooms", Times: 2})
	_, err := srv.Client().Rooms.List(t.Context(), qismo.ListRoomsParams{})
	fmt.Println(err)
	for _, call := range srv.Calls() {
		fmt.Println(call)
	}
	// Output:
	// <nil>
	// listRooms, 503 (trouble: server-error)
	// listRooms, 503 (trouble: server-error)
	// listRooms, 200
}

// On WhatsApp a customer who has not written for a day can be sent templates only.
func ExampleAppClock_Advance() {
	t := &exampleT{} // in a test it is the *testing.T
	defer t.end()    // which a test does by itself

	srv := qismotest.New(t)
	budi := srv.Customer("Budi")
	budi.Says("halo")
	fmt.Println(budi.Room().State)
	srv.Clock().Advance(24 * time.Hour)
	fmt.Println(budi.Room().State)
	// Output:
	// waiting
	// expired
}

// Only a bot's messages are sent here, and each is signed.
func ExampleServer_SendTo() {
	t := &exampleT{} // in a test it is the *testing.T
	defer t.end()    // which a test does by itself

	receiver := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		fmt.Println(request.URL, request.Header.Get(webhook.OmnichannelSignatureHeader) != "")
	})
	srv := qismotest.New(t)
	srv.SendTo(receiver,
		qismotest.Only(webhook.BotMessage), qismotest.ToPath("/bot"),
		qismotest.SignBase64(webhook.OmnichannelSignatureHeader, "a-secret"))
	srv.Customer("Budi").Says("halo")
	srv.ExpectDeliveries(webhook.BotMessage)
	// Output: /bot true
}
