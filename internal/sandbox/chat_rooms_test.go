package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Two users share one room, whichever of them asks, and by whichever door.
func TestARoomOfTwoIsFoundAgain(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	assert.Equal(t, room, bagus.roomWith(rina))
	server := w.fine(w.asServer("POST", "get_or_create_room_with_target", object{"user_ids": []string{"bagus_17", "rina"}}))
	assert.Equal(t, room, server.at("results/room/room_id"))
	assert.Empty(t, server.at("results/room/room_name"))
	assert.Equal(t, "bagus_17", rina.room(room).at("results/room/room_name"), "it has the name of the other one")
	assert.Equal(t, "rina bagus_17", rina.room(room).at("results/room/raw_room_name"))
	for name, refused := range map[string]answer{
		"with oneself":  rina.try("POST", "get_or_create_room_with_target", object{"emails": []string{"rina"}}),
		"with nobody":   rina.try("POST", "get_or_create_room_with_target", object{"emails": []string{"tidak-ada"}}),
		"with two":      rina.try("POST", "get_or_create_room_with_target", object{"emails": []string{"bagus_17", w.botEmail()}}),
		"with one":      w.asServer("POST", "get_or_create_room_with_target", object{"user_ids": []string{"rina"}}),
		"a third":       rina.try("POST", "add_room_participants", object{"room_id": room, "emails": []string{w.botEmail()}}),
		"one less":      rina.try("POST", "remove_room_participants", object{"room_id": room, "emails": []string{"bagus_17"}}),
		"another name":  rina.try("POST", "update_room", object{"id": room, "room_name": "Kita"}),
		"by the server": w.asServer("POST", "update_room", object{"room_id": room, "room_name": "Kita"}),
	} {
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, refused.status, name)
	}
}

// Whoever makes a group by the client is in it; a server names all who are.
func TestWhoIsInAGroup(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus, sari := w.chatter("rina"), w.chatter("bagus_17"), w.chatter("sari")
	made := w.fine(w.asServer("POST", "create_room", object{"room_name": "Gudang", "creator": "rina", "participants": []string{"bagus_17"}}))
	room := text(made.at("results/room/room_id"))
	listed := w.fine(w.asServer("GET", "get_room_participants?room_id="+room, nil))
	assert.Len(t, listed.at("results/participants"), 1)
	assert.Equal(t, http.StatusForbidden, rina.try("GET", "get_room_by_id?id="+room, nil).status)

	group := rina.group(bagus)
	assert.Len(t, rina.room(group).at("results/room/participants"), 2)
	added := bagus.call("POST", "add_room_participants", object{"room_id": group, "emails": []string{"sari", "rina"}})
	assert.Len(t, added.at("results/participants_added"), 1, "who was in it is not added")
	assert.Equal(t, []any{"bagus_17 added sari to this conversation"}, rina.sees(group))
	removed := rina.call("POST", "remove_room_participants", object{"room_id": group, "emails": []string{"bagus_17", "rina"}})
	assert.Equal(t, []any{"bagus_17", "rina"}, removed.at("results/participants_removed"))
	assert.Equal(t, []any{
		"rina removed bagus_17 from this conversation", "rina left this conversation", "bagus_17 added sari to this conversation",
	}, sari.sees(group))
	assert.Equal(t, http.StatusForbidden, bagus.try("GET", "load_comments?topic_id="+group, nil).status)

	rooms := func(query string) any {
		return bagus.call("GET", "user_rooms?show_empty=true"+query, nil).at("results/meta/total_room")
	}
	assert.EqualValues(t, 1, rooms(""))
	assert.EqualValues(t, 2, rooms("&show_removed=true"), "that one was removed from it is known")
	sari.posts(group, "Tanpa bagus", "s-1")
	for _, removed := range []answer{
		bagus.call("GET", "user_rooms?show_removed=true&room_type=group", nil),
		bagus.call("POST", "rooms_info", object{"room_id": []string{group}, "show_removed": true}),
	} {
		row := removed.at("results/rooms_info/0").(map[string]any)
		if row["id_str"] != group { // it is the other one's turn
			row = removed.at("results/rooms_info/1").(map[string]any)
		}
		assert.Equal(t, true, row["is_removed"])
		assert.Nil(t, row["last_comment"], "what is said there is no longer for bagus")
		assert.EqualValues(t, 0, row["unread_count"])
	}
	assert.EqualValues(t, 0, rooms("&room_type=single"))
	assert.EqualValues(t, 0, rooms("&room_type=public_channel"))
	assert.EqualValues(t, 1, rooms("&room_type=group"))
}

