package webhook

// Name is the name of an event: a key under webhooks in the project's document.
// The vendor names events in prose only, so the names are the project's own.
type Name string

// The events.
const (
	// BotMessage is a message of a customer, for a bot.
	BotMessage Name = "botMessage"
	// CustomAgentAllocation is a room that waits for an agent.
	CustomAgentAllocation Name = "customAgentAllocation"
	// CustomButton is a click of a staff member on a custom button.
	CustomButton Name = "customButton"
	// MarkAsResolved is a conversation that was resolved.
	MarkAsResolved Name = "markAsResolved"
	// NewSession is the first message of a session.
	NewSession Name = "newSession"
	// UserLogout is a staff member who logged out of the dashboard.
	UserLogout Name = "userLogout"
	// CustomChannelMessage is a message for the customer of a custom channel.
	CustomChannelMessage Name = "customChannelMessage"
	// WhatsAppForwardMessage is WhatsApp messages nearly as Meta sent them.
	WhatsAppForwardMessage Name = "whatsAppForwardMessage"
	// WhatsAppForwardStatus is changes of WhatsApp messages that were sent.
	WhatsAppForwardStatus Name = "whatsAppForwardStatus"
	// PostComment is a message in a room of the Chat SDK.
	PostComment Name = "postComment"
)

// Unknown is the name of an [UnknownEvent]. [Names] does not list it, as nothing
// is sent under it.
const Unknown Name = "unknown"

// Names lists the events that are known. The slice is the caller's.
func Names() []Name {
	return []Name{
		BotMessage, CustomAgentAllocation, CustomButton, MarkAsResolved, NewSession, UserLogout,
		CustomChannelMessage, WhatsAppForwardMessage, WhatsAppForwardStatus, PostComment,
	}
}
