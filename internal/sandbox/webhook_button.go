package sandbox

import (
	"context"
	"fmt"
	"slices"
)

// Button is a custom button, which the staff presses in a room. Each has an address of
// its own: nothing in the webhook tells which one it was.
type Button struct {
	Name string // what stands on it; no two have the same
	URL  string // where customButton is sent; "" for nowhere
}

// PressButton lets a member of the staff press a custom button in a room; the admin
// when the agent's id is 0. It fails for a button that is switched off or has no
// address.
func (s *Sandbox) PressButton(ctx context.Context, roomID string, agentID int64, button string) error {
	return s.act(ctx, "press a button", roomID, agentID, func(room *room, agent *staff) error {
		set := s.state.settings
		i := slices.IndexFunc(set.buttons, func(b Button) bool { return b.Name == button })
		if i < 0 {
			return fmt.Errorf("there is no button %q", button)
		}
		to := set.button(set.buttons[i])
		if !to.set() {
			return fmt.Errorf("the button %q is off or has no address", button)
		}
		s.post("customButton", to, room.id, s.buttonBody(room, agent))
		return nil
	})
}

// Buttons lists the custom buttons.
func (s *Sandbox) Buttons() []Button {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.settings.buttons)
}

// SetButtons replaces all custom buttons, and switches them on. Webhooks may be sent
// to the hosts that they name. It fails for a button without a name, one that stands
// twice, and an address that is none.
func (s *Sandbox) SetButtons(buttons ...Button) error {
	if err := checkButtons(buttons); err != nil {
		return err
	}
	return s.change(func() error {
		set := &s.state.settings
		for _, old := range set.buttons {
			delete(set.off, buttonTarget(old))
		}
		set.buttons = slices.Clone(buttons)
		for _, button := range buttons {
			s.nameHost(button.URL)
		}
		set.changed = s.now()
		return nil
	})
}

func checkButtons(buttons []Button) error {
	seen := map[string]bool{}
	for _, button := range buttons {
		if button.Name == "" || seen[button.Name] {
			return fmt.Errorf("sandbox: the button %q has no name, or it stands twice", button.Name)
		}
		seen[button.Name] = true
		if err := checkAddress(button.URL); err != nil {
			return fmt.Errorf("sandbox: the button %q: %w", button.Name, err)
		}
	}
	return nil
}

// defaultButtons are those of an app that nobody has said otherwise of. It has no
// address yet.
func defaultButtons() []Button { return []Button{{Name: "Buat tiket"}} }

// buttonBody has the room's id as a number, and a label in place of the channel's
// source.
func (s *Sandbox) buttonBody(room *room, by *staff) object {
	roomID, _ := number(room.id)
	var notes any
	if room.service != nil {
		notes = room.service.notes
	}
	tags := []object{}
	for _, tag := range room.tags {
		tags = append(tags, shortTagRow(tag.tag))
	}
	properties := []object{}
	if contact, ok := s.state.book.byID.find(text(room.contact)); ok {
		for _, property := range contact.properties {
			properties = append(properties,
				object{"id": property.id, "label": property.label, "value": property.value})
		}
	}
	return object{
		"room_id": roomID, "channel_id": room.channel.ID, "channel_name": room.channel.Name,
		"channel_type":    channelLabel(room.channel),
		"agent":           object{"email": by.Email, "name": by.Name, "type": by.Type.String()},
		"customer":        object{"user_id": room.userID, "name": room.name, "avatar": room.avatar},
		"additional_info": s.buttonInfo(room), "customer_properties": properties, "notes": notes, "tag": tags,
	}
}

// buttonInfo is the room's information: pairs of key and value or, as a page prints
// it, objects of one member.
func (s *Sandbox) buttonInfo(room *room) []any {
	if s.state.settings.shapes["customButton"] != Shape2024 {
		return room.properties
	}
	info := []any{}
	for _, item := range room.properties {
		if pair, isPair := item.(object); isPair {
			info = append(info, object{text(pair["key"]): propertyLabel(pair["value"])})
		}
	}
	return info
}

// channelLabel is a channel's kind for people. Two of the labels are known.
func channelLabel(channel *Channel) string {
	switch kindOf(channel) {
	case "wa":
		return "WhatsApp"
	case "qiscus":
		return "Qiscus Widget"
	case "ig":
		return "Instagram"
	case "fb":
		return "Facebook"
	case "line":
		return "LINE"
	case "telegram":
		return "Telegram"
	case "tiktok":
		return "TikTok"
	default:
		return "Custom Channel"
	}
}

// firstButton is before the first button's id.
const firstButton = 3100

func (s *Sandbox) getTicketingConfig(*request) (any, error) {
	rows := []object{}
	set := s.state.settings
	for i, button := range set.buttons {
		rows = append(rows, object{
			"id": firstButton + 1 + i, "label": button.Name, "button": button.Name, "enabled": !set.off[buttonTarget(button)],
		})
	}
	return data(object{"configs": rows}), nil
}
