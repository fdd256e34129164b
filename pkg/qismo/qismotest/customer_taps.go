package qismotest

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Taps lets the customer tap a button that the bot or an agent sent, the newest one with
// this label: then they are seen to send the button's text, and the bot hears that as it
// hears all that they write. It ends the test when there is no such button, and when a
// tap of it tells the platform nothing, as of a link. On WhatsApp no buttons show.
func (c *Customer) Taps(label string) {
	c.server.t.Helper()
	if c.source == "wa" {
		c.server.t.Fatalf("qismotest: %s cannot tap %q: a bot's buttons do not show on WhatsApp", c.Name, label)
		return
	}
	var labels []string
	for _, message := range slices.Backward(c.server.messages(c.room())) {
		for _, button := range message.buttons() {
			if button.Label != label {
				labels = append(labels, button.Label)
				continue
			}
			if button.Type != "postback" {
				c.server.t.Fatalf("qismotest: a tap on %q opens a page: the platform hears nothing of it", label)
				return
			}
			c.writes(button.tapped(c.source))
			return
		}
	}
	c.server.t.Fatalf("qismotest: %s has no button %q, only %q", c.Name, label, labels)
}

// button is a button in a message, as the platform's clients read it.
type button struct {
	Label        string `json:"label"`
	Type         string `json:"type"`
	PostbackText string `json:"postback_text"`
	Payload      struct {
		Payload any `json:"payload"`
	} `json:"payload"`
}

// tapped is what a customer sends who taps a button. In the live chat their client says
// that it was one, and what the button holds; elsewhere it is a text.
func (b button) tapped(source string) sandbox.CustomerMessage {
	text := b.PostbackText
	if text == "" {
		text = b.Label
	}
	if source != "qiscus" {
		return sandbox.CustomerMessage{Text: text}
	}
	return sandbox.CustomerMessage{Type: "button_postback_response", Text: text, Payload: b.Payload.Payload}
}

// Buttons are the labels of the message's buttons, also of those on cards. It is nil
// when there are none.
func (m Message) Buttons() []string {
	var labels []string
	for _, button := range m.buttons() {
		labels = append(labels, button.Label)
	}
	return labels
}

func (m Message) buttons() []button {
	var payload struct {
		Buttons []button `json:"buttons"`
		Cards   []struct {
			Buttons []button `json:"buttons"`
		} `json:"cards"`
	}
	if m.Payload == nil || json.Unmarshal(m.Payload, &payload) != nil {
		return nil // a payload of one's own
	}
	buttons := payload.Buttons
	for _, card := range payload.Cards {
		buttons = append(buttons, card.Buttons...)
	}
	return slices.DeleteFunc(buttons, func(button button) bool { return strings.TrimSpace(button.Label) == "" })
}
