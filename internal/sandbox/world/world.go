// Package world describes what a sandbox starts with: who works there, where customers
// write, and what was said so far. A world is written as YAML; [Read] reads it.
//
// A world is not put into the sandbox from behind. Its history happens there, at its
// times, by the calls by which everything happens, so that nothing comes of it that
// the platform would not let happen.
package world

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// World is what a sandbox starts with. What is left out is as in a sandbox that was
// told nothing.
type World struct {
	Admin       Admin             `yaml:"admin"`
	Staff       []Member          `yaml:"staff"`
	Channels    []Channel         `yaml:"channels"`
	Settings    Settings          `yaml:"settings"`
	OfficeHours OfficeHours       `yaml:"office_hours"`
	Webhooks    map[string]string `yaml:"webhooks"` // addresses, by the names of sandbox.WebhookTarget
	Buttons     []Button          `yaml:"buttons"`
	Rooms       []Room            `yaml:"rooms"`
	Broadcasts  []Broadcast       `yaml:"broadcasts"`

	source *yaml.Node // which knows the lines
}

// Admin is the app's one admin.
type Admin struct {
	Email    string `yaml:"email"`
	Password string `yaml:"password"` // of everybody who has none of their own
}

// Member is somebody of the staff beside the admin.
type Member struct {
	Email     string   `yaml:"email"`
	Name      string   `yaml:"name"`
	Role      string   `yaml:"role"` // agent when empty, or supervisor
	Password  string   `yaml:"password"`
	Offline   bool     `yaml:"offline"`
	Divisions []string `yaml:"divisions"` // beside the default one
}

// Channel is where customers write.
type Channel struct {
	ID     int64  `yaml:"id"`
	Source string `yaml:"source"` // the kind's code; the identifier key of a custom channel
	Name   string `yaml:"name"`
	Custom bool   `yaml:"custom"`
}

// Settings are the app's switches. Those that are left out are as they are.
type Settings struct {
	Sessional      bool  `yaml:"sessional"`
	ForceSendBot   bool  `yaml:"force_send_bot"`
	AllocateAgents bool  `yaml:"allocate_agents"`
	Takeover       *bool `yaml:"takeover"`
	NewTags        *bool `yaml:"new_tags"`
}

// OfficeHours are when customers are answered.
type OfficeHours struct {
	Zone               string      `yaml:"zone"` // such as +07:00
	Week               []OpenHours `yaml:"week"`
	Offline            string      `yaml:"offline"` // what is said outside of the hours
	OfflineEachMessage bool        `yaml:"offline_each_message"`
	Online             string      `yaml:"online"`
	OnlineIfResolved   bool        `yaml:"online_if_resolved"`
}

// OpenHours are the hours of some days.
type OpenHours struct {
	Days  []string `yaml:"days"` // monday and so on
	From  string   `yaml:"from"`
	Until string   `yaml:"until"`
}

// Button is a custom button.
type Button struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url"`
}

// Room is one customer's conversation on one channel.
type Room struct {
	Channel  string   `yaml:"channel"` // its id or source; the first channel when empty
	Customer Customer `yaml:"customer"`
	History  []Step   `yaml:"history"`
	// What the room has after all of its history.
	Tags    []string          `yaml:"tags"`
	Info    []Property        `yaml:"info"`
	Contact map[string]string `yaml:"contact"` // the customer's properties in all rooms
	Read    bool              `yaml:"read"`    // the staff has read all
	Blocked bool              `yaml:"blocked"`
}

// Customer is who writes.
type Customer struct {
	ID   string `yaml:"id"` // a phone number on WhatsApp
	Name string `yaml:"name"`
}

// Property is a line of a room's information.
type Property struct {
	Key   string `yaml:"key"`
	Value string `yaml:"value"`
}

// Step is one thing that happened in a room: exactly one of From, Opens, Joins,
// Leaves, Resolves, HandsOver and Bot.
type Step struct {
	At *Moment `yaml:"at"` // a minute after the step before when left out

	From    string `yaml:"from"` // customer, bot, or an e-mail address of the staff
	Text    string `yaml:"text"`
	Type    string `yaml:"type"`
	Payload any    `yaml:"payload"`

	Opens     bool   `yaml:"opens"`      // the customer opens a live chat and writes nothing
	Joins     string `yaml:"joins"`      // who of the staff
	Leaves    string `yaml:"leaves"`     // who of the staff
	Resolves  string `yaml:"resolves"`   // who of the staff
	Notes     string `yaml:"notes"`      // with Resolves
	HandsOver string `yaml:"hands_over"` // the bot does, to the division
	Bot       *bool  `yaml:"bot"`        // it is switched on or off in the room
}

// Broadcast is a template that was sent.
type Broadcast struct {
	At        *Moment  `yaml:"at"`
	Name      string   `yaml:"name"`
	Channel   string   `yaml:"channel"` // its id; the first of WhatsApp when empty
	Template  string   `yaml:"template"`
	Language  string   `yaml:"language"` // id when empty
	To        []string `yaml:"to"`       // phone numbers
	Variables []string `yaml:"variables"`
}

// fail is an error at a place of the world's text: keys and indexes that lead there.
func (w *World) fail(err error, place ...any) error {
	node, written := w.source, ""
	for _, step := range place {
		switch step := step.(type) {
		case string:
			node = child(node, step)
			written += "." + step
		case int:
			node = item(node, step)
			written += "[" + strconv.Itoa(step) + "]"
		}
	}
	if len(written) > 0 && written[0] == '.' {
		written = written[1:]
	}
	if node == nil {
		return fmt.Errorf("%s: %w", written, err)
	}
	return fmt.Errorf("line %d: %s: %w", node.Line, written, err)
}

// child is the value of a key; the mapping itself where the key was left out.
func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return node
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return node
}

func item(node *yaml.Node, i int) *yaml.Node {
	if node == nil || node.Kind != yaml.SequenceNode || i >= len(node.Content) {
		return node
	}
	return node.Content[i]
}
