package sandbox

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// heard collects what OnMessage is told, by room.
type heard struct {
	mu    sync.Mutex
	rooms map[string][]Message
}

func (h *heard) take(roomID string, message Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms == nil {
		h.rooms = map[string][]Message{}
	}
	h.rooms[roomID] = append(h.rooms[roomID], message)
}

// OnMessage is told all that is said, in the order in which it was, and may call
// the Sandbox.
func TestOnMessage(t *testing.T) {
	var told heard
	var w *world
	w = newWorld(t, Config{Rooms: 2, OnMessage: func(roomID string, message Message) {
		assert.Contains(t, w.Messages(roomID), message)
		told.take(roomID, message)
	}})
	var writers sync.WaitGroup
	for customer := range 6 {
		writers.Go(func() {
			for i := range 8 {
				_, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: fmt.Sprint(customer), Text: fmt.Sprint(i)})
				assert.NoError(t, err)
			}
		})
	}
	writers.Wait()
	w.delivered()
	assert.Len(t, told.rooms, 6, "not of what the rooms began with")
	for roomID, messages := range told.rooms {
		assert.Len(t, messages, 8)
		assert.Equal(t, w.Messages(roomID), messages)
	}
}

// What the bot writes while it answers the last webhook is told too.
func TestOnMessageDuringShutdown(t *testing.T) {
	receiver := newReceiver(t)
	defer receiver.server.Close()
	var told heard
	w := newWorld(t, Config{Webhooks: Webhooks{Bot: receiver.addresses().Bot}, OnMessage: told.take})
	writing, ended := make(chan struct{}), make(chan struct{})
	receiver.answer = func(got received) {
		close(writing)
		<-ended
		message := object{"sender_email": w.botEmail(), "room_id": got.at("payload/room/id"), "message": "kami buka"}
		assert.Equal(t, http.StatusOK, w.call("POST", "/"+w.Config().AppCode+"/bot", message).status)
	}
	room := w.anyRoom()
	<-writing
	go func() {
		defer close(ended)
		for !w.deliveries.closed() {
			w.Room(room) // until Shutdown has begun
		}
	}()
	require.NoError(t, w.Shutdown(t.Context()))
	require.Len(t, told.rooms[room], 2)
	assert.Equal(t, "kami buka", told.rooms[room][1].Text)
}

// A customer's message says whether the bot hears it.
func TestNotForBot(t *testing.T) {
	var told heard
	w := newWorld(t, Config{OnMessage: told.take})
	room := w.anyRoom()
	agent := w.Config().Agents[0].ID
	w.call("POST", "/bot/"+room+"/activate", object{"is_active": false})
	w.anyRoom()
	w.call("POST", assignPath, object{"room_id": room, "agent_id": agent})
	w.anyRoom()
	w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": room})
	w.anyRoom()
	assert.Equal(t, 2, count(w.delivered(), "botMessage"))
	why := []string{}
	for _, message := range told.rooms[room] {
		if message.Author == AuthorCustomer {
			why = append(why, message.NotForBot)
		}
	}
	assert.Equal(t, []string{"", BotOff, AgentServes, ""}, why)

	botless := newWorld(t, Config{Webhooks: Webhooks{NewSession: "http://127.0.0.1:1/unused"}})
	assert.Equal(t, NoBot, botless.Messages(botless.anyRoom())[0].NotForBot)
}
