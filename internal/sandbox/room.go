package sandbox

import (
	"slices"
	"time"
)

// Author says what kind of participant wrote a message.
type Author string

// Who writes messages.
const (
	AuthorCustomer Author = "customer"
	AuthorBot      Author = "bot"
	AuthorAgent    Author = "agent"
	AuthorSystem   Author = "system"
	// AuthorUser is somebody on the chat server who is nobody in the inbox.
	AuthorUser Author = "user"
)

// Message is one message in a room.
type Message struct {
	ID     int64
	Author Author
	Sender string // the customer's id, an e-mail address, or the user's id on the chat server
	Name   string
	Type   string // text, buttons, file_attachment, ...
	Text   string
	// Payload is the JSON value that belongs to the type; it must not be changed.
	Payload any
	At      time.Time
	// Status is how far it is: sent, delivered or read.
	Status string
	// NotForBot says why the bot's webhook is not sent for a customer's message;
	// "" when it is.
	NotForBot string

	chat *chatMessage // what only the chat server knows; nil when there is nothing
}

// What Message.NotForBot says.
const (
	NoBot       = "the app has no bot"
	BotOff      = "the bot is off in this room"
	AgentServes = "an agent serves the room"
)

// room is one customer's conversation on one channel.
type room struct {
	row int64 // the id of the platform's row, which is not the room's
	conversation

	contact int64
	channel *Channel

	userID           string // the customer's
	origin, widgetID string // where a live chat began

	handledByBot bool
	properties   []any  // pairs of key and value, as they were set
	options      object // as they were set; nil for those that every room has
	tags         []roomTag
	agents       []*staff  // who serves, in the order they joined
	division     *division // whose agents were asked for; nil for any
	readUpTo     int64     // the newest message that the staff has read
	// firstResponse is when an agent answered for the first time.
	firstResponse time.Time
	// service is the newest session and previous the one before; nil when there
	// is none yet.
	service, previous *service
	sessions          int // how many there were

	// activity orders rooms by their last message without two being equal. The
	// index of the rooms sets it.
	activity int64
}

// customer is whose room it is.
func (r *room) customer() customerKey {
	return customerKey{r.channel.Source, r.channel.ID, r.userID}
}

// roomTag is a tag on a room.
type roomTag struct {
	*tag

	at time.Time
}

// service is one session: from a customer's first message to the resolve.
type service struct {
	id       int64
	room     *room
	agent    *staff // who took it, or took it over; nil while nobody has
	notes    any
	resolved bool
	// toldOffline says that the customer knows that nobody is in.
	toldOffline bool

	created, retrieved, ended   time.Time
	firstComment, lastComment   int64
	firstCommentAt, lastChanged time.Time
}

// addRoom makes the room of a new customer.
func (s *state) addRoom(channel *Channel, userID, name string, now time.Time) *room {
	made := &room{
		row: s.roomRows.next(),
		conversation: conversation{
			id: s.rooms.nextID(), name: orDefault(name, userID), avatar: defaultAvatar, created: now, updated: now,
		},
		channel:      channel,
		userID:       userID,
		handledByBot: s.settings.bot.on,
		properties:   []any{},
	}
	made.inbox = made
	made.contact = s.contactOf(made).id
	s.rooms.add(made)
	s.touchRoom(made)
	return made
}

// openService starts a session.
func (s *state) openService(room *room, now time.Time) {
	room.previous, room.division = room.service, nil
	room.sessions++
	room.service = &service{id: s.services.next(), room: room, created: now, lastChanged: now}
	s.touchRoom(room)
	// Nothing public says whether the bot comes back with a new session after it
	// was switched off in the last one.
	room.handledByBot = s.settings.bot.on
}

// say adds a message to a room and to its session, unless that is closed.
func (s *state) say(room *room, said Message, now time.Time) Message {
	said = s.enter(&room.conversation, said, now)
	s.touchRoom(room)
	s.rooms.renew(room)
	if room.service != nil && !room.resolved() {
		if room.service.firstComment == 0 {
			room.service.firstComment = said.ID
			room.service.firstCommentAt = now
		}
		room.service.lastComment = said.ID
		room.service.lastChanged = now
	}
	if s.tell != nil {
		s.tell(room.id, said)
	}
	if s.toCustomer != nil && said.Author != AuthorCustomer {
		s.toCustomer(room, said)
	}
	return said
}

