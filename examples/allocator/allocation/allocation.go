// Package allocation gives waiting customers to agents, none of whom gets more than a
// limit at once. The platform knows no such limit, counts with a delay, and takes whatever
// it is told. So:
//
//   - What counts is what the API lists, read anew in each round. A webhook is only a
//     reason for a round: it may come twice, late or never, in any order.
//   - There is one round at a time: nobody else gives a place away between counting and
//     assigning. For the same reason an app has one process with one [Allocator].
//   - An assignment takes its place before it is asked for and, whatever the answer is,
//     keeps it until the lists must show what came of it. So an answer that is lost costs
//     a moment, and never a customer too many.
//   - A room has one agent: the platform refuses the second, see MaxAgent.
package allocation

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// window is how long ago a customer who waits may have written: WhatsApp's day. Rooms that
// were left over before that would fill all places.
const window = 24 * time.Hour

// Config says how an [Allocator] works.
type Config struct {
	// Limit is how many customers an agent has at most.
	Limit int
	// Pause is the time between two rounds, so that a flood of hints makes one.
	Pause time.Duration
	// Sweep is the longest time between two rounds: by then who was forgotten is found.
	Sweep time.Duration
	// Settle is how long after an answer, or after there was none, the API may not list
	// yet what was done.
	Settle time.Duration
}

// Allocator gives customers to agents. Customers whom a bot handles it leaves alone.
type Allocator struct {
	client *qismo.Client
	config Config
	hints  chan struct{}
	taken  map[flex.ID]place // by room; places that the lists may not show yet
}

// place is a place with an agent, for as long as it may be taken.
type place struct {
	agent flex.ID
	until time.Time
}

// New makes an Allocator. It does nothing before [Allocator.Run].
func New(client *qismo.Client, config Config) *Allocator {
	return &Allocator{client: client, config: config, hints: make(chan struct{}, 1), taken: map[flex.ID]place{}}
}

// Hint says that there may be something to do. It does not wait for it.
func (a *Allocator) Hint() {
	select {
	case a.hints <- struct{}{}:
	default: // a round is due already
	}
}

// Run makes rounds until ctx ends. Assignments that have begun are carried out.
func (a *Allocator) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := a.round(ctx); err != nil && ctx.Err() == nil {
			slog.Error("a round failed, and the next will be made", "error", err)
		}
		wait(ctx, a.config.Pause, nil)
		wait(ctx, a.config.Sweep, a.hints)
	}
}

// wait returns after a time, at a hint or when ctx ends.
func wait(ctx context.Context, longest time.Duration, hints <-chan struct{}) {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-hints:
	case <-ctx.Done():
	}
}

// agent is somebody who is online.
type agent struct {
	id   flex.ID
	load int       // customers, with those of the rooms
	next []flex.ID // rooms to serve next
}

// round gives the rooms that wait, the longest first, to agents with a place, the least
// busy first.
func (a *Allocator) round(ctx context.Context) error {
	waiting, err := a.waiting(ctx)
	if err != nil || len(waiting) == 0 {
		return err
	}
	agents, err := a.online(ctx, waiting[0].RoomID)
	if err != nil || len(agents) == 0 {
		return err
	}
	each(agents, func(agent *agent) { agent.load = a.load(ctx, agent.id) })
	for _, room := range waiting {
		least := slices.MinFunc(agents, func(x, y *agent) int { return cmp.Compare(x.load, y.load) })
		if least.load >= a.config.Limit {
			break
		}
		least.load++
		least.next = append(least.next, room.RoomID)
	}
	each(agents, func(agent *agent) { a.assign(ctx, agent) })
	until := time.Now().Add(a.config.Settle)
	for _, agent := range agents {
		for _, roomID := range agent.next {
			a.taken[roomID] = place{agent.id, until}
		}
	}
	return nil
}

// waiting lists the rooms that nobody serves and no bot handles, the longest waiting first.
func (a *Allocator) waiting(ctx context.Context) ([]qismo.Room, error) {
	maps.DeleteFunc(a.taken, func(_ flex.ID, place place) bool { return time.Now().After(place.until) })
	var waiting []qismo.Room
	unserved := qismo.ListRoomsParams{Status: qismo.RoomUnresolved, ServeStatus: qismo.RoomUnserved}
	for room, err := range a.client.Rooms.All(ctx, unserved) {
		if err != nil {
			return nil, fmt.Errorf("list who waits: %w", err)
		}
		if last := room.LastCommentTimestamp; !last.IsZero() && time.Since(last.Time()) > window {
			break // the newest come first, and from here on nobody wrote today
		}
		_, isTaken := a.taken[room.RoomID]
		isRecent := time.Since(room.LastCustomerTimestamp.Time()) < window
		if isRecent && !isTaken && !room.IsHandledByBot && !room.IsResolved {
			waiting = append(waiting, room)
		}
	}
	slices.Reverse(waiting) // for those who wrote in the same second
	slices.SortStableFunc(waiting, func(x, y qismo.Room) int {
		return x.LastCustomerTimestamp.Time().Compare(y.LastCustomerTimestamp.Time())
	})
	return waiting, nil
}

// online lists the agents who may serve a room.
func (a *Allocator) online(ctx context.Context, roomID flex.ID) ([]*agent, error) {
	var agents []*agent
	for row, err := range a.client.Agents.AllAvailable(ctx, qismo.ListAvailableAgentsParams{RoomID: roomID}) {
		if err != nil {
			return nil, fmt.Errorf("list who is online: %w", err)
		}
		agents = append(agents, &agent{id: row.ID})
	}
	return agents, nil
}

// load counts an agent's customers, those who are on their way too. It is one page: an
// agent who fills it is full, and else it is all of them at one moment.
func (a *Allocator) load(ctx context.Context, agentID flex.ID) int {
	page, err := a.client.Rooms.List(ctx, qismo.ListRoomsParams{
		Status: qismo.RoomUnresolved, UserIDs: []flex.NumberID{flex.NumberID(agentID)}, Limit: flex.Int(a.config.Limit),
	})
	if err != nil {
		slog.Warn("an agent gets nobody in this round", "agent", agentID, "error", err)
		return a.config.Limit
	}
	load := len(page.Items)
	for roomID, place := range a.taken {
		isListed := slices.ContainsFunc(page.Items, func(room qismo.Room) bool { return room.RoomID == roomID })
		if place.agent == agentID && !isListed {
			load++
		}
	}
	return load
}

// assign puts an agent into the rooms that are next. What has begun is not broken off:
// it would only be less certain what came of it.
func (a *Allocator) assign(ctx context.Context, agent *agent) {
	for _, roomID := range agent.next {
		if ctx.Err() != nil {
			return
		}
		_, err := a.client.Allocation.Assign(context.WithoutCancel(ctx), qismo.AssignAgentParams{
			RoomID: roomID, AgentID: agent.id, MaxAgent: 1,
		})
		if err != nil {
			slog.Warn("an assignment is looked at again", "room", roomID, "agent", agent.id, "error", err)
			continue
		}
		slog.Info("a customer has an agent", "room", roomID, "agent", agent.id)
	}
}

// each does something for all agents at once.
func each(agents []*agent, do func(*agent)) {
	var all sync.WaitGroup
	for _, agent := range agents {
		all.Go(func() { do(agent) })
	}
	all.Wait()
}
