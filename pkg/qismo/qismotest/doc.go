// Package qismotest is for the tests of programs that receive webhooks of Qiscus
// Omnichannel: it invents events, signs them and delivers them, without an account, a
// tunnel or a phone.
//
//	events := qismotest.NewEvents()
//	event := events.BotMessage().Room("91840277").Customer("628115550101", "Ratna").Text("halo")
//	answer := qismotest.Deliver(t, handler, event, qismotest.ToPath("/hooks/bot/"+secret))
//	assert.Equal(t, http.StatusOK, answer.Status)
//
// # Events
//
// [Events] makes all ten events. Each fits the project's document of the webhooks as it
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
// # Deliveries
//
// [Deliver] delivers to any [http.Handler]; delivering one event twice sends the same
// body twice, as the platform may. [DeliverAll] delivers many at once, and keeps the
// order of each room. [SignHex] and [SignBase64] sign the exact bytes that are sent.
// Outside of tests, and over a network, a [Sender] does the same.
package qismotest
