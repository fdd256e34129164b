package webhook

import (
	"bytes"
	"encoding/json"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/internal/quick"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// RoomOptions decodes the options of the room, which come as JSON inside text or
// as an object. A room without options has the zero value. With an error the
// options hold what could be read; the error does not hold what could not.
func (e *BotMessageEvent) RoomOptions() (webhooks.RoomOptions, error) {
	return roomOptions(&e.Payload.Room)
}

// RoomOptions decodes the options of the room, as [BotMessageEvent.RoomOptions] does.
func (e *CustomChannelMessageEvent) RoomOptions() (webhooks.RoomOptions, error) {
	return roomOptions(&e.Payload.Room)
}

// RoomOptions decodes the options of the room, as [BotMessageEvent.RoomOptions] does.
// Rooms of the Chat SDK alone have options of your own making, which you decode from
// Payload.Room.Options.
func (e *PostCommentEvent) RoomOptions() (webhooks.RoomOptions, error) {
	return roomOptions(&e.Payload.Room)
}

// RoomOptions decodes the options of the room, as [BotMessageEvent.RoomOptions] does.
func (e *NewSessionEvent) RoomOptions() (webhooks.RoomOptions, error) {
	return roomOptions(&e.Payload.Room)
}

// CustomerExtras decodes what is known about the customer, which comes as JSON inside
// text or as an object. It is personal data. Without any it is the zero value. With
// an error it holds what could be read; the error does not hold what could not.
func (e *CustomAgentAllocationEvent) CustomerExtras() (webhooks.CustomerExtras, error) {
	return decodeInner[webhooks.CustomerExtras](e.Extras)
}

// CustomerExtras decodes what is known about the customer, as
// [CustomAgentAllocationEvent.CustomerExtras] does.
func (e *NewSessionEvent) CustomerExtras() (webhooks.CustomerExtras, error) {
	return decodeInner[webhooks.CustomerExtras](e.RoomLog.Extras)
}

func roomOptions(room *webhooks.MessageRoom) (webhooks.RoomOptions, error) {
	return decodeInner[webhooks.RoomOptions](room.Options)
}

// decodeInner decodes JSON that is, or may be, packed into text. What does not fit is
// left out, as it is of events.
func decodeInner[T any](inner flex.JSON) (T, error) {
	var whole T
	err := inner.Decode(&whole)
	raw := bytes.Trim(inner.Raw(), jsonSpace)
	if err == nil || !bytes.HasPrefix(raw, []byte("{")) || quick.Measure(raw).Values > quick.MaxValues {
		return whole, err
	}
	f := &finder{data: raw, into: new(T)}
	f.find(0, "", "", "")
	var rest T
	if json.Unmarshal(quick.Cut(raw, f.found), &rest) != nil {
		return whole, err
	}
	return rest, err
}
