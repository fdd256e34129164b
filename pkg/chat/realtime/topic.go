package realtime

import (
	"fmt"
	"strings"
)

// kind is what is told on a topic.
type kind uint8

const (
	unknownTopic kind = iota
	newMessageTopic
	editTopic
	notificationTopic
	typingTopic
	botTypingTopic
	deliveredTopic
	readTopic
	presenceTopic
	customTopic
)

// place is a topic that was read: what is told there, in which room and of whom.
type place struct {
	kind       kind
	room, user string
}

// names are what topics are made of.
type names struct {
	appID  string
	tokens []string // the one in use, and those before it
}

// ownTopics are where a user hears of all rooms.
func ownTopics(token string) []string {
	return []string{token + "/c", token + "/update", token + "/n"}
}

// roomTopics are where more is told of one room. A room stands twice in its topics.
func roomTopics(room string) []string {
	both := "r/" + room + "/" + room
	return []string{both + "/+/t", both + "/+/d", both + "/+/r", both + "/e", "r/" + room + "/typing"}
}

func channelTopics(appID, channel string) []string { return []string{appID + "/" + channel + "/c"} }
func presenceTopicOf(user string) string           { return "u/" + user + "/s" }
func typingTopicOf(room, user string) string       { return "r/" + room + "/" + room + "/" + user + "/t" }
func customTopicOf(room string) string             { return "r/" + room + "/" + room + "/e" }

// checkLevel refuses what would make another topic of a topic.
func checkLevel(what, id string) error {
	if id == "" || strings.ContainsAny(id, "/+#\x00") {
		return fmt.Errorf("the %s is empty or cannot stand in a topic", what)
	}
	return nil
}

// checkLevels is like checkLevel, for what may consist of several.
func checkLevels(what, id string) error {
	return checkLevel(what, strings.ReplaceAll(id, "/", "-"))
}

// read tells what a topic is.
func (n names) read(topic string) place {
	for _, token := range n.tokens {
		if rest, own := strings.CutPrefix(topic, token+"/"); own {
			return place{kind: kindOfOwn(rest)}
		}
	}
	if rest, own := strings.CutPrefix(topic, n.appID+"/"); own && strings.HasSuffix(rest, "/c") {
		return place{kind: newMessageTopic} // of a channel, whose id may be of several levels
	}
	switch levels := strings.Split(topic, "/"); levels[0] {
	case "u":
		return placeOfUser(levels)
	case "r":
		return placeOfRoom(levels)
	}
	return place{}
}

func kindOfOwn(suffix string) kind {
	switch suffix {
	case "c":
		return newMessageTopic
	case "update":
		return editTopic
	case "n":
		return notificationTopic
	}
	return unknownTopic
}

func placeOfUser(levels []string) place {
	if len(levels) == 3 && levels[2] == "s" {
		return place{kind: presenceTopic, user: levels[1]}
	}
	return place{}
}

func placeOfRoom(levels []string) place {
	switch last := len(levels) - 1; {
	case last == 2 && levels[last] == "typing":
		return place{kind: botTypingTopic, room: levels[1]}
	case last == 3 && levels[last] == "e":
		return place{kind: customTopic, room: levels[1]}
	case last == 4:
		return place{kind: kindOfSuffix(levels[last]), room: levels[1], user: levels[3]}
	}
	return place{}
}

func kindOfSuffix(suffix string) kind {
	switch suffix {
	case "t":
		return typingTopic
	case "d":
		return deliveredTopic
	case "r":
		return readTopic
	}
	return unknownTopic
}

// mask takes the tokens out of a topic, or of another text.
func (n names) mask(text string) string {
	for _, token := range n.tokens {
		if token != "" {
			text = strings.ReplaceAll(text, token, "***")
		}
	}
	return text
}
