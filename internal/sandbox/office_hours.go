package sandbox

import (
	"fmt"
	"time"
)

// OfficeHours are when customers are answered, and what the platform tells them
// outside of these hours and within. The zero value is a week from Monday to
// Saturday in Jakarta, with nothing said.
type OfficeHours struct {
	// Zone is where the hours are meant, as an offset from UTC: +07:00 when empty.
	Zone string
	// Week holds the hours of the days on which somebody answers.
	Week []OpenHours
	// Offline is said to a customer who writes outside of the hours while no agent
	// serves: once a session, or to each message. Empty says nothing.
	Offline            string
	OfflineEachMessage bool
	// Online is said to a customer who writes for the first time, within the hours;
	// with OnlineIfResolved also to one who comes back after a resolve. Empty says
	// nothing.
	Online           string
	OnlineIfResolved bool
}

// OpenHours are the hours of one day of the week, such as from 08:00 until 17:00;
// until 24:00 at most.
type OpenHours struct {
	Day         time.Weekday
	From, Until string
}

// defaultZone is where the made-up app is.
const defaultZone = "+07:00"

// withDefaults fills in what was left out and checks the rest.
func (h OfficeHours) withDefaults() (OfficeHours, error) {
	h.Zone = orDefault(h.Zone, defaultZone)
	if _, err := time.Parse("-07:00", h.Zone); err != nil {
		return h, fmt.Errorf("sandbox: the zone of the office hours is no offset such as %s", defaultZone)
	}
	if h.Week == nil {
		for day := time.Monday; day <= time.Friday; day++ {
			h.Week = append(h.Week, OpenHours{day, "08:00", "17:00"})
		}
		h.Week = append(h.Week, OpenHours{time.Saturday, "09:00", "13:00"})
	}
	for _, hours := range h.Week {
		if hours.Day < time.Sunday || hours.Day > time.Saturday ||
			!isClock(hours.From) || !isClock(hours.Until) || hours.From >= hours.Until {
			return h, fmt.Errorf("sandbox: the office hours of day %d are no hours such as from 08:00 until 17:00", hours.Day)
		}
	}
	return h, nil
}

// isClock reports whether a text is a time of the day, with two digits each.
func isClock(written string) bool {
	_, err := time.Parse("15:04", written)
	return err == nil && len(written) == len("15:04") || written == "24:00"
}

// open tells whether a moment is within the hours.
func (h OfficeHours) open(at time.Time) bool {
	zone, _ := time.Parse("-07:00", h.Zone) // checked by withDefaults
	local := at.In(zone.Location())
	clock := local.Format("15:04")
	for _, hours := range h.Week {
		if hours.Day == local.Weekday() && hours.From <= clock && clock < hours.Until {
			return true
		}
	}
	return false
}

// responder is what is answered by itself, for the whole app or on one channel. Its
// messages are text or null.
type responder struct {
	on                            bool
	offline, online               any
	offlineEach, onlineIfResolved bool
}

// responder is what the hours have the whole app answer.
func (h OfficeHours) responder() responder {
	return responder{
		on: true, offline: nullable(h.Offline), online: nullable(h.Online),
		offlineEach: h.OfflineEachMessage, onlineIfResolved: h.OnlineIfResolved,
	}
}

// respond tells a customer who has just written what there is to tell by itself. A
// channel whose own responder is on has no other. When exactly the platform says
// what is not known but for the names of the switches.
func (s *Sandbox) respond(room *room, isNewSession bool) {
	answers := s.state.detailsOf(room.channel).responder
	if !answers.on {
		answers = s.state.settings.hours.responder()
	}
	service := room.service
	said := ""
	switch isOpen := s.state.settings.hours.open(s.now()); {
	case len(room.agents) > 0:
	case isOpen && isNewSession && (answers.onlineIfResolved || s.state.isFirstSession(room)):
		said = text(answers.online)
	case !isOpen && (answers.offlineEach || !service.toldOffline):
		said, service.toldOffline = text(answers.offline), true
	}
	if said != "" {
		s.state.say(room, Message{Author: AuthorSystem, Sender: "System", Name: "System", Text: said}, s.now())
	}
}

// isFirstSession tells whether a customer has had no session but the room's newest.
func (s *state) isFirstSession(room *room) bool {
	sessions := 0
	for _, other := range s.book.byUser[room.userID].rooms {
		if other.channel == room.channel {
			sessions += other.sessions
		}
	}
	return sessions == 1
}

// getOfficeHours tells the week. No call changes it.
func (s *Sandbox) getOfficeHours(*request) (any, error) {
	hours := s.state.settings.hours
	week := []object{}
	for i, day := range hours.Week {
		week = append(week, object{
			"id": 9101 + i, "app_id": appRow, "day": int(day.Day), "starttime": day.From, "endtime": day.Until,
			"created_at": spaced(s.state.made), "updated_at": spaced(s.state.made),
		})
	}
	return data(object{
		"online_message": nullable(hours.Online), "offline_message": nullable(hours.Offline), "timezone": hours.Zone,
		"send_online_if_resolved": hours.OnlineIfResolved, "send_offline_each_message": hours.OfflineEachMessage,
		"office_hours": week,
	}), nil
}
