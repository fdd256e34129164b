package sandbox

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is sent twice is posted once: a program that has lost the answer may send again.
func TestAMessageIsKnownAgain(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	first := rina.posts(room, "Halo", "r-1")
	again := rina.posts(room, "Halo", "r-1")
	assert.Equal(t, first.at("results/comment/id"), again.at("results/comment/id"))
	assert.Equal(t, []any{"Halo"}, bagus.sees(room))
	for name, by := range map[string]*chatter{"another user": bagus, "another room": rina} {
		in := room
		if by == rina {
			in = rina.group(bagus)
		}
		taken := by.try("POST", "post_comment", object{"topic_id": in, "comment": "Halo", "type": "text", "unique_temp_id": "r-1"})
		assert.Equal(t, http.StatusBadRequest, taken.status, name)
	}
	server := func() any {
		got := w.fine(w.asServer("POST", "post_comment", object{"user_id": "rina", "room_id": room, "message": "Halo"}))
		return got.at("results/comment/id")
	}
	one, other := server(), server()
	assert.NotEqual(t, one, other, "a server's has no id of its own")
}

// The server makes the text of a message of what it holds.
func TestWhatTheServerPutsIntoAMessage(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.group(bagus)
	for kind, c := range map[string]struct {
		payload any
		said    string
	}{
		"text":                     {nil, "teks"},
		"buttons":                  {object{"text": "Pilih", "buttons": []object{}}, "Pilih"},
		"card":                     {object{"text": "Kopi", "image": "https://cdn.example.id/kopi.png"}, "Kopi"},
		"carousel":                 {object{"cards": []object{}}, ""},
		"account_linking":          {object{"text": "Masuk", "url": "https://toko.example.id"}, "Masuk"},
		"file_attachment":          {object{"url": "https://cdn.example.id/nota.pdf"}, "[file] https://cdn.example.id/nota.pdf [/file]"},
		"location":                 {object{"name": "Toko", "address": "Jalan Melati 8", "map_url": "https://peta.example.id"}, "Toko\nJalan Melati 8\nhttps://peta.example.id"},
		"contact_person":           {object{"name": "Rina", "value": "0811"}, "Rina - 0811"},
		"button_postback_response": {object{"postback_text": "Ya"}, "teks"},
		"nota_kiriman":             {object{"nomor": 118}, "teks"},
	} {
		t.Run(kind, func(t *testing.T) {
			got := rina.call("POST", "post_comment", object{
				"topic_id": room, "comment": "teks", "type": kind, "unique_temp_id": "t-" + kind, "payload": c.payload,
				"extras": `{"a":1}`,
			})
			assert.Equal(t, c.said, got.at("results/comment/message"))
			assert.Equal(t, kind, got.at("results/comment/type"))
			assert.Equal(t, map[string]any{"a": 1.0}, got.at("results/comment/extras"))
			payload := got.at("results/comment/payload")
			if c.payload == nil {
				assert.Equal(t, map[string]any{}, payload)
				return
			}
			assert.JSONEq(t, string(encode(c.payload)), string(encode(payload)))
		})
	}
}

func TestAReplyQuotes(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	first, _ := number(text(rina.posts(room, "Masih ada?", "r-1").at("results/comment/id_str")))
	reply := func(to int64, in string) answer {
		return bagus.try("POST", "post_comment", object{
			"topic_id": in, "comment": "", "type": "reply", "unique_temp_id": "b-" + text(to) + in,
			"payload": object{"text": "Masih", "replied_comment_id": to},
		})
	}
	got := w.fine(reply(first, room))
	assert.Equal(t, "Masih", got.at("results/comment/message"))
	payload := got.at("results/comment/payload").(map[string]any)
	assert.Equal(t, "Masih ada?", payload["replied_comment_message"])
	assert.Equal(t, "rina", payload["replied_comment_sender_email"])
	assert.Equal(t, "text", payload["replied_comment_type"])
	assert.Equal(t, http.StatusBadRequest, reply(7, room).status)
	assert.Equal(t, http.StatusBadRequest, reply(first, bagus.group(rina)).status, "it is in another room")
}

// Everybody sees what was changed or deleted. That only one's own may be.
func TestChangesAndDeletions(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	rina.posts(room, "Satu", "r-1")
	rina.posts(room, "Dua", "r-2")
	bagus.posts(room, "Tiga", "b-1")
	change := func(by *chatter, id string) answer {
		return by.try("POST", "update_message", object{"token": by.token, "unique_id": id, "comment": "Empat", "extras": object{"a": 1}})
	}
	got := w.fine(change(rina, "r-1"))
	assert.Equal(t, "Empat", got.at("results/comment/message"))
	assert.Equal(t, http.StatusForbidden, change(rina, "b-1").status)
	assert.Equal(t, http.StatusNotFound, change(rina, "r-9").status)
	assert.Equal(t, []any{"Tiga", "Dua", "Empat"}, bagus.sees(room))

	remove := func(ids ...string) answer {
		return rina.try("DELETE", "delete_messages?unique_ids[]="+strings.Join(ids, "&unique_ids[]="), nil)
	}
	assert.Equal(t, http.StatusForbidden, remove("r-2", "b-1").status)
	assert.Equal(t, []any{"Tiga", "Dua", "Empat"}, bagus.sees(room), "none was deleted")
	deleted := w.fine(remove("r-2", "r-1", "r-9", "r-2"))
	assert.Len(t, deleted.at("results/comments"), 2)
	assert.Equal(t, []any{"Tiga", deletedText, deletedText}, bagus.sees(room))
	assert.Empty(t, w.fine(remove("r-1")).at("results/comments"), "it was deleted before")
	assert.Equal(t, http.StatusNotFound, change(rina, "r-1").status)
	news := bagus.call("GET", "sync_event?start_event_id=0", nil)
	require.Len(t, news.at("events"), 1)
	assert.Equal(t, "delete_message", news.at("events/0/action_topic"))
	assert.Equal(t, []any{"r-2", "r-1"}, news.at("events/0/payload/data/deleted_messages/0/message_unique_ids"))
	assert.Equal(t, "rina", news.at("events/0/payload/actor/email"))
}

