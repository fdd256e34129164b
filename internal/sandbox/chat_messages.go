package sandbox

import (
	"encoding/base64"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// deletedText stands in the place of what was deleted.
const deletedText = "This message has been deleted."

// chatPost is a message that a user of the chat server posts.
type chatPost struct {
	by       *chatUser
	room     *conversation
	said     Message // its type, text and payload
	uniqueID string  // made up when empty
	extras   object
	byServer bool // by a server for the user, and not by the user
}

// postChat posts a message, by the way of the inbox when the room is the inbox's. Whoever
// posts must take part in the room. What was posted before by the same user, under the
// same unique id, is not posted again; whether the platform knows it again is not known.
func (s *Sandbox) postChat(post chatPost) (Message, error) {
	if !s.state.takesPart(post.room, post.by) {
		return Message{}, notTakingPart()
	}
	if place, isKnown := s.state.chat.byMessageID[post.uniqueID]; isKnown {
		i, _ := place.room.indexOf(place.id)
		known := place.room.messages[i]
		if place.room != post.room || !s.state.wrote(place.room, known, post.by) {
			return Message{}, badRequest("unique_temp_id has already been taken")
		}
		return known, nil
	}
	said, err := s.state.completed(post.room, post.by, post.said)
	if err != nil {
		return Message{}, err
	}
	said.chat = &chatMessage{
		uniqueID: orDefault(post.uniqueID, newUUID()), extras: post.extras, byServer: post.byServer,
		hiddenFrom: s.state.hiddenFrom(post.room, post.by),
	}
	if post.room.inbox != nil {
		return s.postInInbox(post, said)
	}
	said.Author, said.Sender, said.Name = AuthorUser, post.by.userID, post.by.name()
	return s.state.enter(post.room, said, s.now()), nil
}

func notTakingPart() *refusedError {
	return refuse(http.StatusForbidden, "the user is not a participant of the room")
}

// postInInbox posts a message in a customer's room. A server that writes as the app's own
// account is a bot.
func (s *Sandbox) postInInbox(post chatPost, said Message) (Message, error) {
	room, by := post.room.inbox, post.by
	if by.userID == room.userID {
		if s.state.book.blocked[room.customer()] {
			return Message{}, badRequest("the customer is blocked")
		}
		said.Author = AuthorCustomer
	}
	if _, problems := s.checked(said); len(problems) > 0 {
		return Message{}, refuseMessage(problems)
	}
	switch {
	case said.Author == AuthorCustomer:
		return s.customerSays(room, said), nil
	case room.expired(s.now()):
		return Message{}, outsideWindow()
	case by.staff == s.state.admin() && post.byServer:
		said.Author, said.Sender, said.Name = AuthorBot, by.userID, "Bot "+companyName
		return s.state.say(room, said, s.now()), nil
	case by.staff != nil:
		return s.agentSays(room, by.staff, said), nil
	default:
		said.Author, said.Sender, said.Name = AuthorUser, by.userID, by.name()
		return s.state.say(room, said, s.now()), nil
	}
}

// hiddenFrom is who does not get what a user posts: the other one of a room of two, who
// has blocked the user; 0 for nobody.
func (s *state) hiddenFrom(room *conversation, by *chatUser) int64 {
	if !room.isSingle() {
		return 0
	}
	for _, member := range room.chat.members {
		if member.user.id != by.id && member.user.hasBlocked(by) {
			return member.user.id
		}
	}
	return 0
}

// completed is a message with what the server puts into it.
func (s *state) completed(room *conversation, by *chatUser, said Message) (Message, error) {
	said.Type = orDefault(said.Type, "text")
	members, _ := said.Payload.(object)
	member := func(name string) string { return text(members[name]) }
	switch said.Type {
	case systemEvent:
		return said, badRequest("a system event cannot be posted as a message")
	case "buttons", "card", "account_linking":
		said.Text = orDefault(member("text"), said.Text)
	case "carousel":
		said.Text = ""
	case "file_attachment":
		if member("url") != "" {
			said.Text = "[file] " + member("url") + " [/file]"
		}
	case "location":
		said.Text = joinTexts("\n", member("name"), member("address"), member("map_url"))
	case "contact_person":
		said.Text = joinTexts(" - ", member("name"), member("value"))
	case "button_postback_response":
		said.Text = orDefault(said.Text, orDefault(member("postback_text"), member("label")))
	case "reply":
		return s.reply(room, by, said, members)
	}
	return said, nil
}

// joinTexts puts what is not empty together.
func joinTexts(between string, parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, between)
}

// reply quotes the message that is replied to, which the user must see.
func (s *state) reply(room *conversation, by *chatUser, said Message, members object) (Message, error) {
	id, _ := number(members["replied_comment_id"])
	i, ok := room.indexOf(id)
	if !ok || room.messages[i].Type == systemEvent || !room.messages[i].visibleTo(by) {
		return said, badRequest("the message that is replied to is not in the room")
	}
	quoted := room.messages[i]
	payload := maps.Clone(members)
	payload["replied_comment_message"], payload["replied_comment_type"] = quoted.Text, quoted.Type
	payload["replied_comment_payload"] = payloadOrEmpty(quoted.Payload)
	payload["replied_comment_sender_email"], payload["replied_comment_sender_username"] = quoted.Sender, quoted.Name
	if author := s.authorOf(room, quoted); author != nil {
		payload["replied_comment_sender_email"] = author.userID
		payload["replied_comment_sender_username"] = author.name()
	}
	said.Payload = payload
	said.Text = orDefault(text(members["text"]), said.Text)
	return said, nil
}

