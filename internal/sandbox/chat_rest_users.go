package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

func (s *Sandbox) chatRestUserHandlers() map[string]handler {
	return map[string]handler{
		"restGetUserProfile":      s.restGetUserProfile,
		"restLoginOrRegister":     s.restLoginOrRegister,
		"restGetUserToken":        s.restGetUserToken,
		"restResetUserToken":      s.restResetUserToken,
		"restListUsers":           s.restListUsers,
		"restListUnreadUsers":     s.restListUnreadUsers,
		"restCountUnreadOfUsers":  s.restCountUnreadOfUsers,
		"restDeactivateUsers":     s.restDeactivateUsers,
		"restReactivateUsers":     s.restReactivateUsers,
		"restGetAverageReplyTime": s.restGetAverageReplyTime,
	}
}

func (s *Sandbox) restGetUserProfile(r *request) (any, error) {
	user, ok := s.state.findChatUser(text(r.parameters["user_id"]))
	if !ok {
		return nil, notFound("user")
	}
	return results(object{"user": serverUser(user)}), nil
}

// restLoginOrRegister leaves the password of a user who exists as it is, unless another
// one is sent.
func (s *Sandbox) restLoginOrRegister(r *request) (any, error) {
	user := s.state.registerChatUser(
		text(r.body["user_id"]), text(r.body["username"]), text(r.body["avatar_url"]),
		asObject(fromJSONText(r.body["extras"])), s.now(),
	)
	user.password = orDefault(text(r.body["password"]), user.password)
	user.password = orDefault(user.password, newSecret("cp"))
	return results(object{"user": serverUser(user)}), nil
}

func (s *Sandbox) restGetUserToken(r *request) (any, error) {
	user, err := s.state.chatUser(text(r.parameters["user_id"]))
	if err != nil {
		return nil, err
	}
	return results(object{"token": s.state.chatTokenOf(user, s.now()).text}), nil
}

func (s *Sandbox) restResetUserToken(r *request) (any, error) {
	user, err := s.state.chatUser(text(r.body["user_id"]))
	if err != nil {
		return nil, err
	}
	s.state.voidChatTokens(user)
	return results(object{"token": s.state.issueChatToken(user, s.now()).text}), nil
}

// restListUsers leaves out who is deactivated, unless all are wanted.
func (s *Sandbox) restListUsers(r *request) (any, error) {
	all := flag(r.parameters["show_all"])
	var users []*chatUser
	for user := range s.state.allChatUsers() {
		if user.active || all {
			users = append(users, user)
		}
	}
	return results(userList(users, r, "created_at desc")), nil
}

// userList is a page of users in the order that a request wants.
func userList(users []*chatUser, r *request, order string) object {
	sortUsers(users, orDefault(text(r.parameters["order_query"]), order))
	page := readPage(r)
	rows := []object{}
	for _, user := range cutPage(users, page) {
		rows = append(rows, listedUser(user))
	}
	return object{
		"meta":  object{"total_data": len(users), "total_page": page.last(len(users))},
		"users": rows,
	}
}

// sortUsers orders users as a database would: by a column, ascending unless it is said to
// be descending. Of columns that there are none of, the id is taken.
func sortUsers(users []*chatUser, order string) {
	column, direction, _ := strings.Cut(strings.ToLower(order), " ")
	turn := 1
	if strings.HasPrefix(strings.TrimSpace(direction), "desc") {
		turn = -1
	}
	slices.SortFunc(users, func(a, b *chatUser) int {
		by := 0
		switch column {
		case "created_at":
			by = a.created.Compare(b.created)
		case "updated_at":
			by = a.updated.Compare(b.updated)
		case "username", "name":
			by = strings.Compare(a.name(), b.name())
		case "email":
			by = strings.Compare(a.userID, b.userID)
		}
		return turn * cmp.Or(by, cmp.Compare(a.id, b.id))
	})
}

