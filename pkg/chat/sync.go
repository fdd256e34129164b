package chat

import (
	"cmp"
	"context"
	"slices"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SyncService tells what the user has missed. It is the source of truth beside the
// realtime broker, which is faster and may lose something: package realtime puts the two
// together.
type SyncService struct{ client *client }

type (
	// Notification is something that happened to messages and rooms: who did it, and
	// what. ActionTopic says which members of its data there are.
	Notification = wire.Notification
	// NotificationData is what happened to messages and rooms.
	NotificationData = wire.NotificationData
	// DeletedMessages are messages of a room that were deleted, by their unique ids.
	DeletedMessages = wire.DeletedMessages
	// ReportEventParams are what happened in a client, for the vendor. Nothing in it
	// should be anybody's business.
	ReportEventParams = wire.ReportEventRequest
)

// What a [Notification] tells. Others may exist; ignore those that you do not know.
const (
	NotificationDelivered       = "delivered"
	NotificationRead            = "read"
	NotificationDeletedMessages = "delete_message"
	NotificationClearedRooms    = "clear_room"
)

// MissedMessages are messages that have come since another one.
type MissedMessages struct {
	// Messages are of all rooms, from the oldest to the newest.
	Messages []PostedMessage
	// LastID is where to go on from.
	LastID flex.ID
	// NeedClear presumably asks to forget what was stored.
	NeedClear bool
}

// MissedEvents are what has happened since another event.
type MissedEvents struct {
	// Events are from the oldest to the newest. What was deleted or cleared is in
	// Payload.Data, wherever in the payload the service put it.
	Events []Notification
	// LastID is where to go on from.
	LastID flex.ID
	// IsStartFound is whether the service still knew the event that was begun from; what
	// a client should do when it did not is not documented.
	IsStartFound bool
}

// Messages returns the messages that have come since the one with an id: of all rooms,
// up to a limit, which 0 leaves to the service; the vendor's SDK asks for 20. A new
// client begins at the LastCommentID of its [Account], or at 0 for all there are, and
// each call goes on from LastID of the one before. A negative limit is an error before
// anything is sent.
//
// Operation sdkSync, GET /api/v2/sdk/sync; seen in public clients.
func (s *SyncService) Messages(
	ctx context.Context, afterID flex.ID, limit int64, opts ...Option,
) (*MissedMessages, error) {
	const id = wire.OperationSdkSync
	if err := checkPage(id, 0, limit); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	params := &wire.SdkSyncParams{LastReceivedCommentID: orZero(afterID), Limit: limit}
	out, err := receive[wire.SyncResponse](s.client.api.SdkSync(ctx, params))
	if err != nil {
		return nil, err
	}
	messages := out.Results.Comments
	if messages == nil {
		return nil, missing(ctx, "list of messages")
	}
	if err := putInOrder(ctx, messages); err != nil {
		return nil, err
	}
	last := out.Results.Meta.LastReceivedCommentID
	if len(messages) > 0 { // nothing that follows it can be missed
		last = messages[len(messages)-1].ID
	}
	return &MissedMessages{
		Messages: messages, LastID: later(orZero(afterID), last), NeedClear: out.Results.Meta.NeedClear,
	}, nil
}

// Events returns what has happened to messages and rooms since the event with an id:
// receipts, deleted messages and cleared rooms. A new client begins at the
// LastSyncEventID of its [Account], or at 0 for all there are, and each call goes on from
// LastID of the one before.
//
// Operation sdkSyncEvent, GET /api/v2/sdk/sync_event; seen in public clients.
func (s *SyncService) Events(ctx context.Context, afterID flex.ID, opts ...Option) (*MissedEvents, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkSyncEvent, opts)
	params := &wire.SdkSyncEventParams{StartEventID: orZero(afterID)}
	out, err := receive[wire.SyncEventResponse](s.client.api.SdkSyncEvent(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Events == nil {
		return nil, missing(ctx, "list of events")
	}
	missed := &MissedEvents{Events: out.Events, LastID: orZero(afterID), IsStartFound: out.IsStartEventIDFound}
	for i := range missed.Events {
		gather(&missed.Events[i].Payload)
		missed.LastID = later(missed.LastID, missed.Events[i].ID)
	}
	slices.SortStableFunc(missed.Events, func(a, b Notification) int {
		return cmp.Compare(numberOf(a.ID), numberOf(b.ID))
	})
	return missed, nil
}

// gather puts together what some answers have directly in the payload.
func gather(payload *wire.NotificationPayload) {
	data := &payload.Data
	data.DeletedMessages = append(data.DeletedMessages, payload.DeletedMessages...)
	data.DeletedRooms = append(data.DeletedRooms, payload.DeletedRooms...)
	data.IsHardDelete = data.IsHardDelete || payload.IsHardDelete
	payload.DeletedMessages, payload.DeletedRooms, payload.IsHardDelete = nil, nil, false
}

// orZero is where a client begins that has received nothing yet.
func orZero(id flex.ID) flex.ID { return cmp.Or(id, "0") }

// later is the greater one of two ids.
func later(id, other flex.ID) flex.ID {
	if numberOf(other) > numberOf(id) {
		return other
	}
	return id
}

// CheckTopic reports whether the realtime broker still serves a topic that the user has
// subscribed to. It is for apps whose [Config] says so. The topic has the user's token in
// its name, and so is a secret. An empty one is an error before anything is sent.
//
// Operation sdkCheckRealtime, POST /api/v2/sdk/realtime; seen in public clients.
func (s *SyncService) CheckTopic(ctx context.Context, topic flex.Credential, opts ...Option) (bool, error) {
	const id = wire.OperationSdkCheckRealtime
	if err := checkGiven(id, "topic", topic.Reveal()); err != nil {
		return false, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.CheckRealtimeResponse](
		s.client.api.SdkCheckRealtime(ctx, wire.CheckRealtimeRequest{Topic: topic}),
	)
	if err != nil {
		return false, err
	}
	return out.Results.Status, nil
}

// ReportEvent tells the vendor what happened in a client, for their diagnosis, by apps
// whose [Config] says so. Which names of modules and events there are is not documented,
// nor what the service answers.
//
// Operation sdkReportEvent, POST /api/v2/sdk/event_report; seen in public clients.
func (s *SyncService) ReportEvent(ctx context.Context, params ReportEventParams, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkReportEvent, opts)
	return discard(s.client.api.SdkReportEvent(ctx, params))
}
