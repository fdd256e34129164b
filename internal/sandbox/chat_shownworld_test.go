package sandbox

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// everyOperation are the operations of both documents.
func everyOperation(t testing.TB) []*document.Operation {
	t.Helper()
	rest, err := document.REST()
	require.NoError(t, err)
	chat, err := document.Chat()
	require.NoError(t, err)
	operations := rest.Operations()
	for _, operation := range chat.Operations() {
		if !operation.IsWebhook() {
			operations = append(operations, operation)
		}
	}
	return operations
}

func isChatOperation(operation *document.Operation) bool {
	_, isChat := chatPath(operation.Path)
	return isChat
}

// shownChat is what the examples of the chat server speak of. The user rina has a group,
// a room of two and a channel.
type shownChat struct {
	token, refresh string // rina's
	message        string // its id
	messageID      string // its unique id
	backup         string
}

const (
	shownUser   = "rina@toko.example.id"
	shownSecret = "not-a-real-password"
)

// asServer sends a JSON request with the chat server's secret.
func (w *world) asServer(method, path string, body any) answer {
	w.t.Helper()
	config := w.Config()
	header := http.Header{"Qiscus-Sdk-App-Id": {config.AppCode}, "Qiscus-Sdk-Secret": {config.SecretKey}}
	return w.sendJSON(method, serversPath+path, header, body)
}

// asUser sends a JSON request with a token of the chat server.
func (w *world) asUser(userID, token, method, path string, body any) answer {
	w.t.Helper()
	return w.sendJSON(method, usersPath+path, w.chatHeader(userID, token), body)
}

func (w *world) chatHeader(userID, token string) http.Header {
	return http.Header{
		"Qiscus-Sdk-App-Id": {w.Config().AppCode}, "Qiscus-Sdk-Token": {token}, "Qiscus-Sdk-User-Id": {userID},
	}
}

func (w *world) sendJSON(method, path string, header http.Header, body any) answer {
	w.t.Helper()
	if body == nil {
		return w.send(method, path, header, "", nil)
	}
	return w.send(method, path, header, "application/json", encode(body))
}

// fine is an answer that must be one of 200.
func (w *world) fine(got answer) answer {
	w.t.Helper()
	require.Equal(w.t, http.StatusOK, got.status, got.raw)
	return got
}

// newShownChat lets there be what the chat server's examples speak of.
func (w *shownWorld) newShownChat(operationID string) {
	w.t.Helper()
	for _, id := range []string{shownUser, "bagus_17", "sari.gudang", "bagas@toko.example.id", "dewi@toko.example.id", "bot@toko.example.id"} {
		w.fine(w.asServer("POST", "login_or_register", object{"user_id": id, "username": id, "password": shownSecret}))
	}
	members := []string{shownUser, "bagus_17", "bagas@toko.example.id", "bot@toko.example.id"}
	if operationID == "restRemoveRoomParticipants" || operationID == "sdkRemoveRoomParticipants" {
		members = append(members, "sari.gudang", "dewi@toko.example.id")
	}
	group := w.fine(w.asServer("POST", "create_room", object{"room_name": "Gudang", "creator": shownUser, "participants": members}))
	w.roomID = text(group.at("results/room/room_id"))
	w.fine(w.asServer("POST", "get_or_create_room_with_target", object{"user_ids": []string{shownUser, "bagus_17"}}))
	for _, id := range []string{"promo-mingguan", "promo-akhir-pekan"} {
		w.fine(w.asServer("POST", "get_or_create_channel", object{"unique_id": id, "participants": []string{"bagus_17"}}))
	}
	login := w.fine(w.send("POST", usersPath+"login_or_register", http.Header{"Qiscus-Sdk-App-Id": {w.Config().AppCode}},
		"application/json", encode(object{"email": shownUser, "password": shownSecret})))
	w.chat.token, w.chat.refresh = text(login.at("results/user/token")), text(login.at("results/user/refresh_token"))
	w.chat.messageID = "go-7f3c19a2"
	posted := w.fine(w.asUser(shownUser, w.chat.token, "POST", "post_comment", object{
		"topic_id": w.roomID, "comment": "kemeja", "type": "text", "unique_temp_id": w.chat.messageID,
	}))
	w.chat.message = text(posted.at("results/comment/id_str"))
	if operationID != "restListExports" {
		made := w.fine(w.asServer("POST", "exports", object{"type": "comments", "start_date": "2026-03-01", "end_date": "2026-03-02"}))
		w.chat.backup = text(made.at("results/unique_id"))
	}
}

