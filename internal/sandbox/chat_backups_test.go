package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// download gets a file that the sandbox serves.
func (w *world) download(address any) answer {
	w.t.Helper()
	path, isOurs := strings.CutPrefix(text(address), w.server.URL)
	require.True(w.t, isOurs, "%v", address)
	return w.send("GET", path, nil, "", nil)
}

// exported is what an export of today has.
func (w *world) exported(resource string) []map[string]any {
	w.t.Helper()
	day := w.Clock().Now().UTC().Format(time.DateOnly)
	begun := w.fine(w.asServer("POST", "exports", object{"type": resource, "start_date": day, "end_date": day}))
	done := w.fine(w.asServer("GET", "exports/"+text(begun.at("results/unique_id")), nil))
	require.Equal(w.t, "finished", done.at("results/backup_history/status"))
	file := w.fine(w.download(done.at("results/backup_history/download_url")))
	assert.EqualValues(w.t, len(file.raw), done.at("results/backup_history/size"))
	var rows []map[string]any
	require.NoError(w.t, json.Unmarshal([]byte(file.raw), &rows))
	assert.EqualValues(w.t, len(rows), done.at("results/backup_history/total_rows"))
	return rows
}

// What one app exports another can import: users, rooms, and messages with replies.
func TestWhatIsExportedCanBeImported(t *testing.T) {
	w := newWorld(t, Config{})
	w.writes("qiscus", "ratna", "Halo")
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	room := rina.roomWith(bagus)
	rina.group(bagus)
	first, _ := number(text(rina.posts(room, "Masih ada?", "r-1").at("results/comment/id_str")))
	bagus.call("POST", "post_comment", object{
		"topic_id": room, "comment": "Masih", "type": "reply", "unique_temp_id": "b-1",
		"payload": object{"text": "Masih", "replied_comment_id": first},
	})
	users, rooms, messages := w.exported("users"), w.exported("rooms"), w.exported("comments")
	assert.Len(t, rooms, 3)
	assert.Len(t, messages, 3)

	other := newWorld(t, Config{})
	isNew := []map[string]any{} // the staff exist there
	for _, user := range users {
		if _, isUser := other.state.findChatUser(text(user["Email"])); !isUser {
			isNew = append(isNew, user)
		}
	}
	other.imports("users", isNew)
	other.imports("rooms", rooms)
	other.imports("comments", messages)
	listed := other.fine(other.asServer("GET", "imports", nil))
	for i, rows := range []int{len(messages), len(rooms), len(isNew)} { // the newest first
		at := "results/backup_histories/" + text(int64(i))
		assert.Equal(t, "finished", listed.at(at+"/status"))
		assert.Equal(t, map[string]any{}, listed.at(at+"/errors"))
		assert.EqualValues(t, rows, listed.at(at+"/total_rows"))
	}
	other.fine(other.asServer("POST", "login_or_register", object{"user_id": "rina", "username": "rina", "password": keyOfAll}))
	there := other.chats("rina")
	assert.Equal(t, []any{"Masih", "Masih ada?"}, there.sees(there.roomWith(&chatter{id: "bagus_17"})))
	reply := there.room(there.roomWith(&chatter{id: "bagus_17"})).at("results/comments/0")
	assert.Equal(t, "Masih ada?", reply.(map[string]any)["payload"].(map[string]any)["replied_comment_message"])
	assert.Equal(t, 1, there.unread(), "nobody there has read it")
}

