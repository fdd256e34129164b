package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// received is an event that the receiver handled, and what it did about it.
type received struct {
	name   webhook.Name
	roomID flex.ID
	did    []string
}

// newReceiver is the program that a team would write: a bot and an allocator in
// four callbacks.
func (s *stage) newReceiver() (http.Handler, error) {
	handler, err := webhook.NewHandler(webhook.PathSecret(s.secret), webhook.Callbacks{
		NewSession: func(ctx context.Context, event *webhook.NewSessionEvent) error {
			return s.note(ctx, received{name: webhook.NewSession, roomID: event.RoomLog.RoomID})
		},
		BotMessage:            s.answer,
		CustomAgentAllocation: s.allocate,
		MarkAsResolved: func(ctx context.Context, event *webhook.MarkAsResolvedEvent) error {
			return s.note(ctx, received{name: webhook.MarkAsResolved, roomID: event.Service.RoomID, did: []string{
				fmt.Sprintf("service %s, resolved by %s", event.Service.ID, event.ResolvedBy.Name),
			}})
		},
		Unknown: func(ctx context.Context, _ *webhook.UnknownEvent) error {
			return s.note(ctx, received{name: webhook.Unknown})
		},
	}, webhook.Validation(webhook.Strict), webhook.OnError(func(_ context.Context, event webhook.Event, err error) {
		s.fail(fmt.Errorf("handle %s: %w", event.Name(), err))
	}))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/hooks/", handler)
	return mux, nil
}

// answer is the bot.
func (s *stage) answer(ctx context.Context, event *webhook.BotMessageEvent) error {
	if event.FromPlatform() {
		return nil // its own words
	}
	if err := s.client.Bot.SendText(ctx, event.RoomID(), "Halo! Kami buka sampai pukul sembilan malam."); err != nil {
		return err
	}
	return s.note(ctx, received{name: webhook.BotMessage, roomID: event.RoomID(), did: []string{"Bot.SendText: answered"}})
}

// allocate is the allocator: the least busy agent who may take the room gets it.
func (s *stage) allocate(ctx context.Context, event *webhook.CustomAgentAllocationEvent) error {
	agent, err := leastBusy(ctx, s.client, event.RoomID())
	if err != nil {
		return err
	}
	_, err = s.client.Allocation.Assign(ctx, qismo.AssignAgentParams{
		RoomID: event.RoomID(), AgentID: agent.ID, MaxAgent: 1,
	})
	if err != nil {
		return err
	}
	return s.note(ctx, received{name: webhook.CustomAgentAllocation, roomID: event.RoomID(), did: []string{
		fmt.Sprintf("Agents.AllAvailable: least busy is %s, with %d rooms", agent.Name, agent.CurrentCustomerCount),
		"Allocation.Assign: assigned, max_agent 1",
	}})
}

// leastBusy finds the available agent with the fewest rooms.
func leastBusy(ctx context.Context, client *qismo.Client, roomID flex.ID) (*qismo.Agent, error) {
	var best *qismo.Agent
	for agent, err := range client.Agents.AllAvailable(ctx, qismo.ListAvailableAgentsParams{RoomID: roomID}) {
		if err != nil {
			return nil, err
		}
		if best == nil || agent.CurrentCustomerCount < best.CurrentCustomerCount {
			best = &agent
		}
	}
	if best == nil {
		return nil, errors.New("nobody is online")
	}
	return best, nil
}

func (s *stage) note(ctx context.Context, event received) error {
	select {
	case s.received <- event:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
