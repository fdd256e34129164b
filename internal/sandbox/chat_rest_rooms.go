package sandbox

import (
	"cmp"
	"slices"
)

func (s *Sandbox) chatRestRoomHandlers() map[string]handler {
	return map[string]handler{
		"restCreateRoom":                s.restCreateRoom,
		"restGetOrCreateRoomWithTarget": s.restGetOrCreateRoomWithTarget,
		"restGetOrCreateChannel":        s.restGetOrCreateChannel,
		"restGetRoomsInfo":              s.restGetRoomsInfo,
		"restUpdateRoom":                s.restUpdateRoom,
		"restListRoomParticipants":      s.restListRoomParticipants,
		"restAddRoomParticipants":       s.restAddRoomParticipants,
		"restRemoveRoomParticipants":    s.restRemoveRoomParticipants,
		"restListUserRooms":             s.restListUserRooms,
		"restCountUnread":               s.restCountUnread,
	}
}

// optionsText is a room's options as they are kept: JSON inside text.
func optionsText(value any) string {
	if members, isObject := value.(object); isObject {
		return jsonText(members)
	}
	return text(value)
}

// planOf is the room that a server's request describes.
func (s *Sandbox) planOf(r *request) chatRoomPlan {
	return chatRoomPlan{
		name: text(r.body["room_name"]), avatar: text(r.body["room_avatar_url"]),
		options: optionsText(r.body["room_options"]), created: s.now(),
	}
}

// restCreateRoom does not make its creator a participant, who need not even be one.
func (s *Sandbox) restCreateRoom(r *request) (any, error) {
	users, err := s.state.chatUsersNamed(texts(r.body["participants"]))
	if err != nil {
		return nil, err
	}
	creator, err := s.state.chatUser(text(r.body["creator"]))
	if err != nil {
		return nil, err
	}
	plan := s.planOf(r)
	plan.creator = creator.userID
	room, err := s.state.groupOf(plan, users)
	if err != nil {
		return nil, err
	}
	return results(object{"room": s.serverRoom(room)}), nil
}

func (s *Sandbox) restGetOrCreateRoomWithTarget(r *request) (any, error) {
	ids := texts(r.body["user_ids"])
	one, err := s.state.chatUser(ids[0])
	if err != nil {
		return nil, err
	}
	other, err := s.state.chatUser(ids[1])
	if err != nil {
		return nil, err
	}
	room, err := s.state.singleRoomOf(one, other, optionsText(r.body["room_options"]), s.now())
	if err != nil {
		return nil, err
	}
	return results(object{"room": s.serverRoom(room)}), nil
}

func (s *Sandbox) restGetOrCreateChannel(r *request) (any, error) {
	users, err := s.state.chatUsersNamed(texts(r.body["participants"]))
	if err != nil {
		return nil, err
	}
	plan := s.planOf(r)
	plan.uniqueID = text(r.body["unique_id"])
	room, changed, err := s.state.channelOf(plan, users)
	if err != nil {
		return nil, err
	}
	return results(object{"changed": changed, "room": s.serverRoom(room)}), nil
}

// roomsNamed are the rooms that a request names by their ids and their unique ids. Those
// that there are none of are left out.
func (s *Sandbox) roomsNamed(ids, uniqueIDs any) []*conversation {
	rooms := []*conversation{}
	add := func(room *conversation, err error) {
		if err == nil && !slices.Contains(rooms, room) {
			rooms = append(rooms, room)
		}
	}
	for _, id := range texts(ids) {
		add(s.state.chatRoomWith(id))
	}
	for _, uniqueID := range texts(uniqueIDs) {
		add(s.state.chatRoomNamed(uniqueID))
	}
	return rooms
}

func (s *Sandbox) restGetRoomsInfo(r *request) (any, error) {
	rooms := s.roomsNamed(r.parameters["room_ids[]"], r.parameters["room_channel_ids[]"])
	return results(object{"rooms": s.serverRooms(rooms)}), nil
}

