package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// This file tells what happens when the inbox and the chat server meet, which are one
// platform: a customer's room is a room of both.

// authors are who wrote in a room, as the inbox has it.
func (w *world) authors(room string) []Author {
	w.t.Helper()
	var all []Author
	for _, said := range w.Messages(room) {
		all = append(all, said.Author)
	}
	return all
}

// widget is a customer of the live chat who logs in as its page does: with a nonce of the
// chat server and an identity token of the inbox.
func (w *world) widget(userID, name string) (customer *chatter, room string) {
	w.t.Helper()
	config := w.Config()
	opened := w.fine(w.call("POST", "/api/v2/qiscus/initiate_chat", object{
		"app_id": config.AppCode, "user_id": userID, "name": name, "nonce": w.nonce(), "channel_id": config.Channels[1].ID,
	}))
	verified := w.fine(w.asApp("auth/verify_identity_token", object{"identity_token": opened.at("data/identity_token")}))
	assert.Equal(w.t, userID, verified.at("results/user/email"))
	assert.Equal(w.t, name, verified.at("results/user/username"))
	return &chatter{w: w, id: userID, token: text(verified.at("results/user/token"))}, text(opened.at("data/customer_room/room_id"))
}

func TestACustomerOnBothSides(t *testing.T) {
	w := newWorld(t, Config{})
	agent := w.Config().Agents[0]
	customer, room := w.widget("ratna", "Ratna Kusuma")

	posted := customer.posts(room, "Halo, buka jam berapa?", "web-1")
	messages := w.Messages(room)
	require.Len(t, messages, 1, "the customer's message is in the inbox")
	assert.Equal(t, text(posted.at("results/comment/id_str")), text(messages[0].ID), "under the same id")
	assert.Equal(t, AuthorCustomer, messages[0].Author)
	assert.Equal(t, MessageSent, posted.at("results/comment/status"))
	seen, _ := w.Room(room)
	assert.Equal(t, 1, seen.Sessions, "it opened a session")
	assert.Equal(t, RoomWithBot, seen.State)

	require.Equal(t, http.StatusOK, w.call("POST", "/api/v1/admin/service/assign_agent", object{
		"room_id": room, "agent_id": text(agent.ID), "max_agent": 1,
	}).status)
	require.NoError(t, w.AgentWrites(t.Context(), AgentMessage{RoomID: room, AgentID: agent.ID, Text: "Jam delapan, Kak"}))
	assert.Equal(t, []any{"Halo, buka jam berapa?", agent.Name + " joined the room", "Jam delapan, Kak"}, customer.syncs("0"))

	ids := []any{}
	for _, row := range customer.room(room).at("results/room/participants").([]any) {
		ids = append(ids, row.(map[string]any)["email"])
	}
	assert.Equal(t, []any{"ratna", w.botEmail(), "wangi_" + agent.Email}, ids)

	last := w.Messages(room)[2]
	assert.Equal(t, MessageSent, last.Status, "somebody on the chat server tells what they have read")
	assert.Equal(t, 1, customer.unread())
	customer.receives(room)
	assert.Equal(t, MessageDelivered, w.Messages(room)[2].Status)
	customer.reads(room)
	assert.Equal(t, MessageRead, w.Messages(room)[2].Status)
	assert.Zero(t, customer.unread())
	assert.Equal(t, []string{"newSession", "botMessage", "customAgentAllocation"}, events(w.delivered()))
}

