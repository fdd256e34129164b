package sandbox

import (
	"fmt"
	"iter"
	"slices"
	"time"
)

// This file keeps divisions, channels and what is done to a channel as a whole.

func channelParts() []part {
	return []part{
		small(recordsOf("divisions", func(s *state) iter.Seq[recorded] { return each(s.divisions) }, restoreDivision)),
		small(recordsOf("channels", channelThings, restoreChannel)),
		small(recordsOf("whatsapp", single(whatsAppThing{}), restoreWhatsApp)),
		recordsOf("receipts", receiptThings, restoreReceipt),
	}
}

type divisionRecord struct {
	ID        int64  `json:"id"`
	Name      string `json:"name,omitzero"`
	IsDefault bool   `json:"is_default,omitzero"`
}

func (d *division) place() (part, key string) { return "divisions", numberKey(d.id) }

func (d *division) record(*state) any { return divisionRecord{d.id, d.name, d.isDefault} }

func restoreDivision(r *restoration, kept divisionRecord) error {
	made := &division{kept.ID, kept.Name, kept.IsDefault}
	r.divisions = append(r.divisions, made)
	r.divisionByID[made.id] = made
	return nil
}

// channelKey tells channels apart, those that were taken away too: ids are not given
// twice.
type channelKey struct {
	Source string `json:"source,omitzero"`
	ID     int64  `json:"id"`
}

func keyOf(channel *Channel) channelKey { return channelKey{channel.Source, channel.ID} }

// channelThing is a channel, with its settings.
type channelThing struct{ *Channel }

// channelThings are those that there are and then those that were taken away, which
// rooms still show.
func channelThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, channel := range s.channels {
			if !yield(channelThing{channel}) {
				return
			}
		}
		for channel := range s.channelBook.details {
			if !slices.Contains(s.channels, channel) && !yield(channelThing{channel}) {
				return
			}
		}
	}
}

type channelRecord struct {
	Channel Channel `json:"channel"`
	Place   int     `json:"place"` // among the channels; -1 when it was taken away
	// Details are absent until somebody has looked at them.
	Details *channelDetailsRecord `json:"details,omitzero"`
}

type channelDetailsRecord struct {
	Badge     string          `json:"badge,omitzero"`
	Off       bool            `json:"off,omitzero"`
	Secure    bool            `json:"secure,omitzero"`
	SecureTOC bool            `json:"secure_toc,omitzero"`
	BotToken  string          `json:"bot_token,omitzero"`
	Responder responderRecord `json:"responder,omitzero"`
	Style     jsonValue       `json:"style,omitzero"`
	Variables jsonValue       `json:"variables,omitzero"`
	Made      time.Time       `json:"made,omitzero"`
	Changed   time.Time       `json:"changed,omitzero"`
}

type responderRecord struct {
	On               bool      `json:"on,omitzero"`
	Offline          jsonValue `json:"offline,omitzero"`
	Online           jsonValue `json:"online,omitzero"`
	OfflineEach      bool      `json:"offline_each,omitzero"`
	OnlineIfResolved bool      `json:"online_if_resolved,omitzero"`
}

func (c channelThing) place() (part, key string) {
	return "channels", fmt.Sprintf("%s %s", numberKey(c.ID), c.Source)
}

func (c channelThing) record(s *state) any {
	kept := channelRecord{Channel: *c.Channel, Place: slices.Index(s.channels, c.Channel)}
	if details, ok := s.channelBook.details[c.Channel]; ok {
		answers := details.responder
		kept.Details = &channelDetailsRecord{
			Badge: details.badge, Off: details.off, Secure: details.secure, SecureTOC: details.secureTOC,
			BotToken: details.botToken, Style: jsonValue{details.style}, Variables: jsonValue{details.variables},
			Made: details.made, Changed: details.changed,
			Responder: responderRecord{
				On: answers.on, Offline: jsonValue{answers.offline}, Online: jsonValue{answers.online},
				OfflineEach: answers.offlineEach, OnlineIfResolved: answers.onlineIfResolved,
			},
		}
	}
	return kept
}

func restoreChannel(r *restoration, kept channelRecord) error {
	made := &kept.Channel
	r.allChannels[keyOf(made)] = made
	if kept.Place >= 0 {
		r.channels = append(r.channels, made)
		r.places[made] = kept.Place
	}
	if details := kept.Details; details != nil {
		answers := details.Responder
		r.channelBook.details[made] = &channelDetails{
			badge: details.Badge, off: details.Off, secure: details.Secure, secureTOC: details.SecureTOC,
			botToken: details.BotToken, style: details.Style.value, variables: details.Variables.value,
			made: details.Made, changed: details.Changed,
			responder: responder{
				on: answers.On, offline: answers.Offline.value, online: answers.Online.value,
				offlineEach: answers.OfflineEach, onlineIfResolved: answers.OnlineIfResolved,
			},
		}
	}
	return nil
}

// whatsAppThing is what is remembered of WhatsApp.
type whatsAppThing struct{}

type whatsAppRecord struct {
	Spent    map[int64]int64  `json:"spent,omitzero"`
	Forwards map[int64]string `json:"forwards,omitzero"`
}

func (whatsAppThing) place() (part, key string) { return "whatsapp", onlyKey }

func (whatsAppThing) record(s *state) any {
	return whatsAppRecord{s.whatsApp.spent, s.whatsApp.forwards}
}

func restoreWhatsApp(r *restoration, kept whatsAppRecord) error {
	r.whatsApp.spent, r.whatsApp.forwards = kept.Spent, kept.Forwards
	return nil
}

// receiptThing is the message with an id, of which a receipt may still come.
type receiptThing int64

func receiptThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for id := range s.whatsApp.tracked {
			if !yield(receiptThing(id)) {
				return
			}
		}
	}
}

type receiptRecord struct {
	Message  int64      `json:"message,omitzero"`
	Channel  channelKey `json:"channel"`
	Room     string     `json:"room"`
	To       string     `json:"to,omitzero"`
	ID       string     `json:"id"` // WhatsApp's
	Category string     `json:"category,omitzero"`
	Status   sendStatus `json:"status,omitzero"`
}

func (m receiptThing) place() (part, key string) { return "receipts", numberKey(int64(m)) }

func (m receiptThing) record(s *state) any {
	sent, isTracked := s.whatsApp.tracked[int64(m)]
	if !isTracked {
		return nil
	}
	return receiptRecord{int64(m), keyOf(sent.channel), sent.roomID, sent.to, sent.id, sent.category, sent.status}
}

func restoreReceipt(r *restoration, kept receiptRecord) error {
	channel, err := find(r.allChannels, "channel", kept.Channel)
	if err != nil {
		return err
	}
	r.whatsApp.tracked[kept.Message] = &sentMessage{
		channel: channel, roomID: kept.Room, to: kept.To, id: kept.ID, category: kept.Category, status: kept.Status,
	}
	return nil
}
