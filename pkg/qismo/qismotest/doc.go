// Package qismotest is for the tests of programs that use Qiscus Omnichannel: it has the
// platform in it, and it invents single events. No account, tunnel or phone is needed.
//
// # The platform
//
// [New] starts an app of its own for a test: a simulation of the platform, which answers
// the API on loopback, keeps rooms, agents and customers, and sends webhooks. A test of
// a bot, whole:
//
//	func TestBot(t *testing.T) {
//		srv := qismotest.New(t)
//		bot := newBot(srv.Client()) // the program under test, a webhook.Handler
//		srv.SendTo(bot, qismotest.ToPath("/hooks/"+secret))
//
//		budi := srv.Customer("Budi").On("qiscus")
//		budi.Says("halo")
//		budi.Hears("Mau pesan?")
//		budi.Taps("Ya")
//		budi.Hears("Baik, sebentar ya.")
//		budi.HearsNothingElse()
//
//		rini := srv.Agent("Rini")
//		rini.TakesOver(budi.Room())
//		rini.Says(budi.Room(), "Selamat pagi!")
//		budi.Hears("Selamat pagi!")
//		rini.Resolves(budi.Room(), "")
//	}
//
// [Server.SendToURL] sends the webhooks to a program that listens by itself, and a program
// may set their addresses through the API. A program that makes its client of the
// environment finds the app by [Server.URL], AppID and SecretKey.
//
// Waits, such as [Customer.Hears], watch what happens and take no longer than needed;
// [WithPatience] bounds them. [Server.Settle] waits until all webhooks were answered, and
// [AppClock.Advance] moves the app's time: nothing in a test has to sleep.
//
// [Customer.Room], [Server.Calls] and [Server.Deliveries] tell what came of it.
// [Server.ExpectCalls] and [Server.ExpectDeliveries] show what was expected beside what
// came:
//
//	   expected        came
//	   sendBotMessage  sendBotMessage, 200
//	-  assignAgent
//	+                  createRoomTag, 200
//
// A test that failed logs all messages, webhooks and calls, without credentials, what is
// alike once. Of a long story the middle is left out, unless QISMOTEST_STORY is "all" in
// the environment.
//
// # The chat server
//
// Below the inbox there is the chat server, whose rooms are those of the inbox and more.
// [Server.ChatServer] and [Server.ChatUser] make clients of package chat; its broker is
// at the same port, and package realtime finds it by itself.
//
//	rini := srv.ChatUser("rini@toko.example.id")
//	token, err := rini.Token(ctx)
//
// # Trouble
//
// [Server.Fail] lets things go wrong: calls that are refused, late, or answered by a
// gateway; answers that are lost after the work was done; webhooks that are dropped, late
// or sent twice. With a rate, what fails depends on a seed that a failed test tells.
//
//	srv.Fail(qismotest.Trouble{Kind: qismotest.LostAnswer, Only: "sendBotMessage", Times: 1})
//	budi.Says("halo")
//	budi.Hears("Mau pesan?")
//	budi.HearsNothingElse() // an answer that was lost is no reason to say it twice
//
// # Events
//
// [Events] invents single events, for receivers that are to be tested without a platform.
//
//	events := qismotest.NewEvents()
//	event := events.BotMessage().Room("91840277").Customer("628115550101", "Ratna").Text("halo")
//	answer := qismotest.Deliver(t, handler, event, qismotest.ToPath("/hooks/bot/"+secret))
//	assert.Equal(t, http.StatusOK, answer.Status)
//
// All ten events can be made. Each fits the project's document of the webhooks as it
// is, and each is another delivery. Setters such as [Event.Room] write a fact wherever
// the event has it; [Event.Set] and [Event.Remove] change any other place, also so that
// the event does not fit the document any more. [Event.Shape] chooses among the forms
// that the event has had over the years, which [Shapes] lists: a receiver should take
// them all.
//
//	for _, shape := range qismotest.Shapes(webhook.BotMessage) {
//		qismotest.Deliver(t, handler, events.BotMessage().Shape(shape))
//	}
//
// # Deliveries of events
//
// [Deliver] delivers to any [http.Handler]; delivering one event twice sends the same
// body twice, as the platform may. [DeliverAll] delivers many at once, and keeps the
// order of each room. [SignHex] and [SignBase64] sign the exact bytes that are sent.
// Outside of tests, and over a network, a [Sender] does the same.
package qismotest
