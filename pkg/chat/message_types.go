package chat

import (
	wire "github.com/qismo-go/qismo/gen/chat"
)

type (
	// MessageType is the type of a message, which decides what its payload is. Those
	// that have a meaning of their own are constants here; others are the app's.
	MessageType = wire.MessageType
	// FilePayload is the payload of a file.
	FilePayload = wire.FilePayload
	// ButtonsPayload is the payload of a text with buttons.
	ButtonsPayload = wire.ButtonsPayload
	// Button is a button; [LinkButton] and [PostbackButton] make one.
	Button = wire.Button
	// ButtonType is what a button does.
	ButtonType = wire.ButtonType
	// ButtonTarget is where a button leads.
	ButtonTarget = wire.ButtonTarget
	// CardPayload is the payload of one card.
	CardPayload = wire.CardPayload
	// CarouselPayload is the payload of cards side by side.
	CarouselPayload = wire.CarouselPayload
	// CarouselCard is one card of a carousel.
	CarouselCard = wire.CarouselCard
	// CardAction is what a tap on a card does: a button without a label.
	CardAction = wire.CardAction
	// LocationPayload is the payload of a place.
	LocationPayload = wire.LocationPayload
	// ContactPayload is the payload of somebody to get in touch with.
	ContactPayload = wire.ContactPayload
	// ContactType is what the value of a contact is.
	ContactType = wire.ContactType
	// AccountLinkingPayload is the payload of an invitation to log in somewhere else.
	AccountLinkingPayload = wire.AccountLinkingPayload
	// AccountLinkingParams are what clients show of such an invitation.
	AccountLinkingParams = wire.AccountLinkingParams
	// ReplyPayload is the payload of an answer to another message, with what clients
	// show of that.
	ReplyPayload = wire.ReplyPayload
	// CustomPayload is the payload of a [MessageCustom].
	CustomPayload = wire.CustomPayload
	// SystemEventPayload is the payload of a system event.
	SystemEventPayload = wire.SystemEventPayload
)

// The types of message that have a meaning of their own.
const (
	MessageText           MessageType = "text"
	MessageReply          MessageType = "reply"
	MessageFile           MessageType = "file_attachment"
	MessageButtons        MessageType = "buttons"
	MessageCard           MessageType = "card"
	MessageCarousel       MessageType = "carousel"
	MessageLocation       MessageType = "location"
	MessageContact        MessageType = "contact_person"
	MessageAccountLinking MessageType = "account_linking"
	MessagePostback       MessageType = "button_postback_response"
	MessageCustom         MessageType = "custom"
	MessageSystemEvent    MessageType = "system_event"
)

// reservedTypes are the types that no message of one's own can take. The vendor's guide
// spells the type of replies "replay", so that is taken as well.
//
//nolint:gochecknoglobals // a table
var reservedTypes = []MessageType{
	MessageText, MessageReply, MessageFile, MessageButtons, MessageCard, MessageCarousel, MessageLocation,
	MessageContact, MessageAccountLinking, MessagePostback, MessageCustom, MessageSystemEvent, "replay",
}

// What a button does.
const (
	ButtonLink     = wire.ButtonTypeLink
	ButtonPostback = wire.ButtonTypePostback
)

// How a postback button calls its address.
const (
	PostbackGet  = wire.ButtonMethodGet
	PostbackPost = wire.ButtonMethodPost
)

// What the value of a contact is.
const (
	ContactPhone = wire.ContactTypePhone
	ContactEmail = wire.ContactTypeEmail
)
