package qismotest

import (
	"errors"
	"fmt"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// WithRooms begins with customers who have written once and wait for an agent. The same
// number always gives the same rooms.
func WithRooms(count int) Option {
	return func(s *settings) error {
		s.world.Rooms = count
		return nil
	}
}

// WithStaff sets who works for the app beside its admin, with any number of [Staff].
// Without it there are five agents, the last of whom is offline.
func WithStaff(staff ...Staff) Option {
	return func(s *settings) error {
		s.world.Agents = []sandbox.Agent{}
		for _, member := range staff {
			configured, err := member.configured()
			if err != nil {
				return fmt.Errorf("WithStaff: %w", err)
			}
			s.world.Agents = append(s.world.Agents, configured)
		}
		return nil
	}
}

// WithAgents sets who works for the app beside its admin: agents with these names, who
// are online. See [WithStaff] for more of them.
func WithAgents(names ...string) Option {
	var staff []Staff
	for _, name := range names {
		staff = append(staff, Staff{Name: name})
	}
	return WithStaff(staff...)
}

// WithChannels sets where customers write; the first one is where [Server.Customer]
// does. Without it there is one each of WhatsApp (wa), live chat (qiscus), Instagram (ig),
// LINE (line), Telegram (telegram) and Facebook (fb), and a custom one with the identifier
// key ik-2207.
func WithChannels(channels ...Channel) Option {
	return func(s *settings) error {
		if len(channels) == 0 {
			return errors.New("WithChannels: there is none")
		}
		s.world.Channels = nil
		for _, channel := range channels {
			s.world.Channels = append(s.world.Channels, channel.configured())
		}
		return nil
	}
}

// WithButtons sets the custom buttons that the staff presses in rooms; see
// [Agent.PressesButton]. Without it there is one, "Buat tiket".
func WithButtons(names ...string) Option {
	return func(s *settings) error {
		s.world.Buttons = []sandbox.Button{}
		for _, name := range names {
			s.world.Buttons = append(s.world.Buttons, sandbox.Button{Name: name})
		}
		return nil
	}
}

// WithShape chooses the form that events have had over the years; see [Shapes] for those
// of an event. Without events it is about all of them: of a year, the form that each had
// then. ShapeReturning, ShapeImage and the like are no forms, but what a form may hold.
func WithShape(shape Shape, events ...webhook.Name) Option {
	return func(s *settings) error {
		if len(events) == 0 {
			s.world.Shape = sandbox.Shape(shape)
		}
		for _, event := range events {
			if s.world.Shapes == nil {
				s.world.Shapes = map[string]sandbox.Shape{}
			}
			s.world.Shapes[string(event)] = sandbox.Shape(shape)
		}
		return nil
	}
}

// WithRedelivery lets the platform send a webhook up to so many times, when its receiver
// does not answer with a status of 200 to 299, and wait by the app's time in between.
// Without it each is sent once. What the platform does is not publicly known.
func WithRedelivery(attempts int, wait time.Duration) Option {
	return func(s *settings) error {
		s.world.Delivery.Attempts, s.world.Delivery.Wait = attempts, wait
		return nil
	}
}

// WithDoubleAllocation lets each customAgentAllocation come twice, as it does in
// production under load.
func WithDoubleAllocation() Option {
	return func(s *settings) error {
		s.world.DoubleAllocation = true
		return nil
	}
}

// WithAllocation switches the platform's own allocation on: a customer who waits gets the
// least busy agent who is online, unless customAgentAllocation is sent to somebody.
func WithAllocation() Option {
	return func(s *settings) error {
		s.world.AllocateAgents = true
		return nil
	}
}

// WithReceipts lets a message to a customer on WhatsApp take so long, in the app's time,
// until it is delivered, and as long again until it is read. Without it no message gets
// any further than being sent.
func WithReceipts(after time.Duration) Option {
	return func(s *settings) error {
		s.world.Pace.Receipt = after
		return nil
	}
}

// OfficeHours are when the app's customers are answered, and what the platform tells them
// by itself outside of these hours and within.
type OfficeHours struct {
	// Zone is where the hours are meant, as an offset from UTC: +07:00 when empty.
	Zone string
	// Week holds the hours of the days on which somebody answers; without any they are
	// from Monday to Friday 08:00 until 17:00, and on Saturday 09:00 until 13:00.
	Week []OpenHours
	// Offline is said to a customer who writes outside of the hours while no agent
	// serves: once a session, or to each message. Empty says nothing.
	Offline            string
	OfflineEachMessage bool
	// Online is said to a customer who writes for the first time, within the hours; with
	// OnlineIfResolved also to one who comes back after a resolve. Empty says nothing.
	Online           string
	OnlineIfResolved bool
}

// OpenHours are the hours of one day of the week, such as from 08:00 until 17:00; until
// 24:00 at most.
type OpenHours struct {
	Day         time.Weekday
	From, Until string
}

// WithOfficeHours sets when customers are answered. Without it they are told nothing.
func WithOfficeHours(hours OfficeHours) Option {
	return func(s *settings) error {
		var week []sandbox.OpenHours
		for _, day := range hours.Week {
			week = append(week, sandbox.OpenHours(day))
		}
		s.world.OfficeHours = sandbox.OfficeHours{
			Zone: hours.Zone, Week: week,
			Offline: hours.Offline, OfflineEachMessage: hours.OfflineEachMessage,
			Online: hours.Online, OnlineIfResolved: hours.OnlineIfResolved,
		}
		return nil
	}
}
