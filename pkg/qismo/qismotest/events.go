package qismotest

import (
	"encoding/base64"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// leastNumber is of ten digits, as ids are.
const leastNumber = 1_000_000_000

// Events makes events, each another delivery: it has ids of its own, and is about
// another customer, in a room of their own, unless its setters say otherwise.
//
// Ids are made of the time at which the source was made, and a number that counts up.
// So a second run of a program makes other ids, and two sources of one clock that
// stands still make the same. It is safe for concurrent use; make one with
// [NewEvents].
type Events struct {
	now    func() time.Time
	first  int64 // of the numbers that ids are made of
	made   atomic.Int64
	misuse error
}

// EventsOption sets something of [NewEvents].
type EventsOption func(*Events)

// Clock sets where events have their time from, and their ids: [time.Now] if it is not
// given. With a clock that stands still a test sees the same bodies each time.
func Clock(now func() time.Time) EventsOption {
	return func(e *Events) {
		if now == nil {
			e.misuse = errors.New("Clock: the function is nil")
			return
		}
		e.now = now
	}
}

// NewEvents returns a source of events. What is wrong with an option is told by the
// method Body of the events.
func NewEvents(options ...EventsOption) *Events {
	events := &Events{now: time.Now}
	for _, option := range options {
		if option == nil {
			events.misuse = errors.New("an option is nil")
			continue
		}
		option(events)
	}
	// Microseconds are numbers that also a float64 holds exactly, and nobody sends a
	// million events in a second. Whatever a clock says, ids have ten digits and more.
	events.first = max(events.now().UnixMicro(), leastNumber)
	return events
}

// New makes an event by its name. A name that no event has is told by the event's
// method Body.
func (e *Events) New(name webhook.Name) *Event {
	number := strconv.FormatInt(e.first+e.made.Add(1), 10)
	event := &Event{name: name, appCode: inventedApp, misuse: e.misuse}
	if shapes := Shapes(name); len(shapes) > 0 {
		event.shape = shapes[0]
	}
	event.fresh = []fill{
		{roomID, number}, {customerID, customerOf(name, number)}, {serviceID, number}, {sentAt, e.now()},
		{uniqueTempID, tempIDOf(name, number)}, {whatsAppID, whatsAppIDOf(number)},
		{otherWhatsAppID, whatsAppIDOf(number + ".2")}, {messageID, number},
	}
	if name == webhook.UserLogout {
		event.fresh = append(event.fresh, fill{agentID, number})
	}
	return event
}

// customerOf is the user id of a customer: a phone number, or what a program of one's
// own calls its users.
func customerOf(name webhook.Name, number string) string {
	switch name {
	case webhook.CustomChannelMessage:
		return "mitra-" + number
	case webhook.PostComment:
		return "yoga-" + number
	}
	return "62811" + number[len(number)-9:]
}

func tempIDOf(name webhook.Name, number string) string {
	if name == webhook.PostComment {
		return "ios_" + number
	}
	return "bq" + number
}

func whatsAppIDOf(number string) string {
	return "wamid." + base64.StdEncoding.EncodeToString([]byte(number))
}

// BotMessage makes a message of a customer, for a bot.
func (e *Events) BotMessage() *Event { return e.New(webhook.BotMessage) }

// CustomAgentAllocation makes a room that waits for an agent.
func (e *Events) CustomAgentAllocation() *Event { return e.New(webhook.CustomAgentAllocation) }

// CustomButton makes a click of a staff member on a custom button.
func (e *Events) CustomButton() *Event { return e.New(webhook.CustomButton) }

// MarkAsResolved makes a conversation that was resolved.
func (e *Events) MarkAsResolved() *Event { return e.New(webhook.MarkAsResolved) }

// NewSession makes the first message of a session.
func (e *Events) NewSession() *Event { return e.New(webhook.NewSession) }

// UserLogout makes a staff member who logged out of the dashboard.
func (e *Events) UserLogout() *Event { return e.New(webhook.UserLogout) }

// CustomChannelMessage makes a message of an agent for the customer of a custom
// channel.
func (e *Events) CustomChannelMessage() *Event { return e.New(webhook.CustomChannelMessage) }

// WhatsAppForwardMessage makes a WhatsApp message nearly as Meta sent it.
func (e *Events) WhatsAppForwardMessage() *Event { return e.New(webhook.WhatsAppForwardMessage) }

// WhatsAppForwardStatus makes a change of a WhatsApp message that was sent.
func (e *Events) WhatsAppForwardStatus() *Event { return e.New(webhook.WhatsAppForwardStatus) }

// PostComment makes a message in a room of the Chat SDK.
func (e *Events) PostComment() *Event { return e.New(webhook.PostComment) }
