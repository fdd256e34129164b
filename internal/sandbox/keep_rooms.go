package sandbox

import (
	"iter"
	"time"
)

// This file keeps rooms, with what is said and done in them, and their customers.

func roomParts() []part {
	return []part{
		recordsOf("tags", tagThings, restoreTag),
		recordsOf("contacts", func(s *state) iter.Seq[recorded] { return each(s.book.byID.entries) }, restoreContact),
		recordsOf("blocked", blockedThings, restoreBlocked),
		recordsOf("services", serviceThings, restoreService),
		recordsOf("rooms", func(s *state) iter.Seq[recorded] { return each(s.rooms.all()) }, restoreRoom),
	}
}

func messageParts() []part {
	return []part{
		recordsOf("messages", messageThings, restoreMessage),
		recordsOf("bulk resolves", bulkResolveThings, restoreBulkResolve),
	}
}

type roomRecord struct {
	ID           string          `json:"id"`
	Row          int64           `json:"row,omitzero"`
	Contact      int64           `json:"contact,omitzero"`
	Channel      channelKey      `json:"channel"`
	UserID       string          `json:"user_id,omitzero"`
	Name         string          `json:"name,omitzero"`
	Avatar       string          `json:"avatar,omitzero"`
	Origin       string          `json:"origin,omitzero"`
	WidgetID     string          `json:"widget_id,omitzero"`
	HandledByBot bool            `json:"handled_by_bot,omitzero"`
	Properties   jsonValue       `json:"properties,omitzero"`
	Options      jsonValue       `json:"options,omitzero"`
	Tags         []roomTagRecord `json:"tags,omitzero"`
	ReadUpTo     int64           `json:"read_up_to,omitzero"`
	Agents       []int64         `json:"agents,omitzero"`
	Division     int64           `json:"division,omitzero"` // 0 for none
	Service      int64           `json:"service,omitzero"`  // 0 for none
	Previous     int64           `json:"previous,omitzero"`
	Sessions     int             `json:"sessions,omitzero"`
	FirstAnswer  time.Time       `json:"first_answer,omitzero"`
	Created      time.Time       `json:"created,omitzero"`
	Updated      time.Time       `json:"updated,omitzero"`
	Activity     int64           `json:"activity,omitzero"`
}

type roomTagRecord struct {
	Tag int64     `json:"tag,omitzero"`
	At  time.Time `json:"at,omitzero"`
}

func (r *room) place() (part, key string) { return "rooms", r.id }

func (r *room) record(*state) any {
	kept := roomRecord{
		ID: r.id, Row: r.row, Contact: r.contact, Channel: keyOf(r.channel), UserID: r.userID, Name: r.name,
		Avatar: r.avatar, Origin: r.origin, WidgetID: r.widgetID, HandledByBot: r.handledByBot,
		Properties: jsonValue{r.properties}, Options: jsonValue{r.options}, Agents: eachOf(r.agents, (*staff).number),
		Tags:     eachOf(r.tags, func(tag roomTag) roomTagRecord { return roomTagRecord{tag.id, tag.at} }),
		ReadUpTo: r.readUpTo, FirstAnswer: r.firstResponse, Sessions: r.sessions,
		Created: r.created, Updated: r.updated, Activity: r.activity,
	}
	if r.division != nil {
		kept.Division = r.division.id
	}
	if r.service != nil {
		kept.Service = r.service.id
	}
	if r.previous != nil {
		kept.Previous = r.previous.id
	}
	return kept
}

func restoreRoom(r *restoration, kept roomRecord) error {
	made := &room{
		conversation: conversation{
			id: kept.ID, name: kept.Name, avatar: kept.Avatar, created: kept.Created, updated: kept.Updated,
		},
		row: kept.Row, contact: kept.Contact, userID: kept.UserID,
		origin: kept.Origin, widgetID: kept.WidgetID, handledByBot: kept.HandledByBot,
		properties: kept.Properties.array(), sessions: kept.Sessions,
		activity: kept.Activity, readUpTo: kept.ReadUpTo, firstResponse: kept.FirstAnswer,
	}
	made.inbox = made
	made.options, _ = kept.Options.value.(object)
	var err error
	if made.channel, err = find(r.allChannels, "channel", kept.Channel); err != nil {
		return err
	}
	if made.agents, err = findAll(r.staffByID, "agent", kept.Agents); err != nil {
		return err
	}
	made.tags, err = eachOrError(kept.Tags, func(put roomTagRecord) (roomTag, error) {
		tag, err := find(r.tagByID, "tag", put.Tag)
		return roomTag{tag, put.At}, err
	})
	if err != nil {
		return err
	}
	if kept.Division != 0 {
		if made.division, err = find(r.divisionByID, "division", kept.Division); err != nil {
			return err
		}
	}
	if made.service, err = r.serviceOf(kept.Service); err != nil {
		return err
	}
	if made.previous, err = r.serviceOf(kept.Previous); err != nil {
		return err
	}
	contact, ok := r.book.byID.find(text(made.contact))
	if !ok {
		return missing("contact", made.contact)
	}
	contact.rooms = append(contact.rooms, made)
	r.book.byUser[made.userID] = contact
	return r.rooms.restore(made)
}

// serviceOf finds a session; nil for the id 0.
func (r *restoration) serviceOf(id int64) (*service, error) {
	if id == 0 {
		return nil, nil
	}
	return find(r.sessions, "service", id)
}

// restore enters a room that has its id and its place among the others.
func (x *roomIndex) restore(room *room) error {
	if room.id != x.nextID() {
		return missing("room", x.nextID())
	}
	x.byID.add(room)
	x.byActivity.Set(room.activity, room)
	return nil
}

