package sandbox

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// publication is what was published.
type publication struct {
	topic, payload string
	retain         bool
}

// listener is a broker that only listens.
type listener struct {
	mu        sync.Mutex
	published []publication
}

func (l *listener) Publish(topic string, payload []byte, retain bool, _ byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.published = append(l.published, publication{topic, string(payload), retain})
	return nil
}

func (l *listener) Subscribed(topic string) bool { return topic == "heard/c" }

func (l *listener) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusTeapot)
}

// Drop knows of one client, and notes whether it is dropped.
func (l *listener) Drop(which func(realtime.Client) bool) int {
	if !which(realtime.Client{ID: "one", Topics: []realtime.Topic{{Kind: realtime.Messages, Token: "agus-1"}}}) {
		return 0
	}
	_ = l.Publish("dropped", nil, false, 0)
	return 1
}

// heard returns what was published since it was called the last time.
func (l *listener) heard() []publication {
	l.mu.Lock()
	defer l.mu.Unlock()
	heard := l.published
	l.published = nil
	return heard
}

// topics are those of some publications.
func topics(published []publication) []string {
	names := []string{}
	for _, one := range published {
		names = append(names, one.topic)
	}
	return names
}

// chatWorld is a world whose broker is listened to, with users who take part in rooms.
type chatWorld struct {
	*world
	*listener

	dewi, agus, laras *chatUser
	group, single     *conversation
	channel           *conversation
}

func newChatWorld(t *testing.T, config Config) *chatWorld {
	t.Helper()
	config.Now, config.Store = frozen, nil
	w := &chatWorld{world: newWorld(t, config), listener: &listener{}}
	w.SetRealtime(w.listener, "")
	w.do(func() {
		now := w.now()
		w.dewi = w.state.registerChatUser("dewi", "Dewi Lestari", "", nil, now)
		w.agus = w.state.registerChatUser("agus", "Agus Setiawan", "", nil, now)
		w.laras = w.state.registerChatUser("laras", "Laras", "", nil, now)
		w.token(w.dewi, "dewi-1")
		w.token(w.dewi, "dewi-2")
		w.token(w.agus, "agus-1")
		var err error
		w.group, err = w.state.groupOf(chatRoomPlan{name: "Gudang", creator: "dewi", created: now}, []*chatUser{w.dewi, w.agus, w.laras})
		require.NoError(t, err)
		w.single, err = w.state.singleRoomOf(w.dewi, w.agus, "", now)
		require.NoError(t, err)
		w.channel, _, err = w.state.channelOf(chatRoomPlan{uniqueID: "berita", created: now}, []*chatUser{w.dewi})
		require.NoError(t, err)
	})
	w.heard()
	return w
}

// do changes the state.
func (w *chatWorld) do(change func()) {
	w.t.Helper()
	require.NoError(w.t, w.change(func() error {
		change()
		return nil
	}))
}

// token gives a user a token that is known.
func (w *chatWorld) token(user *chatUser, text string) {
	user.tokens = append(user.tokens, chatToken{text: text})
	w.state.chat.tokens[text] = user
}

// post lets a user say something, and returns the message.
func (w *chatWorld) post(by *chatUser, room *conversation, text string) (said Message) {
	w.t.Helper()
	w.do(func() {
		var err error
		said, err = w.postChat(chatPost{by: by, room: room, said: Message{Text: text}, uniqueID: "id-" + text})
		require.NoError(w.t, err)
	})
	return said
}

// assertFits validates a payload against a schema of the chat server's document.
func assertFits(t *testing.T, schema, payload string) object {
	t.Helper()
	chat, err := document.Chat()
	require.NoError(t, err)
	known, err := chat.Schema("/components/schemas/" + schema)
	require.NoError(t, err)
	read, err := decodeJSON([]byte(payload))
	if err != nil {
		read = payload // it is plain text
	}
	assert.Empty(t, known.Validate(read), payload)
	return asObject(read)
}

