package sandbox

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// postComment is the chat server's one event: somebody has posted a message.
const postComment = "postComment"

// ofChat is what its target belongs to.
const ofChat = "Chat SDK"

// tellPosted sends the event, unless the platform itself has spoken.
func (s *Sandbox) tellPosted(room *conversation, said Message) {
	if to := s.state.settings.chat; to.set() && said.Type != systemEvent {
		s.post(postComment, to, room.id, s.postCommentBody(room, said))
	}
}

// postedBy is who posted a message: a server, which the bot's is, too, or a client.
func postedBy(said Message) string {
	isServers := said.Author == AuthorBot || said.Author == AuthorSystem
	if said.chat != nil {
		isServers = said.chat.byServer
	}
	if isServers {
		return postedByServer
	}
	return postedByClient
}

func (s *Sandbox) postCommentBody(room *conversation, said Message) object {
	by, before := s.state.writer(room, said), room.before(said.ID)
	roomID, _ := number(room.id)
	message := object{
		"id": said.ID, "id_str": text(said.ID), "comment_before_id": before, "comment_before_id_str": text(before),
		"unique_temp_id": s.state.messageID(room, said), "type": said.Type, "text": said.Text,
		"payload": objectOrEmpty(said.Payload), "extras": object{}, "disable_link_preview": false,
		"created_at": precise(said.At), "timestamp": zoned(said.At), "unix_timestamp": said.At.Unix(),
		"unix_nano_timestamp": said.At.UnixNano(),
	}
	if said.chat != nil {
		message["extras"] = orEmpty(said.chat.extras)
	}
	chat := object{
		"id": roomID, "id_str": room.id, "topic_id": roomID, "topic_id_str": room.id, "type": roomType(room),
		"name": room.name, "options": optionsOf(room), "is_public_channel": room.isChannel(), "room_avatar": room.avatar,
	}
	if !room.isChannel() {
		participants := []object{}
		for _, user := range s.state.participantsOf(room) {
			participants = append(participants, object{
				"id": user.id, "email": user.userID, "username": user.name(), "avatar_url": user.picture(),
			})
		}
		chat["participants"] = participants
	}
	return object{"type": postedBy(said), "payload": object{
		"from": object{
			"id": by.id, "id_str": text(by.id), "email": by.userID, "name": by.name(), "avatar_url": by.picture(),
		},
		"room": chat, "message": message,
	}}
}

// restListWebhookLogs tells the attempts that the timeline still holds, the newest first.
func (s *Sandbox) restListWebhookLogs(r *request) (any, error) {
	wanted := text(r.parameters["type"])
	attempts := s.timeline.Since(0, func(entry timeline.Entry) bool {
		return entry.Kind == timeline.Delivery && entry.Name == postComment && entry.Attempt > 0 &&
			(wanted == "" || wanted == "all" || strings.HasSuffix(bodyType(entry.Request.Bytes), wanted))
	})
	slices.Reverse(attempts)
	page := readPage(r)
	page.limit = min(page.limit, maxRoomRows)
	rows := []object{}
	for _, attempt := range cutPage(attempts, page) {
		var code any
		if attempt.Status > 0 {
			code = attempt.Status
		}
		rows = append(rows, object{
			"id": attempt.ID, "endpoint": attempt.URL, "attempted_at": zoned(attempt.At),
			"request_body": string(attempt.Request.Bytes), "response_body": string(attempt.Response.Bytes),
			"response_code": code, "is_success": attempt.Failure == "" && attempt.Status >= 200 && attempt.Status < 300,
			"error_message": attempt.Failure,
		})
	}
	return results(object{"webhook_logs": rows}), nil
}

// bodyType is the type of an event that was sent.
func bodyType(body []byte) string {
	var event struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(body, &event) // the body may have been cut
	return event.Type
}
