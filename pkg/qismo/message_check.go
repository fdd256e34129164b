package qismo

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"unicode/utf8"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

// What follows checks the parts of a message. The errors name a part and what is
// wrong with it, and never what it says: that is a customer's business.

// checkLength refuses a text that is longer than the service takes. It counts
// characters as JSON Schema's maxLength does, and not bytes.
func checkLength(id omnichannel.OperationID, text string) error {
	if err := checkTextLength("the message", text); err != nil {
		return fmt.Errorf("qismo: %s: %w", id, err)
	}
	return nil
}

func checkTextLength(part, text string) error {
	if count := utf8.RuneCountInString(text); count > MaxMessageLength {
		return fmt.Errorf("%s has %d characters, %d are allowed", part, count, MaxMessageLength)
	}
	return nil
}

func checkFile(file FilePayload) error {
	switch {
	case file.Size < 0:
		return errors.New("the size is negative")
	case file.Pages < 0:
		return errors.New("the number of pages is negative")
	}
	return checkWebAddress("the URL", file.URL)
}

func checkButtonsMessage(payload ButtonsPayload) error {
	switch {
	case payload.Text == "":
		return errors.New("the text is empty")
	case len(payload.Buttons) == 0:
		return errors.New("there is no button")
	}
	if err := checkTextLength("the text", payload.Text); err != nil {
		return err
	}
	return checkButtons(payload.Buttons)
}

func checkCard(card CardPayload) error {
	if card.Text == "" && card.Image == "" && card.Title == "" && card.Description == "" {
		return errors.New("it has no text, image, title or description")
	}
	if err := checkTextLength("the text", card.Text); err != nil {
		return err
	}
	if card.URL != "" {
		if err := checkAddress("the URL", card.URL); err != nil {
			return err
		}
	}
	return checkFace(card.Image, card.Buttons)
}

func checkCarousel(cards []CarouselCard) error {
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

func checkCarouselCard(card CarouselCard) error {
	if card.Image == "" && card.Title == "" && card.Description == "" {
		return errors.New("it has no image, title or description")
	}
	if action := card.DefaultAction; !isUnset(action) {
		if err := checkAction(action.Type, action.PostbackText, action.Payload); err != nil {
			return fmt.Errorf("the default action: %w", err)
		}
	}
	return checkFace(card.Image, card.Buttons)
}

// isUnset tells a card without an action, which is sent without one.
func isUnset(action CardAction) bool {
	target := action.Payload
	return action.Type == "" && action.PostbackText == "" &&
		target.URL == "" && target.Method == "" && target.Payload == nil
}

// checkFace checks what cards of both kinds have.
func checkFace(image string, buttons []BotButton) error {
	if image != "" {
		if err := checkWebAddress("the image", image); err != nil {
			return err
		}
	}
	return checkButtons(buttons)
}

func checkButtons(buttons []BotButton) error {
	if len(buttons) > MaxButtons {
		return fmt.Errorf("there are %d buttons, %d are shown", len(buttons), MaxButtons)
	}
	for i, button := range buttons {
		if err := checkButton(button); err != nil {
			return fmt.Errorf("button %d: %w", i+1, err)
		}
	}
	return nil
}

func checkButton(button BotButton) error {
	if button.Label == "" {
		return errors.New("the label is empty")
	}
	text := cmp.Or(button.PostbackText, button.Label) // as the service has it
	return checkAction(button.Type, text, button.Payload)
}

// checkAction checks what a button does, or a tap on a card.
func checkAction(kind ButtonType, text string, target ButtonTarget) error {
	switch {
	case kind == ButtonLink:
		return checkAddress("the link", target.URL)
	case kind != ButtonPostback:
		return errors.New("it is neither a link nor a postback")
	case target.Method != "" && !target.Method.Valid():
		return errors.New("the method of the postback is neither get nor post")
	case target.URL != "":
		return checkWebAddress("the URL of the postback", target.URL)
	case text == "" && target.Payload == nil:
		return errors.New("the postback has no text, URL or payload")
	}
	return nil
}

func checkLocation(place LocationPayload) error {
	// Written so that NaN, which is neither above nor below, is refused too.
	switch {
	case !(place.Latitude >= -90 && place.Latitude <= 90):
		return errors.New("the latitude is not within -90 and 90 degrees")
	case !(place.Longitude >= -180 && place.Longitude <= 180):
		return errors.New("the longitude is not within -180 and 180 degrees")
	case place.Latitude == 0 && place.Longitude == 0:
		return errors.New("latitude and longitude are missing")
	case place.MapURL != "":
		return checkAddress("the map's URL", place.MapURL)
	}
	return nil
}

// checkWebAddress refuses what cannot be fetched over HTTP.
func checkWebAddress(part, address string) error {
	if parsed, err := url.Parse(address); err != nil || !isWeb(parsed) || parsed.Host == "" {
		return fmt.Errorf("%s is not an absolute address with http or https", part)
	}
	return nil
}

// checkAddress refuses what leads nowhere: an address has a scheme, and on the web
// a host.
func checkAddress(part, address string) error {
	if parsed, err := url.Parse(address); err != nil || !parsed.IsAbs() || isWeb(parsed) && parsed.Host == "" {
		return fmt.Errorf("%s is not an absolute address", part)
	}
	return nil
}

func isWeb(address *url.URL) bool { return address.Scheme == "https" || address.Scheme == "http" }
