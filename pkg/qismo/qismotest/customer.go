package qismotest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Customer is somebody who writes to the app, on one channel, where they have a room of
// their own. Get one with [Server.Customer]. It is safe for concurrent use.
type Customer struct {
	// Name is what the customer is called.
	Name string
	// UserID is the customer's id on the channel, which is invented: a phone number
	// without + on WhatsApp, a number on Instagram, an e-mail address elsewhere.
	UserID string

	server *Server
	source string

	mu     sync.Mutex
	roomID string          // "" before they wrote
	heard  map[string]bool // the ids of messages
}

// Customer returns a customer of the app's first channel, which is WhatsApp unless
// [WithChannels] says otherwise. For one name it is always the same one.
func (s *Server) Customer(name string) *Customer {
	return s.customer(name, s.sandbox.Config().Channels[0].Source)
}

// On returns the same customer on another channel, where their room is another: by the
// code of the channel's kind, such as qiscus or ig, or by the identifier key of a custom
// channel.
func (c *Customer) On(source string) *Customer {
	c.server.t.Helper()
	var known []string
	for _, channel := range c.server.sandbox.Channels() {
		if channel.Source == source {
			return c.server.customer(c.Name, source)
		}
		known = append(known, channel.Source)
	}
	c.server.t.Fatalf("qismotest: there is no channel %q, only %s", source, strings.Join(known, ", "))
	return nil
}

func (s *Server) customer(name, source string) *Customer {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := customerKey{source, name}
	if known, ok := s.customers[key]; ok {
		return known
	}
	customer := &Customer{
		Name: name, UserID: s.inventUserID(source, name), server: s, source: source, heard: map[string]bool{},
	}
	s.customers[key] = customer
	return customer
}

// inventUserID makes up a customer's id. It comes of the name alone, so that customers who
// write at once meet with the same trouble in each run; only of two names that would have
// one id, the later gets the next. It is called with the lock held.
func (s *Server) inventUserID(source, name string) string {
	hashed := fnv.New32a()
	_, _ = hashed.Write([]byte(name)) // which never fails
	number := hashed.Sum32()
	id := userID(source, name, number)
	for ; s.userIDs[id]; id = userID(source, name, number) {
		number++
	}
	s.userIDs[id] = true
	return id
}

// userID is a customer's id as the kind of channel has it.
func userID(source, name string, number uint32) string {
	number %= 10_000_000
	switch source {
	case "wa":
		return fmt.Sprintf("628115%07d", number)
	case "ig":
		return fmt.Sprintf("1784140%07d", number)
	default:
		return fmt.Sprintf("%s.%d@example.id", addressable(name), number)
	}
}

// addressable makes of a name what can stand before the @ of an address.
func addressable(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), ".")
}

// Says lets the customer write a text. The webhooks that follow from it are sent after
// Says has returned.
func (c *Customer) Says(text string) {
	c.server.t.Helper()
	c.writes(sandbox.CustomerMessage{Text: text})
}

// SendsFile lets the customer send a file, by its address.
func (c *Customer) SendsFile(url, caption string) {
	c.server.t.Helper()
	c.Sends("file_attachment", "[file] "+url+" [/file]", map[string]any{"url": url, "caption": caption})
}

// Sends lets the customer send a message of any type, such as location, with a payload as
// [json.Marshal] writes it; nil for none.
func (c *Customer) Sends(kind, text string, payload any) {
	c.server.t.Helper()
	written, err := json.Marshal(payload)
	if err == nil {
		err = json.Unmarshal(written, &payload)
	}
	if err != nil {
		c.server.t.Fatalf("qismotest: a payload cannot be a %T", payload)
		return
	}
	c.writes(sandbox.CustomerMessage{Type: kind, Text: text, Payload: payload})
}

func (c *Customer) writes(message sandbox.CustomerMessage) {
	c.server.t.Helper()
	message.Source, message.UserID, message.Name = c.source, c.UserID, c.Name
	c.mu.Lock()
	defer c.mu.Unlock()
	roomID, err := c.server.sandbox.CustomerWrites(c.server.t.Context(), message)
	if err != nil {
		c.server.t.Fatalf("qismotest: %s could not write: %v", c.Name, err)
		return
	}
	c.roomID = roomID
}

// Room returns the customer's room as it is now; of several the one in which they wrote
// last. It ends the test when they have not written yet.
func (c *Customer) Room() Room {
	c.server.t.Helper()
	id := c.room()
	if id == "" {
		c.server.t.Fatalf("qismotest: %s has no room, as they have not written yet", c.Name)
		return Room{}
	}
	return c.server.Room(id)
}

// room is the id of the customer's room, "" when there is none yet.
func (c *Customer) room() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.roomID
}

// WaitForRoom waits until the customer's room is as a test wants it, and returns it. It
// ends the test when that takes longer than [WithPatience] says. What is for the
// failure, such as "has a tag".
func (c *Customer) WaitForRoom(what string, fits func(Room) bool) Room {
	c.server.t.Helper()
	var room Room
	if late := c.server.await(func() bool {
		room = c.Room()
		return fits(room)
	}); late != "" {
		c.server.t.Fatalf("qismotest: %s's room: wanted %q %s, it is %q\n\n%s",
			c.Name, what, late, room.State, room.described())
	}
	return room
}

// WaitForState waits until the customer's room is in a state, as [Customer.WaitForRoom]
// does.
func (c *Customer) WaitForState(state RoomState) Room {
	c.server.t.Helper()
	return c.WaitForRoom(string(state), func(room Room) bool { return room.State == state })
}

// Calls returns the calls about the customer's room; see [Server.Calls].
func (c *Customer) Calls(operations ...string) []Call {
	c.server.t.Helper()
	if c.room() == "" {
		return nil
	}
	return c.server.calls(c.room(), operations)
}

// Deliveries returns the webhooks about the customer's room; see [Server.Deliveries].
func (c *Customer) Deliveries(events ...webhook.Name) []Delivery {
	c.server.t.Helper()
	if c.room() == "" {
		return nil
	}
	return c.server.deliveries(c.room(), events)
}
