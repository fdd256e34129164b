package inbox

import (
	"fmt"
	"slices"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// roomView is the column of one room.
type roomView struct {
	View  view
	Home  string
	Found bool
	roomRow

	Ordinal   string // which session it is
	Agents    []sandbox.AgentSnapshot
	Agent     sandbox.AgentSnapshot // who acts
	Serves    bool                  // whether that one is in the room
	Divisions []string
	Thread    []messageView
	Earlier   string // where earlier messages are
	Buttons   []sandbox.Button
	Samples   []pair // what the customer can send besides text
	Window    stamp  // when WhatsApp's closes, or has closed
}

func (i *Inbox) room(v view) roomView {
	shown := roomView{View: v, Home: Home}
	room, found := i.platform.Room(v.Room)
	if !found {
		return shown
	}
	shown.Found = true
	shown.roomRow = i.roomRow(v, room)
	shown.Ordinal = ordinal(room.Sessions)
	shown.Agents = i.platform.Staff()
	shown.Agent = actor(v.Agent, room, shown.Agents)
	shown.Serves = slices.Contains(room.AgentIDs, shown.Agent.ID)
	shown.Divisions = i.platform.Divisions()
	shown.Thread, shown.Earlier = i.thread(v)
	shown.Buttons, shown.Samples = i.platform.Buttons(), sampleNames()
	if !room.Expires.IsZero() {
		shown.Window = stampOf(room.Expires, i.platform.Clock().Now())
	}
	return shown
}

// actor is who acts in a room: who was chosen or, as long as nobody was, who serves
// it, or the first agent who is online, or the admin.
func actor(chosen int64, room sandbox.RoomSnapshot, staff []sandbox.AgentSnapshot) sandbox.AgentSnapshot {
	fits := []func(sandbox.AgentSnapshot) bool{
		func(agent sandbox.AgentSnapshot) bool { return agent.ID == chosen },
		func(agent sandbox.AgentSnapshot) bool { return slices.Contains(room.AgentIDs, agent.ID) },
		func(agent sandbox.AgentSnapshot) bool { return agent.Type == sandbox.TypeAgent && agent.Available },
	}
	for _, fit := range fits {
		if at := slices.IndexFunc(staff, fit); at >= 0 {
			return staff[at]
		}
	}
	return staff[0] // the admin, whom there always is
}

// thread is the newest messages of the room, the oldest first.
func (i *Inbox) thread(v view) (thread []messageView, earlier string) {
	all := i.platform.Messages(v.Room)
	if len(all) > v.Messages {
		if v.Messages < mostMessages {
			earlier = v.Link("messages", v.Messages+firstMessages)
		}
		all = all[len(all)-v.Messages:]
	}
	now := i.platform.Clock().Now()
	labels := map[string]string{} // of the buttons so far
	for at, message := range all {
		shown := messageView{
			ID: message.ID, Author: string(message.Author), Name: message.Name, Type: message.Type,
			Text: message.Text, Status: message.Status, When: stampOf(message.At, now),
			Initial: faceOf(message.Name, message.Sender),
			First:   at == 0 || all[at-1].Author != message.Author || all[at-1].Sender != message.Sender,
		}
		if message.Author == sandbox.AuthorCustomer && message.NotForBot != sandbox.NoBot {
			shown.Note = message.NotForBot
		}
		shown.show(message)
		if message.Author == sandbox.AuthorCustomer {
			shown.click(labels)
		} else {
			shown.labels(labels)
		}
		thread = append(thread, shown)
	}
	return thread, earlier
}

// ordinal writes a place in a row: 1st, 2nd, 3rd, 4th.
func ordinal(number int) string {
	ending := "th"
	if number%100 < 11 || number%100 > 13 {
		switch number % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprintf("%d%s", number, ending)
}
