package control

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// listedRooms is how many rooms are listed unless a request says otherwise.
const listedRooms = 50

// roomRow is a room.
type roomRow struct {
	ID           string            `json:"id"`
	Source       string            `json:"source"`
	ChannelID    int64             `json:"channel_id"`
	ChannelName  string            `json:"channel_name"`
	UserID       string            `json:"user_id"`
	Name         string            `json:"name"`
	State        sandbox.RoomState `json:"state"`
	AgentIDs     []int64           `json:"agent_ids"`
	Tags         []string          `json:"tags"`
	Properties   []propertyRow     `json:"properties"`
	Notes        string            `json:"notes"`
	Sessions     int               `json:"sessions"`
	HandledByBot bool              `json:"handled_by_bot"`
	Resolved     bool              `json:"resolved"`
	Messages     int               `json:"messages"`
	Unanswered   int               `json:"unanswered"` // the customer's messages since somebody answered
	Last         *messageRow       `json:"last,omitempty"`
	Created      time.Time         `json:"created_at"`
}

type propertyRow struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// messageRow is what was said.
type messageRow struct {
	ID        int64          `json:"id"`
	Author    sandbox.Author `json:"author"`
	Sender    string         `json:"sender"`
	Name      string         `json:"name"`
	Type      string         `json:"type"`
	Text      string         `json:"text"`
	Payload   any            `json:"payload,omitempty"`
	At        time.Time      `json:"at"`
	NotForBot string         `json:"not_for_bot,omitempty"`
}

func rowOfRoom(room sandbox.RoomSnapshot) roomRow {
	row := roomRow{
		ID: room.ID, Source: room.Source, ChannelID: room.ChannelID, ChannelName: room.ChannelName,
		UserID: room.UserID, Name: room.Name, State: room.State, AgentIDs: orEmpty(room.AgentIDs),
		Tags: orEmpty(room.Tags), Properties: []propertyRow{}, Notes: room.Notes, Sessions: room.Sessions,
		HandledByBot: room.HandledByBot, Resolved: room.Resolved, Messages: room.Messages,
		Unanswered: room.Unanswered, Created: room.Created.UTC(),
	}
	for _, property := range room.Properties {
		row.Properties = append(row.Properties, propertyRow(property))
	}
	if room.Messages > 0 {
		last := rowOfMessage(room.Last)
		row.Last = &last
	}
	return row
}

func rowOfMessage(message sandbox.Message) messageRow {
	return messageRow{
		ID: message.ID, Author: message.Author, Sender: message.Sender, Name: message.Name, Type: message.Type,
		Text: message.Text, Payload: message.Payload, At: message.At.UTC(), NotForBot: message.NotForBot,
	}
}

// orEmpty lets a list that there is nothing in be written as one.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (a *api) listRooms(r *http.Request) (any, error) {
	q := readQuery(r)
	search := sandbox.RoomSearch{Words: q.text("words"), State: sandbox.RoomState(q.text("state"))}
	limit := int(q.whole("limit", listedRooms, math.MaxInt32))
	if err := q.end(); err != nil {
		return nil, err
	}
	states := []sandbox.RoomState{
		"", sandbox.RoomNew, sandbox.RoomWithBot, sandbox.RoomWaiting, sandbox.RoomServed, sandbox.RoomExpired,
		sandbox.RoomResolved,
	}
	if !slices.Contains(states, search.State) {
		return nil, wrong("state", "it must be one of %q", states[1:])
	}
	rows := []roomRow{}
	for _, room := range a.platform.SearchRooms(search, limit) {
		rows = append(rows, rowOfRoom(room))
	}
	return map[string]any{"rooms": rows, "total": a.platform.CountRooms()}, nil
}

// room is the one that a path names.
func (a *api) room(r *http.Request) (sandbox.RoomSnapshot, error) {
	room, ok := a.platform.Room(r.PathValue("room"))
	if !ok {
		return room, refuse(http.StatusNotFound, "room", "there is no such room")
	}
	return room, nil
}

func (a *api) getRoom(r *http.Request) (any, error) {
	room, err := a.room(r)
	if err != nil {
		return nil, err
	}
	return rowOfRoom(room), nil
}

func (a *api) listMessages(r *http.Request) (any, error) {
	room, err := a.room(r)
	if err != nil {
		return nil, err
	}
	rows := []messageRow{}
	for _, message := range a.platform.Messages(room.ID) {
		rows = append(rows, rowOfMessage(message))
	}
	return map[string]any{"messages": rows}, nil
}

