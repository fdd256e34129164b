package sandbox

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A message is as far as with the last of all others; who marks one marks all before.
func TestReceiptsOfAGroup(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus, sari := w.chatter("rina"), w.chatter("bagus_17"), w.chatter("sari")
	room := rina.group(bagus, sari)
	first := rina.posts(room, "Satu", "r-1")
	id := text(first.at("results/comment/id_str"))
	rina.posts(room, "Dua", "r-2")
	status := func() any { return rina.room(room).at("results/comments/1/status") }
	receipt := func() (counts [3]int) {
		got := rina.call("GET", "comment_receipt?comment_id="+id, nil)
		for i, list := range []string{"pending", "delivered_to", "read_by"} {
			counts[i] = len(got.at("results/" + list).([]any))
		}
		return counts
	}
	assert.Equal(t, MessageSent, status())
	assert.Equal(t, [3]int{2, 0, 0}, receipt())
	bagus.receives(room)
	assert.Equal(t, [3]int{1, 1, 0}, receipt())
	assert.Equal(t, MessageSent, status())
	sari.reads(room)
	assert.Equal(t, [3]int{0, 1, 1}, receipt())
	assert.Equal(t, MessageDelivered, status())
	bagus.reads(room)
	assert.Equal(t, [3]int{0, 0, 2}, receipt())
	assert.Equal(t, MessageRead, status())
	assert.Equal(t, false, bagus.reads(room).at("results/changed"), "it was read before")
	back := bagus.call("POST", "update_comment_status", object{"room_id": room, "last_comment_read_id": id})
	assert.Equal(t, false, back.at("results/changed"), "nothing becomes unread")

	w.fine(w.asServer("POST", "add_room_participants", object{"room_id": room, "user_ids": []string{w.chatter("dewi").id}}))
	assert.Equal(t, MessageRead, status(), "nor by who comes later")
	rina.posts(room, "Tiga", "r-3")
	beyond := bagus.call("POST", "update_comment_status", object{"room_id": room, "last_comment_received_id": "999999999999"})
	assert.Equal(t, rina.room(room).at("results/room/last_comment_id_str"), beyond.at("results/last_comment_received_id_str"))
	before := sari.call("POST", "update_comment_status", object{"room_id": room, "last_comment_read_id": "1"})
	assert.Equal(t, false, before.at("results/changed"))
}

// Others learn of receipts by asking, from where they left off.
func TestNewsOfReceipts(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus, sari := w.chatter("rina"), w.chatter("bagus_17"), w.chatter("sari")
	room := rina.roomWith(bagus)
	posted := rina.posts(room, "Satu", "r-1")
	began := text(int64(rina.call("GET", "my_profile", nil).at("results/user/last_sync_event_id").(float64)))
	bagus.receives(room)
	bagus.reads(room)
	news := rina.call("GET", "sync_event?start_event_id="+began, nil)
	assert.Equal(t, true, news.at("is_start_event_id_found"))
	require.Len(t, news.at("events"), 2)
	for i, topic := range []string{"delivered", "read"} {
		at := "events/" + text(int64(i))
		assert.Equal(t, topic, news.at(at+"/action_topic"))
		assert.Equal(t, posted.at("results/comment/id"), news.at(at+"/payload/data/comment_id"))
		assert.Equal(t, "r-1", news.at(at+"/payload/data/comment_unique_id"))
		assert.Equal(t, "bagus_17", news.at(at+"/payload/data/email"))
	}
	last := text(int64(news.at("events/0/id").(float64)))
	assert.Len(t, rina.call("GET", "sync_event?start_event_id="+last, nil).at("events"), 1)
	assert.Empty(t, sari.call("GET", "sync_event?start_event_id="+began, nil).at("events"))
	unknown := rina.call("GET", "sync_event?start_event_id=7", nil)
	assert.Equal(t, false, unknown.at("is_start_event_id_found"))
}

