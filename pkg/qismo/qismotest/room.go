package qismotest

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// RoomState says where a room is in its life.
type RoomState string

// The states of rooms.
const (
	RoomNew      RoomState = "new"      // nobody has written yet
	RoomWithBot  RoomState = "with bot" // the bot hears the customer, and no agent serves
	RoomWaiting  RoomState = "waiting"  // the customer waits for an agent
	RoomServed   RoomState = "served"   // an agent serves
	RoomExpired  RoomState = "expired"  // WhatsApp's window has closed
	RoomResolved RoomState = "resolved"
)

// Room is a customer's room at one moment.
type Room struct {
	ID       string
	Source   string // the channel's kind, such as wa, or a custom channel's identifier key
	Channel  string // the channel's name
	UserID   string // the customer's
	Customer string // the customer's name
	State    RoomState
	Agents   []string // the names of those who serve, in the order in which they joined
	AgentIDs []string
	Tags     []string
	Info     []Property // the room's additional information
	Notes    string     // of the newest session
	Sessions int        // how many there were, this one included
	WithBot  bool       // whether the bot is switched on in the room
	Messages []Message  // oldest first
	Created  time.Time
}

// Property is a line of a room's additional information.
type Property struct{ Key, Value string }

// Author says what kind of participant wrote a message.
type Author string

// Who writes messages.
const (
	ByCustomer Author = "customer"
	ByBot      Author = "bot"
	ByAgent    Author = "agent"
	BySystem   Author = "system" // who joined, left, resolved
)

// Message is one message in a room.
type Message struct {
	ID      string
	By      Author
	Name    string          // the author's
	Type    string          // such as text, buttons or file_attachment
	Text    string          // what was written; a file's is that of its message
	Payload json.RawMessage // what belongs to the type; nil for a plain text
	At      time.Time       // in the app's time
}

// Room returns a room as it is now, and fails the test when there is none.
func (s *Server) Room(id string) Room {
	s.t.Helper()
	found, ok := s.sandbox.Room(id)
	if !ok {
		s.t.Fatalf("qismotest: there is no room %s", id)
		return Room{}
	}
	return s.room(found)
}

func (s *Server) room(found sandbox.RoomSnapshot) Room {
	room := Room{
		ID: found.ID, Source: found.Source, Channel: found.ChannelName, UserID: found.UserID, Customer: found.Name,
		State: RoomState(found.State), Agents: found.AgentNames, Tags: found.Tags, Notes: found.Notes,
		Sessions: found.Sessions, WithBot: found.HandledByBot, Created: found.Created,
	}
	for _, id := range found.AgentIDs {
		room.AgentIDs = append(room.AgentIDs, strconv.FormatInt(id, 10))
	}
	for _, property := range found.Properties {
		room.Info = append(room.Info, Property(property))
	}
	for _, message := range s.sandbox.Messages(found.ID) {
		room.Messages = append(room.Messages, newMessage(message))
	}
	return room
}

func newMessage(said sandbox.Message) Message {
	message := Message{
		ID: strconv.FormatInt(said.ID, 10), By: Author(said.Author), Name: said.Name, Type: said.Type, Text: said.Text,
		At: said.At,
	}
	if said.Payload != nil {
		message.Payload, _ = json.Marshal(said.Payload) // it was JSON
	}
	return message
}
