package qismotest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// Bounds of a story.
const (
	longestStory = 100 // lines, the last ones
	mostRooms    = 20  // rooms, those with the newest messages
)

// scene is one thing that happened.
type scene struct {
	at             time.Time
	roomID         string
	who, what, end string
}

// story tells what happened since the beginning: messages, webhooks and calls, in the
// order in which they began. It holds no credentials and no bodies but what was said.
func (s *Server) story() string {
	scenes := s.scenes()
	var told strings.Builder
	told.WriteString("qismotest: what happened, by the app's time since the beginning")
	if len(scenes) == 0 {
		return told.String() + ": nothing"
	}
	if left := len(scenes) - longestStory; left > 0 {
		fmt.Fprintf(&told, " (without the first %d lines)", left)
		scenes = scenes[left:]
	}
	told.WriteString("\n\n")
	rooms := map[string]bool{}
	for _, scene := range scenes {
		rooms[scene.roomID] = true
	}
	delete(rooms, "")
	shown := newTable()
	for _, scene := range scenes {
		cells := []string{scene.at.Sub(s.begun).Round(time.Millisecond).String(), scene.who, scene.what, scene.end}
		if len(rooms) > 1 && scene.roomID != "" {
			cells = append(cells, "in room "+scene.roomID)
		}
		shown.row(cells...)
	}
	told.WriteString(shown.String())
	if s.decidedByChance() {
		fmt.Fprintf(&told, "\n\nThe trouble strikes in the same way again with %s=%d in the environment, or WithSeed(%d).",
			seedVariable, s.settings.seed, s.settings.seed)
	}
	return told.String()
}

func (s *Server) scenes() []scene {
	var scenes []scene
	for _, room := range s.sandbox.LatestRooms(mostRooms) {
		for _, message := range s.messages(room.ID) {
			if !message.At.Before(s.begun) { // the others were there before
				scenes = append(scenes, scene{message.At, room.ID, message.author(), message.content(), ""})
			}
		}
	}
	for _, entry := range s.sandbox.Timeline().Since(0, nil) {
		who, outcome := "call", exchangeOf(entry).outcome()
		name := entry.Name
		if entry.Kind == timeline.Delivery {
			who = "webhook"
		} else if name == "" {
			name = entry.Method + " of no known route"
		}
		scenes = append(scenes, scene{entry.At, entry.RoomID, who, name, outcome})
	}
	slices.SortStableFunc(scenes, func(a, b scene) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	return scenes
}
