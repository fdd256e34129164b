package sandbox

import (
	"iter"
	"time"
)

// This file keeps what the chat server knows beside the inbox's rooms and their messages.

// chatRoomParts come before messages, which are in rooms.
func chatRoomParts() []part {
	return []part{
		recordsOf("chat users", chatUserThings, restoreChatUser),
		recordsOf("chat rooms", func(s *state) iter.Seq[recorded] { return each(s.chat.rooms.entries) }, restoreChatRoom),
	}
}

func chatParts() []part {
	return []part{
		recordsOf("chat members", memberThings, restoreMember),
		recordsOf("chat news", func(s *state) iter.Seq[recorded] { return each(s.chat.news) }, restoreNews),
		recordsOf("chat backups", func(s *state) iter.Seq[recorded] { return each(s.chat.backups) }, restoreBackup),
		recordsOf("chat nonces", nonceThings, restoreNonce),
	}
}

type chatUserRecord struct {
	ID       int64              `json:"id"`
	UserID   string             `json:"user_id"`
	Name     string             `json:"name,omitzero"`
	Avatar   string             `json:"avatar,omitzero"`
	Extras   jsonValue          `json:"extras,omitzero"`
	Password string             `json:"password,omitzero"`
	Inactive bool               `json:"inactive,omitzero"`
	Tokens   []chatTokenRecord  `json:"tokens,omitzero"`
	Blocked  []int64            `json:"blocked,omitzero"`
	Devices  []chatDeviceRecord `json:"devices,omitzero"`
	Created  time.Time          `json:"created,omitzero"`
	Updated  time.Time          `json:"updated,omitzero"`
}

type chatTokenRecord struct {
	Text    string    `json:"text"`
	Refresh string    `json:"refresh,omitzero"`
	Expires time.Time `json:"expires,omitzero"`
}

type chatDeviceRecord struct {
	Token    string `json:"token"`
	Platform string `json:"platform,omitzero"`
}

func chatUserThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, user := range s.chat.users {
			if !yield(user) {
				return
			}
		}
	}
}

func (u *chatUser) place() (part, key string) { return "chat users", numberKey(u.id) }

func (u *chatUser) record(*state) any {
	return chatUserRecord{
		ID: u.id, UserID: u.userID, Name: u.username, Avatar: u.avatar, Extras: jsonValue{u.extras},
		Password: u.password, Inactive: !u.active, Blocked: u.blocked,
		Tokens: eachOf(u.tokens, func(token chatToken) chatTokenRecord {
			return chatTokenRecord{token.text, token.refresh, token.expires}
		}),
		Devices: eachOf(u.devices, func(device chatDevice) chatDeviceRecord {
			return chatDeviceRecord{device.token, device.platform}
		}),
		Created: u.created, Updated: u.updated,
	}
}

func restoreChatUser(r *restoration, kept chatUserRecord) error {
	made := &chatUser{
		id: kept.ID, userID: kept.UserID, username: kept.Name, avatar: kept.Avatar, password: kept.Password,
		active: !kept.Inactive, blocked: kept.Blocked, created: kept.Created, updated: kept.Updated,
	}
	made.extras, _ = kept.Extras.value.(object)
	made.tokens = eachOf(kept.Tokens, func(token chatTokenRecord) chatToken {
		return chatToken{token.Text, token.Refresh, token.Expires}
	})
	made.devices = eachOf(kept.Devices, func(device chatDeviceRecord) chatDevice {
		return chatDevice{device.Token, device.Platform}
	})
	if customer, ok := r.book.byUser[made.userID]; ok {
		made.customer = customer
	}
	r.chat.users[made.userID], r.chatUserByID[made.id] = made, made
	for _, token := range made.tokens {
		r.chat.tokens[token.text] = made
	}
	return nil
}

// joinChat lets the staff be users, those too that a store has none of.
func (r *restoration) joinChat() {
	for _, member := range r.staff {
		r.addStaffUser(member)
		r.staffUser(member).staff, r.staffUser(member).customer = member, nil
	}
}

// chatRoomRecord is a room that the inbox does not have.
type chatRoomRecord struct {
	ID       string       `json:"id"`
	Kind     chatRoomKind `json:"kind,omitzero"`
	UniqueID string       `json:"unique_id,omitzero"`
	Name     string       `json:"name,omitzero"`
	Avatar   string       `json:"avatar,omitzero"`
	Options  string       `json:"options,omitzero"`
	Creator  string       `json:"creator,omitzero"`
	Created  time.Time    `json:"created,omitzero"`
	Updated  time.Time    `json:"updated,omitzero"`
}

func (c *conversation) place() (part, key string) { return "chat rooms", c.id }

func (c *conversation) record(*state) any {
	return chatRoomRecord{
		c.id, c.chat.kind, c.chat.uniqueID, c.name, c.avatar, c.chat.options, c.chat.creator, c.created, c.updated,
	}
}

