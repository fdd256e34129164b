package qismo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ChannelSource is the code of a kind of channel. New kinds appear with codes that
// are not among the constants.
type ChannelSource string

// The kinds of channel.
const (
	SourceCustom        ChannelSource = "custom"
	SourceFacebook      ChannelSource = "fb"
	SourceInstagram     ChannelSource = "ig"
	SourceLine          ChannelSource = "line"
	SourceQiscus        ChannelSource = "qiscus" // live chat
	SourceTelegram      ChannelSource = "telegram"
	SourceTikTok        ChannelSource = "tiktok"
	SourceWhatsApp      ChannelSource = "wa"
	SourceWhatsAppCloud ChannelSource = "waca" // on Meta's cloud API
)

// Channel is one channel of the app, of whatever kind: what all kinds have, and
// the row that it was read from. It can be printed, marshaled and logged: its
// secrets show as ***, or not at all.
type Channel struct {
	// Source is the channel's kind.
	Source ChannelSource `json:"source"`
	// ID is presumably unique among the channels of one source only, so keep the two
	// together.
	ID flex.ID `json:"id"`
	// Name is what agents see; "" when the service has none.
	Name string `json:"name"`
	// BadgeURL is the channel's icon.
	BadgeURL string `json:"badge_url"`
	// IsActive says that the channel is on.
	IsActive bool `json:"is_active"`
	// IdentifierKey is the key of a custom channel, which is also the source that its
	// rooms and webhooks name. Other kinds have none.
	IdentifierKey flex.Secret `json:"identifier_key,omitzero"`
	// Row is the row that the service sent, as a pointer to the type of its kind: a
	// [*WhatsAppChannel] where the source is [SourceWhatsApp], and so on, or the V3
	// type from the calls that concern one kind. It is a [flex.SecretJSON] where the
	// shape of the kind is not known, or the row has another.
	Row any `json:"row"`
}

// Is reports whether a source and an id, as rooms and webhooks have them, mean this
// channel. Those of custom channels name the identifier key as their source, or
// just "custom".
func (c Channel) Is(source string, id flex.ID) bool {
	if id != c.ID {
		return false
	}
	return source == string(c.Source) || c.IdentifierKey != "" && source == c.IdentifierKey.Reveal()
}

// Filter is the channel as [ListRoomsParams] and [UpdateAgentParams] name it. For a
// custom channel that is seen in no client: the source that its rooms carry is
// either its identifier key or just "custom", which is what is taken here.
func (c Channel) Filter() ChannelFilter {
	return ChannelFilter{Source: string(c.Source), ChannelID: flex.NumberID(c.ID)}
}

// String tells which channel it is, such as "wa channel 5120 (Toko Wangi)".
func (c Channel) String() string { return fmt.Sprintf("%s channel %s (%s)", c.Source, c.ID, c.Name) }

// Format writes the same as String for every verb. For some of them, such as %s,
// package fmt would print what Row points to without asking its secrets.
func (c Channel) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, c.String()) // fmt.State has no way to report an error
}

// The rows of [ChannelsService.List], one type for each kind.
type (
	// CustomChannel is a custom channel's row.
	CustomChannel = omnichannel.CustomChannel
	// FacebookChannel is a Facebook Messenger channel's row.
	FacebookChannel = omnichannel.FbChannel
	// InstagramChannel is an Instagram channel's row.
	InstagramChannel = omnichannel.IgChannel
	// LineChannel is a LINE channel's row.
	LineChannel = omnichannel.LineChannel
	// QiscusChannel is a live-chat channel's row.
	QiscusChannel = omnichannel.QiscusChannel
	// TelegramChannel is a Telegram channel's row.
	TelegramChannel = omnichannel.TelegramChannel
	// WhatsAppChannel is a WhatsApp channel's row.
	WhatsAppChannel = omnichannel.WaChannel
	// WhatsAppCloudChannel is the row of a WhatsApp channel on Meta's cloud API.
	WhatsAppCloudChannel = omnichannel.WacaChannel
)

// The rows of the calls that concern one kind; they say more.
type (
	// CustomChannelV3 is a custom channel's row.
	CustomChannelV3 = omnichannel.CustomChannelV3
	// FacebookChannelV3 is a Facebook Messenger channel's row.
	FacebookChannelV3 = omnichannel.FbChannelV3
	// InstagramChannelV3 is an Instagram channel's row.
	InstagramChannelV3 = omnichannel.IgChannelV3
	// LineChannelV3 is a LINE channel's row.
	LineChannelV3 = omnichannel.LineChannelV3
	// QiscusChannelV3 is a live-chat channel's row.
	QiscusChannelV3 = omnichannel.QiscusChannelV3
	// TelegramChannelV3 is a Telegram channel's row.
	TelegramChannelV3 = omnichannel.TelegramChannelV3
	// TikTokChannelV3 is a TikTok channel's row.
	TikTokChannelV3 = omnichannel.TiktokChannelV3
	// WhatsAppChannelV3 is a WhatsApp channel's row.
	WhatsAppChannelV3 = omnichannel.WaChannelV3
)

