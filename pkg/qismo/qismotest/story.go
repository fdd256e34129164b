package qismotest

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// storyVariable is the environment's variable that asks for a story without bounds.
const storyVariable = "QISMOTEST_STORY"

// Bounds of a story.
const (
	storyHead = 40 // lines from the beginning
	storyTail = 60 // lines from the end
	mostRooms = 20 // rooms, those with the newest messages
)

// scene is one thing that happened, or several that are alike.
type scene struct {
	at             time.Time
	roomID         string
	who, what, end string
	count          int // how often
}

// byCall is who does what in a scene that is a call of the API.
const byCall = "call"

// story tells what happened since the beginning: messages, webhooks and calls, in the
// order in which they began. It holds no credentials and no bodies but what was said.
func (s *Server) story() string {
	isWhole := os.Getenv(storyVariable) == "all"
	scenes := collapse(s.scenes(isWhole))
	var told strings.Builder
	told.WriteString("qismotest: what happened, by the app's time since the beginning")
	if len(scenes) == 0 {
		return told.String() + ": nothing"
	}
	told.WriteString("\n\n")
	places := s.places(scenes)
	shown := newTable()
	for i, scene := range scenes {
		left := len(scenes) - storyHead - storyTail
		if isWhole || left <= 0 || i < storyHead || i >= storyHead+left {
			shown.row(scene.at.Sub(s.begun).Round(time.Millisecond).String(), scene.who, scene.what, scene.outcome(),
				places[scene.roomID])
		} else if i == storyHead {
			shown.row(fmt.Sprintf("… %d lines are left out here, which %s=all in the environment shows", left, storyVariable))
		}
	}
	told.WriteString(shown.String())
	if s.decidedByChance() {
		fmt.Fprintf(&told, "\n\nThe trouble strikes in the same way again with %s=%d in the environment, or WithSeed(%d).",
			seedVariable, s.settings.seed, s.settings.seed)
	}
	return told.String()
}

// scenes are all that happened; of very many rooms only the newest have their messages,
// unless all is wanted.
func (s *Server) scenes(all bool) []scene {
	var scenes []scene
	rooms := mostRooms
	if all {
		rooms = s.sandbox.CountRooms()
	}
	for _, room := range s.sandbox.LatestRooms(rooms) {
		for _, message := range s.messages(room.ID) {
			if !message.At.Before(s.begun) { // the others were there before
				scenes = append(scenes, scene{message.At, room.ID, message.author(), message.content(), "", 1})
			}
		}
	}
	for _, entry := range s.sandbox.Timeline().Since(0, nil) {
		who, what := byCall, entry.Name
		switch {
		case entry.Kind == timeline.Delivery:
			who = "webhook"
		case what == "":
			what = entry.Method + " of no known route"
		}
		if agent := s.agentIn(entry.Request); agent != "" {
			what += " " + agent
		}
		scenes = append(scenes, scene{entry.At, entry.RoomID, who, what, exchangeOf(entry).outcome(), 1})
	}
	slices.SortStableFunc(scenes, func(a, b scene) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	return scenes
}

// places says in whose room things happened, when there are several rooms.
func (s *Server) places(scenes []scene) map[string]string {
	places, owners := map[string]string{}, map[string]int{}
	for _, scene := range scenes {
		if scene.roomID == "" || places[scene.roomID] != "" {
			continue
		}
		places[scene.roomID] = "in room " + scene.roomID
		if room, ok := s.sandbox.Room(scene.roomID); ok {
			places[scene.roomID] = "in " + room.Name + "'s room"
		}
		owners[places[scene.roomID]]++
	}
	if len(places) < 2 {
		return nil
	}
	for id, place := range places {
		if owners[place] > 1 { // one customer on two channels, or two of one name
			places[id] = place + " " + id
		}
	}
	return places
}

// outcome is how a scene ended, and how often there was one like it.
func (s scene) outcome() string { return strings.TrimPrefix(times(s.end, s.count), ", ") }

// isAside tells whether a scene is a call about no room, as of a program that looks again
// and again.
func (s scene) isAside() bool { return s.who == byCall && s.roomID == "" }

func (s scene) isLike(other scene) bool {
	return s.roomID == other.roomID && s.who == other.who && s.what == other.what && s.end == other.end
}

// collapse makes one scene of those that are alike and follow each other; between calls
// about no room, others of these may lie.
func collapse(scenes []scene) []scene {
	var collapsed []scene
next:
	for _, scene := range scenes {
		for i := range slices.Backward(collapsed) {
			if collapsed[i].isLike(scene) {
				collapsed[i].count++
				continue next
			}
			if !collapsed[i].isAside() || !scene.isAside() {
				break
			}
		}
		collapsed = append(collapsed, scene)
	}
	return collapsed
}
