package qismotest

import (
	"fmt"
	"strings"
	"sync"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Customer is somebody who writes to the app. Each has a room of their own on each
// channel. Make one with [Server.Customer].
type Customer struct {
	// Name and UserID are what the platform knows of the customer. The id is invented:
	// a phone number without + on WhatsApp, an address elsewhere.
	Name, UserID string

	server *Server
	number int
	source string // "" for the app's first channel

	mu     sync.Mutex
	roomID string
	heard  map[string]bool // the ids of messages
}

// Customer returns a customer of the app's first channel, WhatsApp unless an option
// says otherwise: the same one each time for a name.
func (s *Server) Customer(name string) *Customer {
	return s.customer(name, s.sandbox.Config().Channels[0].Source)
}

// On returns the same customer on another channel, by the code of its kind such as wa,
// qiscus or ig, or by a custom channel's identifier key. The room there is another.
func (c *Customer) On(source string) *Customer {
	c.server.t.Helper()
	var known []string
	for _, channel := range c.server.sandbox.Channels() {
		if channel.Source == source {
			return c.server.customer(c.Name, source)
		}
		known = append(known, channel.Source)
	}
	c.server.t.Fatalf("qismotest: there is no channel %q; there are %s", source, strings.Join(known, ", "))
	return nil
}

func (s *Server) customer(name, source string) *Customer {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := source + "\x00" + name
	if known, ok := s.customers[key]; ok {
		return known
	}
	number := len(s.customers) + 1
	customer := &Customer{
		Name: name, UserID: inventUserID(source, name, number), server: s, source: source, heard: map[string]bool{},
	}
	s.customers[key] = customer
	return customer
}

func inventUserID(source, name string, number int) string {
	switch source {
	case "wa":
		return fmt.Sprintf("62811555%04d", number)
	case "ig":
		return fmt.Sprintf("1784140%07d", number)
	default:
		return fmt.Sprintf("%s.%d@example.id", strings.ReplaceAll(strings.ToLower(name), " ", "."), number)
	}
}

// Says lets the customer write a text. The webhooks that follow are sent after it
// returns.
func (c *Customer) Says(text string) {
	c.server.t.Helper()
	c.writes(sandbox.CustomerMessage{Text: text})
}

func (c *Customer) writes(message sandbox.CustomerMessage) {
	c.server.t.Helper()
	message.Source, message.UserID, message.Name = c.source, c.UserID, c.Name
	roomID, err := c.server.sandbox.CustomerWrites(c.server.t.Context(), message)
	if err != nil {
		c.server.t.Fatalf("qismotest: %s could not write: %v", c.Name, err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.roomID = roomID
}

// Room returns the customer's room as it is now, the newest one when there are several.
// It fails the test when the customer has not written yet.
func (c *Customer) Room() Room {
	c.server.t.Helper()
	c.mu.Lock()
	id := c.roomID
	c.mu.Unlock()
	if id == "" {
		c.server.t.Fatalf("qismotest: %s has no room: they have not written yet", c.Name)
		return Room{}
	}
	return c.server.Room(id)
}

// Hears waits until the bot or an agent has written a text that the customer has not
// heard before, and returns the message. Each message is heard once, in any order.
func (c *Customer) Hears(text string) Message {
	c.server.t.Helper()
	var heard Message
	ok := c.server.await(func() (found bool) {
		heard, found = c.hear(func(message Message) bool { return message.Text == text })
		return found
	})
	if !ok {
		c.server.t.Fatalf("qismotest: %s did not hear %q within %s\n\n%s", c.Name, text, c.server.patience(), c.server.story())
	}
	return heard
}

// hear looks for a message that fits among those not heard before.
func (c *Customer) hear(fits func(Message) bool) (Message, bool) {
	room := c.Room()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, message := range room.Messages {
		toCustomer := message.By == ByBot || message.By == ByAgent
		if toCustomer && !c.heard[message.ID] && fits(message) {
			c.heard[message.ID] = true
			return message, true
		}
	}
	return Message{}, false
}
