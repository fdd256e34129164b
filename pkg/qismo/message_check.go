package qismo

import (
	"fmt"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/payload"
)

// What follows describes the parts of a message to the rules that they are checked
// by.

// checkLength refuses a text that is longer than the service takes.
func checkLength(id omnichannel.OperationID, text string) error {
	if err := payload.CheckText("the message", text); err != nil {
		return fmt.Errorf("qismo: %s: %w", id, err)
	}
	return nil
}

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

func describeButtons(buttons []BotButton) []payload.Button {
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
		Kind: string(kind), Text: text, URL: target.URL, Method: string(target.Method), Sends: target.Payload != nil,
	}
}
