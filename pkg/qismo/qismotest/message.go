package qismotest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Message is one message in a room.
type Message struct {
	ID string
	// By tells what kind of participant wrote it, and Name is what they are called.
	By   Author
	Name string
	// Type is the kind of message, such as text, buttons or file_attachment.
	Type string
	Text string
	// Payload is what belongs to the type, as JSON; nil for a plain text.
	Payload json.RawMessage
	// NotForBot says why a customer's message was not sent to the bot, such as that an
	// agent serves the room; "" when it was.
	NotForBot string
	// At is when it was written, in the app's time.
	At time.Time
}

// Author tells what kind of participant wrote a message.
type Author string

// Who writes messages.
const (
	ByCustomer Author = "customer"
	ByBot      Author = "bot"
	ByAgent    Author = "agent"  // a person, also one who writes through the API
	ByUser     Author = "user"   // of the chat server, who is nobody in the inbox
	BySystem   Author = "system" // tells who joined, left and resolved
)

// String shows the message in one line.
func (m Message) String() string { return m.author() + ": " + m.content() }

// author is who wrote the message, for people.
func (m Message) author() string {
	switch m.By {
	case ByCustomer, ByAgent, ByUser:
		return m.Name
	default:
		return string(m.By)
	}
}

// content is what was written, for people.
func (m Message) content() string {
	shown := strconv.Quote(shortened(m.Text))
	if m.Type != "text" && m.By != BySystem {
		shown = m.Type + " " + shown
	}
	if labels := m.Buttons(); labels != nil {
		shown += fmt.Sprintf(" with %q", labels)
	}
	return shown
}

// longestShown is how many characters of a text are shown.
const longestShown = 80

func shortened(text string) string {
	if runes := []rune(text); len(runes) > longestShown {
		return string(runes[:longestShown]) + "…"
	}
	return text
}

// messages are what was said in a room, oldest first.
func (s *Server) messages(roomID string) []Message {
	var messages []Message
	for _, said := range s.sandbox.Messages(roomID) {
		messages = append(messages, messageOf(said))
	}
	return messages
}

func messageOf(said sandbox.Message) Message {
	message := Message{
		ID: strconv.FormatInt(said.ID, 10), By: Author(said.Author), Name: said.Name, Type: said.Type, Text: said.Text,
		NotForBot: said.NotForBot, At: said.At,
	}
	if said.Payload != nil {
		if written, err := json.Marshal(said.Payload); err == nil { // which it came from
			message.Payload = written
		}
	}
	return message
}
