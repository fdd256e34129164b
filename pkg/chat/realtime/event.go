package realtime

import (
	"encoding/json"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Event is something that happened: a pointer to one of the types below, which a type
// switch tells apart. There may be more of them some day.
type Event interface{ isEvent() }

// Actor is who did something: Email is the user's id, ID an internal number.
type Actor = wire.NotificationActor

// NewMessage is a message that was posted, also one's own that was posted elsewhere, or
// by this program. Each is told once; those of a room in the order of their ids.
type NewMessage struct {
	// Message is what was posted.
	Message chat.PostedMessage
	// Late says that a later message of the room was told before: this one became visible
	// after it.
	Late bool
}

// MessageEdited is a message as it is after a change. It is told only while connected,
// as sync does not know of changes: whoever shows messages loads them anew after
// [Connected] and [Dropped].
type MessageEdited struct{ Message chat.PostedMessage }

// MessagesDeleted are messages that were deleted for all.
type MessagesDeleted struct {
	// Deleted are the messages by their unique ids, by room.
	Deleted []chat.DeletedMessages
	// IsHard says that nothing stands in their place.
	IsHard bool
	// By is who deleted them, as far as it is told.
	By Actor
	// At is when, zero where it is not told.
	At time.Time
}

// RoomCleared are rooms whose messages the user has deleted for themselves.
type RoomCleared struct {
	// Rooms are those rooms.
	Rooms []chat.RoomInfo
	// By is who cleared them, as far as it is told.
	By Actor
	// At is when, zero where it is not told.
	At time.Time
}

// Delivered says how far the messages of a room have reached somebody's device. It also
// stands for all messages before.
type Delivered struct {
	RoomID    flex.ID
	UserID    string
	MessageID flex.ID
	// UniqueID is the message's unique id.
	UniqueID string
}

// Read says how far somebody has read a room. It also stands for all messages before.
type Read struct {
	RoomID    flex.ID
	UserID    string
	MessageID flex.ID
	// UniqueID is the message's unique id.
	UniqueID string
}

// Typing says that somebody types in a room that was joined, or has stopped.
type Typing struct {
	RoomID   flex.ID
	UserID   string
	IsTyping bool
	// IsBot says that it is a bot at work on its answer, with its Name and a Text to show
	// meanwhile.
	IsBot      bool
	Name, Text string
}

// Presence says whether a user who is watched is online.
type Presence struct {
	UserID   string
	IsOnline bool
	// At is since when, zero where it is not told.
	At time.Time
}

// Custom is what another client published in a room that was joined, see
// [Connection.PublishEvent].
type Custom struct {
	RoomID flex.ID
	// Sender is who says to have published it, "" when nobody does. Anybody in the room
	// can say so.
	Sender string
	// Data is any JSON.
	Data json.RawMessage
}

// Connected says that the broker is connected and tells what happens from now on. What
// happened before follows by sync.
type Connected struct {
	// Broker is its address.
	Broker string
}

// Disconnected says that the broker is not connected, or not any more. Messages still
// come by sync, later.
type Disconnected struct {
	// Err is why.
	Err error
	// Retry is how long until the next attempt.
	Retry time.Duration
}

// Behind says that sync fails: what the broker does not bring is missing until it works
// again, and what comes after a gap waits.
type Behind struct {
	// Err is why.
	Err error
}

// CaughtUp says, after [Behind], that sync works again and has read everything.
type CaughtUp struct{}

// NotAcknowledged says that a message could not be marked as delivered. The next one of
// the room marks it too.
type NotAcknowledged struct {
	RoomID    flex.ID
	MessageID flex.ID
	// Err is why.
	Err error
}

// NotAllowed says that, after a reconnection, the broker no longer lets the user hear of a
// room, a channel or a user: one of the three. It was left.
type NotAllowed struct {
	RoomID          flex.ID
	ChannelUniqueID string
	UserID          string
}

// Dropped says that events were given up, as the consumer was slow and sync does not know
// of them.
type Dropped struct {
	// Edits is how many [MessageEdited] there were.
	Edits int
	// Others is how many there were of all others, such as [Typing] and [Presence].
	Others int
}

// Unknown is something that this package does not know, as it came.
type Unknown struct {
	// Topic is where it was published, with *** in place of a token. It is "" for what
	// sync told.
	Topic string
	// Payload is what was published.
	Payload []byte
}

func (*NewMessage) isEvent()      {}
func (*MessageEdited) isEvent()   {}
func (*MessagesDeleted) isEvent() {}
func (*RoomCleared) isEvent()     {}
func (*Delivered) isEvent()       {}
func (*Read) isEvent()            {}
func (*Typing) isEvent()          {}
func (*Presence) isEvent()        {}
func (*Custom) isEvent()          {}
func (*Connected) isEvent()       {}
func (*Disconnected) isEvent()    {}
func (*Behind) isEvent()          {}
func (*CaughtUp) isEvent()        {}
func (*NotAcknowledged) isEvent() {}
func (*NotAllowed) isEvent()      {}
func (*Dropped) isEvent()         {}
func (*Unknown) isEvent()         {}
