package sandbox

import (
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
func (s *Sandbox) listRooms(r *request) (any, error) { return s.searchRooms(r.body, 0) }

// listRoomsByQuery does the same for a filter in the query. Whether the platform
// heeds the page is not known; here it does where no cursor comes with it.
func (s *Sandbox) listRoomsByQuery(r *request) (any, error) {
	page := numberedPage{
		number: positive(r.parameters["page"], 1), limit: positive(r.parameters["limit"], defaultRoomRows),
	}
	return s.searchRooms(r.parameters, page.skip())
}

// searchRooms answers a search; the skipped rooms are left out at the beginning
// unless a cursor says where that is.
func (s *Sandbox) searchRooms(wanted object, skip int) (any, error) {
	list := s.state.rooms.list(text(wanted["order"]) == "asc", s.readRoomFilter(wanted).fits)
	page, err := cutWindow(list, windowRequest{
		limit: positive(wanted["limit"], defaultRoomRows), skip: skip,
		after: text(wanted["cursor_after"]), before: text(wanted["cursor_before"]),
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

func (s *Sandbox) readRoomFilter(wanted object) roomFilter {
	filter := roomFilter{
		status:       text(wanted["status"]),
		served:       text(wanted["serve_status"]),
		name:         strings.ToLower(text(wanted["name"])),
		handledByBot: wanted["is_handled_by_bot"],
		now:          s.now(),
	}
	filter.channels, _ = wanted["channels"].([]any)
	filter.tagIDs, _ = wanted["tag_ids"].([]any)
	filter.agentIDs, _ = wanted["user_ids"].([]any)
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
		(f.name == "" || strings.Contains(strings.ToLower(room.name), f.name)) &&
		f.fitsStatus(room)
}

func (f roomFilter) fitsStatus(room *room) bool {
	switch f.status {
	case "resolved":
		return room.resolved()
	case "unresolved":
		return !room.resolved()
	case "expired":
		return room.expired(f.now)
	case "almost_expired":
		age, hasWindow := room.windowAge(f.now)
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
	by, notes := r.caller.user, text(r.body["notes"])
	if flag(r.body["is_send_notes"]) && notes != "" {
		s.sayOutbound(room, by, Message{Text: notes})
	}
	s.resolve(room, by, notes)
	service := room.service
	row := serviceRow(service, spaced)
	row["resolved_at"], row["retrieved_at"] = dateObject(service.ended), dateObject(service.retrieved)
	row["user"] = s.agentV1(by)
	return data(object{"service": row, "room_info": object{"room": s.chatRoom(room)}}), nil
}

// resolve closes the session of a room that is not resolved, and tells of it.
func (s *Sandbox) resolve(room *room, by *staff, notes string) {
	now := s.now()
	if room.service == nil { // a live chat in which nobody has written yet
		s.state.openService(room, now)
	}
	s.state.announce(room, by.Name+" resolved the conversation", now)
	service := room.service
	service.resolved, service.ended, service.lastChanged = true, now, now
	service.notes = nullable(notes)
	if service.agent != nil {
		service.agent.resolved++
	}
	for _, agent := range slices.Clone(room.agents) {
		room.leave(agent, now)
	}
	s.announceResolve(room, by)
}

// getLatestRoom finds a customer's room; here there is one on each channel. What
// the platform answers when there is none is not known.
func (s *Sandbox) getLatestRoom(r *request) (any, error) {
	channelID, _ := number(r.parameters["channel_id"])
	room, ok := s.state.roomOf(customerKey{
		source: text(r.parameters["source"]), channelID: channelID, userID: text(r.parameters["user_id"]),
	})
	if !ok {
		return nil, notFound("room")
	}
	return data(object{"room_id": room.id}), nil
}

// markRoomAsRead shows in the status of the customer's messages.
func (s *Sandbox) markRoomAsRead(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	room.markAsRead()
	return nil, nil // an empty body
}

// exportConversations gives a link to a room in which something was written.
// Nothing is behind it.
func (s *Sandbox) exportConversations(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	link := ""
	if len(room.messages) > 0 {
		link = "https://cdn.example.id/export/" + newSecret(room.id) + ".txt"
	}
	return data(object{"download_url": link}), nil
}
