package inbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Bounds of what a form may hold.
const (
	maxForm    = 64 << 10
	maxText    = 4000 // characters of a message, as the platform's documents have it
	maxName    = 200
	maxAddress = 2000
)

// action does what a form asks for, and may change what is shown afterwards.
type action func(ctx context.Context, form form, v *view) error

// actions are what people can do, by the last part of their addresses.
func (i *Inbox) actions() map[string]action {
	return map[string]action{
		"customer": i.newCustomer, "say": i.say, "send": i.sendOther, "click": i.click,
		"takeover": i.takeOver, "leave": i.leave, "resolve": i.resolve, "handover": i.handOver,
		"tag": i.tag, "untag": i.untag, "bot": i.setBot, "block": i.block, "read": i.markAsRead, "press": i.press,
		"replay": i.replay, "webhook": i.setWebhook,
		"clock": i.moveClock, "trouble": i.setTrouble, "availability": i.setAvailable,
	}
}

// act answers a form: with the page as it is afterwards, or with the page and why
// nothing was done.
func (i *Inbox) act(do action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			status := http.StatusBadRequest
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				status = http.StatusRequestEntityTooLarge
			}
			http.Error(w, "the form cannot be read", status)
			return
		}
		v := viewOf(r)
		if err := do(r.Context(), form{r}, &v); err != nil {
			i.writePage(w, r, http.StatusUnprocessableEntity, v, said(err))
			return
		}
		http.Redirect(w, r, v.Link(), http.StatusSeeOther) //nolint:gosec // a link begins with the page's own path
	}
}

// said is an error as people read it.
func said(err error) string {
	text := strings.TrimPrefix(err.Error(), "sandbox: ")
	return capital(text) + "."
}

// form is what somebody filled in.
type form struct{ *http.Request }

// field reads a text that must not be empty, nor longer than so many characters.
func (f form) field(name string, most int) (string, error) {
	value, err := f.optional(name, most)
	if err == nil && strings.TrimSpace(value) == "" {
		return "", fmt.Errorf("%s is empty", f.label(name))
	}
	return value, err
}

// optional reads a text that may be empty.
func (f form) optional(name string, most int) (string, error) {
	value := strings.ReplaceAll(f.PostFormValue(name), "\r\n", "\n")
	switch {
	case !utf8.ValidString(value):
		return "", fmt.Errorf("%s is not text", f.label(name))
	case utf8.RuneCountInString(value) > most:
		return "", fmt.Errorf("%s is longer than %d characters", f.label(name), most)
	}
	return value, nil
}

// label is a field's name in a sentence.
func (form) label(name string) string { return "the field " + name }

// room is the one that a form is about.
func (f form) room() string { return f.PostFormValue("room") }

// agent is who acts.
func (f form) agent() int64 { return whole(f.PostFormValue("agent")) }

// newCustomer lets somebody new write on a channel.
func (i *Inbox) newCustomer(ctx context.Context, form form, v *view) error {
	source, id := readChannel(form.PostFormValue("channel"))
	userID, err := form.field("id", maxName)
	if err != nil {
		return err
	}
	name, err := form.optional("name", maxName)
	if err != nil {
		return err
	}
	text, err := form.field("text", maxText)
	if err != nil {
		return err
	}
	room, err := i.platform.CustomerWrites(ctx, sandbox.CustomerMessage{
		Source: source, ChannelID: id, UserID: strings.TrimSpace(userID), Name: strings.TrimSpace(name), Text: text,
	})
	if err == nil {
		v.open(room)
	}
	return err
}

// say writes a message into a room: the customer's, or an agent's.
func (i *Inbox) say(ctx context.Context, form form, v *view) error {
	text, err := form.field("text", maxText)
	if err != nil {
		return err
	}
	if err := i.checkCustomer(form); err != nil {
		return err
	}
	switch form.PostFormValue("by") {
	case string(sandbox.AuthorAgent):
		v.By = string(sandbox.AuthorAgent)
		return i.platform.AgentWrites(ctx, sandbox.AgentMessage{RoomID: form.room(), AgentID: form.agent(), Text: text})
	case string(sandbox.AuthorCustomer):
		v.By = ""
	}
	return i.customerSays(ctx, form.room(), sandbox.Message{Text: text}, v)
}

// checkCustomer refuses what was written before the sandbox was started again with
// another world, which gave the room to another customer. A form that names nobody is
// for whoever has the room.
func (i *Inbox) checkCustomer(form form) error {
	room, found := i.platform.Room(form.room())
	if !found || !form.PostForm.Has("customer") || form.PostFormValue("customer") == customerOf(room) {
		return nil
	}
	return fmt.Errorf("nothing was sent: the room %s is that of %s now", room.ID, room.Name)
}

