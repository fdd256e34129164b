package sandbox

import "slices"

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

// createRoomTag tags a room; a tag that the app does not have yet is made.
func (s *Sandbox) createRoomTag(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	name := text(r.body["tag"])
	if slices.ContainsFunc(room.tags, func(tag roomTag) bool { return tag.name == name }) {
		return nil, badRequest("Tag already exist")
	}
	now := s.config.Now()
	if s.state.tags[name] == nil {
		s.state.tags[name] = &tag{id: s.state.tagIDs.next(), name: name, made: now}
	}
	added := roomTag{tag: s.state.tags[name], at: now}
	room.tags = append(room.tags, added)
	return data(tagRow(added)), nil
}

// deleteRoomTag takes a tag off a room. The tag itself stays. What the platform
// answers about a tag that the room has not is unknown.
func (s *Sandbox) deleteRoomTag(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	id := text(r.parameters["tag_id"])
	i := slices.IndexFunc(room.tags, func(tag roomTag) bool { return text(tag.id) == id })
	if i < 0 {
		return nil, notFound("tag in the room")
	}
	room.tags = slices.Delete(room.tags, i, i+1)
	return nil, nil //nolint:nilnil // an empty body
}

func tagRow(tag roomTag) object {
	return object{
		"id": tag.id, "name": tag.name, "created_at": zoned(tag.made), "updated_at": zoned(tag.made),
		"room_tag_created_at": zoned(tag.at),
	}
}
