package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// chat is what the chat server knows beside the rooms of the inbox, which are rooms of
// its own.
type chat struct {
	// users are those who have something that the inbox does not know of them, by their
	// user ids. The staff are always among them; customers when they have logged in.
	users map[string]*chatUser
	// tokens tell whose a token is.
	tokens map[string]*chatUser
	// rooms are those that the inbox does not have, byUniqueID tells them by what their
	// makers call them.
	rooms      register[*conversation]
	byUniqueID map[string]*conversation
	// byMessageID finds messages by the ids that their senders gave them.
	byMessageID map[string]messagePlace
	// news is what sync_event tells, the oldest first.
	news []*chatNews
	// backups are the newest exports and imports, the oldest first.
	backups []*chatBackup
	// nonces are those that an identity token may have, and until when.
	nonces map[string]time.Time

	userIDs, memberships, newsIDs, backupIDs sequence
}

// The first numbers given out on the chat server.
const (
	firstChatUser = 41_200_000
	firstChatRoom = 310_450_000
	firstNews     = 5_200
)

func newChat(now time.Time) chat {
	return chat{
		users: map[string]*chatUser{}, tokens: map[string]*chatUser{},
		rooms: register[*conversation]{base: firstChatRoom}, byUniqueID: map[string]*conversation{},
		byMessageID: map[string]messagePlace{},
		nonces:      map[string]time.Time{},
		userIDs:     firstChatUser, newsIDs: firstNews + begun(now),
	}
}

// conversation is a room of the chat server: who takes part, and what was said. Each room
// of the inbox is one.
type conversation struct {
	id               string
	name, avatar     string
	messages         []Message
	created, updated time.Time
	// chat is what only the chat server knows of it. It is nil in a customer's room until
	// there is something to know.
	chat *chatRoom
	// inbox is the customer's room that it is; nil when the inbox does not have it.
	inbox *room
}

// chatRoomKind says who can take part in a room.
type chatRoomKind string

// The kinds of rooms. A customer's room is a group.
const (
	singleRoom  chatRoomKind = "single"  // two users, always the same ones
	groupRoom   chatRoomKind = "group"   // those who were asked in
	channelRoom chatRoomKind = "channel" // whoever likes to
)

// chatRoom is what the inbox does not know of a room.
type chatRoom struct {
	kind     chatRoomKind
	uniqueID string // "" in a customer's room
	options  string // JSON; "" in a customer's room
	creator  string // the user's id; "" in a customer's room
	// members are those who take part or did, in the order in which they came. In a
	// customer's room they are those of whom there is something to know.
	members []*chatMember
}

// chatMember is what a room knows of a user.
type chatMember struct {
	number int64 // of all members of all rooms, in the order in which they came
	user   *chatUser
	// joined says that the user takes part, and not only because the inbox has it so.
	joined bool
	// delivered and read are the newest messages that have reached the user, and those
	// before; cleared is the newest that the user no longer sees.
	delivered, read, cleared int64
}

// chatUser is somebody on the chat server.
type chatUser struct {
	id     int64
	userID string
	// username and avatar are "" while they are those that the inbox knows.
	username, avatar string
	extras           object
	password         string // "" until one is set
	active           bool
	tokens           []chatToken
	blocked          []int64 // the users whom this one has blocked
	devices          []chatDevice
	// rooms are those that the user takes part in, or has, beside what the inbox says, by
	// their ids.
	rooms []*conversation
	// staff and customer are who this is in the inbox; nil for nobody.
	staff    *staff
	customer *contact

	created, updated time.Time
}

// chatDevice is where a user gets notifications.
type chatDevice struct{ token, platform string }

// chatMessage is what the inbox does not know of a message. It is never changed, since
// copies of a message share it.
type chatMessage struct {
	uniqueID        string // that its sender gave it; "" for none
	extras          object
	byServer        bool // it was posted by a server
	deleted, edited bool
	// hiddenFrom is the user whom it does not reach, having blocked its sender; 0 for none.
	hiddenFrom int64
}

// messagePlace is where a message is.
type messagePlace struct {
	room *conversation
	id   int64
}

// chatNews is what sync_event tells of something.
type chatNews struct {
	id   int64
	kind chatEventKind
	at   time.Time
	room *conversation
	by   *chatUser
	// comment is the newest message that was delivered or read, and uniqueIDs that one's
	// or those of the messages that were deleted.
	comment   int64
	uniqueIDs []string
}

// isChannel tells whether everybody can join.
func (c *conversation) isChannel() bool { return c.chat != nil && c.chat.kind == channelRoom }

// isSingle tells whether it is a room of two.
func (c *conversation) isSingle() bool { return c.chat != nil && c.chat.kind == singleRoom }

// visibleTo tells whether a user may see a message at all.
func (m Message) visibleTo(user *chatUser) bool {
	return m.chat == nil || m.chat.hiddenFrom == 0 || m.chat.hiddenFrom != user.id
}

// indexOf finds a message by its id.
func (c *conversation) indexOf(id int64) (int, bool) {
	return slices.BinarySearchFunc(c.messages, id, func(said Message, id int64) int { return cmp.Compare(said.ID, id) })
}

// lastID is the id of the newest message; 0 when there is none.
func (c *conversation) lastID() int64 {
	if count := len(c.messages); count > 0 {
		return c.messages[count-1].ID
	}
	return 0
}