// A message is told on the topics of each token of each who takes part, in order.
func TestMessagesAreTold(t *testing.T) {
	w := newChatWorld(t, Config{})
	for i, text := range []string{"halo", "apa kabar"} {
		said := w.post(w.agus, w.group, text)
		heard := w.heard()
		assert.Equal(t, []string{"dewi-1/c", "dewi-2/c", "agus-1/c"}, topics(heard))
		message := assertFits(t, "RealtimeMessage", heard[0].payload)
		assert.Equal(t, text, message["message"])
		assert.Equal(t, "agus", message["email"])
		assert.Equal(t, w.agus.picture(), message["user_avatar"])
		assert.Equal(t, "group", message["chat_type"])
		assert.NotEmpty(t, message["created_at"])
		assert.Equal(t, heard[0].payload, heard[2].payload)
		assert.False(t, heard[0].retain)
		before, _ := number(message["comment_before_id"])
		if i == 0 {
			assert.Zero(t, before)
		} else {
			assert.Equal(t, w.group.messages[0].ID, before)
			assert.Less(t, before, said.ID)
		}
	}

	// A token that has expired hears nothing, nor does who was deactivated or blocks.
	w.do(func() {
		w.state.expireChatToken(w.dewi, "dewi-1", w.now())
		w.agus.active = false
		w.state.keepChatUser(w.agus)
	})
	w.post(w.dewi, w.group, "masih ada?")
	assert.Equal(t, []string{"dewi-2/c"}, topics(w.heard()))
	w.do(func() {
		w.agus.active, w.agus.blocked = true, []int64{w.dewi.id}
		w.state.keepChatUser(w.agus)
	})
	w.post(w.dewi, w.single, "hai")
	assert.Equal(t, []string{"dewi-2/c"}, topics(w.heard()))

	// Of a channel it is told on the channel's topic.
	w.post(w.dewi, w.channel, "buka")
	heard := w.heard()
	assert.Equal(t, []string{w.config.AppCode + "/berita/c"}, topics(heard))
	assert.Equal(t, true, assertFits(t, "RealtimeMessage", heard[0].payload)["is_public_channel"])
}

// What customers and agents say in the inbox is told to those who are there too.
func TestTheInboxIsTold(t *testing.T) {
	w := newChatWorld(t, Config{})
	roomID := w.anyRoom()
	own := sdkKey(w.state.admin()) + "/c"
	heard := w.heard()
	assert.Equal(t, []string{own}, topics(heard))
	assert.Equal(t, "Halo", assertFits(t, "RealtimeMessage", heard[0].payload)["message"])
	agent := w.state.staff[1]
	require.NoError(t, w.TakeOver(t.Context(), roomID, agent.ID))
	w.heard()
	require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: roomID, AgentID: agent.ID, Text: "Siap"}))
	assert.Equal(t, []string{own, sdkKey(agent) + "/c"}, topics(w.heard()))
}

func TestChangesOfMessagesAreTold(t *testing.T) {
	w := newChatWorld(t, Config{})
	said := w.post(w.dewi, w.group, "halo")
	w.heard()
	w.do(func() {
		_, _, err := w.updateChat(w.dewi, "id-halo", Message{Text: "halo semua"}, nil)
		require.NoError(t, err)
	})
	heard := w.heard()
	assert.Equal(t, []string{"dewi-1/update", "dewi-2/update", "agus-1/update"}, topics(heard))
	assert.Equal(t, "halo semua", assertFits(t, "RealtimeMessage", heard[0].payload)["message"])

	w.do(func() { w.mark(w.group, w.agus, 0, said.ID) })
	heard = w.heard()
	room := "r/" + w.group.id + "/" + w.group.id
	assert.Equal(t, []publication{
		{topic: room + "/agus/d", payload: text(said.ID) + ":id-halo"}, {topic: room + "/agus/r", payload: text(said.ID) + ":id-halo"},
	}, heard)
	assertFits(t, "ReceiptText", heard[0].payload)

	w.do(func() { w.deleteChat(w.dewi, w.group, []int{0}) })
	heard = w.heard()
	assert.Equal(t, []string{"dewi-1/n", "dewi-2/n", "agus-1/n"}, topics(heard))
	assert.Equal(t, "delete_message", assertFits(t, "Notification", heard[0].payload)["action_topic"])
	assert.Contains(t, heard[0].payload, `"id-halo"`)
	w.do(func() { w.clearChat(w.agus, w.group) })
	heard = w.heard()
	assert.Equal(t, []string{"agus-1/n"}, topics(heard))
	assert.Equal(t, "clear_room", assertFits(t, "Notification", heard[0].payload)["action_topic"])
}

