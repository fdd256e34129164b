package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/document"
)

// What Message.Status says.
const (
	MessageSent      = "sent"
	MessageDelivered = "delivered"
	MessageRead      = "read"
)

// typesWithPayload are the types of messages whose payload the document knows.
var typesWithPayload = []string{"file_attachment", "buttons", "carousel", "card", "location", "custom"}

// checked returns a message with its payload as a JSON value, or what is wrong with
// it. The document knows what the bot's messages need, and the same is asked of
// agents'. Of customers' it knows files alone, and those may lack their payload. Types
// that it does not name are free.
func (s *Sandbox) checked(said Message) (Message, []document.Problem) {
	isCustomer := said.Author == AuthorCustomer
	payload, err := plainPayload(said.Payload, isCustomer)
	if err != nil {
		return said, []document.Problem{{Pointer: "/payload", Reason: err.Error()}}
	}
	said.Payload = payload
	isKnown := slices.Contains(typesWithPayload, said.Type)
	if isCustomer {
		isKnown = said.Type == "file_attachment" && payload != nil
	}
	like := object{"sender_email": "-", "room_id": "0", "message": said.Text}
	if isKnown {
		like["type"] = said.Type
		if payload != nil {
			like["payload"] = payload
		}
	}
	return said, s.botMessages.Validate(like)
}

// plainPayload reads a payload that may be a value of Go's, or JSON inside text. Text
// that is no JSON may stay as it is.
func plainPayload(payload any, asText bool) (any, error) {
	written, isText := payload.(string)
	if !isText {
		encoded, err := json.Marshal(payload)
		if err != nil {
			return nil, errors.New("is no JSON value")
		}
		written = string(encoded)
	}
	if written == "" {
		return nil, nil //nolint:nilnil // there is none, as clients write it that always write one
	}
	read, err := decodeJSON([]byte(written))
	switch {
	case err != nil && asText:
		return written, nil
	case err != nil:
		return nil, errors.New("is text, but no JSON")
	}
	return read, nil
}

// refuseMessage is the answer of the API to a message that is wrong.
func refuseMessage(problems []document.Problem) error {
	var details []string
	for _, problem := range problems {
		details = append(details, problem.String())
	}
	return refuseInput(details)
}

// ErrMessage is returned for a message of somebody who plays that the platform would
// not take; the error tells the places.
var ErrMessage = errors.New("the message")

// badMessage is what is wrong with a message of somebody who plays.
func badMessage(problems []document.Problem) error {
	var told []string
	for _, problem := range problems {
		told = append(told, problem.String())
	}
	return fmt.Errorf("%w: %s", ErrMessage, strings.Join(told, "; "))
}

// status tells how far a message of a room is. A customer's is read once somebody
// marks the room as read or answers; every customer who can be reached reads what
// comes, unless it is somebody on the chat server, who tells.
func (s *Sandbox) status(room *room, said Message, now time.Time) string {
	if said.Author != AuthorCustomer {
		if status, isKnown := s.state.customersReceipt(room, said); isKnown {
			return status
		}
	}
	switch {
	case said.Author == AuthorCustomer && said.ID <= room.readUpTo:
		return MessageRead
	case said.Author == AuthorCustomer, strings.HasSuffix(room.userID, unreachable) && room.channel.Source == "wa":
		return MessageSent
	default:
		return string(s.config.Pace.received(said.At, now))
	}
}

// markAsRead marks all that a customer has written as read.
func (r *room) markAsRead() {
	if count := len(r.messages); count > 0 {
		r.readUpTo = r.messages[count-1].ID
	}
}

// unread counts the customer's messages that nobody has read.
func (r *room) unread() int {
	count := 0
	for _, said := range slices.Backward(r.messages) {
		if said.ID <= r.readUpTo {
			break
		}
		if said.Author == AuthorCustomer {
			count++
		}
	}
	return count
}
