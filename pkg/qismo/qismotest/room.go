package qismotest

import (
	"strconv"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Room is a customer's room as it was at one moment.
type Room struct {
	ID string
	// Source is the code of the channel's kind, such as wa; of a custom channel it is the
	// identifier key.
	Source string
	// Channel is the name of the channel.
	Channel string
	// UserID and Customer are the customer's id and name.
	UserID, Customer string
	State            RoomState
	// WithBot tells whether the bot is switched on in the room.
	WithBot bool
	// Agents are the names of those who serve, in the order in which they joined, and
	// AgentIDs are their ids.
	Agents, AgentIDs []string
	// Tags are the names of the room's tags.
	Tags []string
	// Properties are the room's additional information.
	Properties []Property
	// Notes are those of the newest session.
	Notes string
	// Sessions is how many sessions there were, the newest one included.
	Sessions int
	// Messages are all that was said, the oldest first.
	Messages []Message
	// Created is when the room was made, in the app's time.
	Created time.Time
}

// RoomState tells where a room is in its life.
type RoomState string

// The states of rooms.
const (
	RoomNew      RoomState = "new"      // nobody has written yet
	RoomWithBot  RoomState = "with bot" // the bot hears the customer, and no agent serves
	RoomWaiting  RoomState = "waiting"  // the customer waits for an agent
	RoomServed   RoomState = "served"   // an agent serves
	RoomExpired  RoomState = "expired"  // WhatsApp's window has closed
	RoomResolved RoomState = "resolved" // the newest session has ended
)

// Property is a line of a room's additional information.
type Property struct{ Key, Value string }

// Room returns a room as it is now. It ends the test when there is none with the id.
func (s *Server) Room(id string) Room {
	s.t.Helper()
	snapshot, ok := s.sandbox.Room(id)
	if !ok {
		s.t.Fatalf("qismotest: there is no room %q", id)
		return Room{}
	}
	return s.roomOf(snapshot)
}

// Rooms returns all rooms as they are now, the one with the newest message first.
func (s *Server) Rooms() []Room {
	var rooms []Room
	for _, snapshot := range s.sandbox.LatestRooms(s.sandbox.CountRooms()) {
		rooms = append(rooms, s.roomOf(snapshot))
	}
	return rooms
}

func (s *Server) roomOf(snapshot sandbox.RoomSnapshot) Room {
	room := Room{
		ID: snapshot.ID, Source: snapshot.Source, Channel: snapshot.ChannelName, UserID: snapshot.UserID,
		Customer: snapshot.Name, State: RoomState(snapshot.State), WithBot: snapshot.HandledByBot,
		Agents: snapshot.AgentNames, Tags: snapshot.Tags, Notes: snapshot.Notes, Sessions: snapshot.Sessions,
		Messages: s.messages(snapshot.ID), Created: snapshot.Created,
	}
	for _, id := range snapshot.AgentIDs {
		room.AgentIDs = append(room.AgentIDs, strconv.FormatInt(id, 10))
	}
	for _, property := range snapshot.Properties {
		room.Properties = append(room.Properties, Property(property))
	}
	return room
}

// described shows a room for failures.
func (r Room) described() string {
	shown := newTable()
	shown.row("state", string(r.State))
	for _, line := range []struct {
		name   string
		values []string
	}{{"agents", r.Agents}, {"tags", r.Tags}} {
		if len(line.values) > 0 {
			shown.row(line.name, strings.Join(line.values, ", "))
		}
	}
	for _, property := range r.Properties {
		shown.row("property", property.Key+": "+property.Value)
	}
	if r.Notes != "" {
		shown.row("notes", r.Notes)
	}
	for i, message := range r.Messages {
		heading := ""
		if i == 0 {
			heading = "messages"
		}
		shown.row(heading, message.content(), "by "+message.author())
	}
	return shown.String()
}
