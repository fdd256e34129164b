package sandbox

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"time"
)

// WhatsApp as the sandbox plays it. None of these numbers is the platform's.
const (
	// unreachable is how the numbers end that are not on WhatsApp, so that a program's
	// failures can be tried out. None of the made-up customers has such a number.
	unreachable    = "00000"
	startingCredit = 1_500_000 // of each channel
	templatePrice  = 500
)

// Meta's numbers of the errors that are played.
const (
	metaInvalid       = 100
	metaUndeliverable = 131026
	metaPayment       = 131042
	metaOutsideWindow = 131047
)

// whatsApp is what the Sandbox remembers of WhatsApp beside the rooms.
type whatsApp struct {
	spent    map[int64]int64        // credit, by channel
	forwards map[int64]string       // addresses of the raw events, by channel
	tracked  map[int64]*sentMessage // messages that are not read yet while receipts are forwarded, by id
}

func newWhatsApp() whatsApp {
	return whatsApp{spent: map[int64]int64{}, forwards: map[int64]string{}, tracked: map[int64]*sentMessage{}}
}

func (s *Sandbox) whatsAppHandlers() map[string]handler {
	return map[string]handler{
		"sendWaMessage": s.sendWaMessage,
		"getWaMedia":    s.getWaMedia,
		"getWaSettings": s.getWaSettings,
		"setWaSettings": s.setWaSettings,
		"getWaCredit":   s.getWaCredit,
	}
}

// whatsAppChannel finds the channel that a request's path names.
func (s *Sandbox) whatsAppChannel(r *request) (*Channel, error) {
	return s.state.channelOfKind("wa", r.parameters["channel_id"])
}

// sendWaMessage says a message in the recipient's room, as the caller. What the
// template itself says is not looked up.
func (s *Sandbox) sendWaMessage(r *request) (any, error) {
	channel, err := s.whatsAppChannel(r)
	if err != nil {
		return nil, err
	}
	to, kind := text(r.body["to"]), text(r.body["type"])
	holds, isThere := r.body[kind].(object)
	switch {
	case !isThere:
		return nil, metaRefusal(http.StatusBadRequest, metaInvalid, "Invalid parameter", "the message has no "+kind)
	case strings.HasSuffix(to, unreachable):
		return nil, metaRefusal(http.StatusBadRequest, metaUndeliverable, "Message undeliverable",
			"the number is not on WhatsApp")
	case kind == "template":
		if !s.state.whatsApp.pay(channel) {
			return nil, metaRefusal(http.StatusPaymentRequired, metaPayment, "Payment issue", "the channel has no credit left")
		}
	case !s.windowOpen(channel, to):
		return nil, outsideWindow()
	}
	id := s.sayOutbound(s.customersRoom(channel, to, ""), r.caller.user, whatsAppContent(kind, holds))
	return object{
		"contacts": []object{{"wa_id": to}},
		"messages": []object{{"id": id}},
	}, nil
}

// outsideWindow refuses what is no template when a customer has not written for 24 hours.
func outsideWindow() *refusedError {
	return metaRefusal(http.StatusBadRequest, metaOutsideWindow, "Re-engagement message",
		"more than 24 hours have passed since the customer last replied")
}

// metaRefusal is a refusal as WhatsApp's own API words it.
func metaRefusal(status int, code int64, message, details string) *refusedError {
	return &refusedError{status: status, body: object{"error": object{
		"message": "(#" + text(code) + ") " + message, "code": code, "error_data": object{"details": details},
	}}}
}

// windowOpen tells whether the customer wrote within the last 24 hours, in whichever
// of their rooms: the window is the customer's and not the room's.
func (s *Sandbox) windowOpen(channel *Channel, customer string) bool {
	known, exists := s.state.book.byUser[customer]
	return exists && slices.ContainsFunc(known.rooms, func(room *room) bool {
		last, wrote := room.lastByCustomer()
		return room.channel == channel && wrote && s.now().Sub(last.At) < windowLength
	})
}

