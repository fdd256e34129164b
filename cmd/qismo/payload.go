package main

import (
	"encoding/json"
	"fmt"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// describePayload tells, in lines of text, what a message shows beside its text: a
// file's address, buttons, cards, a place. Of what it does not know it tells
// nothing.
func describePayload(kind string, payload any) []string {
	packed, err := flex.NewJSON(payload)
	if err != nil || packed.Raw() == nil {
		return nil
	}
	switch qismo.MessageType(kind) {
	case qismo.MessageFileAttachment:
		file := readPayload[qismo.FilePayload](packed)
		return oneLine("file", file.URL, file.Caption)
	case qismo.MessageButtons:
		return describeButtons(readPayload[qismo.ButtonsPayload](packed).Buttons)
	case qismo.MessageCard:
		card := readPayload[qismo.CardPayload](packed)
		return append(oneLine("card", card.Title, card.Description), describeButtons(card.Buttons)...)
	case qismo.MessageCarousel:
		var lines []string
		for _, card := range readPayload[qismo.CarouselPayload](packed).Cards {
			lines = append(lines, oneLine("card", card.Title, card.Description)...)
			lines = append(lines, describeButtons(card.Buttons)...)
		}
		return lines
	case qismo.MessageLocation:
		place := readPayload[qismo.LocationPayload](packed)
		return oneLine("place", place.Name, fmt.Sprintf("%g, %g", place.Latitude, place.Longitude))
	case qismo.MessageCustom:
		return oneLine("custom", readPayload[qismo.CustomPayload](packed).Type, "")
	}
	return nil
}

// readPayload reads a payload into its type; what does not fit is left out.
func readPayload[T any](packed flex.JSON) T {
	var payload T
	if json.Unmarshal(packed.Raw(), &payload) != nil {
		var none T
		return none
	}
	return payload
}

func oneLine(what, first, second string) []string {
	if second != "" {
		first += " (" + second + ")"
	}
	return []string{fmt.Sprintf("[%s] %s", what, first)}
}

func describeButtons(buttons []qismo.BotButton) []string {
	lines := make([]string, 0, len(buttons))
	for _, button := range buttons {
		leadsTo := button.Payload.URL
		if button.Type == qismo.ButtonPostback {
			leadsTo = "type: " + button.PostbackText
		}
		lines = append(lines, oneLine("button", button.Label, leadsTo)...)
	}
	return lines
}
