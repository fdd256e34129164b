package sandbox

import "slices"

// Of a room by itself come so many of the newest messages, and of a list so many rooms.
const (
	newestComments = 20
	maxListedRooms = 50
)

func (s *Sandbox) chatRoomHandlers() map[string]handler {
	return map[string]handler{
		"sdkGetOrCreateRoomWithTarget":   s.sdkGetOrCreateRoomWithTarget,
		"sdkCreateRoom":                  s.sdkCreateRoom,
		"sdkGetOrCreateRoomWithUniqueID": s.sdkGetOrCreateRoomWithUniqueID,
		"sdkGetRoomByID":                 s.sdkGetRoomByID,
		"sdkGetRoomsInfo":                s.sdkGetRoomsInfo,
		"sdkListUserRooms":               s.sdkListUserRooms,
		"sdkUpdateRoom":                  s.sdkUpdateRoom,
		"sdkListRoomParticipants":        s.sdkListRoomParticipants,
		"sdkAddRoomParticipants":         s.sdkAddRoomParticipants,
		"sdkRemoveRoomParticipants":      s.sdkRemoveRoomParticipants,
		"sdkGetTotalUnreadCount":         s.sdkGetTotalUnreadCount,
		"sdkGetRoomUnreadCount":          s.sdkGetRoomUnreadCount,
	}
}

// ownRoom finds a room that a user takes part in. Others are refused, also those that
// there are none of: who does not take part need not know.
func (s *Sandbox) ownRoom(user *chatUser, id any) (*conversation, error) {
	room, err := s.state.chatRoomWith(text(id))
	if err != nil {
		return nil, err
	}
	if !s.state.takesPart(room, user) {
		return nil, notTakingPart()
	}
	return room, nil
}

// roomAnswer is a room with its newest messages.
func (s *Sandbox) roomAnswer(room *conversation, user *chatUser) object {
	return object{
		"room": s.roomRow(room, user), "comments": s.commentRows(room, s.state.seen(room, user), newestComments),
	}
}

func (s *Sandbox) sdkGetOrCreateRoomWithTarget(r *request) (any, error) {
	user, ids := r.caller.chatUser, texts(r.body["emails"])
	others, err := s.state.chatUsersNamed(ids)
	if err != nil {
		return nil, err
	}
	if len(others) != 1 {
		return nil, badRequest("a room of two needs one other user")
	}
	room, err := s.state.singleRoomOf(user, others[0], optionsText(r.body["options"]), s.now())
	if err != nil {
		return nil, err
	}
	return results(s.roomAnswer(room, user)), nil
}

// clientPlan is the room that a user's request describes.
func (s *Sandbox) clientPlan(r *request, name string) chatRoomPlan {
	return chatRoomPlan{
		name: text(r.body[name]), avatar: text(r.body["avatar_url"]), options: optionsText(r.body["options"]),
		creator: r.caller.chatUser.userID, created: s.now(),
	}
}

// sdkCreateRoom makes the caller a participant, too.
func (s *Sandbox) sdkCreateRoom(r *request) (any, error) {
	user := r.caller.chatUser
	users, err := s.state.chatUsersNamed(append([]string{user.userID}, texts(r.body["participants"])...))
	if err != nil {
		return nil, err
	}
	room, err := s.state.groupOf(s.clientPlan(r, "name"), users)
	if err != nil {
		return nil, err
	}
	return results(s.roomAnswer(room, user)), nil
}

// sdkGetOrCreateRoomWithUniqueID lets the caller join the channel.
func (s *Sandbox) sdkGetOrCreateRoomWithUniqueID(r *request) (any, error) {
	user, plan := r.caller.chatUser, s.clientPlan(r, "name")
	plan.uniqueID = text(r.body["unique_id"])
	room, changed, err := s.state.channelOf(plan, []*chatUser{user})
	if err != nil {
		return nil, err
	}
	answer := s.roomAnswer(room, user)
	answer["changed"] = changed
	return results(answer), nil
}

// sdkGetRoomByID shows a channel to everybody.
func (s *Sandbox) sdkGetRoomByID(r *request) (any, error) {
	user := r.caller.chatUser
	room, err := s.state.chatRoomWith(text(r.parameters["id"]))
	if err != nil {
		return nil, err
	}
	isParticipant := s.state.takesPart(room, user)
	if !isParticipant && !room.isChannel() {
		return nil, notTakingPart()
	}
	answer := s.roomAnswer(room, user)
	answer["is_participant"] = isParticipant
	return results(answer), nil
}

// sdkGetRoomsInfo leaves out the rooms of others, but for channels.
func (s *Sandbox) sdkGetRoomsInfo(r *request) (any, error) {
	user, rows := r.caller.chatUser, []object{}
	rooms := s.roomsNamed(r.body["room_id"], r.body["room_unique_id"])
	for _, room := range rooms {
		wasIn := flag(r.body["show_removed"]) && room.member(user) != nil
		if s.state.takesPart(room, user) || room.isChannel() || wasIn {
			rows = append(rows, s.roomInfoRow(room, user, flag(r.body["show_participants"])))
		}
	}
	asked := len(texts(r.body["room_id"])) + len(texts(r.body["room_unique_id"]))
	page := numberedPage{positive(r.body["page"], 1), maxListedRooms}
	return results(object{
		"meta":       object{"request_rooms_total": asked, "response_rooms_total": len(rows)},
		"rooms_info": cutPage(rows, page),
	}), nil
}

