package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/clock"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// Config says what a Sandbox starts with. Every member may be left out; use
// [Sandbox.Config] to see what was filled in.
type Config struct {
	// AppCode and SecretKey are the app's credentials.
	AppCode, SecretKey string
	// AdminEmail and AdminPassword log the app's one admin in.
	AdminEmail, AdminPassword string

	// Agents are the staff beside the admin. When it is nil, AgentCount agents
	// are made up (five when zero), the last of them offline.
	Agents     []Agent
	AgentCount int
	// Channels are where customers write. When it is nil there is one of each of the
	// older kinds: WhatsApp, live chat, Instagram, a custom one, LINE, Telegram and
	// Facebook.
	Channels []Channel
	// Rooms is how many customers have written already and wait for an agent.
	// The same number always gives the same rooms. Each takes about 1 KB: a million
	// of them are made within seconds.
	Rooms int

	// Webhooks says where events are sent. The API's setters change it later.
	Webhooks Webhooks
	// Delivery says how they are sent, and how often when they do not arrive.
	Delivery DeliverySettings
	// Shape is the form that all events have; see [Sandbox.SetShape], which changes it
	// later. Shapes says it of single events, by name.
	Shape  Shape
	Shapes map[string]Shape
	// DoubleAllocation lets each customAgentAllocation come twice, as it does in
	// production under load.
	DoubleAllocation bool
	// Buttons are the custom buttons that agents press in rooms. When it is nil there
	// is one, without an address.
	Buttons []Button
	// SignWebhook is called with each delivery's event and body before it is sent,
	// for instance to add a signature to the headers.
	SignWebhook func(event string, delivery *http.Request, body []byte)
	// HTTPClient sends the webhooks.
	HTTPClient *http.Client
	// OnDelivery is told how each attempt to deliver ended. It is called by several
	// goroutines at once, one for each room, and may call the Sandbox, but for
	// Shutdown, which waits for it.
	OnDelivery func(Delivery)
	// OnMessage is told of each message that is added to a room: the customers',
	// the bot's, and the system's, which tell who joins, leaves and resolves. In
	// one room it is called for one message after the other; for several rooms by
	// several goroutines at once. It does not wait for webhooks, nor they for it: it
	// may be told what a bot writes in answer to one before OnDelivery is told of
	// that one, or after. It may call the Sandbox, but for Shutdown, which waits
	// for it.
	OnMessage func(roomID string, message Message)

	// Store keeps the state; it goes with the Sandbox when it is nil. What it holds
	// already goes before AppCode, SecretKey, AdminEmail, AdminPassword, Agents,
	// Channels, Buttons, Rooms, OfficeHours and History; of Webhooks those that are named go
	// before what it holds. Not kept are the timeline, webhooks that wait, trouble, and
	// how the platform is simulated: Pace, Shapes and the like, and who is online. Close
	// it after Shutdown.
	Store Store

	// History is what happened before; nothing did when it is zero.
	History History

	// Now is the clock below Clock.
	Now func() time.Time
	// Clock is the time of the Sandbox; one that goes as Now does when it is nil.
	Clock *clock.Clock
	// AllocateAgents switches the platform's own allocation on: a customer who waits
	// gets the least busy agent who is online, unless customAgentAllocation is sent
	// to somebody. How many customers an agent has is no bound to it.
	AllocateAgents bool
	// NoTakeover forbids agents to take over customers who wait, and NoNewTags to make
	// tags that the app does not have yet.
	NoTakeover, NoNewTags bool
	// OfficeHours are when customers are answered.
	OfficeHours OfficeHours

	// Pace is how long the platform takes for what it does by itself.
	Pace Pace
	// TokenLife is how long a user's token works unless its user logs out: 30 days
	// when zero, as the platform's do.
	TokenLife time.Duration
	// ChatTokenLife is how long a token of the chat server works until it has to be
	// renewed with its refresh token: for ever when zero, as it is unless an app asks for
	// more.
	ChatTokenLife time.Duration
	// CountLag is how old the numbers of customers are that listAgents tells. The
	// platform's are seconds old, those of other calls are not.
	CountLag time.Duration
	// RefuseAnonymous lets clients connect to the broker only with a user name and a
	// password of the chat server's. Older ones have none, and are let in otherwise;
	// whether the platform still does that is not known.
	RefuseAnonymous bool
	// RealtimeLookup tells clients to ask for the broker's address at [RealtimeLookupPath]
	// when they have lost it.
	RealtimeLookup bool

	// Trouble decides what fails on purpose; nothing does when it is nil.
	Trouble *trouble.Maker
	// ShowUnsent enters what would be sent, had it an address, into the timeline: so
	// that people see which webhooks there are before they have a program for them.
	ShowUnsent bool
	// Remember is how many calls and deliveries the timeline holds: 1,000 when
	// zero, none when negative.
	Remember int
}

// defaultRemember is how many calls and deliveries are remembered.
const defaultRemember = 1000