type serviceRecord struct {
	ID             int64     `json:"id"`
	Room           string    `json:"room"`
	Agent          int64     `json:"agent,omitzero"` // 0 while nobody has taken it
	Notes          jsonValue `json:"notes,omitzero"`
	Resolved       bool      `json:"resolved,omitzero"`
	ToldOffline    bool      `json:"told_offline,omitzero"`
	Created        time.Time `json:"created,omitzero"`
	Retrieved      time.Time `json:"retrieved,omitzero"`
	Ended          time.Time `json:"ended,omitzero"`
	FirstComment   int64     `json:"first_comment,omitzero"`
	LastComment    int64     `json:"last_comment,omitzero"`
	FirstCommentAt time.Time `json:"first_comment_at,omitzero"`
	LastChanged    time.Time `json:"last_changed,omitzero"`
}

// serviceThings are the sessions that somebody still knows. Others stay in a Store, to
// no purpose, if they were there.
func serviceThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		known := map[*service]bool{nil: true}
		once := func(service *service) bool {
			if known[service] {
				return true
			}
			known[service] = true
			return yield(service)
		}
		for _, room := range s.rooms.all() {
			if !once(room.service) || !once(room.previous) {
				return
			}
		}
		for _, member := range s.staff {
			if !once(member.latest) {
				return
			}
		}
	}
}

func (v *service) place() (part, key string) { return "services", numberKey(v.id) }

func (v *service) record(*state) any {
	kept := serviceRecord{
		ID: v.id, Room: v.room.id, Notes: jsonValue{v.notes}, Resolved: v.resolved, ToldOffline: v.toldOffline,
		Created: v.created, Retrieved: v.retrieved, Ended: v.ended, FirstComment: v.firstComment, LastComment: v.lastComment,
		FirstCommentAt: v.firstCommentAt, LastChanged: v.lastChanged,
	}
	if v.agent != nil {
		kept.Agent = v.agent.ID
	}
	return kept
}

func restoreService(r *restoration, kept serviceRecord) error {
	made := &service{
		id: kept.ID, notes: kept.Notes.value, resolved: kept.Resolved, toldOffline: kept.ToldOffline,
		created: kept.Created, retrieved: kept.Retrieved, ended: kept.Ended,
		firstComment: kept.FirstComment, lastComment: kept.LastComment,
		firstCommentAt: kept.FirstCommentAt, lastChanged: kept.LastChanged,
	}
	if kept.Agent != 0 {
		agent, err := find(r.staffByID, "agent", kept.Agent)
		if err != nil {
			return err
		}
		made.agent = agent
	}
	r.sessions[made.id] = made
	r.roomIDs[made] = kept.Room
	return nil
}

// messageThing is a message in its place.
type messageThing struct {
	room  *conversation
	index int
}

func messageThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, room := range s.rooms.all() {
			if !eachMessage(&room.conversation, yield) {
				return
			}
		}
		for _, room := range s.chat.rooms.entries {
			if !eachMessage(room, yield) {
				return
			}
		}
	}
}

func eachMessage(room *conversation, yield func(recorded) bool) (goesOn bool) {
	for i := range room.messages {
		if !yield(messageThing{room, i}) {
			return false
		}
	}
	return true
}

type messageRecord struct {
	Room      string    `json:"room"`
	ID        int64     `json:"id"`
	Author    Author    `json:"author,omitzero"`
	Sender    string    `json:"sender,omitzero"`
	Name      string    `json:"name,omitzero"`
	Type      string    `json:"type,omitzero"`
	Text      string    `json:"text,omitzero"`
	Payload   jsonValue `json:"payload,omitzero"`
	At        time.Time `json:"at,omitzero"`
	Status    string    `json:"status,omitzero"`
	NotForBot string    `json:"not_for_bot,omitzero"`

	Chat *chatMessageRecord `json:"chat,omitzero"`
}

func (m messageThing) said() Message { return m.room.messages[m.index] }

func (m messageThing) place() (part, key string) { return "messages", numberKey(m.said().ID) }

func (m messageThing) record(*state) any {
	said := m.said()
	return messageRecord{
		Room: m.room.id, ID: said.ID, Author: said.Author, Sender: said.Sender, Name: said.Name, Type: said.Type,
		Text: said.Text, Payload: jsonValue{said.Payload}, At: said.At,
		Status: said.Status, NotForBot: said.NotForBot, Chat: keepChatMessage(said.chat),
	}
}

// restoreMessage adds a message to its room: they come in the order in which they
// were said.
func restoreMessage(r *restoration, kept messageRecord) error {
	room, err := r.conversationWith(kept.Room)
	if err != nil {
		return err
	}
	sender := kept.Sender
	if room.inbox != nil {
		sender = shared(sender, room.inbox.userID)
	}
	room.messages = append(room.messages, Message{
		ID: kept.ID, Author: kept.Author, Sender: sender, Name: shared(kept.Name, room.name),
		Type: kept.Type, Text: kept.Text, Payload: kept.Payload.value, At: kept.At,
		Status: kept.Status, NotForBot: kept.NotForBot, chat: restoreChatMessage(kept.Chat),
	})
	if kept.Chat != nil {
		r.chat.byMessageID[kept.Chat.UniqueID] = messagePlace{room, kept.ID}
	}
	return nil
}

// shared is the other of two equal texts, so that the first need not stay in memory.
func shared(text, other string) string {
	if text == other {
		return other
	}
	return text
}
