package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/clock"
)

// state is all that the Sandbox remembers. It is guarded by Sandbox.mu.
type state struct {
	settings  settings
	staff     []*staff // by id; the admin is the first
	divisions []*division
	channels  []*Channel
	rooms     roomIndex
	book      contactBook
	tags      map[string]*tag // by name
	tokens    map[string]userToken
	account   account
	templates templates
	made      time.Time
	// bulkResolves are the newest of each WhatsApp channel, by its id.
	bulkResolves map[int64]*bulkResolve
	// channelBook is what is known of the channels besides.
	channelBook channelBook
	// touched is what may have changed since it was kept; nil while nothing is kept.
	touched map[recorded]struct{}
	// These belong to the configuration, and are kept with the rest.
	appCode, secretKey string
	clock              *clock.Clock
	// tell, unless it is nil, takes each message that is said.
	tell func(roomID string, message Message)
	// toCustomer, unless it is nil, takes each message that is said to a customer.
	toCustomer func(*room, Message)
	// wasPosted, unless it is nil, takes each message of each room.
	wasPosted func(*conversation, Message)
	// chatEvents, unless it is nil, takes what those learn who are connected to the chat
	// server. It is called while Sandbox.mu is held, and must not change the state.
	chatEvents func(chatEvent)

	roomRows, comments, services, tagIDs, tokenNumbers sequence

	whatsApp   whatsApp
	broadcasts broadcasts
	chat       chat
	agenda     agenda
}

// sequence counts up.
type sequence int64

func (s *sequence) next() int64 {
	*s++
	return int64(*s)
}

// The first numbers given out, of the size that the platform's have.
const (
	appRow        = 5521 // the app's integer id; not the App ID
	adminID       = 73001
	firstAgentID  = 73011
	firstDivision = 811
	firstRoomRow  = 441200
	firstRoomID   = 98120700
	firstContact  = 880000
	firstComment  = 3120045600
	firstService  = 660100
	firstTag      = 4400
)

// begun lets messages and sessions have other numbers in each world that is begun: a
// program that goes on while the sandbox is started again would take them for those that
// it has handled. It counts hundredths of seconds, more than there are messages.
func begun(now time.Time) sequence {
	return sequence(max(now.Sub(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))/(10*time.Millisecond), 0))
}

// division groups staff; the platform also calls it an agent role.
type division struct {
	id        int64
	name      string
	isDefault bool
}

// customerKey tells customers apart: one customer on two channels is two rooms.
type customerKey struct {
	source    string
	channelID int64
	userID    string
}

// String tells a customer apart in a text.
func (c customerKey) String() string { return fmt.Sprintf("%s %d %s", c.source, c.channelID, c.userID) }

// tag is a tag of the app.
type tag struct {
	id   int64
	name string
	made time.Time
}

// staff is a member of the staff.
type staff struct {
	Agent

	available bool
	divisions []*division
	channels  []*Channel // nil while they serve all
	avatar    string
	// chatEmail is the address that the account was made with, of which the chat
	// server's user id is made.
	chatEmail   string
	passwordSet time.Time
	token       string   // the newest user token
	tokens      []string // all user tokens that were not logged out, the oldest first
	longToken   string
	lastLogin   time.Time
	// What allocation ranks by, and what the lists show.
	load             customerCount
	served, resolved int
	latest           *service
}

// emptyState has neither staff nor channels.
func emptyState(config Config) *state {
	return &state{
		settings: newSettings(config),
		rooms:    newRoomIndex(),
		book:     newContactBook(),
		tags:     map[string]*tag{},
		tokens:   map[string]userToken{},
		account:  newAccount(),
		made:     config.Now(),
		clock:    config.Clock,
		roomRows: firstRoomRow,
		comments: firstComment + begun(config.Now()),
		services: firstService + begun(config.Now()),
		tagIDs:   firstTag,

		whatsApp:   newWhatsApp(),
		broadcasts: newBroadcasts(),
		chat:       newChat(config.Now()),

		bulkResolves: map[int64]*bulkResolve{},
		channelBook:  newChannelBook(),
		appCode:      config.AppCode,
		secretKey:    config.SecretKey,
	}
}

