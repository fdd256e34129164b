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
func (e *BotMessageEvent) RoomID() flex.ID { return e.Payload.Room.ID }

// Text is what was written. It may be empty; for a file it is the caption, or
// the file's address between [file] and [/file].
func (e *BotMessageEvent) Text() string { return e.Payload.Message.Text }

// SenderID is the user id of the sender: the JSON calls it email, but it may be a
// phone number or any other text.
func (e *BotMessageEvent) SenderID() string { return e.Payload.From.Email }

// UniqueTempID is the key to recognise a delivery that comes twice. It may be
// empty.
func (e *BotMessageEvent) UniqueTempID() string { return e.Payload.Message.UniqueTempID }

// UniqueTempID is the key to recognise a delivery that comes twice. It may be
// empty.
func (e *CustomChannelMessageEvent) UniqueTempID() string { return e.Payload.Message.UniqueTempID }

// UniqueTempID is the key to recognise a delivery that comes twice, where the
// message has no id. It may be empty.
func (e *PostCommentEvent) UniqueTempID() string { return e.Payload.Message.UniqueTempID }

// FromPlatform reports whether the sender is an app's own account, in whose name
// the platform posts, and bots as a rule. A bot that answers it talks to itself.
//
// It is not known whether messages of staff come as bot messages too. If you have
// the list of your agents, leave out their addresses as well.
func (e *BotMessageEvent) FromPlatform() bool {
	// The app's code would make it exact, but older bodies do not carry it, and no
	// customer has an address of the platform's.
	return strings.HasSuffix(strings.ToLower(e.SenderID()), platformSender)
}

// RoomOptions decodes the options of the room, which come as JSON inside text or
// as an object. A room without options has the zero value. With an error the
// options hold what could be read; the error does not hold what could not.
func (e *BotMessageEvent) RoomOptions() (webhooks.RoomOptions, error) {
	var options webhooks.RoomOptions
	err := e.Payload.Room.Options.Decode(&options)
	return options, err
}

// Candidate is the agent whom the platform proposes, and false when it proposes
// none. The proposal may be out of date, above all under load.
func (e *CustomAgentAllocationEvent) Candidate() (*webhooks.CandidateAgent, bool) {
	return e.CandidateAgent, e.CandidateAgent != nil
}

// CustomerName is the display name of the customer.
func (e *CustomAgentAllocationEvent) CustomerName() string { return e.CustomAgentAllocation.Name }