// An agent has an account on the chat server, of which the inbox tells the key.
func TestAnAgentOnBothSides(t *testing.T) {
	w := newWorld(t, Config{})
	member := w.state.staff[1]
	room := w.writes("wa", "628115559999", "Halo")
	agent := &chatter{w: w, id: "wangi_" + member.Email, token: sdkKey(member)}
	assert.Equal(t, http.StatusForbidden, agent.try("GET", "get_room_by_id?id="+room, nil).status, "who does not serve is not in the room")
	require.NoError(t, w.TakeOver(t.Context(), room, member.ID))

	assert.Equal(t, 1, agent.unread())
	agent.reads(room)
	assert.Equal(t, MessageRead, w.Messages(room)[0].Status, "what one of the staff has read is read")
	posted := agent.posts(room, "Selamat pagi", "ag-1")
	assert.Equal(t, agent.id, posted.at("results/comment/email"))
	assert.Equal(t, member.Name, posted.at("results/comment/username"))
	assert.Equal(t, []Author{AuthorCustomer, AuthorSystem, AuthorAgent}, w.authors(room))
	seen, _ := w.Room(room)
	assert.Zero(t, seen.Unanswered)
	assert.Equal(t, "Selamat pagi", seen.Last.Text)

	for kind, payload := range map[string]object{
		"carousel": {"cards": []object{{
			"image": "https://cdn.example.id/kopi.png", "title": "Kopi", "description": "Gayo", "buttons": []object{},
			"default_action": object{"type": "postback", "postback_text": "Pilih", "payload": object{"url": "https://toko.example.id", "method": "get", "payload": nil}},
		}}},
		"location": {"name": "Toko", "address": "Jalan Melati 8", "latitude": -6.9, "longitude": 107.6, "map_url": "https://peta.example.id"},
		"custom":   {"type": "nota", "content": object{"nomor": 118}},
	} {
		agent.call("POST", "post_comment", object{"topic_id": room, "comment": "x", "type": kind, "unique_temp_id": kind, "payload": payload})
	}
	wrong := agent.try("POST", "post_comment", object{"topic_id": room, "comment": "x", "type": "location", "unique_temp_id": "ag-3"})
	assert.Equal(t, http.StatusBadRequest, wrong.status, "the inbox asks more of a message than the chat server")

	w.move(25 * time.Hour)
	late := agent.try("POST", "post_comment", object{"topic_id": room, "comment": "Masih?", "type": "text", "unique_temp_id": "ag-2"})
	assert.Equal(t, http.StatusBadRequest, late.status, "WhatsApp's window has closed: %s", late.raw)
	require.NoError(t, w.Resolve(t.Context(), room, member.ID, ""))
	assert.NotEqual(t, http.StatusOK, agent.try("GET", "get_room_by_id?id="+room, nil).status, "who no longer serves has left")
}

// A server that writes as the app's own account is a bot.
func TestABotByEitherWay(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.writes("qiscus", "ratna", "Halo")
	own := w.botEmail()
	w.fine(w.call("POST", "/"+w.Config().AppCode+"/bot", object{"sender_email": own, "room_id": room, "message": "Satu", "type": "text"}))
	posted := w.fine(w.asServer("POST", "post_comment", object{"user_id": own, "room_id": room, "message": "Dua"}))
	assert.Equal(t, []Author{AuthorCustomer, AuthorBot, AuthorBot}, w.authors(room))
	loaded := w.fine(w.asServer("GET", "load_comments?room_id="+room, nil))
	assert.Equal(t, []any{"Dua", "Satu", "Halo"}, textsOf(loaded.at("results/comments")))
	for i, by := range []any{own, own, "ratna"} {
		assert.Equal(t, by, loaded.at("results/comments/"+text(int64(i))+"/user/user_id"))
	}
	assert.Equal(t, own, posted.at("results/comment/user/user_id"))
	stranger := w.asServer("POST", "post_comment", object{"user_id": "tidak-ada", "room_id": room, "message": "Dua"})
	assert.Equal(t, http.StatusNotFound, stranger.status)
}