// messageID is the id that a message's sender gave it, or what stands for that.
func (s *state) messageID(room *conversation, said Message) string {
	switch {
	case room.inbox != nil:
		return uniqueTempID(room.inbox, said)
	case said.chat != nil && said.chat.uniqueID != "":
		return said.chat.uniqueID
	default:
		return madeUpMessageID + text(said.ID)
	}
}

// findMessage finds a message of one of a user's rooms by what messageID tells.
func (s *state) findMessage(user *chatUser, uniqueID string) (room *conversation, index int, ok bool) {
	if place, isKnown := s.chat.byMessageID[uniqueID]; isKnown {
		index, _ = place.room.indexOf(place.id)
		return place.room, index, s.takesPart(place.room, user)
	}
	for room := range s.roomsOf(user) {
		id, err := strconv.ParseInt(madeUpBy(room, uniqueID), 10, 64)
		if index, ok = room.indexOf(id); err == nil && ok && s.messageID(room, room.messages[index]) == uniqueID {
			return room, index, true
		}
	}
	return nil, 0, false
}

// madeUpBy is the id of the message of which a room would have made a unique id.
func madeUpBy(room *conversation, uniqueID string) string {
	if id, isOurs := strings.CutPrefix(uniqueID, madeUpMessageID); isOurs {
		return id
	}
	encoded, isWhatsApp := strings.CutPrefix(uniqueID, "wa_wamid.")
	if !isWhatsApp || room.inbox == nil {
		return ""
	}
	written, _ := base64.StdEncoding.DecodeString(encoded)
	id, _ := strings.CutPrefix(string(written), room.inbox.userID)
	return id
}

// rewrite puts another text and payload into a message.
func (s *state) rewrite(room *conversation, index int, change func(said *Message, chat *chatMessage)) Message {
	said := &room.messages[index]
	changed := chatMessage{uniqueID: s.messageID(room, *said)}
	if said.chat != nil {
		changed = *said.chat
	}
	change(said, &changed)
	s.chat.byMessageID[changed.uniqueID] = messagePlace{room, said.ID}
	said.chat = &changed
	s.touch(messageThing{room, index})
	return *said
}

// updateChat changes a message of a user's own.
func (s *Sandbox) updateChat(
	by *chatUser, uniqueID string, wanted Message, extras object,
) (*conversation, Message, error) {
	room, index, err := s.ownMessage(by, uniqueID)
	if err != nil {
		return nil, Message{}, err
	}
	said := s.state.rewrite(room, index, func(said *Message, chat *chatMessage) {
		said.Text, chat.edited = wanted.Text, true
		if wanted.Payload != nil {
			said.Payload = wanted.Payload
		}
		if extras != nil {
			chat.extras = extras
		}
	})
	s.state.happen(chatEvent{kind: chatUpdated, room: room, message: said})
	return room, said, nil
}

// ownMessage finds a message that a user wrote and has not deleted.
func (s *Sandbox) ownMessage(by *chatUser, uniqueID string) (*conversation, int, error) {
	room, index, ok := s.state.findMessage(by, uniqueID)
	switch {
	case !ok || room.messages[index].isDeleted():
		return nil, 0, notFound("message")
	case room.messages[index].Type == systemEvent:
		return nil, 0, refuse(http.StatusForbidden, "the message is the platform's")
	case !s.state.wrote(room, room.messages[index], by):
		return nil, 0, refuse(http.StatusForbidden, "the message is somebody else's")
	}
	return room, index, nil
}

// isDeleted tells whether its sender has deleted a message.
func (m Message) isDeleted() bool { return m.chat != nil && m.chat.deleted }

// deleteChat deletes messages of a user's own that are in one room, for everybody.
func (s *Sandbox) deleteChat(by *chatUser, room *conversation, indexes []int) {
	var uniqueIDs []string
	var said Message
	for _, index := range indexes {
		uniqueIDs = append(uniqueIDs, s.state.messageID(room, room.messages[index]))
		said = s.state.rewrite(room, index, func(said *Message, chat *chatMessage) {
			said.Type, said.Text, said.Payload = "text", deletedText, nil
			chat.deleted, chat.extras = true, nil
		})
	}
	s.state.happen(chatEvent{kind: chatDeleted, room: room, message: said, by: by, news: s.state.addNews(chatNews{
		kind: chatDeleted, at: s.now(), room: room, by: by, uniqueIDs: uniqueIDs,
	})})
}

// clearChat lets a user no longer see what was said in a room. Nobody else notices.
func (s *Sandbox) clearChat(by *chatUser, room *conversation) {
	s.state.memberOf(room, by).cleared = room.lastID()
	s.state.happen(chatEvent{kind: chatCleared, room: room, by: by, news: s.state.addNews(chatNews{
		kind: chatCleared, at: s.now(), room: room, by: by,
	})})
}
