package inbox

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// sampleNames are what a customer can send without filling anything in.
func sampleNames() []pair {
	return []pair{{"picture", "A picture"}, {"place", "A place"}, {"contact", "A contact"}}
}

// sample makes one of them. The picture is one that programs can fetch.
func sample(name, host string) (sandbox.Message, bool) {
	switch name {
	case "picture":
		return sandbox.Message{Type: "file_attachment", Payload: map[string]any{
			"url": "http://" + host + Home + "static/coffee.png", "file_name": "coffee.png", "caption": "Seperti ini?",
		}}, true
	case "place":
		return sandbox.Message{Type: "location", Payload: map[string]any{
			"name": "Kopi Wangi", "address": "Jalan Melati 8, Bandung", "latitude": -6.91, "longitude": 107.61,
		}}, true
	case "contact":
		return sandbox.Message{Type: "contact_person", Text: "Ratna Kusuma - 628115550117", Payload: map[string]any{
			"name": "Ratna Kusuma", "value": "628115550117", "type": "phone",
		}}, true
	default:
		return sandbox.Message{}, false
	}
}

// sendOther lets the customer of a room send what is no text: something that is
// ready, or of any type with any payload.
func (i *Inbox) sendOther(ctx context.Context, form form, v *view) error {
	if ready, found := sample(form.PostFormValue("sample"), form.Host); found {
		return i.customerSays(ctx, form.room(), ready, v)
	}
	kind, err := form.field("type", maxName)
	if err != nil {
		return err
	}
	text, err := form.optional("text", maxText)
	if err != nil {
		return err
	}
	message := sandbox.Message{Type: kind, Text: text}
	if written := form.PostFormValue("payload"); written != "" {
		if json.Unmarshal([]byte(written), &message.Payload) != nil {
			return errors.New("the payload is no JSON")
		}
	}
	return i.customerSays(ctx, form.room(), message, v)
}
