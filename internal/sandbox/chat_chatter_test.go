package sandbox

import (
	"net/http"
	"net/url"

	"github.com/stretchr/testify/require"
)

// chatter is a user of the chat server in a test.
type chatter struct {
	w *world

	id, token, refresh string
}

// keyOfAll is the password of all of them.
const keyOfAll = "not-a-real-password"

// chatter makes a user, and logs in.
func (w *world) chatter(id string) *chatter {
	w.t.Helper()
	w.fine(w.asServer("POST", "login_or_register", object{"user_id": id, "username": id, "password": keyOfAll}))
	return w.chats(id)
}

// chats logs a user in who may not be one yet.
func (w *world) chats(id string) *chatter {
	w.t.Helper()
	got := w.fine(w.tryLogin(id, keyOfAll))
	return &chatter{w, id, text(got.at("results/user/token")), text(got.at("results/user/refresh_token"))}
}

func (w *world) tryLogin(id, key string) answer {
	w.t.Helper()
	return w.asApp("login_or_register", object{"email": id, "password": key})
}

// asApp sends what needs no more than the app's id.
func (w *world) asApp(path string, body any) answer {
	w.t.Helper()
	return w.sendJSON("POST", usersPath+path, http.Header{"Qiscus-Sdk-App-Id": {w.Config().AppCode}}, body)
}

// nonce asks for one.
func (w *world) nonce() string {
	w.t.Helper()
	return text(w.fine(w.asApp("auth/nonce", nil)).at("results/nonce"))
}

// try sends a request, which may be refused.
func (c *chatter) try(method, path string, body any) answer {
	c.w.t.Helper()
	return c.w.asUser(c.id, c.token, method, path, body)
}

// call sends a request, which must be answered.
func (c *chatter) call(method, path string, body any) answer {
	c.w.t.Helper()
	return c.w.fine(c.try(method, path, body))
}

// posts puts a text into a room, and returns the message.
func (c *chatter) posts(room, said, uniqueID string) answer {
	c.w.t.Helper()
	return c.call("POST", "post_comment", object{
		"topic_id": room, "comment": said, "type": "text", "unique_temp_id": uniqueID,
	})
}

// roomWith is the room with another user.
func (c *chatter) roomWith(other *chatter) string {
	c.w.t.Helper()
	got := c.call("POST", "get_or_create_room_with_target", object{"emails": []string{other.id}})
	return text(got.at("results/room/id_str"))
}

// group makes a group with others.
func (c *chatter) group(others ...*chatter) string {
	c.w.t.Helper()
	ids := []string{}
	for _, other := range others {
		ids = append(ids, other.id)
	}
	got := c.call("POST", "create_room", object{"name": "Gudang", "participants": ids})
	return text(got.at("results/room/id_str"))
}

// room is a room as the user sees it.
func (c *chatter) room(id string) answer {
	c.w.t.Helper()
	return c.call("GET", "get_room_by_id?id="+id, nil)
}

func (c *chatter) uniqueID(room string) string {
	c.w.t.Helper()
	return url.QueryEscape(text(c.room(room).at("results/room/unique_id")))
}

// reads marks all of a room as read.
func (c *chatter) reads(room string) answer {
	c.w.t.Helper()
	last := c.room(room).at("results/room/last_comment_id_str")
	return c.call("POST", "update_comment_status", object{"room_id": room, "last_comment_read_id": last})
}

// receives marks all of a room as received.
func (c *chatter) receives(room string) answer {
	c.w.t.Helper()
	last := c.room(room).at("results/room/last_comment_id_str")
	return c.call("POST", "update_comment_status", object{"room_id": room, "last_comment_received_id": last})
}

// sees are the texts of a room's messages, the newest first.
func (c *chatter) sees(room string) []any {
	c.w.t.Helper()
	return textsOf(c.call("GET", "load_comments?topic_id="+room, nil).at("results/comments"))
}

// syncs are the texts of what has come after a message.
func (c *chatter) syncs(after string) []any {
	c.w.t.Helper()
	return textsOf(c.call("GET", "sync?last_received_comment_id="+after, nil).at("results/comments"))
}

// textsOf are what messages say.
func textsOf(messages any) []any {
	texts := []any{}
	rows, _ := messages.([]any)
	for _, row := range rows {
		texts = append(texts, row.(map[string]any)["message"])
	}
	return texts
}

// unread counts what the user has not read.
func (c *chatter) unread() int {
	c.w.t.Helper()
	return int(c.call("GET", "total_unread_count", nil).at("results/total_unread_count").(float64))
}

// refreshes renews the token.
func (c *chatter) refreshes() {
	c.w.t.Helper()
	got := c.call("POST", "refresh_user_token", object{"user_id": c.id, "refresh_token": c.refresh})
	c.token, c.refresh = text(got.at("results/token")), text(got.at("results/refresh_token"))
}

// imports sends a file to import.
func (w *world) imports(resource string, rows any) answer {
	w.t.Helper()
	header, body := asContent(w.t, "multipart/form-data", map[string]any{"type": resource, "file": string(encode(rows))})
	config := w.Config()
	credentials := http.Header{"Qiscus-Sdk-App-Id": {config.AppCode}, "Qiscus-Sdk-Secret": {config.SecretKey}}
	return w.fine(w.send("POST", serversPath+"imports", credentials, header, body))
}

func (w *world) importsUsers(ids ...string) {
	w.t.Helper()
	rows := []object{}
	for _, id := range ids {
		rows = append(rows, object{"Email": id, "Name": id, "AuthenticationToken": "at-" + id, "Password": keyOfAll})
	}
	got := w.imports("users", rows)
	require.Equal(w.t, "users", got.at("results/backup_history/resource_name"))
}
