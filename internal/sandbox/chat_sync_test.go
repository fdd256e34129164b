package sandbox

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever asks for what they have missed gets all of it, of all rooms, in order, page by
// page, and each message once.
func TestSyncLeavesNothingOut(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room, group := rina.roomWith(bagus), rina.group(bagus)
	alone := bagus.group()
	want := []any{}
	for i := range 25 {
		said := fmt.Sprint(i)
		in := []string{room, group}[i%2]
		rina.posts(in, said, "r-"+said)
		want = append(want, said)
		bagus.posts(alone, "sendiri", "b-"+said)
	}
	var got []any
	after := "0"
	for range 10 {
		page := rina.call("GET", "sync?limit=7&last_received_comment_id="+after, nil)
		assert.Equal(t, false, page.at("results/meta/need_clear"))
		next := text(int64(page.at("results/meta/last_received_comment_id").(float64)))
		if next == after {
			assert.Empty(t, page.at("results/comments"))
			break
		}
		after = next
		got = append(got, textsOf(page.at("results/comments"))...)
	}
	assert.Equal(t, want, got)
	profile := rina.call("GET", "my_profile", nil)
	assert.Equal(t, after, profile.at("results/user/last_comment_id_str"), "a new client begins where all ends")
}

// The app's own account is in every room of the inbox. So it is for an agent in those
// that the agent serves.
func TestSyncOfTheStaff(t *testing.T) {
	w := newWorld(t, Config{Rooms: 30})
	own := &chatter{w: w, id: w.botEmail(), token: sdkKey(w.state.admin())}
	member := w.state.staff[1]
	agent := &chatter{w: w, id: w.state.staffChatID(member), token: sdkKey(member)}
	all := own.call("GET", "sync?last_received_comment_id=0&limit=100", nil)
	assert.Len(t, all.at("results/comments"), 30)
	last := text(int64(all.at("results/meta/last_received_comment_id").(float64)))
	assert.Empty(t, agent.syncs("0"))

	first := w.state.rooms.all()[0]
	require.NoError(t, w.TakeOver(t.Context(), first.id, member.ID))
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: first.channel.Source, UserID: first.userID, Text: "Halo?"})
	require.NoError(t, err)
	assert.Equal(t, []any{member.Name + " joined the room", "Halo?"}, own.syncs(last))
	assert.Equal(t, []any{member.Name + " joined the room", "Halo?"}, agent.syncs(last))
	assert.Len(t, agent.syncs("0"), 3)
	listed := agent.call("GET", "user_rooms", nil)
	assert.EqualValues(t, 1, listed.at("results/meta/total_room"))
	assert.Equal(t, first.id, listed.at("results/rooms_info/0/id_str"))
}

// Messages are found by words, sender, kind and room.
func TestSearching(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room, group := rina.roomWith(bagus), rina.group(bagus)
	channel := text(rina.call("POST", "get_or_create_room_with_unique_id", object{"unique_id": "promo"}).at("results/room/id_str"))
	rina.posts(room, "Kemeja biru", "r-1")
	bagus.posts(room, "kemeja merah", "b-1")
	rina.posts(group, "Celana", "r-2")
	rina.posts(group, "KEMEJA hijau", "r-3")
	rina.posts(channel, "kemeja murah", "r-4")
	rina.posts(group, "kemeja salah", "r-5")
	rina.call("DELETE", "delete_messages?unique_ids[]=r-5", nil)
	for name, c := range map[string]struct {
		in   object
		want []any
	}{
		"words":        {object{}, []any{"kemeja murah", "KEMEJA hijau", "kemeja merah", "Kemeja biru"}},
		"a sender":     {object{"sender": "bagus_17"}, []any{"kemeja merah"}},
		"rooms":        {object{"room_ids": []string{group}}, []any{"KEMEJA hijau"}},
		"rooms of two": {object{"room_type": "single"}, []any{"kemeja merah", "Kemeja biru"}},
		"channels":     {object{"room_type": "group", "is_public": true}, []any{"kemeja murah"}},
		"no channels":  {object{"is_public": false}, []any{"KEMEJA hijau", "kemeja merah", "Kemeja biru"}},
		"types":        {object{"type": []string{"reply"}}, []any{}},
		"one type":     {object{"type": "text", "limit": 1, "page": 2}, []any{"KEMEJA hijau"}},
	} {
		c.in["query"] = "kemeja"
		got := rina.call("POST", "search", c.in)
		assert.Equal(t, c.want, textsOf(got.at("results/comments")), name)
	}
	assert.Equal(t, "4", rina.call("POST", "search", object{"query": "kemeja"}).at("results/total"), "as text")
	old := rina.call("POST", "search_messages", object{"query": "kemeja", "room_id": room})
	assert.Equal(t, []any{"kemeja merah", "Kemeja biru"}, textsOf(old.at("results/comments")))
	before := rina.call("POST", "search_messages", object{"query": "kemeja", "last_comment_id": old.at("results/comments/0/id_str")})
	assert.Equal(t, []any{"Kemeja biru"}, textsOf(before.at("results/comments")))
	assert.Empty(t, w.chatter("sari").call("POST", "search", object{"query": "kemeja"}).at("results/comments"))
}

// Events come in the order of what happened, each to those whom it concerns.
func TestWhatHappensIsTold(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus, sari := w.chatter("rina"), w.chatter("bagus_17"), w.chatter("sari")
	room, group := rina.roomWith(bagus), rina.group(bagus, sari)
	channel := text(rina.call("POST", "get_or_create_room_with_unique_id", object{"unique_id": "promo"}).at("results/room/id_str"))
	type told struct {
		kind      chatEventKind
		said      string
		to        []string
		channelOf string
	}
	var all []told
	w.mu.Lock()
	w.state.chatEvents = func(event chatEvent) {
		one := told{event.kind, event.message.Text, nil, event.channelOf()}
		for _, user := range w.state.audience(event) {
			one.to = append(one.to, user.userID)
		}
		all = append(all, one)
	}
	w.mu.Unlock()
	rina.posts(room, "Satu", "r-1")
	bagus.reads(room)
	rina.call("POST", "update_message", object{"token": rina.token, "unique_id": "r-1", "comment": "Dua"})
	rina.call("DELETE", "delete_messages?unique_ids[]=r-1", nil)
	bagus.call("DELETE", "clear_room_messages?room_channel_ids[]="+bagus.uniqueID(room), nil)
	sari.posts(group, "Tiga", "s-1")
	rina.posts(channel, "Empat", "r-2")
	rina.call("POST", "block_user", object{"user_email": "bagus_17"})
	bagus.posts(room, "Lima", "b-1")
	inbox := w.writes("qiscus", "ratna", "Enam")
	assert.Equal(t, []told{
		{chatPosted, "Satu", []string{"rina", "bagus_17"}, ""},
		{chatDelivered, "Satu", nil, ""},
		{chatRead, "Satu", nil, ""},
		{chatUpdated, "Dua", []string{"rina", "bagus_17"}, ""},
		{chatDeleted, deletedText, []string{"rina", "bagus_17"}, ""},
		{chatCleared, "", []string{"bagus_17"}, ""},
		{chatPosted, "Tiga", []string{"rina", "bagus_17", "sari"}, ""},
		{chatPosted, "Empat", nil, "promo"},
		{chatPosted, "Lima", []string{"bagus_17"}, ""},
		{chatPosted, "Enam", []string{"ratna", w.botEmail()}, ""},
	}, all)
	require.NotEmpty(t, inbox)
}