// newChannelRow makes an empty row of a kind for [ChannelsService.List]; nil where
// its shape is not known.
func newChannelRow(source ChannelSource) any {
	switch source {
	case SourceCustom:
		return &CustomChannel{}
	case SourceFacebook:
		return &FacebookChannel{}
	case SourceInstagram:
		return &InstagramChannel{}
	case SourceLine:
		return &LineChannel{}
	case SourceQiscus:
		return &QiscusChannel{}
	case SourceTelegram:
		return &TelegramChannel{}
	case SourceWhatsApp:
		return &WhatsAppChannel{}
	case SourceWhatsAppCloud:
		return &WhatsAppCloudChannel{}
	}
	return nil
}

// newChannelRowV3 makes an empty row of a kind for the calls that concern one kind.
func newChannelRowV3(source ChannelSource) any {
	switch source {
	case SourceCustom:
		return &CustomChannelV3{}
	case SourceFacebook:
		return &FacebookChannelV3{}
	case SourceInstagram:
		return &InstagramChannelV3{}
	case SourceLine:
		return &LineChannelV3{}
	case SourceQiscus:
		return &QiscusChannelV3{}
	case SourceTelegram:
		return &TelegramChannelV3{}
	case SourceTikTok:
		return &TikTokChannelV3{}
	case SourceWhatsApp:
		return &WhatsAppChannelV3{}
	}
	return nil
}

// readChannelGroups makes one list of the arrays of listChannels, in the order of
// their names. An array of a new kind is read as far as it can be; what is no array
// there is none.
func readChannelGroups(groups map[string]flex.SecretJSON) ([]Channel, error) {
	channels := []Channel{}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		source := ChannelSource(strings.TrimSuffix(name, "_channels"))
		var rows []flex.SecretJSON
		if err := groups[name].Decode(&rows); err != nil {
			if newChannelRow(source) == nil {
				continue
			}
			return nil, err
		}
		read, err := readChannels(source, rows, newChannelRow)
		if err != nil {
			return nil, err
		}
		channels = append(channels, read...)
	}
	return channels, nil
}

// readChannels reads rows of one kind; null among them is none.
func readChannels(source ChannelSource, rows []flex.SecretJSON, newRow func(ChannelSource) any) ([]Channel, error) {
	channels := make([]Channel, 0, len(rows))
	for _, row := range rows {
		if row.IsZero() {
			continue
		}
		channel, err := readChannel(source, row, newRow(source))
		if err != nil {
			return nil, err
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

// readChannel reads a row into a Channel, and into the type of its kind unless that
// is nil. Odd members cost no more than themselves, or the type; but for a kind that
// is known, a row without an id is an error.
func readChannel(source ChannelSource, row flex.SecretJSON, typed any) (Channel, error) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(row.Reveal().Raw(), &members) // what is no object has no members
	channel := Channel{
		Source:        source,
		ID:            readMember[flex.ID](members, "id"),
		Name:          string(readMember[flex.Text](members, "name")),
		BadgeURL:      string(readMember[flex.Text](members, "badge_url")),
		IsActive:      bool(readMember[flex.Bool](members, "is_active")),
		IdentifierKey: readMember[flex.Secret](members, "identifier_key"),
		Row:           row,
	}
	if channel.Name == "" { // Facebook's word for it
		channel.Name = string(readMember[flex.Text](members, "profile_name"))
	}
	if channel.BadgeURL == "" { // custom channels' word for it
		channel.BadgeURL = string(readMember[flex.Text](members, "logo_url"))
	}
	if typed == nil {
		return channel, nil
	}
	if channel.ID == "" {
		return Channel{}, errors.New("the answer has a channel without an id")
	}
	if row.Decode(typed) == nil {
		channel.Row = typed
	}
	return channel, nil
}

// readMember reads one member of an object; zero if it is not there, or is
// something else.
func readMember[T any](members map[string]json.RawMessage, name string) T {
	var value T
	if json.Unmarshal(members[name], &value) != nil {
		var none T
		return none
	}
	return value
}