// A group holds a hundred.
func TestAGroupIsFull(t *testing.T) {
	w := newWorld(t, Config{})
	ids := []string{}
	for i := range maxGroup + 1 {
		ids = append(ids, fmt.Sprintf("user-%d", i))
	}
	w.importsUsers(ids...)
	body := object{"room_name": "Semua", "creator": ids[0], "participants": ids}
	assert.Equal(t, http.StatusBadRequest, w.asServer("POST", "create_room", body).status)
	body["participants"] = ids[:maxGroup]
	room := text(w.fine(w.asServer("POST", "create_room", body)).at("results/room/room_id"))
	full := w.asServer("POST", "add_room_participants", object{"room_id": room, "user_ids": ids[maxGroup:]})
	assert.Equal(t, http.StatusBadRequest, full.status)
	assert.Contains(t, full.at("error/message"), "at most 100")
	same := w.fine(w.asServer("POST", "add_room_participants", object{"room_id": room, "user_ids": ids[:1]}))
	assert.Empty(t, same.at("results/participants_added"))
}

// Everybody may look at a channel, and join. What is posted there has no receipts.
func TestAChannel(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	made := rina.call("POST", "get_or_create_room_with_unique_id", object{"unique_id": "promo", "name": "Promo"})
	room := text(made.at("results/room/id_str"))
	assert.Equal(t, true, made.at("results/changed"))
	assert.Equal(t, true, made.at("results/room/is_public_channel"))
	again := rina.call("POST", "get_or_create_room_with_unique_id", object{"unique_id": "promo"})
	assert.Equal(t, false, again.at("results/changed"))
	assert.Equal(t, "Promo", again.at("results/room/room_name"))

	rina.posts(room, "Diskon", "p-1")
	assert.Equal(t, false, bagus.room(room).at("results/is_participant"))
	assert.Equal(t, []any{"Diskon"}, bagus.sees(room))
	assert.Empty(t, bagus.syncs("0"))
	refused := bagus.try("POST", "post_comment", object{"topic_id": room, "comment": "?", "type": "text", "unique_temp_id": "p-2"})
	assert.Equal(t, http.StatusForbidden, refused.status)
	joined := bagus.call("POST", "channels/join", object{"unique_ids": []string{"promo"}})
	assert.Equal(t, true, joined.at("results/channels/0/is_joined"))
	bagus.posts(room, "Berapa?", "p-2")
	assert.Equal(t, 1, rina.unread())
	assert.Equal(t, true, rina.reads(room).at("results/changed"))
	assert.Zero(t, rina.unread(), "what was read is counted there, too")
	assert.Equal(t, MessageSent, bagus.room(room).at("results/comments/0/status"))
	assert.Empty(t, bagus.call("GET", "sync_event?start_event_id=0", nil).at("events"))

	left := bagus.call("POST", "channels/leave", object{"unique_ids": []string{"promo"}})
	assert.Equal(t, false, left.at("results/channels/0/is_joined"))
	assert.Equal(t, http.StatusNotFound, bagus.try("POST", "channels/info", object{"unique_ids": []string{"lain"}}).status)
	assert.Len(t, bagus.call("GET", "channels", nil).at("results/channels"), 1)
	server := w.fine(w.asServer("POST", "get_or_create_channel", object{"unique_id": "promo", "participants": []string{"bagus_17"}}))
	assert.Equal(t, true, server.at("results/changed"))
	assert.Equal(t, "group", server.at("results/room/room_type"))
	group := rina.group(bagus)
	taken := rina.try("POST", "get_or_create_room_with_unique_id", object{"unique_id": rina.uniqueID(group)})
	assert.Equal(t, http.StatusBadRequest, taken.status, "it is that of a group")
	customers := w.Config().AppCode + "-" + w.writes("qiscus", "ratna", "Halo")
	taken = rina.try("POST", "get_or_create_room_with_unique_id", object{"unique_id": customers})
	assert.Equal(t, http.StatusBadRequest, taken.status, "it is that of a customer's room")
	taken = w.asServer("POST", "update_room", object{"room_id": group, "room_channel_id": customers})
	assert.Equal(t, http.StatusBadRequest, taken.status)
}

// What is changed of a room is said in it when a user does it, and not when a server does.
func TestARoomIsRenamed(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.group(bagus)
	changed := bagus.call("POST", "update_room", object{
		"id": room, "room_name": "Gudang Solo", "avatar_url": "https://cdn.example.id/gudang.png", "options": `{"cabang":"solo"}`,
	})
	assert.Equal(t, true, changed.at("results/changed"))
	assert.Equal(t, `{"cabang":"solo"}`, changed.at("results/room/options"))
	assert.Equal(t, []any{"bagus_17 changed room avatar", "bagus_17 changed room name to 'Gudang Solo'"}, rina.sees(room))
	assert.Equal(t, false, bagus.call("POST", "update_room", object{"id": room, "room_name": "Gudang Solo"}).at("results/changed"))
	server := w.fine(w.asServer("POST", "update_room", object{"room_id": room, "room_name": "Gudang", "room_channel_id": "gudang"}))
	assert.Equal(t, "gudang", server.at("results/room/room_channel_id"))
	assert.Len(t, rina.sees(room), 2)
	found := w.fine(w.asServer("GET", "get_rooms_info?room_channel_ids[]=gudang&room_channel_ids[]=lain&room_ids[]="+room, nil))
	assert.Len(t, found.at("results/rooms"), 1, "each once, and what there is not is left out")
	other := rina.group()
	taken := w.asServer("POST", "update_room", object{"room_id": other, "room_channel_id": "gudang"})
	assert.Equal(t, http.StatusBadRequest, taken.status)
}

