package world

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// player lets a world's history happen.
type player struct {
	*sandbox.Sandbox
	*caller

	rooms map[int]string // the ids, by the rooms' places in the world
	staff map[string]int64
}

// play lets all events happen at their times.
func (w *World) play(ctx context.Context, before *sandbox.Sandbox, events []event) error {
	p := &player{Sandbox: before, caller: newCaller(before), rooms: map[int]string{}, staff: map[string]int64{}}
	for _, member := range before.Staff() {
		p.staff[member.Email] = member.ID
	}
	if err := w.prepare(ctx, p); err != nil {
		return err
	}
	for _, event := range events {
		if err := before.Clock().MoveTo(event.at); err != nil {
			return w.fail(err, event.place...)
		}
		if err := event.do(ctx, p); err != nil {
			return w.fail(err, event.place...)
		}
	}
	return nil
}

// prepare sets what holds from the beginning.
func (w *World) prepare(ctx context.Context, p *player) error {
	for _, name := range slices.Sorted(maps.Keys(w.Webhooks)) {
		if err := p.SetWebhook(name, w.Webhooks[name], true); err != nil {
			return w.fail(err, "webhooks", name)
		}
	}
	if w.Buttons != nil {
		var buttons []sandbox.Button
		for _, button := range w.Buttons {
			buttons = append(buttons, sandbox.Button{Name: button.Name, URL: button.URL})
		}
		if err := p.SetButtons(buttons...); err != nil {
			return w.fail(err, "buttons")
		}
	}
	if w.Settings.Sessional {
		if err := p.post(ctx, "/api/v1/admin/service/set_sessional", object{"is_sessional": true}); err != nil {
			return w.fail(err, "settings", "sessional")
		}
	}
	if w.Settings.ForceSendBot {
		if err := p.postForm(ctx, "/api/v2/app/bot/force_send", url.Values{"is_force_send_bot": {"true"}}); err != nil {
			return w.fail(err, "settings", "force_send_bot")
		}
	}
	return nil
}

// step lets one step of a room happen.
func (p *player) step(ctx context.Context, i int, room Room, step Step) error {
	id := p.rooms[i]
	switch {
	case step.Opens:
		return p.open(ctx, i, room)
	case step.From == "customer":
		return p.customer(ctx, i, room, step)
	case step.From == "bot":
		return p.post(ctx, "/"+p.Config().AppCode+"/bot", step.message(object{
			"sender_email": p.Config().AppCode + "_admin@qismo.com", "room_id": id,
		}))
	case step.Bot != nil:
		return p.SetBot(ctx, id, *step.Bot)
	case step.HandsOver != "":
		return p.HandOver(ctx, id, step.HandsOver)
	}
	who := step.From + step.Joins + step.Leaves + step.Resolves // one of them
	agent, ok := p.staff[who]
	switch {
	case !ok:
		return fmt.Errorf("nobody of the staff is %q", who)
	case step.Joins != "":
		return p.TakeOver(ctx, id, agent)
	case step.Leaves != "":
		return p.Leave(ctx, id, agent)
	case step.Resolves != "":
		return p.Resolve(ctx, id, agent, step.Notes)
	default:
		return p.AgentWrites(ctx, sandbox.AgentMessage{
			RoomID: id, AgentID: agent, Type: step.Type, Text: step.Text, Payload: step.Payload,
		})
	}
}

// message adds what a step says to a message of the API.
func (s Step) message(body object) object {
	body["message"] = s.Text
	if s.Type != "" {
		body["type"] = s.Type
	}
	if s.Payload != nil {
		body["payload"] = s.Payload
	}
	return body
}

// channel finds the channel that a room names.
func (p *player) channel(name string) (sandbox.Channel, error) {
	for _, channel := range p.Channels() {
		if name == "" || channel.Source == name || strconv.FormatInt(channel.ID, 10) == name {
			return channel, nil
		}
	}
	return sandbox.Channel{}, fmt.Errorf("there is no channel %q", name)
}

// customer lets the customer write. The room can become another one by it.
func (p *player) customer(ctx context.Context, i int, room Room, step Step) error {
	channel, err := p.channel(room.Channel)
	if err != nil {
		return err
	}
	p.rooms[i], err = p.CustomerWrites(ctx, sandbox.CustomerMessage{
		Source: channel.Source, ChannelID: channel.ID, UserID: room.Customer.ID, Name: room.Customer.Name,
		Type: step.Type, Text: step.Text, Payload: step.Payload,
	})
	return err
}

// open lets the customer open a live chat.
func (p *player) open(ctx context.Context, i int, room Room) error {
	channel, err := p.channel(room.Channel)
	if err != nil {
		return err
	}
	name := room.Customer.Name
	if name == "" {
		name = room.Customer.ID
	}
	answer, err := p.ask(ctx, "/api/v2/qiscus/initiate_chat", object{
		"app_id": p.Config().AppCode, "user_id": room.Customer.ID, "name": name, "nonce": "-", "channel_id": channel.ID,
	})
	if err != nil {
		return err
	}
	p.rooms[i] = answer.at("data", "customer_room", "room_id")
	return nil
}

// finish gives a room what it has in the end.
func (p *player) finish(ctx context.Context, i int, room Room) error {
	id := p.rooms[i]
	for _, tag := range room.Tags {
		if err := p.Tag(ctx, id, tag); err != nil {
			return err
		}
	}
	if room.Info != nil {
		var info []sandbox.Property
		for _, property := range room.Info {
			info = append(info, sandbox.Property(property))
		}
		if err := p.SetRoomInfo(ctx, id, info); err != nil {
			return err
		}
	}
	if err := p.contact(ctx, id, room.Contact); err != nil {
		return err
	}
	if room.Read {
		if err := p.MarkAsRead(ctx, id); err != nil {
			return err
		}
	}
	if room.Blocked {
		return p.Block(ctx, id, true)
	}
	return nil
}

// contact sets the customer's properties.
func (p *player) contact(ctx context.Context, roomID string, properties map[string]string) error {
	if len(properties) == 0 {
		return nil
	}
	room, err := p.get(ctx, "/api/v2/customer_rooms/"+roomID)
	if err != nil {
		return err
	}
	path := "/api/v2/contacts/properties/" + room.at("data", "customer_room", "contact_id")
	for _, label := range slices.Sorted(maps.Keys(properties)) {
		if err := p.postParts(ctx, path, url.Values{"label": {label}, "value": {properties[label]}}); err != nil {
			return err
		}
	}
	return nil
}

// broadcast sends a template.
func (p *player) broadcast(ctx context.Context, sent Broadcast) error {
	name := sent.Channel
	if name == "" {
		name = "wa"
	}
	channel, err := p.channel(name)
	if err != nil {
		return err
	}
	template, err := p.get(ctx, "/api/v2/admin/hsm?channel_id="+strconv.FormatInt(channel.ID, 10)+"&name="+sent.Template)
	if err != nil {
		return err
	}
	body := object{
		"channel_id": channel.ID, "template_name": sent.Template, "language": sent.Language, "phone_numbers": sent.To,
		"namespace": template.at("data", "hsm_templates", "0", "namespace"),
	}
	if sent.Language == "" {
		body["language"] = "id"
	}
	if sent.Variables != nil {
		body["variables"] = sent.Variables
	}
	return p.post(ctx, "/api/v2/admin/broadcast/client_broadcast", body)
}
