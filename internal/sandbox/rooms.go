package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// When WhatsApp's window closes after the customer's last message, and when the
// platform calls that near. The second is a guess.
const (
	windowLength  = 24 * time.Hour
	windowWarning = 20 * time.Hour
)

// listRooms searches the rooms, by the time of their last message.
func (s *Sandbox) listRooms(r *request) (any, error) {
	filter := s.readRoomFilter(r.body)
	var found []*room
	for _, room := range s.state.rooms {
		if filter.fits(room) {
			found = append(found, room)
		}
	}
	// Positions grow along the list, whichever way it is ordered.
	position := func(room *room) int64 { return -room.activity }
	if text(r.body["order"]) == "asc" {
		position = func(room *room) int64 { return room.activity }
	}
	slices.SortFunc(found, func(a, b *room) int { return cmp.Compare(position(a), position(b)) })
	page, err := cutWindow(found, position, windowRequest{
		limit: positive(r.body["limit"], defaultRoomRows),
		after: text(r.body["cursor_after"]), before: text(r.body["cursor_before"]),
	})
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, room := range page.rows {
		rows = append(rows, customerRoom(room))
	}
	answer := dataWithStatus(object{"customer_rooms": rows})
	answer["meta"] = object{"cursor_after": page.after, "cursor_before": page.before}
	return answer, nil
}

func (s *Sandbox) getRoom(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	return dataWithStatus(object{"customer_room": customerRoom(room)}), nil
}

// roomFilter is what listRooms looks for. What is not set fits every room.
type roomFilter struct {
	channels     []any
	status       string
	served       string
	name         string
	tagIDs       []any
	agentIDs     []any
	handledByBot any
	now          time.Time
}

func (s *Sandbox) readRoomFilter(body object) roomFilter {
	filter := roomFilter{
		status:       text(body["status"]),
		served:       text(body["serve_status"]),
		name:         strings.ToLower(text(body["name"])),
		handledByBot: body["is_handled_by_bot"],
		now:          s.config.Now(),
	}
	filter.channels, _ = body["channels"].([]any)
	filter.tagIDs, _ = body["tag_ids"].([]any)
	filter.agentIDs, _ = body["user_ids"].([]any)
	return filter
}

func (f roomFilter) fits(room *room) bool {
	onChannel := func(wanted any) bool {
		channel, _ := wanted.(object)
		return text(channel["source"]) == room.channel.Source && channel["channel_id"] == room.channel.ID
	}
	hasTag := func(wanted any) bool {
		return slices.ContainsFunc(room.tags, func(tag roomTag) bool { return tag.id == wanted })
	}
	hasAgent := func(wanted any) bool {
		return slices.ContainsFunc(room.agents, func(agent *staff) bool { return agent.ID == wanted })
	}
	return (len(f.channels) == 0 || slices.ContainsFunc(f.channels, onChannel)) &&
		(len(f.tagIDs) == 0 || slices.ContainsFunc(f.tagIDs, hasTag)) &&
		(len(f.agentIDs) == 0 || slices.ContainsFunc(f.agentIDs, hasAgent)) &&
		(f.served == "" || (f.served == "served") == (len(room.agents) > 0)) &&
		(f.handledByBot == nil || flag(f.handledByBot) == room.handledByBot) &&
		strings.Contains(strings.ToLower(room.name), f.name) &&
		f.fitsStatus(room)
}

func (f roomFilter) fitsStatus(room *room) bool {
	last, wrote := room.lastBy(AuthorCustomer)
	age := f.now.Sub(last.At)
	hasWindow := room.channel.Source == "wa" && wrote && !room.resolved()
	switch f.status {
	case "resolved":
		return room.resolved()
	case "unresolved":
		return !room.resolved()
	case "expired":
		return hasWindow && age >= windowLength
	case "almost_expired":
		return hasWindow && age >= windowWarning && age < windowLength
	default:
		return true
	}
}

// resolveRoom closes the room's session; its agents leave. The customer's next
// message opens a new one.
func (s *Sandbox) resolveRoom(r *request) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	if room.resolved() {
		return nil, badRequest("room is already resolved") // the wording is not recorded
	}
	now := s.config.Now()
	if room.service == nil { // a live chat in which nobody has written yet
		s.state.openService(room, now)
	}
	by := r.caller.user
	s.state.announce(room, by.Name+" resolved the conversation", now)
	service := room.service
	service.resolved, service.ended, service.lastChanged = true, now, now
	service.notes = nullable(text(r.body["notes"]))
	if service.agent != nil {
		service.agent.resolved++
	}
	for _, agent := range slices.Clone(room.agents) {
		room.leave(agent, now)
	}
	s.announceResolve(room, by)

	row := serviceRow(service, spaced)
	row["resolved_at"], row["retrieved_at"] = dateObject(service.ended), dateObject(service.retrieved)
	row["user"] = s.agentV1(by)
	return data(object{"service": row, "room_info": object{"room": s.chatRoom(room)}}), nil
}
