package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

func (s *Sandbox) listRoomTags(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, tag := range room.tags {
		rows = append(rows, tagRow(tag))
	}
	return data(rows), nil
}

// createRoomTag tags a room.
func (s *Sandbox) createRoomTag(r *request) (any, error) {
	tag, err := s.tagRoom(r.caller.user, text(r.parameters["room_id"]), text(r.body["tag"]))
	if err != nil {
		return nil, err
	}
	return data(tagRow(tag)), nil
}

// tagRoom puts a tag on a room; one that the app does not have yet is made, if the
// member of the staff may do that.
func (s *Sandbox) tagRoom(by *staff, roomID, name string) (roomTag, error) {
	room, err := s.state.room(roomID)
	if err != nil {
		return roomTag{}, err
	}
	return s.tag(by, room, name)
}

func (s *Sandbox) tag(by *staff, room *room, name string) (roomTag, error) {
	if slices.ContainsFunc(room.tags, func(tag roomTag) bool { return tag.name == name }) {
		return roomTag{}, badRequest("Tag already exist")
	}
	if name == "" {
		return roomTag{}, badRequest("tag is required")
	}
	now := s.now()
	if s.state.tags[name] == nil {
		if by.Type == TypeAgent && !s.state.settings.switches.newTags {
			return roomTag{}, refuse(http.StatusForbidden, "agents may not make new tags")
		}
		s.state.tags[name] = &tag{id: s.state.tagIDs.next(), name: name, made: now}
		s.state.touch(s.state.tags[name])
	}
	added := roomTag{tag: s.state.tags[name], at: now}
	room.tags = append(room.tags, added)
	return added, nil
}

// listRoomTagsV1 has ids and names only.
func (s *Sandbox) listRoomTagsV1(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, tag := range room.tags {
		rows = append(rows, shortTagRow(tag.tag))
	}
	return data(rows), nil
}

func (s *Sandbox) createRoomTagV1(r *request) (any, error) {
	tag, err := s.tagRoom(r.caller.user, text(r.body["room_id"]), text(r.body["tag"]))
	if err != nil {
		return nil, err
	}
	return data(shortTagRow(tag.tag)), nil
}

// listTags searches the app's tags, the oldest first. How the platform tells its
// pages is not known, so nothing does.
func (s *Sandbox) listTags(r *request) (any, error) {
	wanted := strings.ToLower(text(r.parameters["name"]))
	var found []*tag
	for _, tag := range s.state.tags {
		if strings.Contains(strings.ToLower(tag.name), wanted) {
			found = append(found, tag)
		}
	}
	slices.SortFunc(found, func(a, b *tag) int { return cmp.Compare(a.id, b.id) })
	rows := []object{}
	for _, tag := range cutPage(found, readPage(r)) {
		row := shortTagRow(tag)
		row["created_at"], row["updated_at"] = zoned(tag.made), zoned(tag.made)
		rows = append(rows, row)
	}
	return data(rows), nil
}

// deleteRoomTag takes a tag off a room. The tag itself stays. What the platform
// answers about a tag that the room has not is unknown.
func (s *Sandbox) deleteRoomTag(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	id := text(r.parameters["tag_id"])
	if !room.untag(func(tag roomTag) bool { return text(tag.id) == id }) {
		return nil, notFound("tag in the room")
	}
	return nil, nil // an empty body
}

// untag takes the tag off that is meant, if the room has it.
func (r *room) untag(isIt func(roomTag) bool) bool {
	i := slices.IndexFunc(r.tags, isIt)
	if i < 0 {
		return false
	}
	r.tags = slices.Delete(r.tags, i, i+1)
	return true
}

// tagRow is a tag on a room, with its times.
func tagRow(tag roomTag) object {
	row := shortTagRow(tag.tag)
	row["created_at"], row["updated_at"] = zoned(tag.made), zoned(tag.made)
	row["room_tag_created_at"] = zoned(tag.at)
	return row
}

func shortTagRow(tag *tag) object { return object{"id": tag.id, "name": tag.name} }
