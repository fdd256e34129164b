package qismo

import (
	"errors"
	"fmt"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

type (
	// WhatsAppMessage is a message as WhatsApp's own API has it: Type names the
	// member that holds it, and To is a phone number, its country's code first.
	WhatsAppMessage = omnichannel.SendWaMessageRequest
	// WhatsAppText is a text.
	WhatsAppText = omnichannel.WaText
	// WhatsAppLink is a file that WhatsApp fetches from an address.
	WhatsAppLink = omnichannel.WaLink
	// WhatsAppInteractive is a text with buttons.
	WhatsAppInteractive = omnichannel.WaInteractive
	// WhatsAppInteractiveBody is the text above the buttons.
	WhatsAppInteractiveBody = omnichannel.WaInteractiveBody
	// WhatsAppInteractiveAction holds the buttons.
	WhatsAppInteractiveAction = omnichannel.WaInteractiveAction
	// WhatsAppButton is a button.
	WhatsAppButton = omnichannel.WaButton
	// WhatsAppReply is what pressing a button says.
	WhatsAppReply = omnichannel.WaReply
	// WhatsAppTemplate is a template that is filled in.
	WhatsAppTemplate = omnichannel.WaTemplate
	// WhatsAppTemplateLanguage is one of a template's languages.
	WhatsAppTemplateLanguage = omnichannel.WaTemplateLanguage
	// WhatsAppComponent is what goes into one part of a template.
	WhatsAppComponent = omnichannel.WaTemplateComponent
	// WhatsAppParameter is what goes into one place of such a part.
	WhatsAppParameter = omnichannel.WaTemplateParameter
)

// NewWhatsAppText is a text message.
func NewWhatsAppText(to, body string) WhatsAppMessage {
	return WhatsAppMessage{To: to, Type: "text", Text: WhatsAppText{Body: body}}
}

// NewWhatsAppImage is a picture, which WhatsApp fetches from its address.
func NewWhatsAppImage(to, link string) WhatsAppMessage {
	return WhatsAppMessage{To: to, Type: "image", Image: WhatsAppLink{Link: link}}
}

// NewWhatsAppVideo is a film, which WhatsApp fetches from its address. No public
// client was seen to send one; WhatsApp's own API takes it.
func NewWhatsAppVideo(to, link string) WhatsAppMessage {
	return WhatsAppMessage{To: to, Type: "video", Video: WhatsAppLink{Link: link}}
}

// NewWhatsAppDocument is a file, which WhatsApp fetches from its address; the
// customer sees it called by the name.
func NewWhatsAppDocument(to, link, fileName string) WhatsAppMessage {
	return WhatsAppMessage{To: to, Type: "document", Document: WhatsAppLink{Link: link, Filename: fileName}}
}

// NewWhatsAppTemplate is a template in one of its languages, such as "id", with
// texts for the places of its body, in their order. What its header and its buttons
// need is added to Template.Components, and its namespace, which may be left empty,
// set at Template.Namespace.
func NewWhatsAppTemplate(to, name, language string, variables ...string) WhatsAppMessage {
	template := WhatsAppTemplate{
		Name:     name,
		Language: WhatsAppTemplateLanguage{Policy: "deterministic", Code: language},
	}
	if len(variables) > 0 {
		body := WhatsAppComponent{Type: "body"}
		for _, variable := range variables {
			body.Parameters = append(body.Parameters, WhatsAppParameter{Type: "text", Text: variable})
		}
		template.Components = []WhatsAppComponent{body}
	}
	return WhatsAppMessage{To: to, Type: "template", Template: template}
}

// checkWhatsAppMessage refuses a message that lacks what its type needs, or whose
// type needs what a WhatsAppMessage cannot hold.
func checkWhatsAppMessage(message WhatsAppMessage) error {
	var isComplete bool
	switch message.Type {
	case "":
		return errors.New("the message has no type")
	case "text":
		isComplete = message.Text.Body != ""
	case "image":
		isComplete = message.Image.Link != ""
	case "video":
		isComplete = message.Video.Link != ""
	case "document":
		isComplete = message.Document.Link != ""
	case "interactive":
		isComplete = message.Interactive.Body.Text != "" && len(message.Interactive.Action.Buttons) > 0
	case "template":
		isComplete = message.Template.Name != "" && message.Template.Language.Code != ""
	default:
		return errors.New("the message's type is one that only Client.Do can send")
	}
	if !isComplete {
		return fmt.Errorf("the message lacks what its type, %s, needs", message.Type)
	}
	return nil
}