// Trouble lets the broker keep something to itself, tell it twice or late, or break the
// connection of who was to hear it. It strikes each listener alone, and nothing else.
func TestRealtimeTrouble(t *testing.T) {
	all := []string{"dewi-1/c", "dewi-2/c", "agus-1/c"}
	for rule, told := range map[string][]string{
		"drop-realtime":                     {},
		"drop-realtime,only=post_comment":   {},
		"drop-realtime,only=update_message": all,
		"drop-realtime,times=2":             {"agus-1/c"},
		"repeat-realtime,times=1":           {"dewi-1/c", "dewi-1/c", "dewi-2/c", "agus-1/c"},
		"break-realtime":                    {"dropped"},
		"break-realtime,times=2":            {"agus-1/c"},
		"drop-webhook":                      all,
		"server-error":                      all,
	} {
		t.Run(rule, func(t *testing.T) {
			w := newChatWorld(t, Config{})
			w.trouble(1, rule)
			w.post(w.agus, w.group, "halo")
			assert.Equal(t, told, topics(w.heard()))
		})
	}
}

func TestWhatIsToldLate(t *testing.T) {
	w := newChatWorld(t, Config{})
	w.trouble(1, "late-realtime,times=1,delay=1m", "repeat-realtime,times=1")
	w.post(w.agus, w.group, "halo")
	require.NoError(t, w.Settle(t.Context()))
	assert.Equal(t, []string{"dewi-2/c", "agus-1/c"}, topics(w.heard()))
	w.post(w.agus, w.group, "apa kabar")
	w.heard()
	w.move(time.Minute)
	require.NoError(t, w.Settle(t.Context()))
	late := w.heard()
	assert.Equal(t, []string{"dewi-1/c", "dewi-1/c"}, topics(late))
	assert.Contains(t, late[0].payload, "halo")

	w.trouble(1, "late-realtime,delay=1h")
	w.post(w.agus, w.group, "sampai jumpa")
	assert.Empty(t, w.heard())
	require.NoError(t, w.Shutdown(t.Context()))
	assert.Len(t, w.heard(), 3, "nothing waits any more")
	w.post(w.agus, w.group, "masih di sini")
	assert.Len(t, w.heard(), 3)
}

func TestBreakConnections(t *testing.T) {
	w := newChatWorld(t, Config{})
	assert.Equal(t, 1, w.BreakConnections())
	w.SetRealtime(nil, "")
	assert.Zero(t, w.BreakConnections())
}

func TestTheBotTypes(t *testing.T) {
	w := newChatWorld(t, Config{})
	require.NoError(t, w.BotTypes(t.Context(), w.group.id, "sedang mencari", true))
	require.NoError(t, w.BotTypes(t.Context(), w.group.id, "", false))
	heard := w.heard()
	assert.Equal(t, []string{"r/" + w.group.id + "/typing", "r/" + w.group.id + "/typing"}, topics(heard))
	assertFits(t, "RealtimeTyping", heard[0].payload)
	assert.JSONEq(t, `{"sender_id": "`+w.state.ownChatID()+`", "sender_name": "`+companyName+`", "text": "sedang mencari", "status": 1}`,
		heard[0].payload)
	require.ErrorContains(t, w.BotTypes(t.Context(), "1", "", true), "there is no room 1")
	w.SetRealtime(nil, "")
	require.NoError(t, w.BotTypes(t.Context(), w.group.id, "", true))
	w.post(w.dewi, w.group, "siapa di sana?")
	assert.Empty(t, w.heard())
}

// orderly notes when a store is written, between what a broker is told.
type orderly struct {
	*memoryStore
	*listener
}

func (o orderly) Write(changes []Change) error {
	_ = o.Publish("written", nil, false, 0)
	return o.memoryStore.Write(changes)
}

// What changes is told when it is kept, and not before.
func TestWhatIsToldIsKept(t *testing.T) {
	both := orderly{newMemoryStore(), &listener{}}
	w := newWorld(t, Config{Store: both})
	w.SetRealtime(both.listener, "")
	both.heard()
	w.anyRoom()
	assert.Equal(t, []string{"written", sdkKey(w.state.admin()) + "/c"}, topics(both.heard()))
}
