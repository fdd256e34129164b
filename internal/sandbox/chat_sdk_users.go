package sandbox

import (
	"slices"
	"strings"
)

func (s *Sandbox) chatUserHandlers() map[string]handler {
	return map[string]handler{
		"sdkListUsers":        s.sdkListUsers,
		"sdkBlockUser":        s.sdkBlockUser,
		"sdkUnblockUser":      s.sdkUnblockUser,
		"sdkListBlockedUsers": s.sdkListBlockedUsers,
		"sdkGetUsersStatus":   s.sdkGetUsersStatus,
	}
}

// sdkListUsers searches in names and ids.
func (s *Sandbox) sdkListUsers(r *request) (any, error) {
	query := strings.ToLower(text(r.parameters["query"]))
	var users []*chatUser
	for user := range s.state.allChatUsers() {
		named := strings.ToLower(user.name() + " " + user.userID)
		if user.active && strings.Contains(named, query) {
			users = append(users, user)
		}
	}
	return results(userList(users, r, "username asc")), nil
}

// sdkBlockUser lets what the user posts in the room of the two no longer arrive. The user
// does not learn of it.
func (s *Sandbox) sdkBlockUser(r *request) (any, error) {
	user, other, err := s.callerAndOther(r)
	if err != nil {
		return nil, err
	}
	if !user.hasBlocked(other) {
		user.blocked = append(user.blocked, other.id)
	}
	return results(object{"user": s.userRow(other)}), nil
}

// sdkUnblockUser lets what the user posts from now on arrive. What did not, does not come.
func (s *Sandbox) sdkUnblockUser(r *request) (any, error) {
	user, other, err := s.callerAndOther(r)
	if err != nil {
		return nil, err
	}
	user.blocked = slices.DeleteFunc(user.blocked, func(id int64) bool { return id == other.id })
	return results(object{"user": s.userRow(other)}), nil
}

// callerAndOther are the caller and the user whom a request is about.
func (s *Sandbox) callerAndOther(r *request) (user, other *chatUser, err error) {
	user = r.caller.chatUser
	if other, err = s.state.chatUser(text(r.body["user_email"])); err != nil {
		return nil, nil, err
	}
	if other.id == user.id {
		return nil, nil, badRequest("nobody can block themselves")
	}
	s.state.keepChatUser(user)
	return user, other, nil
}

func (s *Sandbox) sdkListBlockedUsers(r *request) (any, error) {
	user := r.caller.chatUser
	var blocked []*chatUser
	for other := range s.state.allChatUsers() {
		if user.hasBlocked(other) {
			blocked = append(blocked, other)
		}
	}
	sortUsers(blocked, "username")
	rows := []object{}
	for _, other := range cutPage(blocked, readPage(r)) {
		rows = append(rows, s.userRow(other))
	}
	return results(object{"blocked_users": rows, "total": len(blocked)}), nil
}

// sdkGetUsersStatus leaves out whom there is not. Somebody who was never online has been
// offline since they exist.
func (s *Sandbox) sdkGetUsersStatus(r *request) (any, error) {
	rows := []object{}
	for _, userID := range texts(r.body["user_ids"]) {
		user, ok := s.state.findChatUser(userID)
		if !ok {
			continue
		}
		row := object{"email": userID, "status": 0, "timestamp": user.created.Unix()}
		online, since := s.realtime.presence(userID)
		if online {
			row["status"] = 1
		}
		if !since.IsZero() {
			row["timestamp"] = since.Unix()
		}
		rows = append(rows, row)
	}
	return results(object{"user_status": rows}), nil
}