// newState is what a Sandbox begins with.
func newState(config Config) *state {
	s := emptyState(config)
	for _, channel := range config.Channels {
		s.channels = append(s.channels, &channel)
	}
	s.divisions = []*division{{id: firstDivision, name: "Penjualan", isDefault: true}}
	s.addStaff(Agent{
		ID: adminID, Name: "Sari Wulandari", Email: config.AdminEmail, Password: config.AdminPassword, Type: TypeAdmin,
	})
	for _, agent := range config.Agents {
		s.addStaff(agent)
	}
	slices.SortFunc(s.staff[1:], func(a, b *staff) int { return cmp.Compare(a.ID, b.ID) })
	s.inventTemplates()
	s.inventRooms(config)
	return s
}

func (s *state) addStaff(agent Agent) {
	member := &staff{
		Agent: agent, available: !agent.Offline, chatEmail: agent.Email, passwordSet: s.made, longToken: newSecret("ll"),
		load: customerCount{lag: s.settings.countLag},
	}
	if agent.Type != TypeAdmin {
		member.divisions = append(member.divisions, s.divisions[0])
	}
	for _, name := range agent.Divisions {
		if division := s.division(name); !slices.Contains(member.divisions, division) {
			member.divisions = append(member.divisions, division)
		}
	}
	s.issueToken(member, s.made)
	s.staff = append(s.staff, member)
	s.addStaffUser(member)
}

// divisionNamed finds a division by its name.
func (s *state) divisionNamed(name string) (*division, bool) {
	for _, division := range s.divisions {
		if division.name == name {
			return division, true
		}
	}
	return nil, false
}

// division finds a division by name, or makes it.
func (s *state) division(name string) *division {
	if known, ok := s.divisionNamed(name); ok {
		return known
	}
	made := &division{id: firstDivision + int64(len(s.divisions)), name: name}
	s.divisions = append(s.divisions, made)
	return made
}

// divisionNumbered finds a division by an id as text.
func (s *state) divisionNumbered(id string) (*division, error) {
	for _, division := range s.divisions {
		if text(division.id) == id {
			return division, nil
		}
	}
	return nil, notFound("division")
}

// admin is who acts when a request has the secret key in place of a user's
// token.
func (s *state) admin() *staff { return s.staff[0] }

// member finds a member of the staff by an id in any of its forms.
func (s *state) member(id string) (*staff, error) {
	for _, member := range s.staff {
		if text(member.ID) == id {
			return member, nil
		}
	}
	return nil, notFound("agent")
}

// room finds a room by its room id.
func (s *state) room(id string) (*room, error) {
	if room, ok := s.rooms.find(id); ok {
		s.touchRoom(room)
		return room, nil
	}
	return nil, notFound("room")
}

// channel finds a channel by source and id; with the id 0 the first of the
// source.
func (s *state) channel(source string, id int64) (*Channel, error) {
	for _, channel := range s.channels {
		if channel.Source == source && (id == 0 || channel.ID == id) {
			return channel, nil
		}
	}
	return nil, notFound("channel")
}

// candidates are the agents who could serve a room, the least busy first.
func (s *state) candidates(room *room, ignoreAvailability bool) []*staff {
	var free []*staff
	for _, member := range s.staff {
		isFree := member.Type == TypeAgent && (member.available || ignoreAvailability)
		if isFree && (room == nil || !slices.Contains(room.agents, member)) {
			free = append(free, member)
		}
	}
	slices.SortStableFunc(free, byLoad)
	return free
}

// byLoad orders the staff by the number of customers being served.
func byLoad(a, b *staff) int { return cmp.Compare(a.load.now, b.load.now) }
