package sandbox

import (
	"iter"
	"slices"
	"time"
)

// This file keeps what the chat server knows beside the inbox's rooms and their messages.

func chatParts() []part {
	return []part{
		recordsOf("chat users", chatUserThings, restoreChatUser),
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
		active: !kept.Inactive, blocked: slices.Clone(kept.Blocked), created: kept.Created, updated: kept.Updated,
	}
	made.extras, _ = kept.Extras.value.(object)
	made.tokens = eachOf(kept.Tokens, func(token chatTokenRecord) chatToken {
		return chatToken{token.Text, token.Refresh, token.Expires}
	})
	made.devices = eachOf(kept.Devices, func(device chatDeviceRecord) chatDevice {
		return chatDevice{device.Token, device.Platform}
	})
	made.customer = r.book.byUser[made.userID]
	r.chat.users[made.userID] = made
	for _, token := range made.tokens {
		r.chat.tokens[token.text] = made
	}
	return nil
}

// joinChat lets the staff be users, those too that a store has none of.
func (r *restoration) joinChat() {
	for _, member := range r.staff {
		r.addStaffUser(member)
		r.staffUser(member).staff = member
	}
}
