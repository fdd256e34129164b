package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// found is a message and its room.
type found struct {
	room *conversation
	said Message
}

// searchChat finds messages in a user's rooms, the newest first. What the platform says by
// itself, and what was deleted, is not found.
func (s *Sandbox) searchChat(
	user *chatUser, in func(*conversation) bool, fits func(*conversation, Message) bool,
) []found {
	var all []found
	for room := range s.state.roomsOf(user) {
		if !in(room) {
			continue
		}
		for _, said := range s.state.seen(room, user) {
			if said.Type != systemEvent && !said.isDeleted() && fits(room, said) {
				all = append(all, found{room, said})
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(b.said.ID, a.said.ID) })
	return all
}

// foundPage is a page of what was found, whose total is text.
func (s *Sandbox) foundPage(all []found, page numberedPage) object {
	return object{
		"comments": s.foundRows(cutPage(all, page)), "page": page.number, "limit": page.limit,
		"total": text(int64(len(all))),
	}
}

func (s *Sandbox) foundRows(all []found) []object {
	rows := []object{}
	for _, one := range all {
		rows = append(rows, s.commentRow(one.room, one.said))
	}
	return rows
}

// bodyPage reads page and limit of a body.
func bodyPage(r *request) numberedPage {
	return numberedPage{positive(r.body["page"], 1), positive(r.body["limit"], defaultRows)}
}

// inRooms lets rooms through that a request names; all of them when it names none.
func inRooms(r *request) func(*conversation) bool {
	ids := texts(r.body["room_ids"])
	return func(room *conversation) bool { return len(ids) == 0 || slices.Contains(ids, room.id) }
}

// bySender lets messages through that somebody wrote; all of them when nobody is named.
func (s *Sandbox) bySender(sender string) func(*conversation, Message) bool {
	return func(room *conversation, said Message) bool {
		return sender == "" || s.state.writer(room, said).userID == sender
	}
}

func holds(said Message, query string) bool {
	return strings.Contains(strings.ToLower(said.Text), strings.ToLower(query))
}

func (s *Sandbox) sdkSearch(r *request) (any, error) {
	types, kind := texts(r.body["type"]), text(r.body["room_type"])
	if one := text(r.body["type"]); one != "" {
		types = []string{one}
	}
	isNamed, isSenders := inRooms(r), s.bySender(text(r.body["sender"]))
	in := func(room *conversation) bool {
		isPublic, asks := r.body["is_public"].(bool)
		return isNamed(room) && (kind == "" || kind == roomType(room)) && (!asks || isPublic == room.isChannel())
	}
	all := s.searchChat(r.caller.chatUser, in, func(room *conversation, said Message) bool {
		isType := len(types) == 0 || slices.Contains(types, said.Type)
		return isType && holds(said, text(r.body["query"])) && isSenders(room, said)
	})
	return results(s.foundPage(all, bodyPage(r))), nil
}

// sdkSearchMessages is older: it has no total, and two ways to go on.
func (s *Sandbox) sdkSearchMessages(r *request) (any, error) {
	room := text(r.body["room_id"])
	before, isBounded := number(r.body["last_comment_id"])
	in := func(one *conversation) bool { return room == "" || one.id == room }
	all := s.searchChat(r.caller.chatUser, in, func(_ *conversation, said Message) bool {
		return holds(said, text(r.body["query"])) && (!isBounded || before == 0 || said.ID < before)
	})
	return results(object{"comments": s.foundRows(cutPage(all, bodyPage(r)))}), nil
}
