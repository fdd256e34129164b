package chat

import (
	"errors"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/payload"
)

// NewFile makes a file: URL says where everybody fetches it, and must be http or https;
// Caption is what stands beneath it. The other members can be left out. The file has
// to be stored somewhere already: users can upload one, servers cannot.
func NewFile(file FilePayload) Message {
	text := "[file] " + file.URL + " [/file]" // which the service writes as well
	return newMessage(MessageFile, text, file, payload.CheckFile(file.URL, file.Size, file.Pages))
}

// NewButtons makes a text with one to [MaxButtons] buttons; [LinkButton] and
// [PostbackButton] make those. Where buttons cannot be shown the text stands alone, so
// say in it what there is to choose from.
func NewButtons(text string, buttons ...Button) Message {
	problem := payload.CheckButtons(text, describeButtons(buttons))
	return newMessage(MessageButtons, text, ButtonsPayload{Text: text, Buttons: buttons}, problem)
}

// NewCard makes a card: a picture, a title and a description with up to [MaxButtons]
// buttons, and a text above it. Each can be left out, but not all. URL, if there is
// one, is where a tap on the card leads.
func NewCard(card CardPayload) Message {
	return newMessage(MessageCard, card.Text, card, checkCard(card))
}

// NewCarousel makes cards side by side, each of them with a picture, a title or a
// description, up to [MaxButtons] buttons, and a DefaultAction for a tap on the card
// if it has one.
func NewCarousel(cards ...CarouselCard) Message {
	return newMessage(MessageCarousel, "", CarouselPayload{Cards: cards}, checkCarousel(cards))
}

// NewLocation makes a place. Latitude and Longitude, in degrees, are needed; both being
// 0 is taken for having forgotten them.
func NewLocation(place LocationPayload) Message {
	problem := payload.CheckLocation(place.Latitude, place.Longitude, place.MapURL)
	return newMessage(MessageLocation, lines(place.Name, place.Address, place.MapURL), place, problem)
}

// NewContact makes somebody to get in touch with: a name, and a number, or an address
// where Type is [ContactEmail].
func NewContact(contact ContactPayload) Message {
	var problem error
	switch {
	case contact.Name == "":
		problem = errors.New("the name is empty")
	case contact.Value == "":
		problem = errors.New("the value is empty")
	case contact.Type != "" && !contact.Type.Valid():
		problem = errors.New("the type is neither phone nor email")
	}
	return newMessage(MessageContact, contact.Name+" - "+contact.Value, contact, problem)
}

// NewAccountLinking makes an invitation to log in somewhere else: a text, and a button
// whose words are Params.ButtonText and which opens URL. RedirectURL is where the
// log-in leads when it is done.
func NewAccountLinking(invitation AccountLinkingPayload) Message {
	return newMessage(MessageAccountLinking, invitation.Text, invitation, checkAccountLinking(invitation))
}

// LinkButton makes a button that opens an address, with a label that says so. The
// address has its scheme, such as https or tel.
func LinkButton(label, address string) Button {
	return Button{Label: label, Type: ButtonLink, Payload: ButtonTarget{URL: address}}
}

// PostbackButton makes a button that answers for the user, who is seen to send the
// text; without one, the label. See [NewPostback].
//
// A postback can also call an address of the caller's. Set the button's Payload for
// that: URL, Method ([PostbackGet] or [PostbackPost]) and, in Payload, what is sent
// along.
func PostbackButton(label, text string) Button {
	if text == "" {
		text = label
	}
	return Button{Label: label, Type: ButtonPostback, PostbackText: text}
}

// lines writes what there is of some texts, each in a line of its own.
func lines(texts ...string) string {
	isEmpty := func(text string) bool { return text == "" }
	return strings.Join(slices.DeleteFunc(texts, isEmpty), "\n")
}
