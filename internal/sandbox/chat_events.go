package sandbox

// chatEventKind says what happened on the chat server.
type chatEventKind string

// The kinds of what happens. The names of the last four are those that the chat server
// gives them where it tells of them.
const (
	chatPosted    chatEventKind = "post_comment"
	chatUpdated   chatEventKind = "update_message"
	chatDelivered chatEventKind = "delivered"
	chatRead      chatEventKind = "read"
	chatDeleted   chatEventKind = "delete_message"
	chatCleared   chatEventKind = "clear_room"
)

func chatEventKinds() []chatEventKind {
	return []chatEventKind{chatPosted, chatUpdated, chatDelivered, chatRead, chatDeleted, chatCleared}
}

// chatEvent is what those who are connected to the chat server learn at once. It is
// told to state.chatEvents while Sandbox.mu is held, within the change that it is of,
// and its parts may be read no longer than that: whoever tells others makes of it what
// is to be sent, and leaves that to Sandbox.outbox, which keeps the order.
type chatEvent struct {
	kind chatEventKind
	room *conversation
	// message is what was posted or updated, or the newest that was delivered or read.
	message Message
	// by is who has received, read, deleted or cleared; nil for the other kinds.
	by *chatUser
	// news is what sync_event tells of it; nil for what is posted or updated.
	news *chatNews
}

// audience are the users whose own topics an event goes to: all participants who may
// see the message, its author included; of a room that was cleared, only who did it.
// What is delivered or read goes to the room's topics and not to users', and so does
// what is posted in a channel (see channelOf), whose users subscribe to it.
func (s *state) audience(event chatEvent) []*chatUser {
	switch {
	case event.kind == chatCleared:
		return []*chatUser{event.by}
	case event.kind == chatDelivered || event.kind == chatRead:
		return nil
	case event.kind == chatPosted && event.channelOf() != "":
		return nil
	}
	var all []*chatUser
	for _, user := range s.participantsOf(event.room) {
		if event.message.visibleTo(user) {
			all = append(all, user)
		}
	}
	return all
}

// channelOf is the unique id of the channel in which it happened; "" for other rooms.
func (e chatEvent) channelOf() string {
	if e.room.isChannel() {
		return e.room.chat.uniqueID
	}
	return ""
}

// happen tells of an event.
func (s *state) happen(event chatEvent) {
	if s.chatEvents != nil {
		s.chatEvents(event)
	}
}
