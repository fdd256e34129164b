package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// eventSettings say how events are sent, and where those go that have several
// addresses.
type eventSettings struct {
	shapes  map[string]Shape // of each event
	buttons []Button
	off     map[string]bool // targets of channels and buttons that were switched off
}

func newEventSettings(config Config) eventSettings {
	shapes, _ := configuredShapes(config) // checked before
	return eventSettings{shapes: shapes, buttons: slices.Clone(config.Buttons), off: map[string]bool{}}
}

// button is where the pressing of a button goes.
func (e eventSettings) button(pressed Button) webhook {
	return webhook{url: pressed.URL, on: !e.off[buttonTarget(pressed)]}
}

// withWebhookDefaults fills in what was left out about webhooks and checks the rest.
func (c Config) withWebhookDefaults() (Config, error) {
	if c.OnDelivery == nil {
		c.OnDelivery = func(Delivery) {}
	}
	if c.SignWebhook == nil {
		c.SignWebhook = func(string, *http.Request, []byte) {}
	}
	if c.Buttons == nil {
		c.Buttons = defaultButtons()
	}
	for _, channel := range c.Channels {
		if err := checkAddress(channel.WebhookURL); err != nil {
			return c, fmt.Errorf("sandbox: the channel %q: %w", channel.Name, err)
		}
	}
	if _, err := configuredShapes(c); err != nil {
		return c, err
	}
	if err := checkButtons(c.Buttons); err != nil {
		return c, err
	}
	var err error
	c.Delivery, err = c.Delivery.withDefaults()
	return c, err
}

// WebhookTarget is where an event goes. The app has one target for most events;
// customButton has one for each button, customChannelMessage one for each custom
// channel, and whatsAppForward, which stands for whatsAppForwardMessage and
// whatsAppForwardStatus, one for each WhatsApp channel. postComment, which the chat
// server sends, has a target of its own.
type WebhookTarget struct {
	// Name tells targets apart: the event's name and, where it has several, a colon
	// and the channel's id or the button's name.
	Name string
	// Event is the event's name.
	Event string
	// Of is the name of the channel or the button, or says that it is the chat server's;
	// "" for the app.
	Of  string
	URL string // "" for none
	On  bool
}

// The first part of the names of the targets that there are several of.
const (
	buttonTargets  = "customButton"
	channelTargets = "customChannelMessage"
	forwardTargets = "whatsAppForward"
)

func buttonTarget(button Button) string { return buttonTargets + ":" + button.Name }

func channelTarget(channel *Channel) string { return channelTargets + ":" + text(channel.ID) }

func forwardTarget(channel *Channel) string { return forwardTargets + ":" + text(channel.ID) }

// appTarget is a target that the app has one of.
type appTarget struct {
	event   string
	setting *webhook
}

// appTargets are in the order of the document.
func (s *state) appTargets() []appTarget {
	set := &s.settings
	return []appTarget{
		{"botMessage", &set.bot}, {"customAgentAllocation", &set.allocation}, {"markAsResolved", &set.resolve},
		{"newSession", &set.newSession}, {"userLogout", &set.auth},
	}
}

// hookOf is where a custom channel takes what is said to its customers.
func (s *state) hookOf(channel *Channel) webhook {
	if !channel.Custom {
		return webhook{}
	}
	return webhook{url: channel.WebhookURL, on: !s.settings.off[channelTarget(channel)]}
}

// forwardOf is where the raw events of a WhatsApp channel go.
func (s *state) forwardOf(channel *Channel) webhook {
	if channel.Source != "wa" {
		return webhook{}
	}
	return webhook{url: s.whatsApp.forwards[channel.ID], on: !s.settings.off[forwardTarget(channel)]}
}

// WebhookTargets lists where events go, also those targets that have no address.
func (s *Sandbox) WebhookTargets() []WebhookTarget {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []WebhookTarget
	list := func(name, event, of string, to webhook) {
		all = append(all, WebhookTarget{Name: name, Event: event, Of: of, URL: to.url, On: to.set()})
	}
	for _, target := range s.state.appTargets() {
		list(target.event, target.event, "", *target.setting)
	}
	for _, button := range s.state.settings.buttons {
		list(buttonTarget(button), buttonTargets, button.Name, s.state.settings.button(button))
	}
	for _, channel := range s.state.channels {
		switch {
		case channel.Custom:
			list(channelTarget(channel), channelTargets, channel.Name, s.state.hookOf(channel))
		case channel.Source == "wa":
			list(forwardTarget(channel), forwardTargets, channel.Name, s.state.forwardOf(channel))
		}
	}
	list(postComment, postComment, ofChat, s.state.settings.chat)
	return all
}

// SetWebhook changes where an event goes, as somebody does on the platform's own
// pages. The name is that of a [WebhookTarget]; an empty address takes the target away.
// Webhooks may be sent to a host that is named here, whichever it is. It fails for a
// target that there is none of, and an address that is none.
func (s *Sandbox) SetWebhook(name, address string, on bool) error {
	if err := checkAddress(address); err != nil {
		return fmt.Errorf("sandbox: set the webhook %s: %w", name, err)
	}
	return s.change(func() error {
		if !s.state.setTarget(name, address, on) {
			return fmt.Errorf("sandbox: set the webhook %s: there is no such target", name)
		}
		s.state.settings.changed = s.now()
		s.nameHost(address)
		return nil
	})
}

// setTarget tells whether there is a target of a name.
func (s *state) setTarget(name, address string, on bool) bool {
	for _, target := range s.appTargets() {
		if target.event == name {
			*target.setting = webhook{url: address, on: on}
			return true
		}
	}
	set := &s.settings
	if name == postComment {
		set.chat = webhook{url: address, on: on}
		return true
	}
	for i := range set.buttons {
		if buttonTarget(set.buttons[i]) == name {
			set.buttons[i].URL, set.off[name] = address, !on
			return true
		}
	}
	for _, channel := range s.channels {
		switch {
		case channel.Custom && channelTarget(channel) == name:
			channel.WebhookURL, set.off[name] = address, !on
			return true
		case channel.Source == "wa" && forwardTarget(channel) == name:
			s.whatsApp.forwards[channel.ID], set.off[name] = address, !on
			return true
		}
	}
	return false
}

// errAddress is about what can be no receiver's address. It does not repeat it:
// addresses of webhooks hold secrets.
var errAddress = errors.New("its address is not one of http or https")

// checkAddress refuses what can be no receiver's address; "" is none and passes.
func checkAddress(address string) error {
	if address == "" {
		return nil
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return errAddress
	}
	return nil
}