// A bad row of a file keeps all of it out, and is named.
func TestImportsThatAreRefused(t *testing.T) {
	w := newWorld(t, Config{})
	rina, bagus := w.chatter("rina"), w.chatter("bagus_17")
	group := rina.group(bagus)
	rina.posts(group, "Halo", "r-1")
	in := text(rina.room(group).at("results/room/unique_id"))
	user := func(id string) object { return object{"Email": id, "Name": id} }
	room := func(kind string, ids ...string) object {
		return object{"Name": "x", "Type": kind, "CreatorEmail": "rina", "UniqueId": "u-1", "ParticipantEmails": ids}
	}
	message := func(change object) object {
		row := object{"Message": "x", "Type": "text", "UniqueId": "m-1", "CreatorEmail": "rina", "RoomUniqueId": in}
		maps.Copy(row, change)
		return row
	}
	reply := object{"Type": "reply", "Payload": object{"text": "x", "replied_comment_id": 1}}
	customer, customers := w.widget("ratna", "Ratna Kusuma")
	customer.posts(customers, "Halo", "web-1")
	for name, c := range map[string]struct {
		resource string
		rows     any
		says     string
	}{
		"no rows":               {"users", object{}, "no JSON array"},
		"no name":               {"users", []object{{"Email": "a"}}, `row 1: /: the required member "Name" is missing`},
		"a known user":          {"users", []object{user("sari"), user("rina")}, "row 2: the row has the id or the token"},
		"a user twice":          {"users", []object{user("sari"), user("sari")}, "row 2"},
		"a known token":         {"users", []object{{"Email": "sari", "Name": "x", "AuthenticationToken": rina.token}}, "row 1"},
		"a stranger":            {"rooms", []object{room("group", "sari")}, "does not exist"},
		"a known room":          {"rooms", []object{{"Name": "x", "Type": "group", "CreatorEmail": "rina", "UniqueId": in, "ParticipantEmails": []string{"rina"}}}, "unique id of a room"},
		"a room twice":          {"rooms", []object{room("group", "rina"), room("group", "rina")}, "row 2"},
		"one alone":             {"rooms", []object{room("single", "rina")}, "/ParticipantEmails"},
		"twice oneself":         {"rooms", []object{room("single", "rina", "rina")}, "a room of two"},
		"others' room":          {"rooms", []object{room("single", "bagus_17", w.botEmail())}, "a room of two"},
		"an unknown room":       {"comments", []object{message(object{"RoomUniqueId": "?"})}, "a room or a user"},
		"an unknown user":       {"comments", []object{message(object{"CreatorEmail": "sari"})}, "a room or a user"},
		"a known message":       {"comments", []object{message(object{"UniqueId": "r-1"})}, "unique id of a message"},
		"a message twice":       {"comments", []object{message(nil), message(nil)}, "row 2"},
		"a reply to none":       {"comments", []object{message(reply)}, `"ParentCommentUniqueId" is missing`},
		"a strange reply":       {"comments", []object{message(object{"Type": "reply", "ParentCommentUniqueId": "r-9", "Payload": reply["Payload"]})}, "replies to a message"},
		"a reply to a customer": {"comments", []object{message(object{"Type": "reply", "ParentCommentUniqueId": "web-1", "Payload": reply["Payload"]})}, "replies to a message"},
		"of another kind":       {"comments", []object{message(object{"Type": "card"})}, "row 1: /Type"},
		"a customers room":      {"comments", []object{message(object{"RoomUniqueId": w.Config().AppCode + "-" + w.writes("qiscus", "ratna", "Halo")})}, "a room or a user"},
	} {
		t.Run(name, func(t *testing.T) {
			w.imports(c.resource, c.rows)
			newest := w.fine(w.asServer("GET", "imports", nil)).at("results/backup_histories/0").(map[string]any)
			assert.Equal(t, "finished", newest["status"])
			assert.Contains(t, newest["errors"].(map[string]any)["Message"], c.says)
			assert.EqualValues(t, 0, newest["total_rows"])
		})
	}
	_, isUser := w.state.findChatUser("sari")
	assert.False(t, isUser, "the good rows are kept out, too")
	assert.Len(t, rina.sees(group), 1)
	long := w.imports("users", []object{user(strings.Repeat("x", 100))})
	assert.Equal(t, "users", long.at("results/backup_history/resource_name"))
}

// An export takes its time, by the clock of the world, and can be deleted before and after.
func TestAnExportTakesItsTime(t *testing.T) {
	at := frozen()
	w := newWorld(t, Config{Now: func() time.Time { return at }, Pace: Pace{Backup: time.Minute}})
	w.writes("qiscus", "ratna", "Halo")
	begin := func() string {
		begun := w.fine(w.asServer("POST", "exports", object{"type": "comments", "start_date": "2026-11-01", "end_date": "2026-11-30"}))
		assert.Equal(t, "started", begun.at("results/status"))
		assert.Equal(t, "2026-11-20T10:00:00+07:00", begun.at("results/created_at"))
		assert.Equal(t, "2026-11-20T10:00:00+07:00_exported_comments.json", begun.at("results/original_filename"))
		return text(begun.at("results/unique_id"))
	}
	first, second := begin(), begin()
	w.fine(w.asServer("DELETE", "exports/"+second, nil))
	w.move(time.Minute - time.Second)
	assert.Empty(t, w.fine(w.asServer("GET", "exports/"+first, nil)).at("results/backup_history/download_url"))
	w.move(time.Second)
	done := w.fine(w.asServer("GET", "exports/"+first, nil))
	address := done.at("results/backup_history/download_url")
	assert.EqualValues(t, 100, done.at("results/backup_history/percentage"))
	w.fine(w.download(address))
	assert.Len(t, w.fine(w.asServer("GET", "exports", nil)).at("results/backup_histories"), 1)
	w.fine(w.asServer("DELETE", "exports/"+first, nil))
	assert.Equal(t, http.StatusNotFound, w.download(address).status)
	assert.Equal(t, http.StatusNotFound, w.asServer("GET", "exports/"+first, nil).status)
	for name, days := range map[string][2]string{
		"too long":   {"2026-11-01", "2026-12-01"},
		"backwards":  {"2026-11-02", "2026-11-01"},
		"no day":     {"2026-02-30", "2026-03-01"},
		"no end day": {"2026-02-01", "2026-02-30"},
	} {
		refused := w.asServer("POST", "exports", object{"type": "users", "start_date": days[0], "end_date": days[1]})
		assert.Equal(t, http.StatusBadRequest, refused.status, name)
	}
}

// So many are remembered, and more than an export holds is told as what went wrong.
func TestBackupsAreBounded(t *testing.T) {
	w := newWorld(t, Config{Rooms: maxExportedRooms + 1, Now: frozen})
	for range maxBackups + 2 {
		w.fine(w.asServer("POST", "exports", object{"type": "rooms", "start_date": "2026-11-01", "end_date": "2026-11-30"}))
	}
	listed := w.fine(w.asServer("GET", "exports", nil))
	assert.Len(t, listed.at("results/backup_histories"), maxBackups)
	assert.Len(t, w.state.chat.backups, maxBackups)
	assert.Contains(t, listed.at("results/backup_histories/0/error_message"), "there are 1001 rooms")
	assert.Empty(t, listed.at("results/backup_histories/0/download_url"))
	assert.Empty(t, w.fine(w.asServer("GET", "exports?page=2", nil)).at("results/backup_histories"))
}