// What is too old is forgotten, and whoever asks for more learns that.
func TestOldNewsIsForgotten(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	rina.posts(room, "Satu", "r-1")
	bagus.reads(room)
	require.NoError(t, w.change(func() error {
		old := *w.state.chat.news[0]
		for range maxNews - 1 {
			w.state.addNews(old)
		}
		return nil
	}))
	assert.Len(t, w.state.chat.news, maxNews)
	w.assertKept(t, newComparison())
	oldest := text(w.state.chat.news[0].id - 2)
	assert.Equal(t, false, rina.call("GET", "sync_event?start_event_id="+oldest, nil).at("is_start_event_id_found"))
	assert.Len(t, rina.call("GET", "sync_event?start_event_id=0", nil).at("events"), maxSynced, "so much at once")
}

// Servers count what users have not read, in a room or in all, at all times or at some.
func TestUnreadCounts(t *testing.T) {
	at := frozen()
	w := newWorld(t, Config{Now: func() time.Time { return at }})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room, group := rina.roomWith(bagus), rina.group(bagus)
	rina.posts(room, "Satu", "r-1")
	w.move(time.Hour)
	rina.posts(group, "Dua", "r-2")
	rina.posts(group, "Tiga", "r-3")
	bagus.posts(group, "Empat", "b-1")

	got := w.fine(w.asServer("GET", "get_unread_count?user_id=bagus_17", nil))
	assert.Len(t, got.at("results/unread_counts"), 2)
	one := w.fine(w.asServer("GET", "get_unread_count?user_id=bagus_17&room_ids[]="+group, nil))
	assert.Equal(t, []any{map[string]any{"room_id": group, "unread_count": 2.0}}, one.at("results/unread_counts"))
	count := func(query string) any {
		all := w.fine(w.asServer("GET", "get_user_unread_count?user_ids[]=bagus_17&user_ids[]=tidak-ada"+query, nil))
		assert.Len(t, all.at("results/user_unread_count"), 1)
		return all.at("results/user_unread_count/0/unread_count")
	}
	assert.EqualValues(t, 3, count(""))
	assert.EqualValues(t, 1, count("&end_time="+url.QueryEscape("2026-11-20 03:30:00")))
	assert.EqualValues(t, 2, count("&start_time="+url.QueryEscape("2026-11-20 03:30:00")))
	users := func(query string) any {
		return w.fine(w.asServer("GET", "get_unread_users"+query, nil)).at("results/user_ids")
	}
	assert.Equal(t, []any{"bagus_17", "rina"}, users(""))
	assert.Equal(t, []any{"rina"}, users("?limit=1&page=2"))
	assert.Equal(t, []any{"bagus_17", "rina"}, users("?limit=101"), "a limit that is none stands for the greatest")
	assert.EqualValues(t, 2, bagus.call("GET", "get_room_unread_count", nil).at("results/total_unread_count"), "rooms")
	assert.Equal(t, 3, bagus.unread())
}

// An answer takes as long as the first message waits that it answers.
func TestReplyTimes(t *testing.T) {
	at := frozen()
	w := newWorld(t, Config{Now: func() time.Time { return at }})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	for i, wait := range []time.Duration{10 * time.Second, 40 * time.Second} {
		rina.posts(room, "Halo", "r-"+text(int64(i)))
		w.move(wait / 2)
		rina.posts(room, "Halo?", "rr-"+text(int64(i)))
		w.move(wait / 2)
		bagus.posts(room, "Ya", "b-"+text(int64(i)))
		bagus.posts(room, "Ada apa?", "bb-"+text(int64(i)))
	}
	path := "get_average_reply_time_user?user_id=bagus_17&start_time=2026-11-20+03:00:00&end_time=2026-11-20+04:00:00"
	got := w.fine(w.asServer("GET", path, nil))
	assert.Equal(t, map[string]any{"average": 25.0, "longest": 40.0, "shortest": 10.0}, got.at("results/data/duration"))
	none := w.fine(w.asServer("GET", "get_average_reply_time_user?user_id=bagus_17&start_time=2026-01-01+00:00:00&end_time=2026-01-02+00:00:00", nil))
	assert.Equal(t, map[string]any{"average": 0.0, "longest": 0.0, "shortest": 0.0}, none.at("results/data/duration"))
}