// restListUnreadUsers takes a limit that is none for the greatest, as the platform does.
func (s *Sandbox) restListUnreadUsers(r *request) (any, error) {
	wanted := within(r.parameters["start_time"], r.parameters["end_time"])
	var ids []string
	for user := range s.state.allChatUsers() {
		if user.active && s.countUnreadOf(user, wanted) > 0 {
			ids = append(ids, user.userID)
		}
	}
	slices.Sort(ids)
	page := readPage(r)
	page.limit = maxRoomRows
	if limit, ok := number(r.parameters["limit"]); ok && limit >= 1 && limit <= maxRoomRows {
		page.limit = int(limit)
	}
	return results(object{"user_ids": append([]string{}, cutPage(ids, page)...)}), nil
}

// maxRoomRows is how many rows a server gets at once of most lists.
const maxRoomRows = 100

// countUnreadOf counts what a user has not read, in all rooms.
func (s *Sandbox) countUnreadOf(user *chatUser, wanted func(Message) bool) (count int) {
	for room := range s.state.roomsOf(user) {
		count += s.countUnread(room, user, wanted)
	}
	return count
}

// within lets messages through that were said between two times, in UTC; either may be
// left out.
func within(start, end any) func(Message) bool {
	from, hasStart := clockTime(start)
	to, hasEnd := clockTime(end)
	return func(said Message) bool {
		return (!hasStart || !said.At.Before(from)) && (!hasEnd || said.At.Before(to.Add(time.Second)))
	}
}

// clockTime reads a time as servers write it.
func clockTime(value any) (time.Time, bool) {
	read, err := time.Parse(time.DateTime, text(value))
	return read, err == nil
}

// restCountUnreadOfUsers leaves out whom there is not.
func (s *Sandbox) restCountUnreadOfUsers(r *request) (any, error) {
	wanted := within(r.parameters["start_time"], r.parameters["end_time"])
	rows := []object{}
	for _, userID := range texts(r.parameters["user_ids[]"]) {
		if user, ok := s.state.findChatUser(userID); ok {
			rows = append(rows, object{"user_id": userID, "unread_count": s.countUnreadOf(user, wanted)})
		}
	}
	return results(object{"user_unread_count": rows}), nil
}

func (s *Sandbox) restDeactivateUsers(r *request) (any, error) {
	return s.setActive(r, false, "successfully deactivate user")
}

func (s *Sandbox) restReactivateUsers(r *request) (any, error) {
	return s.setActive(r, true, "successfully reactivate user")
}

// setActive changes all users or, when one does not exist, none. What the tokens of those
// are good for who are not active is not known; here they are refused.
func (s *Sandbox) setActive(r *request, active bool, done string) (any, error) {
	users, err := s.state.chatUsersNamed(texts(r.body["user_ids"]))
	if err != nil {
		return nil, err
	}
	for _, user := range users {
		user.active, user.updated = active, s.now()
	}
	return results(object{"message": done}), nil
}

// restGetAverageReplyTime counts seconds, from the first message that waits for an answer.
func (s *Sandbox) restGetAverageReplyTime(r *request) (any, error) {
	user, ok := s.state.findChatUser(text(r.parameters["user_id"]))
	if !ok {
		return nil, notFound("user")
	}
	wanted := within(r.parameters["start_time"], r.parameters["end_time"])
	var waits []int64
	for room := range s.state.roomsOf(user) {
		waits = append(waits, s.replyTimes(room, user, wanted)...)
	}
	duration := object{"average": 0, "longest": 0, "shortest": 0}
	if len(waits) > 0 {
		sum := int64(0)
		for _, wait := range waits {
			sum += wait
		}
		duration["average"] = sum / int64(len(waits))
		duration["longest"], duration["shortest"] = slices.Max(waits), slices.Min(waits)
	}
	return results(object{
		"data":       object{"user_id": user.userID, "duration": duration},
		"start_time": r.parameters["start_time"], "end_time": r.parameters["end_time"],
	}), nil
}

// replyTimes are the seconds that others have waited for a user's answers in a room.
func (s *Sandbox) replyTimes(room *conversation, user *chatUser, wanted func(Message) bool) (waits []int64) {
	var since time.Time
	for _, said := range room.messages {
		switch {
		case said.Type == systemEvent || !wanted(said):
		case !s.state.wrote(room, said, user):
			if since.IsZero() {
				since = said.At
			}
		case !since.IsZero():
			waits = append(waits, int64(said.At.Sub(since)/time.Second))
			since = time.Time{}
		}
	}
	return waits
}
