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
	Blocked      bool   // what the customer writes is lost
	Division     string // whose agents were asked for by a hand-over; "" for any
	Messages     int
	Unanswered   int     // how many messages the customer has written since somebody answered
	Unread       int     // how many of the customer's nobody has read
	Last         Message // the newest; the zero value when there is none
	Created      time.Time
	// Expires is when WhatsApp's window closes or has closed; zero where there is none.
	Expires time.Time
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
	// MostCustomers is how many they were at most, at one moment since the beginning.
	MostCustomers int
	Served        int
	Resolved      int
}

// Messages returns what was said in a room, oldest first.
func (s *Sandbox) Messages(roomID string) []Message {
	var messages []Message
	s.look(func() {
		if room, err := s.state.room(roomID); err == nil {
			messages = slices.Clone(room.messages)
			for i := range messages {
				messages[i].Status = s.status(room, messages[i], s.now())
			}
		}
	})
	return messages
}

// Room returns a room as it is now, and whether there is one.
func (s *Sandbox) Room(roomID string) (found RoomSnapshot, ok bool) {
	s.look(func() {
		room, err := s.state.room(roomID)
		if ok = err == nil; ok {
			found = s.snapshot(room)
		}
	})
	return found, ok
}

// FirstRooms returns the rooms that were made first, at most so many, as they are now.
func (s *Sandbox) FirstRooms(limit int) []RoomSnapshot {
	first := []RoomSnapshot{}
	s.look(func() {
		rooms := s.state.rooms.all()
		for _, room := range rooms[:min(limit, len(rooms))] {
			first = append(first, s.snapshot(room))
		}
	})
	return first
}

// LatestRooms returns the rooms with the newest messages, at most so many, the
// newest first.
func (s *Sandbox) LatestRooms(limit int) []RoomSnapshot {
	var latest []RoomSnapshot
	s.look(func() {
		s.state.rooms.byActivity.Reverse(func(_ int64, room *room) bool {
			if len(latest) == limit {
				return false
			}
			latest = append(latest, s.snapshot(room))
			return true
		})
	})
	return latest
}

// CountRooms tells how many rooms there are.
func (s *Sandbox) CountRooms() (count int) {
	s.look(func() { count = len(s.state.rooms.all()) })
	return count
}

// Staff returns the admin and the agents as they are now.
func (s *Sandbox) Staff() []AgentSnapshot {
	var all []AgentSnapshot
	s.look(func() {
		for _, member := range s.state.staff {
			all = append(all, member.snapshot())
		}
	})
	return all
}

func (m *staff) snapshot() AgentSnapshot {
	snapshot := AgentSnapshot{
		ID: m.ID, Name: m.Name, Email: m.Email, Type: m.Type, Available: m.available,
		Customers: m.load.now, MostCustomers: m.load.most, Served: m.served, Resolved: m.resolved,
	}
	for _, division := range m.divisions {
		snapshot.Divisions = append(snapshot.Divisions, division.name)
	}
	return snapshot
}

// Divisions returns the names of the divisions, the default one first.
func (s *Sandbox) Divisions() []string {
	var names []string
	s.look(func() {
		for _, division := range s.state.divisions {
			names = append(names, division.name)
		}
	})
	return names
}

// Channels returns the channels as they are now.
func (s *Sandbox) Channels() []Channel {
	var all []Channel
	s.look(func() {
		for _, channel := range s.state.channels {
			all = append(all, *channel)
		}
	})
	return all
}

func (s *Sandbox) snapshot(r *room) RoomSnapshot {
	snapshot := RoomSnapshot{
		ID: r.id, Source: r.channel.Source, ChannelID: r.channel.ID, ChannelName: r.channel.Name,
		UserID: r.userID, Name: r.name, State: s.roomState(r), Sessions: r.sessions,
		HandledByBot: r.handledByBot, Resolved: r.resolved(), Blocked: s.state.book.blocked[r.customer()],
		Messages: len(r.messages), Unanswered: r.unanswered(), Unread: r.unread(), Created: r.created,
	}
	if len(r.messages) > 0 {
		snapshot.Last = r.messages[len(r.messages)-1]
		snapshot.Last.Status = s.status(r, snapshot.Last, s.now())
	}
	if _, hasWindow := r.windowAge(s.now()); hasWindow {
		last, _ := r.lastByCustomer()
		snapshot.Expires = last.At.Add(windowLength)
	}
	if r.division != nil {
		snapshot.Division = r.division.name
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
	case r.expired(s.now()):
		return RoomExpired
	case len(r.agents) > 0:
		return RoomServed
	case s.state.notForBot(r) == "":
		return RoomWithBot
	default:
		return RoomWaiting
	}
}