// sdkListUserRooms lists rooms by their last message, the newest first. Which rooms are
// meant by default is not known; here it is all.
func (s *Sandbox) sdkListUserRooms(r *request) (any, error) {
	user := r.caller.chatUser
	rooms := slices.Collect(s.state.roomsOf(user))
	if flag(r.parameters["show_removed"]) {
		for _, room := range user.rooms {
			if !s.state.takesPart(room, user) {
				rooms = append(rooms, room)
			}
		}
	}
	kind, withEmpty := text(r.parameters["room_type"]), flag(r.parameters["show_empty"])
	rooms = slices.DeleteFunc(rooms, func(room *conversation) bool {
		return !room.isOf(kind) || !withEmpty && len(s.state.seen(room, user)) == 0
	})
	slices.SortFunc(rooms, byActivity)
	page := readPage(r)
	page.limit = min(page.limit, maxListedRooms)
	rows := []object{}
	for _, room := range cutPage(rooms, page) {
		rows = append(rows, s.roomInfoRow(room, user, flag(r.parameters["show_participants"])))
	}
	return results(object{
		"meta": object{"current_page": page.number, "total_room": len(rooms)}, "rooms_info": rows,
	}), nil
}

// isOf tells whether a room is of a kind, as users call the kinds.
func (c *conversation) isOf(kind string) bool {
	switch kind {
	case "single":
		return c.isSingle()
	case "group":
		return !c.isSingle() && !c.isChannel()
	case "public_channel":
		return c.isChannel()
	default:
		return true
	}
}

// sdkUpdateRoom says in the room what has another name or picture.
func (s *Sandbox) sdkUpdateRoom(r *request) (any, error) {
	user := r.caller.chatUser
	room, err := s.ownRoom(user, r.body["id"])
	if err != nil {
		return nil, err
	}
	if room.isSingle() {
		return nil, badRequest("the room is no group")
	}
	name, picture := room.name, room.avatar
	changed := s.state.describe(room, s.clientPlan(r, "room_name"))
	if room.name != name {
		s.tellInRoom(room, chatHappening{kind: "change_room_name", by: user})
	}
	if room.avatar != picture {
		s.tellInRoom(room, chatHappening{kind: "change_room_avatar", by: user})
	}
	answer := s.roomAnswer(room, user)
	answer["changed"] = changed
	return results(answer), nil
}

func (s *Sandbox) sdkListRoomParticipants(r *request) (any, error) {
	room, err := s.state.chatRoomNamed(text(r.parameters["room_unique_id"]))
	if err != nil {
		return nil, err
	}
	if !s.state.takesPart(room, r.caller.chatUser) && !room.isChannel() {
		return nil, notTakingPart()
	}
	users := s.state.participantsOf(room)
	sortUsers(users, "username "+text(r.parameters["sorting"]))
	page := readPage(r)
	offset := page.skip()
	if skipped, ok := number(r.parameters["offset"]); ok && r.parameters["page"] == nil {
		offset = int(min(skipped, int64(len(users))))
	}
	left := users[min(offset, len(users)):]
	return results(object{
		"meta": object{
			"current_offset": offset, "current_page": page.number, "per_page": page.limit, "total": len(users),
		},
		"participants": s.participantRows(room, left[:min(page.limit, len(left))]),
	}), nil
}

// ownGroup is a room whose participants the caller may change, and the users whom a
// request names.
func (s *Sandbox) ownGroup(r *request) (*conversation, []*chatUser, error) {
	room, users, err := s.groupAndUsers(r.body["room_id"], r.body["emails"])
	if err == nil && !s.state.takesPart(room, r.caller.chatUser) {
		err = notTakingPart()
	}
	return room, users, err
}

// sdkAddRoomParticipants says in the room who has come.
func (s *Sandbox) sdkAddRoomParticipants(r *request) (any, error) {
	room, users, err := s.ownGroup(r)
	if err != nil {
		return nil, err
	}
	joined, err := s.state.join(room, users)
	if err != nil {
		return nil, err
	}
	if len(joined) > 0 {
		s.tellInRoom(room, chatHappening{kind: "add_member", by: r.caller.chatUser, to: joined})
	}
	return results(object{"participants_added": s.participantRows(room, joined)}), nil
}

// sdkRemoveRoomParticipants says in the room who has gone. One's own going reads otherwise
// than that of others.
func (s *Sandbox) sdkRemoveRoomParticipants(r *request) (any, error) {
	room, users, err := s.ownGroup(r)
	if err != nil {
		return nil, err
	}
	left := s.state.leave(room, users)
	ids, others := []string{}, []*chatUser{}
	for _, user := range left {
		ids = append(ids, user.userID)
		if user.id == r.caller.chatUser.id {
			s.tellInRoom(room, chatHappening{kind: "left_room", by: user})
		} else {
			others = append(others, user)
		}
	}
	if len(others) > 0 {
		s.tellInRoom(room, chatHappening{kind: "remove_member", by: r.caller.chatUser, to: others})
	}
	return results(object{"participants_removed": ids}), nil
}

func (s *Sandbox) sdkGetTotalUnreadCount(r *request) (any, error) {
	return results(object{"total_unread_count": s.countUnreadOf(r.caller.chatUser, anyMessage)}), nil
}

// sdkGetRoomUnreadCount counts rooms, in spite of the name of its answer.
func (s *Sandbox) sdkGetRoomUnreadCount(r *request) (any, error) {
	count := 0
	for room := range s.state.roomsOf(r.caller.chatUser) {
		if s.countUnread(room, r.caller.chatUser, anyMessage) > 0 {
			count++
		}
	}
	return results(object{"total_unread_count": count}), nil
}
