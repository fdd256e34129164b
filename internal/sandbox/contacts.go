package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// contactBook knows customers across their rooms.
type contactBook struct {
	byID       register[*contact]
	byUser     map[string]*contact // by the customer's own id
	blocked    map[customerKey]bool
	properties sequence
}

// firstProperty is where the ids of contacts' properties begin.
const firstProperty = 71200

func newContactBook() contactBook {
	return contactBook{
		byID:   register[*contact]{base: firstContact},
		byUser: map[string]*contact{}, blocked: map[customerKey]bool{},
		properties: firstProperty,
	}
}

// contact is a customer. Whoever has the same id on two channels is one contact:
// how the platform tells them apart is not known.
type contact struct {
	id         int64
	rooms      []*room // in the order they were made; never empty
	properties []*contactProperty
}

// contactProperty is a property as it was set.
type contactProperty struct {
	id           int64
	label, value string
}

// contactOf finds the contact behind a new room, or makes it, and enters the room.
func (s *state) contactOf(room *room) *contact {
	known, ok := s.book.byUser[room.userID]
	if !ok {
		known = &contact{id: s.book.byID.next()}
		s.book.byID.add(known)
		s.book.byUser[room.userID] = known
		if user, isUser := s.chat.users[room.userID]; isUser && user.staff == nil {
			user.customer = known
		}
	}
	known.rooms = append(known.rooms, room)
	s.touch(known)
	return known
}

// roomOf finds the room of a customer on a channel: the newest, when each session
// has one of its own.
func (s *state) roomOf(customer customerKey) (*room, bool) {
	known, ok := s.book.byUser[customer.userID]
	if !ok {
		return nil, false
	}
	for _, room := range slices.Backward(known.rooms) {
		if room.customer() == customer {
			s.touchRoom(room)
			return room, true
		}
	}
	return nil, false
}

// contact finds the contact that a request's path names.
func (s *Sandbox) contact(r *request) (*contact, error) {
	if known, ok := s.state.book.byID.find(text(r.parameters["contact_id"])); ok {
		s.state.touch(known)
		return known, nil
	}
	return nil, notFound("contact")
}

func (s *Sandbox) contactHandlers() map[string]handler {
	return map[string]handler{
		"getContact":                      s.getContact,
		"listContactConversations":        s.listContactConversations,
		"listContactConversationMessages": s.listContactConversationMessages,
		"listContactProperties":           s.listContactProperties,
		"setContactProperty":              s.setContactProperty,
		"blockCustomer":                   func(r *request) (any, error) { return s.setBlocked(r, true) },
		"unblockCustomer":                 func(r *request) (any, error) { return s.setBlocked(r, false) },
	}
}

// getContact takes the name from the room that was made last. A customer has a
// phone number on WhatsApp, and an e-mail address where the id is one.
func (s *Sandbox) getContact(r *request) (any, error) {
	contact, err := s.contact(r)
	if err != nil {
		return nil, err
	}
	row := object{"name": nil, "email": nil, "phone_number": nil, "last_customer_message_date": nil}
	var last Message
	for _, room := range contact.rooms {
		row["name"] = room.name
		if room.channel.Source == "wa" {
			row["phone_number"] = room.userID
		}
		if strings.Contains(room.userID, "@") {
			row["email"] = room.userID
		}
		if said, ok := room.lastByCustomer(); ok && said.ID > last.ID {
			last = said
		}
	}
	row["last_customer_message_date"] = zoned(last.At)
	return dataWithStatus(object{"contact": row}), nil
}

