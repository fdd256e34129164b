// Package demo tells a story that uses all of qismo once: rooms are listed, a
// customer writes, a bot answers, an allocator assigns an agent, the room is
// resolved, and three bad webhooks are turned away. The platform is the sandbox;
// everything between it and the story's programs goes over real HTTP.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const (
	rooms    = 120
	agents   = 5
	pageSize = 25
	// patience is how long a step waits for a webhook before it fails.
	patience = 10 * time.Second
)

// Run plays the story and writes its transcript to out. It returns an error if
// any step does not happen.
func Run(ctx context.Context, out io.Writer) (err error) {
	stage, err := open(ctx)
	if err != nil {
		return fmt.Errorf("demo: set the stage: %w", err)
	}
	defer func() { err = errors.Join(err, stage.close(ctx)) }()

	story := &story{stage: stage, narrator: &narrator{out: out}}
	for _, step := range []struct {
		title string
		play  func(ctx context.Context) error
	}{
		{"The stage", story.introduce},
		{"Webhooks are set through the API", story.setWebhooks},
		{"Every unresolved room, page by page", story.listRooms},
		{"Some agents are busy already", story.keepBusy},
		{"A customer writes; the bot answers; an agent is assigned", story.converse},
		{"A second agent finds the room taken", story.assignAgain},
		{"The room is resolved", story.resolve},
		{"A broken, a forged and an unknown webhook", story.turnAway},
	} {
		story.section(step.title)
		if err := step.play(ctx); err != nil {
			return fmt.Errorf("demo: %s: %w", strings.ToLower(step.title[:1])+step.title[1:], err)
		}
	}
	story.section("The end")
	story.say("All of this was HTTP on loopback: no account, no tunnel, no phone.")
	return story.failed()
}

// story is the demo while it plays.
type story struct {
	*stage
	*narrator
	roomID flex.ID
	free   flex.ID // the agent whom the allocator should find
}

func (s *story) introduce(context.Context) error {
	config := s.platform.Config()
	s.say("The sandbox plays Qiscus Omnichannel at %s,", s.platformURL)
	s.say("for app %s, with %d agents and %d waiting rooms.", config.AppCode, len(config.Agents), config.Rooms)
	s.say("A bot and an allocator listen at %s.", s.receiverURL)
	return nil
}

func (s *story) setWebhooks(ctx context.Context) error {
	address := s.hookURL()
	if _, err := s.client.WebhookSettings.SetNewSession(ctx, address, true); err != nil {
		return err
	}
	if _, err := s.client.WebhookSettings.SetResolve(ctx, address, true); err != nil {
		return err
	}
	if _, err := s.client.WebhookSettings.SetAgentAllocation(ctx, address, true); err != nil {
		return err
	}
	configs, err := s.client.App.Configs(ctx)
	if err != nil {
		return err
	}
	for name, set := range map[string]string{
		"newSession": configs.NewSessionWebhookURL, "markAsResolved": configs.MarkAsResolvedWebhookURL,
		"customAgentAllocation": configs.AllocateAgentWebhookURL, "botMessage": configs.BotWebhookURL,
	} {
		if set != address {
			return fmt.Errorf("the webhook %s is not set", name)
		}
	}
	s.say("newSession, customAgentAllocation and markAsResolved now go to the receiver,")
	s.say("at an address that ends in a secret; botMessage was set in the dashboard.")
	return nil
}

func (s *story) listRooms(ctx context.Context) error {
	params := qismo.ListRoomsParams{Status: qismo.RoomUnresolved, Limit: pageSize}
	page, err := s.client.Rooms.List(ctx, params)
	for number := 1; err == nil; number++ {
		first := page.Items[0]
		s.say("page %d: %2d rooms, from %s (%s)", number, len(page.Items), first.Name, first.Source)
		if !page.HasNext() {
			break
		}
		page, err = page.NextPage(ctx)
	}
	if err != nil {
		return err
	}
	seen := map[flex.ID]bool{}
	for room, err := range s.client.Rooms.All(ctx, params) {
		if err != nil {
			return err
		}
		seen[room.RoomID] = true
	}
	if len(seen) != rooms {
		return fmt.Errorf("%d different rooms were listed, %d exist", len(seen), rooms)
	}
	s.say("Rooms.All walked the same %d rooms in one loop, each once.", len(seen))
	return nil
}

// keepBusy gives rooms to all online agents but one, so that there is somebody to
// find.
func (s *story) keepBusy(ctx context.Context) error {
	var waiting []flex.ID
	for room, err := range s.client.Rooms.All(ctx, qismo.ListRoomsParams{ServeStatus: qismo.RoomUnserved}) {
		if err != nil {
			return err
		}
		waiting = append(waiting, room.RoomID)
	}
	count := 0
	for agent, err := range s.client.Agents.All(ctx, qismo.ListAgentsParams{UserTypeScope: "agent"}) {
		switch {
		case err != nil:
			return err
		case !agent.IsAvailable:
			s.say("%-16s is offline", agent.Name)
			continue
		}
		load := count + 1
		if count == 1 {
			load, s.free = 0, agent.ID
		}
		for _, roomID := range waiting[:load] {
			_, err := s.client.Allocation.Assign(ctx, qismo.AssignAgentParams{RoomID: roomID, AgentID: agent.ID})
			if err != nil {
				return err
			}
		}
		waiting = waiting[load:]
		s.say("%-16s serves %d", agent.Name, load)
		count++
	}
	return nil
}

