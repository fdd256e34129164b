package qismotest

import (
	"embed"
	"fmt"
	"slices"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Shape is one of the forms that an event has had. Most are named by the year in
// which the form was first known; which events have them says [Shapes].
type Shape string

// The shapes.
const (
	// Shape2018 is the oldest form of a message of the Chat SDK, with the fewest keys:
	// no ids of the message, and no times, so that it has no key to tell repetitions by.
	Shape2018 Shape = "2018"
	// Shape2019 is an allocation with the agent's whole row, login token included.
	Shape2019 Shape = "2019"
	// Shape2021 has a message's type inside payload only and its Unix times as text; an
	// allocation's agent in the short form; a resolve without app and channel.
	Shape2021 Shape = "2021"
	// Shape2022 has the additional information of a custom button as keys and values; a
	// session that begins with a file; numeric room ids in a custom channel; and it is
	// the one form of a logout.
	Shape2022 Shape = "2022"
	// Shape2023 is the newest form of a session, the one form of what WhatsApp forwards,
	// and a custom channel's message with nothing but payload at the top.
	Shape2023 Shape = "2023"
	// Shape2024 is a bot's message in the older form, with numeric ids and the room's
	// options as an object; an allocation without app code and channel; a custom button
	// with any keys in its additional information. The bot's message has no id and no time
	// in this form, and so no key to tell repetitions by: each is handled each time.
	Shape2024 Shape = "2024"
	// Shape2025 has app code and channel at the top.
	Shape2025 Shape = "2025"
	// ShapeV21 is a message of the Chat SDK as version 2.1 of its pages prints it.
	ShapeV21 Shape = "v2.1"

	// ShapeReturning is an allocation of 2025 of a customer who has been served before:
	// in the others there is no latest service but in that of 2019.
	ShapeReturning Shape = "returning"
	// ShapeImage is a picture on WhatsApp.
	ShapeImage Shape = "image"
	// ShapeSeveral is one body with several items: two messages of two customers, or
	// two states of one message. Setters are about the first.
	ShapeSeveral Shape = "several"
	// ShapeCombined is one body that is two events, WhatsApp messages and states.
	ShapeCombined Shape = "combined"
)

// Shapes lists the shapes of an event. The first is the one that an event has unless
// told otherwise. It is nil if no event has the name; the slice is the caller's.
func Shapes(name webhook.Name) []Shape {
	switch name {
	case webhook.BotMessage:
		return []Shape{Shape2025, Shape2024, Shape2021}
	case webhook.CustomAgentAllocation:
		return []Shape{Shape2025, ShapeReturning, Shape2024, Shape2021, Shape2019}
	case webhook.CustomButton:
		return []Shape{Shape2022, Shape2024}
	case webhook.MarkAsResolved:
		return []Shape{Shape2025, Shape2021}
	case webhook.NewSession:
		return []Shape{Shape2023, Shape2022}
	case webhook.UserLogout:
		return []Shape{Shape2022}
	case webhook.CustomChannelMessage:
		return []Shape{Shape2022, Shape2023}
	case webhook.WhatsAppForwardMessage:
		return []Shape{Shape2023, ShapeImage, ShapeSeveral, ShapeCombined}
	case webhook.WhatsAppForwardStatus:
		return []Shape{Shape2023, ShapeSeveral, ShapeCombined}
	case webhook.PostComment:
		return []Shape{ShapeV21, Shape2018}
	}
	return nil
}

// shapeFiles are valid bodies with invented values, one of each shape.
//
//go:embed shapes/*.json
var shapeFiles embed.FS

// bodyOf is the body of a shape, the caller's to change.
func bodyOf(name webhook.Name, shape Shape) (any, error) {
	shapes := Shapes(name)
	switch {
	case shapes == nil:
		return nil, fmt.Errorf("no event has the name %q; there are %q", name, webhook.Names())
	case !slices.Contains(shapes, shape):
		return nil, fmt.Errorf("it has no shape %q; there are %q", shape, shapes)
	}
	file := string(name)
	if shape == ShapeCombined {
		file = "whatsAppForward" // one body, whichever of its two events is meant
	}
	content, err := shapeFiles.ReadFile("shapes/" + file + "-" + string(shape) + ".json")
	if err != nil {
		return nil, fmt.Errorf("read the shape: %w", err)
	}
	return decode(content)
}