// whatsAppContent is a message of WhatsApp's as it stands in a room.
func whatsAppContent(kind string, holds object) Message {
	switch kind {
	case "text":
		return Message{Text: text(holds["body"])}
	case "template":
		return Message{Text: text(holds["name"])}
	case "interactive":
		body, _ := holds["body"].(object)
		return Message{Text: text(body["text"])}
	default:
		link := text(holds["link"])
		return Message{Type: "file_attachment", Text: link, Payload: object{"url": link, "caption": ""}}
	}
}

// sayOutbound adds what is sent to a customer through the API, and returns WhatsApp's
// id of it.
func (s *Sandbox) sayOutbound(room *room, by *staff, said Message) (id string) {
	said.Author, said.Sender, said.Name = AuthorAgent, by.Email, by.Name
	return whatsAppID(room.userID, s.state.say(room, said, s.now()).ID)
}

// pay takes a template's price off a channel's credit, if that is enough.
func (w *whatsApp) pay(channel *Channel) bool {
	if w.credit(channel) < templatePrice {
		return false
	}
	w.spent[channel.ID] += templatePrice
	return true
}

func (w *whatsApp) credit(channel *Channel) int64 { return startingCredit - w.spent[channel.ID] }

// quota is how many templates a channel's credit still pays.
func (w *whatsApp) quota(channel *Channel) int64 { return w.credit(channel) / templatePrice }

// getWaMedia serves the same picture for whatever was said in one of the channel's
// rooms: a media's id is that of the message here.
func (s *Sandbox) getWaMedia(r *request) (any, error) {
	channel, err := s.whatsAppChannel(r)
	if err != nil {
		return nil, err
	}
	id, _ := number(r.parameters["media_id"])
	isIt := func(said Message) bool { return said.ID == id }
	for _, room := range s.state.rooms.all() {
		if room.channel == channel && slices.ContainsFunc(room.messages, isIt) {
			return content{"image/png", picture()}, nil
		}
	}
	return nil, notFound("media")
}

// picture is one transparent dot.
func picture() []byte {
	var written bytes.Buffer
	if err := png.Encode(&written, image.NewNRGBA(image.Rect(0, 0, 1, 1))); err != nil {
		panic("sandbox: a dot is no picture: " + err.Error()) // a mistake in this package
	}
	return written.Bytes()
}

func (s *Sandbox) getWaSettings(r *request) (any, error) {
	channel, err := s.whatsAppChannel(r)
	if err != nil {
		return nil, err
	}
	return object{"webhooks": object{"url": nullable(s.state.whatsApp.forwards[channel.ID])}}, nil
}

// setWaSettings switches the forwarding on; with an empty address, off. Its answer has
// no body: no client was ever seen to read one.
func (s *Sandbox) setWaSettings(r *request) (any, error) {
	channel, err := s.whatsAppChannel(r)
	if err != nil {
		return nil, err
	}
	webhooks, _ := r.body["webhooks"].(object)
	s.state.whatsApp.forwards[channel.ID] = text(webhooks["url"])
	delete(s.state.settings.off, forwardTarget(channel))
	return nil, nil // an empty body
}

func (s *Sandbox) getWaCredit(*request) (any, error) {
	rows := []object{}
	for _, channel := range s.state.channels {
		if channel.Source == "wa" {
			rows = append(rows, object{
				"id": channel.ID, "name": channel.Name, "balance": s.state.whatsApp.credit(channel), "is_bsp_qiscus": true,
				"last_payment": object{
					"id": 3307, "status": 1, "status_string": "paid", "credit": text(int64(startingCredit)),
					"issued_date": s.state.made.UTC().Format(time.DateOnly), "due_date": s.state.made.UTC().Format(time.DateOnly),
					"updated_at": spaced(s.state.made),
				},
			})
		}
	}
	return dataWithStatus(object{"channels": rows, "free_sessions": 1000}), nil
}
