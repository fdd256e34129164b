package sandbox

import (
	"slices"
	"time"
)

// RoomState says where a room is in its life.
type RoomState string

// The states of rooms.
const (
	RoomNew      RoomState = "new"      // nobody has written yet
	RoomWithBot  RoomState = "with bot" // the bot hears the customer, and no agent serves
	RoomWaiting  RoomState = "waiting"  // the customer waits for an agent
	RoomServed   RoomState = "served"   // an agent serves
	RoomExpired  RoomState = "expired"  // WhatsApp's window has closed
	RoomResolved RoomState = "resolved"
)

// RoomSnapshot is a room at one moment.
type RoomSnapshot struct {
	ID           string
	Source       string
	ChannelID    int64
	ChannelName  string
	UserID, Name string // the customer's
	State        RoomState
	AgentIDs     []int64
	AgentNames   []string
	Tags         []string
	Properties   []Property // the room's information
	Notes        string     // of the newest session
	Sessions     int        // how many there were, this one included
	HandledByBot bool
	Resolved     bool
	Messages     int
	Unanswered   int     // how many messages the customer has written since somebody answered
	Last         Message // the newest; the zero value when there is none
	Created      time.Time
}

// Property is a line of a room's information.
type Property struct{ Key, Value string }

// AgentSnapshot is a member of the staff at one moment.
type AgentSnapshot struct {
	ID          int64
	Name, Email string
	Type        StaffType
	Available   bool
	Divisions   []string
	Customers   int // who are being served
	Served      int
	Resolved    int
}

// Messages returns what was said in a room, oldest first.
func (s *Sandbox) Messages(roomID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	room, err := s.state.room(roomID)
	if err != nil {
		return nil
	}
	return slices.Clone(room.messages)
}

// Room returns a room as it is now, and whether there is one.
func (s *Sandbox) Room(roomID string) (RoomSnapshot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	room, err := s.state.room(roomID)
	if err != nil {
		return RoomSnapshot{}, false
	}
	return s.snapshot(room), true
}

// FirstRooms returns the rooms that were made first, at most so many, as they are now.
func (s *Sandbox) FirstRooms(limit int) []RoomSnapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	rooms := s.state.rooms.all()
	first := make([]RoomSnapshot, 0, min(limit, len(rooms)))
	for _, room := range rooms[:min(limit, len(rooms))] {
		first = append(first, s.snapshot(room))
	}
	return first
}

// LatestRooms returns the rooms with the newest messages, at most so many, the
// newest first.
func (s *Sandbox) LatestRooms(limit int) []RoomSnapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	var latest []RoomSnapshot
	s.state.rooms.byActivity.Reverse(func(_ int64, room *room) bool {
		if len(latest) == limit {
			return false
		}
		latest = append(latest, s.snapshot(room))
		return true
	})
	return latest
}

// CountRooms tells how many rooms there are.
func (s *Sandbox) CountRooms() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.state.rooms.all())
}

// Staff returns the admin and the agents as they are now.
func (s *Sandbox) Staff() []AgentSnapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []AgentSnapshot
	for _, member := range s.state.staff {
		snapshot := AgentSnapshot{
			ID: member.ID, Name: member.Name, Email: member.Email, Type: member.Type, Available: member.available,
			Customers: member.load, Served: member.served, Resolved: member.resolved,
		}
		for _, division := range member.divisions {
			snapshot.Divisions = append(snapshot.Divisions, division.name)
		}
		all = append(all, snapshot)
	}
	return all
}

// Channels returns the channels as they are now.
func (s *Sandbox) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Channel
	for _, channel := range s.state.channels {
		all = append(all, *channel)
	}
	return all
}

func (s *Sandbox) snapshot(r *room) RoomSnapshot {
	snapshot := RoomSnapshot{
		ID: r.id, Source: r.channel.Source, ChannelID: r.channel.ID, ChannelName: r.channel.Name,
		UserID: r.userID, Name: r.name, State: s.roomState(r), Sessions: r.sessions,
		HandledByBot: r.handledByBot, Resolved: r.resolved(), Messages: len(r.messages), Unanswered: r.unanswered(),
		Created: r.created,
	}
	if len(r.messages) > 0 {
		snapshot.Last = r.messages[len(r.messages)-1]
	}
	if r.service != nil {
		snapshot.Notes, _ = r.service.notes.(string)
	}
	for _, agent := range r.agents {
		snapshot.AgentIDs = append(snapshot.AgentIDs, agent.ID)
		snapshot.AgentNames = append(snapshot.AgentNames, agent.Name)
	}
	for _, tag := range r.tags {
		snapshot.Tags = append(snapshot.Tags, tag.name)
	}
	for _, item := range r.properties {
		pair, _ := item.(object)
		snapshot.Properties = append(snapshot.Properties, Property{text(pair["key"]), propertyLabel(pair["value"])})
	}
	return snapshot
}

// propertyLabel is a property's value for people.
func propertyLabel(value any) string {
	if written, isText := value.(string); isText {
		return written
	}
	return jsonText(value)
}

// roomState tells where a room is in its life.
func (s *Sandbox) roomState(r *room) RoomState {
	switch {
	case r.service == nil:
		return RoomNew
	case r.resolved():
		return RoomResolved
	case r.expired(s.config.Now()):
		return RoomExpired
	case len(r.agents) > 0:
		return RoomServed
	case s.state.notForBot(r) == "":
		return RoomWithBot
	default:
		return RoomWaiting
	}
}