// chatValues are what stands in the place of the chat document's invented ids in the path
// and the query.
func (w *shownWorld) chatValues() map[string]string {
	w.mu.Lock()
	room, err := w.state.chatRoomWith(w.roomID)
	w.mu.Unlock()
	require.NoError(w.t, err)
	values := map[string]string{
		"user_id": shownUser, "user_ids[]": shownUser, "room_id": w.roomID, "id": w.roomID, "topic_id": w.roomID,
		"room_unique_id": room.chat.uniqueID, "room_channel_ids[]": room.chat.uniqueID,
		"unique_id": w.chat.backup, "unique_ids[]": w.chat.messageID,
		"start_time": "2026-03-01 00:00:00", "end_time": "2026-03-31 23:59:59",
		"first_comment_id": w.chat.message, "last_comment_id": w.chat.message, "comment_id": w.chat.message,
		"last_received_comment_id": "0", "start_event_id": "0",
	}
	return values
}

// realChatIDs puts the ids of this world where an example of the chat document has
// invented ones.
func (w *shownWorld) realChatIDs(example any) any {
	members, ok := example.(map[string]any)
	if !ok {
		return example
	}
	changed := maps.Clone(members)
	for name, member := range members {
		_, isList := member.([]any)
		switch name {
		case "room_id", "room_ids", "topic_id", "id":
			changed[name] = w.roomID
			if isList {
				changed[name] = []any{w.roomID}
			}
		case "token":
			changed[name] = w.chat.token
		case "refresh_token":
			changed[name] = w.chat.refresh
		case "identity_token":
			changed[name] = w.identityToken()
		case "payload":
			changed[name] = w.realReply(member)
		}
	}
	return changed
}

// realReply replies to the world's message.
func (w *shownWorld) realReply(payload any) any {
	members, _ := payload.(map[string]any)
	if members["replied_comment_id"] == nil {
		return payload
	}
	changed := maps.Clone(members)
	changed["replied_comment_id"], _ = number(w.chat.message)
	return changed
}

// identityToken is one that the app's back end signs.
func (w *shownWorld) identityToken() string {
	w.t.Helper()
	got := w.fine(w.send("POST", usersPath+"auth/nonce", http.Header{"Qiscus-Sdk-App-Id": {w.Config().AppCode}}, "", nil))
	w.mu.Lock()
	defer w.mu.Unlock()
	user, _ := w.state.findChatUser(shownUser)
	w.moment = w.config.Now()
	return w.signIdentity(user, text(got.at("results/nonce")))
}

// chatCredentials are the headers of a combination of the chat server's schemes.
func (w *shownWorld) chatCredentials(schemes []string) http.Header {
	header := http.Header{}
	for _, scheme := range schemes {
		switch scheme {
		case "appID":
			header.Set("QISCUS-SDK-APP-ID", w.Config().AppCode)
		case "sdkSecret":
			header.Set("QISCUS-SDK-SECRET", w.Config().SecretKey)
		case "userToken":
			header.Set("QISCUS-SDK-TOKEN", w.chat.token)
		case "userID":
			header.Set("QISCUS-SDK-USER-ID", shownUser)
		default:
			w.t.Fatalf("the test knows no credentials of the scheme %s", scheme)
		}
	}
	return header
}

// isOfChat tells it by an operation's id.
func isOfChat(operationID string) bool {
	return strings.HasPrefix(operationID, "rest") || strings.HasPrefix(operationID, "sdk")
}
