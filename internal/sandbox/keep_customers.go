package sandbox

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"time"
)

// This file keeps what rooms have in common: tags, customers, and bulk resolves.

type tagRecord struct {
	ID   int64     `json:"id"`
	Name string    `json:"name,omitzero"`
	Made time.Time `json:"made,omitzero"`
}

func tagThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, tag := range s.tags {
			if !yield(tag) {
				return
			}
		}
	}
}

func (t *tag) place() (part, key string) { return "tags", numberKey(t.id) }

func (t *tag) record(*state) any { return tagRecord{t.id, t.name, t.made} }

func restoreTag(r *restoration, kept tagRecord) error {
	made := &tag{kept.ID, kept.Name, kept.Made}
	r.tags[made.name], r.tagByID[made.id] = made, made
	return nil
}

// contactRecord has no rooms: they say whose they are.
type contactRecord struct {
	ID         int64                   `json:"id"`
	Properties []contactPropertyRecord `json:"properties,omitzero"`
}

type contactPropertyRecord struct {
	ID    int64  `json:"id"`
	Label string `json:"label,omitzero"`
	Value string `json:"value,omitzero"`
}

func (c *contact) place() (part, key string) { return "contacts", numberKey(c.id) }

func (c *contact) record(*state) any {
	return contactRecord{c.id, eachOf(c.properties, func(one *contactProperty) contactPropertyRecord {
		return contactPropertyRecord{one.id, one.label, one.value}
	})}
}

func restoreContact(r *restoration, kept contactRecord) error {
	if next := r.book.byID.next(); kept.ID != next {
		return missing("contact", next)
	}
	r.book.byID.add(&contact{
		id: kept.ID,
		properties: eachOf(kept.Properties, func(one contactPropertyRecord) *contactProperty {
			return &contactProperty{one.ID, one.Label, one.Value}
		}),
	})
	return nil
}

// blockedThing is a customer on a channel who may be blocked.
type blockedThing customerKey

type blockedRecord struct {
	Channel channelKey `json:"channel"`
	UserID  string     `json:"user_id,omitzero"`
	Blocked bool       `json:"blocked,omitzero"`
}

func blockedThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for customer := range s.book.blocked {
			if !yield(blockedThing(customer)) {
				return
			}
		}
	}
}

// longestUserID is the longest that stands in a key, which a Store may bound; of longer
// ones the hash does.
const longestUserID = 200

func (b blockedThing) place() (part, key string) {
	userID := b.userID
	if len(userID) > longestUserID {
		userID = fmt.Sprintf("%x", sha256.Sum256([]byte(userID)))
	}
	return "blocked", fmt.Sprintf("%s %s %s", numberKey(b.channelID), b.source, userID)
}

func (b blockedThing) record(s *state) any {
	return blockedRecord{channelKey{b.source, b.channelID}, b.userID, s.book.blocked[customerKey(b)]}
}

func restoreBlocked(r *restoration, kept blockedRecord) error {
	r.book.blocked[customerKey{kept.Channel.Source, kept.Channel.ID, kept.UserID}] = kept.Blocked
	return nil
}

// bulkResolveThing is the newest bulk resolve of the WhatsApp channel with an id.
type bulkResolveThing int64

type bulkResolveRecord struct {
	Channel int64    `json:"channel"`
	By      int64    `json:"by,omitzero"`
	Status  string   `json:"status,omitzero"`
	Left    []string `json:"left,omitzero"`
	Total   int      `json:"total,omitzero"`
	Success int      `json:"success,omitzero"`
	Failed  int      `json:"failed,omitzero"`
}

func bulkResolveThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for channelID := range s.bulkResolves {
			if !yield(bulkResolveThing(channelID)) {
				return
			}
		}
	}
}

func (b bulkResolveThing) place() (part, key string) { return "bulk resolves", numberKey(int64(b)) }

func (b bulkResolveThing) record(s *state) any {
	run, ok := s.bulkResolves[int64(b)]
	if !ok {
		return nil
	}
	return bulkResolveRecord{
		Channel: int64(b), By: run.by.ID, Status: run.status, Total: run.total, Success: run.success, Failed: run.failed,
		Left: eachOf(run.left, func(room *room) string { return room.id }),
	}
}

func restoreBulkResolve(r *restoration, kept bulkResolveRecord) error {
	by, err := find(r.staffByID, "member of the staff", kept.By)
	if err != nil {
		return err
	}
	made := &bulkResolve{by: by, status: kept.Status, total: kept.Total, success: kept.Success, failed: kept.Failed}
	made.left, err = eachOrError(kept.Left, r.roomWith)
	r.bulkResolves[kept.Channel] = made
	return err
}