// customerSays writes as the customer of a room. A new session may have a room of
// its own, which then takes the place of the one that is open.
func (i *Inbox) customerSays(ctx context.Context, roomID string, message sandbox.Message, v *view) error {
	room, found := i.platform.Room(roomID)
	if !found {
		return fmt.Errorf("there is no room %s", roomID)
	}
	written, err := i.platform.CustomerWrites(ctx, sandbox.CustomerMessage{
		Source: room.Source, ChannelID: room.ChannelID, UserID: room.UserID,
		Type: message.Type, Text: message.Text, Payload: message.Payload,
	})
	if err == nil && written != roomID && v.Room == roomID {
		v.open(written)
	}
	return err
}

// click answers for the customer, as a button that was sent to them does.
func (i *Inbox) click(ctx context.Context, form form, v *view) error {
	room, found := i.platform.Room(form.room())
	if !found {
		return fmt.Errorf("there is no room %s", form.room())
	}
	chosen, found := i.findButton(room.ID, form.PostFormValue("choice"))
	if !found {
		return errors.New("there is no such button any more")
	}
	return i.customerSays(ctx, room.ID, postback(room.Source, chosen), v)
}

// postback is what a click on a button is. In the live chat the customer's client
// says that it was one, and what the button holds; elsewhere it is a text.
func postback(source string, clicked button) sandbox.Message {
	if source != "qiscus" {
		return sandbox.Message{Text: clicked.Text}
	}
	return sandbox.Message{Type: "button_postback_response", Text: clicked.Text, Payload: clicked.Data}
}

// findButton finds the button of a message by what its click sends.
func (i *Inbox) findButton(roomID, choice string) (button, bool) {
	for _, message := range i.platform.Messages(roomID) {
		shown := messageView{ID: message.ID}
		shown.show(message)
		all := shown.Buttons
		for _, card := range shown.Cards {
			all = append(all, card.Buttons...)
		}
		for _, found := range all {
			if found.Choice != "" && found.Choice == choice {
				return found, true
			}
		}
	}
	return button{}, false
}

// takeOver lets an agent take a room over, who is then the one to write.
func (i *Inbox) takeOver(ctx context.Context, form form, v *view) error {
	err := i.platform.TakeOver(ctx, form.room(), form.agent())
	if err == nil {
		v.Agent, v.By = form.agent(), string(sandbox.AuthorAgent)
	}
	return err
}

func (i *Inbox) leave(ctx context.Context, form form, v *view) error {
	err := i.platform.Leave(ctx, form.room(), form.agent())
	if err == nil {
		v.By = ""
	}
	return err
}

func (i *Inbox) resolve(ctx context.Context, form form, _ *view) error {
	notes, err := form.optional("notes", maxText)
	if err != nil {
		return err
	}
	return i.platform.Resolve(ctx, form.room(), form.agent(), notes)
}

func (i *Inbox) handOver(ctx context.Context, form form, _ *view) error {
	return i.platform.HandOver(ctx, form.room(), form.PostFormValue("division"))
}

func (i *Inbox) tag(ctx context.Context, form form, _ *view) error {
	name, err := form.field("tag", maxName)
	if err != nil {
		return err
	}
	return i.platform.Tag(ctx, form.room(), strings.TrimSpace(name))
}

func (i *Inbox) untag(ctx context.Context, form form, _ *view) error {
	return i.platform.Untag(ctx, form.room(), form.PostFormValue("tag"))
}

func (i *Inbox) setBot(ctx context.Context, form form, _ *view) error {
	return i.platform.SetBot(ctx, form.room(), form.PostFormValue("on") == "true")
}

func (i *Inbox) block(ctx context.Context, form form, _ *view) error {
	return i.platform.Block(ctx, form.room(), form.PostFormValue("on") == "true")
}

func (i *Inbox) markAsRead(ctx context.Context, form form, _ *view) error {
	return i.platform.MarkAsRead(ctx, form.room())
}

func (i *Inbox) press(ctx context.Context, form form, _ *view) error {
	return i.platform.PressButton(ctx, form.room(), form.agent(), form.PostFormValue("button"))
}

// replay repeats an entry of the timeline, and opens the one that this makes, though
// what is looked for would hide it.
func (i *Inbox) replay(ctx context.Context, form form, v *view) error {
	made, err := i.platform.Replay(ctx, whole(form.PostFormValue("entry")))
	if err != nil {
		return err
	}
	v.Entry, v.Tab = made.ID, tabTimeline
	if !v.finds(made) {
		v.Kind, v.Failed, v.Here, v.Changes, v.Text = "", false, false, false, ""
	}
	return nil
}

// open shows another room.
func (v *view) open(room string) {
	v.Room, v.Tab, v.Agent, v.By, v.Messages = room, tabRoom, 0, "", firstMessages
}
