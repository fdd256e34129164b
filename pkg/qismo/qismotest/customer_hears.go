package qismotest

import (
	"fmt"
	"regexp"
	"slices"
)

// Hears waits until the bot, an agent or another user of the chat server has written a
// text to the customer, and returns that message. Each message is heard once, so that a
// second Hears of the same text waits for another one; the order in which messages are
// heard does not matter. When [WithPatience] is over it ends the test, which then tells
// what came instead.
func (c *Customer) Hears(text string) Message {
	c.server.t.Helper()
	return c.HearsMessage(fmt.Sprintf("%q", text), func(message Message) bool { return message.Text == text })
}

// HearsMatch is [Customer.Hears] of a text in which a regular expression is found.
func (c *Customer) HearsMatch(pattern string) Message {
	c.server.t.Helper()
	expression, err := regexp.Compile(pattern)
	if err != nil {
		c.server.t.Fatalf("qismotest: HearsMatch: %v", err)
		return Message{}
	}
	return c.HearsMessage("what matches "+pattern, func(message Message) bool {
		return expression.MatchString(message.Text)
	})
}

// HearsMessage is [Customer.Hears] of whatever fits, such as a file or a message by an
// agent. What is for the failure.
func (c *Customer) HearsMessage(what string, fits func(Message) bool) Message {
	c.server.t.Helper()
	var heard Message
	if late := c.server.await(func() (found bool) {
		heard, found = c.hear(fits)
		return found
	}); late != "" {
		c.server.t.Fatalf("qismotest: %s did not hear it %s\n\n%s%s", c.Name, late, instead(what, c.unheard()), c.notForBot())
	}
	return heard
}

// HearsNothingElse settles, and fails the test when somebody has written something to
// the customer that they have not heard. Then they have heard it.
func (c *Customer) HearsNothingElse() {
	c.server.t.Helper()
	c.server.Settle()
	if unheard := c.unheard(); len(unheard) > 0 {
		for _, message := range unheard { // which is told once
			c.mark(message)
		}
		c.server.t.Errorf("qismotest: %s was told more than the test expects\n\n%s", c.Name, instead("nothing else", unheard))
	}
}

// hear marks the first message that fits, of those not heard yet, as heard.
func (c *Customer) hear(fits func(Message) bool) (Message, bool) {
	for _, message := range c.unheard() {
		if fits(message) && c.mark(message) {
			return message, true
		}
	}
	return Message{}, false
}

// mark marks a message as heard, and tells whether it was not before.
func (c *Customer) mark(message Message) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	isNew := !c.heard[message.ID]
	c.heard[message.ID] = true
	return isNew
}

// unheard are the messages to the customer that were not heard yet.
func (c *Customer) unheard() []Message {
	messages := c.server.messages(c.room())
	c.mu.Lock()
	defer c.mu.Unlock()
	var unheard []Message
	for _, message := range messages {
		isSaid := message.By == ByBot || message.By == ByAgent || message.By == ByUser
		if isSaid && !c.heard[message.ID] {
			unheard = append(unheard, message)
		}
	}
	return unheard
}

// notForBot says why the bot was not told of the customer's last message, for failures.
func (c *Customer) notForBot() string {
	for _, message := range slices.Backward(c.server.messages(c.room())) {
		if message.By == ByCustomer && message.NotForBot != "" {
			return "\n\nThe bot was not told of " + message.content() + ": " + message.NotForBot + "."
		}
		if message.By == ByCustomer {
			return ""
		}
	}
	return ""
}

// instead shows what was expected above what came.
func instead(what string, came []Message) string {
	shown := newTable()
	shown.row("expected", what)
	if len(came) == 0 {
		shown.row("came", "nothing")
	}
	for i, message := range came {
		heading := ""
		if i == 0 {
			heading = "came"
		}
		shown.row(heading, message.content(), "by "+message.author())
	}
	return shown.String()
}
