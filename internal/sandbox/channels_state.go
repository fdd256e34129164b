package sandbox

import (
	"slices"
	"time"
)

// firstChannel is before the first id that a new channel gets.
const firstChannel = 5200

// channelKey tells channels apart: ids are unique within a source only.
type channelKey struct {
	source string
	id     int64
}

// channelBook holds what is known of channels beside where customers write.
type channelBook struct {
	details map[channelKey]*channelDetails
	ids     sequence
}

func newChannelBook() channelBook {
	return channelBook{details: map[channelKey]*channelDetails{}, ids: firstChannel}
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

// responder is what a channel answers by itself. Its messages are text or null.
type responder struct {
	on                            bool
	offline, online               any
	offlineEach, onlineIfResolved bool
}

// detailsOf finds a channel's settings, or makes those that it begins with.
func (s *state) detailsOf(channel Channel) *channelDetails {
	key := channelKey{channel.Source, channel.ID}
	found, ok := s.channelBook.details[key]
	if !ok {
		found = &channelDetails{
			badge: badge(channel), botToken: channelSecret("tg", channel), made: s.made, changed: s.made,
		}
		s.channelBook.details[key] = found
	}
	return found
}

// kindOf is the code of a channel's kind. That of a custom channel is not its
// source.
func kindOf(channel Channel) string {
	if channel.Custom {
		return kindCustom
	}
	return channel.Source
}

const kindCustom = "custom"

// channelOfKind finds a channel by its kind and its id. Of custom channels the
// identifier key is taken for the kind as well.
func (s *state) channelOfKind(kind string, id any) (Channel, error) {
	wanted, _ := number(id)
	for _, channel := range s.channels {
		if channel.ID == wanted && (kindOf(channel) == kind || channel.Source == kind) {
			return channel, nil
		}
	}
	return Channel{}, notFound("channel")
}

// addChannel makes a channel of a source. Customers can write to it at once.
func (s *state) addChannel(source, name string, now time.Time) (Channel, *channelDetails) {
	made := Channel{ID: s.channelBook.ids.next(), Source: source, Name: name}
	for s.hasChannel(made) {
		made.ID = s.channelBook.ids.next()
	}
	made.Name = orDefault(name, source+" "+text(made.ID))
	s.channels = append(s.channels, made)
	details := s.detailsOf(made)
	details.made, details.changed = now, now
	return made, details
}

func (s *state) hasChannel(wanted Channel) bool {
	return slices.ContainsFunc(s.channels, func(channel Channel) bool {
		return channel.Source == wanted.Source && channel.ID == wanted.ID
	})
}

// renameChannel changes a channel's name, also where its rooms show it.
func (s *state) renameChannel(channel Channel, name string) Channel {
	renamed := channel
	renamed.Name = name
	for i := range s.channels {
		if s.channels[i] == channel {
			s.channels[i] = renamed
		}
	}
	for _, room := range s.rooms {
		if room.channel == channel {
			room.channel = renamed
		}
	}
	return renamed
}

// removeChannel takes a channel away. Its rooms stay.
func (s *state) removeChannel(removed Channel) {
	s.channels = slices.DeleteFunc(s.channels, func(channel Channel) bool { return channel == removed })
	delete(s.channelBook.details, channelKey{removed.Source, removed.ID})
}

// channelSecret is a channel's secret of a kind, always the same.
func channelSecret(prefix string, channel Channel) string { return prefix + "-" + text(channel.ID) }
