package realtime

import "strings"

// Kind is what is told on a topic.
type Kind string

// The kinds of topics. Of those of one user the token is part of the name, and the only
// thing that keeps others out.
const (
	Messages        Kind = "messages"         // {token}/c: a user's new messages, in all rooms
	Updates         Kind = "updates"          // {token}/update: messages that were edited
	Notices         Kind = "notices"          // {token}/n: messages deleted, rooms cleared
	ChannelMessages Kind = "channel messages" // {app}/{channel}/c: new messages of a public channel
	Typing          Kind = "typing"           // r/{room}/{room}/{user}/t
	Delivered       Kind = "delivered"        // r/{room}/{room}/{user}/d
	Read            Kind = "read"             // r/{room}/{room}/{user}/r
	Events          Kind = "events"           // r/{room}/{room}/e: events that clients make up
	BotTyping       Kind = "bot typing"       // r/{room}/typing
	Presence        Kind = "presence"         // u/{user}/s
)

// maxTopic bounds a topic, in bytes.
const maxTopic = 1024

// ofUser are the kinds whose topics are a token and a word.
var ofUser = map[string]Kind{"c": Messages, "update": Updates, "n": Notices}

// ofParticipant are the kinds whose topics name a room's participant.
var ofParticipant = map[string]Kind{"t": Typing, "d": Delivered, "r": Read}

// Topic is where something is told. Which members it has, its kind says.
type Topic struct {
	Kind    Kind
	Token   string // of messages, updates and notices
	App     string // of channel messages, beside Channel
	Channel string // its unique id
	Room    string // its id
	// User is the id of who types, was reached, has read, or is there. "" stands for
	// every participant, in what is subscribed to.
	User string
}

// ParseTopic reads what a client subscribes to or publishes on, and tells whether it is
// anything that the platform has. Of wildcards there is + for a room's participants, and
// then also for the second mention of the room.
func ParseTopic(text string) (topic Topic, ok bool) {
	if len(text) > maxTopic || strings.HasPrefix(text, "$") || strings.ContainsAny(text, "#\x00") {
		return Topic{}, false
	}
	levels := strings.Split(text, "/")
	if last := len(levels) - 1; levels[0] == "r" && last == 4 && levels[3] == "+" {
		return parseEverybodys(levels)
	}
	if strings.Contains(text, "+") {
		return Topic{}, false
	}
	return parseOne(levels)
}

// parseEverybodys reads a topic of all participants of a room.
func parseEverybodys(levels []string) (topic Topic, ok bool) {
	room := levels[1]
	topic = Topic{Kind: ofParticipant[levels[4]], Room: room}
	isRoom := levels[2] == room || levels[2] == "+"
	return topic, topic.Kind != "" && isRoom && room != "" && !strings.Contains(room, "+")
}

// parseOne reads a topic without a wildcard.
func parseOne(levels []string) (topic Topic, ok bool) {
	last := len(levels) - 1
	switch {
	case last < 1 || levels[0] == "":
		return Topic{}, false
	case levels[0] == "r":
		return parseRooms(levels)
	case levels[0] == "u":
		return Topic{Kind: Presence, User: levels[1]}, last == 2 && levels[1] != "" && levels[2] == "s"
	case last == 1:
		kind, known := ofUser[levels[1]]
		return Topic{Kind: kind, Token: levels[0]}, known
	default: // nothing forbids a slash in a channel's unique id
		channel := strings.Join(levels[1:last], "/")
		return Topic{Kind: ChannelMessages, App: levels[0], Channel: channel}, channel != "" && levels[last] == "c"
	}
}

// parseRooms reads a topic of a room.
func parseRooms(levels []string) (topic Topic, ok bool) {
	room, rest := levels[1], levels[2:]
	switch len(rest) {
	case 1:
		return Topic{Kind: BotTyping, Room: room}, room != "" && rest[0] == "typing"
	case 2:
		return Topic{Kind: Events, Room: room}, room != "" && rest[0] == room && rest[1] == "e"
	case 3:
		kind, known := ofParticipant[rest[2]]
		return Topic{Kind: kind, Room: room, User: rest[1]}, known && room != "" && rest[0] == room && rest[1] != ""
	default:
		return Topic{}, false
	}
}

// ByClients tells whether clients publish on the topic. On all others the platform alone
// does.
func (t Topic) ByClients() bool {
	switch t.Kind {
	case Typing, Presence:
		return t.User != ""
	default:
		return t.Kind == Events
	}
}

// Covers tells whether who is subscribed to the topic hears what is told on another one.
func (t Topic) Covers(other Topic) bool {
	if t.User == "" {
		other.User = ""
	}
	return t == other
}

// String writes the topic as clients do.
func (t Topic) String() string {
	user := t.User
	if user == "" {
		user = "+"
	}
	room := "r/" + t.Room + "/" + t.Room + "/"
	switch t.Kind {
	case Messages:
		return t.Token + "/c"
	case Updates:
		return t.Token + "/update"
	case Notices:
		return t.Token + "/n"
	case ChannelMessages:
		return t.App + "/" + t.Channel + "/c"
	case Typing:
		return room + user + "/t"
	case Delivered:
		return room + user + "/d"
	case Read:
		return room + user + "/r"
	case Events:
		return room + "e"
	case BotTyping:
		return "r/" + t.Room + "/typing"
	case Presence:
		return "u/" + t.User + "/s"
	default:
		return ""
	}
}
