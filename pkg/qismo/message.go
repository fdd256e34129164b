package qismo

import (
	"errors"
	"fmt"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/payload"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Message is something to say: a text, a file, a text with buttons, a card, cards
// side by side, a place, or something of one's own. Make it with [NewText],
// [NewFile], [NewButtons], [NewCard], [NewCarousel], [NewLocation] or [NewCustom],
// which write its payload as the service wants it, and send it with
// [BotService.SendMessage] or [CustomerService.SendMessage]:
//
//	err := client.Bot.SendMessage(ctx, roomID, qismo.NewButtons("Jadi pesan?",
//		qismo.PostbackButton("Ya", "ya, pesan"),
//		qismo.LinkButton("Lihat menu", "https://example.id/menu"),
//	))
//
// What is wrong with a message, such as a button without a label, is told when it
// is sent, before anything goes out; the error names the place and never what is
// said there. A message does not change once it is made, and can be sent any number
// of times, by several goroutines at once. The zero Message cannot be sent.
type Message struct {
	kind    MessageType
	text    string    // of text, the text; of other kinds, what stands in for it
	payload flex.JSON // nothing, of a text
	problem error     // why it cannot be sent
}

// What one message can hold.
const (
	// MaxMessageLength is how many characters a message's text can have, 4,000 by the
	// limits of the Chat SDK, which carries the messages.
	MaxMessageLength = payload.MaxText
	// MaxButtons is how many buttons are shown beneath one text or on one card, 3 by
	// the documentation of the Chat SDK. The service may take more.
	MaxButtons = payload.MaxButtons
)

// NewText makes a text of up to [MaxMessageLength] characters.
func NewText(text string) Message {
	message := Message{kind: MessageText, text: text}
	if text == "" {
		message.problem = errors.New("the text is empty")
	}
	return message
}

// NewFile makes a file: URL says where the service fetches it, and must be http or
// https; Caption is what stands beneath it. The other members can be left out.
func NewFile(file FilePayload) Message {
	return newMessage(MessageFileAttachment, "", file, payload.CheckFile(file.URL, file.Size, file.Pages))
}

// NewButtons makes a text with one to [MaxButtons] buttons; [LinkButton] and
// [PostbackButton] make those. Where buttons cannot be shown, such as on WhatsApp,
// the text stands alone, so say in it what there is to choose from. What goes beyond
// this, for a client of one's own that shows more, goes out by [BotService.Send].
func NewButtons(text string, buttons ...BotButton) Message {
	problem := payload.CheckButtons(text, describeButtons(buttons))
	return newMessage(MessageButtons, text, ButtonsPayload{Text: text, Buttons: buttons}, problem)
}

// NewCard makes a card: a picture, a title and a description with up to
// [MaxButtons] buttons, and a text above it. Each can be left out, but not all.
// URL, if there is one, is where a tap on the card leads. Cards are documented for
// the Chat SDK; no client was seen to send one through this API.
func NewCard(card CardPayload) Message {
	return newMessage(MessageCard, card.Text, card, checkCard(card))
}

// NewCarousel makes cards side by side, each of them with a picture, a title or a
// description, up to [MaxButtons] buttons, and a DefaultAction for a tap on the
// card if it has one.
func NewCarousel(cards ...CarouselCard) Message {
	return newMessage(MessageCarousel, "", CarouselPayload{Cards: cards}, checkCarousel(cards))
}

// NewLocation makes a place. Latitude and Longitude, in degrees, are needed; both
// being 0 is taken for having forgotten them. A place that has none, which the
// service is not known to refuse, goes out by [BotService.Send]. Places are
// documented for the Chat SDK; no client was seen to send one through this API.
func NewLocation(place LocationPayload) Message {
	problem := payload.CheckLocation(place.Latitude, place.Longitude, place.MapURL)
	return newMessage(MessageLocation, "", place, problem)
}

// NewCustom makes something that only the client at the other end knows what to do
// with: a kind that is the caller's to name, and any content that is JSON or can be
// written as it. It is documented for the Chat SDK; no client was seen to send one
// through this API.
func NewCustom(kind string, content any) Message {
	written, problem := flex.NewJSON(content)
	switch {
	case kind == "":
		problem = errors.New("the kind is empty")
	case problem != nil:
		problem = fmt.Errorf("the content: %w", problem)
	case written.IsZero() && !written.FromText():
		problem = errors.New("the content is missing")
	}
	return newMessage(MessageCustom, "", CustomPayload{Type: kind, Content: written}, problem)
}

// LinkButton makes a button that opens an address, with a label that says so. The
// address has its scheme, such as https or tel.
func LinkButton(label, address string) BotButton {
	return BotButton{Label: label, Type: ButtonLink, Payload: ButtonTarget{URL: address}}
}

// PostbackButton makes a button that answers for the customer, who is seen to send
// the text; without one, the label.
//
// A postback can also call an address of the caller's. Set the button's Payload for
// that: URL, Method ([PostbackGet] or [PostbackPost]) and, in Payload, what is sent
// along. Every postback button that was seen has a URL; without one it is sent
// empty, and what the customer's app does then is for it to say.
func PostbackButton(label, text string) BotButton {
	if text == "" {
		text = label
	}
	return BotButton{Label: label, Type: ButtonPostback, PostbackText: text}
}

// How a postback button calls its address.
const (
	PostbackGet  = omnichannel.ButtonTargetMethodGet
	PostbackPost = omnichannel.ButtonTargetMethodPost
)

// Kind is the kind of the message; "" of the zero Message.
func (m Message) Kind() MessageType { return m.kind }

// WithFallback returns the message with a text that stands in for it where its kind
// cannot be shown, in notifications for instance. Without it, that is the text of
// buttons and cards, and nothing of other kinds. A text has none.
func (m Message) WithFallback(text string) Message {
	switch {
	case m.problem != nil:
	case m.kind == MessageText:
		m.problem = errors.New("a text needs no fallback")
	default:
		m.text = text
	}
	return m
}

// newMessage writes the payload at once, so that nothing that is done to its parts
// afterwards changes the message.
func newMessage(kind MessageType, text string, content any, problem error) Message {
	message := Message{kind: kind, text: text, problem: problem}
	if problem == nil {
		message.payload, message.problem = flex.NewJSON(content)
	}
	return message
}

// check says why a message cannot be sent by an operation; nil when it can.
func (m Message) check(id omnichannel.OperationID) error {
	if m.kind == "" {
		return fmt.Errorf("qismo: %s: the message is empty: make one with NewText or another function", id)
	}
	if m.problem != nil {
		return fmt.Errorf("qismo: %s: %s: %w", id, m.kind, m.problem)
	}
	return checkLength(id, m.text)
}
