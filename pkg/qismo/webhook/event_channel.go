package webhook

import "github.com/qismo-go/qismo/gen/webhooks"

// Channel is the channel that an event came through, as far as its body tells it.
// Source is the kind of the channel, such as wa, qiscus or line, or the identifier
// key of a custom channel. Two channels of different kinds may have the same ID.
//
// Older bodies do not have a channel of their own. Then the room's options tell it,
// or single members do, and what they do not tell is empty. It is not proven that
// the id in a room's options equals the one in a body's own channel: do not take
// them for the same without looking.
type Channel = webhooks.Channel

// whatsAppSource is the kind of the channels that forward what WhatsApp sends.
const whatsAppSource = "wa"

// Channel is the channel that the message came through: the body's own, which bodies
// have since 2025, else what the room's options tell. It hides the field of that name.
func (e *BotMessageEvent) Channel() Channel { return messageChannel(&e.PostComment) }

// Channel is the custom channel that the message is to go out through: the body's
// own, else what the room's options tell. It hides the field of that name.
func (e *CustomChannelMessageEvent) Channel() Channel { return messageChannel(&e.PostComment) }

// Channel is empty, unless the room is one of Omnichannel; then it is as in
// [BotMessageEvent.Channel]. It hides the field of that name.
func (e *PostCommentEvent) Channel() Channel { return messageChannel(&e.PostComment) }

// Channel is the channel of the room that waits: the body's own, which bodies have
// since 2025, else its source alone. It hides the field of that name.
func (e *CustomAgentAllocationEvent) Channel() Channel {
	return ownChannel(e.CustomAgentAllocation.Channel, Channel{Source: e.Source})
}

// Channel is the channel of the room: the body's own, which bodies have since 2025,
// else the service's source alone. It hides the field of that name.
func (e *MarkAsResolvedEvent) Channel() Channel {
	return ownChannel(e.MarkAsResolved.Channel, Channel{Source: e.Service.Source})
}

// Channel is the channel of the room: what its options tell, else what its row in
// Omnichannel tells, which has no name.
func (e *NewSessionEvent) Channel() Channel {
	row := Channel{ID: e.RoomLog.ChannelID, Source: e.RoomLog.Source}
	if channel := optionsChannel(&e.Payload.Room); channel != (Channel{}) {
		return ownChannel(&channel, row)
	}
	return row
}

// Channel is the channel of the room without its source: the body has a label for
// people instead, in the field ChannelType.
func (e *CustomButtonEvent) Channel() Channel {
	return Channel{ID: e.ChannelID, Name: e.ChannelName}
}

// Channel is the WhatsApp channel that the messages came through, without a name.
func (e *WhatsAppForwardMessageEvent) Channel() Channel {
	return Channel{ID: e.ChannelID, Source: whatsAppSource}
}

// Channel is the WhatsApp channel that the messages went out through, without a name.
func (e *WhatsAppForwardStatusEvent) Channel() Channel {
	return Channel{ID: e.ChannelID, Source: whatsAppSource}
}

func messageChannel(body *webhooks.PostComment) Channel {
	return ownChannel(body.Channel, optionsChannel(&body.Payload.Room))
}

// ownChannel is what a body says is the channel, else what follows from its other
// members. Of those only the source is taken to go with the body's own channel, as
// ids from two places may differ.
func ownChannel(own *Channel, other Channel) Channel {
	if own == nil || *own == (Channel{}) {
		return other
	}
	channel := *own
	if channel.Source == "" {
		channel.Source = other.Source
	}
	return channel
}

// optionsChannel is what a room's options say of the channel, as far as they can be
// read.
func optionsChannel(room *webhooks.MessageRoom) Channel {
	options, _ := roomOptions(room) // what could be read is in the options
	channel := Channel{ID: options.ChannelDetails.ChannelID, Name: options.ChannelDetails.Name, Source: options.Source}
	if channel.Source == "" {
		channel.Source = options.Channel
	}
	return channel
}