// Whoever else takes part in a customer's room is neither the customer nor of the staff.
func TestAGuestInACustomersRoom(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.writes("qiscus", "ratna", "Halo")
	guest := w.chatter("kurir-7")
	refused := guest.try("POST", "post_comment", object{"topic_id": room, "comment": "Paket", "type": "text", "unique_temp_id": "k-1"})
	assert.Equal(t, http.StatusForbidden, refused.status)
	w.fine(w.asServer("POST", "add_room_participants", object{"room_id": room, "user_ids": []string{guest.id}}))
	guest.posts(room, "Paket sudah di depan", "k-1")
	assert.Equal(t, []Author{AuthorCustomer, AuthorUser}, w.authors(room))
	assert.Equal(t, "kurir-7", w.Messages(room)[1].Sender)
	seen, _ := w.Room(room)
	assert.Equal(t, 1, seen.Unanswered, "nobody of the staff has answered")
	removed := w.fine(w.asServer("POST", "remove_room_participants", object{"room_id": room, "user_ids": []string{guest.id, "ratna"}}))
	assert.Len(t, removed.at("results/participants_removed"), 1, "whom the inbox has put there stays")
	assert.Equal(t, []any{guest.id}, []any{removed.at("results/participants_removed/0/user_id")})
}

// A customer who is blocked in the inbox is told so on the chat server; and one whose
// session was resolved begins another.
func TestACustomerWhoComesBackByChat(t *testing.T) {
	w := newWorld(t, Config{})
	customer, room := w.widget("ratna", "Ratna Kusuma")
	customer.posts(room, "Halo", "web-1")
	w.resolve(room)
	customer.posts(room, "Satu lagi", "web-2")
	seen, _ := w.Room(room)
	assert.Equal(t, 2, seen.Sessions)
	assert.False(t, seen.Resolved)
	w.fine(w.asAdmin("POST", "/api/v2/admin/customer/block", object{"room_id": room, "source": "qiscus", "user_id": "ratna"}))
	refused := customer.try("POST", "post_comment", object{"topic_id": room, "comment": "?", "type": "text", "unique_temp_id": "web-3"})
	assert.Equal(t, http.StatusBadRequest, refused.status)
	assert.Equal(t, []any{"Satu lagi", "Sari Wulandari resolved the conversation", "Halo"}, customer.sees(room))
}

// What is changed and deleted on the chat server is so in the inbox. What was not written
// there has an id all the same.
func TestAChangeOnTheChatServerIsSeenInTheInbox(t *testing.T) {
	w := newWorld(t, Config{})
	for _, source := range []string{"qiscus", "wa"} {
		room := w.writes(source, "628115559999", "Halo")
		customer := w.chats("628115559999")
		id := text(customer.room(room).at("results/comments/0/unique_temp_id"))
		customer.call("POST", "update_message", object{"token": customer.token, "unique_id": id, "comment": "Selamat pagi"})
		assert.Equal(t, "Selamat pagi", w.Messages(room)[0].Text)
		deleted := customer.call("DELETE", "delete_messages?unique_ids[]="+url.QueryEscape(id), nil)
		assert.Equal(t, true, deleted.at("results/comments/0/is_deleted"))
		assert.Equal(t, deletedText, w.Messages(room)[0].Text)
		assert.Equal(t, id, deleted.at("results/comments/0/unique_temp_id"))
	}
}

// The inbox knows a room of chat users only as little as the chat server's clients know
// each other's.
func TestRoomsOfTheChatServerAreNotInTheInbox(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	rina.posts(room, "Halo", "r-1")
	assert.Zero(t, w.CountRooms())
	assert.Zero(t, w.roomCount())
	_, ok := w.Room(room)
	assert.False(t, ok)
	assert.Equal(t, http.StatusNotFound, w.call("GET", "/api/v2/customer_rooms/"+room, nil).status)
}