func restoreChatRoom(r *restoration, kept chatRoomRecord) error {
	if next := text(r.chat.rooms.next()); kept.ID != next {
		return missing("chat room", next)
	}
	made := &conversation{
		id: kept.ID, name: kept.Name, avatar: kept.Avatar, created: kept.Created, updated: kept.Updated,
		chat: &chatRoom{kind: kept.Kind, uniqueID: kept.UniqueID, options: kept.Options, creator: kept.Creator},
	}
	r.chat.rooms.add(made)
	r.chat.byUniqueID[kept.UniqueID] = made
	return nil
}

// conversationWith finds a room by its id, the inbox's or not.
func (r *restoration) conversationWith(id string) (*conversation, error) {
	if found, ok := r.chat.rooms.find(id); ok {
		return found, nil
	}
	found, err := r.roomWith(id)
	if err != nil {
		return nil, err
	}
	return &found.conversation, nil
}

// memberThing is what a room knows of a user.
type memberThing struct {
	room   *conversation
	member *chatMember
}

func memberThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, user := range s.chat.users {
			for _, room := range user.rooms {
				if !yield(memberThing{room, room.member(user)}) {
					return
				}
			}
		}
	}
}

type memberRecord struct {
	Number    int64  `json:"number"`
	Room      string `json:"room"`
	User      int64  `json:"user"`
	Joined    bool   `json:"joined,omitzero"`
	Delivered int64  `json:"delivered,omitzero"`
	Read      int64  `json:"read,omitzero"`
	Cleared   int64  `json:"cleared,omitzero"`
}

func (m memberThing) place() (part, key string) { return "chat members", numberKey(m.member.number) }

func (m memberThing) record(*state) any {
	member := m.member
	return memberRecord{
		member.number, m.room.id, member.user.id, member.joined, member.delivered, member.read, member.cleared,
	}
}

// restoreMember puts a member into its room: they come in the order in which they came.
func restoreMember(r *restoration, kept memberRecord) error {
	room, err := r.conversationWith(kept.Room)
	if err != nil {
		return err
	}
	user, err := find(r.chatUserByID, "chat user", kept.User)
	if err != nil {
		return err
	}
	r.enterMember(room, &chatMember{kept.Number, user, kept.Joined, kept.Delivered, kept.Read, kept.Cleared})
	return nil
}

type newsRecord struct {
	ID        int64         `json:"id"`
	Kind      chatEventKind `json:"kind"`
	At        time.Time     `json:"at"`
	Room      string        `json:"room"`
	By        int64         `json:"by"`
	Comment   int64         `json:"comment,omitzero"`
	UniqueIDs []string      `json:"unique_ids,omitzero"`
}

func (n *chatNews) place() (part, key string) { return "chat news", numberKey(n.id) }

func (n *chatNews) record(s *state) any {
	if len(s.chat.news) == 0 || n.id < s.chat.news[0].id {
		return nil // it was forgotten
	}
	return newsRecord{n.id, n.kind, n.at, n.room.id, n.by.id, n.comment, n.uniqueIDs}
}

func restoreNews(r *restoration, kept newsRecord) error {
	room, err := r.conversationWith(kept.Room)
	if err != nil {
		return err
	}
	by, err := find(r.chatUserByID, "chat user", kept.By)
	if err != nil {
		return err
	}
	r.chat.news = append(r.chat.news, &chatNews{
		id: kept.ID, kind: kept.Kind, at: kept.At, room: room, by: by, comment: kept.Comment, uniqueIDs: kept.UniqueIDs,
	})
	return nil
}

// chatMessageRecord is what only the chat server knows of a message.
type chatMessageRecord struct {
	UniqueID   string    `json:"unique_id"`
	Extras     jsonValue `json:"extras,omitzero"`
	ByServer   bool      `json:"by_server,omitzero"`
	Deleted    bool      `json:"deleted,omitzero"`
	Edited     bool      `json:"edited,omitzero"`
	HiddenFrom int64     `json:"hidden_from,omitzero"`
}

func keepChatMessage(m *chatMessage) *chatMessageRecord {
	if m == nil {
		return nil
	}
	return &chatMessageRecord{m.uniqueID, jsonValue{m.extras}, m.byServer, m.deleted, m.edited, m.hiddenFrom}
}

func restoreChatMessage(kept *chatMessageRecord) *chatMessage {
	if kept == nil {
		return nil
	}
	made := &chatMessage{
		uniqueID: kept.UniqueID, byServer: kept.ByServer, deleted: kept.Deleted, edited: kept.Edited,
		hiddenFrom: kept.HiddenFrom,
	}
	made.extras, _ = kept.Extras.value.(object)
	return made
}
