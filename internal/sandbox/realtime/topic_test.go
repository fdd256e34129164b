package realtime_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

func TestTopics(t *testing.T) {
	for text, topic := range map[string]realtime.Topic{
		"token/c":            {Kind: realtime.Messages, Token: "token"},
		"token/update":       {Kind: realtime.Updates, Token: "token"},
		"token/n":            {Kind: realtime.Notices, Token: "token"},
		"wangi/berita/c":     {Kind: realtime.ChannelMessages, App: "wangi", Channel: "berita"},
		"wangi/toko//a/c":    {Kind: realtime.ChannelMessages, App: "wangi", Channel: "toko//a"},
		"r/7/7/rini/t":       {Kind: realtime.Typing, Room: "7", User: "rini"},
		"r/7/7/rini@toko/d":  {Kind: realtime.Delivered, Room: "7", User: "rini@toko"},
		"r/7/7/rini/r":       {Kind: realtime.Read, Room: "7", User: "rini"},
		"r/7/7/+/r":          {Kind: realtime.Read, Room: "7"},
		"r/7/7/e":            {Kind: realtime.Events, Room: "7"},
		"r/7/typing":         {Kind: realtime.BotTyping, Room: "7"},
		"u/rini/s":           {Kind: realtime.Presence, User: "rini"},
		"u.rini/c":           {Kind: realtime.Messages, Token: "u.rini"},
		"r/7/7/7/t":          {Kind: realtime.Typing, Room: "7", User: "7"},
		"wangi/r/7/7/rini/c": {Kind: realtime.ChannelMessages, App: "wangi", Channel: "r/7/7/rini"},
	} {
		read, ok := realtime.ParseTopic(text)
		assert.True(t, ok, text)
		assert.Equal(t, topic, read, text)
		assert.Equal(t, text, read.String())
	}
	read, ok := realtime.ParseTopic("r/7/+/+/t")
	assert.True(t, ok)
	assert.Equal(t, "r/7/7/+/t", read.String())
	assert.Empty(t, realtime.Topic{}.String())
}

func TestWhatIsNoTopic(t *testing.T) {
	for _, text := range []string{
		"", "/", "c", "token", "token/", "/c", "token/x", "token/c/", "token/c/d", "#", "+/c", "token/#", "token/+",
		"$SYS/c", "$share/a/token/c", "token\x00/c", "wangi//c", "wangi/+/c", "wangi/berita/#", "wangi/berita/n",
		"r", "r/", "r/7", "r/c", "r/7/7", "r/7/8/e", "r/+/+/e", "r/7/+/e", "r//typing", "r/+/typing", "r///e",
		"r/7/8/rini/t", "r/7/8/+/t", "r/7/+/rini/t", "r/+/7/+/t", "r/+/+/+/t", "r//+/+/t", "r/7/7//t", "r/7/7/+/e",
		"r/7/7/rini/x", "r/7/7/ri+ni/t", "r/7/7/rini/t/t", "r/+a/+a/+/t", "u/rini", "u//s", "u/+/s", "u/rini/x",
		"u/rini/s/s", "u/c", "r/7/+/#", strings.Repeat("a", 1023) + "/c",
	} {
		topic, ok := realtime.ParseTopic(text)
		assert.False(t, ok, "%s is %+v", text, topic)
	}
}

func TestWhatClientsPublishOn(t *testing.T) {
	for text, isTheirs := range map[string]bool{
		"r/7/7/rini/t": true, "r/7/7/e": true, "u/rini/s": true,
		"r/7/7/+/t": false, "r/7/7/rini/d": false, "r/7/7/rini/r": false, "r/7/typing": false, "token/c": false,
		"token/n": false, "token/update": false, "wangi/berita/c": false,
	} {
		topic, ok := realtime.ParseTopic(text)
		assert.True(t, ok)
		assert.Equal(t, isTheirs, topic.ByClients(), text)
	}
}

func TestWhoHearsWhat(t *testing.T) {
	for _, test := range []struct {
		subscribed, told string
		hears            bool
	}{
		{"token/c", "token/c", true}, {"token/c", "token/n", false}, {"token/c", "lain/c", false},
		{"r/7/+/+/t", "r/7/7/rini/t", true}, {"r/7/7/+/t", "r/8/8/rini/t", false}, {"r/7/7/+/t", "r/7/7/rini/d", false},
		{"r/7/7/rini/t", "r/7/7/agus/t", false}, {"u/rini/s", "u/rini/s", true}, {"u/rini/s", "u/agus/s", false},
	} {
		subscribed, ok := realtime.ParseTopic(test.subscribed)
		assert.True(t, ok)
		told, ok := realtime.ParseTopic(test.told)
		assert.True(t, ok)
		assert.Equal(t, test.hears, subscribed.Covers(told), "%s, %s", test.subscribed, test.told)
	}
}

func TestPresence(t *testing.T) {
	for payload, online := range map[string]bool{"1": true, "0": false, "1:1767225600000": true, "0:1": false} {
		read, ok := realtime.ParsePresence([]byte(payload))
		assert.True(t, ok, payload)
		assert.Equal(t, online, read, payload)
	}
	for _, payload := range []string{"", "2", "1:", "1:a", "1:-1", "01", " 1", "true", "1:1:1"} {
		_, ok := realtime.ParsePresence([]byte(payload))
		assert.False(t, ok, payload)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 5_000_000, time.UTC)
	assert.Equal(t, "1:1767225600005", string(realtime.PresencePayload(true, at)))
	assert.Equal(t, "0:1767225600005", string(realtime.PresencePayload(false, at)))
}

// What is read as a topic is written as one that is read as the same, holds no wildcard but
// the participants', and is nobody else's.
func FuzzParseTopic(f *testing.F) {
	for _, text := range []string{
		"token/c", "wangi/berita/c", "r/7/+/+/t", "r/7/7/rini/d", "r/7/typing", "u/rini/s", "r/7/7/e", "#", "r/+/+/+/t",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		topic, ok := realtime.ParseTopic(text)
		if !ok {
			return
		}
		again, ok := realtime.ParseTopic(topic.String())
		assert.True(t, ok)
		assert.Equal(t, topic, again)
		for _, member := range []string{topic.Token, topic.App, topic.Channel, topic.Room, topic.User} {
			assert.NotContains(t, member, "+")
			assert.NotContains(t, member, "#")
		}
		assert.NotContains(t, topic.Token+topic.App+topic.Room+topic.User, "/")
		if text != topic.String() {
			assert.Equal(t, strings.Replace(text, "/+/+/", "/"+topic.Room+"/+/", 1), topic.String())
		}
	})
}

func FuzzParsePresence(f *testing.F) {
	f.Add([]byte("1:1767225600000"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if online, ok := realtime.ParsePresence(payload); ok {
			assert.Equal(t, online, payload[0] == '1')
		}
	})
}