// writeAsCustomer answers with the room.
func (a *api) writeAsCustomer(r *http.Request) (any, error) {
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	message := sandbox.CustomerMessage{
		Source: in.text("source"), ChannelID: in.whole("channel_id"), UserID: in.needText("user_id"),
		Name: in.text("name"), Type: in.text("type"), Text: in.text("text"), Payload: in.value("payload"),
	}
	if message.Text == "" && message.Payload == nil {
		in.blame(wrong("text", "it is missing, and so is the payload"))
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	if !a.hasChannel(message.Source, message.ChannelID) {
		return nil, wrong("source", "there is no such channel; GET %schannels lists them", Home)
	}
	roomID, err := a.platform.CustomerWrites(r.Context(), message)
	if err != nil {
		return nil, refused(err)
	}
	return map[string]string{"room_id": roomID}, nil
}

func (a *api) writeAsAgent(r *http.Request) (any, error) {
	return a.act(r, func(in *members, roomID string, agentID int64) func(context.Context) error {
		message := sandbox.AgentMessage{
			RoomID: roomID, AgentID: agentID, Type: in.text("type"), Text: in.text("text"), Payload: in.value("payload"),
		}
		if message.Text == "" && message.Payload == nil {
			in.blame(wrong("text", "it is missing, and so is the payload"))
		}
		return func(ctx context.Context) error { return a.platform.AgentWrites(ctx, message) }
	})
}

func (a *api) takeOver(r *http.Request) (any, error) {
	return a.act(r, func(_ *members, roomID string, agentID int64) func(context.Context) error {
		return func(ctx context.Context) error { return a.platform.TakeOver(ctx, roomID, agentID) }
	})
}

func (a *api) leave(r *http.Request) (any, error) {
	return a.act(r, func(_ *members, roomID string, agentID int64) func(context.Context) error {
		return func(ctx context.Context) error { return a.platform.Leave(ctx, roomID, agentID) }
	})
}

func (a *api) resolve(r *http.Request) (any, error) {
	return a.act(r, func(in *members, roomID string, agentID int64) func(context.Context) error {
		notes := in.text("notes")
		return func(ctx context.Context) error { return a.platform.Resolve(ctx, roomID, agentID, notes) }
	})
}

func (a *api) pressButton(r *http.Request) (any, error) {
	return a.act(r, func(in *members, roomID string, agentID int64) func(context.Context) error {
		button := in.needText("name")
		return func(ctx context.Context) error { return a.platform.PressButton(ctx, roomID, agentID, button) }
	})
}

func (a *api) handOver(r *http.Request) (any, error) {
	return a.inRoom(r, func(in *members, roomID string) func(context.Context) error {
		division := in.text("division")
		return func(ctx context.Context) error { return a.platform.HandOver(ctx, roomID, division) }
	})
}

func (a *api) tag(r *http.Request) (any, error) {
	return a.inRoom(r, func(_ *members, roomID string) func(context.Context) error {
		return func(ctx context.Context) error { return a.platform.Tag(ctx, roomID, r.PathValue("tag")) }
	})
}

func (a *api) untag(r *http.Request) (any, error) {
	return a.inRoom(r, func(_ *members, roomID string) func(context.Context) error {
		return func(ctx context.Context) error { return a.platform.Untag(ctx, roomID, r.PathValue("tag")) }
	})
}

// act does something in a room as the member of the staff whom the body names with
// agent_id, the admin when it does not. It answers with the room.
func (a *api) act(
	r *http.Request, read func(in *members, roomID string, agentID int64) func(context.Context) error,
) (any, error) {
	return a.inRoom(r, func(in *members, roomID string) func(context.Context) error {
		agentID := in.whole("agent_id")
		if agentID != 0 && !a.hasAgent(agentID) {
			in.blame(wrong("agent_id", "there is no such agent; GET %sagents lists them", Home))
		}
		return read(in, roomID, agentID)
	})
}

// inRoom does something in a room, once the whole body was read, and answers with the
// room.
func (a *api) inRoom(
	r *http.Request, read func(in *members, roomID string) func(context.Context) error,
) (any, error) {
	room, err := a.room(r)
	if err != nil {
		return nil, err
	}
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	do := read(in, room.ID)
	if err := in.end(); err != nil {
		return nil, err
	}
	if err := do(r.Context()); err != nil {
		return nil, refused(err)
	}
	return a.getRoom(r)
}