func (s *story) converse(ctx context.Context) error {
	roomID, err := s.platform.CustomerWrites(ctx, sandbox.CustomerMessage{
		Source: "wa", UserID: "628115550123", Name: "Dewi Lestari", Text: "Halo, apakah masih buka?",
	})
	if err != nil {
		return err
	}
	s.roomID = flex.ID(roomID)
	s.quote("Dewi Lestari, on WhatsApp", "Halo, apakah masih buka?")
	for _, name := range []webhook.Name{webhook.NewSession, webhook.BotMessage, webhook.CustomAgentAllocation} {
		event, err := s.await(ctx, name)
		if err != nil {
			return err
		}
		if event.roomID != s.roomID {
			return fmt.Errorf("%s came for another room", name)
		}
		s.say("%-22s received, authenticated, valid", name)
		for _, line := range event.did {
			s.say("  → %s", line)
		}
	}
	return s.checkConversation(ctx)
}

// checkConversation looks at the platform's side: what was said, and who serves.
func (s *story) checkConversation(ctx context.Context) error {
	var said []string
	for _, message := range s.platform.Messages(string(s.roomID)) {
		if message.Author == sandbox.AuthorBot {
			said = append(said, message.Text)
			s.quote("the bot, on WhatsApp", message.Text)
		}
	}
	if len(said) != 1 {
		return fmt.Errorf("the bot answered %d times, once was meant", len(said))
	}
	snapshot, found := s.platform.Room(string(s.roomID))
	if !found || len(snapshot.AgentIDs) != 1 {
		return errors.New("the room has no agent")
	}
	agent, err := s.client.Agents.Get(ctx, flex.ID(fmt.Sprint(snapshot.AgentIDs[0])))
	if err != nil {
		return err
	}
	if agent.ID != s.free {
		return fmt.Errorf("%s was assigned, who was not the least busy", agent.Name)
	}
	s.say("The room is served by %s.", agent.Name)
	return nil
}

func (s *story) assignAgain(ctx context.Context) error {
	agent, err := leastBusy(ctx, s.client, s.roomID)
	if err != nil {
		return err
	}
	_, err = s.client.Allocation.Assign(ctx, qismo.AssignAgentParams{RoomID: s.roomID, AgentID: agent.ID, MaxAgent: 1})
	if !errors.Is(err, qismo.ErrMaxAgents) {
		return fmt.Errorf("a second agent should have been refused, got %w", err)
	}
	s.say("Assigning %s too is refused:", agent.Name)
	s.say("  %v", err)
	s.say("  errors.Is(err, qismo.ErrMaxAgents) is true")
	return nil
}

func (s *story) resolve(ctx context.Context) error {
	_, err := s.client.Rooms.Resolve(ctx, qismo.ResolveRoomParams{RoomID: s.roomID, Notes: "jam buka sudah dijawab"})
	if err != nil {
		return err
	}
	event, err := s.await(ctx, webhook.MarkAsResolved)
	if err != nil {
		return err
	}
	if event.roomID != s.roomID {
		return errors.New("markAsResolved came for another room")
	}
	room, err := s.client.Rooms.Get(ctx, s.roomID)
	if err != nil {
		return err
	}
	if !room.IsResolved {
		return errors.New("the room is not resolved")
	}
	s.say("%-22s received, authenticated, valid", webhook.MarkAsResolved)
	for _, line := range event.did {
		s.say("  → %s", line)
	}
	return nil
}

func (s *story) turnAway(ctx context.Context) error {
	const unknown = `{"type":"agent_status","payload":{"agent":"rini@example.id","online":true}}`
	for _, visit := range []struct {
		what, address, body string
		status              int
	}{
		{"broken", s.hookURL(), brokenWebhook, http.StatusBadRequest},
		{"forged", s.receiverURL + "/hooks/not-the-secret", unknown, http.StatusUnauthorized},
		{"unknown", s.hookURL(), unknown, http.StatusOK},
	} {
		status, answer, err := post(ctx, visit.address, visit.body)
		if err != nil {
			return err
		}
		s.say("%-8s → %d %s", visit.what, status, http.StatusText(status))
		for _, line := range reasonsIn(answer) {
			s.say("             %s", line)
		}
		if status != visit.status {
			return fmt.Errorf("the %s webhook got %d, not %d", visit.what, status, visit.status)
		}
	}
	if _, err := s.await(ctx, webhook.Unknown); err != nil {
		return err
	}
	s.say("             handed on with its raw bytes: a new kind of event loses nothing")
	return nil
}