// The names and pictures of customers and agents are the inbox's, until they say otherwise
// on the chat server.
func TestNamesOfTheInbox(t *testing.T) {
	w := newWorld(t, Config{})
	w.writes("qiscus", "ratna", "Halo")
	profile := func(id string) answer {
		return w.fine(w.asServer("GET", "user_profile?user_id="+url.QueryEscape(id), nil))
	}
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "qiscus", UserID: "ratna", Name: "Ratna", Text: "?"})
	require.NoError(t, err)
	assert.Equal(t, "Ratna", profile("ratna").at("results/user/username"))
	assert.Equal(t, companyName, profile(w.botEmail()).at("results/user/username"))
	customer := w.chats("ratna")
	assert.Equal(t, "Ratna", profile("ratna").at("results/user/username"))
	customer.call("PATCH", "my_profile", object{"name": "Bu Ratna", "extras": object{"kota": "Solo"}})
	assert.Equal(t, "Bu Ratna", profile("ratna").at("results/user/username"))
	assert.Equal(t, map[string]any{"kota": "Solo"}, profile("ratna").at("results/user/extras"))
}

// What the inbox keeps with a room can be changed on the chat server.
func TestACustomersRoomIsChangedOnTheChatServer(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.writes("qiscus", "ratna", "Halo")
	before := w.fine(w.asServer("GET", "get_rooms_info?room_ids[]="+room, nil))
	assert.Contains(t, before.at("results/rooms/0/room_options"), `"source":"qiscus"`)
	changed := w.fine(w.asServer("POST", "update_room", object{
		"room_id": room, "room_name": "Bu Ratna", "room_options": `{"kota":"Solo"}`,
	}))
	assert.Equal(t, true, changed.at("results/changed"))
	assert.Contains(t, changed.at("results/room/room_options"), `"kota":"Solo"`)
	seen, _ := w.Room(room)
	assert.Equal(t, "Bu Ratna", seen.Name)
	byUniqueID := w.fine(w.asServer("GET", "get_rooms_info?room_channel_ids[]="+text(changed.at("results/room/room_channel_id")), nil))
	assert.Equal(t, room, byUniqueID.at("results/rooms/0/room_id"))
}

// Users and servers of the chat server go on after a restart as if there had been none.
func TestTheChatServerGoesOnAfterARestart(t *testing.T) {
	store := newMemoryStore()
	w := newWorld(t, Config{Store: store})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	rina.posts(room, "Satu", "r-1")
	bagus.reads(room)
	next := newWorld(t, Config{Store: store.copy()})
	there := &chatter{w: next, id: "rina", token: rina.token}
	assert.Equal(t, []any{"Satu"}, there.sees(room))
	assert.Equal(t, MessageRead, there.room(room).at("results/comments/0/status"))
	again := there.posts(room, "Satu", "r-1")
	assert.Equal(t, there.room(room).at("results/room/last_comment_id"), again.at("results/comment/id"), "it is known again")
	other := next.chatter("sari")
	assert.NotEqual(t, room, there.group(other))
	assert.Len(t, there.call("GET", "sync_event?start_event_id=0", nil).at("events"), 2)
}

// Many users write at once, and each of them gets all of it: once, and as everybody does.
func TestManyUsersAtOnce(t *testing.T) {
	const users, messages = 12, 20
	w := newWorld(t, Config{})
	all := make([]*chatter, users)
	for i := range all {
		all[i] = w.chatter(fmt.Sprintf("user-%d", i))
	}
	room := all[0].group(all[1:]...)
	var writing sync.WaitGroup
	for i, user := range all {
		writing.Go(func() {
			for n := range messages {
				said := fmt.Sprintf("%d-%d", i, n)
				got := user.try("POST", "post_comment", object{
					"topic_id": room, "comment": said, "type": "text", "unique_temp_id": said,
				})
				assert.Equal(t, http.StatusOK, got.status, got.raw)
			}
		})
	}
	writing.Wait()
	var first []any
	for i, user := range all {
		got := textsOf(user.call("GET", "sync?last_received_comment_id=0&limit=1000", nil).at("results/comments"))
		if i == 0 {
			first = got
		}
		assert.Equal(t, first, got)
	}
	assert.Len(t, first, users*messages)
	next := make([]int, users) // of each user, the messages come in their order
	for _, said := range first {
		var by, n int
		_, err := fmt.Sscanf(text(said), "%d-%d", &by, &n)
		require.NoError(t, err)
		assert.Equal(t, next[by], n)
		next[by]++
	}
}
