package inbox

import (
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// messageView is one message of a room.
type messageView struct {
	ID      int64
	Author  string // customer, bot, agent, user or system
	Name    string
	First   bool // of a row by the same author
	Initial face
	When    stamp
	Type    string
	Text    string
	Status  string // how far it is: sent, delivered or read

	Quote   *quote
	File    *file
	Place   *place
	Contact *pair
	Cards   []card
	Buttons []button
	JSON    []token // of a kind that is not known, or custom
	Note    string  // why the bot did not hear it
	Sent    string  // what a click sent, where the text is the button's label
	Clicked string  // the label of a button that sends the text, where nobody said that it was clicked
}

// card is one card, alone or of a carousel.
type card struct {
	Image              file
	Title, Description string
	Link               template.URL
	Buttons            []button
}

// button is a button that a customer sees: it leads somewhere, or answers for them.
type button struct {
	Label  string
	Link   template.URL // where a link leads, if that is a place one may go
	Choice string       // which button of the room this is, if it answers
	Text   string       // what the customer is then seen to send
	Data   any          // and what the program gets along with it
}

// file is something to open.
type file struct {
	Name, Caption, Kind string
	Link                template.URL // "" for an address that one may not go to
	Picture             template.URL // a picture that is in the address itself
}

type place struct {
	Name, Address, Point string
	Link                 template.URL
}

// quote is what a reply is about.
type quote struct{ Name, Text string }

// payload reads a message's payload, whose members may be of any kind, or missing.
type payload map[string]any

func payloadOf(value any) payload {
	members, _ := value.(map[string]any)
	return members
}

func (p payload) text(name string) string {
	switch value := p[name].(type) {
	case string:
		return value
	case int, int64:
		return fmt.Sprint(value)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return ""
	}
}

func (p payload) list(name string) []payload {
	items, _ := p[name].([]any)
	var list []payload
	for _, item := range items {
		list = append(list, payloadOf(item))
	}
	return list
}

// show fills in what belongs to a message's type.
func (m *messageView) show(message sandbox.Message) {
	content := payloadOf(message.Payload)
	number := 0
	switch message.Type {
	case "text", "system_event", "button_postback_response":
	case "buttons":
		m.Text = orElse(content.text("text"), m.Text)
		m.Buttons = buttonsOf(content, m.ID, &number)
	case "card":
		m.Text = orElse(content.text("text"), m.Text)
		m.Cards = []card{cardOf(content, m.ID, &number)}
	case "carousel":
		for _, each := range content.list("cards") {
			m.Cards = append(m.Cards, cardOf(each, m.ID, &number))
		}
	case "file_attachment":
		m.File = fileOf(content)
		m.Text = orElse(content.text("caption"), withoutFileTag(m.Text))
	case "location":
		m.Place, m.Text = placeOf(content), ""
	case "contact_person":
		m.Contact, m.Text = &pair{content.text("name"), content.text("value")}, ""
	case "reply":
		m.Quote = &quote{content.text("replied_comment_sender_username"), content.text("replied_comment_message")}
		m.Text = orElse(content.text("text"), m.Text)
	default: // custom, and what nobody knows
		m.JSON = prettyValue(message.Payload)
	}
}

// labels collects the labels of a message's buttons, by what a click on them sends.
func (m *messageView) labels(into map[string]string) {
	all := m.Buttons
	for _, card := range m.Cards {
		all = append(all, card.Buttons...)
	}
	for _, button := range all {
		if button.Choice != "" {
			into[button.Text] = button.Label
		}
	}
}

// click shows what a customer clicked, and not only what that sent. Outside of the
// live chat a click is a text like any other.
func (m *messageView) click(labels map[string]string) {
	label := labels[m.Text]
	switch {
	case m.Text == "" || label == "" || label == m.Text:
	case m.Type == "button_postback_response":
		m.Text, m.Sent = label, m.Text
	default:
		m.Clicked = label
	}
}

// withoutFileTag takes away what the chat server makes of a file's address.
func withoutFileTag(text string) string {
	if strings.HasPrefix(text, "[file]") && strings.HasSuffix(text, "[/file]") {
		return ""
	}
	return text
}

func buttonsOf(content payload, message int64, number *int) []button {
	var all []button
	for _, each := range content.list("buttons") {
		all = append(all, buttonOf(each, each.text("label"), message, number))
	}
	return all
}

// buttonOf reads a button. Those of a message are numbered through, so that a click
// can name one.
func buttonOf(content payload, label string, message int64, number *int) button {
	target := payloadOf(content["payload"])
	made := button{Label: label}
	if content.text("type") == "link" {
		made.Link = safeLink(target.text("url"))
		return made
	}
	made.Choice = fmt.Sprintf("%d.%d", message, *number)
	made.Text = orElse(content.text("postback_text"), label)
	made.Data = target["payload"]
	*number++
	return made
}

func cardOf(content payload, message int64, number *int) card {
	made := card{
		Image: pictureOf(content.text("image")), Title: content.text("title"),
		Description: content.text("description"), Link: safeLink(content.text("url")),
	}
	made.Buttons = buttonsOf(content, message, number)
	if action := payloadOf(content["default_action"]); len(action) > 0 {
		label := orElse(action.text("postback_text"), "Open")
		made.Buttons = append(made.Buttons, buttonOf(action, label, message, number))
	}
	return made
}

func pictureOf(address string) file {
	return file{Name: lastOf(address), Link: safeLink(address), Picture: safePicture(address)}
}

func fileOf(content payload) *file {
	address := content.text("url")
	made := pictureOf(address)
	made.Name = orElse(content.text("file_name"), made.Name)
	var kind []string
	if size := content.text("size"); size != "" && size != "0" {
		kind = append(kind, size+" bytes")
	}
	if pages := content.text("pages"); pages != "" && pages != "0" {
		kind = append(kind, pages+" pages")
	}
	made.Kind = strings.Join(kind, ", ")
	return &made
}

// lastOf is the name of a file by its address.
func lastOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme == "data" {
		return "file"
	}
	parts := strings.Split(strings.TrimRight(parsed.Path, "/"), "/")
	return orElse(parts[len(parts)-1], "file")
}

func placeOf(content payload) *place {
	made := &place{Name: content.text("name"), Address: content.text("address"), Link: safeLink(content.text("map_url"))}
	if content.text("latitude") != "" {
		made.Point = content.text("latitude") + ", " + content.text("longitude")
	}
	return made
}

// safeLink is an address that a click may lead to; "" for all others, such as one
// that is a program.
func safeLink(address string) template.URL {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch parsed.Scheme {
	case "http", "https", "tel", "mailto":
		return template.URL(address) //nolint:gosec // its scheme runs nothing
	default:
		return ""
	}
}

var picture = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$`)

// safePicture is a picture that comes with its message and needs no request. All
// others are shown by a click only, by a browser of whoever clicks.
func safePicture(address string) template.URL {
	if !picture.MatchString(address) {
		return ""
	}
	return template.URL(address) //nolint:gosec // nothing but the picture's own bytes, by the expression above
}

func orElse(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
