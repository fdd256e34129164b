package sandbox

import (
	"iter"
	"slices"
	"time"
)

// This file keeps the staff and their tokens.

func staffParts() []part {
	return []part{
		small(recordsOf("staff", func(s *state) iter.Seq[recorded] { return each(s.staff) }, restoreStaff)),
		recordsOf("tokens", tokenThings, restoreToken),
	}
}

type staffRecord struct {
	Agent       Agent        `json:"agent,omitzero"`
	Place       int          `json:"place"` // among the staff; the admin has the first
	Available   bool         `json:"available,omitzero"`
	Divisions   []int64      `json:"divisions,omitzero"`
	Channels    []channelKey `json:"channels,omitzero"`
	Avatar      string       `json:"avatar,omitzero"`
	ChatEmail   string       `json:"chat_email,omitzero"`
	PasswordSet time.Time    `json:"password_set,omitzero"`
	Token       string       `json:"token"`
	LongToken   string       `json:"long_token,omitzero"`
	LastLogin   time.Time    `json:"last_login,omitzero"`
	Customers   int          `json:"customers,omitzero"`
	Most        int          `json:"most,omitzero"` // customers at one moment
	Past        []pastRecord `json:"past,omitzero"` // customers
	Served      int          `json:"served,omitzero"`
	Resolved    int          `json:"resolved,omitzero"`
	Latest      int64        `json:"latest,omitzero"` // the service's id; 0 for none
}

// pastRecord is how many customers somebody had from a moment on.
type pastRecord struct {
	From      time.Time `json:"from,omitzero"`
	Customers int       `json:"customers,omitzero"`
}

func (m *staff) place() (part, key string) { return "staff", numberKey(m.ID) }

func (m *staff) record(s *state) any {
	kept := staffRecord{
		Agent: m.Agent, Place: slices.Index(s.staff, m), Available: m.available, Channels: eachOf(m.channels, keyOf),
		Avatar: m.avatar, ChatEmail: m.chatEmail,
		PasswordSet: m.passwordSet, Token: m.token, LongToken: m.longToken, LastLogin: m.lastLogin,
		Customers: m.load.now, Most: m.load.most, Past: eachOf(m.load.past, func(one pastCount) pastRecord {
			return pastRecord{one.from, one.customers}
		}),
		Served: m.served, Resolved: m.resolved, Divisions: eachOf(m.divisions, (*division).number),
	}
	if m.latest != nil {
		kept.Latest = m.latest.id
	}
	return kept
}

func (d *division) number() int64 { return d.id }

func (m *staff) number() int64 { return m.ID }

func restoreStaff(r *restoration, kept staffRecord) error {
	made := &staff{
		Agent: kept.Agent, available: kept.Available, avatar: kept.Avatar, chatEmail: kept.ChatEmail,
		passwordSet: kept.PasswordSet, token: kept.Token, longToken: kept.LongToken, lastLogin: kept.LastLogin,
		served: kept.Served, resolved: kept.Resolved,
	}
	made.load = customerCount{now: kept.Customers, most: kept.Most, lag: r.settings.countLag}
	made.load.past = eachOf(kept.Past, func(one pastRecord) pastCount { return pastCount{one.From, one.Customers} })
	var err error
	if made.divisions, err = findAll(r.divisionByID, "division", kept.Divisions); err != nil {
		return err
	}
	if made.channels, err = findAll(r.allChannels, "channel", kept.Channels); err != nil {
		return err
	}
	if kept.Latest != 0 {
		r.latest[made] = kept.Latest
	}
	r.staffByID[made.ID] = made
	r.staff = append(r.staff, made)
	r.places[made] = kept.Place
	return nil
}

// tokenThing is a user's token, which may have become void.
type tokenThing struct {
	token  string
	number int64
}

// tokenThings are the tokens that there are.
func tokenThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for token, issued := range s.tokens {
			if !yield(tokenThing{token, issued.number}) {
				return
			}
		}
	}
}

type tokenRecord struct {
	Token   string    `json:"token"`
	Number  int64     `json:"number"`
	User    int64     `json:"user,omitzero"`
	Expires time.Time `json:"expires,omitzero"`
}

func (t tokenThing) place() (part, key string) { return "tokens", numberKey(t.number) }

func (t tokenThing) record(s *state) any {
	issued, ok := s.tokens[t.token]
	if !ok {
		return nil
	}
	return tokenRecord{t.token, t.number, issued.user.ID, issued.expires}
}

func restoreToken(r *restoration, kept tokenRecord) error {
	user, err := find(r.staffByID, "member of the staff", kept.User)
	if err != nil {
		return err
	}
	r.tokens[kept.Token] = userToken{user: user, expires: kept.Expires, number: kept.Number}
	user.tokens = append(user.tokens, kept.Token)
	return nil
}