// Agent is a member of the staff.
type Agent struct {
	ID       int64 // made up when zero
	Name     string
	Email    string
	Password string    // the admin's when empty
	Type     StaffType // TypeAgent when zero
	Offline  bool
	// Divisions are named; the default division, which everybody is in, need
	// not be.
	Divisions []string
}

// StaffType is a kind of staff, by the platform's numbers.
type StaffType int

// The kinds of staff.
const (
	TypeAdmin StaffType = iota + 1
	TypeAgent
	TypeSupervisor
)

// String returns the platform's word for the kind.
func (t StaffType) String() string {
	switch t {
	case TypeAdmin:
		return "admin"
	case TypeSupervisor:
		return "supervisor"
	default:
		return "agent"
	}
}

// Channel is where customers write.
type Channel struct {
	// ID is unique among the channels of one source.
	ID int64
	// Source is the code of the channel's kind, such as wa, qiscus or ig. For a
	// custom channel it is the identifier key.
	Source string
	Name   string
	Custom bool
	// WebhookURL is where a custom channel's other side takes what is said to its
	// customers.
	WebhookURL string
}

// Webhooks are the addresses that events are sent to. An event without an
// address is not sent. Programs can set others through the API; those are sent to
// in networks of one's own only.
type Webhooks struct {
	Bot        string // botMessage
	NewSession string // newSession
	Allocation string // customAgentAllocation
	Resolve    string // markAsResolved
	Auth       string // userLogout
	Chat       string // postComment, of the chat server
}

// withDefaults fills in what was left out and checks the rest.
func (c Config) withDefaults() (Config, error) {
	if err := c.checkNumbers(); err != nil {
		return c, err
	}
	c = c.withInvented()
	if c.Clock == nil {
		c.Clock = clock.New(c.Now)
	}
	c.Now = c.Clock.Now
	c.Trouble = orDefault(c.Trouble, new(trouble.Maker))
	c.TokenLife = orDefault(c.TokenLife, defaultTokenLife)
	c.Remember = max(orDefault(c.Remember, defaultRemember), 0)
	var err error
	if c.OfficeHours, err = c.OfficeHours.withDefaults(); err != nil {
		return c, err
	}
	if c.Agents, err = completeAgents(c); err != nil {
		return c, err
	}
	if c, err = c.withWebhookDefaults(); err != nil {
		return c, err
	}
	return c, checkChannels(c)
}

func (c Config) checkNumbers() error {
	switch {
	case c.Rooms < 0 || c.AgentCount < 0:
		return errors.New("sandbox: a negative number of rooms or agents")
	case min(c.TokenLife, c.ChatTokenLife, c.CountLag) < 0:
		return errors.New("sandbox: a negative token life or count lag")
	default:
		return c.Pace.check()
	}
}

// withInvented makes up the app where it was left out.
func (c Config) withInvented() Config {
	c.AppCode = orDefault(c.AppCode, "wangi-qjxw1k2m3n4o")
	c.SecretKey = orDefault(c.SecretKey, "3f1d0a9b7c5e")
	c.AdminEmail = orDefault(c.AdminEmail, "sari@example.id")
	c.AdminPassword = orDefault(c.AdminPassword, "rahasia-sari")
	if c.Agents == nil {
		c.Agents = inventAgents(c.AgentCount)
	}
	if c.Channels == nil {
		c.Channels = defaultChannels()
	}
	return c
}

// completeAgents returns a copy of the agents with an id, a password and a type
// for each.
func completeAgents(c Config) ([]Agent, error) {
	emails := map[string]bool{c.AdminEmail: true}
	ids := map[int64]bool{adminID: true}
	for _, agent := range c.Agents {
		ids[agent.ID] = true
	}
	agents := make([]Agent, 0, len(c.Agents))
	nextID := int64(firstAgentID)
	for _, agent := range c.Agents {
		if agent.Email == "" || emails[agent.Email] {
			return nil, fmt.Errorf("sandbox: the e-mail address of agent %q is missing or taken", agent.Name)
		}
		emails[agent.Email] = true
		for agent.ID == 0 {
			if !ids[nextID] {
				agent.ID = nextID
			}
			nextID++
		}
		agent.Password = orDefault(agent.Password, c.AdminPassword)
		agent.Type = orDefault(agent.Type, TypeAgent)
		agents = append(agents, agent)
	}
	return agents, nil
}

func checkChannels(c Config) error {
	type key struct {
		source string
		id     int64
	}
	seen := map[key]bool{}
	for _, channel := range c.Channels {
		k := key{channel.Source, channel.ID}
		if channel.Source == "" || seen[k] {
			return fmt.Errorf("sandbox: the channel %q has no source, or its id stands twice", channel.Name)
		}
		seen[k] = true
	}
	isPublic := func(channel Channel) bool { return !channel.Custom }
	if c.Rooms > 0 && !slices.ContainsFunc(c.Channels, isPublic) {
		return errors.New("sandbox: rooms need a channel that is not a custom one")
	}
	return nil
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