// listContactConversations lists a contact's rooms, by the time of their last
// message, as listRooms does.
func (s *Sandbox) listContactConversations(r *request) (any, error) {
	contact, err := s.contact(r)
	if err != nil {
		return nil, err
	}
	filter := roomFilter{status: text(r.parameters["status"]), now: s.now()}
	var found []*room
	for _, room := range contact.rooms {
		if filter.fits(room) {
			found = append(found, room)
		}
	}
	position := func(room *room) int64 { return -room.activity }
	slices.SortFunc(found, func(a, b *room) int { return cmp.Compare(position(a), position(b)) })
	page, err := cutWindow(sortedRows[*room]{found, position}, windowRequest{
		limit: defaultRows, after: text(r.parameters["cursor_after"]),
	})
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, room := range page.rows {
		rows = append(rows, customerRoom(room))
	}
	answer := dataWithStatus(object{"customer_rooms": rows})
	answer["meta"] = object{"cursor_after": page.after}
	return answer, nil
}

// listContactConversationMessages gives a page of a room's messages, the newest
// first. A room of another contact is not found.
func (s *Sandbox) listContactConversationMessages(r *request) (any, error) {
	contact, err := s.contact(r)
	if err != nil {
		return nil, err
	}
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil || !slices.Contains(contact.rooms, room) {
		return nil, notFound("room")
	}
	before, isBounded := number(r.parameters["last_comment_id"])
	rows := []object{}
	for i := len(room.messages) - 1; i >= 0 && len(rows) < defaultRows; i-- {
		if !isBounded || room.messages[i].ID < before {
			rows = append(rows, s.chatComment(room, i))
		}
	}
	return object{"results": object{"comments": rows}, "status": 200}, nil
}

// chatComment is a message as the chat server writes it. Unlike in webhooks, its
// ids are known for WhatsApp too.
func (s *Sandbox) chatComment(room *room, i int) object {
	said, before := room.messages[i], int64(0)
	if i > 0 {
		before = room.messages[i-1].ID
	}
	payload := objectOrNull(said.Payload)
	if payload == nil {
		payload = object{}
	}
	roomID, _ := number(room.id)
	return object{
		"id": said.ID, "id_str": text(said.ID), "comment_before_id": before, "comment_before_id_str": text(before),
		"message": said.Text, "type": said.Type, "payload": payload, "extras": object{},
		"email": said.Sender, "username": said.Name, "user_extras": object{},
		"room_id": roomID, "room_id_str": room.id, "room_name": room.name, "room_avatar": room.avatar,
		"room_type": "group", "topic_id": roomID, "topic_id_str": room.id, "status": s.status(room, said, s.now()),
		"timestamp": zoned(said.At), "unix_timestamp": said.At.Unix(), "unix_nano_timestamp": said.At.UnixNano(),
		"unique_temp_id": uniqueTempID(room, said), "is_deleted": false, "is_public_channel": false,
		"disable_link_preview": false,
	}
}

func (s *Sandbox) listContactProperties(r *request) (any, error) {
	contact, err := s.contact(r)
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, property := range contact.properties {
		rows = append(rows, object{"id": property.id, "label": property.label, "value": property.value})
	}
	return dataWithStatus(object{"customer_properties": rows}), nil
}

// setContactProperty makes a label that is new: whether the platform does is not
// known.
func (s *Sandbox) setContactProperty(r *request) (any, error) {
	contact, err := s.contact(r)
	if err != nil {
		return nil, err
	}
	label := text(r.body["label"])
	i := slices.IndexFunc(contact.properties, func(known *contactProperty) bool { return known.label == label })
	if i < 0 {
		i = len(contact.properties)
		contact.properties = append(contact.properties,
			&contactProperty{id: s.state.book.properties.next(), label: label})
	}
	contact.properties[i].value = text(r.body["value"])
	return nil, nil // an empty body
}

// setBlocked blocks the customer of a room in all rooms that they have on its
// channel, those of later sessions too, or takes that back. What the platform says
// of a room that is not the customer's is not known.
func (s *Sandbox) setBlocked(r *request, blocked bool) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	if room.channel.Source != text(r.body["source"]) || room.userID != text(r.body["user_id"]) {
		return nil, notFound("customer in the room")
	}
	s.state.book.blocked[room.customer()] = blocked
	s.state.touch(blockedThing(room.customer()))
	return nil, nil // an empty body
}