// enter adds a message to what was said in a room, the inbox's or not, and tells of it.
func (s *state) enter(room *conversation, said Message, now time.Time) Message {
	said = s.put(room, said, now)
	if s.wasPosted != nil {
		s.wasPosted(room, said)
	}
	s.happen(chatEvent{kind: chatPosted, room: room, message: said})
	return said
}

// put adds a message to what was said in a room.
func (s *state) put(room *conversation, said Message, at time.Time) Message {
	said.ID = s.comments.next()
	said.At, said.Status = at, MessageSent
	said.Type = orDefault(said.Type, "text")
	room.messages = append(room.messages, said)
	s.touch(messageThing{room, len(room.messages) - 1})
	room.updated = at
	if room.inbox == nil {
		s.touch(room)
	}
	if said.chat != nil {
		s.chat.byMessageID[said.chat.uniqueID] = messagePlace{room, said.ID}
	}
	return said
}

// announce adds a message of the system.
func (s *state) announce(room *room, what string, now time.Time) {
	s.say(room, Message{Author: AuthorSystem, Sender: "System", Name: "System", Type: "system_event", Text: what}, now)
}

// notForBot says why the bot does not hear the customer; "" when it does. With
// the app's setting is_force_send_bot it goes on hearing what is said to an agent.
func (s *state) notForBot(room *room) string {
	switch {
	case !s.settings.bot.set():
		return NoBot
	case len(room.agents) > 0 && !s.settings.switches.forceSendBot:
		return AgentServes
	case !room.handledByBot:
		return BotOff
	default:
		return ""
	}
}

// resolved tells whether the newest session is closed.
func (r *room) resolved() bool { return r.service != nil && r.service.resolved }

// windowAge tells how long ago WhatsApp's window opened in an unresolved room, and
// whether it has one: the customer must have written.
func (r *room) windowAge(now time.Time) (age time.Duration, ok bool) {
	last, wrote := r.lastByCustomer()
	return now.Sub(last.At), wrote && r.channel.Source == "wa" && !r.resolved()
}

// expired tells whether WhatsApp's window has closed in an unresolved room.
func (r *room) expired(now time.Time) bool {
	age, hasWindow := r.windowAge(now)
	return hasWindow && age >= windowLength
}

// waiting tells whether the customer wrote last; it is not known before
// anything was written.
func (r *room) waiting() any {
	for _, message := range slices.Backward(r.messages) {
		if message.Author != AuthorSystem {
			return message.Author == AuthorCustomer
		}
	}
	return nil
}

// unanswered counts what the customer has written since the bot or an agent wrote;
// nothing in a room that was resolved.
func (r *room) unanswered() int {
	count := 0
	for _, message := range slices.Backward(r.messages) {
		if r.resolved() || message.Author == AuthorBot || message.Author == AuthorAgent {
			break
		}
		if message.Author == AuthorCustomer {
			count++
		}
	}
	return count
}

// lastByCustomer returns the customer's newest message.
func (r *room) lastByCustomer() (Message, bool) {
	for _, message := range slices.Backward(r.messages) {
		if message.Author == AuthorCustomer {
			return message, true
		}
	}
	return Message{}, false
}

// latestService is the newest session that an agent took or that has ended. The
// one that a customer's message has just opened is not: so it stays the same
// for as long as the customer waits, which receivers de-duplicate by.
func (r *room) latestService() *service {
	if r.service != nil && r.service.agent == nil && !r.service.resolved {
		return r.previous
	}
	return r.service
}

// join puts an agent into the room.
func (r *room) join(agent *staff, now time.Time) {
	r.agents = append(r.agents, agent)
	if r.service.agent == nil {
		r.service.retrieved = now
	}
	r.service.agent = agent
	r.service.lastChanged = now
	r.updated = now
	agent.load.change(1, now)
	agent.served++
	agent.latest = r.service
}

// leave takes an agent out of the room, if the agent is in it.
func (r *room) leave(agent *staff, now time.Time) bool {
	i := slices.Index(r.agents, agent)
	if i < 0 {
		return false
	}
	r.agents = slices.Delete(r.agents, i, i+1)
	r.updated = now
	agent.load.change(-1, now)
	return true
}
