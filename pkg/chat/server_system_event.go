package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/payload"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SystemEvent is a message that tells what happened in a room, such as that somebody
// came. It only tells: nobody is added by it, and no room renamed. Make it with one of
// the functions that begin with NewSystemEvent, one for each kind, and send it with
// [ServerMessagesService.SendSystemEvent]. The service writes the sentence that people
// read, but that of [NewSystemEventCustom].
//
// What is wrong with an event is told when it is sent, before anything goes out. An
// event does not change once it is made. The zero SystemEvent cannot be sent.
type SystemEvent struct {
	request wire.PostSystemEventMessageRequest // without the room
	problem error                              // why it cannot be sent
}

// NewSystemEventCreateRoom tells that a user made the room, under a name.
func NewSystemEventCreateRoom(userID, roomName string) SystemEvent {
	return named(wire.SystemEventTypeCreateRoom, userID, roomName)
}

// NewSystemEventChangeRoomName tells that a user gave the room another name.
func NewSystemEventChangeRoomName(userID, roomName string) SystemEvent {
	return named(wire.SystemEventTypeChangeRoomName, userID, roomName)
}

// NewSystemEventChangeRoomAvatar tells that a user gave the room another picture.
func NewSystemEventChangeRoomAvatar(userID string) SystemEvent {
	return done(wire.SystemEventTypeChangeRoomAvatar, userID)
}

// NewSystemEventAddMember tells that a user added others to the room.
func NewSystemEventAddMember(userID string, memberIDs ...string) SystemEvent {
	return doneTo(wire.SystemEventTypeAddMember, userID, memberIDs)
}

// NewSystemEventRemoveMember tells that a user removed others from the room.
func NewSystemEventRemoveMember(userID string, memberIDs ...string) SystemEvent {
	return doneTo(wire.SystemEventTypeRemoveMember, userID, memberIDs)
}

// NewSystemEventJoinRoom tells that a user joined the room.
func NewSystemEventJoinRoom(userID string) SystemEvent {
	return done(wire.SystemEventTypeJoinRoom, userID)
}

// NewSystemEventLeftRoom tells that a user left the room.
func NewSystemEventLeftRoom(userID string) SystemEvent {
	return done(wire.SystemEventTypeLeftRoom, userID)
}

// NewSystemEventCustom tells something of the app's own: a sentence of up to
// [MaxMessageLength] characters, and an object in JSON, or nil, for clients that know
// what to do with it.
func NewSystemEventCustom(message string, content any) SystemEvent {
	written, problem := writeObject(content)
	switch {
	case message == "":
		problem = errors.New("the message is empty")
	case problem != nil:
		problem = fmt.Errorf("the payload: %w", problem)
	default:
		problem = payload.CheckText("the message", message)
	}
	return SystemEvent{
		request: wire.PostSystemEventMessageRequest{
			SystemEventType: wire.SystemEventTypeCustom, Message: message, Payload: written,
		},
		problem: problem,
	}
}

// done is what a user did by themselves.
func done(kind wire.SystemEventType, userID string) SystemEvent {
	event := SystemEvent{request: wire.PostSystemEventMessageRequest{SystemEventType: kind, SubjectUserID: userID}}
	if userID == "" {
		event.problem = errors.New("the user id is empty")
	}
	return event
}

// doneTo is what a user did to others.
func doneTo(kind wire.SystemEventType, userID string, memberIDs []string) SystemEvent {
	event := done(kind, userID)
	event.request.ObjectUserID = slices.Clone(memberIDs)
	if len(memberIDs) == 0 || slices.Contains(memberIDs, "") {
		event.problem = errors.New("there is no member's id, or one is empty")
	}
	return event
}

// named is what gave the room a name.
func named(kind wire.SystemEventType, userID, roomName string) SystemEvent {
	event := done(kind, userID)
	event.request.UpdatedRoomName = roomName
	if roomName == "" {
		event.problem = errors.New("the room's name is empty")
	}
	return event
}

// WithUser returns the event with the user who did it, for [NewSystemEventCustom], which
// need not have one.
func (e SystemEvent) WithUser(userID string) SystemEvent {
	e.request.SubjectUserID = userID
	if e.problem == nil && userID == "" {
		e.problem = errors.New("the user id is empty")
	}
	return e
}

// WithExtras returns the event with data of the app's own, an object in JSON, as
// [Message.WithExtras] does.
func (e SystemEvent) WithExtras(extras any) SystemEvent {
	written, problem := writeExtras(extras)
	e.request.Extras = written
	if e.problem == nil {
		e.problem = problem
	}
	return e
}

// SendSystemEvent tells in a room what happened there, and returns the message as it was
// posted. An event that is not whole and an empty room id are errors before anything
// goes out. It is never sent twice.
//
// Operation restPostSystemEventMessage, POST /api/v2.1/rest/post_system_event_message;
// documented by the vendor.
func (s *ServerMessagesService) SendSystemEvent(
	ctx context.Context, roomID flex.ID, event SystemEvent, opts ...Option,
) (*ServerMessage, error) {
	const id = wire.OperationRestPostSystemEventMessage
	if err := checkID(id, "room id", roomID); err != nil {
		return nil, err
	}
	kind := event.request.SystemEventType
	switch {
	case kind == "":
		return nil, refuse(id, errors.New("the event is empty: make one with NewSystemEventCustom or another function"))
	case event.problem != nil:
		return nil, refuse(id, fmt.Errorf("%s: %w", kind, event.problem))
	}
	request := event.request
	request.RoomID = roomID
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerMessageResponse](s.client.api.RestPostSystemEventMessage(ctx, request))
	return postedOf(ctx, out, err)
}