// restUpdateRoom refuses rooms of two, which have neither a name nor a picture. What is
// empty stays as it is.
func (s *Sandbox) restUpdateRoom(r *request) (any, error) {
	room, err := s.state.chatRoomWith(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	if room.isSingle() {
		return nil, badRequest("the room is no group")
	}
	plan := s.planOf(r)
	plan.uniqueID = text(r.body["room_channel_id"])
	if other, missing := s.state.chatRoomNamed(plan.uniqueID); missing == nil && other != room {
		return nil, badRequest("room_channel_id has already been taken")
	}
	changed := s.state.describe(room, plan)
	return results(object{"changed": changed, "room": s.serverRoom(room)}), nil
}

func (s *Sandbox) restListRoomParticipants(r *request) (any, error) {
	room, err := s.state.chatRoom(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	users := cutPage(s.state.participantsOf(room), readPage(r))
	return results(object{"participants": serverUsers(users)}), nil
}

// groupAndUsers are the room and the users of a request that adds or removes some.
func (s *Sandbox) groupAndUsers(roomID, userIDs any) (*conversation, []*chatUser, error) {
	room, err := s.state.chatRoom(text(roomID))
	if err != nil {
		return nil, nil, err
	}
	if room.isSingle() {
		return nil, nil, badRequest("a room of two has always the same participants")
	}
	users, err := s.state.chatUsersNamed(texts(userIDs))
	return room, users, err
}

// restAddRoomParticipants answers with those who were not in the room before.
func (s *Sandbox) restAddRoomParticipants(r *request) (any, error) {
	room, users, err := s.groupAndUsers(r.body["room_id"], r.body["user_ids"])
	if err != nil {
		return nil, err
	}
	joined, err := s.state.join(room, users)
	if err != nil {
		return nil, err
	}
	return results(object{"participants_added": serverUsers(joined)}), nil
}

// restRemoveRoomParticipants answers with those who were in the room before.
func (s *Sandbox) restRemoveRoomParticipants(r *request) (any, error) {
	room, users, err := s.groupAndUsers(r.body["room_id"], r.body["user_ids"])
	if err != nil {
		return nil, err
	}
	return results(object{"participants_removed": serverUsers(s.state.leave(room, users))}), nil
}

// byActivity orders rooms by their last message, the newest first.
func byActivity(a, b *conversation) int {
	return cmp.Or(cmp.Compare(b.lastID(), a.lastID()), b.created.Compare(a.created), cmp.Compare(b.id, a.id))
}

// restListUserRooms gives the first hundred when no page is wanted.
func (s *Sandbox) restListUserRooms(r *request) (any, error) {
	user, ok := s.state.findChatUser(text(r.parameters["user_id"]))
	if !ok {
		return nil, notFound("user")
	}
	kind := text(r.parameters["room_type"])
	var rooms []*conversation
	for room := range s.state.roomsOf(user) {
		if kind == "" || kind == roomType(room) {
			rooms = append(rooms, room)
		}
	}
	slices.SortFunc(rooms, byActivity)
	page := readPage(r)
	page.limit = min(positive(r.parameters["limit"], maxRoomRows), maxRoomRows)
	return results(object{
		"meta":  object{"current_page": page.number, "total_room": len(rooms)},
		"rooms": s.serverRooms(cutPage(rooms, page)),
	}), nil
}

// restCountUnread counts in all rooms of the user when none is named.
func (s *Sandbox) restCountUnread(r *request) (any, error) {
	user, ok := s.state.findChatUser(text(r.parameters["user_id"]))
	if !ok {
		return nil, notFound("user")
	}
	rooms := s.roomsNamed(r.parameters["room_ids[]"], r.parameters["room_channel_ids[]"])
	if r.parameters["room_ids[]"] == nil && r.parameters["room_channel_ids[]"] == nil {
		rooms = slices.Collect(s.state.roomsOf(user))
	}
	rows := []object{}
	for _, room := range rooms {
		if s.state.takesPart(room, user) {
			rows = append(rows, object{"room_id": room.id, "unread_count": s.countUnread(room, user, anyMessage)})
		}
	}
	return results(object{"unread_counts": rows}), nil
}
