package chat

import (
	"errors"

	"github.com/qismo-go/qismo/internal/payload"
)

// What follows describes the parts of a message to the rules that they are checked
// by.

func checkCard(card CardPayload) error {
	return payload.CheckCard(payload.Card{
		Text: card.Text, Image: card.Image, Title: card.Title, Description: card.Description, URL: card.URL,
		Buttons: describeButtons(card.Buttons),
	})
}

func checkCarousel(cards []CarouselCard) error {
	described := make([]payload.Card, len(cards))
	for i, card := range cards {
		action := card.DefaultAction
		described[i] = payload.Card{
			Image: card.Image, Title: card.Title, Description: card.Description,
			Action:  describeAction(action.Type, action.PostbackText, action.Payload),
			Buttons: describeButtons(card.Buttons),
		}
	}
	return payload.CheckCarousel(described)
}

func describeButtons(buttons []Button) []payload.Button {
	described := make([]payload.Button, len(buttons))
	for i, button := range buttons {
		described[i] = payload.Button{
			Label:  button.Label,
			Action: describeAction(button.Type, button.PostbackText, button.Payload),
		}
	}
	return described
}

func describeAction(kind ButtonType, text string, target ButtonTarget) payload.Action {
	return payload.Action{
		Kind: string(kind), Text: text, URL: target.URL, Method: string(target.Method), Sends: !target.Payload.IsZero(),
	}
}

func checkAccountLinking(invitation AccountLinkingPayload) error {
	switch {
	case invitation.Text == "":
		return errors.New("the text is empty")
	case invitation.Params.ButtonText == "":
		return errors.New("the button has no text")
	}
	if err := payload.CheckText("the text", invitation.Text); err != nil {
		return err
	}
	if err := payload.CheckWebAddress("the URL", invitation.URL); err != nil {
		return err
	}
	if invitation.RedirectURL == "" {
		return nil
	}
	return payload.CheckWebAddress("the redirect URL", invitation.RedirectURL)
}
