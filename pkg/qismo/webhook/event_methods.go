package webhook

import (
	"strings"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// platformSender ends the address of the account that each app has for itself:
// <app_code>_admin@qismo.com.
const platformSender = "_admin@qismo.com"

// RoomID is the room in which to answer. It may arrive as text or as a number;
// here both are the same.
func (e *BotMessageEvent) RoomID() flex.ID { return roomID(&e.Payload.Room) }

// RoomID is the room in which the message was posted, be it text or a number.
func (e *CustomChannelMessageEvent) RoomID() flex.ID { return roomID(&e.Payload.Room) }

// RoomID is the room in which the message was posted, be it text or a number.
func (e *PostCommentEvent) RoomID() flex.ID { return roomID(&e.Payload.Room) }

// RoomID is the room of the session, be it text or a number.
func (e *NewSessionEvent) RoomID() flex.ID { return roomID(&e.Payload.Room) }

// RoomID is the room that waits, be it text or a number.
func (e *CustomAgentAllocationEvent) RoomID() flex.ID { return e.CustomAgentAllocation.RoomID }

// RoomID is the room in which the button was clicked, be it text or a number.
func (e *CustomButtonEvent) RoomID() flex.ID { return e.CustomButton.RoomID }

// RoomID is the room whose conversation was resolved.
func (e *MarkAsResolvedEvent) RoomID() flex.ID { return e.Service.RoomID }

// CustomerID is the user id of the customer: the JSON calls it email, but it may be
// a phone number or any other text.
func (e *CustomAgentAllocationEvent) CustomerID() string { return e.Email }

// CustomerID is the user id of the customer.
func (e *CustomButtonEvent) CustomerID() string { return e.Customer.UserID }

// CustomerID is the user id of the customer.
func (e *MarkAsResolvedEvent) CustomerID() string { return e.Customer.UserID }

// CustomerID is the user id of the customer, who sent the message.
func (e *NewSessionEvent) CustomerID() string {
	if e.RoomLog.UserID != "" {
		return e.RoomLog.UserID
	}
	return e.Payload.From.Email
}

// CustomerID is the customer's number, which is the user id of a customer on
// WhatsApp. A handler gives each message to the callback alone; of several the first
// counts.
func (e *WhatsAppForwardMessageEvent) CustomerID() string {
	if len(e.Messages) == 0 {
		return ""
	}
	return e.Messages[0].From
}

// CustomerID is the customer's number, which is the user id of a customer on
// WhatsApp. A handler gives each change to the callback alone; of several the first
// counts.
func (e *WhatsAppForwardStatusEvent) CustomerID() string {
	if len(e.Statuses) == 0 {
		return ""
	}
	return e.Statuses[0].RecipientID
}

// SenderID is the user id of the sender: the JSON calls it email, but it may be a
// phone number or any other text.
func (e *BotMessageEvent) SenderID() string { return e.Payload.From.Email }

// SenderID is the user id of the sender. A message whose sender is the customer is
// not for the customer.
func (e *CustomChannelMessageEvent) SenderID() string { return e.Payload.From.Email }

// SenderID is the user id of the sender.
func (e *PostCommentEvent) SenderID() string { return e.Payload.From.Email }

// Receivers are the user ids of those in the room who are neither the sender nor an
// app's own account. Among them is the customer to deliver to, whom nothing in the
// body names: leave out your agents.
func (e *CustomChannelMessageEvent) Receivers() []string {
	var receivers []string
	for _, participant := range e.Payload.Room.Participants {
		if participant.Email != e.SenderID() && !fromPlatform(participant.Email) {
			receivers = append(receivers, participant.Email)
		}
	}
	return receivers
}

// Text is what was written. It may be empty; for a file it is the caption, or
// the file's address between [file] and [/file].
func (e *BotMessageEvent) Text() string { return e.Payload.Message.Text }

// Text is what was written, as [BotMessageEvent.Text] is.
func (e *CustomChannelMessageEvent) Text() string { return e.Payload.Message.Text }

// Text is what was written, as [BotMessageEvent.Text] is.
func (e *PostCommentEvent) Text() string { return e.Payload.Message.Text }

// Text is what was written; for a file it is the caption.
func (e *NewSessionEvent) Text() string { return e.Payload.Message.Text }

// Text is what was written; for an image it is the caption, and for anything else it
// is empty. Of several messages the first counts.
func (e *WhatsAppForwardMessageEvent) Text() string {
	if len(e.Messages) == 0 {
		return ""
	}
	switch message := &e.Messages[0]; {
	case message.Text != nil:
		return message.Text.Body
	case message.Image != nil:
		return message.Image.Caption
	}
	return ""
}

// UniqueTempID is the id that the sender's program made up. It may be empty. To
// recognise a delivery that comes twice, take DeduplicationKey.
func (e *BotMessageEvent) UniqueTempID() string { return e.Payload.Message.UniqueTempID }

// UniqueTempID is the id that the sender's program made up. It may be empty. To
// recognise a delivery that comes twice, take DeduplicationKey.
func (e *CustomChannelMessageEvent) UniqueTempID() string { return e.Payload.Message.UniqueTempID }

// UniqueTempID is the id that the sender's program made up. It may be empty. To
// recognise a delivery that comes twice, take DeduplicationKey.
func (e *PostCommentEvent) UniqueTempID() string { return e.Payload.Message.UniqueTempID }

// FromPlatform reports whether the sender is an app's own account, in whose name
// the platform posts, and bots as a rule. A bot that answers it talks to itself. So a
// message whose sender is missing counts as the platform's, too: to leave a customer
// without an answer is better than to answer without end.
//
// It is not known whether messages of staff come as bot messages too. If you have
// the list of your agents, leave out their addresses as well.
func (e *BotMessageEvent) FromPlatform() bool {
	sender := e.SenderID()
	return strings.TrimSpace(sender) == "" || fromPlatform(sender)
}

// fromPlatform does not ask for the app's code, which would make it exact: older
// bodies do not carry it, and no customer has an address of the platform's.
func fromPlatform(sender string) bool {
	return strings.HasSuffix(strings.ToLower(sender), platformSender)
}

// Candidate is the agent whom the platform proposes, and false when it proposes
// none. The proposal may be out of date, above all under load.
func (e *CustomAgentAllocationEvent) Candidate() (*webhooks.CandidateAgent, bool) {
	return e.CandidateAgent, e.CandidateAgent != nil
}

// CustomerName is the display name of the customer.
func (e *CustomAgentAllocationEvent) CustomerName() string { return e.CustomAgentAllocation.Name }

// roomID is the id of a room, which a room carries twice.
func roomID(room *webhooks.MessageRoom) flex.ID {
	if isSet(room.ID.String()) {
		return room.ID
	}
	return room.IDStr
}
