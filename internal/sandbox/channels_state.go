package sandbox

import (
	"slices"
	"time"
)

// firstChannel is before the first id that a new channel gets.
const firstChannel = 5200

// channelBook holds what is known of channels beside where customers write.
type channelBook struct {
	details map[*Channel]*channelDetails
	ids     sequence
}

func newChannelBook() channelBook {
	return channelBook{details: map[*Channel]*channelDetails{}, ids: firstChannel}
}

// channelDetails are a channel's settings.
type channelDetails struct {
	badge             string
	off               bool
	secure, secureTOC bool   // live chat: whether customers' identity is checked
	botToken          string // Telegram
	responder         responder
	style, variables  any // live chat: the widget's look
	made, changed     time.Time
}

// detailsOf finds a channel's settings, or makes those that it begins with.
func (s *state) detailsOf(channel *Channel) *channelDetails {
	found, ok := s.channelBook.details[channel]
	if !ok {
		found = &channelDetails{
			badge: badge(channel), botToken: channelSecret("tg", channel), made: s.made, changed: s.made,
		}
		s.channelBook.details[channel] = found
	}
	return found
}

// kindOf is the code of a channel's kind. That of a custom channel is not its
// source.
func kindOf(channel *Channel) string {
	if channel.Custom {
		return kindCustom
	}
	return channel.Source
}

const kindCustom = "custom"

// channelOfKind finds a channel by its kind and its id. Of custom channels the
// identifier key is taken for the kind as well.
func (s *state) channelOfKind(kind string, id any) (*Channel, error) {
	wanted, isNumber := number(id)
	for _, channel := range s.channels {
		if isNumber && channel.ID == wanted && (kindOf(channel) == kind || channel.Source == kind) {
			return channel, nil
		}
	}
	return nil, notFound("channel")
}

// addChannel makes a channel of a source. Customers can write to it at once.
func (s *state) addChannel(source, name string, now time.Time) (*Channel, *channelDetails) {
	made := &Channel{ID: s.channelBook.ids.next(), Source: source, Name: name}
	for s.hasChannel(made) {
		made.ID = s.channelBook.ids.next()
	}
	made.Name = orDefault(name, source+" "+text(made.ID))
	s.channels = append(s.channels, made)
	details := s.detailsOf(made)
	details.made, details.changed = now, now
	return made, details
}

// hasChannel tells whether there is or was a channel of the same source and id.
func (s *state) hasChannel(wanted *Channel) bool {
	isIt := func(channel *Channel) bool { return keyOf(channel) == keyOf(wanted) }
	for channel := range s.channelBook.details {
		if isIt(channel) {
			return true // it was taken away
		}
	}
	return slices.ContainsFunc(s.channels, isIt)
}

// removeChannel takes a channel away, also from the agents who served it. Its rooms
// stay, and show that it is off.
func (s *state) removeChannel(removed *Channel) {
	isRemoved := func(channel *Channel) bool { return channel == removed }
	s.channels = slices.DeleteFunc(s.channels, isRemoved)
	for _, member := range s.staff {
		member.channels = slices.DeleteFunc(member.channels, isRemoved)
	}
	s.detailsOf(removed).off = true
}

// channelSecret is a channel's secret of a kind, always the same.
func channelSecret(prefix string, channel *Channel) string { return prefix + "-" + text(channel.ID) }
