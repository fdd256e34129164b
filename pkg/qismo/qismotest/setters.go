package qismotest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const (
	inventedApp = "wangi-qjxw1k2m3n4o"
	// platformSender ends the address of the account that each app has for itself.
	platformSender = "_admin@qismo.com"
	// postedByServer is the type of a message that was not sent from a client.
	postedByServer = "post_comment_rest"
)

// Room sets the id of the room.
func (e *Event) Room(id string) *Event { return e.write("Room", fill{roomID, id}) }

// Customer sets the customer's user id, such as a phone number without +, and name.
// In the Chat SDK it is who wrote the message. An event that has no place for the
// name is without it.
func (e *Event) Customer(id, name string) *Event {
	return e.write("Customer", fill{customerID, id}, fill{customerName, name})
}

// CustomerID sets the customer's user id alone, and leaves the name as it is.
func (e *Event) CustomerID(id string) *Event { return e.write("CustomerID", fill{customerID, id}) }

// Agent sets the staff member: the candidate of an allocation, who clicked a button,
// resolved a conversation, logged out or wrote to a custom channel. A custom button
// has no place for the id.
func (e *Event) Agent(id, email, name string) *Event {
	return e.write("Agent", fill{agentID, id}, fill{agentEmail, email}, fill{agentName, name})
}

// Text sets what was written; of a picture on WhatsApp it is the caption.
func (e *Event) Text(text string) *Event { return e.write("Text", fill{messageText, text}) }

// At sets when it happened. Fractions of a second are lost where the shape has none.
func (e *Event) At(moment time.Time) *Event { return e.write("At", fill{sentAt, moment}) }

// AppCode sets the code of the app, also in the address of the app's own account.
func (e *Event) AppCode(code string) *Event {
	e.appCode = code
	return e.write("AppCode", fill{appCode, code})
}

// Channel sets the channel: its id, its display name, and its kind such as wa or
// telegram. Few events have a place for all three. A custom button has a label of the
// kind, at /channel_type, which stays as it is.
func (e *Event) Channel(id, name, source string) *Event {
	return e.write("Channel", fill{channelID, id}, fill{channelName, name}, fill{channelSource, source})
}

// Service sets the id of the service: the one that was resolved, or the latest of a
// customer who has been served before.
func (e *Event) Service(id string) *Event { return e.write("Service", fill{serviceID, id}) }

// MessageID sets the id that the chat server gave the message. On WhatsApp it is 0.
func (e *Event) MessageID(id string) *Event { return e.write("MessageID", fill{messageID, id}) }

// UniqueTempID sets the key by which a repeated delivery is recognised.
func (e *Event) UniqueTempID(id string) *Event {
	return e.write("UniqueTempID", fill{uniqueTempID, id})
}

// WhatsAppID sets the id that WhatsApp gave the message, which begins with "wamid.".
// In a bot's message it is part of the unique_temp_id.
func (e *Event) WhatsAppID(id string) *Event { return e.write("WhatsAppID", fill{whatsAppID, id}) }

// Status sets the state of a WhatsApp message: sent, delivered, read or failed.
func (e *Event) Status(status string) *Event { return e.write("Status", fill{whatsAppStatus, status}) }

// File makes the message a file with an address and a caption.
func (e *Event) File(url, caption string) *Event {
	return e.change("File", func(d *draft) error {
		if _, ok := lookUp(d.shape, pointer{"payload", "message", "text"}); !ok {
			return errNoPlace
		}
		words := "[file] " + url + " [/file]"
		if e.name == webhook.NewSession {
			words = caption
		}
		return errors.Join(
			d.put("/payload/message/type", "file_attachment"),
			d.put("/payload/message/text", words),
			d.put("/payload/message/payload", map[string]any{"url": url, "caption": caption}),
		)
	})
}

// FromPlatform makes the message one that the app itself posted, as a bot does. A bot
// that answers it talks to itself.
func (e *Event) FromPlatform() *Event {
	return e.change("FromPlatform", func(d *draft) error {
		switch e.name {
		case webhook.BotMessage, webhook.CustomChannelMessage, webhook.PostComment:
		default:
			return errNoPlace
		}
		for _, at := range []string{"/type", "/payload/type"} {
			if _, ok := lookUp(d.shape, strings.Split(at[1:], "/")); !ok {
				continue
			}
			if err := d.put(at, postedByServer); err != nil {
				return err
			}
		}
		return errors.Join(
			d.put("/payload/from/email", e.appCode+platformSender),
			d.put("/payload/from/name", "Wangi Kopi"),
		)
	})
}

// Set puts a value, as [json.Marshal] writes it, at a JSON pointer such as
// /payload/message/extras. The last part may be new, or - to add to a list. The
// pointer may go on into JSON that stands inside text:
// /payload/room/options/channel_details/phone.
func (e *Event) Set(pointer string, value any) *Event {
	packed, err := encode(value)
	return e.change(fmt.Sprintf("Set(%q)", pointer), func(d *draft) error {
		if err != nil {
			return fmt.Errorf("a %T cannot be written as JSON", value)
		}
		unpacked, err := decode(packed)
		if err != nil {
			return err
		}
		return d.put(pointer, unpacked)
	})
}

// Remove takes out what stands at a JSON pointer. It is an error if nothing does.
func (e *Event) Remove(pointer string) *Event {
	return e.change(fmt.Sprintf("Remove(%q)", pointer), func(d *draft) error {
		at, err := parsePointer(pointer)
		if err != nil {
			return err
		}
		changed, err := remove(d.body, at)
		if err != nil {
			return err
		}
		d.body = changed
		return nil
	})
}

func (e *Event) write(setter string, values ...fill) *Event {
	return e.change(setter, func(d *draft) error {
		places := 0
		for _, value := range values {
			filled, err := d.fill(value)
			if err != nil {
				return err
			}
			places += filled
		}
		if places == 0 {
			return errNoPlace
		}
		return nil
	})
}

func (e *Event) change(call string, apply func(*draft) error) *Event {
	e.changes = append(e.changes, change{call, apply})
	return e
}

var errNoPlace = errors.New("the event has no place for it in this shape")