// Who clears a room sees nothing of before, and nobody else notices.
func TestClearingARoom(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	rina.posts(room, "Satu", "r-1")
	cleared := bagus.call("DELETE", "clear_room_messages?room_channel_ids[]="+bagus.uniqueID(room), nil)
	assert.Len(t, cleared.at("results/rooms"), 1)
	assert.Empty(t, bagus.sees(room))
	assert.Empty(t, bagus.syncs("0"))
	assert.Zero(t, bagus.unread())
	assert.Equal(t, []any{"Satu"}, rina.sees(room))
	rina.posts(room, "Dua", "r-2")
	assert.Equal(t, []any{"Dua"}, bagus.sees(room))
	assert.Equal(t, "clear_room", bagus.call("GET", "sync_event?start_event_id=0", nil).at("events/0/action_topic"))
	assert.Empty(t, rina.call("GET", "sync_event?start_event_id=0", nil).at("events"))
}

// What somebody posts whom the other one has blocked is sent, as far as they see, and does
// not arrive; not later either.
func TestABlockedUser(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room, group := rina.roomWith(bagus), rina.group(bagus)
	blocked := rina.call("POST", "block_user", object{"user_email": "bagus_17"})
	assert.Equal(t, "bagus_17", blocked.at("results/user/email"))
	rina.call("POST", "block_user", object{"user_email": "bagus_17"}) // which is no more than once
	assert.EqualValues(t, 1, rina.call("GET", "get_blocked_users", nil).at("results/total"))

	bagus.posts(room, "Halo?", "b-1")
	bagus.posts(group, "Semua?", "b-2")
	assert.Equal(t, []any{"Semua?"}, rina.syncs("0"), "only rooms of two are concerned")
	assert.Empty(t, rina.sees(room))
	assert.Equal(t, 1, rina.unread())
	hidden := text(bagus.room(room).at("results/comments/0/id_str"))
	marked := rina.call("POST", "update_comment_status", object{"room_id": room, "last_comment_read_id": hidden})
	assert.Equal(t, false, marked.at("results/changed"), "nobody reads what has not arrived")
	quoting := rina.try("POST", "post_comment", object{
		"topic_id": room, "comment": "", "type": "reply", "unique_temp_id": "r-0",
		"payload": object{"text": "Apa?", "replied_comment_id": hidden},
	})
	assert.Equal(t, http.StatusBadRequest, quoting.status, "nor learns of it by a reply")
	rina.posts(room, "Jangan ganggu", "r-1")
	rina.reads(room)
	statuses := []any{bagus.room(room).at("results/comments/0/status"), bagus.room(room).at("results/comments/1/status")}
	assert.Equal(t, []any{MessageSent, MessageSent}, statuses, "neither of rina's, nor of what did not arrive")
	rina.call("POST", "unblock_user", object{"user_email": "bagus_17"})
	assert.Empty(t, rina.call("GET", "get_blocked_users", nil).at("results/blocked_users"))
	bagus.posts(room, "Maaf", "b-3")
	assert.Equal(t, []any{"Maaf", "Jangan ganggu"}, rina.sees(room))
	assert.Equal(t, []any{"Maaf", "Jangan ganggu", "Halo?"}, bagus.sees(room))
	assert.Equal(t, http.StatusBadRequest, rina.try("POST", "block_user", object{"user_email": "rina"}).status)
	assert.Equal(t, http.StatusNotFound, rina.try("POST", "block_user", object{"user_email": "tidak-ada"}).status)
}

// Messages are loaded around one.
func TestLoadingMessages(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	ids := []string{}
	for _, said := range []string{"1", "2", "3", "4", "5"} {
		ids = append(ids, text(rina.posts(room, said, "r-"+said).at("results/comment/id_str")))
	}
	load := func(query string) []any {
		return textsOf(bagus.call("GET", "load_comments?topic_id="+room+query, nil).at("results/comments"))
	}
	assert.Equal(t, []any{"5", "4"}, load("&limit=2"))
	assert.Equal(t, []any{"2", "1"}, load("&last_comment_id="+ids[2]))
	assert.Equal(t, []any{"4"}, load("&limit=1&after=true&last_comment_id="+ids[2]))
	assert.Equal(t, []any{"5", "4"}, load("&after=true&last_comment_id="+ids[2]))
	assert.Equal(t, []any{"5", "4", "3", "2", "1"}, load("&last_comment_id=0"))

	first := w.fine(w.asServer("GET", "load_comments_with_range?room_id="+room+"&first_comment_id="+ids[1]+"&last_comment_id="+ids[3], nil))
	assert.Equal(t, []any{"2", "3", "4"}, textsOf(first.at("results/comments")))
	assert.Equal(t, "r-2", first.at("results/comments/0/unique_id"))
	page := w.fine(w.asServer("GET", "load_comments?room_id="+room+"&limit=2&page=2", nil))
	assert.Equal(t, []any{"3", "2"}, textsOf(page.at("results/comments")))
	assert.Equal(t, ids[3], bagus.room(room).at("results/comments/0/comment_before_id_str"))
	assert.Equal(t, "0", bagus.room(room).at("results/comments/4/comment_before_id_str"))
}