// Lists have pages; those of participants can be turned around.
func TestPagesOfTheChatServer(t *testing.T) {
	w := newWorld(t, Config{})
	rina := w.chatter("rina")
	others := []*chatter{}
	for i := range 5 {
		others = append(others, w.chatter(fmt.Sprintf("user-%d", i)))
	}
	room := rina.group(others...)
	names := func(query string) []string {
		got := rina.call("GET", "room_participants?room_unique_id="+rina.uniqueID(room)+query, nil)
		assert.EqualValues(t, 6, got.at("results/meta/total"))
		var all []string
		for _, row := range got.at("results/participants").([]any) {
			all = append(all, text(row.(map[string]any)["email"]))
		}
		return all
	}
	assert.Equal(t, []string{"rina", "user-0"}, names("&limit=2"))
	assert.Equal(t, []string{"user-1", "user-2"}, names("&limit=2&page=2"))
	assert.Equal(t, []string{"user-4", "user-3"}, names("&limit=2&sorting=desc"))
	assert.Equal(t, []string{"user-2", "user-3"}, names("&limit=2&offset=3"))
	assert.Empty(t, names("&offset=30"))

	users := rina.call("GET", "get_user_list?query=USER-&limit=2&page=3&order_query=username+desc", nil)
	assert.Equal(t, "user-0", users.at("results/users/0/email"))
	assert.EqualValues(t, 3, users.at("results/meta/total_page"))
	w.fine(w.asServer("DELETE", "deactivate_users", object{"user_ids": []string{"user-0"}}))
	assert.EqualValues(t, 4, rina.call("GET", "get_user_list?query=user-", nil).at("results/meta/total_data"))
	total := func(query string) float64 {
		return w.fine(w.asServer("GET", "get_user_list"+query, nil)).at("results/meta/total_data").(float64)
	}
	assert.InDelta(t, 1, total("?show_all=true")-total(""), 0)
}

// What happened in a room reads as people say it, and says the same to programs.
func TestSystemEvents(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.group(bagus)
	for kind, said := range map[string]string{
		"create_room":        "rina created room 'Gudang'",
		"add_member":         "rina added bagus_17, sari to this conversation",
		"join_room":          "rina joined this conversation",
		"remove_member":      "rina removed bagus_17, sari from this conversation",
		"left_room":          "rina left this conversation",
		"change_room_name":   "rina changed room name to 'Gudang'",
		"change_room_avatar": "rina changed room avatar",
		"custom":             "Rina kini pengelola",
	} {
		t.Run(kind, func(t *testing.T) {
			w.chatter("sari")
			body := object{
				"system_event_type": kind, "room_id": room, "subject_user_id": "rina", "payload": object{"nomor": 118},
				"extras": object{"a": "b"},
			}
			if kind == "custom" {
				body["message"] = said
			}
			if strings.HasSuffix(kind, "_member") {
				body["object_user_id"] = []string{"bagus_17", "sari"}
			}
			got := w.fine(w.asServer("POST", "post_system_event_message", body))
			assert.Equal(t, said, got.at("results/comment/message"))
			assert.Equal(t, systemEvent, got.at("results/comment/type"))
			assert.Equal(t, kind, got.at("results/comment/payload/type"))
			assert.Equal(t, "rina", got.at("results/comment/payload/subject_email"))
			assert.Equal(t, "Gudang", got.at("results/comment/payload/room_name"))
			assert.Equal(t, map[string]any{"nomor": 118.0}, got.at("results/comment/payload/payload"))
			assert.Equal(t, map[string]any{"a": "b"}, got.at("results/comment/extras"))
			if strings.HasSuffix(kind, "_member") {
				assert.Equal(t, []any{"bagus_17", "sari"}, got.at("results/comment/payload/object_email_list"))
			}
			assert.Equal(t, said, bagus.sees(room)[0])
		})
	}
	assert.Zero(t, bagus.unread(), "what the platform says is not waited for")
	refused := w.asServer("POST", "post_comment", object{"user_id": "rina", "room_id": room, "message": "?", "type": systemEvent})
	assert.Equal(t, http.StatusBadRequest, refused.status)
	mine := rina.try("POST", "post_comment", object{"topic_id": room, "comment": "?", "type": systemEvent, "unique_temp_id": "x"})
	assert.Equal(t, http.StatusBadRequest, mine.status)
	require.Len(t, rina.sees(room), 8)
	last := text(rina.room(room).at("results/comments/0/unique_temp_id"))
	edited := rina.try("POST", "update_message", object{"token": rina.token, "unique_id": last, "comment": "Lain"})
	assert.Equal(t, http.StatusForbidden, edited.status, "the platform has said it, also where it names the user")
	deleted := rina.try("DELETE", "delete_messages?is_delete_for_everyone=true&is_hard_delete=true&unique_ids[]="+last, nil)
	assert.Equal(t, http.StatusForbidden, deleted.status)
}
