package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/clock"
)

// Configure adds a world to a configuration. Its moments are seen from the present of
// the configuration's clock; an error names the one that has not passed. The context
// ends the history that is played when the sandbox is made.
func (w *World) Configure(ctx context.Context, config sandbox.Config) (sandbox.Config, error) {
	if config.Clock == nil {
		config.Clock = clock.New(config.Now)
	}
	if w.Admin.Email != "" {
		config.AdminEmail = w.Admin.Email
	}
	if w.Admin.Password != "" {
		config.AdminPassword = w.Admin.Password
	}
	w.people(&config)
	w.settings(&config)
	now := config.Clock.Now()
	events, err := w.events(now)
	if err != nil {
		return config, fmt.Errorf("world: %w", err)
	}
	if w.Rooms != nil {
		config.Rooms = 0
	}
	config.History = sandbox.History{Begins: now, Play: func(before *sandbox.Sandbox) error {
		return w.play(ctx, before, events)
	}}
	if len(events) > 0 {
		config.History.Begins = events[0].at
	}
	return config, nil
}

// people are the staff, and where customers write.
func (w *World) people(config *sandbox.Config) {
	if w.Staff != nil {
		config.Agents = []sandbox.Agent{}
	}
	for _, member := range w.Staff {
		agent := sandbox.Agent{
			Name: member.Name, Email: member.Email, Password: member.Password, Offline: member.Offline,
			Divisions: member.Divisions,
		}
		if agent.Name == "" {
			agent.Name, _, _ = strings.Cut(member.Email, "@")
		}
		if member.Role == "supervisor" {
			agent.Type = sandbox.TypeSupervisor
		}
		config.Agents = append(config.Agents, agent)
	}
	if w.Channels != nil {
		config.Channels = []sandbox.Channel{}
	}
	for _, channel := range w.Channels {
		config.Channels = append(config.Channels, sandbox.Channel{
			ID: channel.ID, Source: channel.Source, Name: channel.Name, Custom: channel.Custom,
		})
	}
}

func (w *World) settings(config *sandbox.Config) {
	config.AllocateAgents = config.AllocateAgents || w.Settings.AllocateAgents
	if takeover := w.Settings.Takeover; takeover != nil {
		config.NoTakeover = !*takeover
	}
	if newTags := w.Settings.NewTags; newTags != nil {
		config.NoNewTags = !*newTags
	}
	hours := w.OfficeHours
	config.OfficeHours = sandbox.OfficeHours{
		Zone: hours.Zone, Offline: hours.Offline, OfflineEachMessage: hours.OfflineEachMessage,
		Online: hours.Online, OnlineIfResolved: hours.OnlineIfResolved,
	}
	for _, open := range hours.Week {
		for _, name := range open.Days {
			day, _ := weekday(name) // checked when it was read
			config.OfficeHours.Week = append(config.OfficeHours.Week, sandbox.OpenHours{
				Day: day, From: open.From, Until: open.Until,
			})
		}
	}
}

// weekday is the day of the week with an English name.
func weekday(name string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), name) {
			return day, true
		}
	}
	return 0, false
}

// event is one thing that happened, and where the world's text says so.
type event struct {
	at    time.Time
	place []any
	do    func(context.Context, *player) error
}

// betweenSteps is the time between two steps of a room when nothing is said of it.
const betweenSteps = time.Minute

// errNotPassed says that something did not happen yet.
var errNotPassed = errors.New("the moment has not passed, or is before that of the step before")

// events are all that happened, the earliest first.
func (w *World) events(now time.Time) ([]event, error) {
	var events []event
	for i, room := range w.Rooms {
		var last time.Time
		for j, step := range room.History {
			at := last.Add(betweenSteps)
			if step.At != nil {
				at = step.At.before(now)
			}
			if at.After(now) || at.Before(last) {
				return nil, w.fail(errNotPassed, "rooms", i, "history", j)
			}
			last = at
			events = append(events, event{at, []any{"rooms", i, "history", j}, func(ctx context.Context, p *player) error {
				return p.step(ctx, i, room, step)
			}})
		}
		events = append(events, event{last, []any{"rooms", i}, func(ctx context.Context, p *player) error {
			return p.finish(ctx, i, room)
		}})
	}
	for i, broadcast := range w.Broadcasts {
		at := broadcast.At.before(now)
		if at.After(now) {
			return nil, w.fail(errNotPassed, "broadcasts", i)
		}
		events = append(events, event{at, []any{"broadcasts", i}, func(ctx context.Context, p *player) error {
			return p.broadcast(ctx, broadcast)
		}})
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	return events, nil
}
