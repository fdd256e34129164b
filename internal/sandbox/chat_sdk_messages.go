package sandbox

import "slices"

func (s *Sandbox) chatMessageHandlers() map[string]handler {
	return map[string]handler{
		"sdkPostComment":         s.sdkPostComment,
		"sdkUpdateMessage":       s.sdkUpdateMessage,
		"sdkLoadComments":        s.sdkLoadComments,
		"sdkUpdateCommentStatus": s.sdkUpdateCommentStatus,
		"sdkDeleteMessages":      s.sdkDeleteMessages,
		"sdkClearRoomMessages":   s.sdkClearRoomMessages,
		"sdkGetCommentReceipt":   s.sdkGetCommentReceipt,
		"sdkSearch":              s.sdkSearch,
		"sdkSearchMessages":      s.sdkSearchMessages,
	}
}

// clientPayload is a payload that comes as a value, or as JSON inside text. Text that is
// no JSON stays text.
func clientPayload(value any) any {
	if _, isText := value.(string); isText {
		if read := fromJSONText(value); read != nil {
			return read
		}
	}
	return value
}

func (s *Sandbox) sdkPostComment(r *request) (any, error) {
	room, err := s.ownRoom(r.caller.chatUser, r.body["topic_id"])
	if err != nil {
		return nil, err
	}
	said, err := s.postChat(chatPost{
		by: r.caller.chatUser, room: room, uniqueID: text(r.body["unique_temp_id"]),
		extras: asObject(fromJSONText(r.body["extras"])),
		said: Message{
			Type: text(r.body["type"]), Text: text(r.body["comment"]), Payload: clientPayload(r.body["payload"]),
		},
	})
	if err != nil {
		return nil, err
	}
	return results(object{"comment": s.commentRow(room, said)}), nil
}

func (s *Sandbox) sdkUpdateMessage(r *request) (any, error) {
	wanted := Message{Text: text(r.body["comment"]), Payload: clientPayload(r.body["payload"])}
	extras := asObject(fromJSONText(r.body["extras"]))
	room, said, err := s.updateChat(r.caller.chatUser, text(r.body["unique_id"]), wanted, extras)
	if err != nil {
		return nil, err
	}
	return results(object{"comment": s.commentRow(room, said)}), nil
}

// sdkLoadComments shows a channel to everybody.
func (s *Sandbox) sdkLoadComments(r *request) (any, error) {
	user := r.caller.chatUser
	room, err := s.state.chatRoomWith(text(r.parameters["topic_id"]))
	if err != nil {
		return nil, err
	}
	if !s.state.takesPart(room, user) && !room.isChannel() {
		return nil, notTakingPart()
	}
	seen, limit := s.state.seen(room, user), readPage(r).limit
	if last, isBounded := number(r.parameters["last_comment_id"]); isBounded && last > 0 {
		place, isOne := slices.BinarySearchFunc(seen, last, byID)
		if flag(r.parameters["after"]) {
			if isOne {
				place++
			}
			seen = seen[place:]
			seen = seen[:min(limit, len(seen))]
		} else {
			seen = seen[:place]
		}
	}
	return results(object{"comments": s.commentRows(room, seen, limit)}), nil
}

func (s *Sandbox) sdkUpdateCommentStatus(r *request) (any, error) {
	user := r.caller.chatUser
	room, err := s.ownRoom(user, r.body["room_id"])
	if err != nil {
		return nil, err
	}
	received, _ := number(r.body["last_comment_received_id"])
	read, _ := number(r.body["last_comment_read_id"])
	changed := s.mark(room, user, received, read)
	read, received = s.state.hasRead(room, user)
	return results(object{
		"changed": changed, "user_id": user.id, "user_id_str": text(user.id),
		"last_comment_read_id": read, "last_comment_read_id_str": text(read),
		"last_comment_received_id": received, "last_comment_received_id_str": text(received),
	}), nil
}

// sdkDeleteMessages deletes for everybody, whatever the two flags say: so do all clients.
// Messages that there are none of, and those that are deleted already, are left out; when
// one is somebody else's, none is deleted.
func (s *Sandbox) sdkDeleteMessages(r *request) (any, error) {
	user := r.caller.chatUser
	var rooms []*conversation
	places := map[*conversation][]int{}
	for _, uniqueID := range texts(r.parameters["unique_ids[]"]) {
		room, index, err := s.ownMessage(user, uniqueID)
		switch {
		case isNotFound(err):
			continue
		case err != nil:
			return nil, err
		case places[room] == nil:
			rooms = append(rooms, room)
		}
		if !slices.Contains(places[room], index) {
			places[room] = append(places[room], index)
		}
	}
	rows := []object{}
	for _, room := range rooms {
		s.deleteChat(user, room, places[room])
		for _, index := range places[room] {
			rows = append(rows, s.commentRow(room, room.messages[index]))
		}
	}
	return results(object{"comments": rows}), nil
}

func (s *Sandbox) sdkClearRoomMessages(r *request) (any, error) {
	user := r.caller.chatUser
	rows := []object{}
	for _, room := range s.roomsNamed(nil, r.parameters["room_channel_ids[]"]) {
		if s.state.takesPart(room, user) {
			s.clearChat(user, room)
			rows = append(rows, s.clearedRoom(room, user))
		}
	}
	return results(object{"rooms": rows}), nil
}

// sdkGetCommentReceipt lists those who have read a message among those only whom it has
// reached last: as read, and not as delivered, too.
func (s *Sandbox) sdkGetCommentReceipt(r *request) (any, error) {
	user := r.caller.chatUser
	id, _ := number(r.parameters["comment_id"])
	for room := range s.state.roomsOf(user) {
		index, ok := room.indexOf(id)
		if !ok || !room.messages[index].visibleTo(user) {
			continue
		}
		said := room.messages[index]
		lists := map[string][]object{MessageSent: {}, MessageDelivered: {}, MessageRead: {}}
		for _, other := range s.state.participantsOf(room) {
			if !s.state.wrote(room, said, other) {
				reached := s.reach(room, said, other)
				lists[reached] = append(lists[reached], object{"user": s.participantRow(room, other)})
			}
		}
		return results(object{
			"comment": s.commentRow(room, said), "pending": lists[MessageSent],
			"delivered_to": lists[MessageDelivered], "read_by": lists[MessageRead],
		}), nil
	}
	return nil, notFound("message")
}
