// Package payload checks what messages hold beside their text: files, buttons, cards
// and places. Both ways into the service, the inbox and the chat server under it, take
// the same payloads, and the façades' types for them differ in name only. So each
// façade describes its own in the words of this package, and the rules stand once.
//
// The errors name a part and what is wrong with it, and never what it says: that is a
// customer's business.
package payload

import (
	"errors"
	"fmt"
	"net/url"
	"unicode/utf8"
)

// What one message can hold.
const (
	// MaxText is how many characters a text can have.
	MaxText = 4000
	// MaxButtons is how many buttons are shown beneath one text or on one card.
	MaxButtons = 3
)

// What a button does, and a tap on a card.
const (
	Link     = "link"
	Postback = "postback"
)

// How a postback calls its address.
const (
	get  = "get"
	post = "post"
)

// Action is what a button does, or a tap on a card.
type Action struct {
	Kind, Text, URL, Method string
	Sends                   bool // it has a payload for its address
}

// IsZero tells a card without an action, which is sent without one.
func (a Action) IsZero() bool { return a == Action{} }

// Button is a button.
type Button struct {
	Label  string
	Action Action
}

// Card is one card, alone or in a carousel.
type Card struct {
	Text, Image, Title, Description, URL string

	Action  Action // of a tap on it
	Buttons []Button
}

// CheckText refuses a text that is longer than the service takes. It counts
// characters as JSON Schema's maxLength does, and not bytes.
func CheckText(part, text string) error {
	if count := utf8.RuneCountInString(text); count > MaxText {
		return fmt.Errorf("%s has %d characters, %d are allowed", part, count, MaxText)
	}
	return nil
}

// CheckFile refuses a file that nobody could fetch.
func CheckFile(address string, size, pages int64) error {
	switch {
	case size < 0:
		return errors.New("the size is negative")
	case pages < 0:
		return errors.New("the number of pages is negative")
	}
	return CheckWebAddress("the URL", address)
}

// CheckButtons refuses a text with buttons that does not have both.
func CheckButtons(text string, buttons []Button) error {
	switch {
	case text == "":
		return errors.New("the text is empty")
	case len(buttons) == 0:
		return errors.New("there is no button")
	}
	if err := CheckText("the text", text); err != nil {
		return err
	}
	return checkButtons(buttons)
}

// CheckCard refuses a card alone that shows nothing or leads nowhere.
func CheckCard(card Card) error {
	if card.Text == "" && card.isBlank() {
		return errors.New("it has no text, image, title or description")
	}
	if err := CheckText("the text", card.Text); err != nil {
		return err
	}
	if card.URL != "" {
		if err := CheckAddress("the URL", card.URL); err != nil {
			return err
		}
	}
	return card.checkFace()
}

// CheckCarousel refuses cards side by side of which one shows nothing or leads
// nowhere.
func CheckCarousel(cards []Card) error {
	if len(cards) == 0 {
		return errors.New("there is no card")
	}
	for i, card := range cards {
		if err := checkCarouselCard(card); err != nil {
			return fmt.Errorf("card %d: %w", i+1, err)
		}
	}
	return nil
}

func checkCarouselCard(card Card) error {
	if card.isBlank() {
		return errors.New("it has no image, title or description")
	}
	if !card.Action.IsZero() {
		if err := card.Action.check(); err != nil {
			return fmt.Errorf("the default action: %w", err)
		}
	}
	return card.checkFace()
}

func (c Card) isBlank() bool { return c.Image == "" && c.Title == "" && c.Description == "" }

// checkFace checks what cards of both kinds have.
func (c Card) checkFace() error {
	if c.Image != "" {
		if err := CheckWebAddress("the image", c.Image); err != nil {
			return err
		}
	}
	return checkButtons(c.Buttons)
}

func checkButtons(buttons []Button) error {
	if len(buttons) > MaxButtons {
		return fmt.Errorf("there are %d buttons, %d are shown", len(buttons), MaxButtons)
	}
	for i, button := range buttons {
		if err := button.check(); err != nil {
			return fmt.Errorf("button %d: %w", i+1, err)
		}
	}
	return nil
}

func (b Button) check() error {
	if b.Label == "" {
		return errors.New("the label is empty")
	}
	action := b.Action
	if action.Text == "" {
		action.Text = b.Label // as the service has it
	}
	return action.check()
}

func (a Action) check() error {
	switch {
	case a.Kind == Link:
		return CheckAddress("the link", a.URL)
	case a.Kind != Postback:
		return errors.New("it is neither a link nor a postback")
	case a.Method != "" && a.Method != get && a.Method != post:
		return errors.New("the method of the postback is neither get nor post")
	case a.URL != "":
		return CheckWebAddress("the URL of the postback", a.URL)
	case a.Text == "" && !a.Sends:
		return errors.New("the postback has no text, URL or payload")
	}
	return nil
}

// CheckLocation refuses a place that is not on earth, and one at 0 and 0, which is
// taken for having forgotten where it is.
func CheckLocation(latitude, longitude float64, mapURL string) error {
	// Written so that NaN, which is neither above nor below, is refused too.
	switch {
	case !(latitude >= -90 && latitude <= 90):
		return errors.New("the latitude is not within -90 and 90 degrees")
	case !(longitude >= -180 && longitude <= 180):
		return errors.New("the longitude is not within -180 and 180 degrees")
	case latitude == 0 && longitude == 0:
		return errors.New("latitude and longitude are missing")
	case mapURL != "":
		return CheckAddress("the map's URL", mapURL)
	}
	return nil
}

// CheckWebAddress refuses what cannot be fetched over HTTP.
func CheckWebAddress(part, address string) error {
	if parsed, err := url.Parse(address); err != nil || !isWeb(parsed) || parsed.Host == "" {
		return fmt.Errorf("%s is not an absolute address with http or https", part)
	}
	return nil
}

// CheckAddress refuses what leads nowhere: an address has a scheme, and on the web a
// host.
func CheckAddress(part, address string) error {
	if parsed, err := url.Parse(address); err != nil || !parsed.IsAbs() || isWeb(parsed) && parsed.Host == "" {
		return fmt.Errorf("%s is not an absolute address", part)
	}
	return nil
}

func isWeb(address *url.URL) bool { return address.Scheme == "https" || address.Scheme == "http" }
