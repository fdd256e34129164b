package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// listAgents knows both ways of paging; a cursor goes before a page number. Unlike
// those of other calls, its numbers of customers are old.
func (s *Sandbox) listAgents(r *request) (any, error) {
	found := s.searchStaff(r)
	return s.agentWindow(found, r, len(found), func(member *staff) object {
		row := s.agentV2(member)
		row["current_customer_count"] = member.load.told(s.now())
		return row
	})
}

// searchStaff filters the staff. A plain search looks at names and addresses.
func (s *Sandbox) searchStaff(r *request) []*staff {
	search := strings.ToLower(text(r.parameters["search"]))
	scope := text(r.parameters["scope"])
	agentsOnly := text(r.parameters["user_type_scope"]) == "agent"
	var found []*staff
	for _, member := range s.state.staff {
		if agentsOnly && member.Type != TypeAgent {
			continue
		}
		var places []string
		switch scope {
		case "name":
			places = []string{member.Name}
		case "email":
			places = []string{member.Email}
		case "division":
			for _, division := range member.divisions {
				places = append(places, division.name)
			}
		default:
			places = []string{member.Name, member.Email}
		}
		holds := func(place string) bool { return strings.Contains(strings.ToLower(place), search) }
		if search == "" || slices.ContainsFunc(places, holds) {
			found = append(found, member)
		}
	}
	return found
}

// staffPosition orders the lists of the staff, and is what their cursors hold.
func staffPosition(member *staff) int64 { return member.ID }

// agentWindow answers with a page by cursors. The words differ from those of
// the request: after is sent back as cursor_after.
func (s *Sandbox) agentWindow(
	rows []*staff, r *request, total any, write func(*staff) object,
) (any, error) {
	numbered := readPage(r)
	page, err := cutWindow(sortedRows[*staff]{rows, staffPosition}, windowRequest{
		limit: numbered.limit, skip: numbered.skip(),
		after: text(r.parameters["cursor_after"]), before: text(r.parameters["cursor_before"]),
	})
	if err != nil {
		return nil, err
	}
	agents := make([]object, 0, len(page.rows))
	for _, member := range page.rows {
		agents = append(agents, write(member))
	}
	answer := dataWithStatus(object{"agents": agents})
	answer["meta"] = object{
		"per_page": numbered.limit, "total_count": total, "after": page.after, "before": page.before,
	}
	return answer, nil
}

func (s *Sandbox) listAgentsV1(r *request) (any, error) {
	page, total := readPage(r), len(s.state.staff)
	rows := []object{}
	for _, member := range cutPage(s.state.staff, page) {
		rows = append(rows, s.listedAgentV1(member))
	}
	return data(object{
		"agents": laravelPage(r.address, rows, page, total), "total": total, "current_page": page.number,
	}), nil
}

// listAgentsByIDs leaves out the ids that nobody has.
func (s *Sandbox) listAgentsByIDs(r *request) (any, error) {
	rows := []object{}
	for _, id := range texts(r.parameters["ids[]"]) {
		if member, err := s.state.member(id); err == nil {
			rows = append(rows, s.listedAgentV1(member))
		}
	}
	return data(rows), nil
}

func (s *Sandbox) getAgent(r *request) (any, error) {
	member, err := s.state.member(text(r.parameters["agent_id"]))
	if err != nil {
		return nil, err
	}
	return dataWithStatus(object{"agent": s.agentV2(member)}), nil
}

// updateAgent replaces both lists.
func (s *Sandbox) updateAgent(r *request) (any, error) {
	member, err := s.state.member(text(r.parameters["agent_id"]))
	if err != nil {
		return nil, err
	}
	email := text(r.body["email"])
	if s.state.emailTaken(email, member) {
		return nil, badRequest("email has already been taken")
	}
	channels := []*Channel{}
	wanted, _ := r.body["channels"].([]any)
	for _, item := range wanted {
		named, _ := item.(object)
		channel, err := s.state.channelOfKind(text(named["source"]), named["channel_id"])
		if err != nil {
			return nil, err
		}
		channels = append(channels, channel)
	}
	divisions := []*division{}
	for _, id := range texts(r.body["role_ids"]) {
		division, err := s.state.divisionNumbered(id)
		if err != nil {
			return nil, err
		}
		divisions = append(divisions, division)
	}
	member.Name, member.Email = text(r.body["name"]), email
	member.channels, member.divisions = channels, divisions
	return dataWithStatus(object{"agent": s.agentV2(member)}), nil
}

// listAgentsByDivision lists who is in one of the divisions, the least busy
// first. Its rows lack created_at.
func (s *Sandbox) listAgentsByDivision(r *request) (any, error) {
	wanted := texts(r.parameters["division_ids[]"])
	available, filtered := r.parameters["is_available"]
	var found []*staff
	for _, member := range s.state.staff {
		isIn := func(division *division) bool { return slices.Contains(wanted, text(division.id)) }
		if slices.ContainsFunc(member.divisions, isIn) && (!filtered || member.available == flag(available)) {
			found = append(found, member)
		}
	}
	slices.SortStableFunc(found, byLoad)
	if text(r.parameters["sort"]) == "desc" {
		slices.SortStableFunc(found, func(a, b *staff) int { return cmp.Compare(b.load.now, a.load.now) })
	}
	page := readPage(r)
	rows := []object{}
	for _, member := range cutPage(found, page) {
		row := s.agentV2(member)
		delete(row, "created_at")
		rows = append(rows, row)
	}
	return object{"data": rows, "meta": pageMeta(page, len(found))}, nil
}

func (s *Sandbox) listDivisions(r *request) (any, error) {
	page := readPage(r)
	rows := s.divisionRows(cutPage(s.state.divisions, page))
	return object{"data": rows, "meta": pageMeta(page, len(s.state.divisions))}, nil
}

// listAvailableAgents lists the agents who are online and not in the room yet.
// What is_available_in_room changes is not known, so it changes nothing.
func (s *Sandbox) listAvailableAgents(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	free := s.state.candidates(room, false)
	slices.SortFunc(free, func(a, b *staff) int { return cmp.Compare(a.ID, b.ID) })
	return s.agentWindow(free, r, nil, s.agentV2)
}

// listOtherAgents lists the agents who are not in the room yet, online or not.
func (s *Sandbox) listOtherAgents(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	found := s.searchStaff(r)
	others := slices.DeleteFunc(s.state.candidates(room, true), func(member *staff) bool {
		return !slices.Contains(found, member)
	})
	slices.SortFunc(others, func(a, b *staff) int { return cmp.Compare(a.ID, b.ID) })
	return s.agentWindow(others, r, len(others), s.agentV2)
}
